// SPDX-License-Identifier: Apache-2.0
// The form of profiles, the profiles that mailhaul brings, and what each kind of server is taken for by what it says.
#include "provider/profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "provider/autoconfig.hpp"
#include "provider/recognise.hpp"

namespace mailhaul::provider {
namespace {

using testing::HasSubstr;

TEST(BuiltInProfiles, are_in_the_form_that_their_file_describes) {
    const auto profiles = profiles_from(built_in_text(), "data/profiles.txt");
    ASSERT_TRUE(profiles.ok()) << profiles.error().describe();
    EXPECT_GE(profiles->size(), 50U);
    EXPECT_EQ(built_in_profiles().size(), profiles->size());
}

TEST(Profiles, are_read_with_every_key) {
    const auto profiles = profiles_from(
        "# mine\n[x]\nname A Server\ngreeting  Hello There\nid X\ncapability idle MOVE\nnot-capability BINARY\nhost X.example\n"
        "mx mx.example\nserver imap.example:993\nseparator /\nprefix INBOX.\nconnections 1-3\ncommand 2000\nmessage 5\n"
        "bytes headers\nadmin star\npassword app\noauth google\nskip \"All Mail\"\nnote one\nnote two\n",
        "mine");
    ASSERT_TRUE(profiles.ok()) << profiles.error().describe();
    const Profile& profile = profiles->front();
    EXPECT_EQ(profile.name, "A Server");
    EXPECT_EQ(profile.greetings, std::vector<std::string>{"hello there"});
    EXPECT_EQ(profile.capabilities.front(), (std::vector<std::string>{"IDLE", "MOVE"}));
    EXPECT_EQ(profile.hosts.front(), "x.example");
    EXPECT_EQ(profile.server->host, "imap.example");
    EXPECT_EQ(profile.most_connections, 3U);
    EXPECT_EQ(profile.message_octets, 5U);
    EXPECT_EQ(profile.notes.size(), 2U);
    EXPECT_TRUE(profile.admin == Admin::star && profile.bytes == Bytes::headers && profile.password == Password::app);
}

TEST(Profiles, say_what_names_flags_and_dates_a_server_takes) {
    const auto profiles = profiles_from(
        "list views Starred \"All Mail\"\nlist views Chats\n[x]\nname X\nhost x\nskip Notes $(views) \"Sent to me\"\nroles "
        "by-name\n"
        "names ignore-case empty-parents 255\nnames-without : / \" TAB edge-blanks double-blanks\nnames-only - BLANK _\n"
        "reserved Files \"All Mail\"\ndrop-flags $MDNSent $X\nkeyword 50\nkeywords 128\nkeyword-suffix :FLAG\nshows "
        "10000\nown-record INTERNAL DATA\ndates 1970-2037\n"
        "message 5 usually\nwarn beware\n",
        "mine");
    ASSERT_TRUE(profiles.ok()) << profiles.error().describe();
    const Profile& profile = profiles->front();
    EXPECT_EQ(profile.skip, (std::vector<std::string>{"Notes", "Starred", "All Mail", "Chats", "Sent to me"}));
    EXPECT_TRUE(profile.tells_no_roles && profile.message_octets_vary);
    const Names& names = profile.names;
    EXPECT_TRUE(names.ignores_case && names.parents_are_empty && names.trims_blanks && names.joins_blanks);
    EXPECT_EQ(names.longest, 255U);
    EXPECT_EQ(names.without, ":/\"\t");
    EXPECT_EQ(names.only, "- _");
    EXPECT_EQ(names.reserved, (std::vector<std::string>{"Files", "All Mail"}));
    EXPECT_EQ(profile.dropped_flags, (std::vector<std::string>{"$MDNSent", "$X"}));
    EXPECT_TRUE(profile.keyword_octets == 50 && profile.keywords_each == 128 && profile.keyword_suffix == ":FLAG");
    EXPECT_TRUE(profile.shows == 10'000 && profile.own_record == "INTERNAL DATA");
    EXPECT_TRUE(profile.dates && profile.dates->first == 1970 && profile.dates->last == 2037);
    EXPECT_EQ(profile.warnings, std::vector<std::string>{"beware"});
}

TEST(Profiles, that_are_wrong_name_the_line_and_what_was_wanted) {
    for (const auto& [text, words] :
         {std::pair{"name x\n", "f:1: a profile begins with its id"}, std::pair{"[a]\nname\n", "f:2: name has no value"},
          std::pair{"[a]\ncolour red\n", "f:2: \"colour\" is no key"}, std::pair{"[a\n", "wanted [id]"},
          std::pair{"[a]\nname A\nhost a\n[a]\n", "[a] is there twice"},
          std::pair{"[a]\nname A\n", "[a] has nothing to be recognised by"}, std::pair{"[a]\nhost a\n", "[a] has no name"},
          std::pair{"[a]\nconnections 5-2\n", "wanted first-most"},
          std::pair{"[a]\nbytes sometimes\n", "wanted one of exact, mostly"}, std::pair{"[a]\nserver a\n", "wanted host:port"},
          std::pair{"[a]\nmessage 5MB\n", "wanted a number of octets"},
          std::pair{"[a]\nmessage 5 perhaps\n", "wanted a number of octets, then perhaps: usually"},
          std::pair{"[a]\nskip $(views)\n", "f:2: no list $(views stands before it"},
          std::pair{"list views\n", "wanted list NAME"}, std::pair{"[a]\nnames tiny\n", "wanted ignore-case, empty-parents"},
          std::pair{"[a]\nnames-without a bc\n", "wanted single characters"},
          std::pair{"[a]\nkeywords none\n", "wanted a number above 0"},
          std::pair{"[a]\ndates 2037-1970\n", "wanted first-last"}, std::pair{"[a]\nroles guessed\n", "wanted by-name"}}) {
        const auto profiles = profiles_from(text, "f");
        ASSERT_FALSE(profiles.ok()) << text;
        EXPECT_THAT(profiles.error().message, HasSubstr(words));
    }
}

struct Sample {
    const char* id;  ///< the profile's
    const char* greeting;
    const char* server_id;
    const char* capabilities;
    const char* host;
    const char* exchanger;
    Sureness least;
};

void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.id << " by " << sample.greeting << sample.server_id; }

class Samples : public testing::TestWithParam<Sample> {};

TEST_P(Samples, are_recognised) {
    const Sample& sample = GetParam();
    Evidence evidence;
    evidence.greeting = sample.greeting;
    evidence.id = sample.server_id;
    evidence.host = sample.host;
    if (*sample.exchanger != '\0') evidence.exchangers.emplace_back(sample.exchanger);
    std::istringstream words(sample.capabilities);
    for (std::string word; words >> word;) evidence.capabilities.insert(word);
    const Recognition found = recognise(built_in_profiles(), evidence);
    ASSERT_NE(found.profile, nullptr);
    EXPECT_EQ(found.profile->id, sample.id);
    EXPECT_GE(static_cast<int>(found.sureness), static_cast<int>(sample.least));
    EXPECT_FALSE(found.signs.empty());
}

constexpr const char* microsoft_caps =
    "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+";

INSTANTIATE_TEST_SUITE_P(
    by_greeting, Samples,
    testing::Values(
        Sample{"dovecot", "Dovecot ready.", "", "IMAP4rev1 SASL-IR IDLE LITERAL+", "mail.x.example", "", Sureness::likely},
        Sample{"dovecot", "Dovecot (Ubuntu) ready.", "Dovecot", "IMAP4rev1", "mail.x.example", "", Sureness::certain},
        Sample{"cyrus", "mail Cyrus IMAP 3.6.1-Debian-3.6.1-4 server ready", "Cyrus IMAPD 3.6.1", "IMAP4rev1", "h", "",
               Sureness::certain},
        Sample{"cyrus", "mail Cyrus IMAP v2.4.17 server ready", "", "IMAP4rev1", "h", "", Sureness::likely},
        Sample{"courier", "Courier-IMAP ready. Copyright 1998-2018 Double Precision, Inc.", "", "IMAP4rev1 UIDPLUS CHILDREN",
               "h", "", Sureness::likely},
        Sample{"uw", "host IMAP4rev1 2007f.404 at Thu, 1 Jan 2009 00:00:00", "", "IMAP4REV1", "h", "", Sureness::likely},
        Sample{"uw", "Panda IMAP ready", "", "IMAP4REV1", "h", "", Sureness::likely},
        Sample{"exchange", "The Microsoft Exchange IMAP4 service is ready.", "",
               "IMAP4 IMAP4rev1 AUTH=NTLM AUTH=GSSAPI AUTH=PLAIN", "mail.corp.example", "", Sureness::likely},
        Sample{"exchange2007", "Microsoft Exchange Server 2007 IMAP4 service ready", "", "IMAP4rev1", "h", "",
               Sureness::likely},
        Sample{"exchange2003", "Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5.7638.1 (x) ready.", "", "IMAP4rev1",
               "h", "", Sureness::likely},
        Sample{"microsoft365", "The Microsoft Exchange IMAP4 service is ready. [QQBNADMAUABSADEAMABDAEEA]", "", microsoft_caps,
               "outlook.office365.com", "", Sureness::certain},
        Sample{"gmail", "Gimap ready for requests from 192.0.2.1 a12mb34567", "GImap", "IMAP4rev1 X-GM-EXT-1 XLIST",
               "imap.gmail.com", "", Sureness::certain},
        Sample{"icloud", "[CAPABILITY x] iscream 2110B123 ready", "", "XAPPLEPUSHSERVICE AUTH=ATOKEN", "imap.mail.me.com", "",
               Sureness::certain},
        Sample{"zimbra", "mail.x.example Zimbra IMAP4rev1 server ready", "Zimbra 8.8.15", "IMAP4rev1", "h", "",
               Sureness::certain},
        Sample{"zoho", "Zoho Mail IMAP4rev1 Server version 1.0", "", "IMAP4rev1", "imap.zoho.com", "", Sureness::certain},
        Sample{"yandex", "Yandex IMAP4rev1 at sas1-1.mail.yandex.net:993 ready", "", "IMAP4rev1", "imap.yandex.com", "",
               Sureness::certain},
        Sample{"strato", "IMAP server ready (P 12 q 34)", "", "IMAP4rev1", "imap.strato.de", "", Sureness::certain},
        Sample{"gmx", "IMAP server ready H migmx124 12345", "", "IMAP4rev1 APPENDLIMIT=104857600", "imap.gmx.net", "",
               Sureness::certain},
        Sample{"rackspace", "Server ready proxy2.mail.ord1d.rsapps.net", "", "IMAP4rev1 AUTH=TOKEN", "secure.emailsrvr.com", "",
               Sureness::certain},
        Sample{"kerio", "Kerio Connect 9.2.5 IMAP4rev1 server ready", "", "IMAP4rev1 X-MASTERAUTH", "h", "", Sureness::certain},
        Sample{"kerio", "Kerio MailServer 6.7.0 IMAP4rev1 server ready", "", "IMAP4rev1", "h", "", Sureness::likely},
        Sample{"mdaemon", "mail MDaemon 12.0.3 ready", "", "IMAP4rev1", "h", "", Sureness::likely},
        Sample{"icewarp", "mail IceWarp 11.4 IMAP4rev1", "", "IMAP4rev1", "h", "", Sureness::likely},
        Sample{"axigen", "IMAP4rev1 AXIGEN server ready", "", "IMAP4rev1", "h", "", Sureness::likely},
        Sample{"communigate", "CommuniGate Pro IMAP Server 6.1 at x ready", "", "IMAP4rev1", "h", "", Sureness::likely},
        Sample{"intermail", "InterMail IMAP4 server ready", "", "IMAP4rev1", "h", "", Sureness::likely},
        Sample{"kopano", "Zarafa IMAP gateway ready", "", "IMAP4rev1", "h", "", Sureness::likely},
        Sample{"smartermail", "SmarterMail IMAP server ready", "", "IMAP4rev1", "h", "", Sureness::likely},
        Sample{"domino", "Domino IMAP4 Server Release 8.5.3 ready", "", "IMAP4rev1 LITERAL+ NAMESPACE QUOTA UIDPLUS", "h", "",
               Sureness::likely},
        Sample{"hmailserver", "IMAPrev1", "", "IMAP4rev1 CHILDREN IDLE QUOTA SORT ACL NAMESPACE RIGHTS=texk", "h", "",
               Sureness::likely},
        Sample{"mailenable", "IMAP4 ready.", "", "IMAP4rev1", "h", "", Sureness::likely},
        Sample{"james", "JAMES IMAP4rev1 Server x is ready.", "", "IMAP4rev1", "h", "", Sureness::likely},
        Sample{"stalwart", "Stalwart IMAP4rev2 at your service.", "", "IMAP4rev2", "h", "", Sureness::likely},
        Sample{"dbmail", "dbmail imap (protocol version 4r1) server 3.2.3 ready to run", "", "IMAP4rev1", "h", "",
               Sureness::likely},
        Sample{"sun", "Sun Java(tm) System Messaging Server 6.3 ready", "", "IMAP4rev1 X-NETSCAPE XSENDER LANGUAGE", "h", "",
               Sureness::certain},
        Sample{"citadel", "host Citadel IMAP4rev1 server ready", "", "IMAP4REV1 NAMESPACE ID AUTH=PLAIN AUTH=LOGIN UIDPLUS",
               "h", "", Sureness::likely},
        Sample{"proton", "IMAP4rev1 Gluon session ready", "Proton Mail Bridge 3.0", "IMAP4rev1 IDLE", "127.0.0.1", "",
               Sureness::certain},
        Sample{"proxy", "IMAP4 Service Ready perdition", "", "IMAP4", "h", "", Sureness::likely},
        Sample{"proxy", "IMAP4rev1 proxy server ready.", "", "IMAP4", "h", "", Sureness::likely},
        Sample{"qq", "QQMail IMAP4Server ready", "", "IMAP4", "imap.qq.com", "", Sureness::certain},
        Sample{"homepl", "IdeaImapServer v0.80 ready", "", "IMAP4", "h", "", Sureness::likely},
        Sample{"workmail", "Amazon WorkMail IMAP ready", "", "IMAP4", "imap.mail.eu-west-1.awsapps.com", "", Sureness::certain},
        Sample{"seznam", "Seznam IMAP server ready", "", "IMAP4", "imap.seznam.cz", "", Sureness::certain},
        Sample{"allinkl", "kasserver IMAP ready", "", "IMAP4", "w0123.kasserver.com", "", Sureness::certain},
        Sample{"dinapopper", "DinaPopper ready", "", "IMAP4", "h", "", Sureness::likely},
        Sample{"davmail", "IMAP4rev1 DavMail 6.0.1 server ready", "", "IMAP4", "h", "", Sureness::likely}));

INSTANTIATE_TEST_SUITE_P(
    by_capabilities_or_names, Samples,
    testing::Values(Sample{"gmail", "", "", "IMAP4rev1 X-GM-EXT-1", "", "", Sureness::likely},
                    Sample{"yahoo", "", "", "IMAP4rev1 XYMHIGHESTMODSEQ", "", "", Sureness::likely},
                    Sample{"yahoo", "", "", "IMAP4rev1 X-MSG-EXT", "", "", Sureness::likely},
                    Sample{"icloud", "", "", "XAPPLEPUSHSERVICE XAPPLELITERAL", "", "", Sureness::likely},
                    Sample{"groupwise", "", "", "IMAP4rev1 XGWTRUSTEDAPP", "", "", Sureness::likely},
                    Sample{"kerio", "", "", "IMAP4rev1 X-MASTERAUTH", "", "", Sureness::likely},
                    Sample{"sun", "", "", "IMAP4rev1 XSENDER LANGUAGE", "", "", Sureness::likely},
                    Sample{"microsoft365", "", "", microsoft_caps, "", "", Sureness::likely},
                    Sample{"fastmail", "IMAP4 ready", "", "IMAP4rev1", "imap.fastmail.com", "", Sureness::guess},
                    Sample{"godaddy", "hi", "", "IMAP4rev1", "imap.secureserver.net", "", Sureness::guess},
                    Sample{"ionos", "hi", "", "IMAP4rev1", "imap.ionos.de", "", Sureness::guess},
                    Sample{"mailru", "hi", "", "IMAP4rev1", "imap.mail.ru", "", Sureness::guess},
                    Sample{"ovh", "hi", "", "IMAP4rev1", "ssl0.ovh.net", "", Sureness::guess},
                    Sample{"gmail", "", "", "", "", "ASPMX.L.GOOGLE.COM.", Sureness::guess},
                    Sample{"microsoft365", "", "", "", "", "corp-example.mail.protection.outlook.com", Sureness::guess},
                    Sample{"fastmail", "", "", "", "", "in1-smtp.messagingengine.com", Sureness::guess}));

TEST(Recognition, does_not_take_one_server_for_another) {
    Evidence evidence;
    evidence.greeting = "IMAP4 service ready";
    evidence.host = "notgmail.com.example";
    evidence.capabilities.insert("XAPPLEPUSHSERVICE");  // Dovecot and Cyrus may have it too
    EXPECT_EQ(recognise(built_in_profiles(), evidence).profile, nullptr);
    evidence.host = "mygmail.com";
    EXPECT_EQ(recognise(built_in_profiles(), evidence).profile, nullptr);
}

TEST(Connections, are_the_profiles_or_two_to_four_for_who_is_not_known) {
    const auto pair_for = [](std::string_view words, std::string_view host) {
        const Connections found = connections_for(words, host, imap::CapabilitySet());
        return std::pair(found.first, found.most);
    };
    EXPECT_EQ(pair_for("Dovecot", "10.0.0.5"), std::pair(4U, 8U));
    EXPECT_EQ(pair_for("GImap", "imap.gmail.com"), std::pair(4U, 8U));
    EXPECT_EQ(pair_for("", "imap.mail.yahoo.com"), std::pair(2U, 4U));
    EXPECT_EQ(pair_for("mailhaul demo", "127.0.0.1"), std::pair(2U, 4U));
}

TEST(Autoconfig, names_imap_servers_with_encryption_in_order) {
    const auto servers = servers_in_autoconfig(
        "<clientConfig version=\"1.1\"><emailProvider id=\"x\">"
        "<incomingServer type=\"pop3\"><hostname>pop.x</hostname><port>995</port><socketType>SSL</socketType></incomingServer>"
        "<incomingServer type=\"imap\">\n <hostname> imap.%EMAILDOMAIN% "
        "</hostname>\n<port>993</port><socketType>SSL</socketType>"
        "<username>%EMAILLOCALPART%</username></incomingServer>"
        "<incomingServer type='imap'><hostname>b.example</hostname><port>143</port><socketType>STARTTLS</socketType>"
        "<username>%EMAILADDRESS%</username></incomingServer>"
        "<incomingServer "
        "type=\"imap\"><hostname>c.example</hostname><port>143</port><socketType>plain</socketType></incomingServer>"
        "<incomingServer type=\"imap\"><hostname>a b</hostname><port>993</port><socketType>SSL</socketType></incomingServer>"
        "</emailProvider></clientConfig>",
        "ann@old.example");
    ASSERT_EQ(servers.size(), 2U);
    EXPECT_EQ(servers[0].host, "imap.old.example");
    EXPECT_EQ(servers[0].user, "ann");
    EXPECT_TRUE(servers[0].implicit_tls);
    EXPECT_EQ(servers[1].user, "ann@old.example");
    EXPECT_FALSE(servers[1].implicit_tls);
}

TEST(Autoconfig, of_any_octets_is_at_most_nothing) {
    for (const char* xml : {"", "<incomingServer", "<incomingServer type=\"imap\">", "<incomingServerX>", "<html>404</html>",
                            "<incomingServer type=\"imap\"><port>99999</port></incomingServer>"})
        EXPECT_TRUE(servers_in_autoconfig(xml, "a@b").empty()) << xml;
}

}  // namespace
}  // namespace mailhaul::provider
