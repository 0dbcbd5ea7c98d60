// SPDX-License-Identifier: Apache-2.0
#include "cli/ledger_request.hpp"

#include <array>
#include <chrono>
#include <ctime>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "app/imap_url.hpp"
#include "cli/quantities.hpp"

namespace mailhaul::cli {
namespace {

using std::chrono::year_month_day;

constexpr std::array verbs{
    std::pair{std::string_view("show"), LedgerVerb::show},
    std::pair{std::string_view("find"), LedgerVerb::find},
    std::pair{std::string_view("export"), LedgerVerb::export_all},
};

/// Options of find alone. Any but the folder is a question by itself.
constexpr std::array<const char*, 6> criteria{"message-id", "uid", "destination-uid", "subject", "date", "folder"};

std::optional<LedgerVerb> verb_from(std::string_view word) {
    for (const auto& [name, verb] : verbs)
        if (name == word) return verb;
    return std::nullopt;
}

void read_verb(const ParsedLine& line, LedgerOrder& order) {
    constexpr const char* wanted = "wanted show, find or export";
    if (line.words.empty()) {
        order.mistakes.push_back(std::string("nothing to do: ") + wanted);
        return;
    }
    if (const auto verb = verb_from(line.words[0])) order.verb = *verb;
    else order.mistakes.push_back("what is '" + line.words[0] + "'? " + wanted);
}

// Which ledger

/// `user@host:port`, as the ledger spells it.
std::string read_account(const std::string& side, const std::string& text, LedgerOrder& order) {
    const auto parsed = app::parse_account(text);
    if (parsed.ok()) return app::access_to(parsed.value()).label();
    order.mistakes.push_back(side + ": " + parsed.error().describe());
    return "";
}

void read_choice(const ParsedLine& line, LedgerOrder& order) {
    const std::optional<std::string> word = line.words.size() > 1 ? std::optional(line.words[1]) : std::nullopt;
    const auto to = line.last("to");
    const auto file = line.last("ledger");
    for (std::size_t i = 2; i < line.words.size(); ++i)
        order.mistakes.push_back("one ledger at a time: what is '" + line.words[i] + "'?");
    order.choice.path = file.value_or("");
    if (to && word) {
        order.choice.account = store::AccountKey{.source = read_account("source", *word, order),
                                                 .destination = read_account("destination", *to, order)};
    } else if (to) {
        order.mistakes.push_back("--to without a source: write SOURCE --to DESTINATION");
    } else if (word && file) {
        order.mistakes.push_back("two ledgers, '" + *word + "' and --ledger " + *file + ": name one");
    } else if (word) {
        order.choice.path = *word;
    } else if (!file) {
        order.mistakes.push_back("no ledger: name its FILE, or its accounts as SOURCE --to DESTINATION");
    }
}

// What to find

/// The first second of the day, and of the next one, where this machine is.
std::optional<std::pair<std::int64_t, std::int64_t>> local_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = parse_number(text.substr(0, 4));
    const auto month = parse_number(text.substr(5, 2));
    const auto day = parse_number(text.substr(8, 2));
    if (!year || !month || !day) return std::nullopt;
    const year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(static_cast<unsigned>(*month)),
                              std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    const auto midnight = [&](int days_later) -> std::int64_t {
        std::tm parts{};
        parts.tm_year = static_cast<int>(*year) - 1900;
        parts.tm_mon = static_cast<int>(*month) - 1;
        parts.tm_mday = static_cast<int>(*day) + days_later;
        parts.tm_isdst = -1;
        return std::mktime(&parts);
    };
    return std::pair(midnight(0), midnight(1));
}

std::optional<imap::Uid> read_uid(const ParsedLine& line, const std::string& name, LedgerOrder& order) {
    const auto text = line.last(name);
    if (!text) return std::nullopt;
    const auto number = parse_number(*text);
    if (number && *number >= 1 && *number <= std::numeric_limits<std::uint32_t>::max())
        return imap::Uid{static_cast<std::uint32_t>(*number)};
    order.mistakes.push_back("--" + name + " " + *text + ": wanted a UID, 1 to 4294967295");
    return std::nullopt;
}

/// What can be empty and then says nothing: every message has an empty part of a subject.
std::optional<std::string> read_text(const ParsedLine& line, const std::string& name, LedgerOrder& order) {
    auto text = line.last(name);
    if (text && text->empty()) order.mistakes.push_back("--" + name + " is empty: say what to look for");
    return text;
}

void read_question(const ParsedLine& line, LedgerOrder& order) {
    app::LedgerQuestion& question = order.question;
    question.message_id = read_text(line, "message-id", order);
    question.source_uid = read_uid(line, "uid", order);
    question.destination_uid = read_uid(line, "destination-uid", order);
    question.folder = read_text(line, "folder", order);
    question.subject = read_text(line, "subject", order);
    if (const auto date = line.last("date")) {
        const auto day = local_day(*date);
        if (!day) order.mistakes.push_back("--date " + *date + ": wanted a day such as 2024-01-31");
        else std::tie(question.recorded_from, question.recorded_until) = *day;
    }
    for (const char* name : criteria)
        if (std::string_view(name) != "folder" && line.has(name)) return;
    order.mistakes.emplace_back("nothing to find: add --message-id, --uid, --destination-uid, --subject or --date");
}

void refuse_options_of_others(const ParsedLine& line, LedgerOrder& order) {
    if (order.verb != LedgerVerb::find)
        for (const char* name : criteria)
            if (line.has(name)) order.mistakes.push_back("--" + std::string(name) + " is for find");
    if (order.verb != LedgerVerb::export_all && order.csv) order.mistakes.emplace_back("--csv is for export");
    if (order.json && order.csv) order.mistakes.emplace_back("--json and --csv: choose one");
}

}  // namespace

LedgerOrder order_ledger(const ParsedLine& line) {
    LedgerOrder order;
    order.mistakes = line.mistakes;
    order.json = line.is_on("json");
    order.csv = line.is_on("csv");
    read_verb(line, order);
    if (!order.mistakes.empty()) return order;
    read_choice(line, order);
    if (order.verb == LedgerVerb::find) read_question(line, order);
    refuse_options_of_others(line, order);
    return order;
}

}  // namespace mailhaul::cli
