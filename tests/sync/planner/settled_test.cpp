// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/settled.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace mailhaul::sync {
namespace {

/// Two mailboxes and what was remembered of them, in a state with nothing left to do.
struct Situation {
    Situation() {
        then.source_messages = then.destination_messages = 10;
        then.entries = 10;
        then.source_uid_next = source.uid_next = imap::Uid{11};
        then.destination_uid_next = destination.uid_next = imap::Uid{21};
        then.source_mod_seq = source.highest_mod_seq = imap::ModSeq{7};
        then.destination_mod_seq = destination.highest_mod_seq = imap::ModSeq{9};
        source.messages = destination.messages = 10;
    }
    imap::MailboxStatus source;
    imap::MailboxStatus destination;
    store::Settled then;
    Rules rules;
};

struct Case {
    const char* what;
    bool settled;
    std::function<void(Situation&)> change;
};

const Case cases[] = {
    {"nothing changed", true, [](Situation&) {}},
    {"a message came to the source", false, [](Situation& s) { s.source.messages = 11; }},
    {"one went from the source and another came", false, [](Situation& s) { s.source.uid_next = imap::Uid{12}; }},
    {"flags changed on the source", false, [](Situation& s) { s.source.highest_mod_seq = imap::ModSeq{8}; }},
    {"flags changed on the source, and are left alone", true,
     [](Situation& s) {
         s.source.highest_mod_seq = imap::ModSeq{8};
         s.rules.flags = FlagMode::leave;
     }},
    {"flags changed on the destination: they stay", true,
     [](Situation& s) { s.destination.highest_mod_seq = imap::ModSeq{99}; }},
    {"flags are to be made equal", false, [](Situation& s) { s.rules.flags = FlagMode::exact; }},
    {"a message was lost on the destination", false, [](Situation& s) { s.destination.messages = 9; }},
    {"one was lost and another came", false, [](Situation& s) { s.destination.uid_next = imap::Uid{22}; }},
    {"the source has no CONDSTORE", false, [](Situation& s) { s.source.highest_mod_seq.reset(); }},
    {"it never had", false, [](Situation& s) { s.source.highest_mod_seq.reset(), s.then.source_mod_seq.reset(); }},
    {"a mailbox without UIDNEXT is never taken as unchanged", false,
     [](Situation& s) { s.source.uid_next.reset(), s.then.source_uid_next.reset(); }},
    {"nor one whose messages were not counted", false,
     [](Situation& s) { s.destination.messages.reset(), s.then.destination_messages.reset(); }},
    {"not every source message was known", false, [](Situation& s) { s.then.entries = 9; }},
    {"copied messages are to leave the source", false, [](Situation& s) { s.rules.delete_source = true; }},
    {"strangers are to leave the destination, and there are none", true,
     [](Situation& s) { s.rules.delete_destination = true; }},
    {"strangers are to leave the destination", false,
     [](Situation& s) {
         s.rules.delete_destination = true;
         s.destination.messages = s.then.destination_messages = 12;
     }},
    {"strangers stay", true, [](Situation& s) { s.destination.messages = s.then.destination_messages = 12; }},
};

TEST(IsSettled, only_where_nothing_can_be_left_to_do) {
    for (const Case& one : cases) {
        Situation s;
        one.change(s);
        EXPECT_EQ(is_settled(s.source, s.destination, s.then, s.rules), one.settled) << one.what;
    }
}

}  // namespace
}  // namespace mailhaul::sync
