// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/transfer.hpp"

#include <boost/asio/this_coro.hpp>

#include "async/task_scope.hpp"
#include "sync/executor/append_stage.hpp"
#include "sync/executor/fetch_stage.hpp"
#include "sync/executor/handover.hpp"
#include "sync/executor/reader_desk.hpp"

namespace mailhaul::sync {
namespace {

Task<void> fetch_all(FetchStage& stage, Handover& handover) {
    static_cast<void>(co_await stage.run());  // what goes wrong stands in the handover
    handover.fetching_done = true;
    handover.changed.notify();
}

}  // namespace

Task<Result<void>> transfer_messages(client::Connection& source, client::Connection& destination, TransferOrigin origin,
                                     TransferTarget target, std::span<const TransferItem> items, TransferLimits limits,
                                     TransferListener listener) {
    if (items.empty()) co_return Result<void>{};
    const auto executor = co_await asio::this_coro::executor;
    ActivityMark copying(limits.activity, govern::Occupation::copying);
    copying.set(true);
    Handover handover(executor, items, limits, std::move(listener));
    FetchStage fetch(source, handover);
    AppendStage append(destination, std::move(target), handover);
    std::optional<OpenTransfer> offered;
    if (limits.desk && origin.uid_validity) offered.emplace(*limits.desk, std::move(origin), handover);
    TaskScope stages(executor);
    stages.spawn(fetch_all(fetch, handover));
    stages.spawn(append.run());
    co_await stages.join();
    if (offered) co_await offered->close();
    if (!handover.failure && handover.listener.is_stopping()) handover.failure = handover.listener.why_stopping();
    if (handover.failure) co_return std::move(*handover.failure);
    co_return Result<void>{};
}

}  // namespace mailhaul::sync
