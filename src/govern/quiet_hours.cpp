// SPDX-License-Identifier: Apache-2.0
#include "govern/quiet_hours.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace mailhaul::govern {
namespace {

using std::chrono::minutes;

constexpr std::size_t day_minutes = 24 * 60;
constexpr std::size_t week_minutes = 7 * day_minutes;
constexpr minutes longest_search{9 * day_minutes};  // a week, and a clock that is set by a day

constexpr std::array<std::string_view, 7> days{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
constexpr std::array<std::string_view, 12> months{"January", "February", "March",     "April",   "May",      "June",
                                                  "July",    "August",   "September", "October", "November", "December"};

std::tm wall_clock(Instant time) {
    const std::time_t seconds = time.time_since_epoch().count();
    std::tm shown{};
    localtime_r(&seconds, &shown);
    return shown;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

/// Both sides of the only `-`; empty where there are more or none.
std::optional<std::pair<std::string_view, std::string_view>> range_of(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos || text.find('-', dash + 1) != std::string_view::npos) return std::nullopt;
    return std::pair(trimmed(text.substr(0, dash)), trimmed(text.substr(dash + 1)));
}

/// `Mon` or `Monday`, whatever the case.
std::optional<std::size_t> day_of(std::string_view text) {
    std::string lower(text);
    for (char& letter : lower) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    for (std::size_t day = 0; day < days.size(); ++day)
        if (lower == days.at(day) || lower == days.at(day).substr(0, 3)) return day;
    return std::nullopt;
}

std::optional<unsigned> two_digits(std::string_view text) {
    if (text.empty() || text.size() > 2 || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    unsigned number = 0;
    for (const char digit : text) number = number * 10 + static_cast<unsigned>(digit - '0');
    return number;
}

/// `8:00`, `08:00`, `24:00`, as minutes of the day.
std::optional<std::size_t> minute_of(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || text.size() - colon != 3) return std::nullopt;
    const auto hour = two_digits(text.substr(0, colon));
    const auto minute = two_digits(text.substr(colon + 1));
    if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > day_minutes) return std::nullopt;
    return *hour * 60 + *minute;
}

/// One stretch a day, on some days of the week.
struct Stretch {
    std::size_t first_day = 0;
    std::size_t day_count = 7;
    std::size_t begin = 0;   // minute of the day
    std::size_t length = 0;  // minutes
};

std::optional<Stretch> parse_stretch(std::string_view text) {
    Stretch stretch;
    text = trimmed(text);
    if (!text.empty() && (text.front() < '0' || text.front() > '9')) {
        const std::size_t digit = std::min(text.find_first_of("0123456789"), text.size());
        const std::string_view when = trimmed(text.substr(0, digit));
        const auto range = range_of(when).value_or(std::pair(when, when));
        const auto first = day_of(range.first);
        const auto last = day_of(range.second);
        if (!first || !last) return std::nullopt;
        stretch.first_day = *first;
        stretch.day_count = (*last + 7 - *first) % 7 + 1;
        text.remove_prefix(digit);
    }
    const auto range = range_of(text);
    if (!range) return std::nullopt;
    const auto begin = minute_of(range->first);
    const auto end = minute_of(range->second);
    if (!begin || !end || *begin == *end || *begin == day_minutes) return std::nullopt;
    stretch.begin = *begin;
    stretch.length = (*end + day_minutes - *begin - 1) % day_minutes + 1;
    return stretch;
}

}  // namespace

Result<QuietHours> QuietHours::parse(std::string_view text) {
    QuietHours quiet;
    quiet.text_ = trimmed(text);
    quiet.minutes_.assign(week_minutes, 0);
    for (std::string_view rest = text;;) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        const auto stretch = parse_stretch(rest.substr(0, comma));
        if (!stretch)
            return Error{
                Errc::usage, Scope::run, Retry::never,
                "\"" + std::string(trimmed(rest.substr(0, comma))) +
                    "\" is no stretch of time: wanted such as 08:00-18:00, Mon-Fri 08:00-18:00 or 22:00-06:00, several "
                    "separated by commas, a whole day as Sun 00:00-24:00"};
        for (std::size_t day = 0; day < stretch->day_count; ++day)
            for (std::size_t minute = 0; minute < stretch->length; ++minute)
                quiet.minutes_[((stretch->first_day + day) * day_minutes + stretch->begin + minute) % week_minutes] = 1;
        if (comma == rest.size()) break;
        rest.remove_prefix(comma + 1);
    }
    if (std::ranges::count(quiet.minutes_, 0) == 0)
        return Error{Errc::usage, Scope::run, Retry::never,
                     "\"" + quiet.text_ + "\" leaves no minute of the week to work in: name the hours to be quiet, not all"};
    return quiet;
}

bool QuietHours::is_quiet(Instant time) const {
    const std::tm shown = wall_clock(time);
    const auto minute = static_cast<std::size_t>((shown.tm_wday * 24 + shown.tm_hour) * 60 + shown.tm_min);
    return minutes_[minute] != 0;
}

std::optional<Instant> QuietHours::end(Instant time) const { return first_that_is(false, time); }
std::optional<Instant> QuietHours::begin(Instant time) const { return first_that_is(true, time); }

/// Looked for minute by minute: a wall clock may skip an hour, or show one twice.
std::optional<Instant> QuietHours::first_that_is(bool quiet, Instant time) const {
    const Instant latest = time + longest_search;
    if (is_quiet(time) == quiet) return time;
    for (Instant at = std::chrono::floor<minutes>(time) + minutes(1); at <= latest; at += minutes(1))
        if (is_quiet(at) == quiet) return at;
    return std::nullopt;
}

std::string spell_minute(Instant time) {
    const std::tm shown = wall_clock(time);
    std::string day(days.at(static_cast<std::size_t>(shown.tm_wday)).substr(0, 3));
    day.front() = static_cast<char>(day.front() - 32);
    return fmt::format("{} {} {} {} {:02}:{:02}", day, shown.tm_mday,
                       months.at(static_cast<std::size_t>(shown.tm_mon)).substr(0, 3), shown.tm_year + 1900, shown.tm_hour,
                       shown.tm_min);
}

std::string spell_day(Instant time) {
    const std::tm shown = wall_clock(time);
    return fmt::format("{} {} {}", shown.tm_mday, months.at(static_cast<std::size_t>(shown.tm_mon)), shown.tm_year + 1900);
}

}  // namespace mailhaul::govern
