// SPDX-License-Identifier: Apache-2.0
// What a ledger says, in words, as JSON and as CSV. Fields and columns are a contract: docs/formats/ledger.md. Pure but for
// the time zone.
#pragma once

#include <cstdint>
#include <string>

#include "app/read_ledger.hpp"

namespace mailhaul::cli {

/// Seconds since 1970 as this machine's clock on the wall shows them: `2026-11-23T18:55:25+01:00`.
std::string local_time(std::int64_t at);

/// A table of the mailbox pairs, totals and size, within `width` columns where names allow.
std::string ledger_text(const app::LedgerSummary& summary, std::size_t width);
std::string json_ledger(const app::LedgerSummary& summary);

/// Where one message is, or why it is nowhere: a few lines.
std::string record_text(const app::LedgerRecord& record);
/// One line without its end.
std::string json_record(const app::LedgerRecord& record);

/// RFC 4180, with the end of the line.
std::string csv_header();
std::string csv_record(const app::LedgerRecord& record);

/// Why nothing was found, and the way to find it.
std::string nothing_found_text(const app::LedgerQuestion& question, const app::LedgerSearch& search);

}  // namespace mailhaul::cli
