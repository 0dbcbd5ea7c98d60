// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_match.hpp"

#include <cctype>

namespace mailhaul::cli {

std::optional<std::string> parse_perl_match(std::string_view text) {
    if (text.starts_with('m')) text.remove_prefix(1);
    if (text.size() < 2 || std::isalnum(static_cast<unsigned char>(text.front())) != 0 || text.front() == ' ')
        return std::nullopt;
    constexpr std::string_view opening = "{([<";
    constexpr std::string_view closing = "})]>";
    const std::size_t bracket = opening.find(text.front());
    const char end = bracket == std::string_view::npos ? text.front() : closing[bracket];
    const std::size_t last = text.rfind(end);
    const std::string_view modifiers = text.substr(last + 1);
    if (last < 2 || modifiers.find_first_not_of("i") != std::string_view::npos) return std::nullopt;
    return (modifiers.empty() ? "" : "(?i)") + std::string(text.substr(1, last - 1));
}

}  // namespace mailhaul::cli
