// SPDX-License-Identifier: Apache-2.0
// What another program says it copied is looked into on both servers.
#include "sync/executor/two_servers.hpp"

namespace mailhaul::sync {
namespace {

using Pairs = std::vector<std::pair<imap::Uid, imap::Uid>>;

PairClaims claims(Pairs pairs) {
    return [pairs = std::move(pairs)](const imap::MailboxName& source, const imap::MailboxName&) -> Result<Pairs> {
        return source.is_inbox() ? pairs : Pairs();
    };
}

const std::string nameless = "Subject: draft\r\n\r\nno identity\r\n";

class Claims : public testing::Test {
protected:
    [[nodiscard]] std::uint64_t appends() const { return servers.destination.counters().count("APPEND"); }
    TwoServers servers;
};

TEST_F(Claims, of_one_message_on_both_sides_are_taken_and_nothing_is_copied_again) {
    put_many(servers.from(), "INBOX", 2);
    put(servers.from(), "INBOX", dated(nameless));
    put_many(servers.to(), "INBOX", 2);
    put(servers.to(), "INBOX", dated(nameless));
    servers.request.claims = claims({{imap::Uid{1}, imap::Uid{1}}, {imap::Uid{2}, imap::Uid{2}}, {imap::Uid{3}, imap::Uid{3}}});
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().adopted, 3U) << in_words(report);
    EXPECT_EQ(report.totals().copied, 0U);
    EXPECT_EQ(servers.sync().totals().already, 3U) << "the ledger has them now";
}

/// By the header lines the operator chose the copies are not recognised: without the cache they are copied again.
TEST_F(Claims, count_where_the_lines_of_identity_tell_nothing) {
    const auto copied_with = [](Pairs pairs) {
        TwoServers servers;
        put(servers.from(), "INBOX", dated("Message-ID: <a@x>\r\n\r\nhello\r\n"));
        put(servers.to(), "INBOX", dated("Received: by host2\r\nMessage-ID: <a@x>\r\n\r\nhello\r\n"));
        servers.request.rules.identity.headers = {"X-Own"};
        servers.request.claims = claims(std::move(pairs));
        const Report report = servers.sync();
        expect_complete(report);
        return report.totals().copied;
    };
    EXPECT_EQ(copied_with({}), 1U);
    EXPECT_EQ(copied_with({{imap::Uid{1}, imap::Uid{1}}}), 0U);
}

TEST_F(Claims, of_what_is_not_one_message_are_not_believed_and_nothing_is_lost) {
    put(servers.from(), "INBOX", dated(mail(7)));  // the folder was made anew since: other messages, old UIDs
    put(servers.from(), "INBOX", dated("Subject: draft\r\n\r\nanother one\r\n"));
    put(servers.to(), "INBOX", dated(mail(1)));
    put(servers.to(), "INBOX", dated(nameless));
    servers.request.claims = claims({{imap::Uid{1}, imap::Uid{1}}, {imap::Uid{2}, imap::Uid{2}}, {imap::Uid{9}, imap::Uid{9}}});
    const Report report = servers.sync();
    expect_complete(report);
    EXPECT_EQ(report.totals().copied, 2U) << in_words(report);
    ASSERT_FALSE(report.notes.empty());
    EXPECT_THAT(report.notes.back(),
                testing::HasSubstr("2 of 2 pairs of messages that the cache names for \"INBOX\" are not one"));
}

TEST_F(Claims, that_cannot_be_read_end_the_run_before_anything_is_copied_twice) {
    put_many(servers.from(), "INBOX", 1);
    put_many(servers.to(), "INBOX", 1);
    servers.request.claims = [](const imap::MailboxName&, const imap::MailboxName&) -> Result<Pairs> {
        return Error{Errc::usage, Scope::run, Retry::never, "the cache cannot be read"};
    };
    const Report report = servers.sync();
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, Errc::usage);
    EXPECT_EQ(appends(), 0U);
}

}  // namespace
}  // namespace mailhaul::sync
