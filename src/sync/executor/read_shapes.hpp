// SPDX-License-Identifier: Apache-2.0
// Reading messages for what they are, digested while they stream by: flat memory, whatever their size.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "imap/types/ids.hpp"
#include "proof/compare_message.hpp"

namespace mailhaul::sync {

using Shapes = std::map<imap::Uid, proof::MessageShape>;

/// Of the messages of the selected mailbox that `sets` (of UIDs, as they go on the wire) name. What the server would not
/// deliver is left out.
Task<Result<Shapes>> read_shapes(client::Connection& connection, std::vector<std::string> sets);

/// A message the server would not deliver is simply not in the answer; anything wider is an Error.
Result<void> unless_message(Result<void> fetched);

}  // namespace mailhaul::sync
