// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_request.hpp"

#include <gmock/gmock.h>

#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

using client::Security;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ImapsyncRequest : public testing::Test {
protected:
    ImapsyncOrder order(const std::vector<std::string>& arguments) { return order_imapsync(arguments, process.surroundings()); }
    /// With two complete accounts.
    ImapsyncOrder order_with(const std::vector<std::string>& options) {
        std::vector<std::string> arguments{"--host1", "h1", "--user1", "u1", "--password1", "p1",
                                           "--host2", "h2", "--user2", "u2", "--password2", "p2"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        return order(arguments);
    }
    std::vector<std::string> refusals(const std::vector<std::string>& options) {
        std::vector<std::string> words;
        for (const Refusal& refusal : order_with(options).refusals) words.push_back(refusal.words);
        return words;
    }
    testkit::FakeProcess process;
};

struct EncryptionRow {
    std::string name;
    std::vector<std::string> options;
    Security security;
    std::uint16_t port;
    bool probe;
};

class Encryption : public ImapsyncRequest, public testing::WithParamInterface<EncryptionRow> {};

TEST_P(Encryption, is_chosen_as_imapsync_does) {
    ImapsyncOrder made = order_with(GetParam().options);
    EXPECT_THAT(made.refusals, IsEmpty());
    EXPECT_EQ(made.request.source.security, GetParam().security);
    EXPECT_EQ(made.request.source.port, GetParam().port);
    EXPECT_EQ(made.sides[0].probe, GetParam().probe);
}

INSTANTIATE_TEST_SUITE_P(
    table, Encryption,
    testing::Values(EncryptionRow{"nothing_said", {}, Security::starttls_if_offered, 143, true},
                    EncryptionRow{"ssl", {"--ssl1"}, Security::implicit_tls, 993, false},
                    EncryptionRow{"ssl_on_a_port", {"--ssl1", "--port1", "1993"}, Security::implicit_tls, 1993, false},
                    EncryptionRow{"tls", {"--tls1"}, Security::starttls, 143, false},
                    EncryptionRow{"a_port", {"--port1", "1143"}, Security::starttls_if_offered, 1143, false},
                    EncryptionRow{"port_993", {"--port1", "993"}, Security::implicit_tls, 993, false},
                    EncryptionRow{"notls", {"--notls1"}, Security::plaintext, 143, false},
                    EncryptionRow{"nossl", {"--nossl1"}, Security::starttls_if_offered, 143, false},
                    EncryptionRow{"nosslcheck", {"--nosslcheck"}, Security::starttls_if_offered, 143, false}),
    [](const auto& info) { return info.param.name; });

TEST_F(ImapsyncRequest, ssl_and_tls_together_end_with_12) {
    ImapsyncOrder made = order_with({"--ssl1", "--tls1"});
    ASSERT_THAT(made.refusals, testing::SizeIs(1));
    EXPECT_EQ(made.refusals[0].status, 12);
}

TEST_F(ImapsyncRequest, does_not_verify_certificates_and_says_so) {
    const ImapsyncOrder made = order_with({"--sslargs2", "SSL_verify_mode=1"});
    EXPECT_EQ(made.request.source.tls.verification, net::Verification::none);
    EXPECT_EQ(made.request.destination.tls.verification, net::Verification::full);
    EXPECT_THAT(made.notes, ElementsAre(HasSubstr("Host1: the certificate is not verified")));
}

TEST_F(ImapsyncRequest, cleans_hosts_and_users) {
    ImapsyncOrder made = order({"--host1", " imap.ex ample/ ", "--user1", " u ", "--password1", "p", "--host2", "h", "--user2",
                                "u", "--password2", "p"});
    EXPECT_EQ(made.request.source.host, "imap.example");
    EXPECT_EQ(made.request.source.user, "u");
}

TEST_F(ImapsyncRequest, only_connects_where_an_account_is_incomplete) {
    EXPECT_EQ(order({"--host1", "h1"}).request.extent, app::Extent::connect_only);
    EXPECT_EQ(order_with({}).request.extent, app::Extent::everything);
    EXPECT_EQ(order_with({"--justlogin"}).request.extent, app::Extent::login_only);
    EXPECT_EQ(order_with({"--justfolders"}).request.extent, app::Extent::folders_only);
}

TEST_F(ImapsyncRequest, takes_the_environment_before_the_option) {
    process.variables["IMAPSYNC_PASSWORD1"] = "from the environment";
    const ImapsyncOrder made = order_with({});
    const auto secret = made.request.source.password();
    ASSERT_TRUE(secret.ok());
    EXPECT_EQ(secret.value().reveal(), "from the environment");
}

TEST_F(ImapsyncRequest, an_admin_logs_in_for_the_user) {
    const ImapsyncOrder made = order_with({"--authuser1", "admin"});
    EXPECT_EQ(made.request.source.user, "admin");
    EXPECT_EQ(made.request.source.authorize_as, "u1");
    EXPECT_EQ(made.request.source.mechanism, "PLAIN");
}

TEST_F(ImapsyncRequest, login_is_the_command) {
    EXPECT_EQ(order_with({"--authmech1", "login"}).request.source.mechanism, "LOGIN-COMMAND");
}

TEST_F(ImapsyncRequest, a_mechanism_not_spoken_falls_back_unless_forbidden) {
    EXPECT_EQ(order_with({"--authmech1", "DIGEST-MD5"}).request.source.mechanism, "");
    EXPECT_THAT(refusals({"--authmech1", "DIGEST-MD5", "--notrylogin"}), ElementsAre(HasSubstr("--authmech1 DIGEST-MD5")));
}

TEST_F(ImapsyncRequest, a_domain_is_for_NTLM) {
    const ImapsyncOrder made = order_with({"--authmech1", "ntlm", "--domain1", "OLD", "--domain2", "NEW"});
    EXPECT_EQ(made.request.source.mechanism, "NTLM");
    EXPECT_EQ(made.request.source.user, "OLD\\u1");
    EXPECT_EQ(made.request.destination.user, "u2") << "no NTLM there";
}

TEST_F(ImapsyncRequest, maps_rules) {
    const ImapsyncOrder made =
        order_with({"--maxsize", "1_000", "--minsize", "10", "--maxage", "3", "--minage", "1", "--addheader", "--useheader",
                    "Message-Id", "--nosyncinternaldates", "--noresyncflags"});
    EXPECT_THAT(made.refusals, IsEmpty());
    const sync::Rules& rules = made.request.rules;
    EXPECT_EQ(rules.max_size, Octets{1000});
    EXPECT_EQ(rules.min_size, Octets{11});
    EXPECT_EQ(rules.search_source, "SENTSINCE 20-Nov-2026 SENTBEFORE 22-Nov-2026");
    EXPECT_EQ(rules.search_destination, rules.search_source);
    EXPECT_FALSE(rules.newer_than || rules.older_than);
    EXPECT_TRUE(rules.add_header);
    EXPECT_THAT(rules.identity.headers, ElementsAre("Message-Id"));
    EXPECT_FALSE(rules.keep_internal_date);
    EXPECT_EQ(rules.flags, sync::FlagMode::leave);
    EXPECT_FALSE(rules.copy_source_duplicates);
}

TEST_F(ImapsyncRequest, copies_flags_exactly_unless_told) {
    EXPECT_EQ(order_with({}).request.rules.flags, sync::FlagMode::exact);
}

TEST_F(ImapsyncRequest, takes_everything_but_the_gap_where_minage_is_above_maxage) {
    EXPECT_THAT(*order_with({"--maxage", "1", "--minage", "3"}).request.rules.search_source,
                testing::StartsWith("OR SENTSINCE "));
    EXPECT_TRUE(order_with({"--maxage", "1", "--minage", "3", "--noabletosearch"}).request.rules.ages_are_union);
}

TEST_F(ImapsyncRequest, ages_count_from_the_arrival_date_to_the_second_without_search) {
    const sync::Rules rules = order_with({"--maxage", "3", "--minage", "1", "--noabletosearch1"}).request.rules;
    EXPECT_EQ(rules.newer_than, 1'795'456'525 - 3 * 86'400);
    EXPECT_EQ(rules.older_than, 1'795'456'525 - 86'400 + 1);
    EXPECT_FALSE(rules.search_source);
}

TEST_F(ImapsyncRequest, a_search_is_of_both_sides_unless_one_has_its_own_and_overrides_ages) {
    const sync::Rules rules = order_with({"--search", "UNSEEN", "--search2", "ALL", "--maxage", "3"}).request.rules;
    EXPECT_EQ(rules.search_source, "UNSEEN");
    EXPECT_EQ(rules.search_destination, "ALL");
}

TEST_F(ImapsyncRequest, changes_of_messages_are_read_and_need_room) {
    const ImapsyncOrder made =
        order_with({"--regexmess", "s/a/b/", "--skipmess", "m/x/", "--pipemess", "sed 's/a b/c/'", "--pipemess", "cat | cat",
                    "--truncmess", "10_000", "--maxlinelength", "998", "--maxlinelengthcmd", "fold", "--disarmreadreceipts"});
    EXPECT_THAT(made.refusals, IsEmpty());
    const sync::RewriteRules& rewrite = made.request.rules.rewrite;
    EXPECT_THAT(rewrite.substitutions, ElementsAre("s/a/b/"));
    EXPECT_THAT(rewrite.skip_matches, ElementsAre("m/x/"));
    EXPECT_THAT(rewrite.pipes, ElementsAre(ElementsAre("sed", "s/a b/c/"), ElementsAre("/bin/sh", "-c", "cat | cat")));
    EXPECT_EQ(rewrite.truncate, 10'000U);
    EXPECT_THAT(rewrite.long_line_pipe, ElementsAre("fold"));
    EXPECT_TRUE(rewrite.disarm_read_receipts);
    EXPECT_THAT(made.filters_to_try, testing::SizeIs(3));
    EXPECT_GE(made.request.budget, Octets{128U << 20});
    EXPECT_FALSE(order_with({}).request.rules.rewrite.is_anything());
}

TEST_F(ImapsyncRequest, flags_names_and_headers_are_rewritten_by_operators_of_perls) {
    const ImapsyncOrder made = order_with({"--regexflag", R"(s/\\Flagged//)", "--regextrans2", "s,^$h1_prefix,${h2_prefix}x,",
                                           "--skipheader", "^X-", "--nofilterflags", "--nofixslash2"});
    EXPECT_THAT(made.refusals, IsEmpty());
    EXPECT_THAT(made.request.rules.flag_rewrites, testing::SizeIs(1));
    EXPECT_FALSE(made.request.rules.filter_flags);
    EXPECT_FALSE(made.request.mapping.fix_slash);
    EXPECT_THAT(made.request.mapping.substitutions, testing::SizeIs(1));
    EXPECT_TRUE(made.request.rules.identity.is_ignored("X-SPAM: NO"));
    EXPECT_FALSE(made.request.rules.identity.is_ignored("MESSAGE-ID: <X-1>"));
}

TEST_F(ImapsyncRequest, presets_stand_for_their_options_and_give_way_to_the_users) {
    const ImapsyncOrder gmail = order_with({"--gmail1"});
    EXPECT_THAT(gmail.refusals, IsEmpty());
    EXPECT_EQ(gmail.request.source.host, "h1") << "the user's";
    EXPECT_EQ(gmail.request.source.security, Security::implicit_tls);
    EXPECT_TRUE(gmail.request.rules.skip_crossed && gmail.request.in_order);
    EXPECT_EQ(gmail.request.most_octets_a_second, Octets{40'000});
    EXPECT_EQ(order_with({"--gmail1", "--maxbytespersecond", "5"}).request.most_octets_a_second, Octets{5});
    EXPECT_THAT(gmail.request.last, ElementsAre("[Gmail]/All Mail"));
    EXPECT_FALSE(order_with({"--gmail1", "--gmail2", "--nosynclabels", "--noresynclabels"}).request.rules.labels.is_anything());
    EXPECT_THAT(refusals({"--gmail1", "--usecache"}), ElementsAre(HasSubstr("--usecache")));

    const ImapsyncOrder office = order_with({"--office2"});
    EXPECT_EQ(office.request.rules.max_size, Octets{45'000'000});
    EXPECT_TRUE(office.request.rules.rewrite.disarm_read_receipts);
    EXPECT_THAT(office.request.rules.rewrite.substitutions, testing::SizeIs(1));
    EXPECT_THAT(order_with({"--office2", "--noregexmess"}).request.rules.rewrite.substitutions, IsEmpty());
    EXPECT_THAT(office.request.mapping.overrides, ElementsAre(testing::Pair("Files", "Files_renamed_by_imapsync")));
    EXPECT_THAT(order_with({"--office2", "--nof1f2"}).request.mapping.overrides, IsEmpty());
    EXPECT_THAT(order_with({"--office1"}).request.mapping.exclude, ElementsAre("^Files$"));
    EXPECT_THAT(order_with({"--office1", "--noexclude"}).request.mapping.exclude, IsEmpty());

    const ImapsyncOrder domino = order_with({"--domino1", "--domino2", "--sep1", "/"});
    EXPECT_EQ(domino.request.mapping.separator_source, "\\") << "in place of the user's";
    EXPECT_EQ(domino.request.mapping.separator_destination, "\\");
    EXPECT_TRUE(domino.request.rules.identity.message_id_without_domain);
}

TEST_F(ImapsyncRequest, a_proxy_logs_in_and_asks_for_the_users_mailboxes) {
    EXPECT_THAT(refusals({"--proxyauth1"}), ElementsAre(HasSubstr("--proxyauth1 without --authuser1")));
    const ImapsyncOrder made = order_with({"--proxyauth1", "--authuser1", "admin"});
    EXPECT_EQ(made.request.source.user, "admin");
    EXPECT_EQ(made.request.source.authorize_as, "u1");
    EXPECT_EQ(made.request.source.impersonation, client::Impersonation::proxyauth);
    EXPECT_EQ(made.request.source.mechanism, "LOGIN-COMMAND");
    EXPECT_THAT(made.request.source.label(), testing::StartsWith("u1@"));
}

TEST_F(ImapsyncRequest, the_token_is_taken_out_of_a_ready_made_answer) {
    // user=u ^A auth=Bearer t0k ^A ^A
    const ImapsyncOrder made = order_with({"--oauthdirect1", "dXNlcj11AWF1dGg9QmVhcmVyIHQwawEB"});
    ASSERT_TRUE(made.request.source.token);
    EXPECT_EQ(made.request.source.token().value().reveal(), "t0k");
    EXPECT_FALSE(order_with({"--oauthdirect1", "bm9uZQ=="}).request.source.token().ok());
}

TEST_F(ImapsyncRequest, processes_have_their_files) {
    const ImapsyncOrder made = order_with({"--pidfile", "/run/x.pid", "--pidfilelocking", "--tail", "--errorsmax", "0"});
    EXPECT_EQ(made.pid_file, "/run/x.pid");
    EXPECT_TRUE(made.pid_locking && made.tail && made.pid_file_given);
    EXPECT_EQ(made.request.rules.max_failures, 50U) << "0 means 50";
    EXPECT_THAT(order_with({"--tmpdir", "/var/x"}).pid_file, "/var/x/imapsync.pid");
    EXPECT_EQ(order_with({}).request.rules.max_failures, std::nullopt) << "without it the run goes on, and names each";
    EXPECT_EQ(order_with({"--justfoldersizes"}).request.extent, app::Extent::sizes_only);
    EXPECT_EQ(order_with({"--justautomap"}).show, ImapsyncShow::mapping);
    EXPECT_TRUE(order_with({"--justfolderlists"}).request.dry_run);
}

TEST_F(ImapsyncRequest, delete2folders_takes_match_operators_and_never_evaluates_them) {
    const auto folders = [&](const std::vector<std::string>& options) { return order_with(options).request.delete_folders; };
    EXPECT_EQ(folders({}).which, sync::DeleteFolders::no);
    EXPECT_EQ(folders({"--delete2folders"}).which, sync::DeleteFolders::unmapped);
    EXPECT_EQ(folders({"--nodelete2folders", "--delete2foldersonly", "/x/"}).which, sync::DeleteFolders::no);
    const sync::FolderRules chosen = folders({"--delete2foldersonly", "m{^Old/}i", "--delete2foldersbutnot", "/keep/"});
    EXPECT_EQ(chosen.which, sync::DeleteFolders::unmapped);
    EXPECT_EQ(chosen.only, "(?i)^Old/");
    EXPECT_EQ(chosen.but_not, "keep");
}

TEST_F(ImapsyncRequest, delete2_deletes_as_told_but_not_after_a_source_that_lost_its_mail) {
    const ImapsyncOrder made = order_with({"--delete2"});
    EXPECT_THAT(made.refusals, IsEmpty());
    EXPECT_TRUE(made.request.rules.delete_destination);
    EXPECT_EQ(made.request.rules.guard.on_activity, sync::OnActivity::warn);
    EXPECT_EQ(made.request.rules.guard.max_deletions, sync::GuardRules::unlimited);
    EXPECT_FALSE(made.request.rules.guard.allow_shrunken_source);
}

TEST_F(ImapsyncRequest, maps_folders) {
    const ImapsyncOrder made = order_with(
        {"--f1f2", "A=B=C", "--automap", "--sep2", ".", "--prefix2", "INBOX.", "--subfolder1", " x*y ", "--subscribed"});
    EXPECT_THAT(made.refusals, IsEmpty());
    const sync::MappingRules& rules = made.request.mapping;
    EXPECT_TRUE(rules.imapsync_names);
    EXPECT_THAT(rules.overrides, ElementsAre(testing::Pair("A", "B=C")));
    EXPECT_FALSE(rules.map_special_use) << "a sub-folder turns automap off";
    EXPECT_EQ(rules.separator_destination, ".");
    EXPECT_EQ(rules.sub_folder_source, "xy");
    EXPECT_TRUE(rules.subscribed_only);
}

TEST_F(ImapsyncRequest, one_account_may_be_emptied_where_it_is_named_twice_and_not_by_accident) {
    const auto allowed = [&](const std::vector<std::string>& options) {
        return order_with(options).request.allow_same_account;
    };
    const std::vector<std::string> twice{"--host2", "h1", "--user2", "u1"};
    const auto twice_with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), twice.begin(), twice.end());
        return allowed(more);
    };
    EXPECT_TRUE(twice_with({"--delete1"}));
    EXPECT_FALSE(twice_with({}));
    EXPECT_FALSE(twice_with({"--delete2"}));
    EXPECT_FALSE(allowed({"--delete1"}));
    EXPECT_FALSE(twice_with({"--expunge1"})) << "it is no wish to empty the account";
    EXPECT_FALSE(allowed({"--host2", "h1", "--authuser1", "admin", "--authuser2", "admin", "--delete1"}));
    EXPECT_FALSE(twice_with({"--delete1", "--port2", "1143"}));
}

TEST_F(ImapsyncRequest, refuses_what_it_would_have_to_ignore) {
    EXPECT_THAT(refusals({"--delete1", "--delete2"}), ElementsAre(HasSubstr("choose one")));
    EXPECT_THAT(refusals({"--delete", "2"}), Contains(HasSubstr("--delete2")));
    EXPECT_THAT(refusals({"stray"}), ElementsAre("Found 1 extra arguments : [stray]"));
    EXPECT_THAT(refusals({"--regextrans2", "s/a/b/e"}), ElementsAre(HasSubstr("never run")));
    EXPECT_THAT(refusals({"--port1", "70000"}), ElementsAre(HasSubstr("--port1 70000")));
}

TEST_F(ImapsyncRequest, lets_an_empty_word_pass) { EXPECT_THAT(refusals({""}), IsEmpty()); }

TEST_F(ImapsyncRequest, a_tiny_timeout_is_kept) {
    EXPECT_EQ(order_with({"--timeout", "0.001"}).request.source.deadlines.connect, std::chrono::milliseconds{1});
}

}  // namespace
}  // namespace mailhaul::cli
