// SPDX-License-Identifier: Apache-2.0
#include "cli/quantities.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string>

namespace mailhaul::cli {
namespace {

struct Measured {
    double amount = 0;
    std::string unit;  ///< lower case, blanks before it removed
};

/// A decimal number and whatever follows it.
std::optional<Measured> split_unit(std::string_view text) {
    Measured measured;
    const auto [end, failure] =
        std::from_chars(text.data(), text.data() + text.size(), measured.amount, std::chars_format::fixed);
    if (failure != std::errc{} || !std::isfinite(measured.amount) || measured.amount < 0) return std::nullopt;
    for (const char* at = end; at != text.data() + text.size(); ++at)
        if (*at != ' ' || !measured.unit.empty())
            measured.unit += (*at >= 'A' && *at <= 'Z') ? static_cast<char>(*at + 32) : *at;
    return measured;
}

struct Unit {
    std::string_view name;
    double factor;
};

std::optional<double> scaled(std::string_view text, std::span<const Unit> units) {
    const auto measured = split_unit(text);
    if (!measured) return std::nullopt;
    for (const Unit& unit : units)
        if (unit.name == measured->unit) return measured->amount * unit.factor;
    return std::nullopt;
}

constexpr double kibi = 1024;
constexpr std::array size_units{Unit{"", 1},
                                Unit{"b", 1},
                                Unit{"k", 1e3},
                                Unit{"kb", 1e3},
                                Unit{"m", 1e6},
                                Unit{"mb", 1e6},
                                Unit{"g", 1e9},
                                Unit{"gb", 1e9},
                                Unit{"t", 1e12},
                                Unit{"tb", 1e12},
                                Unit{"ki", kibi},
                                Unit{"kib", kibi},
                                Unit{"mi", kibi* kibi},
                                Unit{"mib", kibi* kibi},
                                Unit{"gi", kibi* kibi* kibi},
                                Unit{"gib", kibi* kibi* kibi}};

constexpr double day = 86'400;
constexpr std::array age_units{Unit{"h", 3600}, Unit{"d", day}, Unit{"w", 7 * day}, Unit{"m", 30 * day}, Unit{"y", 365 * day}};

constexpr std::array duration_units{Unit{"ms", 1}, Unit{"", 1e3}, Unit{"s", 1e3}, Unit{"m", 60e3}, Unit{"h", 3600e3}};

constexpr double largest_size = 9e18;             // fits 63 bits
constexpr double longest_age = 1000 * 365 * day;  // a thousand years reach before any mail

/// `YYYY-MM-DD` at its first second, UTC.
std::optional<std::int64_t> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = parse_number(text.substr(0, 4));
    const auto month = parse_number(text.substr(5, 2));
    const auto day_of_month = parse_number(text.substr(8, 2));
    if (!year || !month || !day_of_month) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day_of_month)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::sys_days{date}.time_since_epoch()).count();
}

}  // namespace

std::optional<Octets> parse_size(std::string_view text) {
    const auto octets = scaled(text, size_units);
    if (!octets || *octets > largest_size) return std::nullopt;
    return Octets{static_cast<std::uint64_t>(std::llround(*octets))};
}

std::optional<std::int64_t> parse_past(std::string_view text, std::int64_t now) {
    if (const auto date = parse_date(text)) return date;
    const auto age = scaled(text, age_units);
    if (!age || *age > longest_age) return std::nullopt;
    return now - std::llround(*age);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto milliseconds = scaled(text, duration_units);
    if (!milliseconds || *milliseconds < 1 || *milliseconds > longest_age) return std::nullopt;
    return std::chrono::milliseconds{std::llround(*milliseconds)};
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<double> parse_rate(std::string_view text) {
    static constexpr std::array plain{Unit{"", 1}};
    constexpr double least = 0.001;
    constexpr double most = 1e6;
    const auto rate = scaled(text, plain);
    return rate && *rate >= least && *rate <= most ? rate : std::nullopt;
}

}  // namespace mailhaul::cli
