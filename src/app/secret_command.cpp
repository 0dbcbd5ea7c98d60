// SPDX-License-Identifier: Apache-2.0
// A child, a pipe that is never waited on, and a deadline. Errors name the program only: its arguments are the
// operator's, and may be private.
#include "app/secret_command.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>
#include <utility>

#include "app/secret_line.hpp"
#include "process/child.hpp"

namespace mailhaul::app {

namespace {

using Clock = std::chrono::steady_clock;

// How often a running command is looked at: soon for a quick one, seldom for one that waits for a person.
constexpr std::chrono::milliseconds first_look{1};
constexpr std::chrono::milliseconds longest_look{20};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Collects the words of a command, a character at a time.
class Splitter {
public:
    std::optional<std::vector<std::string>> split(std::string_view text) {
        for (const char c : text) take(c);
        if (quote_ != '\0' || escaped_) return std::nullopt;
        end_word();
        if (words_.empty()) return std::nullopt;
        return std::move(words_);
    }

private:
    void take(char c) {
        if (escaped_) return take_escaped(c);
        if (c == '\\' && quote_ != '\'') escaped_ = true;
        else if (quote_ != '\0') take_quoted(c);
        else if (c == '\'' || c == '"') quote_ = c, in_word_ = true;
        else if (is_blank(c)) end_word();
        else add(c);
    }

    void take_escaped(char c) {
        escaped_ = false;
        if (quote_ == '"' && c != '"' && c != '\\') add('\\');
        add(c);
    }

    void take_quoted(char c) {
        if (c == quote_) quote_ = '\0';
        else add(c);
    }

    void add(char c) {
        word_ += c;
        in_word_ = true;
    }

    void end_word() {
        if (in_word_) words_.push_back(std::exchange(word_, {}));
        in_word_ = false;
    }

    std::vector<std::string> words_;
    std::string word_;
    bool in_word_ = false;  // also for '', a word of no characters
    bool escaped_ = false;
    char quote_ = '\0';
};

/// The first line out of a pipe; the rest is read and dropped, so that the command is not held up.
class FirstLine {
public:
    FirstLine() { line_.reserve(max_secret); }  // never moved while it grows, so no copy is left behind

    /// Takes what the pipe holds now.
    void drain(int pipe) {
        std::array<char, 4096> piece{};
        for (;;) {
            const ssize_t size = read(pipe, piece.data(), piece.size());
            if (size < 0 && errno == EINTR) continue;
            if (size <= 0) break;
            add({piece.data(), static_cast<std::size_t>(size)});
        }
        explicit_bzero(piece.data(), piece.size());
    }

    [[nodiscard]] bool too_long() const { return too_long_; }
    Secret take() {
        if (line_.ends_with('\r')) line_.pop_back();
        return Secret(std::move(line_));
    }

private:
    void add(std::string_view piece) {
        if (complete_) return;
        const std::size_t end = piece.find('\n');
        complete_ = end != std::string_view::npos;
        piece = piece.substr(0, end);
        too_long_ = too_long_ || line_.size() + piece.size() > max_secret;
        line_ += piece.substr(0, max_secret - line_.size());
    }

    std::string line_;
    bool complete_ = false;
    bool too_long_ = false;
};

/// How the child ended: its wait status; empty where it had to be killed at the deadline.
std::optional<int> await_end(pid_t process, Clock::time_point deadline, int pipe, FirstLine& line) {
    int status = 0;
    auto pause = first_look;
    for (;;) {
        const pid_t ended = waitpid(process, &status, WNOHANG);
        line.drain(pipe);
        if (ended == process) return status;
        if (ended < 0 && errno != EINTR) return 0;  // somebody else reaped it: only its output can tell
        if (Clock::now() >= deadline) break;
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, longest_look);
    }
    kill(process, SIGKILL);
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::vector<std::string>> split_command(std::string_view text) { return Splitter().split(text); }

Result<Secret> first_line_printed_by(const std::vector<std::string>& words, std::chrono::milliseconds limit,
                                     const IsHiddenVariable& is_hidden) {
    const std::string command = "command \"" + words.front() + "\"";
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return unavailable(command, errno, ": free some descriptors");
    const process::Descriptor read_end(ends[0]);
    process::Descriptor write_end(ends[1]);
    fcntl(write_end.number(), F_SETFL, 0);  // the command expects an output that takes all

    const Clock::time_point deadline = Clock::now() + limit;
    const process::Started started = process::start_child({words, -1, write_end.number(), process::Group::ours, is_hidden});
    if (started.error != 0)
        return unavailable(command + " cannot be started", started.error, ": install it, or give its full path");
    write_end.close();

    FirstLine line;
    const auto status = await_end(started.process, deadline, read_end.number(), line);
    Secret secret = line.take();
    const std::string advice = ": run it by hand to see why";
    if (!status)
        return unavailable(command + " took longer than " + std::to_string(limit.count() / 1000) + " s and was killed" +
                           advice);
    if (WIFSIGNALED(*status))
        return unavailable(command + " was ended by signal " + std::to_string(WTERMSIG(*status)) + advice);
    if (WEXITSTATUS(*status) != 0)
        return unavailable(command + " failed with exit status " + std::to_string(WEXITSTATUS(*status)) + advice);
    if (line.too_long())
        return unavailable(command + " printed a first line above " + std::to_string(max_secret) +
                           " octets: it must print the secret alone");
    if (secret.empty()) return unavailable(command + " printed an empty first line: it must print the secret there");
    return secret;
}

}  // namespace mailhaul::app
