// SPDX-License-Identifier: Apache-2.0
// The file is removed while its lock is held, so whoever opened it a moment earlier may end up with the lock of a file
// that is gone: taking it therefore ends with a look whether the path still leads to the locked file.
#include "store/run_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

namespace mailhaul::store {

namespace {

// Each further attempt means that another run ended between our open and our lock.
constexpr int attempts = 16;

Error failed(Retry retry, std::string message) { return {Errc::store_failed, Scope::account, retry, std::move(message)}; }

Error cannot_lock(const std::string& path, int why) {
    return failed(Retry::never, "lock file \"" + path + "\" cannot be used (" + std::strerror(why) +
                                    "): allow this user to write there, or name another ledger");
}

/// `process 4711 on host since 2026-03-01T12:00:00Z`
std::string describe_this_run() {
    std::array<char, 256> host{};
    if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> since{};
    std::strftime(since.data(), since.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return "process " + std::to_string(getpid()) + " on " + host.data() + " since " + since.data();
}

/// What the holder wrote; anybody may have written the file, so only printable octets count.
std::string read_holder(int file) {
    std::array<char, 400> text{};
    const ssize_t size = pread(file, text.data(), text.size(), 0);
    const auto end =
        std::find_if(text.begin(), text.begin() + std::max<ssize_t>(size, 0), [](char c) { return c < ' ' || c > '~'; });
    return end == text.begin() ? "another run" : std::string(text.begin(), end);
}

bool leads_to(const std::string& path, int file) {
    struct stat named{};
    struct stat held{};
    return stat(path.c_str(), &named) == 0 && fstat(file, &held) == 0 && named.st_dev == held.st_dev &&
           named.st_ino == held.st_ino;
}

}  // namespace

Result<RunLock> RunLock::take(const std::string& ledger_path) {
    const std::string path = ledger_path + ".lock";
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
        if (file < 0) return cannot_lock(path, errno);
        if (flock(file, LOCK_EX | LOCK_NB) != 0) {
            const int why = errno;
            const std::string holder = read_holder(file);
            close(file);
            if (why != EWOULDBLOCK) return cannot_lock(path, why);
            return failed(Retry::later, "ledger \"" + ledger_path + "\" is in use by " + holder +
                                            ": wait until that run ends, or stop it, then run again");
        }
        if (!leads_to(path, file)) {
            close(file);
            continue;
        }
        RunLock lock(file, path);
        const std::string line = describe_this_run() + "\n";
        if (ftruncate(file, 0) != 0 || pwrite(file, line.data(), line.size(), 0) != static_cast<ssize_t>(line.size()))
            return cannot_lock(path, errno);
        return lock;
    }
    return failed(Retry::later, "lock file \"" + path + "\" keeps changing hands: stop the other runs, then run again");
}

RunLock::RunLock(RunLock&& other) noexcept : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)) {}

RunLock::~RunLock() {
    if (file_ < 0) return;
    unlink(path_.c_str());
    flock(file_, LOCK_UN);  // spelt out: a child that copied the descriptor would keep the lock past the close
    close(file_);
}

}  // namespace mailhaul::store
