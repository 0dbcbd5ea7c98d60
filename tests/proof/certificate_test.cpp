// SPDX-License-Identifier: Apache-2.0
#include "proof/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/base64.hpp"

namespace mailhaul::proof {
namespace {

using testing::HasSubstr;

SigningKey test_key() { return SigningKey::from_seed({1, 2, 3}); }

Verification sample() {
    Verification found;
    found.accounts = {"u@old.example:993", "u@new.example:993"};
    found.level = Level::bodies;
    found.sample = 250;
    found.seed = 17;
    found.began = 1'795'456'525;
    found.ended = 1'795'456'600;
    MailboxResult mailbox;
    mailbox.pair = {{imap::MailboxName("Entw&APw-rfe%\"\\\x80"), imap::UidValidity{1}},
                    {imap::MailboxName("Drafts"), imap::UidValidity{4'294'967'295U}}};
    mailbox.source = "Entw\xC3\xBCrfe\n\x7f";
    mailbox.destination = "Drafts";
    mailbox.root.fill(0xab);
    mailbox.tally = {.entries = 7, .proven = 3, .other_headers = 1, .missing = 1, .not_looked_at = 2};
    found.mailboxes.push_back(mailbox);
    found.findings.push_back({0, imap::Uid{4}, imap::Uid{5}, Verdict::other_headers, "words", {"added X", "changed Y"}});
    found.findings.push_back({0, imap::Uid{6}, imap::Uid{7}, Verdict::missing, "", {}});
    found.not_copied.push_back({0, imap::Uid{9}, 123, "<m@x>", "a \"subject\"", "too large"});
    found.notes.emplace_back("note");
    return found;
}

std::string document() { return write_certificate(sample(), "mailhaul 0.1.0", 1'795'456'601, test_key()); }

TEST(Certificate, is_read_as_it_was_written) {
    const auto read = read_certificate(document());
    ASSERT_TRUE(read.ok()) << read.error().describe();
    EXPECT_EQ(read->verification, sample());
    EXPECT_EQ(read->tool, "mailhaul 0.1.0");
    EXPECT_EQ(read->issued, 1'795'456'601);
    EXPECT_EQ(read->signer, test_key().public_key());
    EXPECT_THAT(document(), HasSubstr(R"("issued":"2026-11-23T17:56:41Z")"));
    EXPECT_THAT(document(), HasSubstr(R"("result":"differences")"));
}

TEST(Certificate, altered_in_any_octet_is_refused) {
    const std::string whole = document();
    for (std::size_t at = 0; at < whole.size(); ++at) {
        std::string altered = whole;
        altered[at] = static_cast<char>(altered[at] ^ (1 << (at % 8)));
        const auto read = read_certificate(altered);
        ASSERT_FALSE(read.ok()) << "octet " << at;
        EXPECT_EQ(read.error().code, Errc::certificate_refused);
    }
}

TEST(Certificate, with_an_octet_more_or_less_is_refused) {
    const std::string whole = document();
    for (std::size_t at = 0; at < whole.size(); at += 3) {
        std::string altered = whole;
        altered.erase(at, 1);
        ASSERT_FALSE(read_certificate(altered).ok()) << at;
        altered = whole;
        altered.insert(at, 1, ' ');
        ASSERT_FALSE(read_certificate(altered).ok()) << at;
    }
    EXPECT_FALSE(read_certificate(whole + "\n").ok());
    EXPECT_FALSE(read_certificate("").ok());
}

/// A body signed properly by whoever has a key: the signature holds, so everything else must be looked at too.
std::string resigned(const std::string& from, const std::string& to) {
    std::string body = document();
    body = body.substr(15, body.size() - 15 - 14 - 88 - 3);
    const std::size_t at = body.find(from);
    if (at == std::string::npos) throw std::logic_error("not there: " + from);
    body.replace(at, from.size(), to);
    const Signature signature = test_key().sign(body);
    return R"({"certificate":)" + body + R"(,"signature":")" +
           base64_from({reinterpret_cast<const char*>(signature.data()), signature.size()}) + "\"}\n";
}

TEST(Certificate, that_contradicts_itself_is_refused_even_where_it_is_signed) {
    ASSERT_TRUE(read_certificate(resigned("\"note\"", "\"NOTE\"")).ok());
    const std::pair<const char*, const char*> changes[] = {
        {R"("result":"differences")", R"("result":"proven")"},
        {R"("proven":3)", R"("proven":4)"},
        {R"("mailbox":0)", R"("mailbox":1)"},
        {R"("level":"bodies")", R"("level":"listed")"},
        {R"("level":"bodies")", R"("level":"nonsense")"},
        {R"("source_uid":4)", R"("source_uid":04)"},
        {R"("source_uid":4)", R"("source_uid":4294967296)"},
        {"abababab", "babababa"},
        {R"(%25)", R"(%)"},
        {"2026-11-23", "2026-11-33"},
        {R"("seed":17)", R"("seed":17,"more":1)"},
        {R"("version":1)", R"("version":2)"},
    };
    for (const auto& [from, to] : changes) EXPECT_FALSE(read_certificate(resigned(from, to)).ok()) << from << " -> " << to;
}

RC_GTEST_PROP(Certificate, with_any_words_in_it_can_be_read_again, ()) {
    Verification found = sample();
    found.not_copied[0].subject = *rc::gen::arbitrary<std::string>();
    found.mailboxes[0].pair.source.name = imap::MailboxName(*rc::gen::arbitrary<std::string>());
    const std::string text = write_certificate(found, "tool", 1, test_key());
    const auto read = read_certificate(text);
    RC_ASSERT(read.ok());
    RC_ASSERT(read->verification.mailboxes[0].pair == found.mailboxes[0].pair);
    RC_ASSERT(write_certificate(read->verification, "tool", 1, test_key()) == text);
}

RC_GTEST_PROP(Certificate, of_any_octets_is_refused_without_harm, ()) {
    std::string text = document();
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    const auto junk = *rc::gen::arbitrary<std::string>();
    text.replace(at, junk.size(), junk);
    if (text != document()) RC_ASSERT(!read_certificate(text).ok());
}

}  // namespace
}  // namespace mailhaul::proof
