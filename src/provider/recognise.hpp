// SPDX-License-Identifier: Apache-2.0
// Recognising a server: which profile fits what it said of itself and what it is called, and how sure that is. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imap/types/capability.hpp"
#include "provider/profile.hpp"

namespace mailhaul::provider {

/// What is known of a server; whatever is not known stays empty.
struct Evidence {
    Evidence() = default;
    std::string greeting;  ///< its words after OK
    std::string id;        ///< name and version of its answer to ID
    imap::CapabilitySet capabilities;
    std::string host;
    std::vector<std::string> exchangers;  ///< MX of the account's domain
};

enum class Sureness : std::uint8_t {
    none,
    guess,    ///< by a name alone: the host's, or the domain's mail exchanger
    likely,   ///< by what the server says
    certain,  ///< by two kinds of signs, or one that only this server has
};

struct Recognition {
    const Profile* profile = nullptr;  ///< borrowed from the profiles; null where none fits
    Sureness sureness = Sureness::none;
    std::vector<std::string> signs;  ///< for people: `greeting "Gimap ready ..."`
};

/// The profile with the strongest signs; of equals the first, so more special ones stand before.
Recognition recognise(const std::vector<Profile>& profiles, const Evidence& evidence);

std::string_view to_string(Sureness sureness);

/// By the built-in profiles; `words` are the server's, from ID or its greeting.
Recognition recognise_server(std::string_view words, std::string_view host, const imap::CapabilitySet& capabilities);

/// How many connections of one account suit a server: to begin with, and at most. What is allowed beyond `first` must still
/// prove to be faster.
struct Connections {
    std::uint32_t first = 2;
    std::uint32_t most = 4;
};
/// A server nobody knows gets two to four.
Connections connections_for(std::string_view words, std::string_view host, const imap::CapabilitySet& capabilities);

}  // namespace mailhaul::provider
