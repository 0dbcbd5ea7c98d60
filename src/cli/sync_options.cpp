// SPDX-License-Identifier: Apache-2.0
#include "cli/sync_options.hpp"

#include <array>

#include "cli/account_options.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::array ends{
    Option{.name = "to", .value = "ACCOUNT", .help = "the destination, like SOURCE: user@host or imaps://user@host:port"},
};

constexpr std::array many{
    Option{
        .name = "accounts",
        .value = "FILE",
        .help =
            "the accounts of this CSV file (docs/formats/accounts.md), each like a run of its own; SOURCE and DESTINATION then "
            "name the servers and the administrator who logs in, as in imaps://master@old.example, or in "
            "{user}*master@old.example"},
    Option{.name = "at-once", .value = "N", .help = "so many accounts at a time, 1 to 200 (default 8)"},
    Option{.name = "ledgers", .value = "FOLDER", .help = "their ledgers are here (default: below ~/.local/state)"},
};

constexpr std::array selection{
    Option{.name = "folder", .value = "NAME", .help = "only this folder; may be repeated"},
    Option{.name = "folder-recursive", .value = "NAME", .help = "this folder and those below; may be repeated"},
    Option{.name = "exclude", .value = "REGEX", .help = "leave out folders that match; has the last word; may be repeated"},
    Option{.name = "include", .value = "REGEX", .help = "take folders that match as well; may be repeated"},
    Option{
        .name = "skip-folders",
        .help =
            "take folders too that show other folders' mail (All Mail, Starred) or hold none (calendars, contacts, tasks), as "
            "far as that is known of the source",
        .negatable = true,
        .shown_negated = true},
    Option{.name = "max-size", .value = "SIZE", .help = "leave out larger messages: 25MB, 10MiB"},
    Option{.name = "min-size", .value = "SIZE", .help = "leave out smaller messages"},
    Option{.name = "newer-than", .value = "WHEN", .help = "only messages that arrived since: 30d, 6w, 2y or 2024-01-31"},
    Option{.name = "older-than", .value = "WHEN", .help = "only messages that arrived before"},
};

constexpr std::array placing{
    Option{.name = "map", .value = "OLD=NEW", .help = "put this folder there; may be repeated"},
    Option{.name = "special-use",
           .help = "match folders by name only, not by role (Sent, Trash, ...)",
           .negatable = true,
           .shown_negated = true},
    Option{.name = "prefix",
           .value = "PREFIX",
           .help = "what personal folders begin with, if the server tells it wrong",
           .per_side = true},
    Option{.name = "sub-folder", .value = "NAME", .help = "put everything below this folder of the destination"},
    Option{
        .name = "subscribe", .help = "do not subscribe folders on the destination", .negatable = true, .shown_negated = true},
    Option{.name = "restore-removed", .help = "copy again what was copied before and removed on the destination since"},
    Option{.name = "repair",
           .help = "send a message again, mended, that the destination refuses as it is for bare LF or CR, NUL, lines over "
                   "998 octets or a last line without an end; names each, and never deletes it from the source"},
    Option{.name = "copy-renamed",
           .help = "copy a folder again that was renamed on the source, instead of renaming it on the destination too"},
    Option{.name = "flags",
           .value = "HOW",
           .help = "of messages already there: three-way (carry what changed on the source, the default), exact (as "
                   "the source) or leave"},
};

constexpr std::array deletion{
    Option{.name = "delete-source",
           .help = "REMOVES each message from the source once its copy is confirmed as the same message"},
    Option{.name = "delete-destination",
           .help = "REMOVES from the destination what the source does not hold, into the folder \"Removed by mailhaul\" "
                   "there where the server can move messages; refused for a folder, and said so, where the evidence "
                   "speaks against it"},
    Option{.name = "delete-folders",
           .help = "REMOVES from the destination folders that earlier runs filled and that are gone from the source since, "
                   "into \"Removed by mailhaul\"; one that holds anything else stays, and so do INBOX and folders with a role"},
    Option{.name = "delete-duplicates",
           .help = "REMOVES second copies from a folder of the destination, equal octet for octet, that neither the source "
                   "nor earlier runs explain; to the same place"},
    Option{.name = "delete-for-good", .help = "expunge messages and delete folders instead of moving them there"},
    Option{.name = "delete-despite-activity",
           .help = "remove even where somebody else left messages, removed some or changed flags on the destination, new "
                   "mail of its user included"},
    Option{.name = "allow-shrunken-source",
           .help = "remove even where the source lost more than half of what earlier runs copied, or all of it, messages of a "
                   "folder as well as folders"},
    Option{.name = "max-deletions",
           .value = "N",
           .help = "remove at most this many from the destination in one run, or unlimited (default 1000, and not more "
                   "than half of a folder)"},
};

constexpr std::array running{
    Option{.name = "dry-run", .help = "change nothing anywhere; say what a run would do", .letter = 'n'},
    Option{.name = "ledger",
           .value = "FILE",
           .help = "remember what was copied here (default: one per account pair below ~/.local/state)"},
    Option{.name = "connections", .value = "N", .help = "so many per server, 1 to 32 (default: found out, up to 8)"},
    Option{.name = "order",
           .value = "HOW",
           .help =
               "of the messages of a folder: kept (as on the source, the default), any (a refused message may change it) or "
               "newest (the last first, INBOX before other folders)"},
    Option{.name = "max-bytes-per-second",
           .value = "SIZE",
           .help = "read no faster from the source, all connections together: 500kB, 2MB"},
    Option{.name = "max-messages-per-second", .value = "N", .help = "store no faster on the destination: 4, 0.5"},
    Option{.name = "source-daily-limit",
           .value = "SIZE",
           .help = "receive at most this much from the source in any 24 hours, listings included: 2500MB"},
    Option{.name = "destination-daily-limit",
           .value = "SIZE",
           .help = "send at most this much to the destination in any 24 hours: 500MB"},
    Option{.name = "quiet-hours",
           .value = "WHEN",
           .help = "read and write nothing then, by this computer's clock: 08:00-18:00, Mon-Fri 08:00-18:00, 22:00-06:00; "
                   "several separated by commas"},
    Option{.name = "wait",
           .help = "where one of these three stands in the way, wait without connections and go on, instead of ending with "
                   "status 4"},
    Option{.name = "budget", .value = "SIZE", .help = "memory for messages in flight (default 28MiB, $MAILHAUL_BUDGET)"},
};

constexpr std::array output{
    Option{.name = "json", .help = "one JSON event per line, the report last (docs/json-events.md)"},
    Option{.name = "quiet", .help = "only what went wrong", .letter = 'q'},
    Option{.name = "verbose", .help = "every folder and connection", .letter = 'v'},
    Option{.name = "protocol", .help = "print the dialogue with both servers, secrets redacted"},
    Option{.name = "help", .help = "this text", .letter = 'h'},
};

constexpr std::array groups{
    OptionGroup{"Accounts", ends},
    OptionGroup{"Many accounts", many},
    OptionGroup{"Credentials", credential_options},
    OptionGroup{"Connection", connection_options},
    OptionGroup{"What to copy", selection},
    OptionGroup{"Where to and how", placing},
    OptionGroup{"Deleting (nothing is deleted without these)", deletion},
    OptionGroup{"The run", running},
    OptionGroup{"Output", output},
};

constexpr std::array<std::string_view, 4> examples{
    "mailhaul sync u1@old.example --to u1@new.example",
    "mailhaul sync u1@old.example --to u1@new.example --source-password file:old.txt --dry-run",
    "mailhaul sync master@old.example --to admin@new.example --accounts users.csv",
    "mailhaul sync imap://u1@10.0.0.5 --to imaps://u1@new.example:1993 --folder INBOX --newer-than 30d",
};

}  // namespace

constexpr CommandHelp sync_help{
    .name = "sync",
    .task = "Copy mail",
    .summary = "Copy what is new in an account, then verify it. Safe to repeat; never deletes unless told.",
    .usage = "SOURCE --to DESTINATION [--accounts FILE] [options]",
    .examples = examples,
    .groups = groups,
    .exit_status =
        "Exit status: 0 verified; 1 failed, run again to resume; 3 verified, some messages refused; 4 paused, run "
        "again later; 10 login refused; 11 destination full; 64 the command line is wrong (docs/exit-codes.md has them all).",
};

}  // namespace mailhaul::cli
