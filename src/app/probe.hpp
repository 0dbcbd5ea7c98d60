// SPDX-License-Identifier: Apache-2.0
// Use case: find out where an account's server is, what it is, and what follows from that. Logs in nowhere, sends no secret,
// and tells nobody but the domain itself (its name servers, its own web host) that it was asked about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "client/access.hpp"
#include "net/dial.hpp"
#include "net/dns_records.hpp"
#include "provider/recognise.hpp"

namespace mailhaul::app {

struct ProbeRequest {
    ProbeRequest() = default;
    std::string address;  ///< user@domain, a domain, or empty
    std::string host;     ///< asked about directly; empty: found by the domain
    std::optional<std::uint16_t> port;
    std::optional<client::Security> security;
    net::DnsOptions dns;
    bool ask_dns = true;
    std::vector<std::string> autoconfig;  ///< URLs; empty: the domain's own two
    net::TlsOptions tls;
    net::ProxyOptions proxy;
    bool protocol_log = false;
    std::chrono::milliseconds timeout{10'000};  ///< of each attempt
    std::vector<provider::Profile> profiles;    ///< empty: those built in
};

/// One place where the server may be, and what came of looking there.
struct ProbeAttempt {
    ProbeAttempt() = default;
    std::string host;
    std::uint16_t port = 993;
    client::Security security = client::Security::implicit_tls;
    std::string source;  ///< how it was come by: `SRV record`, `autoconfig`, ...
    std::string user;    ///< what to log in as, where somebody said
    std::optional<Error> error;
};

struct ProbeOutcome {
    ProbeOutcome() = default;
    std::vector<ProbeAttempt> attempts;  ///< in the order tried; the last one answered, where `answered`
    bool answered = false;
    provider::Evidence evidence;
    std::string transport;
    std::optional<Error> certificate;  ///< it answers, but its certificate is not accepted
    provider::Recognition recognition;
    std::vector<std::string> exchangers;
    std::vector<std::string> remarks;  ///< what could not be asked
};

/// `outcome.recognition` borrows from `request.profiles` and the built-in ones: keep `request`.
ProbeOutcome probe(const ProbeRequest& request);

}  // namespace mailhaul::app
