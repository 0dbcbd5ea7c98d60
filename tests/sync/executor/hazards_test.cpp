// SPDX-License-Identifier: Apache-2.0
// Hazards: what another program was seen to do to people's mail (found by running imapsync 2.229), and what must never
// happen here. docs/testing.md lists each with its test, those included that stand elsewhere.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/base64.hpp"
#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

demo::ServerOptions with(const char* capabilities) {
    demo::ServerOptions options;
    options.capabilities = demo::capabilities_of(capabilities);
    return options;
}

constexpr const char* without_uidplus = "IMAP4rev1 LITERAL+ MULTIAPPEND";

/// Allows every deletion, so that only the hazard itself is in the way.
void delete_what_the_source_lacks(TwoServers& servers) {
    servers.request.rules.delete_destination = true;
    servers.request.rules.guard.max_deletions = GuardRules::unlimited;
    servers.request.rules.guard.allow_shrunken_source = true;
    servers.request.rules.guard.on_activity = OnActivity::warn;
}

// --- what the source does not say is not what it does not hold ---

struct SilentSource : testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Answers, SilentSource, testing::Values("NO", "BAD"),
                         [](const testing::TestParamInfo<const char*>& info) { return std::string(info.param); });

TEST_P(SilentSource, whose_listing_is_refused_deletes_nothing_from_the_destination) {
    for (const char* verb : {"LIST", "LSUB", "STATUS", "NAMESPACE", "EXAMINE", "UID FETCH", "UID SEARCH"}) {
        TwoServers servers;
        const std::string work = make_mailbox(servers.from(), {"Work"});
        put_many(servers.from(), work, 3);
        put_many(servers.from(), "INBOX", 4);
        expect_complete(servers.sync());
        delete_what_the_source_lacks(servers);
        demo::FaultRule& rule = servers.source.faults().on(verb).always();
        GetParam() == std::string("NO") ? rule.no("cannot look now") : rule.bad("cannot look now");
        const Report report = servers.sync();
        EXPECT_EQ(servers.to().messages(), 7U) << verb;
        EXPECT_NE(servers.to().find("Work"), nullptr) << verb;
        EXPECT_EQ(report.totals().deleted_on_destination, 0U) << verb;
        EXPECT_TRUE(report.ending == Ending::complete || report.error) << verb;
    }
}

TEST_P(SilentSource, whose_listing_is_refused_loses_no_message_that_was_to_move) {
    for (const char* verb : {"SELECT", "UID FETCH", "UID STORE", "UID EXPUNGE"}) {
        TwoServers servers;
        put_many(servers.from(), "INBOX", 4);
        const AccountTruth before = truth_of(servers.from());
        servers.request.rules.delete_source = true;
        demo::FaultRule& rule = servers.source.faults().on(verb).always();
        GetParam() == std::string("NO") ? rule.no("cannot now") : rule.bad("cannot now");
        const Report report = servers.sync();
        EXPECT_TRUE(servers.from().messages() == 4U || truth_of(servers.to()) == before) << verb;
        EXPECT_EQ(report.totals().deleted_on_source + servers.from().messages(), 4U) << verb << ": it counts what went";
    }
}

TEST(SilentSource, that_lists_no_mailbox_deletes_nothing) {
    TwoServers servers;
    put_many(servers.from(), make_mailbox(servers.from(), {"Work"}), 3);
    put_many(servers.from(), "INBOX", 4);
    expect_complete(servers.sync());
    delete_what_the_source_lacks(servers);
    servers.source.faults().on("LIST").always().ok("nothing here");
    servers.sync();
    EXPECT_EQ(servers.to().messages(), 7U);
    EXPECT_NE(servers.to().find("Work"), nullptr);
}

TEST(SilentSource, that_says_its_mailbox_is_empty_deletes_nothing_unless_that_was_allowed) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 4);
    expect_complete(servers.sync());
    servers.request.rules.delete_destination = true;
    servers.source.faults().on("EXAMINE").always().after_executing().rewrite([](std::string answer) {
        const auto count = answer.find("* 4 EXISTS");
        return count == std::string::npos ? answer : answer.replace(count, 10, "* 0 EXISTS");
    });
    put(servers.from(), "INBOX", dated(mail(5)));  // so that the mailbox is opened at all
    servers.sync();
    EXPECT_GE(servers.to().messages(), 4U);
}

// --- what the destination does not say is not what it does not hold ---

struct SilentDestination : testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Answers, SilentDestination, testing::Values("NO", "BAD"),
                         [](const testing::TestParamInfo<const char*>& info) { return std::string(info.param); });

TEST_P(SilentDestination, whose_listing_is_refused_is_not_filled_a_second_time) {
    for (const char* verb : {"LIST", "STATUS", "SELECT", "UID FETCH", "UID SEARCH"}) {
        TwoServers servers;
        put_many(servers.from(), "INBOX", 4);
        put_many(servers.from(), make_mailbox(servers.from(), {"Work"}), 3);
        expect_complete(servers.sync());
        std::filesystem::remove(servers.ledger_path());
        demo::FaultRule& rule = servers.destination.faults().on(verb).always();
        GetParam() == std::string("NO") ? rule.no("cannot look now") : rule.bad("cannot look now");
        servers.sync();
        EXPECT_EQ(servers.to().messages(), 7U) << verb;
        servers.destination.faults().clear();
        expect_complete(servers.sync());
        EXPECT_TRUE(servers.equal()) << verb;
    }
}

TEST(SilentDestination, that_refuses_a_name_once_does_not_hold_its_mail_twice) {
    TwoServers servers;
    put_many(servers.from(), make_mailbox(servers.from(), {"B\xc3\xbcro"}), 3);
    servers.destination.faults().on("CREATE").no("not now");
    servers.sync();
    servers.destination.faults().clear();
    servers.sync();
    EXPECT_EQ(servers.to().messages(), 3U);
}

// --- lost answers ---

TEST(LostAnswer, to_the_append_of_a_giant_neither_doubles_nor_blames_it) {
    for (const char* capabilities : {"IMAP4rev1 LITERAL+ MULTIAPPEND UIDPLUS", "IMAP4rev1"}) {
        TwoServers servers(demo::ServerOptions::new_style(), with(capabilities));
        servers.request.budget = Octets(1u << 20);
        put(servers.from(), "INBOX", dated(mail(1, std::string(2'000'000, 'x'))));
        servers.destination.faults().on("APPEND").after_executing().cut();
        const Report report = servers.sync();
        expect_complete(report);
        EXPECT_TRUE(report.exceptions.empty());
        EXPECT_TRUE(servers.equal());
    }
}

// --- UIDs of another time ---

TEST(ChangedUidValidity, of_the_source_moves_every_message_that_is_there_now) {
    TwoServers servers;
    const std::string work = make_mailbox(servers.from(), {"Work"});
    put_many(servers.from(), work, 3);
    expect_complete(servers.sync());
    ASSERT_TRUE(servers.from().remove(work).ok());
    make_mailbox(servers.from(), {"Work"});
    for (int i = 1; i <= 3; ++i) put(servers.from(), work, dated(mail(100 + i)));  // the same UIDs, other messages
    servers.request.rules.delete_source = true;
    const Report report = servers.sync();
    EXPECT_EQ(report.ending, Ending::complete) << in_words(report);
    EXPECT_EQ(servers.to().messages(), 6U);
    EXPECT_EQ(servers.from().messages(), 0U);
}

TEST(ChangedUidValidity, of_the_destination_takes_no_message_for_copied_that_is_not_there) {
    TwoServers servers;
    const std::string work = make_mailbox(servers.from(), {"Work"});
    put_many(servers.from(), work, 3);
    expect_complete(servers.sync());
    const AccountTruth before = truth_of(servers.from());
    ASSERT_TRUE(servers.to().remove("Work").ok());
    make_mailbox(servers.to(), {"Work"});
    for (int i = 1; i <= 3; ++i) put(servers.to(), "Work", dated(mail(100 + i)));
    servers.request.rules.delete_source = true;
    servers.sync();
    const AccountTruth now = truth_of(servers.to());
    EXPECT_TRUE(std::ranges::includes(now.at("Work"), before.at("Work")) || truth_of(servers.from()) == before);
}

// --- messages without identity ---

TEST(NoIdentity, is_no_reason_to_leave_a_message_out_or_to_call_it_copied) {
    TwoServers servers;
    put(servers.from(), "INBOX", dated("just words, no header"));
    put(servers.from(), "INBOX", dated("\r\nonly a body\r\n"));
    put(servers.from(), "INBOX", dated("Message-ID:\r\n\r\nempty\r\n"));
    put(servers.from(), "INBOX", dated("Message-ID:  \r\n\r\nblank\r\n"));
    put(servers.from(), "INBOX", dated("Subject: none\r\n\r\nnone\r\n"));
    put(servers.from(), "INBOX", dated("Subject: none\r\n\r\nnone\r\n"));
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 6U);
    EXPECT_TRUE(servers.equal());
    std::filesystem::remove(servers.ledger_path());
    const Report again = servers.sync();
    expect_complete(again);
    EXPECT_EQ(again.totals().adopted, 6U);
    EXPECT_TRUE(servers.equal());
}

// --- messages that are already marked \Deleted ---

struct MarkedDeleted : testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Sources, MarkedDeleted, testing::Values("IMAP4rev1 LITERAL+ UIDPLUS", "IMAP4rev1"),
                         [](const testing::TestParamInfo<const char*>& info) { return "n" + std::to_string(info.index); });

TEST_P(MarkedDeleted, on_the_source_a_message_is_not_expunged_before_it_is_copied) {
    TwoServers servers(with(GetParam()));
    put(servers.from(), "INBOX", dated(mail(1, "poison"), {"\\Deleted"}));
    put(servers.from(), "INBOX", dated(mail(2), {"\\Deleted"}));
    put(servers.from(), "INBOX", dated(mail(3)));
    const AccountTruth before = truth_of(servers.from());
    servers.request.rules.delete_source = true;
    servers.destination.faults().on("APPEND").holding("poison").always().no("virus found");
    servers.sync();
    const demo::Mailbox* inbox = servers.from().find("INBOX");
    EXPECT_TRUE(std::ranges::any_of(inbox->messages(), [](const auto& one) { return one.uid == imap::Uid(1); }))
        << "the one that was refused is only there";
    EXPECT_EQ(servers.to().messages(), 2U);
}

TEST_P(MarkedDeleted, what_a_filter_leaves_out_is_not_expunged) {
    TwoServers servers(with(GetParam()));
    put(servers.from(), "INBOX", dated(mail(1, std::string(5000, 'x')), {"\\Deleted"}));
    put(servers.from(), "INBOX", dated(mail(2, std::string(5000, 'x'))));
    put(servers.from(), "INBOX", dated(mail(3)));
    servers.request.rules.delete_source = true;
    servers.request.rules.max_size = Octets(1000);
    servers.sync();
    EXPECT_GE(servers.from().messages(), 2U);
    EXPECT_EQ(servers.to().messages(), 1U);
}

TEST_P(MarkedDeleted, by_a_run_that_broke_before_it_expunged_is_not_carried_to_the_copy) {
    for (const char* verb : {"UID EXPUNGE", "EXPUNGE"}) {
        TwoServers servers(with(GetParam()));
        put_many(servers.from(), "INBOX", 3);
        const AccountTruth before = truth_of(servers.from());
        servers.request.rules.delete_source = true;
        servers.source.faults().on(verb).cut();
        servers.sync();
        servers.source.faults().clear();
        servers.sync();
        EXPECT_EQ(truth_of(servers.to()), before) << verb;
        EXPECT_EQ(servers.from().messages(), 0U) << verb;
    }
}

// --- what is not deleted is not counted as deleted ---

TEST(WithoutUidplus, what_could_only_be_marked_is_not_counted_as_deleted_from_the_destination) {
    TwoServers servers(demo::ServerOptions::new_style(), with(without_uidplus));
    put_many(servers.from(), "INBOX", 30);
    expect_complete(servers.sync());
    expunge(servers.from(), "INBOX", 1);
    servers.to().find("INBOX")->set_flags(imap::Uid(9), {"\\Deleted"});
    delete_what_the_source_lacks(servers);
    const Report report = servers.sync();
    EXPECT_EQ(report.totals().deleted_on_destination + servers.to().messages(), 30U) << in_words(report);
}

TEST(WithoutUidplus, what_could_only_be_marked_is_not_counted_as_deleted_from_the_source) {
    TwoServers servers(with(without_uidplus));
    put_many(servers.from(), "INBOX", 3);
    put(servers.from(), "INBOX", dated(mail(4, "poison"), {"\\Deleted"}));
    servers.request.rules.delete_source = true;
    servers.destination.faults().on("APPEND").holding("poison").always().no("virus found");
    const Report report = servers.sync();
    EXPECT_EQ(report.totals().deleted_on_source + servers.from().messages(), 4U) << in_words(report);
}

TEST(WithoutUidplus, what_could_only_be_marked_on_the_source_is_not_marked_on_the_copy_by_the_next_run) {
    TwoServers servers(with(without_uidplus));
    put_many(servers.from(), "INBOX", 3);
    put(servers.from(), "INBOX", dated(mail(4, "poison"), {"\\Deleted"}));
    servers.request.rules.delete_source = true;
    servers.destination.faults().on("APPEND").holding("poison").always().no("virus found");
    servers.sync();
    const AccountTruth copied = truth_of(servers.to());
    servers.sync();
    EXPECT_EQ(truth_of(servers.to()), copied);
}

// --- filters hold for deletions too ---

TEST(Filters, what_is_too_old_on_both_sides_is_not_deleted_from_the_destination) {
    TwoServers servers;
    for (int i = 1; i <= 6; ++i) put(servers.from(), "INBOX", dated(mail(i), {}, 1'600'000'000 + i));
    expect_complete(servers.sync());
    put(servers.to(), "INBOX", dated(mail(50), {}, 1'500'000'000));  // the user's own, and old
    delete_what_the_source_lacks(servers);
    servers.request.rules.newer_than = 1'600'000'004;
    servers.sync();
    EXPECT_EQ(servers.to().messages(), 7U);
}

TEST(Filters, a_copy_whose_source_is_larger_than_a_new_limit_is_not_deleted_from_the_destination) {
    TwoServers servers;
    put_many(servers.from(), "INBOX", 6);
    put(servers.from(), "INBOX", dated(mail(7, std::string(5000, 'x'))));
    expect_complete(servers.sync());
    delete_what_the_source_lacks(servers);
    servers.request.rules.max_size = Octets(1000);
    std::filesystem::remove(servers.ledger_path());
    servers.sync();
    EXPECT_EQ(servers.to().messages(), 7U);
}

TEST(Filters, duplicates_that_are_left_out_are_not_deleted_from_the_source) {
    TwoServers servers;
    for (int i = 0; i < 2; ++i) put(servers.from(), "INBOX", dated(mail(1)));
    servers.request.rules.copy_source_duplicates = false;
    servers.request.rules.delete_source = true;
    servers.sync();
    EXPECT_EQ(servers.to().messages(), 1U);
    EXPECT_EQ(servers.from().messages(), 1U);
}

// --- flags of messages that were there already ---

TEST(AdoptedMessage, whose_flags_could_not_be_set_gets_them_in_the_next_run) {
    for (const bool is_cut : {false, true}) {
        TwoServers servers;
        put(servers.from(), "INBOX", dated(mail(1), {"\\Seen"}));
        put(servers.to(), "INBOX", dated(mail(1)));
        demo::FaultRule& rule = servers.destination.faults().on("UID STORE").always();
        is_cut ? rule.cut() : rule.no("not now");
        servers.sync();
        servers.destination.faults().clear();
        servers.sync();
        EXPECT_TRUE(servers.equal()) << (is_cut ? "cut" : "refused");
    }
}

TEST(CopiedMessage, whose_flags_are_taken_by_store_only_gets_them_although_the_run_broke_before) {
    TwoServers servers;
    put(servers.from(), "INBOX", dated(mail(1), {"\\Seen"}));
    servers.destination.faults().on("APPEND").always().after_executing().rewrite([&](std::string answer) {
        servers.to().find("INBOX")->set_flags(imap::Uid(1), {});  // this server forgets what APPEND says of flags
        return answer;
    });
    servers.destination.faults().on("UID STORE").always().cut();
    servers.sync();
    servers.destination.faults().clear();
    servers.sync();
    EXPECT_TRUE(servers.equal());
}

// --- sizes that lie ---

TEST(LyingSize, of_nought_or_too_much_copies_the_message_whole) {
    for (const char* lie : {"RFC822.SIZE 0", "RFC822.SIZE 7", "RFC822.SIZE 999999"}) {
        TwoServers servers;
        put_many(servers.from(), "INBOX", 4);
        servers.source.faults().on("UID FETCH").holding("RFC822.SIZE").always().after_executing().rewrite([&](std::string answer) {
            for (auto at = answer.find("RFC822.SIZE "); at != std::string::npos; at = answer.find("RFC822.SIZE ", at + 12))
                answer.replace(at, answer.find_first_not_of("0123456789", at + 12) - at, lie);
            return answer;
        });
        const Report report = servers.sync();
        EXPECT_TRUE(servers.equal()) << lie << ": " << in_words(report);
    }
}

TEST(LyingAnswer, of_OK_to_what_was_not_stored_is_found_out_and_the_next_run_stores_it) {
    for (const char* lie : {"stored", "[APPENDUID 1700004000 1] stored"}) {
        TwoServers servers;
        put_many(servers.from(), "INBOX", 4);
        servers.destination.faults().on("APPEND").always().ok(lie);
        const Report report = servers.sync();
        EXPECT_NE(report.ending, Ending::complete) << lie << ": " << in_words(report);
        EXPECT_EQ(servers.to().messages(), 0U);
        servers.destination.faults().clear();
        servers.sync();
        EXPECT_TRUE(servers.equal()) << lie;
    }
}

// --- secrets ---

TEST(ProtocolLog, of_a_whole_run_holds_no_password_in_any_spelling) {
    for (const char* capabilities : {"IMAP4rev1 AUTH=PLAIN", "IMAP4rev1 AUTH=PLAIN SASL-IR", "IMAP4rev1 AUTH=LOGIN", "IMAP4rev1"}) {
        TwoServers servers(with(capabilities), with(capabilities));
        put_many(servers.from(), "INBOX", 1);
        servers.request.protocol_log = true;
        testing::internal::CaptureStderr();
        const Report report = servers.sync();
        const std::string log = testing::internal::GetCapturedStderr();
        EXPECT_EQ(report.ending, Ending::complete) << in_words(report);
        EXPECT_THAT(log, HasSubstr("APPEND")) << "it is a log";
        const std::string plain("\0ann\0secret", 11);
        for (const std::string& secret : {std::string("secret"), base64_from("secret"), base64_from(plain)})
            EXPECT_THAT(log, Not(HasSubstr(secret))) << capabilities;
    }
}

// --- speed is not a matter of messages times round trips ---

TEST(RoundTrips, do_not_grow_with_the_number_of_messages) {
    const auto waits = [](int messages) {
        TwoServers servers;
        servers.request.connections = 1;
        put_many(servers.from(), "INBOX", messages);
        expect_complete(servers.sync());
        return servers.source.counters().round_trips + servers.destination.counters().round_trips;
    };
    const std::uint64_t few = waits(10);
    EXPECT_LE(waits(1000), few + 30) << "10 messages need " << few;
}

}  // namespace
}  // namespace mailhaul::sync
