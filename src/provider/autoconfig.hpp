// SPDX-License-Identifier: Apache-2.0
// What a domain publishes for mail programs: the `config-v1.1.xml` that several of them read. Pure; reads the few elements
// that name an IMAP server, and no others.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailhaul::provider {

struct PublishedServer {
    PublishedServer() = default;
    std::string host;
    std::uint16_t port = 993;
    bool implicit_tls = true;  ///< else STARTTLS; entries in clear text are left out
    std::string user;          ///< with %EMAILADDRESS% and kin filled in; empty where not told
};

/// In the order published; at most ten. `address` fills the placeholders.
std::vector<PublishedServer> servers_in_autoconfig(std::string_view xml, std::string_view address);

}  // namespace mailhaul::provider
