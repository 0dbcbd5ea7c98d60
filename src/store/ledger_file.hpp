// SPDX-License-Identifier: Apache-2.0
// The file of a ledger before SQLite may touch it: made where it is missing, recognised where it is not. Private to store/.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "store/sqlite.hpp"

namespace mailhaul::store {

/// The missing folders above `path`, readable by their owner alone.
Result<void> make_folders(const std::filesystem::path& path);

/// Creates the file where there is none, readable by its owner alone; else looks whether it is a ledger, reading only.
/// store_foreign: it is something else, and stays as it is.
Result<void> recognise_file(const std::string& path);

/// Looks whether the file at `path` is a ledger, reading only. store_failed: there is none, or nothing in it yet;
/// store_foreign: it is something else.
Result<void> recognise_existing_file(const std::string& path);

/// SQLite removes the write-ahead log when the last connection closes; one that is still there was left by a crash.
bool was_closed_cleanly(const std::string& path);

/// store_foreign where the database is damaged.
Result<void> check_integrity(Database& database, const std::string& path);

}  // namespace mailhaul::store
