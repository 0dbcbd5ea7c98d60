// SPDX-License-Identifier: Apache-2.0
// GSSAPI (RFC 4752): a Kerberos ticket in place of a password.
//
// No security layer is taken: TLS protects the connection. The mailbox is always named, as servers differ in what they make
// of none.
#include <algorithm>

#include "auth/mechanisms.hpp"
#include "auth/security_context.hpp"

namespace mailhaul::auth {
namespace {

constexpr std::size_t layer_message_octets = 4;  // bit mask of layers, largest message in three octets
constexpr unsigned char no_layer = 1;

Error broken(std::string message) { return {Errc::protocol_violation, Scope::account, Retry::never, std::move(message)}; }

class Gssapi final : public Mechanism {
public:
    explicit Gssapi(const Credentials& credentials)
        : context_(credentials.context),
          mailbox_user_(credentials.authorize_as.empty() ? credentials.user : credentials.authorize_as) {}

    std::string_view name() const override { return "GSSAPI"; }
    std::optional<Secret> initial() override { return context_->first_token(); }
    bool has_submitted() const override { return has_answered_; }

    Result<Secret> respond(std::string_view challenge) override {
        if (has_answered_) return unexpected_challenge(name());
        if (!context_->is_established()) return context_->step(challenge);
        return choose_layer(challenge);
    }

    /// The server's proof of who it is was checked when the context was established, and its OK counts only after that.
    Result<void> accept() override {
        if (has_answered_) return {};
        return broken("the server says OK before it has proved by Kerberos who it is, so it is not believed");
    }

private:
    /// The server says which layers it has, and is told which is taken and whose mailbox is asked for.
    Result<Secret> choose_layer(std::string_view challenge) {
        MH_TRY(offer, context_->unwrap(challenge));
        if (offer.size() != layer_message_octets)
            return broken("the server's offer of GSSAPI layers has " + std::to_string(offer.size()) + " octets, wanted 4");
        if ((static_cast<unsigned char>(offer[0]) & no_layer) == 0)
            return Error(Errc::login_unavailable, Scope::account, Retry::never,
                         "the server insists on GSSAPI's own protection of the connection, which mailhaul does not speak: use "
                         "TLS, and have the server allow GSSAPI without a security layer");
        has_answered_ = true;
        return context_->wrap(std::string{static_cast<char>(no_layer), 0, 0, 0} + mailbox_user_);
    }

    std::shared_ptr<SecurityContext> context_;
    std::string mailbox_user_;
    bool has_answered_ = false;
};

}  // namespace

std::unique_ptr<Mechanism> make_gssapi(const Credentials& credentials) { return std::make_unique<Gssapi>(credentials); }

std::optional<Error> whose_ticket_is_wrong(const Credentials& credentials) {
    const auto name_in = [](std::string_view text) {
        std::string name(text.substr(0, text.find('@')));
        std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        return name;
    };
    const std::string& principal = credentials.context->principal();
    if (name_in(principal) == name_in(credentials.user)) return std::nullopt;
    return Error(Errc::credential_unavailable, Scope::account, Retry::never,
                 "the Kerberos ticket is of " + principal + ", not of " + credentials.user +
                     ": get one with kinit, or, to work in " + credentials.user + "'s mail by this one, name " +
                     std::string(principal.substr(0, principal.find('@'))) + " as the user and " + credentials.user +
                     " as the one to authorize as");
}

}  // namespace mailhaul::auth
