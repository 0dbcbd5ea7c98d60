// SPDX-License-Identifier: Apache-2.0
// Rewriting: what becomes of a message on its way through one mailbox, as the operator asked (rewrite_rules.hpp).
// docs/decisions/0031-messages-changed-on-their-way.md.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "imap/types/internal_date.hpp"
#include "imap/types/mailbox.hpp"
#include "perl/operators.hpp"
#include "sync/planner/rewrite_rules.hpp"

namespace mailhaul::sync {

class Rewriting {
public:
    /// For messages of `source` that go to `destination`. Error: usage, where an operator cannot be read.
    static Result<std::shared_ptr<const Rewriting>> make(const RewriteRules& rules, const imap::MailboxName& source,
                                                         const imap::MailboxName& destination);

    struct Outcome {
        std::shared_ptr<const std::string> octets;  ///< what is to be stored; the very message where nothing changes
        std::string left_out;                       ///< not empty: nothing is to be stored, and why
        std::optional<imap::InternalDate> date;     ///< set where the message's own is wanted and it has one
    };
    /// `prefix` is put in front (an added header). Error: rewrite_failed, scope message. `*this` outlives the call.
    [[nodiscard]] Task<Result<Outcome>> rewrite(std::shared_ptr<const std::string> message, std::string prefix) const;

private:
    explicit Rewriting(RewriteRules rules) : rules_(std::move(rules)) {}
    [[nodiscard]] Result<std::string> reason_to_skip(const std::string& message) const;
    [[nodiscard]] Result<std::string> substituted(std::string message) const;
    [[nodiscard]] Task<Result<Outcome>> look_at_lines(Outcome outcome) const;

    RewriteRules rules_;
    std::vector<perl::Match> skip_matches_;
    std::vector<perl::Substitution> substitutions_;
};

}  // namespace mailhaul::sync
