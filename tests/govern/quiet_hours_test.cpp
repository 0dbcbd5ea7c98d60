// SPDX-License-Identifier: Apache-2.0
#include "govern/quiet_hours.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace mailhaul::govern {
namespace {

using namespace std::chrono_literals;
using std::chrono::year;
using testing::HasSubstr;

/// The process's time zone, for as long as it lives.
class Zone {
public:
    explicit Zone(const char* name) {
        if (const char* before = std::getenv("TZ")) before_ = before;
        set(name);
    }
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;
    ~Zone() {
        if (before_.empty()) unsetenv("TZ");
        else setenv("TZ", before_.c_str(), 1);
        tzset();
    }

private:
    static void set(const char* name) {
        setenv("TZ", name, 1);
        tzset();
    }
    std::string before_;
};

QuietHours quiet(const std::string& text) {
    auto parsed = QuietHours::parse(text);
    if (!parsed.ok()) throw std::logic_error(parsed.error().describe());
    return std::move(parsed).value();
}

constexpr Instant at(int y, unsigned m, unsigned d, std::chrono::seconds time) {
    return std::chrono::sys_days{year{y} / static_cast<int>(m) / static_cast<int>(d)} + time;
}
// 2026-11-23 is a Monday.
constexpr Instant on(int day, std::chrono::seconds time) { return at(2026, 11, 23, 0s) + day * 24h + time; }
enum Day : std::uint8_t { mon, tue, wed, thu, fri, sat, sun };

// --- what is quiet ---

struct Case {
    const char* text;
    Instant time;
    bool is_quiet;
};

struct QuietTable : testing::TestWithParam<Case> {};

TEST_P(QuietTable, tells_by_the_clock_on_the_wall) {
    const Zone utc("UTC");
    EXPECT_EQ(quiet(GetParam().text).is_quiet(GetParam().time), GetParam().is_quiet)
        << GetParam().text << " at " << spell_minute(GetParam().time);
}

INSTANTIATE_TEST_SUITE_P(QuietHours, QuietTable,
                         testing::Values(Case{"08:00-18:00", on(mon, 7h + 59min + 59s), false},  //
                                         Case{"08:00-18:00", on(mon, 8h), true},                 //
                                         Case{"08:00-18:00", on(sun, 17h + 59min + 59s), true},  //
                                         Case{"08:00-18:00", on(sun, 18h), false},               //
                                         Case{"8:00-18:00", on(tue, 8h), true},                  //
                                         Case{"Mon-Fri 08:00-18:00", on(fri, 12h), true},        //
                                         Case{"Mon-Fri 08:00-18:00", on(sat, 12h), false},       //
                                         Case{"monday-FRI 08:00-18:00", on(wed, 12h), true},     //
                                         Case{"Sat-Mon 08:00-18:00", on(mon, 12h), true},        //
                                         Case{"Sat-Mon 08:00-18:00", on(tue, 12h), false},       //
                                         Case{"22:00-06:00", on(tue, 23h), true},                //
                                         Case{"22:00-06:00", on(tue, 5h), true},                 //
                                         Case{"22:00-06:00", on(tue, 6h), false},                //
                                         Case{"Fri 22:00-06:00", on(sat, 5h), true},             // it began on Friday
                                         Case{"Fri 22:00-06:00", on(fri, 5h), false},            //
                                         Case{"Sun 22:00-06:00", on(mon, 5h), true},             // over the end of the week
                                         Case{"Sun 00:00-24:00", on(sun, 23h + 59min), true},    //
                                         Case{"Sun 00:00-24:00", on(mon, 0h), false},            //
                                         Case{"22:00-24:00", on(mon, 0h), false},                //
                                         Case{"Mon 08:00-09:00,Tue 10:00-11:00", on(tue, 10h), true},
                                         Case{" Mon 08:00 - 09:00 , Tue 10:00-11:00 ", on(tue, 8h), false},
                                         Case{"08:00-12:00, 13:00-18:00", on(thu, 12h + 30min), false}));

// --- what cannot be understood ---

struct Nonsense : testing::TestWithParam<const char*> {};

TEST_P(Nonsense, is_refused_with_what_was_wanted) {
    const auto parsed = QuietHours::parse(GetParam());
    ASSERT_FALSE(parsed.ok()) << GetParam();
    EXPECT_EQ(parsed.error().code, Errc::usage);
    EXPECT_THAT(parsed.error().message, HasSubstr("Mon-Fri 08:00-18:00"));
}

INSTANTIATE_TEST_SUITE_P(QuietHours, Nonsense,
                         testing::Values("", " ", "always", "08:00", "8-18", "08:00-", "-18:00", "08:00-18:00-20:00",
                                         "24:00-08:00", "08:00-24:01", "08:60-09:00", "08:0-09:00", "08:00-08:00",
                                         "25:00-26:00", "Mon", "Mon,Tue 08:00-18:00", "Mo 08:00-18:00", "Mon- 08:00-18:00",
                                         "Mon-Fri-Sat 08:00-18:00", "08:00-18:00,", ",08:00-18:00", "Mon-Fri 08:00-18:00 daily",
                                         "08.00-18.00", "+8:00-18:00"));

TEST(QuietHours, that_leave_no_minute_of_the_week_are_refused) {
    for (const char* text : {"00:00-24:00", "08:00-20:00,20:00-08:00", "Mon-Sun 00:00-24:00"}) {
        const auto parsed = QuietHours::parse(text);
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_THAT(parsed.error().message, HasSubstr("no minute of the week"));
    }
    EXPECT_TRUE(QuietHours::parse("00:00-23:59").ok());
}

// --- when it ends and begins, over changes of summer time ---

struct Change {
    const char* name;
    const char* zone;
    const char* text;
    Instant from;
    Instant to;
};

struct EndTable : testing::TestWithParam<Change> {};

TEST_P(EndTable, is_the_first_moment_that_is_not_quiet) {
    const Zone zone(GetParam().zone);
    const QuietHours hours = quiet(GetParam().text);
    ASSERT_TRUE(hours.is_quiet(GetParam().from));
    EXPECT_EQ(hours.end(GetParam().from), GetParam().to) << spell_minute(*hours.end(GetParam().from));
}

INSTANTIATE_TEST_SUITE_P(
    QuietHours, EndTable,
    testing::Values(
        Change{"in_utc", "UTC", "08:00-18:00", on(mon, 8h + 30s), on(mon, 18h)},
        Change{"over_a_weekend", "UTC", "Fri 18:00-24:00, Sat-Sun 00:00-24:00, Mon 00:00-06:00", on(fri, 20h),
               on(mon, 7 * 24h + 6h)},
        Change{"in_winter", "Europe/Berlin", "08:00-18:00", at(2026, 1, 15, 8h), at(2026, 1, 15, 17h)},
        Change{"in_summer", "Europe/Berlin", "08:00-18:00", at(2026, 7, 15, 8h), at(2026, 7, 15, 16h)},
        // 02:00 becomes 03:00 at 01:00 UTC: an end within the hour that is left out comes at once after it
        Change{"within_an_hour_left_out", "Europe/Berlin", "22:00-02:30", at(2026, 3, 28, 23h), at(2026, 3, 29, 1h)},
        Change{"a_night_an_hour_shorter", "Europe/Berlin", "22:00-06:00", at(2026, 3, 28, 21h), at(2026, 3, 29, 4h)},
        Change{"a_night_an_hour_longer", "Europe/Berlin", "22:00-06:00", at(2026, 10, 24, 20h), at(2026, 10, 25, 5h)},
        Change{"half_an_hour", "Australia/Lord_Howe", "01:00-03:00", at(2026, 10, 3, 15h), at(2026, 10, 3, 16h)},
        Change{"at_45_minutes", "Asia/Kathmandu", "08:00-18:00", at(2026, 1, 15, 4h), at(2026, 1, 15, 12h + 15min)}),
    [](const testing::TestParamInfo<Change>& info) { return info.param.name; });

struct Zones : testing::TestWithParam<const char*> {};

/// What the clock shows, worked out without QuietHours.
bool shows_between(Instant time, int first_minute, int last_minute) {
    const std::time_t seconds = time.time_since_epoch().count();
    std::tm shown{};
    localtime_r(&seconds, &shown);
    const int minute = shown.tm_hour * 60 + shown.tm_min;
    return first_minute <= last_minute ? minute >= first_minute && minute < last_minute
                                       : minute >= first_minute || minute < last_minute;
}

TEST_P(Zones, over_a_year_each_moment_is_quiet_by_the_clock_and_every_end_and_beginning_is_one) {
    const Zone zone(GetParam());
    const QuietHours nights = quiet("22:00-06:00");
    const QuietHours early = quiet("01:15-02:45");  // within the hours that changes of the clock leave out or show twice
    const Instant first = at(2026, 1, 1, 0s);
    for (Instant time = first; time < first + 366 * 24h; time += 10min) {
        ASSERT_EQ(nights.is_quiet(time), shows_between(time, 22 * 60, 6 * 60)) << spell_minute(time);
        ASSERT_EQ(early.is_quiet(time), shows_between(time, 75, 165)) << spell_minute(time);
    }
    for (const QuietHours* hours : {&nights, &early}) {
        for (Instant time = first; time < first + 366 * 24h;) {
            const auto begin = hours->begin(time);
            ASSERT_TRUE(begin && hours->is_quiet(*begin)) << spell_minute(time);
            ASSERT_FALSE(*begin > time && hours->is_quiet(*begin - 1s)) << "it had begun before " << spell_minute(*begin);
            const auto end = hours->end(*begin);
            ASSERT_TRUE(end && *end > *begin && !hours->is_quiet(*end)) << spell_minute(*begin);
            ASSERT_TRUE(hours->is_quiet(*end - 1s)) << spell_minute(*end);
            ASSERT_LE(*end - *begin, 9h + 1min);
            time = *end;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(QuietHours, Zones,
                         testing::Values("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
                                         "America/St_Johns", "Pacific/Chatham"));

// --- words ---

TEST(LocalWords, are_by_the_clock_on_the_wall) {
    const Zone zone("America/New_York");
    EXPECT_EQ(spell_minute(at(2026, 11, 27, 4h + 5min)), "Thu 26 Nov 2026 23:05");
    EXPECT_EQ(spell_day(at(2027, 3, 12, 4h)), "11 March 2027");
}

}  // namespace
}  // namespace mailhaul::govern
