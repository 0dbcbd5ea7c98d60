// SPDX-License-Identifier: Apache-2.0
// imapsync's pid file (behaviour 11.2, 11.4): who runs under it, where that run's log is, and how another run ends it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.hpp"
#include "cli/console.hpp"

namespace mailhaul::cli {

/// What a pid file says.
struct PidFile {
    std::optional<pid_t> process;  ///< empty: no number stands there
    std::string log_file;          ///< its second line; empty where there is none
    bool is_alive = false;
};

/// Empty where there is no such file.
std::optional<PidFile> read_pid_file(const std::string& path);

/// A file that exists as long as this does, with our number and the log's name. Follows no symbolic link.
class OwnPidFile {
public:
    /// Error: store_failed.
    static Result<OwnPidFile> write(const std::string& path, const std::string& log_file);
    OwnPidFile(OwnPidFile&& other) noexcept;
    OwnPidFile& operator=(OwnPidFile&&) = delete;
    OwnPidFile(const OwnPidFile&) = delete;
    OwnPidFile& operator=(const OwnPidFile&) = delete;
    /// Removes it, and the file that asked us to stop; not where another run has overwritten it.
    ~OwnPidFile();

private:
    explicit OwnPidFile(std::string path) : path_(std::move(path)) {}
    std::string path_;  // empty once moved from
};

/// The file by which --abortbyfile ends the run `process`.
std::string abort_file(const std::string& pid_file, pid_t process);

/// --abort: SIGQUIT, and SIGKILL where it is still there some seconds later. Says what came of it.
void abort_by_signal(const std::string& pid_file, const Surroundings& surroundings);
/// --abortbyfile.
void abort_by_file(const std::string& pid_file, const Surroundings& surroundings);
/// --tail: prints what the run of `other` writes into its log, until it ends.
void follow_log(const PidFile& other, const Surroundings& surroundings);

}  // namespace mailhaul::cli
