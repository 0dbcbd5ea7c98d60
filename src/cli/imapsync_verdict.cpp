// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_verdict.hpp"

#include <algorithm>
#include <csignal>
#include <map>

#include "cli/progress_text.hpp"

namespace mailhaul::cli {
namespace {

struct Kind {
    const char* type;
    int status;
    const char* symbol;
};

constexpr Kind login_1{"ERR_AUTHENTICATION_FAILURE_USER1", 161, "EXIT_AUTHENTICATION_FAILURE_USER1"};
constexpr Kind login_2{"ERR_AUTHENTICATION_FAILURE_USER2", 162, "EXIT_AUTHENTICATION_FAILURE_USER2"};
constexpr Kind no_preauth{"ERR_AUTHENTICATION_FAILURE", 16, "EXIT_AUTHENTICATION_FAILURE"};
constexpr Kind connection_1{"ERR_CONNECTION_FAILURE_HOST1", 101, "EXIT_CONNECTION_FAILURE_HOST1"};
constexpr Kind connection_2{"ERR_CONNECTION_FAILURE_HOST2", 102, "EXIT_CONNECTION_FAILURE_HOST2"};
constexpr Kind connection_only{"ERR_CONNECTION_FAILURE", 10, "EXIT_CONNECTION_FAILURE"};
constexpr Kind tls{"ERR_EXIT_TLS_FAILURE", 12, "EXIT_TLS_FAILURE"};
constexpr Kind fetch{"ERR_Host1_FETCH", 115, "EXIT_ERR_FETCH"};
constexpr Kind append{"ERR_APPEND", 114, "EXIT_ERR_APPEND"};
constexpr Kind append_size{"ERR_APPEND_SIZE", 114, "EXIT_ERR_APPEND"};
constexpr Kind append_virus{"ERR_APPEND_VIRUS", 119, "EXIT_ERR_APPEND_VIRUS"};
constexpr Kind over_quota{"ERR_OVERQUOTA", 113, "EXIT_OVERQUOTA"};
constexpr Kind create{"ERR_CREATE", 116, "EXIT_ERR_CREATE"};
constexpr Kind select{"ERR_SELECT", 117, "EXIT_ERR_SELECT"};
constexpr Kind no_sub_folder{"ERR_SUBFOLDER1_NO_EXISTS", 21, "EXIT_SUBFOLDER1_NO_EXISTS"};
constexpr Kind no_input{"ERR_NOINPUT", 66, "EX_NOINPUT"};
constexpr Kind usage{"ERR_USAGE", 64, "EX_USAGE"};
constexpr Kind transfer_exceeded{"ERR_TRANSFER_EXCEEDED", 118, "EXIT_TRANSFER_EXCEEDED"};
constexpr Kind unclassified{"ERR_UNCLASSIFIED", 111, "EXIT_WITH_ERRORS"};

bool mentions(const std::string& text, std::string_view word) {
    const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
    return std::ranges::search(text, word, same).begin() != text.end();
}

/// What a failed connection counts as on this side.
Kind connection_kind(std::size_t side, const ImapsyncCircumstances& circumstances) {
    if (circumstances.extent == app::Extent::connect_only) return connection_only;
    return side == 0 ? connection_1 : connection_2;
}

Kind kind_of(Errc code, std::size_t side, const std::string& words, const ImapsyncCircumstances& circumstances) {
    switch (code) {
        case Errc::login_unavailable:
            if (words.contains("mechanism PREAUTH")) return no_preauth;
            return side == 0 ? login_1 : login_2;
        case Errc::login_refused: return side == 0 ? login_1 : login_2;
        case Errc::command_rejected:
            if (words.contains("logging in")) return side == 0 ? login_1 : login_2;
            return unclassified;
        case Errc::credential_unavailable: return no_input;
        case Errc::unknown_host:
        case Errc::connect_failed:
        case Errc::timed_out:
        case Errc::connection_lost:
        case Errc::server_unavailable:
        case Errc::too_many_connections: return connection_kind(side, circumstances);
        case Errc::tls_failed:
        case Errc::certificate_rejected:
            return circumstances.security.at(side) == client::Security::implicit_tls ? connection_kind(side, circumstances)
                                                                                     : tls;
        case Errc::plaintext_refused: return tls;
        case Errc::over_quota: return over_quota;
        case Errc::too_big: return append_size;
        case Errc::message_refused: return mentions(words, "virus") ? append_virus : append;
        case Errc::message_unreadable: return fetch;
        case Errc::mailbox_refused: return mentions(words, "SELECT") || mentions(words, "EXAMINE") ? select : create;
        case Errc::unmappable_name: return create;
        case Errc::usage:
        case Errc::same_account: return usage;  // the command line must change; imapsync has no status for it
        case Errc::mailbox_missing: return mentions(words, "subfolder") ? no_sub_folder : select;
        default: return unclassified;
    }
}

ImapsyncError error_of(const Kind& kind, std::string words) { return {kind.type, kind.status, kind.symbol, std::move(words)}; }

std::vector<ImapsyncError> errors_of(const sync::Report& report, const ImapsyncCircumstances& circumstances) {
    std::vector<ImapsyncError> errors;
    for (const sync::MessageException& exception : report.exceptions)
        errors.push_back(error_of(kind_of(exception.code, 1, exception.reason, circumstances), exception_line(exception)));
    const std::size_t side = report.error_side == sync::SideName::destination ? 1 : 0;
    bool in_a_mailbox = false;
    if (report.pause)
        errors.push_back(error_of(transfer_exceeded, "Maximum bytes transferred reached: " + report.pause->reason));
    for (const sync::MailboxReport& mailbox : report.mailboxes) {
        if (!mailbox.error || report.pause) continue;  // of a run that was paused, the pause
        in_a_mailbox = true;
        const std::string words = pair_name(mailbox) + ": " + mailbox.error->describe();
        errors.push_back(error_of(kind_of(mailbox.error->code, side, words, circumstances), words));
    }
    for (const sync::MailboxReport& mailbox : report.mailboxes) {
        if (mailbox.deletions_refused == 0) continue;
        const std::string kept = spell_messages(mailbox.deletions_refused);
        errors.push_back(
            error_of(unclassified, pair_name(mailbox) + ": " + kept + " not deleted on host2, see the note above"));
    }
    if (report.mailboxes_refused > 0)
        errors.push_back(error_of(
            unclassified, std::to_string(report.mailboxes_refused) + " folders not deleted on host2, see the notes above"));
    // Report::error is the first mailbox's where there is one: counted already.
    if (report.error && !in_a_mailbox && !report.pause) {
        const std::string words = report.error->describe();
        errors.push_back(error_of(kind_of(report.error->code, side, words, circumstances), words));
    }
    return errors;
}

}  // namespace

ImapsyncVerdict imapsync_verdict(const sync::Report& report, const ImapsyncCircumstances& circumstances) {
    ImapsyncVerdict verdict;
    if (circumstances.was_aborted_by_file) {
        verdict.status = 7;
        verdict.symbol = "EXIT_BY_FILE";
        return verdict;
    }
    if (report.error && report.error->code == Errc::cancelled) {
        constexpr int died_by_signal =
            128;  // imapsync prints 6 and dies by the signal; a shell sees this and the signal's number
        verdict.status = died_by_signal + report.stopped_by.value_or(SIGINT);
        verdict.symbol = "EXIT_BY_SIGNAL";
        return verdict;
    }
    verdict.errors = errors_of(report, circumstances);
    std::map<std::string, std::size_t> frequency;
    for (const ImapsyncError& error : verdict.errors) ++frequency[error.type];
    const auto most =
        std::ranges::max_element(frequency, {}, [](const auto& entry) { return entry.second; });  // the first of equals
    if (most == frequency.end()) {
        const bool good = report.ending == sync::Ending::complete || report.ending == sync::Ending::complete_with_exceptions;
        if (!good) verdict.status = unclassified.status, verdict.symbol = unclassified.symbol;
        return verdict;
    }
    verdict.most_frequent = most->first;
    const auto example = std::ranges::find(verdict.errors, most->first, &ImapsyncError::type);
    verdict.status = example->status;
    verdict.symbol = example->symbol;
    return verdict;
}

}  // namespace mailhaul::cli
