// SPDX-License-Identifier: Apache-2.0
// TokenKeeper: one access token of one principal: when it is good, when it is renewed, by whom. A state machine; the clock
// is a parameter, and whoever is told to renew does the asking.
//
// Renewal is single flight: while one asks, the others use the token there is while it lives, and wait when it does not.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/secret.hpp"
#include "oauth/answers.hpp"

namespace mailhaul::oauth {

class TokenKeeper {
public:
    using Time = std::chrono::nanoseconds;  ///< since any one moment, by a clock that nobody sets

    enum class Step : std::uint8_t {
        use,    ///< access() is good
        renew,  ///< ask for another, and tell renewed() or failed()
        wait,   ///< somebody else asks: come again when they are done
    };

    /// For one who needs a token now.
    Step ask(Time now);

    void renewed(const Tokens& tokens, Time now);
    /// The renewal came to nothing. The old token is used while it lives, and nobody asks again before `pause` has passed.
    void failed(Time now, std::chrono::seconds pause);

    /// A server refused `token`. False where it is so young that its age cannot be why: another would fare no better.
    bool refused(const Secret& token, Time now);

    /// access() is good now, whether or not it should be renewed.
    [[nodiscard]] bool is_alive(Time now) const;
    [[nodiscard]] const Secret& access() const { return access_; }
    /// When a connection that used access() should be replaced; empty where its life is not known.
    [[nodiscard]] std::optional<Time> replace_connection_at() const;

    static constexpr std::chrono::seconds young{60};

private:
    [[nodiscard]] bool is_due(Time now) const;

    Secret access_;
    Time since_{};
    std::optional<std::chrono::seconds> lives_;
    std::optional<Time> not_before_;
    bool is_renewing_ = false;
    bool is_refused_ = false;
};

}  // namespace mailhaul::oauth
