// SPDX-License-Identifier: Apache-2.0
// Kerberos's part of a GSSAPI login, played: the real one needs a KDC, and is met in tests/conformance/kerberos_test.py.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "auth/security_context.hpp"

namespace mailhaul::testkit {

/// Of ann, unless told otherwise. Says AP-REQ, is told AP-REP, wraps as `[...]`.
class PlayedContext final : public auth::SecurityContext {
public:
    explicit PlayedContext(std::string principal = "ann@EXAMPLE.ORG") : principal_(std::move(principal)) {}
    const std::string& principal() const override { return principal_; }
    const Secret& first_token() const override { return first_; }
    bool is_established() const override { return established_; }
    Result<Secret> step(std::string_view token) override {
        if (token != "AP-REP") return forged();
        established_ = true;
        return Secret();
    }
    Result<std::string> unwrap(std::string_view message) override {
        if (message.size() < 2 || message.front() != '[' || message.back() != ']') return forged();
        return std::string(message.substr(1, message.size() - 2));
    }
    Result<Secret> wrap(std::string_view message) override { return Secret("[" + std::string(message) + "]"); }

private:
    static Error forged() { return {Errc::credential_unavailable, Scope::account, Retry::never, "forged"}; }

    std::string principal_;
    Secret first_{"AP-REQ"};
    bool established_ = false;
};

}  // namespace mailhaul::testkit
