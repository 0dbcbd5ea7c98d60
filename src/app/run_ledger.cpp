// SPDX-License-Identifier: Apache-2.0
#include "app/run_ledger.hpp"

#include <chrono>
#include <filesystem>
#include <utility>

namespace mailhaul::app {
namespace {

constexpr const char* in_memory = ":memory:";
constexpr const char* what_follows =
    ": what was copied is recognised on both sides; what was removed on the destination since is copied again, and nothing "
    "is deleted there in this run";

}  // namespace

RunLedger::RunLedger(const SyncRequest& request)
    : account_{request.source.label(), request.destination.label()},
      named_by_(request.ledger_path.empty() ? store::NamedBy::account : store::NamedBy::user),
      path_(request.ledger_path.empty() ? store::default_ledger_path(account_) : request.ledger_path),
      only_looks_(request.dry_run || request.extent != Extent::everything) {
    std::error_code unreadable;
    if (only_looks_ && !std::filesystem::exists(path_, unreadable)) path_ = in_memory;
}

Result<void> RunLedger::open() {
    auto opened = store::open_sqlite_ledger(path_, account_, named_by_);
    if (opened.ok()) {
        ledger_ = std::move(opened).value();
        return {};
    }
    MH_TRY(replaced, replace_after(opened.error()));
    return replaced ? Result<void>{} : std::move(opened).error();
}

Result<bool> RunLedger::replace_after(const Error& error) {
    if (error.code != Errc::store_damaged || !warning_.empty()) return false;
    ledger_.reset();  // its lock, too
    warning_ = error.message.substr(0, error.message.find(": mailhaul sync sets it aside"));
    if (only_looks_) {
        warning_ += ": this run does without it, and one that copies sets it aside";
        path_ = in_memory;
    } else {
        const std::int64_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
        MH_TRY(kept, store::set_ledger_aside(path_, now));
        warning_ += " and kept as \"" + kept + "\"" + what_follows;
    }
    MH_TRY(opened, store::open_sqlite_ledger(path_, account_, named_by_));
    ledger_ = std::move(opened);
    return true;
}

}  // namespace mailhaul::app
