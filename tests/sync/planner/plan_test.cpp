// SPDX-License-Identifier: Apache-2.0
// The planner as a table: one message a row, the plan in words. Adding a case is adding a line.
#include "sync/planner/plan.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace mailhaul::sync {
namespace {

/// `7 \Seen` or `-`.
struct Said {
    std::optional<imap::Uid> uid;
    imap::FlagSet flags;
};

Said read(const std::string& text) {
    Said said;
    std::istringstream words(text);
    std::string word;
    words >> word;
    if (word == "-") return said;
    said.uid = imap::Uid{static_cast<std::uint32_t>(std::stoul(word))};
    while (words >> word) said.flags.insert(word);
    return said;
}

void put(Snapshot& snapshot, const Said& said, std::uint64_t size = 1000, std::int64_t date = 0) {
    if (said.uid) snapshot.add(*said.uid, said.flags, imap::InternalDate{date, 0}, Octets{size});
    snapshot.finish();
}

std::string in_words(const SyncPlan& plan, const Snapshot& source) {
    std::string out;
    const auto add = [&](const std::string& words) { out += (out.empty() ? "" : "; ") + words; };
    for (const auto& [from, to] : plan.adopt) add("adopt " + std::to_string(from.value()) + "->" + std::to_string(to.value()));
    for (const imap::Uid uid : plan.append) {
        const std::string flags = source.flags_of(*source.find(uid)).to_string();
        add("append " + std::to_string(uid.value()) + (flags.empty() ? "" : " " + flags));
    }
    for (const FlagChange& change : plan.flags) {
        if (!change.add.empty()) add("store " + std::to_string(change.destination.value()) + " +" + change.add.to_string());
        if (!change.remove.empty())
            add("store " + std::to_string(change.destination.value()) + " -" + change.remove.to_string());
    }
    for (const auto& [uid, reason] : plan.leave)
        add("leave " + std::to_string(uid.value()) + (reason == LeaveReason::removed ? " removed" : " filtered"));
    for (const imap::Uid uid : plan.delete_source) add("delete source " + std::to_string(uid.value()));
    for (const imap::Uid uid : plan.keep_repaired) add("keep repaired " + std::to_string(uid.value()));
    for (const imap::Uid uid : plan.delete_destination) add("delete destination " + std::to_string(uid.value()));
    return out.empty() ? "nothing" : out;
}

struct Row {
    const char* what;
    const char* source;
    const char* destination;
    const char* ledger;  ///< `7->3 \Seen`: what the source's flags were; `-`: nothing
    bool same_message;   ///< evidence says both sides hold the same message
    const char* rules;
    const char* plan;
};

std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.what; }

Rules rules_from(const std::string& words) {
    Rules rules;
    if (words.find("exact") != std::string::npos) rules.flags = FlagMode::exact;
    if (words.find("leave-flags") != std::string::npos) rules.flags = FlagMode::leave;
    if (words.find("delete1") != std::string::npos) rules.delete_source = true;
    if (words.find("delete2") != std::string::npos) rules.delete_destination = true;
    if (words.find("restore") != std::string::npos) rules.restore_removed = true;
    if (words.find("max500") != std::string::npos) rules.max_size = Octets{500};
    if (words.find("new") != std::string::npos) rules.newer_than = 100;
    return rules;
}

class Planning : public testing::TestWithParam<Row> {};

TEST_P(Planning, decides_as_the_table_says) {
    const Row& row = GetParam();
    Snapshot source;
    Snapshot destination;
    const Said from = read(row.source);
    const Said to = read(row.destination);
    put(source, from);
    put(destination, to);
    std::vector<store::Entry> entries;
    const std::string ledger = row.ledger;
    if (ledger != "-") {
        store::Entry entry;
        entry.source = imap::Uid{static_cast<std::uint32_t>(std::stoul(ledger))};
        const std::string rest = ledger.substr(ledger.find("->") + 2);
        const Said known = read(rest);
        entry.destination = *known.uid;
        entry.flags = known.flags;
        if (std::string(row.rules).contains("repaired")) entry.repair = message::Repair{message::Defects(1), {}};
        entries.push_back(entry);
    }
    const LedgerView view = compare_with_ledger(source, destination, entries);
    Matcher::Matches matches;
    matches.only_source = view.unknown_source;
    matches.only_destination = view.unknown_destination;
    if (row.same_message) {
        matches.pairs.emplace_back(*from.uid, *to.uid);
        matches.only_source.clear();
        matches.only_destination.clear();
    }
    EXPECT_EQ(in_words(make_plan(source, destination, view, matches, rules_from(row.rules)), source), row.plan);
}

INSTANTIATE_TEST_SUITE_P(
    table, Planning,
    testing::Values(
        Row{"new on the source", "7 \\Seen", "-", "-", false, "", "append 7 \\Seen"},
        Row{"nothing anywhere", "-", "-", "-", false, "delete1 delete2", "nothing"},
        Row{"copied and unchanged", "7 \\Seen", "3 \\Seen", "7->3 \\Seen", false, "", "nothing"},
        Row{"flagged on the source since it was copied", "7 \\Seen \\Flagged", "3 \\Seen", "7->3 \\Seen", false, "",
            "store 3 +\\Flagged"},
        Row{"unflagged on the source since", "7", "3 \\Flagged", "7->3 \\Flagged", false, "", "store 3 -\\Flagged"},
        Row{"flagged by the user on the destination", "7", "3 \\Flagged", "7->3", false, "", "nothing"},
        Row{"read by the user on the destination, flagged on the source", "7 \\Flagged", "3 \\Seen", "7->3", false, "",
            "store 3 +\\Flagged"},
        Row{"exact flags take the destination's away", "7", "3 \\Flagged", "7->3", false, "exact", "store 3 -\\Flagged"},
        Row{"flags are left alone when told so", "7 \\Seen", "3", "7->3", false, "leave-flags", "nothing"},
        Row{"ledger lost, same message on both", "7", "3", "-", true, "", "adopt 7->3"},
        Row{"adopted messages only gain flags", "7 \\Seen", "3 \\Flagged", "-", true, "", "adopt 7->3; store 3 +\\Seen"},
        Row{"two strangers with the same UID", "7", "7", "-", false, "", "append 7"},
        Row{"deleted on the source after the copy", "-", "3", "7->3", false, "", "nothing"},
        Row{"deleted on the source, mirroring", "-", "3", "7->3", false, "delete2", "delete destination 3"},
        Row{"a stranger on the destination, mirroring", "-", "3", "-", false, "delete2", "delete destination 3"},
        Row{"the user removed it on the destination", "7", "-", "7->3", false, "", "leave 7 removed"},
        Row{"removed there, and asked to bring back", "7", "-", "7->3", false, "restore", "append 7"},
        Row{"removed there is never deleted on the source", "7", "-", "7->3", false, "delete1", "leave 7 removed"},
        Row{"moving: copied before", "7", "3", "7->3", false, "delete1", "delete source 7"},
        Row{"moving: copied before, but repaired", "7", "3", "7->3", false, "delete1 repaired", "keep repaired 7"},
        Row{"moving: not copied yet", "7", "-", "-", false, "delete1", "append 7"},
        Row{"too large", "7", "-", "-", false, "max500", "leave 7 filtered"},
        Row{"too large is never deleted on the source", "7", "3", "7->3", false, "delete1 max500", "nothing"},
        Row{"too old", "7", "-", "-", false, "new", "leave 7 filtered"},
        Row{"too old on the destination is not mirrored away", "-", "3", "-", false, "delete2 new", "nothing"}));

TEST(StorableFlags, drop_what_permanentflags_does_not_promise) {
    imap::SelectedMailbox destination;
    destination.permanent_flags = imap::FlagSet{"\\Seen", "\\Flagged"};
    EXPECT_EQ(storable_flags(imap::FlagSet{"\\Seen", "$Label1"}, destination), imap::FlagSet{"\\Seen"});
    destination.permanent_flags = imap::FlagSet{"\\Seen", "\\*"};
    EXPECT_TRUE(storable_flags(imap::FlagSet{"\\Seen", "$Label1"}, destination).contains("$label1"));
    destination.permanent_flags.reset();
    EXPECT_TRUE(storable_flags(imap::FlagSet{"$Label1"}, destination).contains("$Label1")) << "no promise either way: try";
}

TEST(Filters, a_gap_of_ages_leaves_out_only_the_gap) {
    Rules rules;
    rules.newer_than = 200;
    rules.older_than = 100;
    rules.ages_are_union = true;
    ListedMessage message;
    message.has_date = true;
    for (const auto& [date, out] : {std::pair{50, false}, {150, true}, {250, false}}) {
        message.date = date;
        EXPECT_EQ(filter_reason(message, rules, true).has_value(), out) << date;
    }
}

TEST(Plan, what_a_search_does_not_find_is_neither_copied_nor_flagged_nor_deleted) {
    Snapshot source;
    put(source, read("7 \\Seen"));
    put(source, read("8 \\Seen"));
    Snapshot destination;
    put(destination, read("1"));
    put(destination, read("2"));
    source.choose(imap::UidSet{});
    destination.choose(imap::UidSet{});
    Matcher::Matches matches;
    matches.pairs = {{imap::Uid{7}, imap::Uid{1}}};
    matches.only_source = {imap::Uid{8}};
    matches.only_destination = {imap::Uid{2}};
    Rules rules;
    rules.flags = FlagMode::exact;
    rules.delete_destination = rules.delete_source = true;
    const SyncPlan plan = make_plan(source, destination, LedgerView{}, matches, rules);
    EXPECT_EQ(in_words(plan, source), "adopt 7->1; leave 8 filtered");
}

TEST(Plan, flags_are_those_that_a_substitution_leaves) {
    Snapshot source;
    put(source, read("7 \\Seen \\Flagged"));
    source.flags.replace_each([](const imap::FlagSet& flags) { return flags.minus({"\\Flagged"}); });
    Matcher::Matches matches;
    matches.only_source = {imap::Uid{7}};
    EXPECT_EQ(in_words(make_plan(source, Snapshot{}, LedgerView{}, matches, Rules{}), source), "append 7 \\Seen");
}

TEST(Plan, a_message_changed_as_asked_leaves_the_source_and_a_repaired_one_does_not) {
    Snapshot source;
    put(source, read("7"));
    Snapshot destination;
    put(destination, read("1"));
    Rules rules;
    rules.delete_source = true;
    for (const auto& [defect, words] : {std::pair{message::Defect::rewritten, "delete source 7"}, std::pair{message::Defect::bare_lf, "keep repaired 7"}}) {
        store::Entry entry;
        entry.source = imap::Uid{7};
        entry.destination = imap::Uid{1};
        message::Repair repair;
        repair.mended.insert(defect);
        entry.repair = repair;
        LedgerView view;
        view.pairs.push_back(std::move(entry));
        EXPECT_EQ(in_words(make_plan(source, destination, view, {}, rules), source), words);
    }
}

}  // namespace
}  // namespace mailhaul::sync
