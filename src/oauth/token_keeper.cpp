// SPDX-License-Identifier: Apache-2.0
#include "oauth/token_keeper.hpp"

#include <algorithm>

namespace mailhaul::oauth {
namespace {

/// How long before its end a token is renewed: five minutes or a tenth of its life, but never more than half of it.
TokenKeeper::Time lead_of(TokenKeeper::Time life) {
    constexpr TokenKeeper::Time five_minutes = std::chrono::minutes(5);
    return std::min(std::max(five_minutes, life / 10), life / 2);
}

}  // namespace

bool TokenKeeper::is_alive(Time now) const { return !access_.empty() && !is_refused_ && (!lives_ || now < since_ + *lives_); }

bool TokenKeeper::is_due(Time now) const { return !is_alive(now) || (lives_ && now >= since_ + *lives_ - lead_of(*lives_)); }

TokenKeeper::Step TokenKeeper::ask(Time now) {
    if (!is_due(now)) return Step::use;
    const bool may_ask = !is_renewing_ && (!not_before_ || now >= *not_before_ || !is_alive(now));
    if (may_ask) {
        is_renewing_ = true;
        return Step::renew;
    }
    return is_alive(now) ? Step::use : Step::wait;
}

void TokenKeeper::renewed(const Tokens& tokens, Time now) {
    access_ = tokens.access;
    lives_ = tokens.lives;
    since_ = now;
    not_before_.reset();
    is_renewing_ = is_refused_ = false;
}

void TokenKeeper::failed(Time now, std::chrono::seconds pause) {
    is_renewing_ = false;
    not_before_ = now + pause;
}

bool TokenKeeper::refused(const Secret& token, Time now) {
    if (token.reveal() != access_.reveal()) return true;  // another has come meanwhile
    if (now - since_ < young && (!lives_ || now < since_ + *lives_)) return false;
    is_refused_ = true;
    return true;
}

std::optional<TokenKeeper::Time> TokenKeeper::replace_connection_at() const {
    if (!lives_) return std::nullopt;
    return since_ + Time(*lives_) * 9 / 10;
}

}  // namespace mailhaul::oauth
