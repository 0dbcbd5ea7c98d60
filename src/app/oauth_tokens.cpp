// SPDX-License-Identifier: Apache-2.0
#include "app/oauth_tokens.hpp"

#include <boost/asio/this_coro.hpp>
#include <optional>
#include <utility>
#include <variant>

#include "app/authorization_file.hpp"
#include "app/secret_line.hpp"
#include "async/event.hpp"
#include "async/pause.hpp"
#include "oauth/jwt.hpp"
#include "oauth/requests.hpp"
#include "oauth/token_keeper.hpp"

namespace mailhaul::app {
namespace {

constexpr std::chrono::seconds pause_after_failure{30};
constexpr std::chrono::milliseconds lock_look{100};
constexpr int lock_looks = 900;  // 90 s: longer than whoever holds it can take
// From here on a refused assertion is tried again by the provider's clock.
constexpr std::chrono::seconds worrying_offset{30};

oauth::TokenKeeper::Time now() { return BootClock::now().time_since_epoch(); }

/// One try at getting tokens by an authorization.
class Renewal {
public:
    Renewal(const std::string& path, const std::string& mailbox, const EndpointAccess& access, const SealKeys& keys)
        : path_(path), mailbox_(mailbox), access_(access), keys_(keys) {}

    Task<Result<oauth::Tokens>> run() {
        AuthorizationLock lock(path_);
        for (int looks = 0; !lock.try_lock(); ++looks) {
            if (looks == lock_looks)
                co_return unavailable("file \"" + path_ + "\" is locked by another process, for longer than a renewal takes");
            co_await pause_for(lock_look);
        }
        MH_CO_TRY(kept, read_authorization(path_, keys_));
        authorization_ = std::move(kept.authorization);
        auto tokens = co_await ask(std::chrono::seconds(0));
        if (!tokens.ok() && wants_other_clock()) tokens = co_await ask(*offset_);
        if (!tokens.ok()) co_return std::move(tokens).error();
        const Secret& fresh = tokens.value().refresh;
        const bool is_rotated = authorization_.grant == oauth::Grant::refresh_token && !fresh.empty() &&
                                fresh.reveal() != authorization_.refresh_token.reveal();
        if (is_rotated) authorization_.refresh_token = fresh;
        if (is_rotated || kept.is_outdated) MH_CO_TRY_VOID(write_authorization(path_, authorization_, keys_));
        co_return tokens;
    }

private:
    [[nodiscard]] bool wants_other_clock() const {
        const bool is_dated =
            authorization_.grant == oauth::Grant::service_account || !authorization_.client_certificate.empty();
        return is_dated && offset_ && std::chrono::abs(*offset_) > worrying_offset;
    }

    /// `correction`: how far the provider's clock is ahead of ours, where that matters.
    Task<Result<oauth::Tokens>> ask(std::chrono::seconds correction) {
        std::string endpoint = authorization_.token_endpoint;
        auto body = request_body(correction, endpoint);
        if (!body.ok()) co_return std::move(body).error();
        auto answered = co_await ask_endpoint(endpoint, std::move(body).value(), access_);
        if (!answered.ok()) co_return std::move(answered).error();
        offset_ = answered.value().clock_offset;
        auto answer = oauth::token_answer_from(answered.value().status, answered.value().body.reveal());
        if (auto* tokens = std::get_if<oauth::Tokens>(&answer)) co_return std::move(*tokens);
        co_return oauth::error_from(std::get<oauth::TokenRefusal>(answer), "no token by \"" + path_ + "\"", endpoint);
    }

    Result<Secret> request_body(std::chrono::seconds correction, std::string& endpoint) {
        if (authorization_.grant == oauth::Grant::service_account) return assertion_body(correction, endpoint);
        oauth::Client client;
        client.id = authorization_.client_id;
        if (!authorization_.client_secret.empty()) {
            MH_TRY(reader, secret_source(authorization_.client_secret, "client secret of \"" + path_ + "\""));
            MH_TRY(secret, reader());
            client.secret = std::move(secret);
        }
        if (!authorization_.client_certificate.empty()) {
            MH_TRY(assertion, client_assertion_by(authorization_.client_certificate, client.id, endpoint, correction));
            client.assertion = std::move(assertion);
        }
        if (authorization_.grant == oauth::Grant::client_credentials)
            return oauth::client_credentials_request(client, authorization_.scope);
        return oauth::refresh_request(client, authorization_.refresh_token, {});  // the scope agreed to
    }

    Result<Secret> assertion_body(std::chrono::seconds correction, std::string& endpoint) {
        MH_TRY(key_file, read_secret_file(authorization_.service_account));
        MH_TRY(account, oauth::service_account_from(key_file.reveal(), authorization_.service_account));
        if (endpoint.empty()) endpoint = account.token_endpoint;
        oauth::Claims claims;
        claims.issuer = account.email;
        claims.subject = authorization_.subject.empty() ? mailbox_ : authorization_.subject;
        claims.audience = endpoint;
        claims.scope = authorization_.scope;
        claims.key_id = account.key_id;
        claims.issued = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) + correction;
        MH_TRY(assertion, oauth::signed_assertion(claims, account.private_key));
        return oauth::assertion_request(assertion);
    }

    const std::string& path_;
    const std::string& mailbox_;
    const EndpointAccess& access_;
    const SealKeys& keys_;
    oauth::Authorization authorization_;
    std::optional<std::chrono::seconds> offset_;
};

class AuthorizationTokens final : public client::TokenSource {
public:
    AuthorizationTokens(std::string path, std::string mailbox, EndpointAccess access, SharedSealKeys keys)
        : path_(std::move(path)), mailbox_(std::move(mailbox)), access_(std::move(access)), keys_(std::move(keys)) {}

    Task<Result<client::AccessToken>> token() override {
        for (;;) {
            switch (keeper_.ask(now())) {
                case oauth::TokenKeeper::Step::use: co_return current();
                case oauth::TokenKeeper::Step::wait: co_await until_renewed(); break;
                case oauth::TokenKeeper::Step::renew: {
                    auto failed = co_await renew();
                    if (failed && !keeper_.is_alive(now())) co_return std::move(*failed);
                    break;
                }
            }
        }
    }

    bool refused(const Secret& token) override { return keeper_.refused(token, now()); }

private:
    /// Why it came to nothing; empty where there is a new token.
    Task<std::optional<Error>> renew() {
        renewed_ = std::make_shared<Event>(co_await asio::this_coro::executor);
        const std::shared_ptr<Event> told = renewed_;
        Renewal renewal(path_, mailbox_, access_, *keys_);
        auto tokens = co_await renewal.run();
        std::optional<Error> failure;
        if (tokens.ok()) {
            keeper_.renewed(tokens.value(), now());
        } else {
            keeper_.failed(now(), pause_after_failure);
            failure = std::move(tokens).error();
        }
        renewed_.reset();
        told->notify();
        co_return failure;
    }

    Task<void> until_renewed() {
        const std::shared_ptr<Event> event = renewed_;
        if (event) co_await event->wait();
        else co_await pause_for(lock_look);
    }

    client::AccessToken current() const {
        client::AccessToken token(keeper_.access());
        if (const auto end = keeper_.replace_connection_at())
            token.replace_connection = BootClock::time_point(std::chrono::duration_cast<BootClock::duration>(*end));
        return token;
    }

    std::string path_;
    std::string mailbox_;
    EndpointAccess access_;
    SharedSealKeys keys_;
    oauth::TokenKeeper keeper_;
    std::shared_ptr<Event> renewed_;  // while one asks; co-owned by those who wait, whose loop may outlive it
};

class ReadTokens final : public client::TokenSource {
public:
    explicit ReadTokens(SecretReader reader) : reader_(std::move(reader)) {}

    Task<Result<client::AccessToken>> token() override { co_return read(); }

    /// True where what is read now is another one.
    bool refused(const Secret& token) override {
        reader_.forget();
        auto again = read();
        return again.ok() && again.value().text.reveal() != token.reveal();
    }

private:
    Result<client::AccessToken> read() {
        MH_TRY(text, reader_());
        auto tokens = oauth::tokens_in_json(text.reveal());
        if (!tokens) return client::AccessToken(std::move(text));
        client::AccessToken token(std::move(tokens->access));
        if (token.text.reveal() != last_.reveal()) read_at_ = BootClock::now();  // it lives from when it was printed
        last_ = token.text;
        if (tokens->lives) token.replace_connection = read_at_ + *tokens->lives * 9 / 10;
        const bool is_old = token.replace_connection && BootClock::now() >= *token.replace_connection;
        if (!is_old || std::exchange(is_reading_again_, true)) {
            is_reading_again_ = false;
            return token;
        }
        reader_.forget();
        auto fresh = read();
        is_reading_again_ = false;
        return fresh;
    }

    SecretReader reader_;
    Secret last_;
    BootClock::time_point read_at_;
    bool is_reading_again_ = false;
};

}  // namespace

std::shared_ptr<client::TokenSource> tokens_by_authorization(std::string path, std::string mailbox, EndpointAccess access,
                                                             SharedSealKeys keys) {
    return std::make_shared<AuthorizationTokens>(std::move(path), std::move(mailbox), std::move(access), std::move(keys));
}

std::shared_ptr<client::TokenSource> tokens_by_reading(SecretReader reader) {
    return std::make_shared<ReadTokens>(std::move(reader));
}

}  // namespace mailhaul::app
