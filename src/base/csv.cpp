// SPDX-License-Identifier: Apache-2.0
#include "base/csv.hpp"

#include <algorithm>
#include <utility>

namespace mailhaul {
namespace {

class CsvReader {
public:
    CsvReader(std::string_view text, char separator) : rest_(text), separator_(separator) {
        if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    }

    Result<std::vector<CsvRow>> read() {
        if (const std::size_t nul = rest_.find('\0'); nul != std::string_view::npos) {
            line_ += static_cast<std::size_t>(std::ranges::count(rest_.substr(0, nul), '\n'));
            return mistake("holds a NUL octet: save it as text in UTF-8");
        }
        std::vector<CsvRow> rows;
        while (!rest_.empty()) {
            if (pass_over_line()) continue;
            MH_TRY(row, read_row());
            rows.push_back(std::move(row));
        }
        return rows;
    }

private:
    /// True where this line says nothing.
    bool pass_over_line() {
        const std::string_view line = rest_.substr(0, rest_.find('\n'));
        const bool says_something = !line.empty() && line != "\r" && !line.starts_with('#');
        if (says_something) return false;
        rest_.remove_prefix(std::min(rest_.size(), line.size() + 1));
        ++line_;
        return true;
    }

    Result<CsvRow> read_row() {
        CsvRow row;
        row.line = line_;
        for (;;) {
            MH_TRY(field, rest_.starts_with('"') ? quoted_field() : plain_field());
            row.fields.push_back(std::move(field));
            if (!rest_.starts_with(separator_)) break;
            rest_.remove_prefix(1);
        }
        if (rest_.starts_with('\r')) rest_.remove_prefix(1);
        if (!rest_.empty()) rest_.remove_prefix(1);  // the line's end
        ++line_;
        return row;
    }

    Result<std::string> plain_field() {
        std::string_view field = rest_.substr(0, rest_.find('\n'));
        if (field.ends_with('\r')) field.remove_suffix(1);
        field = field.substr(0, field.find(separator_));
        rest_.remove_prefix(field.size());
        return std::string(field);
    }

    Result<std::string> quoted_field() {
        std::string field;
        const std::size_t begins = line_;
        rest_.remove_prefix(1);
        for (;;) {
            const std::size_t quote = rest_.find('"');
            if (quote == std::string_view::npos) {
                line_ = begins;
                return mistake(
                    "has a quote that is never closed: a quote inside a value is written twice, and the value in quotes");
            }
            const std::string_view part = rest_.substr(0, quote);
            line_ += static_cast<std::size_t>(std::ranges::count(part, '\n'));
            field += part;
            rest_.remove_prefix(quote + 1);
            if (!rest_.starts_with('"')) break;
            field += '"';
            rest_.remove_prefix(1);
        }
        const bool is_end =
            rest_.empty() || rest_.starts_with(separator_) || rest_.starts_with('\n') || rest_.starts_with("\r\n");
        if (!is_end) return mistake("has something behind a closing quote: a quote inside a value is written twice");
        return field;
    }

    [[nodiscard]] Error mistake(std::string_view words) const {
        return {Errc::usage, Scope::run, Retry::never, "line " + std::to_string(line_) + " " + std::string(words)};
    }

    std::string_view rest_;
    char separator_;
    std::size_t line_ = 1;
};

}  // namespace

Result<std::vector<CsvRow>> csv_rows(std::string_view text, char separator) { return CsvReader(text, separator).read(); }

}  // namespace mailhaul
