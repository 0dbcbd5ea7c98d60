// SPDX-License-Identifier: Apache-2.0
// Where the big providers' OAuth 2.0 endpoints are and what scope IMAP needs there. A convenience: each of these can be
// given by hand, and any other server works the same way.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oauth/form.hpp"

namespace mailhaul::oauth {

struct Provider {
    Provider() = default;
    std::string name;
    std::string authorize;  ///< endpoint for a browser; empty: none known
    std::string token;
    std::string device;                  ///< empty: this provider does not give mail tokens to devices
    std::string scope;                   ///< for a person
    std::string app_scope;               ///< for an application without a person; empty: not there
    Fields extra;                        ///< added to the address the browser goes to
    std::string loopback = "127.0.0.1";  ///< the host name the provider wants in the redirect
};

/// By name: google, microsoft, yahoo, aol, fastmail, yandex, mailru. `tenant` is Microsoft's: a domain, an id, `common`.
std::optional<Provider> provider_named(std::string_view name, std::string_view tenant);
std::vector<std::string> provider_names();

}  // namespace mailhaul::oauth
