// SPDX-License-Identifier: Apache-2.0
// Logging in: the half of Connection that turns a greeting into an authenticated session.
// Order (RFC 9051 section 6.2, RFC 4978, RFC 2971): authenticate, learn capabilities anew, ID, COMPRESS.
#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "async/on_thread.hpp"
#include "base/base64.hpp"
#include "client/connection.hpp"
#include "client/pump.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::client {
namespace {

std::string random_nonce() {
    std::random_device random;  // the kernel's generator
    std::string octets;
    for (int i = 0; i < 18; ++i) octets += static_cast<char>(random() & 0xFFU);
    return base64_from(octets);
}

auth::Offer offer_of(const Connection& connection, bool encrypted) {
    auth::Offer offer;
    for (const std::string& capability : connection.capabilities())
        if (capability.starts_with("AUTH=")) offer.mechanisms.push_back(capability.substr(5));
    offer.login_disabled = connection.capabilities().has("LOGINDISABLED");
    offer.encrypted = encrypted;
    offer.clear_text_allowed = connection.access().clear_text_allowed;
    return offer;
}

std::string words_of_offer(const auth::Offer& offer) {
    std::string offered;
    for (const std::string& name : offer.mechanisms) offered += (offered.empty() ? "" : " ") + name;
    return offered;
}

Error no_mechanism(const Connection& connection, const auth::Offer& offer, bool has_token) {
    const std::string offered = words_of_offer(offer);
    return {Errc::login_unavailable, Scope::account, Retry::never,
            connection.access().label() + ": no way to log in with a " + (has_token ? "token" : "password") +
                " here; the server offers " + (offered.empty() ? "no SASL mechanism" : offered) +
                (offer.login_disabled ? " and has disabled LOGIN" : "") +
                (offer.encrypted ? "" : " on this unencrypted connection: use imaps:// or STARTTLS")};
}

/// A mechanism the operator named is taken at their word, and yet says no password where none may be said.
bool may_be_used(const std::string& mechanism, const auth::Offer& offer) {
    if (mechanism == "LOGIN-COMMAND" && offer.login_disabled) return false;
    const bool is_hashed = mechanism.starts_with("SCRAM-") || mechanism == "CRAM-MD5" || mechanism == "NTLM" ||
                           mechanism == "GSSAPI" || mechanism == "EXTERNAL";
    return is_hashed || offer.encrypted || offer.clear_text_allowed;
}

/// The mechanism that the operator asked for, where it is one to be tried.
std::string named_mechanism(const Access& access, const auth::Offer& offer) {
    const bool is_offered = std::ranges::find(offer.mechanisms, access.mechanism) != offer.mechanisms.end() ||
                            (access.mechanism == "LOGIN-COMMAND" && !offer.login_disabled);
    return access.mechanism_is_wish && !is_offered ? "" : access.mechanism;
}

/// A Kerberos conversation with this server, which begins at the KDC.
Task<Result<std::unique_ptr<auth::SecurityContext>>> begin_context(auth::SecurityContextSource source, std::string host) {
    using Begun = Result<std::unique_ptr<auth::SecurityContext>>;
    if (!source) co_return Error(Errc::login_unavailable, Scope::account, Retry::never, "no Kerberos here");
    const std::function<Begun()> begin = [source = std::move(source), host = std::move(host)] { return source(host); };
    co_return co_await on_thread(begin);
}

/// Picks the server's name out of an ID response.
class IdSink : public DataSink {
public:
    void on_response(imap::Response&& response) override {
        const auto* id = std::get_if<imap::IdResponse>(&response);
        if (id == nullptr) return;
        for (const auto& [field, value] : id->fields)
            if (value && (field == "name" || field == "version")) words += (words.empty() ? "" : " ") + *value;
    }
    std::string words;
};

}  // namespace

Task<Result<void>> Connection::login(Introduction introduction_is) {
    if (pump_->session.state() == imap::State::not_authenticated) MH_CO_TRY_VOID(co_await prove_identity());
    MH_CO_TRY_VOID(co_await learn_capabilities());
    if (introduction_is == Introduction::awaited) MH_CO_TRY_VOID(co_await introduce());
    if (pump_->access.compress && capabilities().has("COMPRESS=DEFLATE")) MH_CO_TRY_VOID(co_await compress());
    if (pump_->access.read_pace)
        pump_->stream = net::pace_reading(std::move(pump_->stream), pump_->access.read_pace, pump_->executor);
    pump_->run_duplex();
    const std::optional<imap::Command> words = introduction();
    if (introduction_is == Introduction::passed_by && words) post(*words, [](const Result<imap::StatusResponse>&) {});
    co_return Result<void>{};
}

/// Some servers open no mailbox before they were told who is there.
std::optional<imap::Command> Connection::introduction() const {
    if (!capabilities().has("ID") || !pump_->access.send_id) return std::nullopt;
    return imap::id_command({{"name", "mailhaul"}, {"version", MAILHAUL_VERSION}});
}

/// One refused token is renewed and tried once more, where its source says that there may be another.
Task<Result<void>> Connection::prove_identity() {
    if (pump_->access.impersonation == Impersonation::kerio_master && !pump_->access.authorize_as.empty())
        co_return co_await authenticate_as_kerio_master();
    MH_CO_TRY(first, co_await credentials());
    auto authenticated = co_await authenticate(std::move(first));
    const bool is_token_refused =
        !authenticated.ok() && authenticated.error().code == Errc::login_refused && pump_->access.tokens;
    if (is_token_refused && pump_->failure == std::nullopt && pump_->access.tokens->refused(pump_->used_token)) {
        MH_CO_TRY(second, co_await credentials());
        authenticated = co_await authenticate(std::move(second));
    }
    if (!authenticated.ok()) co_return authenticated;
    if (pump_->access.impersonation == Impersonation::proxyauth && !pump_->access.authorize_as.empty())
        co_return co_await become_user();
    co_return Result<void>{};
}

Task<Result<auth::Credentials>> Connection::credentials() {
    const Access& access = pump_->access;
    auth::Credentials credentials;
    credentials.user = access.user;
    if (access.impersonation == Impersonation::authorization_identity) credentials.authorize_as = access.authorize_as;
    credentials.host = access.host;
    credentials.port = access.port;
    credentials.now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    // What the version of TLS has: RFC 5802 section 6.1 below 1.3, RFC 9266 from there on.
    for (const char* type : {"tls-unique", "tls-exporter", "tls-server-end-point"}) {
        credentials.binding_data = pump_->stream->channel_binding(type);
        credentials.binding_type = credentials.binding_data.empty() ? "" : type;
        if (!credentials.binding_data.empty()) break;
    }
    if (access.tokens) {
        MH_CO_TRY(token, co_await access.tokens->token());
        pump_->replace_at = token.replace_connection;
        pump_->used_token = token.text;
        credentials.token = std::move(token.text);
    } else if (access.token) {
        MH_CO_TRY(token, access.token());
        credentials.token = std::move(token);
    }
    if (named_mechanism(access, offer_of(*this, is_encrypted())) == "GSSAPI") {
        MH_CO_TRY(context, co_await begin_context(access.security_context, access.host));
        credentials.context = std::move(context);
    }
    if (access.password && credentials.token.empty()) {
        MH_CO_TRY(password, access.password());
        credentials.password = std::move(password);
    }
    co_return credentials;
}

bool Connection::is_encrypted() const { return pump_->stream->describe().starts_with("TLS"); }

/// In the order to try them; what has worked before for this account comes first.
Result<std::vector<std::string>> Connection::mechanisms_for(const auth::Credentials& credentials) const {
    const auth::Offer offer = offer_of(*this, is_encrypted());
    const std::string named = named_mechanism(pump_->access, offer);
    std::vector<std::string> candidates;
    if (named.empty()) candidates = auth::rank_mechanisms(credentials, offer);
    else if (may_be_used(named, offer)) candidates.push_back(named);
    if (candidates.empty()) return no_mechanism(*this, offer, !credentials.token.empty());
    const auto known = std::ranges::find(candidates, pump_->access.logins->mechanism());
    if (known != candidates.end()) std::rotate(candidates.begin(), known, known + 1);
    return candidates;
}

/// One more mechanism is tried only where the first was not understood, or where a hashed one failed that this account may
/// not have (its password stored otherwise). A password is then shown only to a server that has proved who it is, and no
/// mechanism follows a clear one that was refused. All connections of the account together submit two at most.
Task<Result<void>> Connection::authenticate(auth::Credentials credentials) {
    MH_CO_TRY(candidates, mechanisms_for(credentials));
    LoginMemory& memory = *pump_->access.logins;
    const bool has_token = !credentials.token.empty();
    const bool is_known_server = is_encrypted() && pump_->access.tls.verification != net::Verification::none;
    if (!has_token && !memory.may_submit())
        co_return Error{Errc::login_refused, Scope::account, Retry::never,
                        pump_->access.label() + ": the password was refused " + std::to_string(memory.refusals()) +
                            " times in this run and is not sent again, as servers lock accounts: check it, then run again"};
    std::optional<Error> refused;
    bool hashed_failed = false;
    bool held_back = false;  // a clear password
    for (const std::string& mechanism : candidates) {
        const bool clear = mechanism == "PLAIN" || mechanism == "LOGIN" || mechanism == "LOGIN-COMMAND";
        const bool is_second = refused && refused->code == Errc::login_refused;
        if (is_second && (!clear || !memory.may_submit())) continue;
        if (hashed_failed && clear && !is_known_server) {
            held_back = true;
            continue;
        }
        auto tried = co_await try_mechanism(mechanism, credentials);
        if (tried.ok()) {
            pump_->used_mechanism = mechanism;
            memory.note_accepted(mechanism);
            co_return Result<void>{};
        }
        Error error = std::move(tried).error();
        hashed_failed = hashed_failed || (!clear && error.code != Errc::command_rejected);
        if (error.code == Errc::login_refused) {
            if (!has_token) memory.note_refused();
            refused = std::move(error);
            if (clear && !has_token) memory.give_up();
            if (clear || has_token) break;
        } else if (error.code == Errc::command_rejected || error.code == Errc::login_unavailable) {
            if (!refused) refused = std::move(error);
        } else {
            co_return std::move(error);
        }
    }
    if (held_back)
        refused->message +=
            "; after that the password is not shown in clear to a server that nobody has verified: use imaps:// and a "
            "certificate "
            "that verifies, or choose PLAIN by --auth, --source-auth or --destination-auth";
    if (refused->code == Errc::command_rejected) {
        refused->code = Errc::login_unavailable;
        const std::string offered = words_of_offer(offer_of(*this, is_encrypted()));
        refused->message += "; it offers " + (offered.empty() ? "no SASL mechanism" : offered);
    }
    co_return std::move(*refused).while_doing("logging in");
}

Task<Result<void>> Connection::try_mechanism(const std::string& name, const auth::Credentials& credentials) {
    if (name == "LOGIN-COMMAND") {
        auto answer = co_await pump_->exchange(
            imap::login_command(credentials.user, credentials.password.reveal(), pump_->session.literal_mode()));
        if (!answer.ok()) co_return pump_->failure ? *pump_->failure : std::move(answer).error();
        co_return login_result(answer.value(), name, {});
    }
    MH_CO_TRY(mechanism, auth::make_mechanism(name, credentials, random_nonce()));
    std::optional<std::string> initial;
    const bool initial_goes_along = capabilities().has("SASL-IR");
    std::optional<Secret> first = mechanism->initial();
    if (first && initial_goes_along) initial = first->reveal();
    const imap::CommandId id = pump_->session.submit(imap::authenticate_command(name, initial));
    pump_->touch();
    bool first_is_due = first && !initial_goes_along;
    std::optional<Error> disbelief;
    while (true) {
        MH_CO_TRY_VOID(co_await pump_->flush());
        auto event = co_await pump_->next_event();
        if (!event.ok()) co_return pump_->failure ? *pump_->failure : std::move(event).error();
        if (auto* challenge = std::get_if<imap::Challenge>(&event.value())) {
            if (first_is_due) {
                first_is_due = false;
                pump_->session.answer(base64_from(first->reveal()));
                continue;
            }
            const auto words = octets_from_base64(challenge->text);
            auto response = mechanism->respond(words ? *words : challenge->text);
            if (!response.ok()) disbelief = std::move(response).error();
            pump_->session.answer(disbelief ? "*" : base64_from(response.value().reveal()));
        } else if (auto* done = std::get_if<imap::Completed>(&event.value()); done != nullptr && done->id == id) {
            if (!disbelief && done->status.kind == imap::StatusKind::ok) {
                auto accepted = mechanism->accept();
                if (!accepted.ok()) disbelief = std::move(accepted).error();
            }
            if (disbelief) co_return std::move(*disbelief).while_doing(name + " with " + pump_->access.label());
            auto result = login_result(done->status, name, mechanism->explanation());
            // Cyrus's words where it binds to TLS in a way of its own.
            const bool is_misunderstood = imap::upper_from(done->status.text).find("BAD PROTOCOL") != std::string::npos;
            const bool is_of_the_mechanism =
                !result.ok() && result.error().code == Errc::login_refused && (is_misunderstood || !mechanism->has_submitted());
            if (is_of_the_mechanism) result.error().code = Errc::login_unavailable;
            co_return result;
        } else if (auto* bye = std::get_if<imap::Goodbye>(&event.value())) {
            pump_->goodbye = bye->status;
        }
    }
}

Result<void> Connection::login_result(const imap::StatusResponse& status, const std::string& mechanism,
                                      const std::string& explanation) const {
    if (status.kind == imap::StatusKind::ok) return {};
    // Dovecot's way to say that a mechanism is not there is a NO.
    const bool is_unknown = imap::upper_from(status.text).find("UNSUPPORTED AUTHENTICATION MECHANISM") != std::string::npos;
    if (status.kind == imap::StatusKind::bad || is_unknown)
        return Error{Errc::command_rejected, Scope::account, Retry::never,
                     pump_->access.label() + ": the server does not understand " + mechanism, status.raw};
    Error error = error_from(status, Doing::logging_in, pump_->access.label() + " (" + mechanism + ")");
    if (!explanation.empty()) error.message += "; the server explains: " + explanation;
    return error;
}

Task<Result<void>> Connection::introduce() {
    std::optional<imap::Command> words = introduction();
    if (!words) co_return Result<void>{};
    IdSink names;
    const Listening listening(*this, names);
    auto answer = co_await pump_->exchange(std::move(*words));
    if (!answer.ok()) co_return pump_->failure ? *pump_->failure : std::move(answer).error();
    if (!names.words.empty()) pump_->server_words = names.words;
    co_return Result<void>{};  // a server that refuses ID is as good as any
}

Task<Result<void>> Connection::compress() {
    auto answer = co_await pump_->exchange(imap::compress_command());
    if (!answer.ok()) co_return pump_->failure ? *pump_->failure : std::move(answer).error();
    if (answer.value().kind != imap::StatusKind::ok) co_return Result<void>{};  // goes on uncompressed
    std::string unread = pump_->session.take_unread();
    pump_->stream = net::deflate(std::move(pump_->stream), std::move(unread));
    co_return Result<void>{};
}

}  // namespace mailhaul::client
