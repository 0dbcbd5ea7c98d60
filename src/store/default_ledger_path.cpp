// SPDX-License-Identifier: Apache-2.0
// Names the ledger after its account: readable in a folder listing, and never the same for two accounts.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "message/fingerprint.hpp"
#include "store/ledger.hpp"

namespace mailhaul::store {

namespace {

// Two of these, the digest and the ending stay well below the 255 octets file systems allow.
constexpr std::size_t max_side = 80;

/// `text` with everything but letters, digits and `@ . - +` made `_`, so that it is one file name everywhere.
std::string file_name_from(std::string_view text) {
    std::string name(text.substr(0, max_side));
    for (char& c : name) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && std::string_view("@.-+").find(c) == std::string_view::npos) c = '_';
    }
    if (name.starts_with('.') || name.starts_with('-')) name[0] = '_';  // neither hidden nor an option
    return name;
}

/// 64 bits of SHA-256 over both sides: what the readable part lost makes no two accounts meet.
std::string digest_of(const AccountKey& account) {
    message::Sha256Stream stream;
    stream.update(account.source);
    stream.update(std::string_view("\0", 1));
    stream.update(account.destination);
    const message::Sha256 digest = stream.finish();
    std::string hex;
    for (std::size_t i = 0; i < 8; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

std::string home() {
    if (const char* variable = std::getenv("HOME"); variable != nullptr && *variable == '/') return variable;
    const passwd* const entry = getpwuid(getuid());
    return entry != nullptr && entry->pw_dir != nullptr ? entry->pw_dir : ".";
}

/// A relative path is to be ignored (XDG Base Directory Specification, "Basics").
std::string state_folder() {
    if (const char* variable = std::getenv("XDG_STATE_HOME"); variable != nullptr && *variable == '/') return variable;
    return home() + "/.local/state";
}

}  // namespace

std::string default_ledger_path(const AccountKey& account) {
    return fmt::format("{}/mailhaul/{}_{}_{}.ledger", state_folder(), file_name_from(account.source),
                       file_name_from(account.destination), digest_of(account));
}

}  // namespace mailhaul::store
