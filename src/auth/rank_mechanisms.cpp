// SPDX-License-Identifier: Apache-2.0
// Which mechanisms to try, and in which order.
//
// The order puts what does not show the password first, then what servers implement best. A server may still refuse
// a good password under a hashed mechanism, because of how it stores passwords: falling forward is the caller's.
#include <algorithm>
#include <initializer_list>

#include "auth/mechanism.hpp"

namespace mailhaul::auth {
namespace {

constexpr std::string_view login_command = "LOGIN-COMMAND";

class Ranking {
public:
    Ranking(const Credentials& credentials, const Offer& offer)
        : offer_(offer), can_bind_(!credentials.binding_type.empty() && !credentials.binding_data.empty()) {}

    void add(std::initializer_list<std::string_view> names) {
        for (std::string_view name : names) {
            if (is_possible(name)) names_.emplace_back(name);
        }
    }
    std::vector<std::string> take() && { return std::move(names_); }

private:
    bool is_possible(std::string_view name) const {
        if (name == login_command) return !offer_.login_disabled;
        if (name.ends_with("-PLUS") && !can_bind_) return false;
        return std::ranges::find(offer_.mechanisms, name) != offer_.mechanisms.end();
    }

    const Offer& offer_;
    bool can_bind_;
    std::vector<std::string> names_;
};

void add_scram(Ranking& ranking) {
    ranking.add(
        {"SCRAM-SHA-512-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"});
}

/// Of the mechanisms with a password only these carry an authorization identity.
void rank_for_another_mailbox(Ranking& ranking, const Offer& offer) {
    if (offer.encrypted) ranking.add({"PLAIN"});
    add_scram(ranking);
    if (!offer.encrypted && offer.clear_text_allowed) ranking.add({"PLAIN"});
}

void rank_for_own_mailbox(Ranking& ranking, const Offer& offer) {
    add_scram(ranking);
    if (offer.encrypted) {
        ranking.add({"PLAIN", login_command, "LOGIN", "CRAM-MD5"});
    } else {
        ranking.add({"CRAM-MD5"});
        if (offer.clear_text_allowed) ranking.add({"PLAIN", login_command, "LOGIN"});
    }
}

}  // namespace

std::vector<std::string> rank_mechanisms(const Credentials& credentials, const Offer& offer) {
    Ranking ranking(credentials, offer);
    const bool may_show_secret = offer.encrypted || offer.clear_text_allowed;
    if (!credentials.token.empty() && may_show_secret) ranking.add({"XOAUTH2", "OAUTHBEARER"});
    if (!credentials.password.empty()) {
        if (credentials.authorize_as.empty()) {
            rank_for_own_mailbox(ranking, offer);
        } else {
            rank_for_another_mailbox(ranking, offer);
        }
    }
    if (credentials.token.empty() && credentials.password.empty()) ranking.add({"EXTERNAL"});
    return std::move(ranking).take();
}

}  // namespace mailhaul::auth
