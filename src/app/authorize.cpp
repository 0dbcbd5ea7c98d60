// SPDX-License-Identifier: Apache-2.0
#include "app/authorize.hpp"

#include <boost/asio/this_coro.hpp>
#include <random>
#include <utility>
#include <variant>

#include "app/authorization_file.hpp"
#include "app/run_task.hpp"
#include "app/secret_source.hpp"
#include "async/boot_clock.hpp"
#include "async/pause.hpp"
#include "http/client/receive_redirect.hpp"
#include "net/loopback_listener.hpp"
#include "oauth/answers.hpp"
#include "oauth/pkce.hpp"
#include "oauth/requests.hpp"

namespace mailhaul::app {
namespace {

constexpr std::chrono::milliseconds patience_with_browser{300'000};
constexpr std::chrono::seconds slower_by{5};  // RFC 8628 section 3.5

std::string random_octets(std::size_t count) {
    std::random_device random;  // the kernel's generator
    std::string octets;
    for (std::size_t i = 0; i < count; ++i) octets += static_cast<char>(random() & 0xFFU);
    return octets;
}

Error refused(const std::string& why) { return {Errc::login_refused, Scope::account, Retry::never, why}; }

class Authorizing {
public:
    Authorizing(const AuthorizeRequest& request, const AuthorizeTalk& talk) : request_(request), talk_(talk) {}

    Task<Result<void>> run() {
        oauth::Authorization& kept = authorization_;
        kept.token_endpoint = request_.provider.token;
        kept.client_id = client_.id = request_.client_id;
        kept.client_secret = request_.client_secret;
        kept.client_certificate = request_.client_certificate;
        kept.scope = request_.provider.scope;
        MH_CO_TRY_VOID(read_client_secret());
        Result<void> got;
        switch (request_.flow) {
            case Flow::browser: got = co_await by_browser(); break;
            case Flow::paste: got = co_await by_paste(); break;
            case Flow::device: got = co_await by_device(); break;
            case Flow::application:
                kept.grant = oauth::Grant::client_credentials;
                kept.scope = request_.provider.app_scope;
                break;
            case Flow::service_account:
                kept.grant = oauth::Grant::service_account;
                kept.service_account = request_.service_account;
                kept.scope = request_.provider.app_scope;
                break;
        }
        if (!got.ok()) co_return got;
        co_return write_authorization(request_.path, authorization_, *request_.keys);
    }

private:
    Result<void> read_client_secret() {
        if (request_.client_secret.empty()) return {};
        MH_TRY(reader, secret_source(request_.client_secret, "client secret"));
        MH_TRY(secret, reader());
        client_.secret = std::move(secret);
        return {};
    }

    [[nodiscard]] oauth::AuthorizationQuestion question(const std::string& redirect) const {
        oauth::AuthorizationQuestion question;
        question.endpoint = request_.provider.authorize;
        question.client_id = client_.id;
        question.redirect = redirect;
        question.scope = request_.provider.scope;
        question.state = state_;
        question.challenge = pkce_.challenge;
        question.login_hint = request_.login_hint;
        question.extra = request_.provider.extra;
        return question;
    }

    Task<Result<void>> by_browser() {
        const auto executor = co_await asio::this_coro::executor;
        MH_CO_TRY(listener, net::LoopbackListener::open(executor));
        const std::string redirect = "http://" + request_.provider.loopback + ":" + std::to_string(listener->port());
        talk_.open_this(oauth::authorization_url(question(redirect)));
        auto query = co_await http::receive_redirect(*listener, patience_with_browser);
        if (!query.ok()) co_return std::move(query).error();
        co_return co_await exchange_code(query.value(), redirect);
    }

    Task<Result<void>> by_paste() {
        const std::string redirect = "http://" + request_.provider.loopback;
        talk_.open_this(oauth::authorization_url(question(redirect)));
        MH_CO_TRY(address, talk_.read_address());
        const std::string& text = address.reveal();
        const std::size_t mark = text.find('?');
        const Secret query(mark == std::string::npos ? text : text.substr(mark + 1));
        co_return co_await exchange_code(query, redirect);
    }

    /// `query`: what the browser brought back.
    Task<Result<void>> exchange_code(const Secret& query, std::string redirect) {
        if (oauth::field_in(query.reveal(), "state") != state_)
            co_return refused("the answer of the browser is not to our question (another state): run mailhaul login again");
        if (const auto error = oauth::field_in(query.reveal(), "error")) {
            oauth::TokenRefusal refusal;
            refusal.error = *error;
            refusal.kind = *error == "access_denied" ? oauth::Refusal::declined : oauth::Refusal::other;
            refusal.description = oauth::field_in(query.reveal(), "error_description").value_or("");
            co_return oauth::error_from(refusal, "no authorization", request_.provider.authorize);
        }
        const auto code = oauth::field_in(query.reveal(), "code");
        if (!code || code->empty())
            co_return refused("the browser brought back no code: copy the whole address that it ended at");
        Secret body = oauth::code_request(client_, Secret(*code), redirect, pkce_.verifier);
        MH_CO_TRY(answered, co_await ask_endpoint(request_.provider.token, std::move(body), request_.access));
        co_return take(oauth::token_answer_from(answered.status, answered.body.reveal()));
    }

    Result<void> take(oauth::TokenAnswer answer) {
        if (const auto* refusal = std::get_if<oauth::TokenRefusal>(&answer))
            return oauth::error_from(*refusal, "no authorization", request_.provider.token);
        authorization_.refresh_token = std::get<oauth::Tokens>(answer).refresh;
        if (authorization_.refresh_token.empty())
            return refused(
                "the provider gave a token that cannot be renewed (no refresh_token): ask for a scope that allows it, "
                "such as offline_access");
        return {};
    }

    Task<Result<void>> by_device() {
        Secret start = oauth::device_request(client_, request_.provider.scope);
        MH_CO_TRY(answered, co_await ask_endpoint(request_.provider.device, std::move(start), request_.access));
        auto answer = oauth::device_answer_from(answered.status, answered.body.reveal());
        if (const auto* refusal = std::get_if<oauth::TokenRefusal>(&answer))
            co_return oauth::error_from(*refusal, "no device code", request_.provider.device);
        const oauth::DeviceCode device = std::move(std::get<oauth::DeviceCode>(answer));
        talk_.enter_this(device.where, device.user_code);
        co_return co_await poll(device);
    }

    Task<Result<void>> poll(const oauth::DeviceCode& device) {
        const auto end = BootClock::now() + device.lives;
        std::chrono::milliseconds interval = device.interval;
        while (BootClock::now() < end) {
            co_await pause_for(interval);
            Secret question = oauth::device_poll_request(client_, device.device_code);
            MH_CO_TRY(answered, co_await ask_endpoint(request_.provider.token, std::move(question), request_.access));
            auto answer = oauth::token_answer_from(answered.status, answered.body.reveal());
            const auto* refusal = std::get_if<oauth::TokenRefusal>(&answer);
            if (refusal != nullptr && refusal->kind == oauth::Refusal::slow_down) interval += slower_by;
            const bool goes_on =
                refusal != nullptr && (refusal->kind == oauth::Refusal::pending || refusal->kind == oauth::Refusal::slow_down);
            if (!goes_on) co_return take(std::move(answer));
        }
        co_return refused("nobody entered the code in time: run mailhaul login again");
    }

    const AuthorizeRequest& request_;
    const AuthorizeTalk& talk_;
    oauth::Authorization authorization_;
    oauth::Client client_;
    oauth::Pkce pkce_ = oauth::pkce_from(random_octets(32));
    std::string state_ = oauth::url_base64_from(random_octets(18));
};

}  // namespace

Result<void> authorize(AuthorizeRequest request, const AuthorizeTalk& talk) {
    Authorizing authorizing(request, talk);
    auto done = run_task(authorizing.run());
    if (!done) return Error(Errc::cancelled, Scope::run, Retry::now, "stopped; nothing was written: run again");
    return std::move(*done);
}

}  // namespace mailhaul::app
