// SPDX-License-Identifier: Apache-2.0
// The options of `mailhaul ledger`, as data.
#include <array>

#include "cli/commands.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::array which{
    Option{.name = "to", .value = "ACCOUNT", .help = "the destination, where the ledger is named by its accounts as in sync"},
    Option{.name = "ledger", .value = "FILE", .help = "the ledger's file, as in sync; with accounts, it must be theirs"},
};

constexpr std::array question{
    Option{.name = "message-id", .value = "ID", .help = "its Message-ID, '<...>' in quotes"},
    Option{.name = "uid", .value = "N", .help = "its UID on the source"},
    Option{.name = "destination-uid", .value = "N", .help = "its UID on the destination"},
    Option{.name = "folder", .value = "NAME", .help = "only in this folder, on either side; with one of the others"},
    Option{.name = "date",
           .value = "YYYY-MM-DD",
           .help = "the day it was copied or refused, in local time; not the date of the message"},
    Option{.name = "subject",
           .value = "TEXT",
           .help = "part of the subject, ONLY of messages that could not be copied: the ledger keeps no subjects of copied "
                   "mail. Find such a message on the server by its subject, then here by its Message-ID or UID"},
};

constexpr std::array output{
    Option{.name = "json", .help = "show: one JSON object; find: one per message found (docs/formats/ledger.md)"},
    Option{.name = "csv", .help = "export: CSV with a header line in place of JSON lines"},
    Option{.name = "help", .help = "this text", .letter = 'h'},
};

constexpr std::array groups{
    OptionGroup{"Which ledger", which},
    OptionGroup{"find: what must hold, all of it", question},
    OptionGroup{"Output", output},
};

constexpr std::array<std::string_view, 4> examples{
    "mailhaul ledger show u1@old.example --to u1@new.example",
    "mailhaul ledger find u1@old.example --to u1@new.example --message-id '<42@old.example>'",
    "mailhaul ledger find u1.ledger --uid 4711 --folder INBOX",
    "mailhaul ledger export u1.ledger --csv > u1.csv",
};

}  // namespace

constexpr CommandHelp ledger_help{
    .name = "ledger",
    .task = "Look back",
    .summary =
        "Show what was copied, find one message, or export it all. Asks no server, changes nothing, and works while a "
        "sync runs.",
    .usage = "show|find|export FILE | SOURCE --to DESTINATION [options]",
    .examples = examples,
    .groups = groups,
    .exit_status =
        "Exit status: 0 done, and with find something was found; 1 nothing was found; 14 the ledger cannot be "
        "used; 64 the command line is wrong.",
};

}  // namespace mailhaul::cli
