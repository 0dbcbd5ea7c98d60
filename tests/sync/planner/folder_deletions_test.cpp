// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/folder_deletions.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace mailhaul::sync {
namespace {

struct Situation {
    Situation() {
        facts.separator = '/';
        facts.on_source = 4;
        facts.recorded = 5;
        facts.lost = 1;
        add("Old", 3);
    }
    FolderCandidate& add(const char* name, std::uint64_t messages) {
        FolderCandidate candidate;
        candidate.name = imap::MailboxName(name);
        candidate.messages = messages;
        candidate.is_ours = true;
        facts.candidates.push_back(std::move(candidate));
        return facts.candidates.back();
    }
    void stays(const char* name) { facts.stays.emplace_back(name); }
    FolderFacts facts;
    DeleteFolders which = DeleteFolders::ours;
    GuardRules rules;
};

struct Case {
    const char* what;
    std::function<void(Situation&)> change;
    std::vector<std::string> expected;  ///< names that go, then `name: option` of those refused
};

const Case cases[] = {
    {"ours, and gone from the source", [](Situation&) {}, {"Old"}},
    {"not asked for", [](Situation& s) { s.which = DeleteFolders::no; }, {}},
    {"not ours", [](Situation& s) { s.facts.candidates[0].is_ours = false; }, {}},
    {"not ours, as imapsync does",
     [](Situation& s) {
         s.facts.candidates[0].is_ours = false;
         s.which = DeleteFolders::unmapped;
     },
     {"Old"}},
    {"not chosen", [](Situation& s) { s.facts.candidates[0].is_chosen = false; }, {}},
    {"holds a stranger",
     [](Situation& s) { s.facts.candidates[0].strangers.add(imap::Uid{9}); },
     {"Old: --delete-despite-activity"}},
    {"holds a stranger, as told",
     [](Situation& s) {
         s.facts.candidates[0].strangers.add(imap::Uid{9});
         s.rules.on_activity = OnActivity::warn;
     },
     {"Old"}},
    {"the source lists nothing", [](Situation& s) { s.facts.on_source = 0; }, {"Old: --allow-shrunken-source"}},
    {"the source lost all it had", [](Situation& s) { s.facts.lost = 5; }, {"Old: --allow-shrunken-source"}},
    {"the source lost most of many",
     [](Situation& s) { s.facts.recorded = 20, s.facts.lost = 11; },
     {"Old: --allow-shrunken-source"}},
    {"the source lost most of few", [](Situation& s) { s.facts.lost = 4; }, {"Old"}},
    {"more messages than a run may delete",
     [](Situation& s) { s.facts.candidates[0].messages = 1001; },
     {"Old: --max-deletions 1001"}},
    {"with those deleted elsewhere", [](Situation& s) { s.facts.deleted_before = 998; }, {"Old: --max-deletions 1001"}},
    {"as many as are allowed", [](Situation& s) { s.rules.max_deletions = 3; }, {"Old"}},
    {"an empty one needs no room",
     [](Situation& s) { s.facts.candidates[0].messages = 0, s.rules.max_deletions = 0; },
     {"Old"}},
    {"a child that stays", [](Situation& s) { s.stays("Old/own"); }, {"Old: "}},
    {"a neighbour of a similar name", [](Situation& s) { s.stays("Older"); }, {"Old"}},
    {"a child that goes too", [](Situation& s) { s.add("Old/a", 1); }, {"Old", "Old/a"}},
    {"a grandchild that must stay keeps all above it",
     [](Situation& s) {
         s.add("Old/a", 1);
         s.add("Old/a/b", 1).strangers.add(imap::Uid{1});
         s.add("Old/c", 1);
     },
     {"Old/c", "Old/a/b: --delete-despite-activity", "Old: ", "Old/a: "}},
};

TEST(FolderDeletions, go_only_where_nothing_speaks_against_it) {
    for (const Case& one : cases) {
        Situation situation;
        one.change(situation);
        const FolderPlan plan = plan_folder_deletions(situation.facts, situation.which, situation.rules);
        std::vector<std::string> lines;
        for (const FolderCandidate& folder : plan.remove) lines.push_back(folder.name.raw());
        for (const RefusedFolder& refused : plan.refused) lines.push_back(refused.name.raw() + ": " + refused.why.option);
        EXPECT_EQ(lines, one.expected) << one.what;
    }
}

}  // namespace
}  // namespace mailhaul::sync
