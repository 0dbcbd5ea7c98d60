// SPDX-License-Identifier: Apache-2.0
// imapsync's cache: one empty file for each pair of messages it copied, named `<uid1>_<uid2>`, in a folder named after both
// accounts and both mailboxes (reference: imapsync 2.229, --usecache). Only ever read; it holds no UIDVALIDITY, so nothing in
// it is believed (sync/executor/claims.cpp).
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/mailbox.hpp"
#include "sync/executor/run_state.hpp"

namespace mailhaul::app {

/// Where it lies. Of host1 and host2.
struct ImapsyncCache {
    std::string folder;  ///< `<tmpdir>/imapsync_cache`
    std::array<std::string, 2> hosts;
    std::array<std::string, 2> users;
    std::array<std::string, 2> separators;  ///< as the operator gave them; empty: whichever has a folder
};

/// The folders that may hold pairs of these mailboxes, with every spelling imapsync may have given them.
std::vector<std::string> cache_folders(const ImapsyncCache& cache, const std::string& source, const std::string& destination);

/// As imapsync reads it: of several, the greatest UID of host2 for one of host1, and the greatest of host1 for one of host2.
/// Ascending. Nothing where there is no such folder. Error: usage, where it is there and cannot be read.
Result<std::vector<std::pair<imap::Uid, imap::Uid>>> read_cache_folders(const std::vector<std::string>& folders);

sync::PairClaims claims_of(ImapsyncCache cache);

}  // namespace mailhaul::app
