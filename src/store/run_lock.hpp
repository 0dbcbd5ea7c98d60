// SPDX-License-Identifier: Apache-2.0
// RunLock: one run at a time holds a ledger.
//
// An advisory lock on `<ledger>.lock`, whose one line tells the next run who holds it. The kernel drops the lock with the
// process, so a killed run never has to be cleaned up after; a lock file left behind means nothing by itself.
#pragma once

#include <string>

#include "base/result.hpp"

namespace mailhaul::store {

class RunLock {
public:
    /// Holds nothing.
    RunLock() = default;
    /// store_failed, retry later, where another run (of this process too) holds the lock; says which.
    static Result<RunLock> take(const std::string& ledger_path);

    RunLock(RunLock&& other) noexcept;
    RunLock& operator=(RunLock&&) = delete;
    /// Releases the lock and removes the file.
    ~RunLock();

private:
    RunLock(int file, std::string path) : file_(file), path_(std::move(path)) {}
    int file_ = -1;
    std::string path_;
};

}  // namespace mailhaul::store
