// SPDX-License-Identifier: Apache-2.0
// The words come from servers seen in the field. First match wins, from the special to the general: what the server says in
// so many words, then what its kind means by saying little, then what the credentials suggest.
#include "app/diagnose_login.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "client/classify.hpp"
#include "provider/profile.hpp"
#include "provider/recognise.hpp"

namespace mailhaul::app {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

/// Words that mean one thing wherever they come from.
struct Words {
    std::string_view said;  ///< lower case
    LoginCause cause;
    std::string_view next_step;
};

constexpr std::string_view switch_imap_on =
    "IMAP is switched off for this account: switch it on in the account's web settings, or have the administrator do it";
constexpr std::string_view look_in_browser =
    "the provider wants its owner to look first: log in to the account in a browser, answer what it asks, then try again";
constexpr std::string_view make_app_password = "make an app password for this account in its web settings, and use that";
constexpr std::string_view use_oauth = "this server takes no passwords any more: use mailhaul login --authorize microsoft";
constexpr std::string_view encrypt = "this server wants encryption first: use imaps://, or imap:// with STARTTLS";
constexpr std::string_view wait_for_lock = "the account is locked after failed logins: wait, or have it unlocked";

constexpr std::array words{
    Words{"application-specific password required", LoginCause::app_password_needed, make_app_password},
    Words{"app password", LoginCause::app_password_needed, make_app_password},
    Words{"please log in via your web browser", LoginCause::blocked, look_in_browser},
    Words{"webalert", LoginCause::blocked, look_in_browser},
    Words{"your account is not enabled for imap", LoginCause::imap_off, switch_imap_on},
    Words{"imap access is disabled", LoginCause::imap_off, switch_imap_on},
    Words{"imap is disabled", LoginCause::imap_off, switch_imap_on},
    Words{"not enabled for imap", LoginCause::imap_off, switch_imap_on},
    Words{"imap not enabled", LoginCause::imap_off, switch_imap_on},
    Words{"user is authenticated but not connected", LoginCause::mailbox_permission,
          "the login is right but the mailbox does not open: check that this user has full access to it (which can take an "
          "hour to "
          "come through), that it exists, and that not too many connections are open"},
    Words{"basicauthblocked", LoginCause::oauth_needed, use_oauth},
    Words{"logondenied-basic", LoginCause::oauth_needed, use_oauth},
    Words{"privacyrequired", LoginCause::not_encrypted, encrypt},
    Words{"plaintext authentication disallowed", LoginCause::not_encrypted, encrypt},
    Words{"login only available under a layer", LoginCause::not_encrypted, encrypt},
    Words{"command received in invalid state", LoginCause::not_encrypted, encrypt},
    Words{"authorizationfailed", LoginCause::impersonation,
          "the secret is right, but this user may not act for that mailbox: have the server's administrator allow it"},
    Words{"[expired]", LoginCause::password_expired, "the password has expired: set a new one"},
    Words{"invalid_token", LoginCause::wrong_scope,
          "the token is not for this server or not for this mailbox: check the scope, and whose consent it was"},
    Words{"insufficient_scope", LoginCause::wrong_scope,
          "the token lacks the scope for IMAP: get one with it (mailhaul login --authorize)"},
    Words{"too many", LoginCause::throttled,
          "the server wants fewer attempts or connections: wait some minutes, then try again"},
    Words{"temporarily locked", LoginCause::blocked, wait_for_lock},
    Words{"account is locked", LoginCause::blocked, wait_for_lock},
};

std::optional<Diagnosis> by_words(const Error& error) {
    const std::string said = lower(error.server_text) + " " + lower(error.message);
    for (const Words& row : words)
        if (said.find(row.said) != std::string::npos) return Diagnosis{row.cause, std::string(row.next_step)};
    return std::nullopt;
}

/// Microsoft says little more than `AUTHENTICATE failed.`, whatever the reason.
Diagnosis of_microsoft(const LoginFacts& facts) {
    if (facts.credential == Credential::password)
        return {LoginCause::oauth_needed,
                "Microsoft takes no passwords any more: get an authorization with mailhaul login --authorize microsoft, and "
                "log in with "
                "--oauth"};
    return {LoginCause::wrong_scope,
            "Microsoft does not say which of these it is: the token is for something else than IMAP (scope "
            "IMAP.AccessAsUser.All, or "
            "IMAP.AccessAsApp for an application), IMAP is off for the mailbox, the user name is not the mailbox's primary "
            "address, or "
            "the user or application has no full access to it (an application: its service principal in Exchange, by the "
            "enterprise "
            "application's object id)"};
}

Diagnosis of_profile(const provider::Profile& profile, const LoginFacts& facts) {
    if (profile.id == "microsoft365") return of_microsoft(facts);
    if (facts.credential == Credential::password && profile.password == provider::Password::app)
        return {LoginCause::app_password_needed,
                profile.name +
                    " does not take the account's own password over IMAP: make an app password in its web settings and use "
                    "that" +
                    (profile.oauth.empty() ? "" : ", or use mailhaul login --authorize " + profile.oauth) +
                    "; IMAP must be switched on there too"};
    if (facts.credential == Credential::token)
        return {LoginCause::wrong_scope,
                profile.name + " refuses the token: check that it was given for this mailbox and with the scope for IMAP" +
                    (profile.oauth.empty() ? "" : " (mailhaul login --authorize " + profile.oauth + ")")};
    return {};
}

Diagnosis by_credentials(const LoginFacts& facts) {
    const bool is_secret = facts.credential == Credential::password || facts.credential == Credential::token;
    if (is_secret && !facts.authorize_as.empty() && facts.authorize_as != facts.user)
        return {LoginCause::wrong_secret,
                "check the password of " + facts.user + ", and that " + facts.user + " may act for others here"};
    if (facts.credential == Credential::token)
        return {LoginCause::wrong_scope, "check that the token was given for this mailbox and with the scope for IMAP"};
    if (facts.credential == Credential::ticket)
        return {LoginCause::mailbox_permission, "the Kerberos ticket is good, but the server does not open the mailbox of " +
                                                    (facts.authorize_as.empty() ? facts.user : facts.authorize_as) +
                                                    " with it: check the name, and have the server's administrator allow it"};
    if (facts.credential == Credential::certificate)
        return {LoginCause::wrong_secret, "check that the server trusts the certificate's issuer and knows the name in it"};
    if (facts.user.find('@') == std::string::npos)
        return {LoginCause::wrong_secret, "check the password; some servers want the whole address as the user name: " +
                                              facts.user + "%40DOMAIN@" + facts.host + " in the account's URL"};
    return {LoginCause::wrong_secret, "check the password, and that IMAP is switched on for the account"};
}

}  // namespace

Diagnosis diagnose_login(const Error& error, const LoginFacts& facts) {
    switch (error.code) {
        case Errc::login_refused:
        case Errc::login_unavailable: break;
        case Errc::throttled:
        case Errc::too_many_connections:
            return {LoginCause::throttled, "the server wants fewer connections: wait some minutes, then try again"};
        default: return {};
    }
    if (auto found = by_words(error)) return std::move(*found);
    provider::Evidence evidence;
    evidence.host = facts.host;
    evidence.greeting = evidence.id = facts.server;
    const auto recognised = provider::recognise(provider::built_in_profiles(), evidence);
    if (recognised.profile != nullptr) {
        Diagnosis found = of_profile(*recognised.profile, facts);
        if (found.cause != LoginCause::unknown) return found;
    }
    if (error.code == Errc::login_unavailable)
        return {LoginCause::no_common_way,
                facts.credential == Credential::ticket && facts.is_mechanism_offered
                    ? "the server took no Kerberos ticket: why stands in its log (its key, its clock, its host name)"
                    : ""};
    return by_credentials(facts);
}

LoginFacts facts_of(const client::Connection& connection) {
    const client::Access& access = connection.access();
    LoginFacts facts;
    facts.host = access.host;
    facts.server = connection.server();
    facts.user = access.user;
    facts.authorize_as = access.authorize_as;
    if (access.tokens || access.token) facts.credential = Credential::token;
    else if (access.mechanism == "EXTERNAL") facts.credential = Credential::certificate;
    else if (access.mechanism == "GSSAPI") facts.credential = Credential::ticket;
    facts.is_mechanism_offered = connection.capabilities().has("AUTH=" + access.mechanism);
    return facts;
}

Error with_next_step(Error error, const client::Connection& connection) {
    const Diagnosis found = diagnose_login(error, facts_of(connection));
    if (found.next_step.empty()) return error;
    // The general advice makes way for the special.
    if (error.message.ends_with(client::check_credentials))
        error.message.resize(error.message.size() - client::check_credentials.size());
    else error.message += "; ";
    error.message += found.next_step;
    return error;
}

std::string_view name_of(LoginCause cause) {
    switch (cause) {
        case LoginCause::unknown: return "unknown";
        case LoginCause::wrong_secret: return "wrong_secret";
        case LoginCause::imap_off: return "imap_off";
        case LoginCause::app_password_needed: return "app_password_needed";
        case LoginCause::oauth_needed: return "oauth_needed";
        case LoginCause::wrong_scope: return "wrong_scope";
        case LoginCause::mailbox_permission: return "mailbox_permission";
        case LoginCause::impersonation: return "impersonation";
        case LoginCause::throttled: return "throttled";
        case LoginCause::blocked: return "blocked";
        case LoginCause::password_expired: return "password_expired";
        case LoginCause::not_encrypted: return "not_encrypted";
        case LoginCause::no_common_way: break;
    }
    return "no_common_way";
}

}  // namespace mailhaul::app
