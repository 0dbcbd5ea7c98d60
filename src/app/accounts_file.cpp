// SPDX-License-Identifier: Apache-2.0
#include "app/accounts_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "base/csv.hpp"

namespace mailhaul::app {
namespace {

constexpr std::size_t most_octets = 64U << 20;

/// What a column holds: one member of one side.
struct Column {
    std::string_view name;
    AccountEnd AccountRow::* side;
    std::string AccountEnd::* text;  ///< null: the password
};

constexpr std::array columns{
    Column{"source", &AccountRow::source, &AccountEnd::account},
    Column{"destination", &AccountRow::destination, &AccountEnd::account},
    Column{"source_host", &AccountRow::source, &AccountEnd::host},
    Column{"destination_host", &AccountRow::destination, &AccountEnd::host},
    Column{"source_password", &AccountRow::source, nullptr},
    Column{"destination_password", &AccountRow::destination, nullptr},
    Column{"source_password_from", &AccountRow::source, &AccountEnd::password_from},
    Column{"destination_password_from", &AccountRow::destination, &AccountEnd::password_from},
};

/// imapsync's own file has no header, and these columns (its FAQ, "massive migrations"); what follows them are its options.
constexpr std::array<std::string_view, 6> imapsync_columns{"source_host",      "source",      "source_password",
                                                           "destination_host", "destination", "destination_password"};

const Column* column_named(std::string_view name) {
    const auto found = std::ranges::find(columns, name, &Column::name);
    return found == columns.end() ? nullptr : &*found;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// `Source Password` and `source-password` are `source_password`.
std::string normal(std::string_view name) {
    std::string out;
    for (const char c : trimmed(name)) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c == '-' || c == ' ' ? '_' : c;
    return out;
}

void wipe(std::string& text) { explicit_bzero(text.data(), text.size()); }

/// By the first line that says something: the separator that it holds most of.
char separator_of(std::string_view text) {
    while (text.starts_with('\n') || text.starts_with('\r') || text.starts_with('#'))
        text.remove_prefix(
            std::min(text.size(), text.find('\n') == std::string_view::npos ? text.size() : text.find('\n') + 1));
    const std::string_view line = text.substr(0, text.find('\n'));
    constexpr std::array separators{',', ';', '\t'};
    return *std::ranges::max_element(separators, {}, [&](char c) { return std::ranges::count(line, c); });
}

class AccountsReader {
public:
    explicit AccountsReader(const std::string& path) : path_(path) {}

    AccountsFile read(std::string_view text) {
        const char separator = separator_of(text);
        auto rows = csv_rows(text, separator);
        if (!rows.ok()) {
            file_.mistakes.push_back(path_ + ": " + rows.error().message);
            return std::move(file_);
        }
        take_rows(rows.value(), separator);
        for (CsvRow& row : rows.value())
            for (std::string& field : row.fields) wipe(field);
        return std::move(file_);
    }

private:
    void take_rows(std::vector<CsvRow>& rows, char separator) {
        if (rows.empty()) {
            mistake(1, "no account stands in it: wanted a line of column names, then a line for each account");
            return;
        }
        const bool has_header = std::ranges::any_of(
            rows.front().fields, [](const std::string& name) { return column_named(normal(name)) != nullptr; });
        if (has_header) {
            take_header(rows.front());
        } else if (separator == ';' && rows.front().fields.size() >= imapsync_columns.size()) {
            for (const std::string_view name : imapsync_columns) order_.push_back(column_named(name));
            takes_more_ = true;
        } else {
            mistake(rows.front().line, "wanted the names of the columns: source, destination and perhaps " + more_columns());
        }
        if (!file_.mistakes.empty()) return;
        for (CsvRow& row : std::span(rows).subspan(has_header ? 1 : 0)) take_row(row);
        if (file_.rows.empty() && file_.mistakes.empty()) mistake(rows.front().line, "no account follows");
    }

    static std::string more_columns() {
        std::string names;
        for (const Column& column : std::span(columns).subspan(2))
            names += (names.empty() ? "" : ", ") + std::string(column.name);
        return names;
    }

    void take_header(const CsvRow& header) {
        for (const std::string& field : header.fields) {
            const Column* column = column_named(normal(field));
            // Not quoted: where the names are missing, a password stands there.
            if (column == nullptr)
                mistake(header.line, "column " + std::to_string(order_.size() + 1) +
                                         " has no name that is known: wanted source, destination, " + more_columns());
            else if (std::ranges::find(order_, column) != order_.end())
                mistake(header.line, "two columns are called " + std::string(column->name));
            order_.push_back(column);
        }
        if (std::ranges::find(order_, column_named("source")) == order_.end())
            mistake(header.line, "no column is called source");
    }

    void take_row(CsvRow& row) {
        const std::size_t before = file_.mistakes.size();
        const bool is_too_short = row.fields.size() < order_.size();
        const bool is_too_long = row.fields.size() > order_.size() && !takes_more_;
        if (is_too_short || is_too_long)
            mistake(row.line, "has " + std::to_string(row.fields.size()) + " fields, wanted " + std::to_string(order_.size()) +
                                  ": a value that holds the separator is written in quotes");
        AccountRow account;
        account.line = row.line;
        for (std::size_t i = 0; i < std::min(order_.size(), row.fields.size()); ++i)
            take_field(account, *order_[i], row.fields[i]);
        if (file_.mistakes.size() > before) return;
        check(account);
        if (file_.mistakes.size() > before) return;
        file_.rows.push_back(std::move(account));
    }

    void take_field(AccountRow& account, const Column& column, std::string& field) {
        AccountEnd& end = account.*column.side;
        if (column.text == nullptr) {
            if (!field.empty()) file_.holds_passwords = true;
            end.password = Secret(field);
            return;
        }
        end.*column.text = std::string(trimmed(field));
        const bool has_control = std::ranges::any_of(end.*column.text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
        if (has_control) mistake(account.line, std::string(column.name) + " holds a control character: remove it");
    }

    void check(AccountRow& account) {
        if (account.source.account.empty()) mistake(account.line, "source is empty: wanted a user's name or an account");
        if (account.destination.account.empty()) account.destination.account = account.source.account;
        for (const auto& [side, end] : {std::pair{"source", &account.source}, std::pair{"destination", &account.destination}})
            if (!end->password.empty() && !end->password_from.empty())
                mistake(account.line, std::string(side) + "_password and " + side +
                                          "_password_from both say where the password is: leave one empty");
    }

    void mistake(std::size_t line, const std::string& words) {
        file_.mistakes.push_back(path_ + ":" + std::to_string(line) + ": " + words);
    }

    std::string path_;
    std::vector<const Column*> order_;
    bool takes_more_ = false;
    AccountsFile file_;
};

}  // namespace

AccountsFile accounts_from(std::string_view text, const std::string& path) { return AccountsReader(path).read(text); }

AccountsFile read_accounts_file(const std::string& path) {
    AccountsFile unread;
    struct stat facts{};
    std::ifstream file(path, std::ios::binary);
    if (!file || stat(path.c_str(), &facts) != 0) {
        unread.mistakes.push_back(path + " cannot be read (" + std::strerror(errno) + "): name a file of accounts");
        return unread;
    }
    if (static_cast<std::uint64_t>(facts.st_size) > most_octets) {
        unread.mistakes.push_back(path + " is larger than 64 MiB: divide it");
        return unread;
    }
    std::string text;
    text.reserve(static_cast<std::size_t>(facts.st_size) + 1);  // never moved while it grows, so no copy is left behind
    text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    AccountsFile accounts = accounts_from(text, path);
    wipe(text);
    const bool others_read = S_ISREG(facts.st_mode) && (facts.st_mode & (S_IRGRP | S_IROTH)) != 0;
    if (accounts.holds_passwords && others_read)
        accounts.mistakes.push_back(path + " holds passwords and others may read it: chmod 600 " + path);
    return accounts;
}

}  // namespace mailhaul::app
