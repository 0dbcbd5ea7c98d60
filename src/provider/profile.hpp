// SPDX-License-Identifier: Apache-2.0
// Profile: what is known of one kind of mail server, read from text that people write (data/profiles.txt explains the form).
// A profile is a hint: it may lower a limit or widen tolerance; what a server can do is decided by its capabilities.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mailhaul::provider {

/// What a server makes of a message's octets.
enum class Bytes : std::uint8_t { exact, mostly, headers, regenerates, encrypts };

/// How one login opens the mailbox of another.
enum class Admin : std::uint8_t { none, sasl, star, percent, proxyauth, kerio, exchange, delegate, service_account };

enum class Password : std::uint8_t { yes, app, no };

struct Server {
    std::string host;
    std::uint16_t port = 993;
};

/// What names of mailboxes it takes.
struct Names {
    Names() = default;
    std::string without;        ///< ASCII characters that no level holds
    std::string only;           ///< besides ASCII letters and digits nothing but these; empty: whatever is not in `without`
    bool trims_blanks = false;  ///< refuses blanks at the ends of a level
    bool joins_blanks = false;  ///< refuses two blanks in a row
    bool ignores_case = false;  ///< `Work` and `work` are one
    bool parents_are_empty = false;     ///< what holds mailboxes holds no messages
    std::size_t longest = 0;            ///< octets of a whole name; 0: not known
    std::vector<std::string> reserved;  ///< at the top: its own
};

/// The arrival dates it keeps as given; years, both included.
struct Years {
    std::int32_t first = 0;
    std::int32_t last = 9999;
};

struct Profile {
    Profile() = default;
    std::string id;
    std::string name;

    // Signs, lower case but for capabilities, which are upper case.
    std::vector<std::string> greetings;
    std::vector<std::string> ids;
    std::vector<std::vector<std::string>> capabilities;  ///< all of one row
    std::vector<std::string> not_capabilities;
    std::vector<std::string> hosts;
    std::vector<std::string> exchangers;

    std::optional<Server> server;
    std::string separator;
    std::string prefix;
    std::uint32_t first_connections = 2;
    std::uint32_t most_connections = 4;
    std::uint64_t command_octets = 1000;
    std::optional<std::uint64_t> message_octets;  ///< where it does not say itself
    bool message_octets_vary = false;             ///< its administrator may have chosen another number
    Bytes bytes = Bytes::exact;
    Admin admin = Admin::none;
    Password password = Password::yes;
    std::string oauth;
    std::vector<std::string> skip;  ///< paths below the prefix, `/` between levels; or roles, as `\\All`
    bool tells_no_roles = false;    ///< Sent, Trash and the like are known by their names alone
    Names names;
    std::vector<std::string> dropped_flags;  ///< would do harm there
    std::size_t keyword_octets = 0;          ///< of the longest keyword it takes; 0: not known
    std::size_t keywords_each = 0;           ///< different keywords a mailbox can have; 0: not known
    std::string keyword_suffix;              ///< it writes this and a number behind a keyword, which means nothing elsewhere
    std::size_t shows = 0;                   ///< of a folder, the newest so many messages; 0: all
    std::string own_record;                  ///< in the subject of the first message of a folder: it is none
    std::optional<Years> dates;
    std::vector<std::string> notes;
    std::vector<std::string> warnings;  ///< what to tell whoever copies to it
};

/// Errors: usage (scope run), naming `path` and the line, what stands there and what was wanted.
Result<std::vector<Profile>> profiles_from(std::string_view text, const std::string& path);

/// Those that mailhaul brings along.
const std::vector<Profile>& built_in_profiles();

/// The text they were read from.
std::string_view built_in_text();

}  // namespace mailhaul::provider
