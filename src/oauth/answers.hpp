// SPDX-License-Identifier: Apache-2.0
// What token endpoints answer (RFC 6749 section 5, RFC 8628 section 3): tokens, device codes, refusals. Pure; tolerant of
// what providers do (numbers as strings, missing fields), strict about what would be dangerous (another token type).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace mailhaul::oauth {

struct Tokens {
    Tokens() = default;
    Secret access;
    Secret refresh;                             ///< empty: keep the one there is
    std::optional<std::chrono::seconds> lives;  ///< of the access token, from now; empty: not told
};

/// What a refusal asks for.
enum class Refusal : std::uint8_t {
    pending,       ///< device code: the person has not agreed yet
    slow_down,     ///< device code: the same, and five seconds more between polls from now on
    declined,      ///< the person said no
    code_expired,  ///< the device code or authorization code is too old
    grant_dead,    ///< the refresh token was revoked or used up, or the assertion is wrong
    client_wrong,  ///< the client's id, secret or permissions
    scope_wrong,
    needs_person,  ///< consent, a second factor, a policy
    transient,     ///< try again
    other,
};

struct TokenRefusal {
    TokenRefusal() = default;
    Refusal kind = Refusal::other;
    std::string error;        ///< the protocol's word, such as invalid_grant
    std::string description;  ///< the provider's words; no secret stands there
};

using TokenAnswer = std::variant<Tokens, TokenRefusal>;

/// `status` is HTTP's. What is no JSON at all is a refusal too: transient from 500 on.
TokenAnswer token_answer_from(int status, std::string_view body);

struct DeviceCode {
    DeviceCode() = default;
    Secret device_code;
    std::string user_code;
    std::string where;  ///< the page to go to
    std::chrono::seconds lives{900};
    std::chrono::seconds interval{5};
};
std::variant<DeviceCode, TokenRefusal> device_answer_from(int status, std::string_view body);

/// A refusal in words with what to do; `subject` says what was asked for, `endpoint` of whom.
Error error_from(const TokenRefusal& refusal, const std::string& subject, const std::string& endpoint);

/// What a token command may print instead of the bare token: an object with access_token and perhaps expires_in.
std::optional<Tokens> tokens_in_json(std::string_view text);

/// The key file of a service account.
struct ServiceAccount {
    ServiceAccount() = default;
    std::string email;
    std::string key_id;
    std::string token_endpoint;
    Secret private_key;
};
Result<ServiceAccount> service_account_from(std::string_view json, const std::string& path);

}  // namespace mailhaul::oauth
