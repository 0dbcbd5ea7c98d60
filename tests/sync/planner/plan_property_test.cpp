// SPDX-License-Identifier: Apache-2.0
// Laws of planning, over any two mailboxes, any ledger that earlier passes and users can have left, and any rules.
//
// A world is a source, a destination and a ledger; what the executor does with a plan is modelled here, in whole or up to
// any step. The matcher is the real one. Each law is tried on many worlds, each made of one number, which a failure names.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "sync/planner/plan.hpp"

namespace mailhaul::sync {
namespace {

struct Mail {
    unsigned content = 0;  ///< equal contents are equal messages
    imap::FlagSet flags;
    std::uint64_t size = 0;
};
using Mailbox = std::map<imap::Uid, Mail>;

message::Digest128 digest(unsigned a, std::uint64_t b) { return {a + 1ULL, b}; }

Snapshot listing_of(const Mailbox& mailbox) {
    Snapshot snapshot;
    for (const auto& [uid, mail] : mailbox) snapshot.add(uid, mail.flags, imap::InternalDate{0, 0}, Octets{mail.size});
    snapshot.selected.exists = static_cast<std::uint32_t>(mailbox.size());
    snapshot.finish();
    return snapshot;
}

/// Everything a plan does, one step after the other, as the executor does it.
enum class Step : std::uint8_t { adopt, append, flags, delete_source, delete_destination, end };

struct World {
    Mailbox source;
    Mailbox destination;
    std::map<imap::Uid, store::Entry> ledger;  ///< by source UID
    std::uint32_t next_uid = 1000;             ///< of the destination
    std::uint32_t next_source_uid = 500;

    struct Planned {
        SyncPlan plan;
        LedgerView view;
        Matcher::Matches matches;
    };

    [[nodiscard]] Planned planned(const Rules& rules) const {
        std::vector<store::Entry> entries;
        for (const auto& [uid, entry] : ledger) entries.push_back(entry);
        const Snapshot from = listing_of(source);
        const Snapshot to = listing_of(destination);
        Planned out;
        out.view = compare_with_ledger(from, to, std::move(entries));
        out.matches = matches_of(out.view);
        out.plan = make_plan(from, to, out.view, out.matches, rules);
        return out;
    }

    void carry_out(const Planned& planned, const Rules& rules, Step upto = Step::end) {
        if (upto >= Step::adopt) remember_adopted(planned.plan);
        std::vector<imap::Uid> gone = planned.plan.delete_source;
        if (upto >= Step::append) append(planned.plan, gone);
        if (upto >= Step::flags) change_flags(planned);
        if (upto >= Step::delete_source && rules.delete_source)
            for (const imap::Uid uid : gone) source.erase(uid);
        if (upto >= Step::delete_destination) delete_destination(planned);
    }

private:
    [[nodiscard]] Matcher::Matches matches_of(const LedgerView& view) const {
        Matcher matcher(view.unknown_source, view.unknown_destination, {});
        while (const auto question = matcher.next_question()) {
            for (const auto& [uid, mail] : source)
                if (question->source.contains(uid)) tell(matcher, true, uid, question->evidence, mail);
            for (const auto& [uid, mail] : destination)
                if (question->destination.contains(uid)) tell(matcher, false, uid, question->evidence, mail);
        }
        return matcher.matches();
    }
    static void tell(Matcher& matcher, bool is_source, imap::Uid uid, Evidence evidence, const Mail& mail) {
        const BodyIdentity body{digest(mail.content, 1), digest(mail.content, 2)};
        message::HeaderIdentity header;
        header.message_id = header.fingerprint = header.whole_header = digest(mail.content, 3);
        if (evidence == Evidence::body_digest && is_source) matcher.tell_source(uid, body);
        else if (evidence == Evidence::body_digest) matcher.tell_destination(uid, body);
        else if (is_source) matcher.tell_source(uid, evidence, header);
        else matcher.tell_destination(uid, evidence, header);
    }

    void record(imap::Uid from, imap::Uid to, imap::FlagSet flags) {
        store::Entry entry;
        entry.source = from;
        entry.destination = to;
        entry.flags = std::move(flags);
        ledger.insert_or_assign(from, entry);
    }
    void remember_adopted(const SyncPlan& plan) {
        for (const imap::Uid uid : plan.forget) ledger.erase(uid);
        for (const auto& [from, to] : plan.adopt) record(from, to, source.at(from).flags.intersected(destination.at(to).flags));
    }
    void append(const SyncPlan& plan, std::vector<imap::Uid>& copied) {
        for (const imap::Uid uid : plan.append) {
            destination.emplace(imap::Uid{next_uid}, source.at(uid));
            record(uid, imap::Uid{next_uid++}, source.at(uid).flags);
            copied.push_back(uid);
        }
    }
    void change_flags(const Planned& planned) {
        for (const FlagChange& change : planned.plan.flags) {
            imap::FlagSet& flags = destination.at(change.destination).flags;
            flags = flags.minus(change.remove);
            for (const std::string& flag : change.add) flags.insert(flag);
        }
        for (const store::Entry& entry : planned.view.pairs) ledger.at(entry.source).flags = source.at(entry.source).flags;
        for (const auto& [from, to] : planned.plan.adopt) ledger.at(from).flags = source.at(from).flags;
    }
    void delete_destination(const Planned& planned) {
        for (const imap::Uid uid : planned.plan.delete_destination) destination.erase(uid);
        for (const store::Entry& entry : planned.view.orphans)
            if (std::ranges::binary_search(planned.plan.delete_destination, entry.destination)) ledger.erase(entry.source);
    }
};

class Dice {
public:
    explicit Dice(std::uint32_t number) : engine_(number) {}
    /// 0 to `sides` - 1.
    std::uint32_t roll(std::uint32_t sides) { return static_cast<std::uint32_t>(engine_()) % sides; }
    bool once_in(std::uint32_t times) { return roll(times) == 0; }

private:
    std::mt19937 engine_;
};

imap::FlagSet any_flags(Dice& dice) {
    imap::FlagSet flags;
    for (const char* flag : {"\\Seen", "\\Flagged", "$Label"})
        if (dice.once_in(2)) flags.insert(flag);
    return flags;
}

Mailbox any_mailbox(Dice& dice, std::uint32_t first_uid) {
    Mailbox mailbox;
    for (std::uint32_t left = dice.roll(8); left > 0; --left) {
        const unsigned content = dice.roll(6);
        mailbox.emplace(imap::Uid{first_uid++}, Mail{content, any_flags(dice), (content + 1) * 100});
    }
    return mailbox;
}

Rules any_rules(Dice& dice) {
    Rules rules;
    rules.flags = static_cast<FlagMode>(dice.roll(3));
    const std::uint32_t deletes = dice.roll(3);  // never both: the command line refuses that
    rules.delete_source = deletes == 1;
    rules.delete_destination = deletes == 2;
    rules.restore_removed = dice.once_in(2);
    if (dice.once_in(4)) rules.max_size = Octets{400};
    if (dice.once_in(4)) rules.min_size = Octets{200};
    return rules;
}

/// What users do between passes, on both sides.
void live(Dice& dice, World& world) {
    for (Mailbox* side : {&world.source, &world.destination}) {
        std::erase_if(*side, [&](const auto&) { return dice.once_in(5); });
        for (auto& [uid, mail] : *side)
            if (dice.once_in(3)) mail.flags = any_flags(dice);
    }
    world.source.merge(any_mailbox(dice, world.next_source_uid));
    world.next_source_uid += 10;
    world.destination.merge(any_mailbox(dice, world.next_uid));
    world.next_uid += 10;
}

/// After none to two passes, which may have broken at any step.
World any_world(Dice& dice) {
    World world;
    world.source = any_mailbox(dice, 1);
    world.destination = any_mailbox(dice, 101);
    for (std::uint32_t passes = dice.roll(3); passes > 0; --passes) {
        const Rules rules = any_rules(dice);
        world.carry_out(world.planned(rules), rules, static_cast<Step>(dice.roll(6)));
        live(dice, world);
    }
    return world;
}

struct PlanProperty : testing::Test {
    /// `law` of each of many worlds, until one breaks it.
    template <typename Law>
    static void holds(const Law& law) {
        for (std::uint32_t number = 1; number <= 200 && !HasFailure(); ++number) {
            SCOPED_TRACE("world " + std::to_string(number));
            Dice dice(number);
            law(dice);
        }
    }
};

std::map<unsigned, std::size_t> contents_of(const Mailbox& mailbox) {
    std::map<unsigned, std::size_t> counts;
    for (const auto& [uid, mail] : mailbox) ++counts[mail.content];
    return counts;
}

TEST_F(PlanProperty, planning_after_applying_yields_nothing) {
    holds([](Dice& dice) {
        World world = any_world(dice);
        const Rules rules = any_rules(dice);
        world.carry_out(world.planned(rules), rules);
        const SyncPlan again = world.planned(rules).plan;
        ASSERT_TRUE(again.append.empty());
        ASSERT_TRUE(again.adopt.empty());
        ASSERT_TRUE(again.flags.empty());
        ASSERT_TRUE(again.delete_source.empty());
        ASSERT_TRUE(again.delete_destination.empty());
    });
}

TEST_F(PlanProperty, every_source_message_is_in_one_place) {
    holds([](Dice& dice) {
        const World world = any_world(dice);
        const World::Planned planned = world.planned(any_rules(dice));
        std::multiset<imap::Uid> named(planned.plan.append.begin(), planned.plan.append.end());
        for (const store::Entry& entry : planned.view.pairs) named.insert(entry.source);
        for (const auto& [from, to] : planned.plan.adopt) named.insert(from);
        for (const auto& [uid, reason] : planned.plan.leave) named.insert(uid);
        std::multiset<imap::Uid> all;
        for (const auto& [uid, mail] : world.source) all.insert(uid);
        ASSERT_EQ(named, all);
    });
}

TEST_F(PlanProperty, a_source_message_goes_only_if_its_copy_is_known_and_the_rules_say_so) {
    holds([](Dice& dice) {
        const World world = any_world(dice);
        const Rules rules = any_rules(dice);
        const World::Planned planned = world.planned(rules);
        ASSERT_TRUE(rules.delete_source || planned.plan.delete_source.empty());
        std::map<imap::Uid, imap::Uid> copies(planned.plan.adopt.begin(), planned.plan.adopt.end());
        for (const store::Entry& entry : planned.view.pairs) copies.emplace(entry.source, entry.destination);
        for (const imap::Uid uid : planned.plan.delete_source) {
            ASSERT_TRUE(copies.contains(uid));
            ASSERT_TRUE(world.destination.contains(copies.at(uid)));
            ASSERT_TRUE(world.destination.at(copies.at(uid)).content == world.source.at(uid).content);
        }
    });
}

TEST_F(PlanProperty, nothing_leaves_the_destination_but_by_its_rule_and_never_a_copy_of_what_the_source_holds) {
    holds([](Dice& dice) {
        const World world = any_world(dice);
        const Rules rules = any_rules(dice);
        const World::Planned planned = world.planned(rules);
        ASSERT_TRUE(rules.delete_destination || planned.plan.delete_destination.empty());
        std::set<imap::Uid> copies;
        for (const auto& [from, to] : planned.plan.adopt) copies.insert(to);
        for (const store::Entry& entry : planned.view.pairs) copies.insert(entry.destination);
        for (const imap::Uid uid : planned.plan.delete_destination) ASSERT_TRUE(!copies.contains(uid));
    });
}

TEST_F(PlanProperty, what_a_user_removed_on_the_destination_stays_away_until_it_is_asked_for) {
    holds([](Dice& dice) {
        const World world = any_world(dice);
        Rules rules = any_rules(dice);
        rules.restore_removed = false;
        const World::Planned planned = world.planned(rules);
        for (const auto& [from, entry] : world.ledger)
            if (!world.destination.contains(entry.destination))
                ASSERT_FALSE(std::ranges::binary_search(planned.plan.append, from));
    });
}

TEST_F(PlanProperty, what_a_user_did_to_flags_on_the_destination_stays) {
    holds([](Dice& dice) {
        const World world = any_world(dice);
        Rules rules = any_rules(dice);
        rules.flags = FlagMode::three_way;
        for (const FlagChange& change : world.planned(rules).plan.flags) {
            const auto known = world.ledger.find(change.source);
            const imap::FlagSet& now = world.source.at(change.source).flags;
            const imap::FlagSet& there = world.destination.at(change.destination).flags;
            ASSERT_EQ(change.remove, change.remove.intersected(there)) << "only what is there is taken away";
            if (known == world.ledger.end()) {
                ASSERT_TRUE(change.remove.empty()) << "nothing is known of the past";
            } else if (known->second.destination == change.destination) {
                ASSERT_EQ(change.add, change.add.minus(known->second.flags)) << "only what was new on the source is set";
                ASSERT_TRUE(change.remove.intersected(now).empty());
            }
        }
    });
}

TEST_F(PlanProperty, a_pass_broken_at_any_step_and_run_again_ends_where_a_whole_one_does) {
    holds([](Dice& dice) {
        const World before = any_world(dice);
        const Rules rules = any_rules(dice);
        World whole = before;
        whole.carry_out(whole.planned(rules), rules);
        World broken = before;
        broken.carry_out(broken.planned(rules), rules, static_cast<Step>(dice.roll(5)));
        broken.carry_out(broken.planned(rules), rules);
        ASSERT_EQ(contents_of(broken.source), contents_of(whole.source));
        ASSERT_EQ(contents_of(broken.destination), contents_of(whole.destination));
    });
}

TEST_F(PlanProperty, without_filters_what_the_source_held_is_on_the_destination_as_often_or_was_removed_there) {
    holds([](Dice& dice) {
        World world = any_world(dice);
        Rules rules = any_rules(dice);
        rules.max_size = rules.min_size = std::nullopt;
        rules.restore_removed = true;
        const auto wanted = contents_of(world.source);
        world.carry_out(world.planned(rules), rules);
        const auto there = contents_of(world.destination);
        for (const auto& [content, count] : wanted) ASSERT_TRUE(there.contains(content) && there.at(content) >= count);
    });
}

TEST_F(PlanProperty, without_its_own_ledger_a_finished_pass_copies_nothing) {
    holds([](Dice& dice) {
        World world = any_world(dice);
        Rules rules = any_rules(dice);
        rules.max_size = rules.min_size = std::nullopt;
        rules.restore_removed = true;
        rules.delete_source = false;
        world.carry_out(world.planned(rules), rules);
        world.ledger.clear();
        ASSERT_TRUE(world.planned(rules).plan.append.empty());
    });
}

}  // namespace
}  // namespace mailhaul::sync
