// SPDX-License-Identifier: Apache-2.0
// The files around a certificate: the key that signs it, the document, its page for people; and the check of all that.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "proof/certificate.hpp"
#include "proof/signing.hpp"
#include "proof/verification.hpp"

namespace mailhaul::app {

/// Where the key is unless told: `$XDG_STATE_HOME/mailhaul/signing.key`.
std::string default_signing_key_path();

/// The key at `path`; made, readable by its owner alone, where there is none. Errors: store_failed where it cannot be read
/// or written; certificate_refused where the file is something else. A file that is there is never changed.
Result<proof::SigningKey> signing_key_at(const std::string& path);

struct CertificateRequest {
    CertificateRequest() = default;
    std::string document;     ///< path of the certificate; replaced where it is there
    std::string page;         ///< of the HTML page; empty: none
    std::string signing_key;  ///< empty: default_signing_key_path()
    std::string tool;
    std::int64_t issued = 0;  ///< epoch seconds
};
/// Signs what was found and writes it. Returns the certificate, whose signer people are told.
Result<proof::Certificate> issue_certificate(const proof::Verification& found, const CertificateRequest& request);

struct CertificateCheck {
    CertificateCheck() = default;
    std::string document;
    std::optional<std::string> trusted;  ///< fingerprint of the only signer that will do
    std::string ledger;                  ///< empty: none; else the roots are computed from it again
};
/// Errors: certificate_refused, with why; store_failed where a file cannot be read. Touches no network.
Result<proof::Certificate> check_certificate(const CertificateCheck& check);

}  // namespace mailhaul::app
