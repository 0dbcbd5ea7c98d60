// SPDX-License-Identifier: Apache-2.0
// What servers were seen to say when they refuse, and what is made of it: a row each.
#include "client/classify.hpp"

#include <gtest/gtest.h>

#include <ostream>

#include "imap/codec/parser.hpp"

namespace mailhaul::client {
namespace {

struct Row {
    const char* said;  ///< after the tag
    Doing doing;
    Errc code;
    Scope scope;
    Retry retry;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.said; }

class Refusals : public testing::TestWithParam<Row> {};

TEST_P(Refusals, are_taken_for_what_they_mean) {
    const Row& row = GetParam();
    const std::string line = (std::string(row.said).starts_with("BYE") ? "* " : "A1 ") + std::string(row.said);
    imap::RawResponse raw;
    raw.text = line;
    const imap::Response parsed = imap::parse_response(raw);
    const auto* status = std::get_if<imap::StatusResponse>(&parsed);
    ASSERT_NE(status, nullptr);
    const Error error = error_from(*status, row.doing, "it");
    EXPECT_EQ(error.code, row.code) << error.describe();
    EXPECT_EQ(error.scope, row.scope);
    EXPECT_EQ(error.retry, row.retry);
}

INSTANTIATE_TEST_SUITE_P(
    of_servers, Refusals,
    testing::Values(
        // to be waited for
        Row{"NO Request is throttled. Suggested Backoff Time: 299961 milliseconds", Doing::appending, Errc::throttled,
            Scope::account, Retry::later},
        Row{"BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds", Doing::fetching, Errc::throttled,
            Scope::account, Retry::later},
        Row{"NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", Doing::appending, Errc::throttled,
            Scope::account, Retry::later},
        Row{"NO [LIMIT] UID FETCH Rate limit hit.", Doing::fetching, Errc::throttled, Scope::account, Retry::later},
        Row{"NO [THROTTLED] slower please", Doing::fetching, Errc::throttled, Scope::account, Retry::later},
        Row{"NO FETCH failed (throttled 30 secs)", Doing::fetching, Errc::throttled, Scope::account, Retry::later},
        Row{"NO Server Unavailable. 15", Doing::opening, Errc::server_unavailable, Scope::account, Retry::later},
        Row{"BAD User is authenticated but not connected.", Doing::opening, Errc::server_unavailable, Scope::account,
            Retry::later},
        Row{"BYE System going down for maintenance", Doing::fetching, Errc::server_unavailable, Scope::account, Retry::later},
        // fewer connections
        Row{"NO [ALERT] Too many simultaneous connections. (Failure)", Doing::logging_in, Errc::too_many_connections,
            Scope::account, Retry::later},
        Row{"NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
            Doing::logging_in, Errc::too_many_connections, Scope::account, Retry::later},
        Row{"BYE Too many open connections", Doing::connecting, Errc::too_many_connections, Scope::account, Retry::later},
        // another connection
        Row{"BYE Session invalidated - AccessTokenExpired", Doing::fetching, Errc::connection_lost, Scope::account, Retry::now},
        Row{"BYE Session expired, please login again.", Doing::fetching, Errc::connection_lost, Scope::account, Retry::now},
        Row{"BYE Connection is closed. 13", Doing::appending, Errc::connection_lost, Scope::account, Retry::now},
        // this message, and no more
        Row{"NO Message size exceeds fixed maximum message size", Doing::appending, Errc::too_big, Scope::message,
            Retry::never},
        Row{"NO Maximum size of appendable message has been exceeded.", Doing::appending, Errc::too_big, Scope::message,
            Retry::never},
        Row{"NO [TOOBIG] no", Doing::appending, Errc::too_big, Scope::message, Retry::never},
        Row{"BAD Command Argument Error. 11", Doing::appending, Errc::message_refused, Scope::message, Retry::never},
        Row{"NO Message contains NUL characters", Doing::appending, Errc::message_refused, Scope::message, Retry::never},
        Row{"NO Message contains invalid header", Doing::appending, Errc::message_refused, Scope::message, Retry::never},
        Row{"NO header limit reached", Doing::appending, Errc::message_refused, Scope::message, Retry::never},
        Row{"NO APPEND this message contains a virus", Doing::appending, Errc::message_refused, Scope::message, Retry::never},
        Row{"NO [CLIENTBUG] Additional arguments found after last expected argument", Doing::appending, Errc::message_refused,
            Scope::message, Retry::never},
        Row{"NO [SERVERBUG] FETCH Server error while fetching messages", Doing::fetching, Errc::message_unreadable,
            Scope::message, Retry::now},
        Row{"NO UID FETCH Backend error", Doing::fetching, Errc::message_unreadable, Scope::message, Retry::now},
        // no room
        Row{"NO Quota limit will be exceeded", Doing::appending, Errc::over_quota, Scope::account, Retry::never},
        Row{"NO mailbox full: it is time to find a bigger place", Doing::appending, Errc::over_quota, Scope::account,
            Retry::never},
        Row{"NO [OVERQUOTA] Over quota", Doing::appending, Errc::over_quota, Scope::account, Retry::never},
        // a name
        Row{"NO [CANNOT] Folder name is reserved.", Doing::creating, Errc::mailbox_refused, Scope::mailbox, Retry::never},
        Row{"NO Character not allowed in mailbox name: '/'", Doing::creating, Errc::mailbox_refused, Scope::mailbox,
            Retry::never},
        Row{"NO [TRYCREATE] Must create mailbox before append", Doing::appending, Errc::mailbox_missing, Scope::mailbox,
            Retry::now},
        // a login
        Row{"NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
            Doing::logging_in, Errc::login_refused, Scope::account, Retry::never},
        Row{"NO Login failure, cannot convert Mailbox: code 02:46", Doing::logging_in, Errc::login_refused, Scope::account,
            Retry::never},
        Row{"NO [PRIVACYREQUIRED] Login only available under a layer", Doing::logging_in, Errc::login_unavailable,
            Scope::account, Retry::never}));

}  // namespace
}  // namespace mailhaul::client
