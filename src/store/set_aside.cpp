// SPDX-License-Identifier: Apache-2.0
// Sets a damaged ledger aside. The file itself goes last, so that one interrupted leaves a ledger that is still told as
// damaged, and never one whose write-ahead log belongs to another.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "store/ledger.hpp"
#include "store/ledger_file.hpp"
#include "store/run_lock.hpp"

namespace mailhaul::store {
namespace {

constexpr std::array<std::string_view, 4> endings{"-wal", "-shm", "-journal", ""};  // that SQLite may have given files

bool is_free(const std::string& name) {
    for (const std::string_view ending : endings) {
        std::error_code unknown;
        const auto status = std::filesystem::symlink_status(name + std::string(ending), unknown);
        if (status.type() != std::filesystem::file_type::not_found) return false;
    }
    return true;
}

std::string free_name(const std::string& file, std::int64_t now) {
    const std::chrono::sys_seconds time{std::chrono::seconds{now}};
    const std::string name = fmt::format("{}.damaged-{:%Y%m%dT%H%M%S}Z", file, time);
    if (is_free(name)) return name;
    for (int number = 2;; ++number)
        if (std::string other = fmt::format("{}-{}", name, number); is_free(other)) return other;
}

}  // namespace

Result<std::string> set_ledger_aside(const std::string& path, std::int64_t now) {
    const std::string file = one_name_of(path);
    MH_TRY(lock, RunLock::take(file));  // also against another run that does the same
    static_cast<void>(lock);
    std::string kept = free_name(file, now);
    for (const std::string_view ending : endings) {
        const std::string from = file + std::string(ending);
        const std::string to = kept + std::string(ending);
        if (std::rename(from.c_str(), to.c_str()) == 0 || (errno == ENOENT && !ending.empty())) continue;
        return Error{Errc::store_failed, Scope::account, Retry::never,
                     "the damaged ledger \"" + from + "\" cannot be renamed (" + std::strerror(errno) +
                         "): allow this user to write in its folder, or name another ledger"};
    }
    return kept;
}

}  // namespace mailhaul::store
