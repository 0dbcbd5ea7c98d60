// SPDX-License-Identifier: Apache-2.0
// Reading whole messages into memory, few at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/uid_set.hpp"

namespace mailhaul::sync {

using Bodies = std::map<imap::Uid, std::string>;

/// Without those the server would not deliver where it goes on all the same. The caller bounds what they take together.
Task<Result<Bodies>> read_bodies(client::Connection& connection, imap::UidSet uids);

/// The next messages of `uids`, from `begin` on, that may be held at once: 8 MiB, or one alone. Moves `begin` behind them.
imap::UidSet next_to_hold(std::span<const imap::Uid> uids, std::size_t& begin,
                          const std::function<std::uint64_t(imap::Uid)>& size_of);

}  // namespace mailhaul::sync
