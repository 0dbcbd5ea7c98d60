// SPDX-License-Identifier: Apache-2.0
// Gmail's labels (X-GM-EXT-1): each is a mailbox that shows a message, told and given without opening it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/uid_set.hpp"

namespace mailhaul::client {

/// Raw mailbox names, and `\Inbox` and its like.
using Labels = std::set<std::string>;

/// True where labels can be had.
bool has_labels(const Connection& connection);

/// Of messages of the selected mailbox, `sets` in wire form; its own label is never among them. Without those the server
/// does not answer for.
Task<Result<std::map<imap::Uid, Labels>>> fetch_labels(Connection& connection, std::vector<std::string> sets);

/// The same labels more, for as many messages as need them.
struct LabelRequest {
    Labels labels;
    imap::UidSet uids;
};
/// All pipelined. A label that is no mailbox yet becomes one. The first refusal is returned, after the others were answered.
Task<Result<void>> add_labels(Connection& connection, std::vector<LabelRequest> requests);

}  // namespace mailhaul::client
