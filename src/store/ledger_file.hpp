// SPDX-License-Identifier: Apache-2.0
// The file of a ledger before SQLite may touch it: made where it is missing, recognised where it is not. Private to store/.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "store/ledger.hpp"
#include "store/sqlite.hpp"

namespace mailhaul::store {

/// The missing folders above `path`, readable by their owner alone.
Result<void> make_folders(const std::filesystem::path& path);

/// `path` without symbolic links: two runs that come by different ones must take one lock, and a write-ahead log lies
/// beside the file.
std::string one_name_of(const std::string& path);

/// Creates the file where there is none, readable by its owner alone; else looks whether it is a ledger, reading only.
/// store_foreign: it is something else, and stays as it is. store_damaged: it was one.
Result<void> recognise_file(const std::string& path, NamedBy named_by);

/// Looks whether the file at `path` is a ledger, reading only. store_failed: there is none, or nothing in it yet;
/// store_foreign: it is something else; store_damaged: it was a ledger.
Result<void> recognise_existing_file(const std::string& path);

/// Reads all of it but what segments hold, which have checksums of their own. store_damaged where something is wrong.
Result<void> check_integrity(Database& database, const std::string& path);

}  // namespace mailhaul::store
