// SPDX-License-Identifier: Apache-2.0
// XOAUTH2 (Google's and Microsoft's) and OAUTHBEARER (RFC 7628): an access token instead of a password.
//
// Both explain a refusal in a JSON challenge that must be answered before the tagged NO comes. It is kept as it came:
// only the operator reads it. Getting and renewing tokens is not done here.
#include "auth/mechanisms.hpp"

namespace mailhaul::auth {
namespace {

constexpr const char* separator = "\x01";  // kvsep

class OAuth : public Mechanism {
public:
    explicit OAuth(const Credentials& credentials) : credentials_(credentials) {}

    Result<Secret> respond(std::string_view challenge) final {
        if (std::exchange(refused_, true)) return unexpected_challenge(name());
        explanation_ = challenge;
        return Secret(std::string(answer_to_refusal()));
    }

    /// An OK after a refusal contradicts itself; the token was not taken.
    Result<void> accept() final {
        if (!refused_) return {};
        return Error(Errc::protocol_violation, Scope::account, Retry::never,
                     "the server explained why it refuses the token, then accepted it", explanation_);
    }

    std::string explanation() const final { return explanation_; }

protected:
    virtual std::string_view answer_to_refusal() const = 0;
    const Credentials& credentials() const { return credentials_; }
    const std::string& mailbox_owner() const {
        return credentials_.authorize_as.empty() ? credentials_.user : credentials_.authorize_as;
    }

private:
    Credentials credentials_;
    bool refused_ = false;
    std::string explanation_;
};

class XOAuth2 final : public OAuth {
public:
    using OAuth::OAuth;
    std::string_view name() const override { return "XOAUTH2"; }

    /// `user` is the mailbox to open, whoever the token belongs to.
    std::optional<Secret> initial() override {
        return Secret("user=" + mailbox_owner() + separator + "auth=Bearer " + credentials().token.reveal() + separator +
                      separator);
    }

private:
    std::string_view answer_to_refusal() const override { return ""; }
};

class OAuthBearer final : public OAuth {
public:
    using OAuth::OAuth;
    std::string_view name() const override { return "OAUTHBEARER"; }

    /// client-resp = gs2-header kvsep *kvpair kvsep
    std::optional<Secret> initial() override {
        std::string message = "n,a=" + escaped_saslname(mailbox_owner()) + "," + separator;
        if (!credentials().host.empty()) message += "host=" + credentials().host + separator;
        if (credentials().port != 0) message += "port=" + std::to_string(credentials().port) + separator;
        message += "auth=Bearer " + credentials().token.reveal() + separator + separator;
        return Secret(std::move(message));
    }

private:
    std::string_view answer_to_refusal() const override { return separator; }
};

}  // namespace

std::unique_ptr<Mechanism> make_xoauth2(const Credentials& credentials) { return std::make_unique<XOAuth2>(credentials); }
std::unique_ptr<Mechanism> make_oauthbearer(const Credentials& credentials) {
    return std::make_unique<OAuthBearer>(credentials);
}

}  // namespace mailhaul::auth
