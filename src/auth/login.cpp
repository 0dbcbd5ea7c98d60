// SPDX-License-Identifier: Apache-2.0
// LOGIN, the SASL mechanism that no RFC describes: two prompts, two answers.
//
// What the prompts say differs between servers (`User Name\0`, `Username:`, nothing), so only their order counts.
#include "auth/mechanisms.hpp"

namespace mailhaul::auth {
namespace {

class Login final : public Mechanism {
public:
    explicit Login(const Credentials& credentials) : user_(credentials.user), password_(credentials.password) {}

    std::string_view name() const override { return "LOGIN"; }
    std::optional<Secret> initial() override { return std::nullopt; }

    Result<Secret> respond(std::string_view /*prompt*/) override {
        switch (prompts_seen_++) {
            case 0: return Secret(user_);
            case 1: return password_;
            default: return unexpected_challenge(name());
        }
    }

private:
    std::string user_;
    Secret password_;
    int prompts_seen_ = 0;
};

}  // namespace

std::unique_ptr<Mechanism> make_login(const Credentials& credentials) { return std::make_unique<Login>(credentials); }

}  // namespace mailhaul::auth
