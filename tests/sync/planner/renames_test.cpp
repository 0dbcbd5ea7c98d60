// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/renames.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace mailhaul::sync {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

imap::MailboxName name(const char* raw) { return imap::MailboxName(raw); }
store::PairKey pair(const char* mailbox, std::uint32_t validity) {
    return {{name(mailbox), imap::UidValidity{validity}}, {name(mailbox), imap::UidValidity{validity + 1000}}};
}

/// The ledger knows "Old" (UIDVALIDITY 7, MAILBOXID F7), which is on the destination; the source has "New" with both.
struct Situation {
    Situation() {
        remember("Old", 7, "F7");
        list("New", 7, "F7");
    }
    void remember(const char* mailbox, std::uint32_t validity, const char* id) {
        facts.pairs.push_back(pair(mailbox, validity));
        if (id != nullptr) facts.ids.push_back({pair(mailbox, validity).source, id});
        facts.destination.emplace(name(mailbox), imap::UidValidity{validity + 1000});
        ground.mailboxes.emplace(name(mailbox), true);
    }
    void list(const char* mailbox, std::uint32_t validity, const char* id, std::uint32_t messages = 5) {
        const auto told = id == nullptr ? std::nullopt : std::optional<std::string>(id);
        facts.source.push_back({{name(mailbox), imap::UidValidity{validity}}, told, messages, name(mailbox)});
        facts.listed[name(mailbox)] = told;
    }
    void forget_ids() {
        facts.ids.clear();
        for (SourceMailbox& mailbox : facts.source) mailbox.id.reset();
        for (auto& [mailbox, id] : facts.listed) id.reset();
    }
    RenameFacts facts;
    RenameGround ground{.separator = '/', .mailboxes = {{name("INBOX"), true}}, .with_role = {}};
};

struct FindCase {
    const char* what;
    std::function<void(Situation&)> change;
    std::vector<std::string> certain;  ///< `Old>New`, `=` at the end where UIDs are the same
    std::vector<std::string> unknown;
    std::vector<std::string> gone;
};

std::vector<std::string> names_of(const std::vector<store::PairKey>& pairs) {
    std::vector<std::string> names;
    for (const store::PairKey& one : pairs) names.push_back(one.source.name.raw());
    return names;
}

const FindCase find_cases[] = {
    {"known by its MAILBOXID", [](Situation&) {}, {"Old>New="}, {}, {}},
    {"with UIDs of its own since",
     [](Situation& s) { s.facts.source[0].key.uid_validity = imap::UidValidity{8}; },
     {"Old>New"},
     {},
     {}},
    {"another MAILBOXID is another mailbox", [](Situation& s) { s.facts.source[0].id = "F8"; }, {}, {"New"}, {"Old"}},
    {"the old name is still there", [](Situation& s) { s.list("Old", 7, "F7"); }, {}, {"New"}, {}},
    {"the old name is another's now", [](Situation& s) { s.list("Old", 9, "F9"); }, {"Old>New="}, {"Old"}, {}},
    {"the destination has lost the copies", [](Situation& s) { s.facts.destination.clear(); }, {}, {"New"}, {}},
    {"the destination made its mailbox anew",
     [](Situation& s) { s.facts.destination.begin()->second = imap::UidValidity{1}; },
     {},
     {"New"},
     {}},
    {"the new name was copied before", [](Situation& s) { s.remember("New", 7, "F7"); }, {}, {}, {"Old"}},
    {"no MAILBOXID", [](Situation& s) { s.forget_ids(); }, {}, {"New"}, {"Old"}},
    {"an empty mailbox needs no second look",
     [](Situation& s) {
         s.forget_ids();
         s.facts.source[0].messages = 0;
     },
     {},
     {},
     {"Old"}},
};

TEST(FindRenames, knows_a_mailbox_again) {
    for (const FindCase& one : find_cases) {
        Situation situation;
        one.change(situation);
        const RenameCandidates found = find_renames(situation.facts);
        std::vector<std::string> certain;
        std::vector<std::string> unknown;
        for (const Rename& rename : found.certain)
            certain.push_back(rename.was.source.name.raw() + ">" + situation.facts.source[rename.source].key.name.raw() +
                              (rename.uids == Uids::same ? "=" : ""));
        for (const std::size_t i : found.unknown) unknown.push_back(situation.facts.source[i].key.name.raw());
        EXPECT_EQ(certain, one.certain) << one.what;
        EXPECT_EQ(unknown, one.unknown) << one.what;
        EXPECT_EQ(names_of(found.gone), one.gone) << one.what;
    }
}

/// Entries 1 to `count`, each with Message-ID 100 + UID.
std::vector<store::Entry> entries(std::uint32_t count, bool with_message_id = true) {
    std::vector<store::Entry> made(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        made[i].source = made[i].destination = imap::Uid{i + 1};
        if (with_message_id) made[i].message_id = 101 + i;
    }
    return made;
}

struct LikenessCase {
    const char* what;
    std::vector<SampledMessage> oldest;
    std::uint32_t messages;
    std::vector<store::Entry> entries;
    bool same_validity;
    Likeness expected;
};

SampledMessage seen(std::uint32_t uid, std::optional<std::uint64_t> message_id) { return {imap::Uid{uid}, message_id}; }

const LikenessCase likeness_cases[] = {
    {"the same UIDs", {seen(1, 101), seen(2, 102)}, 2, entries(2), true, Likeness::same_uids},
    {"one without Message-ID among them", {seen(1, 101), seen(2, {})}, 2, entries(2), true, Likeness::same_uids},
    {"other UIDs", {seen(5, 101), seen(6, 102)}, 2, entries(2), false, Likeness::same_messages},
    {"equal UIDVALIDITY by accident", {seen(1, 102), seen(2, 101)}, 2, entries(2), true, Likeness::same_messages},
    {"new mail after the rename", {seen(1, 101), seen(2, 102), seen(3, 999)}, 3, entries(2), true, Likeness::same_uids},
    {"new mail after the rename, other UIDs",
     {seen(7, 101), seen(8, 102), seen(9, 999)},
     3,
     entries(2),
     false,
     Likeness::same_messages},
    {"old mail that was elsewhere", {seen(1, 999), seen(2, 102)}, 2, entries(2), true, Likeness::alike},
    {"most of it went elsewhere", {seen(1, 101)}, 1, entries(9), true, Likeness::alike},
    {"a little of it, and one more", {seen(1, 101), seen(12, 999)}, 2, entries(9), true, Likeness::alike},
    {"a little of it among others", {seen(1, 101), seen(12, 999), seen(13, 998)}, 3, entries(9), true, Likeness::other},
    {"nothing of it", {seen(1, 999)}, 1, entries(1), true, Likeness::other},
    {"adopted unread, same UIDVALIDITY", {seen(1, 101)}, 1, entries(1, false), true, Likeness::alike},
    {"adopted unread, another UIDVALIDITY", {seen(1, 101)}, 1, entries(1, false), false, Likeness::other},
};

TEST(JudgeLikeness, compares_the_oldest_messages) {
    for (const LikenessCase& one : likeness_cases)
        EXPECT_EQ(judge_likeness(one.oldest, one.messages, one.entries, one.same_validity), one.expected) << one.what;
}

/// `A>B`, `A>B (along)`, `A>B held 3 by C`, in the order of the plan.
std::vector<std::string> plan_of(const Situation& situation) {
    const RenameCandidates found = find_renames(situation.facts);
    const RenamePlan plan = plan_renames(situation.facts, found.certain, situation.ground);
    const auto spell = [&](std::size_t i) {
        const Rename& rename = found.certain[i];
        return rename.was.destination.name.raw() + ">" + situation.facts.source[rename.source].destination.raw();
    };
    std::vector<std::string> lines;
    for (const RenameStep& step : plan.steps) lines.push_back(spell(step.rename) + (step.comes_along ? " (along)" : ""));
    for (const std::size_t named : plan.named) lines.push_back(spell(named) + " as it is");
    for (const HeldRename& held : plan.held)
        lines.push_back(spell(held.rename) + " held " + std::to_string(static_cast<int>(held.why)) +
                        (held.by.raw().empty() ? "" : " by " + held.by.raw()));
    return lines;
}

struct PlanCase {
    const char* what;
    std::function<void(Situation&)> change;
    std::vector<std::string> expected;
};

std::string held(Obstacle why) { return " held " + std::to_string(static_cast<int>(why)); }

const PlanCase plan_cases[] = {
    {"one mailbox", [](Situation&) {}, {"Old>New"}},
    {"children come along, further down as well",
     [](Situation& s) {
         s.remember("Old/a", 8, "F8");
         s.remember("Old/a/b", 9, "F9");
         s.list("New/a", 8, "F8");
         s.list("New/a/b", 9, "F9");
     },
     {"Old>New", "Old/a>New/a (along)", "Old/a/b>New/a/b (along)"}},
    {"a child that went elsewhere goes first",
     [](Situation& s) {
         s.remember("Old/a", 8, "F8");
         s.list("Z", 8, "F8");
     },
     {"Old/a>Z", "Old>New"}},
    {"a name above others is no obstacle", [](Situation& s) { s.ground.mailboxes.emplace(name("New"), false); }, {"Old>New"}},
    {"a mailbox of the new name is there",
     [](Situation& s) { s.ground.mailboxes.emplace(name("New"), true); },
     {"Old>New" + held(Obstacle::taken) + " by New"}},
    {"the user's own child stays where it is",
     [](Situation& s) { s.ground.mailboxes.emplace(name("Old/own"), true); },
     {"Old>New" + held(Obstacle::child) + " by Old/own"}},
    {"one after the other where one name is needed twice",
     [](Situation& s) {
         s.remember("New", 8, "F8");
         s.list("Newer", 8, "F8");
     },
     {"New>Newer", "Old>New"}},
    {"two that swapped their names",
     [](Situation& s) {
         s.remember("New", 8, "F8");
         s.list("Old", 8, "F8");
     },
     {"New>Old" + held(Obstacle::taken) + " by Old", "Old>New" + held(Obstacle::taken) + " by New"}},
    {"what the source's INBOX held",
     [](Situation& s) {
         s.facts.pairs[0].source.name = s.facts.ids[0].mailbox.name = name("INBOX");
         s.facts.pairs[0].destination = {name("INBOX"), imap::UidValidity{1007}};
         s.facts.destination[name("INBOX")] = imap::UidValidity{1007};
         s.list("INBOX", 9, "F9");
     },
     {"INBOX>New" + held(Obstacle::inbox)}},
    {"a mailbox with a role", [](Situation& s) { s.ground.with_role.insert(name("Old")); }, {"Old>New" + held(Obstacle::role)}},
    {"a destination two sources share",
     [](Situation& s) {
         s.facts.pairs.push_back({{name("Other"), imap::UidValidity{3}}, s.facts.pairs[0].destination});
         s.list("Other", 3, "F3");
     },
     {"Old>New" + held(Obstacle::shared) + " by Other"}},
    {"a role maps both names to one place",
     [](Situation& s) { s.facts.source[0].destination = name("Old"); },
     {"Old>Old as it is"}},
    {"below itself",
     [](Situation& s) { s.facts.source[0].destination = name("Old/New"); },
     {"Old>Old/New" + held(Obstacle::below_itself)}},
};

TEST(PlanRenames, finds_an_order_or_says_what_stands_in_the_way) {
    for (const PlanCase& one : plan_cases) {
        Situation situation;
        one.change(situation);
        EXPECT_EQ(plan_of(situation), one.expected) << one.what;
    }
}

}  // namespace
}  // namespace mailhaul::sync
