// SPDX-License-Identifier: Apache-2.0
// The exit status of a run: one number a script can act on. A contract, docs/exit-codes.md; imapsync's own numbers are
// made in the command line's imapsync mode.
#include "app/check_login.hpp"
#include "app/sync_account.hpp"
#include "app/verify_account.hpp"

namespace mailhaul::app {
namespace {

enum Status : std::uint8_t {
    verified = 0,
    failed = 1,           // run again
    with_exceptions = 3,  // all but the messages named
    paused = 4,           // run again later
    needs_person = 5,     // somebody must act; the report says on what
    login_refused = 10,
    quota_full = 11,
    not_secure = 12,  // no TLS, or a certificate that does not verify
    unreachable = 13,
    ledger_unusable = 14,
    host_unknown = 15,
    folder_missing = 16,
    one_account = 17,    // both sides are the same account
    refused = 20,        // a certificate that is not to be believed
    usage = 64,          // EX_USAGE of sysexits(3)
    no_credential = 66,  // EX_NOINPUT
    bug = 70,            // EX_SOFTWARE
    stopped = 130,       // 128 + SIGINT, what a shell expects
};

/// The status an error has of its own; `otherwise` for the rest.
Status status_of(Errc code, Status otherwise) {
    switch (code) {
        case Errc::login_refused:
        case Errc::login_unavailable: return login_refused;
        case Errc::over_quota: return quota_full;
        case Errc::tls_failed:
        case Errc::certificate_rejected:
        case Errc::plaintext_refused: return not_secure;
        case Errc::unknown_host: return host_unknown;
        case Errc::connect_failed: return unreachable;
        case Errc::store_failed:
        case Errc::store_foreign:
        case Errc::store_damaged: return ledger_unusable;
        case Errc::mailbox_missing: return folder_missing;
        case Errc::same_account: return one_account;
        case Errc::certificate_refused: return refused;
        case Errc::usage: return usage;
        case Errc::credential_unavailable: return no_credential;
        case Errc::internal: return bug;
        case Errc::cancelled: return stopped;
        default: return otherwise;
    }
}

}  // namespace

int exit_status(const sync::Report& report) {
    switch (report.ending) {
        case sync::Ending::complete: return verified;
        case sync::Ending::complete_with_exceptions: return with_exceptions;
        case sync::Ending::paused: return report.error && report.error->code == Errc::cancelled ? stopped : paused;
        case sync::Ending::needs_person: return report.error ? status_of(report.error->code, needs_person) : needs_person;
        case sync::Ending::failed: return report.error ? status_of(report.error->code, failed) : failed;
    }
    return failed;
}

int exit_status(const LoginOutcome& outcome) { return outcome.error ? status_of(outcome.error->code, failed) : verified; }

int exit_status(const VerifyReport& report) {
    if (!report.error) return report.found.holds() ? verified : with_exceptions;
    switch (report.error->code) {
        case Errc::throttled:
        case Errc::server_unavailable:
        case Errc::too_many_connections: return paused;
        default: return status_of(report.error->code, failed);
    }
}

}  // namespace mailhaul::app
