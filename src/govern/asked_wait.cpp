// SPDX-License-Identifier: Apache-2.0
#include "govern/asked_wait.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <string>

namespace mailhaul::govern {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest = std::chrono::hours(24);
constexpr std::size_t farthest = 16;  // octets between the phrase and its number, as in `backoff time is now: 5`

constexpr std::array<std::string_view, 9> phrases{"backoff time", "try again in", "try again after",
                                                  "retry in",     "retry after",  "retry-after",
                                                  "throttled",    "wait",         "come back in"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

/// Of `ms`, `secs`, `minutes` ... Empty: a word that is no unit of time.
std::optional<milliseconds> unit_named(std::string_view word) {
    if (word == "ms" || word.starts_with("milli") || word == "msec" || word == "msecs") return milliseconds(1);
    if (word == "s" || word.starts_with("sec")) return std::chrono::seconds(1);
    if (word == "m" || word.starts_with("min")) return std::chrono::minutes(1);
    if (word == "h" || word == "hr" || word == "hrs" || word.starts_with("hour")) return std::chrono::hours(1);
    return std::nullopt;
}

/// The time that `text` begins with, after a few octets that are no digits. A number alone is of seconds after `retry after`
/// and its like; after a mere `wait` it may be anything, such as the status code of a refusal that is for good.
std::optional<milliseconds> time_near_start(std::string_view text, bool takes_bare_number) {
    const auto digit = std::ranges::find_if(text.substr(0, farthest), is_digit);
    const auto at = static_cast<std::size_t>(digit - text.begin());
    if (at >= std::min(farthest, text.size())) return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data() + at, text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto word = text.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(text, is_letter) - text.begin()));
    const bool is_bare = word.empty() && takes_bare_number;
    const std::optional<milliseconds> unit = is_bare ? std::chrono::seconds(1) : unit_named(word);
    if (!unit) return std::nullopt;
    const auto most = static_cast<std::uint64_t>(longest / *unit);
    if (problem != std::errc{} || number > most) return longest;
    return static_cast<std::int64_t>(number) * *unit;
}

}  // namespace

std::optional<std::chrono::milliseconds> wait_asked_for(std::string_view words) {
    std::string text(words);
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const std::string_view phrase : phrases) {
        for (std::size_t at = text.find(phrase); at != std::string::npos; at = text.find(phrase, at + 1)) {
            const auto time =
                time_near_start(std::string_view(text).substr(at + phrase.size()), phrase != "wait" && phrase != "throttled");
            if (time) return time;
        }
    }
    return std::nullopt;
}

}  // namespace mailhaul::govern
