// SPDX-License-Identifier: Apache-2.0
#include "app/verify_account.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "app/certificate_files.hpp"
#include "sync/executor/two_servers.hpp"
#include "testkit/scratch_folder.hpp"

namespace mailhaul::app {
namespace {

using proof::Level;
using proof::Tally;
using proof::Verdict;
using sync::dated;
using sync::expunge;
using sync::mail;
using sync::put;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Two accounts after a sync, and verifications of them.
class Verify : public testing::Test {
protected:
    void sync() { sync::expect_complete(servers.sync()); }

    VerifyReport verify(Level level, bool ask_source = true) {
        VerifyReport report = run(request_for(level, ask_source));
        if (report.error) ADD_FAILURE() << report.error->describe();
        return report;
    }

    VerifyRequest request_for(Level level, bool ask_source) {
        VerifyRequest request;
        request.source = servers.request.source;
        request.destination = servers.request.destination;
        request.ledger_path = servers.ledger_path();
        request.level = level;
        request.ask_source = ask_source;
        request.first_pause = std::chrono::milliseconds(1);
        request.sample = sample;
        return request;
    }

    VerifyReport run(VerifyRequest request) {
        VerifyObserver nobody;
        return servers.run(verify_account(std::move(request), nobody));
    }

    /// What the server serves from now on for the n-th message: no command does this, a disk or a restored backup may.
    static void rewrite(demo::MailStore& store, std::size_t n, const std::string& text) {
        const_cast<demo::StoredMessage&>(store.find("INBOX")->messages().at(n)).octets =
            std::make_shared<const std::string>(text);
    }

    sync::TwoServers servers;
    proof::Share sample = proof::everything;
};

TEST_F(Verify, finds_everything_as_it_was_copied_at_every_level) {
    sync::fill_with_oddities(servers.from());
    sync();
    for (const Level level : {Level::counted, Level::listed, Level::headers, Level::bodies}) {
        const VerifyReport report = verify(level);
        EXPECT_TRUE(report.holds()) << to_string(level);
        EXPECT_EQ(report.found.totals(), (Tally{.entries = 11, .proven = 11})) << to_string(level);
        EXPECT_EQ(exit_status(report), 0);
    }
}

TEST_F(Verify, believes_no_administrators_login_before_it_is_proven) {
    sync::put_many(servers.from(), "INBOX", 3);
    sync();
    servers.destination.add_account("boss", "secret");
    put(servers.destination.store_of("boss"), "INBOX", dated(mail(99)));
    servers.destination.faults().on("PROXYAUTH").always().ok("as you like");  // and does nothing
    VerifyRequest request = request_for(Level::listed, false);
    request.destination.user = "boss";
    request.destination.authorize_as = "ann";
    request.destination.impersonation = client::Impersonation::proxyauth;
    const VerifyReport report = run(std::move(request));
    ASSERT_TRUE(report.error);
    EXPECT_EQ(report.error->code, Errc::login_refused) << report.error->describe();
    EXPECT_EQ(report.found.totals().proven, 0U) << "nothing is said of another's mailbox";
}

TEST_F(Verify, asks_no_source_where_the_ledger_says_enough) {
    sync::put_many(servers.from(), "INBOX", 3);
    sync();
    for (const Level level : {Level::listed, Level::bodies}) EXPECT_EQ(verify(level).source.connections, 0U);
}

TEST_F(Verify, names_the_message_of_which_one_octet_changed) {
    sync::put_many(servers.from(), "INBOX", 250);
    sync();
    std::string text = *servers.message(servers.to(), "INBOX", 211).octets;
    text[text.size() - 4] ^= 1;
    rewrite(servers.to(), 211, text);
    EXPECT_TRUE(verify(Level::listed).holds());
    for (const bool ask : {true, false}) {
        const VerifyReport report = verify(Level::bodies, ask);
        EXPECT_EQ(report.found.totals(), (Tally{.entries = 250, .proven = 249, .different = 1}));
        ASSERT_EQ(report.found.findings.size(), 1U);
        EXPECT_EQ(report.found.findings[0].source, servers.message(servers.from(), "INBOX", 211).uid);
        EXPECT_EQ(report.found.findings[0].verdict, Verdict::different);
        EXPECT_EQ(exit_status(report), 3);
    }
}

TEST_F(Verify, says_which_lines_a_rewriting_server_changed) {
    put(servers.from(), "INBOX", dated("Subject: a\r\nDate: x\r\n\r\ntext\r\n"));
    put(servers.from(), "INBOX", dated("Subject: b\r\n\r\none\r\ntwo\r\n"));
    sync();
    rewrite(servers.to(), 0, "X-New: 1\r\nSubject: a\r\nDate: y\r\n\r\ntext\r\n");
    rewrite(servers.to(), 1, "Subject: b\n\none\ntwo\n");
    const VerifyReport report = verify(Level::bodies);
    ASSERT_EQ(report.found.findings.size(), 2U);
    EXPECT_EQ(report.found.findings[0].verdict, Verdict::other_headers);
    EXPECT_THAT(report.found.findings[0].header_lines, ElementsAre("changed Date", "added X-New"));
    EXPECT_EQ(report.found.findings[1].verdict, Verdict::other_line_ends);
    EXPECT_EQ(verify(Level::headers).found.totals(), (Tally{.entries = 2, .other_line_ends = 1, .other_headers = 1}));
    EXPECT_EQ(verify(Level::bodies, false).found.totals(), (Tally{.entries = 2, .different = 2}));
}

TEST_F(Verify, names_what_was_repaired_as_that_and_proves_that_it_is_what_was_stored) {
    put(servers.from(), "INBOX", dated(mail(1)));
    put(servers.from(), "INBOX", dated("Message-ID: <2@old.example>\r\n\r\nNUL \xC3\r\n"));
    put(servers.from(), "INBOX", dated(std::string("Message-ID: <3@old.example>\r\n\r\nN\0UL\nunix\n", 41)));
    servers.destination.options().capabilities.erase("BINARY");
    servers.request.rules.repair = true;
    sync();
    for (const bool ask : {true, false}) {
        const VerifyReport report = verify(Level::bodies, ask);
        EXPECT_EQ(report.found.totals(), (Tally{.entries = 3, .proven = 2, .repaired = 1}));
        ASSERT_EQ(report.found.findings.size(), 1U);
        EXPECT_EQ(report.found.findings[0].verdict, Verdict::repaired);
        EXPECT_THAT(report.found.findings[0].words, HasSubstr("bare LF, NUL"));
        EXPECT_EQ(exit_status(report), 3) << "not the octets of the source";
    }
    EXPECT_TRUE(verify(Level::headers).holds());
    std::string text = *servers.message(servers.to(), "INBOX", 2).octets;
    text[text.size() - 4] ^= 1;
    rewrite(servers.to(), 2, text);
    EXPECT_EQ(verify(Level::bodies).found.totals(), (Tally{.entries = 3, .proven = 2, .different = 1}));
}

TEST_F(Verify, does_not_let_a_source_that_changed_too_hide_a_change) {
    sync::put_many(servers.from(), "INBOX", 1);
    sync();
    rewrite(servers.to(), 0, mail(1, "forged"));
    rewrite(servers.from(), 0, mail(1, "forged"));
    const VerifyReport report = verify(Level::bodies);
    EXPECT_EQ(report.found.totals(), (Tally{.entries = 1, .different = 1}));
    EXPECT_THAT(report.found.findings.at(0).words, HasSubstr("not what it served when it was copied"));
}

TEST_F(Verify, names_what_is_no_longer_there_at_every_level) {
    sync::put_many(servers.from(), "INBOX", 3);
    sync();
    expunge(servers.to(), "INBOX", 2);
    for (const Level level : {Level::counted, Level::listed, Level::headers, Level::bodies})
        EXPECT_EQ(verify(level).found.totals(), (Tally{.entries = 3, .proven = 2, .missing = 1})) << to_string(level);
    EXPECT_THAT(verify(Level::counted).found.mailboxes.at(0).remarks,
                ElementsAre(HasSubstr("holds 2 messages, fewer than the 3")));
}

TEST_F(Verify, proves_what_was_adopted_by_comparing_both_sides) {
    sync::put_many(servers.from(), "INBOX", 2);
    sync::put_many(servers.to(), "INBOX", 2);
    sync();
    rewrite(servers.to(), 1, mail(2, "otherwise"));
    EXPECT_EQ(verify(Level::bodies).found.totals(), (Tally{.entries = 2, .proven = 1, .different = 1}));
    const VerifyReport alone = verify(Level::bodies, false);
    EXPECT_EQ(alone.found.totals(), (Tally{.entries = 2, .not_provable = 2}));
    EXPECT_THAT(alone.found.mailboxes.at(0).remarks, ElementsAre(HasSubstr("2 messages without SHA-256")));
    EXPECT_EQ(exit_status(alone), 3);
    EXPECT_TRUE(verify(Level::listed).holds());
}

TEST_F(Verify, counts_on_the_source_what_the_ledger_does_not_know) {
    sync::put_many(servers.from(), "INBOX", 2);
    sync();
    put(servers.from(), "INBOX", dated(mail(9)));
    put(servers.from(), sync::make_mailbox(servers.from(), {"New"}), dated(mail(10)));
    const VerifyReport report = verify(Level::counted);
    EXPECT_THAT(report.found.mailboxes.at(0).remarks, ElementsAre(HasSubstr("holds 3 messages, more than the 2")));
    EXPECT_THAT(report.found.remarks, ElementsAre(HasSubstr("\"New\", which holds 1 message")));
    EXPECT_EQ(exit_status(report), 3);
}

TEST_F(Verify, says_where_the_mailbox_was_removed_and_where_made_anew) {
    const std::string name = sync::make_mailbox(servers.from(), {"Work"});
    put(servers.from(), name, dated(mail(1)));
    sync();
    ASSERT_TRUE(servers.to().remove("Work").ok());
    EXPECT_THAT(verify(Level::listed).found.mailboxes.at(1).remarks, ElementsAre(HasSubstr("not on the destination")));
    sync::make_mailbox(servers.to(), {"Work"});
    const VerifyReport report = verify(Level::bodies);
    EXPECT_THAT(report.found.mailboxes.at(1).remarks, ElementsAre(HasSubstr("made anew")));
    EXPECT_EQ(report.found.totals(), (Tally{.entries = 1, .missing = 1}));
}

TEST_F(Verify, of_a_sample_leaves_the_rest_listed_and_says_so) {
    sync::put_many(servers.from(), "INBOX", 200);
    sync();
    sample = 2500;
    const Tally tally = verify(Level::bodies).found.totals();
    EXPECT_EQ(tally.proven + tally.not_looked_at, 200U);
    EXPECT_NEAR(static_cast<double>(tally.proven), 50, 25);
    EXPECT_TRUE(verify(Level::bodies).holds());
}

TEST_F(Verify, goes_on_behind_the_last_batch_after_a_lost_connection) {
    sync::put_many(servers.from(), "INBOX", 500);
    sync();
    servers.destination.faults().on("UID FETCH").nth(2).cut();
    servers.destination.faults().on("UID FETCH").nth(4).cut();
    const VerifyReport report = verify(Level::bodies);
    EXPECT_EQ(report.found.totals(), (Tally{.entries = 500, .proven = 500}));
    EXPECT_TRUE(report.holds());
}

TEST_F(Verify, without_a_ledger_proves_nothing_and_makes_none) {
    VerifyRequest request;
    request.source = servers.request.source;
    request.destination = servers.request.destination;
    request.ledger_path = servers.ledger_path();
    VerifyObserver nobody;
    const VerifyReport report = servers.run(verify_account(std::move(request), nobody));
    ASSERT_TRUE(report.error);
    EXPECT_EQ(exit_status(report), 14);
    EXPECT_FALSE(std::filesystem::exists(servers.ledger_path()));
}

// Certificates of such verifications

class Certify : public Verify {
protected:
    proof::Certificate issue(const VerifyReport& report) {
        CertificateRequest request;
        request.document = folder.file("c.json");
        request.page = folder.file("c.html");
        request.signing_key = folder.file("state/signing.key");
        request.tool = "mailhaul test";
        request.issued = 1'700'000'000;
        auto issued = issue_certificate(report.found, request);
        if (!issued.ok()) throw std::runtime_error(issued.error().describe());
        return std::move(issued).value();
    }
    [[nodiscard]] CertificateCheck check() const {
        CertificateCheck check;
        check.document = folder.file("c.json");
        return check;
    }
    testkit::ScratchFolder folder;
};

TEST_F(Certify, what_holds_is_checked_offline_and_against_the_ledger) {
    sync::fill_with_oddities(servers.from());
    sync();
    const proof::Certificate issued = issue(verify(Level::bodies));
    CertificateCheck asked = check();
    asked.trusted = proof::hex_from(proof::fingerprint_of(issued.signer));
    asked.ledger = servers.ledger_path();
    const auto checked = check_certificate(asked);
    ASSERT_TRUE(checked.ok()) << checked.error().describe();
    EXPECT_EQ(checked.value(), issued);
    EXPECT_TRUE(checked->verification.holds());

    put(servers.from(), "INBOX", dated(mail(99)));
    sync();
    const auto later = check_certificate(asked);
    ASSERT_FALSE(later.ok());
    EXPECT_EQ(later.error().code, Errc::certificate_refused);
    EXPECT_THAT(later.error().message, HasSubstr("INBOX"));
}

TEST_F(Certify, a_change_of_one_octet_is_certified_as_that) {
    sync::put_many(servers.from(), "INBOX", 2);
    sync();
    rewrite(servers.to(), 1, mail(2, "hellp"));
    issue(verify(Level::bodies));
    const auto checked = check_certificate(check());
    ASSERT_TRUE(checked.ok());
    EXPECT_FALSE(checked->verification.holds());
    EXPECT_EQ(checked->verification.findings.size(), 1U);
    const std::string page = testkit::content_of(folder.file("c.html"));
    EXPECT_THAT(page, HasSubstr("different"));
    for (const char* outside : {"src=", "href=", "url(", "<script", "http://", "https://"})
        EXPECT_THAT(page, testing::Not(HasSubstr(outside)));
}

TEST_F(Certify, another_signer_or_an_altered_octet_is_refused) {
    sync::put_many(servers.from(), "INBOX", 1);
    sync();
    issue(verify(Level::listed));
    CertificateCheck asked = check();
    asked.trusted = std::string(64, '0');
    EXPECT_EQ(check_certificate(asked).error().code, Errc::certificate_refused);
    std::string document = testkit::content_of(folder.file("c.json"));
    document[document.size() / 2] ^= 1;
    std::ofstream(folder.file("c.json"), std::ios::binary) << document;
    EXPECT_EQ(check_certificate(check()).error().code, Errc::certificate_refused);
}

TEST_F(Certify, the_key_is_made_once_and_its_owner_s_alone) {
    const std::string path = folder.file("state/signing.key");
    const auto first = signing_key_at(path);
    ASSERT_TRUE(first.ok()) << first.error().describe();
    EXPECT_EQ(signing_key_at(path)->public_key(), first->public_key());
    struct stat facts{};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    const std::string other = folder.file_with("other.key", "precious");
    EXPECT_EQ(signing_key_at(other).error().code, Errc::certificate_refused);
    EXPECT_EQ(testkit::content_of(other), "precious");
}

}  // namespace
}  // namespace mailhaul::app
