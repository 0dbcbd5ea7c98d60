// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/early_look.hpp"

#include <string>
#include <utility>
#include <variant>

#include "imap/codec/command.hpp"

namespace mailhaul::sync {

EarlyLook::EarlyLook(imap::SelectedMailbox selected, imap::MailboxName name, imap::Uid first)
    : name_(std::move(name)), first_(first) {
    seen_.selected = std::move(selected);
}

void EarlyLook::begin(client::Connection& destination) {
    imap::Command opening = imap::select_command(name_, imap::SelectMode::select, "", destination.literal_mode());
    opening.follows_append = true;
    imap::Command rows =
        imap::uid_fetch_command(std::to_string(first_.value()) + ":*", "(UID FLAGS INTERNALDATE RFC822.SIZE)", "");
    rows.follows_select = true;
    opening_ = destination.submit(std::move(opening));
    asked_ = destination.submit(std::move(rows));
}

void EarlyLook::hear(imap::Response&& response) {
    if (const auto* status = std::get_if<imap::StatusResponse>(&response); asked_ && status != nullptr && status->code) {
        const auto* code = std::get_if<imap::UidValidityCode>(&*status->code);
        if (code != nullptr && seen_.selected.uid_validity != code->uid_validity) is_another_ = true;
    }
    auto* fetch = std::get_if<imap::FetchResponse>(&response);
    const bool is_a_row = asked_ && fetch != nullptr && fetch->uid && fetch->flags && fetch->size;
    if (is_a_row && *fetch->uid >= first_) seen_.add(*fetch->uid, *fetch->flags, fetch->internal_date, *fetch->size);
}

Task<Result<void>> EarlyLook::finish(client::Connection& destination) {
    if (!asked_) co_return Result<void>{};
    auto opened = co_await destination.answer_to(*opening_);
    auto answer = co_await destination.answer_to(*asked_);
    if (!opened.ok()) co_return std::move(opened).error();
    if (is_another_ || opened.value().kind != imap::StatusKind::ok)
        co_return Error{Errc::mailbox_missing, Scope::mailbox, Retry::now,
                        is_another_ ? "the mailbox was replaced by another of its name while mail was stored in it"
                                    : "the mailbox cannot be opened once more after mail was stored in it",
                        opened.value().raw};
    is_answered_ = answer.ok() && answer.value().kind == imap::StatusKind::ok;
    co_return Result<void>{};
}

std::optional<Snapshot> EarlyLook::take() {
    if (!std::exchange(is_answered_, false)) return std::nullopt;
    seen_.finish();
    return std::move(seen_);
}

}  // namespace mailhaul::sync
