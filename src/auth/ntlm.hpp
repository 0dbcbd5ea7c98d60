// SPDX-License-Identifier: Apache-2.0
// NTLMv2's messages ([MS-NLMP]): what a client says to a server that knows nothing better. Only src/auth/ includes this.
//
// Version 2 alone, without sessions of its own: TLS protects the connection. Leaves out NTLMv1 and LM, which are broken, and
// channel binding.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace mailhaul::auth {

/// MD4 (RFC 1320), 16 octets. Broken as a hash, and what NTLM stores passwords as.
std::string md4(std::string_view text);

/// UTF-16, low octet first, of UTF-8; what is no UTF-8 becomes U+FFFD.
std::string utf16_from(std::string_view utf8);

/// NEGOTIATE_MESSAGE (section 2.2.1.1).
std::string ntlm_negotiate();

struct NtlmChallenge {
    std::string challenge;                 ///< of the server, 8 octets
    std::string target_info;               ///< AV pairs as they came, their end included; no more than that where none came
    std::optional<std::string> timestamp;  ///< of the server, 8 octets: the response is then bound to all three messages
};
/// CHALLENGE_MESSAGE (section 2.2.1.2). Error protocol_violation.
Result<NtlmChallenge> read_ntlm_challenge(std::string_view message);

struct NtlmLogin {
    std::string user;    ///< UTF-8, without its domain
    std::string domain;  ///< empty: the server's
    Secret password;
};

/// The two responses and the key that they leave (section 3.3.2).
struct NtlmV2 {
    std::string nt, lm, session_key;
};
/// `time`: of FILETIME, 8 octets; `client_challenge`: 8 octets. The user's name counts in capitals; only ASCII is made so.
NtlmV2 ntlm_v2(const NtlmLogin& login, std::string_view server_challenge, std::string_view client_challenge,
               std::string_view time, std::string_view target_info);

/// AUTHENTICATE_MESSAGE (section 2.2.1.3) for `challenge_message`. `now`: seconds since 1970, used where the server tells no
/// time.
Result<Secret> ntlm_authenticate(const NtlmLogin& login, std::string_view challenge_message, std::string_view client_challenge,
                                 std::int64_t now);

}  // namespace mailhaul::auth
