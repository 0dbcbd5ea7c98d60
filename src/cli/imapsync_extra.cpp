// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_extra.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string_view>

#include "cli/getopt_long.hpp"
#include "cli/imapsync_options.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::array allowed{"debugimap", "debugimap1", "debugimap2", "debugflags", "debugsleep",      "errorsmax",
                             "folder",    "timeout",    "timeout1",   "timeout2",   "keepalive1",      "keepalive2",
                             "ssl1",      "ssl2",       "tls1",       "tls2",       "reconnectretry1", "reconnectretry2",
                             "compress1", "compress2"};

}  // namespace

ExtraOptions read_extra_options(const std::string& path) {
    ExtraOptions extra;
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line)) return extra;
    std::istringstream words(line);
    for (std::string word; words >> word;) extra.words.push_back(word);
    const ParsedLine parsed = parse_getopt_long(extra.words, imapsync_long_options());
    for (const std::string& mistake : parsed.mistakes) extra.mistakes.push_back(path + ": " + mistake);
    for (const std::string& word : parsed.words) extra.mistakes.push_back(path + ": \"" + word + "\" is no option");
    for (const Given& given : parsed.given)
        if (std::ranges::find(allowed, std::string_view(given.name)) == allowed.end())
            extra.mistakes.push_back(path + ": --" + given.name + " may not stand there: put it on the command line");
    return extra;
}

}  // namespace mailhaul::cli
