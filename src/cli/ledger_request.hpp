// SPDX-License-Identifier: Apache-2.0
// From the command line of `mailhaul ledger` to what it asks, or to every mistake in it at once. Pure but for the time zone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/read_ledger.hpp"
#include "cli/option.hpp"

namespace mailhaul::cli {

enum class LedgerVerb : std::uint8_t { show, find, export_all };

struct LedgerOrder {
    LedgerVerb verb = LedgerVerb::show;
    app::LedgerChoice choice;
    app::LedgerQuestion question;  ///< find only
    bool json = false;
    bool csv = false;                   ///< export only, which is JSON otherwise
    std::vector<std::string> mistakes;  ///< where not empty, nothing is to be read
};

LedgerOrder order_ledger(const ParsedLine& line);

}  // namespace mailhaul::cli
