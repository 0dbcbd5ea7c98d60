// SPDX-License-Identifier: Apache-2.0
// The ledger's tables and their numbered versions. Described for readers in docs/formats/ledger.md.
#pragma once

#include <cstdint>

#include "base/result.hpp"
#include "store/ledger.hpp"
#include "store/sqlite.hpp"

namespace mailhaul::store {

/// `mhld`, in octets 68 to 71 of the file: says that an SQLite file is a ledger.
inline constexpr std::uint32_t application_id = 0x6d68'6c64;

/// Stands in the first page of every ledger, whatever its version: how its first table was made.
inline constexpr std::string_view mark_in_first_page =
    "destination_uid_validity INTEGER NOT NULL,\n        UNIQUE (source_name";

/// Version of the tables this build writes.
std::int64_t schema_version();

/// What stands in `account.checksum`: other tables repeat in an index what they hold, this one row does not.
std::int64_t checksum_of(const AccountKey& account, std::int64_t version);

/// Whose ledger an open database is. store_foreign where its tables are newer than schema_version(), or so old that they
/// hold nothing this build reads.
Result<AccountKey> read_account(Database& database, const std::string& path);

/// Creates the tables in an empty database, or brings older ones up to date, in one transaction. store_foreign where they
/// are newer than schema_version() or belong to another account than `account`; store_damaged where they contradict
/// themselves. `path` is for messages.
Result<void> settle_schema(Database& database, const std::string& path, const AccountKey& account);

}  // namespace mailhaul::store
