// SPDX-License-Identifier: Apache-2.0
// Certificate: a verification as a document that anybody can check later, offline, and nobody can change.
//
// JSON in one spelling only, signed over its exact octets: docs/formats/certificate.md. It claims what the verification
// found at its level and nothing else; differences stand in it by name. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "proof/signing.hpp"
#include "proof/verification.hpp"

namespace mailhaul::proof {

struct Certificate {
    Verification verification;
    std::string tool;         ///< `mailhaul 0.1.0`
    std::int64_t issued = 0;  ///< epoch seconds
    PublicKey signer{};
    bool operator==(const Certificate&) const = default;
};

/// The document, signed. Text that is not UTF-8 is repaired; mailbox names are exact.
std::string write_certificate(const Verification& verification, std::string tool, std::int64_t issued, const SigningKey& key);

/// Reads a document and holds it to its signature, its spelling and its sums. Errors: certificate_refused (scope run), with
/// why: altered, damaged, or not a certificate. Whose key it was is not judged.
Result<Certificate> read_certificate(std::string_view document);

/// `2026-11-26T12:00:00Z`, UTC; for years 1970 to 9999.
std::string spell_time(std::int64_t epoch_seconds);

}  // namespace mailhaul::proof
