// SPDX-License-Identifier: Apache-2.0
// Secrets from real files, variables, commands, pipes and pseudo-terminals.
#include "app/secret_source.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "app/secret_command.hpp"
#include "testkit/scratch_folder.hpp"

namespace mailhaul::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string what = "password of the source";

SecretReader source(const std::string& spec, Warn warn = {}) { return secret_source(spec, what, std::move(warn)).value(); }

/// The secret, or the error's words in angle brackets.
std::string answer(const Result<Secret>& secret) {
    return secret.ok() ? secret.value().reveal() : "<" + secret.error().describe() + ">";
}

std::string answer(const SecretReader& reader) { return answer(reader()); }

void expect_unavailable(const SecretReader& reader, const std::string& says) {
    const auto secret = reader();
    ASSERT_FALSE(secret.ok()) << secret.value().reveal();
    EXPECT_EQ(secret.error().code, Errc::credential_unavailable);
    EXPECT_EQ(secret.error().scope, Scope::account);
    EXPECT_THAT(secret.error().describe(), AllOf(StartsWith(what + ": "), HasSubstr(says)));
}

// Descriptions

TEST(SecretSpec, is_refused_without_being_shown_where_it_is_none_as_it_may_be_the_secret) {
    for (const char* spec : {"hunter2", "", "file:", "env:", "env:hunter2=x", "cmd:", "cmd: ", "cmd:'hunter2", "fd:", "fd:-1",
                             "fd:hunter2", "fd:3x", "prompt:hunter2", "vault:hunter2"}) {
        SCOPED_TRACE(spec);
        const auto reader = secret_source(spec, what);
        ASSERT_FALSE(reader.ok());
        EXPECT_EQ(reader.error().code, Errc::usage);
        EXPECT_THAT(reader.error().describe(), Not(HasSubstr("hunter2")));
    }
    EXPECT_THAT(secret_source("hunter2", what).error().message,
                HasSubstr("wanted file:PATH, env:NAME, cmd:COMMAND, cred:NAME, fd:NUMBER"));
}

TEST(SecretSpec, makes_a_source_a_connection_can_use) {
    const testkit::ScratchFolder folder;
    const client::SecretSource password = source("file:" + folder.file_with("secret", "hunter2\n"));
    EXPECT_EQ(answer(password()), "hunter2");
}

// file:

struct FileRow {
    const char* content;
    const char* secret;
};

class SecretFile : public testing::TestWithParam<FileRow> {};

TEST_P(SecretFile, gives_its_first_line_without_one_line_end) {
    const testkit::ScratchFolder folder;
    EXPECT_EQ(answer(source("file:" + folder.file_with("secret", GetParam().content))), GetParam().secret);
}

INSTANTIATE_TEST_SUITE_P(content, SecretFile,
                         testing::Values(FileRow{"hunter2\n", "hunter2"}, FileRow{"hunter2", "hunter2"},
                                         FileRow{"hunter2\r\n", "hunter2"}, FileRow{"hunter2\nsecond\n", "hunter2"},
                                         FileRow{" two blanks  \n", " two blanks  "}, FileRow{"cr\r\r\n", "cr\r"},
                                         FileRow{"p\xc3\xa4ss\n", "p\xc3\xa4ss"}));

TEST(SecretFile, is_read_again_by_every_call) {
    const testkit::ScratchFolder folder;
    const SecretReader reader = source("file:" + folder.file_with("secret", "old\n"));
    EXPECT_EQ(answer(reader), "old");
    static_cast<void>(folder.file_with("secret", "new\n"));
    EXPECT_EQ(answer(reader), "new");
}

TEST(SecretFile, that_others_can_read_is_warned_about_once_and_used) {
    const testkit::ScratchFolder folder;
    const std::string path = folder.file_with("secret", "hunter2\n");
    std::vector<std::string> warnings;
    const SecretReader reader = source("file:" + path, [&warnings](const std::string& text) { warnings.push_back(text); });
    chmod(path.c_str(), 0600);
    EXPECT_EQ(answer(reader), "hunter2");
    EXPECT_THAT(warnings, IsEmpty());
    chmod(path.c_str(), 0640);
    EXPECT_EQ(answer(reader), "hunter2");
    EXPECT_EQ(answer(reader), "hunter2");
    EXPECT_THAT(warnings,
                ElementsAre(AllOf(StartsWith(what), HasSubstr(path), HasSubstr("chmod 600"), Not(HasSubstr("hunter2")))));
}

TEST(SecretFile, that_is_missing_empty_a_folder_or_endless_is_named) {
    const testkit::ScratchFolder folder;
    expect_unavailable(source("file:" + folder.file("none")), "none\" cannot be opened (No such file or directory)");
    expect_unavailable(source("file:" + folder.file_with("empty", "")), "empty first line");
    expect_unavailable(source("file:" + folder.file_with("blank", "\nhunter2\n")), "empty first line");
    expect_unavailable(source("file:" + folder.file("")), "cannot be read (Is a directory)");
    expect_unavailable(source("file:/dev/zero"), "above 65536 octets");
}

// env:

TEST(SecretVariable, gives_its_whole_value) {
    setenv("MH_TEST_SECRET", "hunter2", 1);
    EXPECT_EQ(answer(source("env:MH_TEST_SECRET")), "hunter2");
    unsetenv("MH_TEST_SECRET");
}

TEST(SecretVariable, that_is_not_set_or_empty_is_named) {
    expect_unavailable(source("env:MH_TEST_UNSET"), "variable MH_TEST_UNSET is not set");
    setenv("MH_TEST_EMPTY", "", 1);
    expect_unavailable(source("env:MH_TEST_EMPTY"), "variable MH_TEST_EMPTY is empty");
    unsetenv("MH_TEST_EMPTY");
}

// cmd:

using Words = std::vector<std::string>;

TEST(SecretCommand, is_split_at_blanks_and_by_quotes_as_the_table_says) {
    const std::vector<std::pair<const char*, std::optional<Words>>> table{
        {"pass show mail", Words{"pass", "show", "mail"}},
        {"  pass\t show ", Words{"pass", "show"}},
        {"pass 'a b' \"c d\"", Words{"pass", "a b", "c d"}},
        {"pass a' b'\"c\"", Words{"pass", "a bc"}},
        {"pass '' x", Words{"pass", "", "x"}},
        {R"(pass a\ b \' \\)", Words{"pass", "a b", "'", "\\"}},
        {R"(pass "a\"b\\c\d" '\')", Words{"pass", R"(a"b\c\d)", "\\"}},
        {"pass $HOME * ; | # ~", Words{"pass", "$HOME", "*", ";", "|", "#", "~"}},
        {"", std::nullopt},
        {" \t", std::nullopt},
        {"pass 'a", std::nullopt},
        {"pass \"a", std::nullopt},
        {"pass a\\", std::nullopt},
    };
    for (const auto& [text, words] : table) EXPECT_EQ(split_command(text), words) << text;
}

TEST(SecretCommand, gives_the_first_line_it_prints) {
    EXPECT_EQ(answer(source(R"(cmd:printf '%s\n' hunter2 second)")), "hunter2");
    EXPECT_EQ(answer(source("cmd:printf hunter2")), "hunter2");
    EXPECT_EQ(answer(source(R"(cmd:printf 'hunter2\r\n')")), "hunter2");
}

TEST(SecretCommand, sees_its_words_as_they_are_since_no_shell_takes_part) {
    EXPECT_EQ(answer(source("cmd:printf %s $HOME;ls")), "$HOME;ls");
}

TEST(SecretCommand, may_print_more_than_a_pipe_holds_after_the_first_line) {
    EXPECT_EQ(answer(source("cmd:sh -c 'echo hunter2; head -c 1000000 /dev/zero'")), "hunter2");
}

TEST(SecretCommand, ends_when_it_does_even_if_what_it_left_behind_keeps_its_output_open) {
    const std::string left_behind = answer(source("cmd:sh -c 'sleep 600 2>/dev/null & echo $!'"));
    const auto process = static_cast<pid_t>(std::strtol(left_behind.c_str(), nullptr, 10));
    ASSERT_GT(process, 1) << left_behind;
    EXPECT_EQ(kill(process, SIGKILL), 0);
}

TEST(SecretCommand, runs_once_until_its_answer_is_forgotten) {
    const testkit::ScratchFolder folder;
    const SecretReader reader = source("cmd:sh -c 'echo x >>" + folder.file("runs") + "; wc -l <" + folder.file("runs") + "'");
    const SecretReader shared = reader;
    EXPECT_EQ(answer(reader), "1");
    EXPECT_EQ(answer(shared), "1");
    shared.forget();
    EXPECT_EQ(answer(reader), "2");
    EXPECT_EQ(answer(shared), "2");
}

TEST(SecretCommand, that_failed_is_run_again_by_the_next_call) {
    const testkit::ScratchFolder folder;
    const SecretReader reader = source("cmd:cat " + folder.file("secret"));
    expect_unavailable(reader, "command \"cat\" failed with exit status 1");
    static_cast<void>(folder.file_with("secret", "hunter2"));
    EXPECT_EQ(answer(reader), "hunter2");
}

TEST(SecretCommand, that_cannot_give_a_secret_is_named_without_its_arguments) {
    expect_unavailable(source("cmd:/no/such/program hunter2"),
                       "\"/no/such/program\" cannot be started (No such file or directory)");
    expect_unavailable(source("cmd:sh -c 'echo hunter2; exit 3'"), "\"sh\" failed with exit status 3: run it by hand");
    expect_unavailable(source("cmd:sh -c 'kill -TERM $$'"), "ended by signal 15");
    expect_unavailable(source("cmd:true"), "printed an empty first line");
    expect_unavailable(source("cmd:head -c 100000 /dev/zero"), "above 65536 octets");
    for (const char* spec : {"cmd:/no/such/program hunter2", "cmd:sh -c 'echo hunter2; exit 3'"})
        EXPECT_THAT(answer(source(spec)), Not(HasSubstr("hunter2")));
}

TEST(SecretCommand, is_killed_at_its_limit) {
    const auto nothing_hidden = [](std::string_view) { return false; };
    const auto secret = first_line_printed_by({"sleep", "600"}, std::chrono::milliseconds(30), nothing_hidden);
    ASSERT_FALSE(secret.ok());
    EXPECT_EQ(secret.error().code, Errc::credential_unavailable);
    EXPECT_THAT(secret.error().message, HasSubstr("command \"sleep\" took longer than"));
}

TEST(SecretCommand, has_an_empty_standard_input) { EXPECT_EQ(answer(source("cmd:sh -c 'wc -c'")), "0"); }

TEST(SecretCommand, does_not_inherit_our_other_secrets_but_keeps_what_its_own_program_needs) {
    setenv("MAILHAUL_SOURCE_PASSWORD", "hunter2", 1);
    setenv("IMAPSYNC_PASSWORD1", "hunter2", 1);
    setenv("MAILHAUL_DESTINATION_TOKEN", "hunter2", 1);
    setenv("MH_TEST_NAMED", "hunter2", 1);
    setenv("PASSWORD_STORE_DIR", "/store", 1);
    const SecretReader named = source("env:MH_TEST_NAMED");
    EXPECT_EQ(answer(source("cmd:sh -c 'env | grep -c hunter2; true'")), "0");
    EXPECT_EQ(answer(source("cmd:sh -c 'echo $PASSWORD_STORE_DIR'")), "/store");
    EXPECT_EQ(answer(named), "hunter2");
    for (const char* name : {"MAILHAUL_SOURCE_PASSWORD", "IMAPSYNC_PASSWORD1", "MAILHAUL_DESTINATION_TOKEN", "MH_TEST_NAMED",
                             "PASSWORD_STORE_DIR"})
        unsetenv(name);
}

// fd:

class SecretDescriptor : public testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(pipe(ends_.data()), 0); }
    void TearDown() override {
        for (const int end : ends_) close(end);
    }
    void write_all(std::string_view text) { ASSERT_EQ(write(ends_[1], text.data(), text.size()), std::ssize(text)); }
    [[nodiscard]] std::string spec() const { return "fd:" + std::to_string(ends_[0]); }
    std::array<int, 2> ends_{};
};

TEST_F(SecretDescriptor, gives_one_line_to_each_source_and_remembers_it) {
    write_all("first\nsecond\n");
    const SecretReader first = source(spec());
    const SecretReader second = source(spec());
    EXPECT_EQ(answer(first), "first");
    EXPECT_EQ(answer(second), "second");
    first.forget();
    EXPECT_EQ(answer(first), "first");
}

TEST_F(SecretDescriptor, is_not_inherited_by_commands) {
    const SecretReader reader = source(spec());
    EXPECT_EQ(answer(source("cmd:sh -c '[ -e /dev/fd/" + std::to_string(ends_[0]) + " ] && echo open || echo closed'")),
              "closed");
}

TEST_F(SecretDescriptor, that_is_closed_or_at_its_end_is_named) {
    close(std::exchange(ends_[1], -1));
    expect_unavailable(source(spec()), "gives no line");
    expect_unavailable(source("fd:987"), "descriptor 987 cannot be read (Bad file descriptor)");
}

// prompt

/// A child with a pseudo-terminal as its terminal; the test is the person before it.
class Terminal {
public:
    Terminal() {
        if (openpty(&person_, &terminal_, nullptr, nullptr, nullptr) != 0 || pipe(answers_.data()) != 0)
            throw std::runtime_error("no pseudo-terminal");
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal() {
        for (const int end : {person_, terminal_, answers_[0], answers_[1]}) close(end);
    }

    /// Starts a child that asks, tells the answer, asks again, and so on for `times`.
    void ask(int times) {
        child_ = fork();
        if (child_ != 0) return;
        close(answers_[0]);
        login_tty(dup(terminal_));
        const SecretReader reader = source("prompt");
        for (int i = 0; i < times; ++i) {
            const std::string text = answer(reader) + "\n";
            if (write(answers_[1], text.data(), text.size()) != std::ssize(text)) _exit(2);
        }
        _exit(0);
    }

    /// Everything shown until `text` was shown; empty where the terminal ends before.
    std::string read_until(std::string_view text) {
        std::string shown;
        char octet = 0;
        while (!shown.ends_with(text)) {
            if (read(person_, &octet, 1) != 1) return "";
            shown += octet;
        }
        return shown;
    }

    void type(std::string_view text) { EXPECT_EQ(write(person_, text.data(), text.size()), std::ssize(text)); }
    [[nodiscard]] bool echoes() const {
        termios settings{};
        return tcgetattr(terminal_, &settings) == 0 && (settings.c_lflag & ECHO) != 0;
    }
    void signal_child(int number) const { kill(child_, number); }

    std::string next_answer() {
        std::string text;
        char octet = 0;
        while (read(answers_[0], &octet, 1) == 1 && octet != '\n') text += octet;
        return text;
    }

    /// The child's wait status at its end.
    int await_child() const {
        int status = 0;
        waitpid(child_, &status, 0);
        return status;
    }

private:
    int person_ = -1;
    int terminal_ = -1;
    std::array<int, 2> answers_{-1, -1};
    pid_t child_ = -1;
};

const std::string question = what + ": ";

TEST(SecretPrompt, asks_once_shows_nothing_of_the_answer_and_gives_the_echo_back) {
    Terminal terminal;
    terminal.ask(2);
    ASSERT_EQ(terminal.read_until(question), question);
    EXPECT_FALSE(terminal.echoes());
    terminal.type("hunter 2\n");
    EXPECT_EQ(terminal.read_until("\n"), "\r\n");
    EXPECT_EQ(terminal.next_answer(), "hunter 2");
    EXPECT_EQ(terminal.next_answer(), "hunter 2");
    EXPECT_EQ(terminal.await_child(), 0);
    EXPECT_TRUE(terminal.echoes());
}

TEST(SecretPrompt, with_nothing_typed_is_a_failure_that_names_the_other_ways) {
    Terminal terminal;
    terminal.ask(1);
    terminal.read_until(question);
    terminal.type("\n");
    EXPECT_THAT(terminal.next_answer(), AllOf(HasSubstr("nothing was typed"), HasSubstr("env:NAME")));
    terminal.await_child();
}

TEST(SecretPrompt, ended_by_control_c_ends_the_process_and_gives_the_echo_back) {
    Terminal terminal;
    terminal.ask(1);
    terminal.read_until(question);
    terminal.type("hunt\x03");
    const int status = terminal.await_child();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    EXPECT_TRUE(terminal.echoes());
}

TEST(SecretPrompt, ended_by_a_signal_from_elsewhere_gives_the_echo_back_too) {
    for (const int number : {SIGTERM, SIGHUP}) {
        Terminal terminal;
        terminal.ask(1);
        terminal.read_until(question);
        terminal.signal_child(number);
        const int status = terminal.await_child();
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == number);
        EXPECT_TRUE(terminal.echoes());
    }
}

// The child's process group is orphaned, so the kernel does not stop it: what is left is the way on after a stop.
TEST(SecretPrompt, asks_again_without_echo_after_control_z) {
    Terminal terminal;
    terminal.ask(1);
    terminal.read_until(question);
    terminal.type("hunt\x1a");
    ASSERT_THAT(terminal.read_until(question), testing::EndsWith(question));
    EXPECT_FALSE(terminal.echoes());
    terminal.type("hunter2\n");
    EXPECT_EQ(terminal.next_answer(), "hunter2");
    terminal.await_child();
    EXPECT_TRUE(terminal.echoes());
}

TEST(SecretPrompt, without_a_terminal_says_what_to_give_instead) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    const pid_t child = fork();
    if (child == 0) {
        setsid();  // leaves the terminal, if there is one
        const std::string text = answer(source("prompt"));
        _exit(write(ends[1], text.data(), text.size()) == std::ssize(text) ? 0 : 1);
    }
    close(ends[1]);
    std::string text(1'000, ' ');
    const ssize_t size = read(ends[0], text.data(), text.size());
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    close(ends[0]);
    waitpid(child, nullptr, 0);
    EXPECT_THAT(text, AllOf(HasSubstr("no terminal to ask on"), HasSubstr("file:PATH, env:NAME, cmd:COMMAND or fd:NUMBER")));
}

}  // namespace
}  // namespace mailhaul::app
