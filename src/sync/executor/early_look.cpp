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
    auto* fetch = std::get_if<imap::FetchResponse>(&response);
    const bool is_a_row = asked_ && fetch != nullptr && fetch->uid && fetch->flags && fetch->size;
    if (is_a_row && *fetch->uid >= first_) seen_.add(*fetch->uid, *fetch->flags, fetch->internal_date, *fetch->size);
}

Task<void> EarlyLook::finish(client::Connection& destination) {
    if (!asked_) co_return;
    static_cast<void>(co_await destination.answer_to(*opening_));
    auto answer = co_await destination.answer_to(*asked_);
    is_answered_ = answer.ok() && answer.value().kind == imap::StatusKind::ok;
}

std::optional<Snapshot> EarlyLook::take() {
    if (!std::exchange(is_answered_, false)) return std::nullopt;
    seen_.finish();
    return std::move(seen_);
}

}  // namespace mailhaul::sync
