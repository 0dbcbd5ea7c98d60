// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_pid_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "cli/plain_text.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::chrono::milliseconds between_looks{200};
constexpr std::chrono::seconds time_to_end{10};  // what is under way is finished and recorded first

/// Ended, and only its parent has not asked how: the state behind the name in parentheses, where there is /proc.
bool is_zombie(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    std::string text;
    std::getline(file, text);
    const std::size_t name_end = text.rfind(')');
    return name_end != std::string::npos && text.substr(name_end).starts_with(") Z");
}

bool is_alive(pid_t process) { return ::kill(process, 0) == 0 && !is_zombie(process); }

std::optional<pid_t> number_in(const std::string& line) {
    pid_t process = 0;
    const auto read = std::from_chars(line.data(), line.data() + line.size(), process);
    const bool is_number = read.ec == std::errc{} && read.ptr == line.data() + line.size();
    return is_number && process > 1 ? std::optional(process) : std::nullopt;
}

Error unwritable(const std::string& path, int error) {
    return {Errc::store_failed, Scope::run, Retry::never,
            "cannot write the pid file " + path + ": " + std::strerror(error) + ": name another one with --pidfile"};
}

/// Prints what `log` holds from where it was left.
void print_more(std::ifstream& log, const Surroundings& surroundings) {
    std::array<char, 16'384> piece{};
    log.clear();
    while (log.read(piece.data(), piece.size()), log.gcount() > 0)
        surroundings.out({piece.data(), static_cast<std::size_t>(log.gcount())});
}

}  // namespace

std::optional<PidFile> read_pid_file(const std::string& path) {
    std::ifstream file(path);
    if (path.empty() || !file) return std::nullopt;
    PidFile known;
    std::string line;
    std::getline(file, line);
    known.process = number_in(line);
    std::getline(file, known.log_file);
    known.is_alive = known.process && is_alive(*known.process);
    return known;
}

Result<OwnPidFile> OwnPidFile::write(const std::string& path, const std::string& log_file) {
    const std::string beside = path + "." + std::to_string(::getpid());  // so that nobody reads half of it
    const int descriptor = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor < 0) return unwritable(path, errno);
    const std::string text = std::to_string(::getpid()) + "\n" + log_file + "\n";
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    const bool is_whole = written == static_cast<ssize_t>(text.size());
    int error = errno;
    ::close(descriptor);
    if (is_whole && ::rename(beside.c_str(), path.c_str()) == 0) return OwnPidFile(path);
    if (is_whole) error = errno;
    ::unlink(beside.c_str());
    return unwritable(path, error);
}

OwnPidFile::OwnPidFile(OwnPidFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}

OwnPidFile::~OwnPidFile() {
    if (path_.empty()) return;
    ::unlink(abort_file(path_, ::getpid()).c_str());
    const auto known = read_pid_file(path_);
    if (known && known->process == ::getpid()) ::unlink(path_.c_str());
}

std::string abort_file(const std::string& pid_file, pid_t process) { return pid_file + "abort" + std::to_string(process); }

namespace {

/// A pid file that was left behind may name a program that has nothing to do with us. Where the system does not tell, it is
/// taken at its word.
bool is_a_run(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/cmdline", std::ios::binary);
    const std::string words{std::istreambuf_iterator<char>(file), {}};
    return words.empty() || words.contains("imapsync") || words.contains("mailhaul");
}

}  // namespace

void abort_by_signal(const std::string& pid_file, const Surroundings& surroundings) {
    const auto other = read_pid_file(pid_file);
    if (!other || !other->process || !other->is_alive) {
        surroundings.out("No run to abort: " + printable(pid_file) +
                         (other ? " names no process that is there\n" : " is not there\n"));
        return;
    }
    const pid_t process = *other->process;
    if (!is_a_run(process)) {
        surroundings.out("No run to abort: PID " + std::to_string(process) + " in " + printable(pid_file) +
                         " is another program's; the run that wrote it is gone, so remove the file\n");
        return;
    }
    surroundings.out("Sending signal QUIT to PID " + std::to_string(process) + "\n");
    ::kill(process, SIGQUIT);
    for (auto left = std::chrono::milliseconds(time_to_end); left.count() > 0 && is_alive(process); left -= between_looks)
        std::this_thread::sleep_for(between_looks);
    if (!is_alive(process)) {
        surroundings.out("PID " + std::to_string(process) + " has ended\n");
        return;
    }
    surroundings.out("PID " + std::to_string(process) + " is still there: sending signal KILL\n");
    ::kill(process, SIGKILL);
}

void abort_by_file(const std::string& pid_file, const Surroundings& surroundings) {
    const auto other = read_pid_file(pid_file);
    if (!other || !other->process) {
        surroundings.out("No run to abort: " + printable(pid_file) + (other ? " names no process\n" : " is not there\n"));
        return;
    }
    const std::string path = abort_file(pid_file, *other->process);
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor < 0) {
        surroundings.err("cannot make " + printable(path) + ": " + std::strerror(errno) + "\n");
        return;
    }
    ::close(descriptor);
    surroundings.out("Made " + printable(path) + ": the other run ends before its next message\n");
}

void follow_log(const PidFile& other, const Surroundings& surroundings) {
    surroundings.out("Following the log of PID " + std::to_string(other.process.value_or(0)) + ": " +
                     printable(other.log_file) + "\n");
    std::ifstream log(other.log_file);
    while (other.process && is_alive(*other.process)) {
        print_more(log, surroundings);
        std::this_thread::sleep_for(between_looks);
    }
    print_more(log, surroundings);
}

}  // namespace mailhaul::cli
