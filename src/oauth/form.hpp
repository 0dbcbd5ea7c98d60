// SPDX-License-Identifier: Apache-2.0
// The two encodings OAuth 2.0 needs for what it sends: forms and base64 for URLs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailhaul::oauth {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// application/x-www-form-urlencoded, which is also a URL's query: everything but A-Z a-z 0-9 - . _ ~ as %XX.
std::string form_from(const Fields& fields);

/// The value of `name` in a query or form; empty where it is not there or badly encoded. The first counts.
std::optional<std::string> field_in(std::string_view form, std::string_view name);

/// Base64 for URLs, without padding (RFC 7515 appendix C).
std::string url_base64_from(std::string_view octets);
std::optional<std::string> octets_from_url_base64(std::string_view text);

}  // namespace mailhaul::oauth
