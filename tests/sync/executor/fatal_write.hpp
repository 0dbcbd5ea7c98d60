// SPDX-License-Identifier: Apache-2.0
// FatalWrite: this process gets SIGKILL at a chosen write of the ledger's files.
//
// Stands between SQLite and the file system, so it meets every write there is, those in the middle of a record included,
// and the code under test is the one that users run. For a process of its own, which never comes back.
#pragma once

#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>

namespace mailhaul::sync {

/// The methods of a kind of file (a database's differ from a journal's), and ours in their place.
struct WatchedMethods {
    const sqlite3_io_methods* original = nullptr;
    sqlite3_io_methods methods{};
};

class FatalWrite {
public:
    enum class Moment : std::uint8_t {
        before,
        halfway,  ///< the file has the first half of the octets
        after,    ///< the file has them, and nobody knows
    };

    /// Counts writes from now on; kills at the one with this number, from 1. 0: only counts.
    static void arm(std::uint32_t number, Moment moment) {
        fatal_ = number;
        moment_ = moment;
        sqlite3_vfs* original = sqlite3_vfs_find(nullptr);
        if (original == nullptr) throw std::runtime_error("SQLite has no file system");
        open_ = original->xOpen;
        static sqlite3_vfs watched;
        watched = *original;
        watched.zName = "fatal";
        watched.xOpen = open;
        if (sqlite3_vfs_register(&watched, 1) != SQLITE_OK) throw std::runtime_error("SQLite takes no file system");
    }

    [[nodiscard]] static std::uint32_t seen() { return seen_; }

private:
    /// What was opened keeps the methods it had, but for those that change a file.
    static int open(sqlite3_vfs* system, const char* name, sqlite3_file* file, int flags, int* out_flags) {
        const int status = open_(system, name, file, flags, out_flags);
        if (status != SQLITE_OK || file->pMethods == nullptr) return status;
        for (WatchedMethods& one : watched_) {
            if (one.original == nullptr) {
                one.original = file->pMethods;
                one.methods = *one.original;
                one.methods.xWrite = write;
                one.methods.xTruncate = truncate;
            }
            if (one.original != file->pMethods) continue;
            file->pMethods = &one.methods;
            return status;
        }
        std::abort();  // more kinds of files than SQLite has
    }

    static const sqlite3_io_methods& original_of(const sqlite3_file* file) {
        const auto is_its = [&](const WatchedMethods& one) { return &one.methods == file->pMethods; };
        return *std::ranges::find_if(watched_, is_its)->original;
    }

    [[noreturn]] static void die() {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }

    static int write(sqlite3_file* file, const void* octets, int count, sqlite3_int64 offset) {
        const bool is_fatal = ++seen_ == fatal_;
        if (is_fatal && moment_ == Moment::before) die();
        const int status = original_of(file).xWrite(file, octets, is_fatal && moment_ == Moment::halfway ? count / 2 : count, offset);
        if (is_fatal) die();
        return status;
    }

    static int truncate(sqlite3_file* file, sqlite3_int64 size) {
        const bool is_fatal = ++seen_ == fatal_;
        if (is_fatal && moment_ != Moment::after) die();
        const int status = original_of(file).xTruncate(file, size);
        if (is_fatal) die();
        return status;
    }

    using Open = decltype(sqlite3_vfs::xOpen);
    inline static Open open_ = nullptr;
    inline static std::array<WatchedMethods, 4> watched_{};
    inline static std::uint32_t fatal_ = 0;
    inline static std::uint32_t seen_ = 0;
    inline static Moment moment_ = Moment::before;
};

}  // namespace mailhaul::sync
