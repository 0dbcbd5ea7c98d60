// SPDX-License-Identifier: Apache-2.0
// ReaderDesk: where the transfers of a run can be helped by connections to the source that have nothing else to do: so one huge
// mailbox is read over several of them, and still stored in its order (docs/decisions/0050-several-readers.md).
//
// One thread, so nothing locks.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "async/event.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "sync/executor/handover.hpp"

namespace mailhaul::sync {

class OpenTransfer;

class ReaderDesk {
public:
    explicit ReaderDesk(const asio::any_io_executor& executor) : changed(executor) {}

    /// A transfer under way has so much left that one more reader is worth its while.
    [[nodiscard]] bool has_work() const { return neediest() != nullptr; }
    /// More transfers will come, though perhaps none is there now.
    [[nodiscard]] bool expects_more() const { return expected_ > 0; }

    /// Reads for the one that needs it most, until it has nothing left to be asked for or `must_leave`. Errors: why this
    /// connection cannot; the transfer has other readers.
    Task<Result<void>> lend(client::Connection& source, std::function<bool()> must_leave);

    /// Somebody's announcement that it will open further transfers, for as long as it lives.
    class Expectation {
    public:
        explicit Expectation(ReaderDesk& desk) : desk_(desk) { ++desk_.expected_; }
        Expectation(const Expectation&) = delete;
        Expectation& operator=(const Expectation&) = delete;
        ~Expectation() {
            --desk_.expected_;
            desk_.changed.notify();
        }

    private:
        ReaderDesk& desk_;
    };

    Event changed;  ///< a transfer was opened, or is not expected any more

private:
    friend class OpenTransfer;
    [[nodiscard]] OpenTransfer* neediest() const;

    std::vector<OpenTransfer*> open_;
    std::size_t expected_ = 0;
};

/// A transfer that lies on the desk for as long as this lives.
class OpenTransfer {
public:
    /// Both outlive it.
    OpenTransfer(ReaderDesk& desk, TransferOrigin origin, Handover& handover);
    OpenTransfer(const OpenTransfer&) = delete;
    OpenTransfer& operator=(const OpenTransfer&) = delete;
    /// After close().
    ~OpenTransfer() = default;

    /// Takes it off the desk; returns once the last assistant has left.
    Task<void> close();

private:
    friend class ReaderDesk;
    [[nodiscard]] bool is_worth_another_reader() const;

    ReaderDesk& desk_;
    TransferOrigin origin_;
    Handover& handover_;
    std::size_t assistants_ = 0;
    Event assistant_left_;
};

}  // namespace mailhaul::sync
