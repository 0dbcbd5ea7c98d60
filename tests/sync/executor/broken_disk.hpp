// SPDX-License-Identifier: Apache-2.0
// BrokenDisk: while it lives, every write of SQLite's from a chosen one on fails with a chosen result code, as that of a
// full or failing disk does. The file has what was written before.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>

namespace mailhaul::sync {

/// The methods of a kind of file (a database's differ from a journal's), and ours in their place.
struct BrokenMethods {
    const sqlite3_io_methods* original = nullptr;
    sqlite3_io_methods methods{};
};

class BrokenDisk {
public:
    /// `status` is SQLite's result code. Write number `first`, from 1, is the first to fail.
    BrokenDisk(std::uint32_t first, int status) {
        original_ = sqlite3_vfs_find(nullptr);
        if (original_ == nullptr || system_.zName != nullptr) throw std::runtime_error("no file system, or two broken ones");
        first_ = first;
        status_ = status;
        seen_ = 0;
        system_ = *original_;
        system_.zName = "broken";
        system_.xOpen = open;
        sqlite3_vfs_register(&system_, 1);
    }
    BrokenDisk(const BrokenDisk&) = delete;
    BrokenDisk& operator=(const BrokenDisk&) = delete;
    ~BrokenDisk() {
        sqlite3_vfs_unregister(&system_);
        sqlite3_vfs_register(original_, 1);
        system_.zName = nullptr;
    }

    [[nodiscard]] static bool has_failed() { return seen_ >= first_; }

private:
    static int open(sqlite3_vfs* /*system*/, const char* name, sqlite3_file* file, int flags, int* out_flags) {
        const int status = original_->xOpen(original_, name, file, flags, out_flags);
        if (status != SQLITE_OK || file->pMethods == nullptr) return status;
        for (BrokenMethods& one : methods_) {
            if (one.original == nullptr) {
                one.original = file->pMethods;
                one.methods = *one.original;
                one.methods.xWrite = write;
            }
            if (one.original != file->pMethods) continue;
            file->pMethods = &one.methods;
            return status;
        }
        std::abort();  // more kinds of files than SQLite has
    }

    static int write(sqlite3_file* file, const void* octets, int count, sqlite3_int64 offset) {
        if (++seen_ >= first_) return status_;
        const auto its =
            std::ranges::find_if(methods_, [&](const BrokenMethods& one) { return &one.methods == file->pMethods; });
        return its->original->xWrite(file, octets, count, offset);
    }

    inline static sqlite3_vfs system_{};
    inline static sqlite3_vfs* original_ = nullptr;
    inline static std::array<BrokenMethods, 4> methods_{};
    inline static std::uint32_t first_ = 0;
    inline static std::uint32_t seen_ = 0;
    inline static int status_ = SQLITE_OK;
};

}  // namespace mailhaul::sync
