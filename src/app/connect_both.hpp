// SPDX-License-Identifier: Apache-2.0
// The first connection to each side of an account.
#pragma once

#include <memory>
#include <utility>

#include "app/sync_account.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "sync/executor/run_state.hpp"

namespace mailhaul::app {

using Connected = Result<std::unique_ptr<client::Connection>>;

/// Opens both sides as far as the request goes, at once, and tells the observer; what went wrong stands in the run's report. A
/// server that has no room for this account now, or asks for a pause, is waited for where that is worth it, with no connection
/// to the other one meanwhile, which another account might wait for. Both accesses have their gates.
Task<std::pair<Connected, Connected>> connect_both(const SyncRequest& request, sync::RunState& run);

Task<void> close_both(std::pair<Connected, Connected>& opened);

}  // namespace mailhaul::app
