// SPDX-License-Identifier: Apache-2.0
// A verification and its certificate in words, and the same as JSON events (docs/json-events.md). Pure.
#pragma once

#include <cstddef>
#include <string>

#include "app/verify_account.hpp"
#include "cli/json_events.hpp"
#include "proof/certificate.hpp"

namespace mailhaul::cli {

/// What was found, message by message where it is not as it should be; at least 60 columns.
std::string verification_text(const proof::Verification& found);
std::string verify_text(const app::VerifyReport& report);

std::string json_verified_mailbox(WallTime time, const proof::MailboxResult& mailbox);
std::string json_finding(WallTime time, const proof::MailboxResult& mailbox, const proof::Finding& finding);
std::string json_verify_report(WallTime time, const app::VerifyReport& report, int exit_status);

/// A certificate that was checked; `trusted`: its signer was the one asked for.
enum class Signer : std::uint8_t { trusted, anybody };
std::string certificate_text(const proof::Certificate& certificate, Signer signer, bool with_ledger);
std::string json_certificate(WallTime time, const proof::Certificate& certificate, Signer signer, bool with_ledger,
                             int exit_status);
std::string json_certificate_refused(WallTime time, const Error& error, int exit_status);

}  // namespace mailhaul::cli
