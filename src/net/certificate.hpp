// SPDX-License-Identifier: Apache-2.0
// Certificate: what an operator has to know about one to accept or reject it, in words.
#pragma once

#include <string>
#include <string_view>

#include <openssl/x509.h>

namespace mailhaul::net {

/// SHA-256 of the DER SubjectPublicKeyInfo, 64 lower-case hex digits (RFC 7469 section 2.4, in hex).
std::string spki_sha256(const X509* certificate);

/// `for CN=a.example; names: a.example, *.b.example; issued by CN=R3; valid 2025-01-02 to 2025-04-02; SPKI SHA-256 ...`
/// Bounded in length and printable, whatever the certificate holds.
std::string describe(const X509* certificate);

/// Binding data for tls-server-end-point (RFC 5929 section 4.1); empty where the signature's hash is not defined.
std::string server_end_point(const X509* certificate);

}  // namespace mailhaul::net
