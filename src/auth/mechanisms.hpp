// SPDX-License-Identifier: Apache-2.0
// One maker per mechanism; make_mechanism() checks the needs of each and picks. Only src/auth/ includes this.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "auth/mechanism.hpp"

namespace mailhaul::auth {

enum class ScramHash : std::uint8_t { sha1, sha256, sha512 };
enum class ScramBinding : std::uint8_t { none, required };

std::unique_ptr<Mechanism> make_plain(const Credentials& credentials);
std::unique_ptr<Mechanism> make_login(const Credentials& credentials);
std::unique_ptr<Mechanism> make_cram_md5(const Credentials& credentials);
std::unique_ptr<Mechanism> make_scram(ScramHash hash, ScramBinding binding, const Credentials& credentials, std::string nonce);
std::unique_ptr<Mechanism> make_ntlm(const Credentials& credentials, std::string nonce);
std::unique_ptr<Mechanism> make_xoauth2(const Credentials& credentials);
std::unique_ptr<Mechanism> make_oauthbearer(const Credentials& credentials);
std::unique_ptr<Mechanism> make_gssapi(const Credentials& credentials);
std::unique_ptr<Mechanism> make_external(const Credentials& credentials);

/// `=` and `,` as `=3D` and `=2C`: saslname (RFC 5801 section 4).
std::string escaped_saslname(std::string_view text);

/// What is wrong where `credentials.context` has the ticket of another than `credentials.user`.
std::optional<Error> whose_ticket_is_wrong(const Credentials& credentials);

/// For a server that asks again after a mechanism has said all it has.
Error unexpected_challenge(std::string_view mechanism);

}  // namespace mailhaul::auth
