// SPDX-License-Identifier: Apache-2.0
// LoginMemory: what the connections of one account learn from each other about logging in, so that all of them together
// never send a refused password more often than a lock-out forgives.
#pragma once

#include <string>

namespace mailhaul::client {

class LoginMemory {
public:
    /// Servers lock accounts after a few failures; two tell a wrong password from a mechanism that the account lacks.
    static constexpr int most_refusals = 2;

    void note_accepted(const std::string& mechanism) {
        mechanism_ = mechanism;
        refusals_ = 0;
    }
    /// A password (or what proves it) was submitted and refused.
    void note_refused() { ++refusals_; }
    /// A login was refused for good; nothing is submitted any more until the run ends.
    void give_up() { refusals_ = most_refusals; }
    void note_encrypted() { was_encrypted_ = true; }

    [[nodiscard]] bool may_submit() const { return refusals_ < most_refusals; }
    [[nodiscard]] int refusals() const { return refusals_; }
    /// The mechanism that worked last; empty where none has.
    [[nodiscard]] const std::string& mechanism() const { return mechanism_; }
    /// A connection to this server had TLS: none may do without from then on, whatever the server says it offers.
    [[nodiscard]] bool was_encrypted() const { return was_encrypted_; }

private:
    std::string mechanism_;
    int refusals_ = 0;
    bool was_encrypted_ = false;
};

}  // namespace mailhaul::client
