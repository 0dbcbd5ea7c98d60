// SPDX-License-Identifier: Apache-2.0
// The whole of the command line, from what is wrong with it as such to what is to be said of it. Its subjects stand in
// imapsync_side.cpp, imapsync_mapping.cpp, imapsync_selection.cpp, imapsync_rewriting.cpp, imapsync_deletions.cpp,
// imapsync_cache.cpp and imapsync_process.cpp.
#include "cli/imapsync_request.hpp"

#include <algorithm>
#include <cstdlib>

#include "cli/imapsync_options.hpp"
#include "cli/imapsync_presets.hpp"
#include "cli/imapsync_reading.hpp"

namespace mailhaul::cli {

std::string trimmed(std::string text) {
    text.erase(0, text.find_first_not_of(' '));
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

void refuse(ImapsyncOrder& order, std::string words, int status) { order.refusals.push_back({status, std::move(words)}); }

std::optional<double> number_of(const ParsedLine& line, const std::string& name) {
    const auto text = line.last(name);
    return text ? std::optional(std::strtod(text->c_str(), nullptr)) : std::nullopt;
}

std::optional<Octets> octets_of(const ParsedLine& line, const std::string& name) {
    const auto number = number_of(line, name);
    if (!number || *number < 0) return std::nullopt;
    return Octets{static_cast<std::uint64_t>(std::min(*number, 9e18))};
}

namespace {

/// GNU parallel leaves an empty word behind; imapsync lets that pass, and so do we.
void refuse_words(ImapsyncOrder& order, const ParsedLine& line) {
    if (line.words.empty() || line.words.front().empty()) return;
    std::string words;
    for (const std::string& word : line.words) words += " [" + word + "]";
    refuse(order, "Found " + std::to_string(line.words.size()) + " extra arguments :" + words);
}

/// `--delete 2` would be --delete1 and a word.
void refuse_split_delete2(ImapsyncOrder& order, std::span<const std::string> arguments) {
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i)
        if (arguments[i].ends_with("-delete") && arguments[i + 1].starts_with('2'))
            refuse(order, "--delete 2: write --delete2, without a blank; --delete removes messages from host1");
}

void warn_about_certificates(ImapsyncOrder& order) {
    for (std::size_t side = 0; side < 2; ++side) {
        if (!order.sides.at(side).given || order.sides.at(side).verified_tls ||
            order.access(side).security == client::Security::plaintext)
            continue;
        const std::string digit = std::to_string(side + 1);
        order.notes.push_back("Host" + digit +
                              ": the certificate is not verified, as imapsync does it: somebody in between could " +
                              "read the mail; --sslargs" + digit + " SSL_verify_mode=1 verifies it");
    }
}

}  // namespace

ImapsyncOrder order_imapsync(std::span<const std::string> arguments, const Surroundings& surroundings) {
    ImapsyncOrder order;
    const std::vector<LongOption> options = imapsync_long_options();
    ParsedLine line = parse_getopt_long(arguments, options);
    refuse_split_delete2(order, arguments);
    for (const std::string& mistake : line.mistakes) refuse(order, mistake);
    refuse_words(order, line);
    auto verdicts = judge_imapsync_options(line);
    for (std::string& words : verdicts.refusals) refuse(order, std::move(words));
    order.notes = std::move(verdicts.notes);
    apply_presets(line);

    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) read_side(order, line, surroundings, side);
    const auto now = std::chrono::floor<std::chrono::seconds>(surroundings.wall_now()).time_since_epoch().count();
    read_mapping(order, line);
    read_selection(order, line, now);
    read_rewriting(order, line);
    read_deletions(order, line);
    read_process(order, line);
    read_cache(order, line);
    warn_about_certificates(order);
    return order;
}

}  // namespace mailhaul::cli
