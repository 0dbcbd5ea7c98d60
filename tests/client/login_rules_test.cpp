// SPDX-License-Identifier: Apache-2.0
// The rules of logging in that protect accounts: how often a password is sent, to whom, and whose mailbox it opened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "client/bench.hpp"
#include "client/connection.hpp"
#include "client/prove_impersonation.hpp"
#include "demo/scripted_peer.hpp"
#include "testkit/played_context.hpp"

namespace mailhaul::client {
namespace {

using demo::ScriptedPeer;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// As run(), though somebody still listens: returns when `task` does.
void run_alone(asio::io_context& io, Task<void> task) {
    bool ended = false;
    asio::co_spawn(io, std::move(task), [&](const std::exception_ptr& thrown) {
        ended = true;
        io.stop();
        if (thrown) std::rethrow_exception(thrown);
    });
    io.restart();
    io.run_for(std::chrono::seconds(60));
    EXPECT_TRUE(ended) << "the coroutine still waits";
}

/// A script, and somebody who logs in to it.
struct Scene {
    asio::io_context io;
    ScriptedPeer peer{io.get_executor()};
    Access access;
    Transcript transcript;
    std::string mechanism;
    std::string proof;
    std::optional<Error> error;

    Access& prepare() {
        EXPECT_TRUE(peer.start().ok());
        access = access_to(peer.port());
        return access;
    }

    /// Logs in once, and proves whose mailbox it is where that is asked for.
    void log_in() {
        error.reset();
        run_alone(io, [](Scene& scene) -> Task<void> {
            auto connected = co_await connect(scene.access, scene.transcript.log());
            if (connected.ok()) {
                scene.mechanism = connected.value()->mechanism();
                auto proven = co_await prove_impersonation(*connected.value());
                if (proven.ok()) scene.proof = std::move(proven).value();
                else scene.error = std::move(proven).error();
                co_await connected.value()->close();
            } else {
                scene.error = std::move(connected).error();
            }
        }(*this));
    }

    ~Scene() {
        run_alone(io, [](Scene& scene) -> Task<void> { co_await scene.peer.stop(); }(*this));
    }
};

std::string offer(const std::string& capabilities) { return "* OK [CAPABILITY IMAP4rev1 " + capabilities + "] hi\r\n"; }

/// Takes an answer to CRAM-MD5, and says `no`.
void refuse_cram_md5(ScriptedPeer& peer, const std::string& capabilities, const std::string& no) {
    peer.send(offer(capabilities))
        .expect("AUTHENTICATE CRAM-MD5")
        .send("+ PDEyMz4=\r\n")
        .read_octets(Octets(1))
        .expect("")
        .send("m1 " + no + "\r\n");
}

/// Goes on where the mechanism began: the dialogue of a login that ends well, and of a logout.
void let_in_and_out(ScriptedPeer& peer) {
    peer.send("m1 OK [CAPABILITY IMAP4rev1] in\r\n").expect("LOGOUT").send("%T OK bye\r\n");
}

TEST(LoginRules, no_more_than_two_refused_passwords_leave_in_one_run_whatever_the_number_of_connections) {
    Scene scene;
    refuse_cram_md5(scene.peer, "AUTH=CRAM-MD5 LOGINDISABLED", "NO [AUTHENTICATIONFAILED] no");
    scene.prepare();
    for (int i = 0; i < 4; ++i) {
        scene.log_in();
        ASSERT_TRUE(scene.error);
        EXPECT_EQ(scene.error->code, Errc::login_refused);
    }
    EXPECT_THAT(scene.error->message, HasSubstr("refused 2 times in this run and is not sent again"));
    EXPECT_EQ(scene.access.logins->refusals(), 2);
}

TEST(LoginRules, after_a_clear_password_was_refused_no_connection_sends_it_again) {
    Scene scene;
    scene.peer.send(offer("")).expect("LOGIN").send("%T NO [AUTHENTICATIONFAILED] no\r\n");
    scene.prepare();
    scene.log_in();
    EXPECT_THAT(scene.error->message, HasSubstr("check the user name and password"));
    scene.log_in();
    EXPECT_THAT(scene.error->message, HasSubstr("is not sent again"));
}

TEST(LoginRules, a_clear_password_never_follows_a_hashed_one_to_a_server_nobody_has_verified) {
    Scene scene;
    refuse_cram_md5(scene.peer, "AUTH=CRAM-MD5 AUTH=PLAIN SASL-IR", "NO no");
    scene.prepare();
    scene.log_in();
    ASSERT_TRUE(scene.error);
    EXPECT_EQ(scene.error->code, Errc::login_refused);
    EXPECT_THAT(scene.transcript.text, Not(HasSubstr("PLAIN <redacted>")));
    EXPECT_EQ(scene.access.logins->refusals(), 1);
}

TEST(LoginRules, a_server_that_once_had_TLS_gets_nothing_in_clear_text_where_it_stops_offering_it) {
    Scene scene;
    scene.peer.send(offer("")).hold();
    scene.prepare().security = Security::starttls_if_offered;
    scene.access.logins->note_encrypted();
    scene.log_in();
    ASSERT_TRUE(scene.error);
    EXPECT_EQ(scene.error->code, Errc::plaintext_refused);
    EXPECT_THAT(scene.error->message, HasSubstr("tampering"));
}

TEST(LoginRules, NTLM_is_spoken_by_those_who_ask_for_it) {
    const std::string challenge =
        "TlRMTVNTUAACAAAAAAAAADgAAAAzgoriASNFZ4mrze8AAAAAAAAAACQAJAA4AAAAAAAAAAAAAAACAAwARABvAG0AYQ"
        "BpAG4AAQAMAFMAZQByAHYAZQByAAAAAAA="
        "";
    Scene scene;
    scene.peer.send(offer("SASL-IR AUTH=NTLM AUTH=PLAIN"))
        .expect("AUTHENTICATE NTLM TlRMTVNTUAABAAAA")
        .send("+ " + challenge + "\r\n")
        .expect("");
    let_in_and_out(scene.peer);
    scene.prepare().mechanism = "NTLM";
    scene.log_in();
    EXPECT_FALSE(scene.error) << scene.error->describe();
    EXPECT_EQ(scene.mechanism, "NTLM");
    EXPECT_THAT(scene.peer.failures(), IsEmpty());
}

TEST(LoginRules, GSSAPI_takes_a_ticket_for_this_host_and_no_password) {
    Scene scene;
    scene.peer.send(offer("SASL-IR AUTH=GSSAPI AUTH=PLAIN"))
        .expect("AUTHENTICATE GSSAPI QVAtUkVR")  // AP-REQ
        .send("+ QVAtUkVQ\r\n")                  // AP-REP
        .expect("")
        .send("+ WwcAEABd\r\n")  // [ 7: all layers, 4096 octets ]
        .expect("");             // [ 1: none, ann ]
    let_in_and_out(scene.peer);
    scene.prepare().mechanism = "GSSAPI";
    std::string asked_for;
    scene.access.security_context = [&](const std::string& host) -> Result<std::unique_ptr<auth::SecurityContext>> {
        asked_for = host;
        return std::unique_ptr<auth::SecurityContext>(std::make_unique<testkit::PlayedContext>());
    };
    scene.log_in();
    EXPECT_FALSE(scene.error) << scene.error->describe();
    EXPECT_EQ(scene.mechanism, "GSSAPI");
    EXPECT_EQ(asked_for, scene.access.host);
    EXPECT_THAT(scene.peer.failures(), IsEmpty());
    EXPECT_THAT(scene.transcript.text, Not(HasSubstr("QVAtUkVR"))) << "tickets are secrets";
}

TEST(LoginRules, without_a_ticket_nothing_is_sent) {
    Scene scene;
    scene.peer.send(offer("SASL-IR AUTH=GSSAPI AUTH=PLAIN")).expect("LOGOUT").send("%T OK bye\r\n");
    scene.prepare().mechanism = "GSSAPI";
    scene.access.security_context = [](const std::string&) -> Result<std::unique_ptr<auth::SecurityContext>> {
        return Error(Errc::credential_unavailable, Scope::account, Retry::never, "there is no Kerberos ticket");
    };
    scene.log_in();
    ASSERT_TRUE(scene.error);
    EXPECT_EQ(scene.error->code, Errc::credential_unavailable);
    EXPECT_THAT(scene.transcript.text, Not(HasSubstr("AUTHENTICATE")));
}

TEST(LoginRules, PROXYAUTH_follows_an_ordinary_login_and_its_capabilities_are_the_users) {
    Scene scene;
    scene.peer.send(offer("X-NETSCAPE"))
        .expect("LOGIN ann secret")
        .send("%T OK [CAPABILITY IMAP4rev1] in\r\n")
        .expect("PROXYAUTH bob@example.org")
        .send("%T OK [CAPABILITY IMAP4rev1 IDLE] now bob\r\n")
        .expect("LOGOUT")
        .send("%T OK bye\r\n");
    scene.prepare().authorize_as = "bob@example.org";
    scene.access.impersonation = Impersonation::proxyauth;
    run_alone(scene.io, [](Scene& of) -> Task<void> {
        auto connected = co_await connect(of.access, of.transcript.log());
        EXPECT_TRUE(connected.ok());
        if (!connected.ok()) co_return;
        EXPECT_TRUE(connected.value()->capabilities().has("IDLE"));
        co_await connected.value()->close();
    }(scene));
    EXPECT_THAT(scene.peer.failures(), IsEmpty());
}

TEST(LoginRules, PROXYAUTH_that_is_refused_names_both_people) {
    Scene scene;
    scene.peer.send(offer("")).expect("LOGIN").send("%T OK in\r\n").expect("PROXYAUTH").send("%T NO not allowed\r\n");
    scene.prepare().authorize_as = "bob";
    scene.access.impersonation = Impersonation::proxyauth;
    scene.log_in();
    ASSERT_TRUE(scene.error);
    EXPECT_EQ(scene.error->code, Errc::login_refused);
    EXPECT_THAT(scene.error->describe(),
                HasSubstr("PROXYAUTH as bob is refused: does the user exist, and may ann act for others"));
}

TEST(LoginRules, Kerios_master_login_answers_the_challenge_with_a_digest_and_names_the_user) {
    Scene scene;
    scene.peer.send(offer("X-MASTERAUTH"))
        .expect("X-MASTERAUTH")
        .send("+ <3928.1449@kerio>\r\n")
        .read_octets(Octets(32 + 2))  // MD5 in hex, CR LF
        .send("m1 OK master\r\n")
        .expect("X-SETUSER bob")
        .send("%T OK [CAPABILITY IMAP4rev1] bob\r\n")
        .expect("LOGOUT")
        .send("%T OK bye\r\n");
    scene.prepare().authorize_as = "bob";
    scene.access.impersonation = Impersonation::kerio_master;
    scene.log_in();
    EXPECT_FALSE(scene.error) << scene.error->describe();
    EXPECT_EQ(scene.mechanism, "X-MASTERAUTH");
    EXPECT_THAT(scene.peer.failures(), IsEmpty());
    EXPECT_THAT(scene.transcript.text, Not(HasSubstr("secret")));
}

/// Every connection plays it, so the administrator's own session shows what the user's did: a server that ignores whose
/// mail was asked for.
ScriptedPeer& ignores_the_authorization_identity(ScriptedPeer& peer, const std::string& messages) {
    return peer.send(offer("AUTH=PLAIN SASL-IR"))
        .expect("AUTHENTICATE PLAIN")
        .send("%T OK [CAPABILITY IMAP4rev1] in\r\n")
        .expect("EXAMINE INBOX")
        .send(messages + "* OK [UIDVALIDITY 77] ok\r\n* OK [UIDNEXT 5] ok\r\n%T OK [READ-ONLY] open\r\n");
}

TEST(LoginRules, an_authorization_identity_that_the_server_ignores_is_found_out) {
    Scene scene;
    ignores_the_authorization_identity(scene.peer, "* 1 EXISTS\r\n")
        .expect("UID FETCH 1:*")
        .send("* 1 FETCH (UID 4 RFC822.SIZE 100 INTERNALDATE \"01-Jan-2024 00:00:00 +0000\")\r\n%T OK done\r\n")
        .expect("CLOSE")
        .send("%T OK closed\r\n");
    scene.prepare().authorize_as = "bob";
    scene.log_in();
    ASSERT_TRUE(scene.error);
    EXPECT_EQ(scene.error->code, Errc::login_refused);
    EXPECT_THAT(scene.error->message, HasSubstr("opened ann's own mailbox (the same UIDVALIDITY and messages)"));
    EXPECT_EQ(scene.peer.connections(), 2U);
}

TEST(LoginRules, two_empty_mailboxes_of_one_age_prove_nothing) {
    Scene scene;
    ignores_the_authorization_identity(scene.peer, "* 0 EXISTS\r\n")
        .expect("CLOSE")
        .send("%T OK closed\r\n")
        .expect("LOGOUT")
        .send("%T OK bye\r\n");
    scene.prepare().authorize_as = "bob";
    scene.log_in();
    ASSERT_TRUE(scene.error);
    EXPECT_THAT(scene.error->message, HasSubstr("nothing tells the mail of bob from ann's own"));
}

TEST(LoginRules, no_proof_is_asked_for_where_one_opens_ones_own_mailbox) {
    Scene scene;
    scene.peer.send(offer(""))
        .expect("LOGIN")
        .send("%T OK [CAPABILITY IMAP4rev1] in\r\n")
        .expect("LOGOUT")
        .send("%T OK bye\r\n");
    scene.prepare();
    scene.log_in();
    EXPECT_FALSE(scene.error);
    EXPECT_EQ(scene.peer.connections(), 1U);
    EXPECT_THAT(scene.proof, IsEmpty());
}

}  // namespace
}  // namespace mailhaul::client
