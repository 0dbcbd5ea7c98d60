// SPDX-License-Identifier: Apache-2.0
// PLAIN (RFC 4616): one message, the way an administrator opens a user's mailbox on most servers.
#include "auth/mechanisms.hpp"

namespace mailhaul::auth {
namespace {

class Plain final : public Mechanism {
public:
    explicit Plain(const Credentials& credentials)
        : user_(credentials.user), authorize_as_(credentials.authorize_as), password_(credentials.password) {}

    std::string_view name() const override { return "PLAIN"; }

    /// message = [authzid] NUL authcid NUL passwd
    std::optional<Secret> initial() override {
        std::string message;
        message.reserve(authorize_as_.size() + user_.size() + password_.reveal().size() + 2);
        message += authorize_as_;
        message += '\0';
        message += user_;
        message += '\0';
        message += password_.reveal();
        return Secret(std::move(message));
    }

    Result<Secret> respond(std::string_view /*challenge*/) override { return unexpected_challenge(name()); }

private:
    std::string user_;
    std::string authorize_as_;
    Secret password_;
};

}  // namespace

std::unique_ptr<Mechanism> make_plain(const Credentials& credentials) { return std::make_unique<Plain>(credentials); }

}  // namespace mailhaul::auth
