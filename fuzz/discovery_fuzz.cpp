// SPDX-License-Identifier: Apache-2.0
// Any octets as a domain's autoconfig, as a file of profiles and as a greeting: nothing crashes, and every host that comes out
// of an autoconfig may be dialed.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "provider/autoconfig.hpp"
#include "provider/recognise.hpp"

using namespace mailhaul::provider;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const PublishedServer& server : servers_in_autoconfig(text, "ann@example.org"))
        if (server.host.empty() || server.port == 0 || server.host.find_first_of(" /@\r\n") != std::string::npos) std::abort();
    static_cast<void>(profiles_from(text, "f"));
    Evidence evidence;
    evidence.greeting = evidence.host = evidence.id = std::string(text);
    static_cast<void>(recognise(built_in_profiles(), evidence));
    return 0;
}
