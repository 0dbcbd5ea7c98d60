// SPDX-License-Identifier: Apache-2.0
// DNS records other than addresses: where a domain's IMAP server is said to be (SRV, RFC 2782) and who takes its mail (MX).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"

namespace mailhaul::net {

struct SrvRecord {
    SrvRecord() = default;
    std::uint16_t priority = 0;
    std::uint16_t weight = 0;
    std::uint16_t port = 0;
    std::string target;  ///< `.` where the service is said not to exist
};

struct MxRecord {
    MxRecord() = default;
    std::uint16_t priority = 0;
    std::string exchanger;
};

/// How to ask: `servers` as `address:port`, several separated by commas; empty: as the system does.
struct DnsOptions {
    DnsOptions() = default;
    std::string servers;
    std::chrono::milliseconds timeout{5'000};
};

/// By priority, then the heavier first; empty where there are none. Errors: unknown_host (retry later) where no name server
/// answers; usage where `servers` cannot be understood.
Task<Result<std::vector<SrvRecord>>> look_up_srv(std::string name, DnsOptions options);
Task<Result<std::vector<MxRecord>>> look_up_mx(std::string name, DnsOptions options);

}  // namespace mailhaul::net
