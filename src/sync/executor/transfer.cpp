// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/transfer.hpp"

#include <boost/asio/this_coro.hpp>

#include "async/task_scope.hpp"
#include "sync/executor/append_stage.hpp"
#include "sync/executor/fetch_stage.hpp"
#include "sync/executor/handover.hpp"

namespace mailhaul::sync {

Task<Result<void>> transfer_messages(client::Connection& source, client::Connection& destination, TransferTarget target,
                                     std::span<const TransferItem> items, TransferLimits limits, TransferListener listener) {
    if (items.empty()) co_return Result<void>{};
    const auto executor = co_await asio::this_coro::executor;
    ActivityMark copying(limits.activity, govern::Occupation::copying);
    copying.set(true);
    Handover handover(executor, items, limits, std::move(listener));
    FetchStage fetch(source, handover);
    AppendStage append(destination, std::move(target), handover);
    TaskScope stages(executor);
    stages.spawn(fetch.run());
    stages.spawn(append.run());
    co_await stages.join();
    if (!handover.failure && handover.listener.is_stopping()) handover.failure = handover.listener.why_stopping();
    if (handover.failure) co_return std::move(*handover.failure);
    co_return Result<void>{};
}

}  // namespace mailhaul::sync
