// SPDX-License-Identifier: Apache-2.0
// `mailhaul ledger`: where is my mail? Answered from the ledger alone.
#include "app/read_ledger.hpp"
#include "cli/commands.hpp"
#include "cli/json_events.hpp"
#include "cli/ledger_request.hpp"
#include "cli/ledger_text.hpp"
#include "cli/plain_text.hpp"

namespace mailhaul::cli {
namespace {

constexpr int exit_nothing_found = 1;
constexpr int exit_ledger_unusable = 14;

int refuse(const LedgerOrder& order, const Surroundings& surroundings) {
    if (order.json)
        for (const std::string& mistake : order.mistakes)
            surroundings.out(json_usage_error(surroundings.wall_now(), mistake) + "\n");
    return usage_error(order.mistakes, "ledger", surroundings);
}

int fail(const Error& error, const Surroundings& surroundings) {
    surroundings.err("mailhaul ledger: " + printable(error.describe()) + "\n");
    return exit_ledger_unusable;
}

/// Collects small pieces of output: a system call per message would cost more than the message.
class Buffered {
public:
    explicit Buffered(const TextSink& sink) : sink_(sink) {}
    Buffered(const Buffered&) = delete;
    Buffered& operator=(const Buffered&) = delete;
    void add(std::string_view text) {
        text_ += text;
        if (text_.size() >= enough) flush();
    }
    void flush() {
        sink_(text_);
        text_.clear();
    }

private:
    static constexpr std::size_t enough = 64U << 10;
    const TextSink& sink_;
    std::string text_;
};

int show(store::LedgerReader& ledger, const LedgerOrder& order, const Surroundings& surroundings) {
    const auto summary = app::summarise_ledger(ledger);
    if (!summary.ok()) return fail(summary.error(), surroundings);
    surroundings.out(order.json ? json_ledger(summary.value()) + "\n" : ledger_text(summary.value(), surroundings.width()));
    return exit_ok;
}

int find(store::LedgerReader& ledger, const LedgerOrder& order, const Surroundings& surroundings) {
    Buffered out(surroundings.out);
    const auto search = app::find_records(ledger, order.question, [&](const app::LedgerRecord& record) {
        out.add(order.json ? json_record(record) + "\n" : record_text(record));
    });
    out.flush();
    if (!search.ok()) return fail(search.error(), surroundings);
    if (search->found > 0) return exit_ok;
    surroundings.err("mailhaul ledger: " + nothing_found_text(order.question, search.value()));
    return exit_nothing_found;
}

int export_all(store::LedgerReader& ledger, const LedgerOrder& order, const Surroundings& surroundings) {
    Buffered out(surroundings.out);
    if (order.csv) out.add(csv_header());
    const auto read = app::read_records(
        ledger, [&](const app::LedgerRecord& record) { out.add(order.csv ? csv_record(record) : json_record(record) + "\n"); });
    out.flush();
    if (!read.ok()) return fail(read.error(), surroundings);
    if (!surroundings.out_is_lost()) return exit_ok;
    surroundings.err("mailhaul ledger: the output could not be written and is cut: make room there and export again\n");
    return exit_output_lost;
}

}  // namespace

int ledger_command(std::span<const std::string> arguments, const Surroundings& surroundings) {
    const ParsedLine line = parse_native(arguments, ledger_help.groups);
    if (line.is_on("help")) {
        surroundings.out(help_text(ledger_help, surroundings.width()));
        return exit_ok;
    }
    const LedgerOrder order = order_ledger(line);
    if (!order.mistakes.empty()) return refuse(order, surroundings);
    auto ledger = app::open_ledger(order.choice);
    if (!ledger.ok()) return fail(ledger.error(), surroundings);
    switch (order.verb) {
        case LedgerVerb::show: return show(ledger.value(), order, surroundings);
        case LedgerVerb::find: return find(ledger.value(), order, surroundings);
        case LedgerVerb::export_all: return export_all(ledger.value(), order, surroundings);
    }
    return exit_software;
}

}  // namespace mailhaul::cli
