// SPDX-License-Identifier: Apache-2.0
// Whether a login for another user (Access::authorize_as) was honoured, found out before anything is written.
//
// Some servers accept an authorization identity and ignore it: the session is then the administrator's own, and a copy
// would fill the administrator's mailbox. So the administrator's own INBOX, if there is one, is compared with the session's.
// Reads only. docs/decisions/0035-proof-of-impersonation.md.
#pragma once

#include <string>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"

namespace mailhaul::client {

/// True where `access` opens another user's mailbox with one's own password, so that a proof can be had and is wanted. A
/// token names the mailbox it opens, and Kerio's master login no mailbox of its own.
bool needs_proof_of_impersonation(const Access& access);

/// What proves it, in words for people; empty where needs_proof_of_impersonation() is false.
///
/// Logs in once more, as oneself, with the mechanism that worked. No other command may be outstanding on `session`, which is
/// logged in, and has no mailbox selected afterwards. The caller awaits it while `session` lives.
/// Errors: login_refused (scope account) where both sessions show the same INBOX, or nothing tells them apart; what a lost
/// connection ends in; of a refusal that names a time, that refusal.
Task<Result<std::string>> prove_impersonation(Connection& session);

}  // namespace mailhaul::client
