// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/reader_desk.hpp"

#include <algorithm>
#include <utility>

#include "client/mailbox_commands.hpp"
#include "sync/executor/fetch_stage.hpp"

namespace mailhaul::sync {

OpenTransfer* ReaderDesk::neediest() const {
    OpenTransfer* found = nullptr;
    for (OpenTransfer* one : open_) {
        if (!one->is_worth_another_reader()) continue;
        if (found == nullptr || one->handover_.queue.octets_left() > found->handover_.queue.octets_left()) found = one;
    }
    return found;
}

Task<Result<void>> ReaderDesk::lend(client::Connection& source, std::function<bool()> must_leave) {
    OpenTransfer* transfer = neediest();
    if (transfer == nullptr) co_return Result<void>{};
    struct Attendance {
        explicit Attendance(OpenTransfer& at) : transfer(at) { ++transfer.assistants_; }
        Attendance(const Attendance&) = delete;
        Attendance& operator=(const Attendance&) = delete;
        ~Attendance() {
            --transfer.assistants_;
            transfer.assistant_left_.notify();
        }
        OpenTransfer& transfer;
    };
    const Attendance attendance(*transfer);
    auto opened = co_await client::open_mailbox(source, transfer->origin_.mailbox, imap::SelectMode::examine);
    if (!opened.ok()) co_return std::move(opened).error();
    if (opened->uid_validity != transfer->origin_.uid_validity)
        co_return Error{Errc::mailbox_missing, Scope::mailbox, Retry::now, "the mailbox was replaced while it was read"};
    FetchStage stage(source, transfer->handover_, ReaderRole::assistant, std::move(must_leave));
    co_return co_await stage.run();
}

OpenTransfer::OpenTransfer(ReaderDesk& desk, TransferOrigin origin, Handover& handover)
    : desk_(desk), origin_(std::move(origin)), handover_(handover), assistant_left_(desk.changed.executor()) {
    desk_.open_.push_back(this);
    desk_.changed.notify();
}

Task<void> OpenTransfer::close() {
    std::erase(desk_.open_, this);
    while (assistants_ > 0) co_await assistant_left_.wait();
}

/// There is so much left that each would have some time to read.
bool OpenTransfer::is_worth_another_reader() const {
    if (handover_.failure || !handover_.limits.source_line) return false;
    const double seconds = std::chrono::duration<double>(handover_.limits.help_above).count();
    const double worth = seconds * static_cast<double>(handover_.limits.source_line->ahead());
    return static_cast<double>(handover_.queue.octets_left()) / static_cast<double>(assistants_ + 2) > worth;
}

}  // namespace mailhaul::sync
