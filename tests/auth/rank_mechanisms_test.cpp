// SPDX-License-Identifier: Apache-2.0
// Which mechanism comes first: one row per kind of credentials, connection and offer.
#include <gtest/gtest.h>

#include <sstream>

#include "auth/mechanism.hpp"

namespace mailhaul::auth {
namespace {

std::vector<std::string> words(const std::string& text) {
    std::istringstream in(text);
    return {std::istream_iterator<std::string>(in), {}};
}

struct Row {
    const char* case_name;
    const char* have;     ///< of: password token owner (authorize_as) binding
    const char* over;     ///< of: tls clear (allowed) nologin (LOGINDISABLED)
    const char* offered;  ///< AUTH= names
    const char* ranked;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.case_name; }

class Ranking : public testing::TestWithParam<Row> {};

TEST_P(Ranking, is_as_in_the_table) {
    const std::string have = GetParam().have;
    const std::string over = GetParam().over;
    Credentials credentials;
    credentials.user = "u";
    if (have.contains("password")) credentials.password = Secret("p");
    if (have.contains("token")) credentials.token = Secret("t");
    if (have.contains("owner")) credentials.authorize_as = "o";
    if (have.contains("binding")) credentials.binding_type = credentials.binding_data = "tls-exporter";
    Offer offer;
    offer.mechanisms = words(GetParam().offered);
    offer.encrypted = over.contains("tls");
    offer.clear_text_allowed = over.contains("clear");
    offer.login_disabled = over.contains("nologin");
    EXPECT_EQ(rank_mechanisms(credentials, offer), words(GetParam().ranked));
}

constexpr const char* all =
    "CRAM-MD5 LOGIN PLAIN GSSAPI SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-256-PLUS OAUTHBEARER XOAUTH2 EXTERNAL";

INSTANTIATE_TEST_SUITE_P(
    table, Ranking,
    testing::Values(
        Row{"everything offered", "password", "tls", all, "SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN-COMMAND LOGIN CRAM-MD5"},
        Row{"channel binding data at hand", "password binding", "tls", all,
            "SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN-COMMAND LOGIN CRAM-MD5"},
        Row{"SCRAM of every length, with channel binding data", "password binding", "tls",
            "SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-512 SCRAM-SHA-512-PLUS",
            "SCRAM-SHA-512-PLUS SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1-PLUS LOGIN-COMMAND"},
        Row{"nothing offered", "password", "tls", "", "LOGIN-COMMAND"},
        Row{"nothing offered, LOGINDISABLED", "password", "tls nologin", "", ""},
        Row{"LOGINDISABLED under TLS", "password", "tls nologin", "PLAIN LOGIN", "PLAIN LOGIN"},
        Row{"plaintext not agreed to", "password", "", all, "SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5"},
        Row{"plaintext agreed to", "password", "clear", all, "SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN-COMMAND LOGIN"},
        Row{"plaintext not agreed to, poor server", "password", "", "PLAIN LOGIN", ""},
        Row{"administrator for a user", "password owner", "tls", all, "PLAIN SCRAM-SHA-256 SCRAM-SHA-1"},
        Row{"administrator, mechanisms that cannot say it", "password owner", "tls", "LOGIN CRAM-MD5", ""},
        Row{"administrator in plaintext not agreed to", "password owner", "", "PLAIN SCRAM-SHA-1", "SCRAM-SHA-1"},
        Row{"administrator in plaintext agreed to", "password owner", "clear", "PLAIN SCRAM-SHA-1", "SCRAM-SHA-1 PLAIN"},
        Row{"token", "token", "tls", all, "XOAUTH2 OAUTHBEARER"},
        Row{"token, one offered", "token", "tls", "PLAIN OAUTHBEARER", "OAUTHBEARER"},
        Row{"token is never a password", "token", "tls", "PLAIN LOGIN", ""},
        Row{"token in plaintext not agreed to", "token", "", all, ""},
        Row{"token in plaintext agreed to", "token", "clear", all, "XOAUTH2 OAUTHBEARER"},
        Row{"token and password", "token password", "tls", "XOAUTH2 PLAIN", "XOAUTH2 PLAIN LOGIN-COMMAND"},
        Row{"neither", "", "tls", all, "EXTERNAL"}));

}  // namespace
}  // namespace mailhaul::auth
