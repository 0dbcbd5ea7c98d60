// SPDX-License-Identifier: Apache-2.0
// A signal handler cannot be given anything, so what it needs stands in this file's one static object. The handler gives
// the terminal back at once, then lets the signal do what it would have done without us.
#include "app/secret_prompt.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <string_view>

#include "app/secret_line.hpp"

namespace mailhaul::app {

namespace {

constexpr std::array signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

// What the handler reads. Written before the handlers are there, and again only after they are gone.
struct {
    int terminal = -1;
    termios shown{};  // the settings before the question
    std::array<struct sigaction, signals.size()> previous{};
    volatile sig_atomic_t caught = 0;  // the last signal that came, 0 for none
} question_state;

/// Only async-signal-safe calls (POSIX.1-2017 section 2.4.3).
void give_terminal_back(int number) {
    const int kept = errno;
    tcsetattr(question_state.terminal, TCSANOW, &question_state.shown);
    question_state.caught = number;
    fcntl(question_state.terminal, F_SETFL, O_RDWR | O_NONBLOCK);  // a read that was about to begin must not wait either
    for (std::size_t i = 0; i < signals.size(); ++i)
        if (signals[i] == number) sigaction(number, &question_state.previous[i], nullptr);
    raise(number);  // comes once this handler has returned
    errno = kept;
}

/// The terminal without echo, until this goes.
class SilentTerminal {
public:
    explicit SilentTerminal(int terminal) {
        question_state.terminal = terminal;
        question_state.caught = 0;
        fcntl(terminal, F_SETFL, O_RDWR);  // waits again, after a signal
        if (tcgetattr(terminal, &question_state.shown) != 0) return;
        catch_signals();
        termios silent = question_state.shown;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
        is_silent_ = tcsetattr(terminal, TCSAFLUSH, &silent) == 0;  // what was typed before the question is no answer
        if (!is_silent_) release_signals();
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;
    ~SilentTerminal() {
        if (!is_silent_) return;
        tcsetattr(question_state.terminal, TCSANOW, &question_state.shown);
        release_signals();
    }
    [[nodiscard]] bool is_silent() const { return is_silent_; }

private:
    static void catch_signals() {
        struct sigaction action{};
        action.sa_handler = give_terminal_back;  // without SA_RESTART: read() must return
        sigemptyset(&action.sa_mask);
        for (std::size_t i = 0; i < signals.size(); ++i) {
            sigaction(signals[i], nullptr, &question_state.previous[i]);
            if (question_state.previous[i].sa_handler != SIG_IGN) sigaction(signals[i], &action, nullptr);
        }
    }

    static void release_signals() {
        for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &question_state.previous[i], nullptr);
    }

    bool is_silent_ = false;
};

void write_all(int terminal, std::string_view text) {
    while (!text.empty()) {
        const ssize_t size = write(terminal, text.data(), text.size());
        if (size <= 0) return;  // an unseen question can still be answered
        text.remove_prefix(static_cast<std::size_t>(size));
    }
}

SecretLine read_silently(int terminal, const std::string& question) {
    const SilentTerminal silence(terminal);
    if (!silence.is_silent()) return {Secret(), errno};
    write_all(terminal, question + ": ");
    SecretLine answer = read_secret_line(terminal, &question_state.caught);
    if (answer.error != 0 && question_state.caught != 0) answer.error = EINTR;
    write_all(terminal, "\n");  // the one that was typed was not shown
    return answer;
}

}  // namespace

Result<Secret> ask_on_terminal(const std::string& question) {
    static std::mutex one_at_a_time;  // the terminal and question_state are one for the whole process
    const std::scoped_lock lock(one_at_a_time);
    constexpr std::string_view instead = ": give file:PATH, env:NAME, cmd:COMMAND or fd:NUMBER instead of prompt";
    const int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0) return unavailable("there is no terminal to ask on", errno, instead);
    SecretLine answer = read_silently(terminal, question);
    while (answer.error == EINTR && question_state.caught == SIGTSTP) answer = read_silently(terminal, question);
    close(terminal);
    if (answer.error == EINTR) return unavailable("the question was interrupted: run again");
    if (answer.error != 0) return unavailable("the terminal cannot be asked", answer.error, instead);
    if (answer.text.empty()) return unavailable("nothing was typed" + std::string(instead));
    return std::move(answer.text);
}

}  // namespace mailhaul::app
