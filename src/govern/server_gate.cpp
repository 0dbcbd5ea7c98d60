// SPDX-License-Identifier: Apache-2.0
#include "govern/server_gate.hpp"

#include "govern/asked_wait.hpp"

namespace mailhaul::govern {

bool ServerGate::is_open(Time now) const {
    if (now < pressure_.closed_until()) return false;
    return !wall_ || now >= wall_ends_ || open_ < *wall_;
}

bool ServerGate::note_refusal(const Error& error, Time now) {
    constexpr std::chrono::minutes wall_lasts{10};
    if (error.retry != Retry::later) return false;
    if (error.code == Errc::too_many_connections) {
        if (open_ == 0) return false;  // somebody else's
        wall_ = open_;
        wall_ends_ = now + wall_lasts;
        return true;
    }
    if (error.code != Errc::throttled && error.code != Errc::server_unavailable) return false;
    const auto asked = wait_asked_for(error.server_text);
    if (!asked && open_ == 0) return false;  // who is alone and is told nothing leaves it to who runs it again
    return pressure_.note_refusal(asked, now).has_value();
}

}  // namespace mailhaul::govern
