// SPDX-License-Identifier: Apache-2.0
// Words are sorted by what they can be: a time has a colon or points, a zone a sign, a month a name; what is left are numbers.
#include "imap/types/mail_date.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::size_t longest_date = 200;

std::string without_comments(std::string_view text) {
    std::string kept;
    int depth = 0;
    for (const char c : text) {
        if (c == '(') ++depth;
        else if (c == ')' && depth > 0) --depth;
        else if (depth == 0) kept += c == ',' || c == '\t' ? ' ' : c;
    }
    return kept;
}

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = text.find_first_not_of(' ', at);
        if (begin == std::string::npos) break;
        at = std::min(text.find(' ', begin), text.size());
        words.push_back(text.substr(begin, at - begin));
    }
    return words;
}

/// The numbers that `separator` stands between; empty where there is anything else.
std::vector<int> numbers_between(std::string_view word, std::string_view separators) {
    std::vector<int> numbers;
    while (true) {
        int value = 0;
        const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
        const auto length = static_cast<std::size_t>(read.ptr - word.data());
        if (read.ec != std::errc{} || value < 0 || length > 4) return {};
        numbers.push_back(value);
        word.remove_prefix(length);
        if (word.empty()) return numbers;
        if (!separators.contains(word.front())) return {};
        word.remove_prefix(1);
    }
}

class MailDate {
public:
    void take(const std::string& word) {
        const auto time = numbers_between(word, ":.");
        if (time.size() >= 2 && time.size() <= 3) return take_time(time);
        if (word.front() == '+' || (word.front() == '-' && word.size() == 5)) {
            zone_ = word;
            return;
        }
        if (equal_ignoring_case(word, "PM") || equal_ignoring_case(word, "AM")) return take_half(is_letter(word.front()) && (word.front() | 0x20) == 'p');
        if (const auto parts = numbers_between(word, "/"); parts.size() == 3) return take_slashed(parts);
        if (word.contains('-')) return take_dashed(word);
        const auto month = month_of(word);
        if (month != 0) month_ = month;
        else if (const auto number = numbers_between(word, ""); number.size() == 1) take_number(word, number.front());
    }

    [[nodiscard]] std::optional<InternalDate> made() const {
        if (day_ < 0 || month_ == 0 || year_ < 0) return std::nullopt;
        std::array<char, 80> text{};
        std::snprintf(text.data(), text.size(), "%d-%s-%04d %02d:%02d:%02d %s", std::max(day_, 1),
                      months.at(static_cast<std::size_t>(month_ - 1)).data(), year_, hour_, minute_, second_,
                      zone_.empty() ? "+0000" : zone_.substr(0, 5).c_str());
        return parse_internal_date(text.data());
    }

private:
    static int month_of(const std::string& word) {
        const auto found = std::ranges::find_if(months, [&](auto name) { return starts_with_ignoring_case(word, name); });
        return found == months.end() ? 0 : static_cast<int>(found - months.begin()) + 1;
    }
    void take_time(const std::vector<int>& time) {
        hour_ = time[0];
        minute_ = time[1];
        second_ = time.size() > 2 ? time[2] : 0;
    }
    void take_half(bool afternoon) {
        if (afternoon && hour_ < 12) hour_ += 12;
        if (!afternoon && hour_ == 12) hour_ = 0;
    }
    void take_slashed(const std::vector<int>& parts) {
        const bool year_first = parts[0] > 31;
        month_ = parts[year_first ? 1 : 0];
        day_ = parts[year_first ? 2 : 1];
        set_year(parts[year_first ? 0 : 2]);
        if (month_ < 1 || month_ > 12) month_ = 0;
    }
    void take_dashed(const std::string& word) {  // 26-Nov-2026
        std::string apart = word;
        std::ranges::replace(apart, '-', ' ');
        for (const std::string& part : words_of(apart)) take(part);
    }
    void take_number(const std::string& word, int number) {
        if (word.size() <= 2 && day_ < 0) day_ = number;
        else if (year_ < 0) set_year(number);
    }
    void set_year(int year) {
        if (year < 70) year += 2000;
        else if (year < 200) year += 1900;
        year_ = year;
    }

    int day_ = -1;
    int month_ = 0;
    int year_ = -1;
    int hour_ = 11;
    int minute_ = 11;
    int second_ = 11;
    std::string zone_;
};

}  // namespace

std::optional<InternalDate> parse_mail_date(std::string_view text) {
    MailDate date;
    for (const std::string& word : words_of(without_comments(text.substr(0, longest_date)))) date.take(word);
    return date.made();
}

}  // namespace mailhaul::imap
