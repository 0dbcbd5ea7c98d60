// SPDX-License-Identifier: Apache-2.0
// Dates by plain arithmetic on the proleptic Gregorian calendar: no local time, no time zone database, no libc.
//
// Idea: count days in eras of 400 years (146,097 days each) with years that begin on 1 March, so that the
// leap day is the last day of a year and every month but the last has a fixed place.
#include "imap/types/internal_date.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t days_per_era = 146'097;
constexpr std::int64_t days_before_1970 = 719'468;  // from 0000-03-01

struct CivilDate {
    std::int64_t year;
    int month;  // 1..12
    int day;    // 1..31
};

constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

constexpr std::int64_t days_from_civil(const CivilDate& date) {
    const std::int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    const std::int64_t month = (date.month + 9) % 12;  // March is 0
    const std::int64_t era = floor_divide(year, 400);
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    return era * days_per_era + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - days_before_1970;
}

constexpr CivilDate civil_from_days(std::int64_t days) {
    days += days_before_1970;
    const std::int64_t era = floor_divide(days, days_per_era);
    const std::int64_t day_of_era = days - era * days_per_era;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / (days_per_era - 1)) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month = (5 * day_of_year + 2) / 153;  // March is 0
    const int civil_month = static_cast<int>(month < 10 ? month + 3 : month - 9);
    return {era * 400 + year_of_era + (civil_month <= 2 ? 1 : 0), civil_month,
            static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1)};
}

constexpr std::int64_t earliest = days_from_civil({1, 1, 1}) * seconds_per_day;
constexpr std::int64_t latest = days_from_civil({10'000, 1, 1}) * seconds_per_day - 1;
static_assert(days_from_civil({1970, 1, 1}) == 0);

constexpr int days_in(std::int64_t year, int month) {
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    constexpr std::array lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap ? 29 : lengths.at(static_cast<std::size_t>(month - 1));
}

/// Walks over the text; every reader leaves it where it was when it fails.
class DateText {
public:
    explicit DateText(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    void skip_blanks() {
        while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
    }
    bool accept(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    /// `at_least` to `at_most` digits, and no digit after them.
    std::optional<int> digits(std::size_t at_least, std::size_t at_most) {
        std::size_t count = 0;
        int value = 0;
        while (count < rest_.size() && count < at_most && is_digit(rest_[count])) value = value * 10 + (rest_[count++] - '0');
        if (count < at_least || (count < rest_.size() && is_digit(rest_[count]))) return std::nullopt;
        last_length_ = count;
        rest_.remove_prefix(count);
        return value;
    }
    [[nodiscard]] std::size_t length_of_last_digits() const { return last_length_; }
    std::optional<int> month() {
        const auto found = std::ranges::find_if(months, [&](auto name) { return starts_with_ignoring_case(rest_, name); });
        if (found == months.end()) return std::nullopt;
        rest_.remove_prefix(3);
        return static_cast<int>(found - months.begin()) + 1;
    }

private:
    std::string_view rest_;
    std::size_t last_length_ = 0;
};

// date = date-day-fixed "-" date-month "-" date-year
std::optional<CivilDate> read_date(DateText& in) {
    in.skip_blanks();
    const auto day = in.digits(1, 2);
    if (!day || !in.accept('-')) return std::nullopt;
    const auto month = in.month();
    if (!month || !in.accept('-')) return std::nullopt;
    const auto digits = in.digits(2, 4);
    if (!digits) return std::nullopt;
    int year = *digits;
    if (in.length_of_last_digits() == 2) year += year < 50 ? 2000 : 1900;
    if (year < 1 || *day > days_in(year, *month)) return std::nullopt;
    return CivilDate{year, *month, std::max(*day, 1)};
}

// time = 2DIGIT ":" 2DIGIT ":" 2DIGIT, as seconds of the day
std::optional<std::int64_t> read_time(DateText& in) {
    in.skip_blanks();
    const auto hour = in.digits(1, 2);
    if (!hour || *hour > 23 || !in.accept(':')) return std::nullopt;
    const auto minute = in.digits(2, 2);
    if (!minute || *minute > 59 || !in.accept(':')) return std::nullopt;
    const auto second = in.digits(2, 2);
    if (!second || *second > 60) return std::nullopt;
    return std::int64_t{*hour} * 3600 + *minute * 60 + *second;
}

// zone = ("+" / "-") 4DIGIT, as minutes east; anything else is UTC.
int read_zone(DateText& in) {
    in.skip_blanks();
    const bool west = in.accept('-');
    if (!west && !in.accept('+')) return 0;
    const auto zone = in.digits(4, 4);
    if (!zone || *zone / 100 > 23 || *zone % 100 > 59) return 0;
    const int minutes = *zone / 100 * 60 + *zone % 100;
    return west ? -minutes : minutes;
}

}  // namespace

std::string InternalDate::to_string() const {
    const std::int64_t shown_zone = std::clamp<std::int64_t>(zone_minutes, -1439, 1439);
    const std::int64_t local =
        std::clamp(epoch_seconds, earliest - 2 * seconds_per_day, latest + 2 * seconds_per_day) + shown_zone * 60;
    const std::int64_t shown = std::clamp(local, earliest, latest);
    const std::int64_t days = floor_divide(shown, seconds_per_day);
    const auto second = static_cast<int>(shown - days * seconds_per_day);
    const CivilDate date = civil_from_days(days);
    const int zone = static_cast<int>(shown_zone < 0 ? -shown_zone : shown_zone);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%2d-%s-%04d %02d:%02d:%02d %c%02d%02d", date.day,
                  months.at(static_cast<std::size_t>(date.month - 1)).data(), static_cast<int>(date.year), second / 3600,
                  second / 60 % 60, second % 60, shown_zone < 0 ? '-' : '+', zone / 60, zone % 60);
    return text.data();
}

std::optional<InternalDate> parse_internal_date(std::string_view text) {
    DateText in(text);
    const auto date = read_date(in);
    if (!date) return std::nullopt;
    const auto second = read_time(in);
    if (!second) return std::nullopt;
    const int zone = read_zone(in);
    return InternalDate{days_from_civil(*date) * seconds_per_day + *second - std::int64_t{zone} * 60,
                        static_cast<std::int16_t>(zone)};
}

}  // namespace mailhaul::imap
