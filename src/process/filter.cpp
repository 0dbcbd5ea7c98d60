// SPDX-License-Identifier: Apache-2.0
#include "process/filter.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

#include "async/pause.hpp"
#include "process/child.hpp"

namespace mailhaul::process {
namespace {

// How often a command that closed its output is looked at: soon for a quick one.
constexpr std::chrono::milliseconds first_look{1};
constexpr std::chrono::milliseconds longest_look{20};

std::string spell(const std::vector<std::string>& words) {
    const bool is_shell = words.size() == 3 && words[1] == "-c";
    return "command \"" + (is_shell ? words[2] : words.front()) + "\"";
}

Error failed(const std::vector<std::string>& words, const std::string& what) {
    return {Errc::rewrite_failed, Scope::message, Retry::never, spell(words) + " " + what + ": run it by hand to see why"};
}

bool speaks_of_secrets(std::string_view variable) {
    return variable.contains("PASSWORD") || variable.contains("TOKEN") || variable.contains("SECRET");
}

/// A file in memory that holds `text`, at its beginning. -1 where there can be none.
int file_of(const std::string& text) {
    Descriptor file(memfd_create("message", MFD_CLOEXEC));
    for (std::size_t written = 0; file.number() >= 0 && written < text.size();) {
        const ssize_t size = write(file.number(), text.data() + written, text.size() - written);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return -1;
        written += static_cast<std::size_t>(size);
    }
    if (file.number() >= 0) lseek(file.number(), 0, SEEK_SET);
    return file.release();
}

/// The command, as the watch and the reader see it.
struct Running {
    pid_t process = -1;
    bool is_late = false;
    void kill() const { ::kill(-process, SIGKILL); }
};

Task<int> await_end(std::shared_ptr<Running> child) {
    auto pause = first_look;
    for (;;) {
        int status = 0;
        const pid_t ended = waitpid(child->process, &status, WNOHANG);
        if (ended == child->process) co_return status;
        if (ended < 0 && errno != EINTR) co_return 0;  // somebody else reaped it: only its output can tell
        co_await pause_for(pause);
        pause = std::min(pause * 2, longest_look);
    }
}

std::string how_it_ended(int status, const Running& child, const FilterLimits& limits, bool is_too_much, bool is_empty) {
    if (child.is_late) return "took longer than " + std::to_string(limits.time.count()) + " ms and was ended";
    if (is_too_much) return "printed more than " + std::to_string(limits.octets) + " octets and was ended";
    if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
    if (WEXITSTATUS(status) != 0) return "failed with exit status " + std::to_string(WEXITSTATUS(status));
    return is_empty ? "printed nothing" : "";
}

}  // namespace

Task<Result<std::string>> run_filter(std::vector<std::string> words, std::shared_ptr<const std::string> input,
                                     FilterLimits limits) {
    const auto executor = co_await asio::this_coro::executor;
    const Descriptor message(file_of(*input));
    std::array<int, 2> ends{-1, -1};
    if (message.number() < 0 || pipe2(ends.data(), O_CLOEXEC) != 0)
        co_return failed(words, std::string("cannot be given the message (") + std::strerror(errno) + ")");
    asio::posix::stream_descriptor output(executor, ends[0]);
    Descriptor write_end(ends[1]);
    auto child = std::make_shared<Running>();  // co-owned by the watch
    const Started started = start_child({words, message.number(), write_end.number(), Group::own, speaks_of_secrets});
    write_end.close();
    if (started.error != 0) co_return failed(words, std::string("cannot be started (") + std::strerror(started.error) + ")");
    child->process = started.process;

    asio::steady_timer watch(executor, limits.time);
    watch.async_wait([child](const boost::system::error_code& cancelled) {
        if (cancelled || child->process < 0) return;
        child->is_late = true;
        child->kill();
    });
    std::string printed;
    std::array<char, 16'384> piece{};
    bool is_too_much = false;
    for (;;) {
        boost::system::error_code ended;
        const std::size_t size =
            co_await output.async_read_some(asio::buffer(piece), asio::redirect_error(asio::use_awaitable, ended));
        if (ended) break;
        is_too_much = printed.size() + size > limits.octets;
        if (is_too_much) break;
        printed.append(piece.data(), size);
    }
    if (is_too_much) child->kill();
    const int status = co_await await_end(child);
    child->process = -1;
    watch.cancel();
    const std::string why = how_it_ended(status, *child, limits, is_too_much, printed.empty());
    if (!why.empty()) co_return failed(words, why);
    co_return printed;
}

}  // namespace mailhaul::process
