// SPDX-License-Identifier: Apache-2.0
// The guard rails as two tables: what is judged of numbers, and which numbers one message gives.
#include "sync/planner/guard_rails.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace mailhaul::sync {
namespace {

/// `delete 3`, `before 3`, `to 100` (on the destination), `from 100` (on the source), `recorded 100`, `lost 60`,
/// `strangers 2`, `removed 1`, `reflagged 1`; what is not said is zero.
DeletionFacts facts_from(const std::string& text) {
    DeletionFacts facts;
    std::istringstream words(text);
    std::string name;
    std::uint64_t number = 0;
    while (words >> name >> number) {
        const auto see = [&](Sighting& seen) {
            for (std::uint64_t i = 0; i < number; ++i) seen.add(imap::Uid{static_cast<std::uint32_t>(7 + i)});
        };
        if (name == "delete") facts.to_delete = number;
        if (name == "before") facts.deleted_before = number;
        if (name == "to") facts.on_destination = number;
        if (name == "from") facts.on_source = number;
        if (name == "recorded") facts.recorded = number;
        if (name == "lost") facts.lost = number;
        if (name == "strangers") see(facts.strangers);
        if (name == "removed") see(facts.removed);
        if (name == "reflagged") see(facts.reflagged);
    }
    return facts;
}

GuardRules rules_from(const std::string& words) {
    GuardRules rules;
    const auto said = [&](const char* word) { return words.find(word) != std::string::npos; };
    if (said("shrunken")) rules.allow_shrunken_source = true;
    if (said("despite")) rules.on_activity = OnActivity::warn;
    if (said("max5")) rules.max_deletions = 5;
    if (said("max5000")) rules.max_deletions = 5000;
    if (said("unlimited")) rules.max_deletions = GuardRules::unlimited;
    if (said("imapsync")) {
        rules.on_activity = OnActivity::warn;
        rules.max_deletions = GuardRules::unlimited;
    }
    return rules;
}

std::string in_words(const GuardVerdict& verdict) {
    std::string out;
    const auto add = [&](const std::string& words) { out += (out.empty() ? "" : "; ") + words; };
    for (const Refusal& refusal : verdict.refusals) add("refuse " + refusal.option);
    for (std::size_t i = 0; i < verdict.warnings.size(); ++i) add("warn");
    return out.empty() ? "delete" : out;
}

struct Row {
    const char* what;
    const char* facts;
    const char* rules;
    const char* verdict;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.what; }

class Judging : public testing::TestWithParam<Row> {};

TEST_P(Judging, says_what_the_table_says) {
    EXPECT_EQ(in_words(judge_deletions(facts_from(GetParam().facts), rules_from(GetParam().rules))), GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(
    table, Judging,
    testing::Values(
        Row{"nothing to delete is never refused", "from 0 recorded 100 lost 100 strangers 5 removed 3", "", "delete"},
        Row{"a few orphans of many", "delete 10 to 100 from 90 recorded 100 lost 10", "", "delete"},

        Row{"an empty source that earlier runs copied from", "delete 3 to 3 from 0 recorded 3 lost 3", "",
            "refuse --allow-shrunken-source"},
        Row{"and the operator knows it", "delete 3 to 3 from 0 recorded 3 lost 3", "shrunken", "warn"},
        Row{"imapsync's users cannot want it either", "delete 3 to 3 from 0 recorded 3 lost 3", "imapsync",
            "refuse --allow-shrunken-source"},
        Row{"an empty source nobody ever copied from", "delete 3 to 3 from 0 strangers 3", "imapsync", "warn"},
        Row{"eleven of twenty-one lost", "delete 11 to 100 from 10 recorded 21 lost 11", "", "refuse --allow-shrunken-source"},
        Row{"eleven of twenty-two lost", "delete 11 to 100 from 11 recorded 22 lost 11", "", "delete"},
        Row{"ten of eleven lost", "delete 10 to 100 from 1 recorded 11 lost 10", "", "delete"},
        Row{"all lost and new mail arrived since", "delete 50 to 500 from 9 recorded 50 lost 50", "imapsync",
            "refuse --allow-shrunken-source"},

        Row{"as many as the ceiling", "delete 1000 to 9000 from 8000 recorded 9000 lost 1000", "", "delete"},
        Row{"one more than the ceiling", "delete 1001 to 9000 from 8000 recorded 9000 lost 1001", "",
            "refuse --max-deletions 1001"},
        Row{"the ceiling is of the run", "delete 600 before 401 to 9000 from 8000 recorded 9000 lost 600", "",
            "refuse --max-deletions 1001"},
        Row{"a ceiling raised", "delete 1001 to 9000 from 8000 recorded 9000 lost 1001", "max5000", "delete"},
        Row{"a ceiling lowered", "delete 6 to 9000 from 8000 recorded 9000 lost 6", "max5", "refuse --max-deletions 6"},
        Row{"no ceiling", "delete 40000 to 90000 from 80000 recorded 90000 lost 40000", "unlimited", "delete"},
        Row{"imapsync has no ceiling", "delete 40000 to 90000 from 80000 recorded 90000 lost 40000", "imapsync", "delete"},
        Row{"half of the mailbox", "delete 11 to 22 from 11 recorded 22 lost 11", "", "delete"},
        Row{"more than half of the mailbox", "delete 11 to 21 from 30 recorded 41 lost 11", "", "refuse --max-deletions 11"},
        Row{"more than half of a small mailbox", "delete 20 to 20 from 30 recorded 50 lost 20", "", "delete"},
        Row{"who names a number has counted", "delete 11 to 21 from 30 recorded 41 lost 11", "max5000", "delete"},

        Row{"somebody else's messages", "delete 1 to 100 from 99 recorded 99 strangers 1", "",
            "refuse --delete-despite-activity"},
        Row{"a copy removed by somebody", "delete 1 to 98 from 99 recorded 100 lost 1 removed 1", "",
            "refuse --delete-despite-activity"},
        Row{"a copy flagged by somebody", "delete 1 to 100 from 99 recorded 100 lost 1 reflagged 1", "",
            "refuse --delete-despite-activity"},
        Row{"messages nobody knows on the first pass", "delete 1 to 10 from 9 strangers 1", "",
            "refuse --delete-despite-activity"},
        Row{"and the operator knows whose", "delete 1 to 10 from 9 strangers 1", "despite", "warn"},
        Row{"imapsync's --delete2 deletes as told", "delete 1 to 10 from 9 strangers 1 removed 1", "imapsync", "warn"},

        Row{"one override lifts one rail", "delete 30 to 40 from 0 recorded 30 lost 30 strangers 2", "shrunken",
            "refuse --delete-despite-activity; refuse --max-deletions 30; warn"},
        Row{"every reason is named at once", "delete 30 to 40 from 0 recorded 30 lost 30 strangers 2", "",
            "refuse --allow-shrunken-source; refuse --delete-despite-activity; refuse --max-deletions 30"}));

TEST(Evidence, is_spelt_for_the_operator) {
    const auto evidence = [](const char* facts) {
        std::vector<std::string> words;
        for (const Refusal& refusal : judge_deletions(facts_from(facts), {}).refusals) words.push_back(refusal.evidence);
        return words;
    };
    using testing::ElementsAre;
    EXPECT_THAT(evidence("delete 3 to 3 from 0 recorded 3 lost 3"),
                ElementsAre("of 3 messages copied by earlier runs the source lists none any more"));
    EXPECT_THAT(evidence("delete 12 to 90 from 8 recorded 20 lost 12"),
                ElementsAre("of 20 messages copied by earlier runs the source lists only 8"));
    EXPECT_THAT(evidence("delete 1 to 90 from 20 recorded 20 strangers 2 removed 1 reflagged 3"),
                ElementsAre("2 messages there came from elsewhere (first uid 7), 1 message removed there by others (source: "
                            "uid 7), 3 messages with flags changed there by others (first uid 7)"));
    EXPECT_THAT(evidence("delete 1 to 90 from 20 strangers 1"),
                ElementsAre("1 message there that the source does not hold, perhaps its user's (uid 7)"));
    EXPECT_THAT(evidence("delete 900 before 200 to 9000 from 9000 recorded 9900 lost 900"),
                ElementsAre("900 messages would go after 200 elsewhere in this run, more than the 1000 a run may delete"));
    EXPECT_THAT(evidence("delete 30 to 40 from 90 recorded 120 lost 30"),
                ElementsAre("30 of its 40 messages would go, more than half"));
}

/// One message: the source's flags, the copy's, what the ledger remembers; `-` where a side does not hold it.
struct FlagRow {
    const char* what;
    const char* source;
    const char* destination;
    const char* ledger;  ///< flags, or `adopted` before them; `-`: unknown
    const char* permanent;
    FlagMode mode;
    const char* seen;
};
std::ostream& operator<<(std::ostream& out, const FlagRow& row) { return out << row.what; }

imap::FlagSet flags_from(const std::string& text) {
    imap::FlagSet flags;
    std::istringstream words(text);
    std::string word;
    while (words >> word)
        if (word != "adopted") flags.insert(word);
    return flags;
}

class Witnessing : public testing::TestWithParam<FlagRow> {};

TEST_P(Witnessing, sees_what_the_table_says) {
    const FlagRow& row = GetParam();
    Snapshot source;
    Snapshot destination;
    if (std::string(row.source) != "-") source.add(imap::Uid{7}, flags_from(row.source), {}, Octets{1});
    if (std::string(row.destination) != "-") destination.add(imap::Uid{3}, flags_from(row.destination), {}, Octets{1});
    if (std::string(row.permanent) != "-") destination.selected.permanent_flags = flags_from(row.permanent);
    source.finish();
    destination.finish();
    std::vector<store::Entry> entries;
    if (std::string(row.ledger) != "-") {
        store::Entry entry;
        entry.source = imap::Uid{7};
        entry.destination = imap::Uid{3};
        entry.flags = flags_from(row.ledger);
        if (std::string(row.ledger).starts_with("adopted")) entry.origin = store::Origin::adopted;
        entries.push_back(entry);
    }
    const LedgerView view = compare_with_ledger(source, destination, std::move(entries));
    Matcher::Matches matches;
    matches.only_source = view.unknown_source;
    matches.only_destination = view.unknown_destination;
    Rules rules;
    rules.delete_destination = true;
    const SyncPlan plan = make_plan(source, destination, view, matches, rules);
    const DeletionFacts facts = deletion_facts(source, destination, view, matches, plan, {}, row.mode);
    std::string seen;
    const auto add = [&](std::uint64_t number, const char* word) {
        if (number > 0) seen += (seen.empty() ? "" : " ") + std::string(word);
    };
    add(facts.recorded, "recorded");
    add(facts.lost, "lost");
    add(facts.strangers.messages, "stranger");
    add(facts.removed.messages, "removed");
    add(facts.reflagged.messages, "reflagged");
    EXPECT_EQ(seen, row.seen);
    EXPECT_EQ(facts.to_delete, std::string(row.source) == "-" && std::string(row.destination) != "-" ? 1U : 0U);
}

constexpr auto three_way = FlagMode::three_way;
constexpr const char* all = "\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*";

INSTANTIATE_TEST_SUITE_P(
    table, Witnessing,
    testing::Values(
        FlagRow{"new on the source", "", "-", "-", all, three_way, ""},
        FlagRow{"unknown on the destination", "-", "", "-", all, three_way, "stranger"},
        FlagRow{"gone from the source", "-", "", "", all, three_way, "recorded lost"},
        FlagRow{"gone from both", "-", "-", "", all, three_way, "recorded lost"},
        FlagRow{"its copy is gone", "", "-", "", all, three_way, "recorded removed"},
        FlagRow{"unchanged", "\\Seen", "\\Seen", "\\Seen", all, three_way, "recorded"},
        FlagRow{"read on the destination", "", "\\Seen", "", all, three_way, "recorded reflagged"},
        FlagRow{"marked for deletion there", "\\Seen", "\\Seen \\Deleted", "\\Seen", all, three_way, "recorded reflagged"},
        FlagRow{"made unread there", "\\Seen", "", "\\Seen", all, three_way, "recorded reflagged"},
        FlagRow{"labelled there", "", "$Label1", "", all, three_way, "recorded reflagged"},
        FlagRow{"flagged on the source since", "\\Flagged", "", "", all, three_way, "recorded"},
        FlagRow{"unflagged on the source since", "", "\\Flagged", "\\Flagged", all, three_way, "recorded"},
        FlagRow{"carried there by a pass cut short", "\\Flagged", "\\Flagged", "", all, three_way, "recorded"},
        FlagRow{"taken away there by a pass cut short", "", "", "\\Flagged", all, three_way, "recorded"},
        FlagRow{"a keyword servers set themselves", "", "$HasAttachment", "", all, three_way, "recorded"},
        FlagRow{"a keyword the destination does not keep", "$Label1", "", "$Label1", "\\Seen \\Flagged", three_way, "recorded"},
        FlagRow{"a keyword the destination may not keep", "$Label1", "", "$Label1", "-", three_way, "recorded"},
        FlagRow{"a keyword the destination keeps", "$Label1", "", "$Label1", all, three_way, "recorded reflagged"},
        FlagRow{"a flag no promise was made of", "\\Seen", "", "\\Seen", "", three_way, "recorded"},
        FlagRow{"found with more flags than the source's", "", "\\Flagged", "adopted", all, three_way, "recorded"},
        FlagRow{"found, and made unread since", "\\Seen", "", "adopted \\Seen", all, three_way, "recorded reflagged"},
        FlagRow{"flags are compared where they are made exact", "", "\\Seen", "", all, FlagMode::exact, "recorded reflagged"},
        FlagRow{"flags say nothing where they are left alone", "\\Seen", "", "\\Seen", all, FlagMode::leave, "recorded"}));

TEST(Witnesses, of_an_earlier_uidvalidity_are_no_strangers) {
    Snapshot source;
    Snapshot destination;
    for (const std::uint32_t uid : {1U, 2U, 3U}) destination.add(imap::Uid{uid}, {}, {}, Octets{1});
    source.add(imap::Uid{70}, {}, {}, Octets{1});
    source.finish();
    destination.finish();
    const LedgerView view = compare_with_ledger(source, destination, {});
    Matcher::Matches matches;
    matches.pairs.emplace_back(imap::Uid{70}, imap::Uid{1});
    matches.only_destination = {imap::Uid{2}, imap::Uid{3}};
    const DeletionFacts facts = deletion_facts(source, destination, view, matches, SyncPlan{},
                                               {imap::Uid{2}, imap::Uid{1}, imap::Uid{9}}, FlagMode::three_way);
    EXPECT_EQ(facts.recorded, 2U) << "uid 9 is not there any more and says nothing";
    EXPECT_EQ(facts.lost, 1U);
    EXPECT_EQ(facts.strangers.messages, 1U);
    EXPECT_EQ(facts.strangers.first, imap::Uid{3});
}

}  // namespace
}  // namespace mailhaul::sync
