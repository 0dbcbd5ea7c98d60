// SPDX-License-Identifier: Apache-2.0
// EXTERNAL (RFC 4422 appendix A): the server already knows who we are, from a client certificate say.
#include "auth/mechanisms.hpp"

namespace mailhaul::auth {
namespace {

class External final : public Mechanism {
public:
    explicit External(const Credentials& credentials) : authorize_as_(credentials.authorize_as) {}

    std::string_view name() const override { return "EXTERNAL"; }
    std::optional<Secret> initial() override { return Secret(authorize_as_); }
    Result<Secret> respond(std::string_view /*challenge*/) override { return unexpected_challenge(name()); }

private:
    std::string authorize_as_;
};

}  // namespace

std::unique_ptr<Mechanism> make_external(const Credentials& credentials) { return std::make_unique<External>(credentials); }

}  // namespace mailhaul::auth
