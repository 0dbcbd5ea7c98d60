// SPDX-License-Identifier: Apache-2.0
// One Origin per kind of place. The kinds differ in when they are read again: a file and a variable every time, the
// others once, because a person, a command or a pipe should not be asked for each connection.
#include "app/secret_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "app/secret_command.hpp"
#include "app/secret_line.hpp"
#include "app/secret_prompt.hpp"

namespace mailhaul::app {

class SecretReader::Origin {
public:
    explicit Origin(std::string what) : what_(std::move(what)) {}
    Origin(const Origin&) = delete;
    Origin& operator=(const Origin&) = delete;
    virtual ~Origin() = default;

    virtual Result<Secret> give() = 0;
    virtual void forget() {}
    /// What the secret is for: `password of the source`.
    [[nodiscard]] const std::string& what() const { return what_; }

private:
    std::string what_;
};

Result<Secret> SecretReader::operator()() const {
    auto secret = origin_->give();
    if (!secret.ok()) return std::move(secret).error().while_doing(origin_->what());
    return secret;
}

void SecretReader::forget() const { origin_->forget(); }

namespace {

using Origin = SecretReader::Origin;

/// An origin that is asked once, until its answer is forgotten.
class RememberingOrigin : public Origin {
public:
    using Origin::Origin;
    Result<Secret> give() final {
        const std::scoped_lock lock(mutex_);
        if (!answer_) {
            MH_TRY(answer, ask());
            answer_ = std::move(answer);
        }
        return *answer_;
    }
    void forget() override {
        const std::scoped_lock lock(mutex_);
        answer_.reset();
    }

private:
    virtual Result<Secret> ask() = 0;
    std::mutex mutex_;  // guards answer_, and lets a second connection wait for the answer to the first
    std::optional<Secret> answer_;
};

// file:PATH

class FileOrigin final : public Origin {
public:
    FileOrigin(std::string what, std::string path, Warn warn)
        : Origin(std::move(what)), path_(std::move(path)), warn_(std::move(warn)) {}

    Result<Secret> give() override {
        const std::string name = "file \"" + path_ + "\"";
        const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (file < 0) return unavailable(name + " cannot be opened", errno, ": write the secret there, or name another file");
        warn_if_readable_by_others(file, name);
        SecretLine line = read_secret_line(file);
        close(file);
        if (line.error == EMSGSIZE)
            return unavailable(name + " has a first line above " + std::to_string(max_secret) +
                               " octets: is it the right file?");
        if (line.error != 0) return unavailable(name + " cannot be read", line.error, ": name another file");
        if (line.text.empty()) return unavailable(name + " has an empty first line: write the secret there");
        return std::move(line.text);
    }

private:
    /// Once: the file is read for every connection.
    void warn_if_readable_by_others(int file, const std::string& name) {
        struct stat status{};
        if (!warn_ || fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return;
        if ((status.st_mode & (S_IRGRP | S_IROTH)) == 0) return;
        warn_(what() + ": " + name + " can be read by others on this machine: chmod 600 it");
        warn_ = nullptr;
    }

    std::string path_;
    Warn warn_;
};

// env:NAME

/// The variables that env: named anywhere in this process: commands do not inherit them.
class NamedVariables {
public:
    void add(const std::string& name) {
        const std::scoped_lock lock(mutex_);
        names_.insert(name);
    }
    bool contains(std::string_view name) {
        const std::scoped_lock lock(mutex_);
        return names_.contains(name);
    }

private:
    std::mutex mutex_;  // guards names_
    std::set<std::string, std::less<>> names_;
};

NamedVariables& named_variables() {
    static NamedVariables variables;
    return variables;
}

/// Ours, by the name documented for them or because an env: named it. A password manager's own (VAULT_TOKEN,
/// PASSWORD_STORE_DIR) are not: without them its command could not answer.
bool is_secret_of_ours(std::string_view name) {
    const bool ours = name.starts_with("MAILHAUL_") || name.starts_with("IMAPSYNC_");
    return (ours && (name.contains("PASSWORD") || name.contains("TOKEN"))) || named_variables().contains(name);
}

class VariableOrigin final : public Origin {
public:
    VariableOrigin(std::string what, std::string name) : Origin(std::move(what)), name_(std::move(name)) {
        named_variables().add(name_);
    }

    Result<Secret> give() override {
        const char* const value = std::getenv(name_.c_str());
        if (value == nullptr) return unavailable("variable " + name_ + " is not set: set and export it");
        if (*value == '\0') return unavailable("variable " + name_ + " is empty: put the secret in it");
        return Secret(value);
    }

private:
    std::string name_;
};

// cmd:COMMAND

class CommandOrigin final : public RememberingOrigin {
public:
    CommandOrigin(std::string what, std::vector<std::string> words)
        : RememberingOrigin(std::move(what)), words_(std::move(words)) {}

private:
    Result<Secret> ask() override { return first_line_printed_by(words_, command_limit, is_secret_of_ours); }
    std::vector<std::string> words_;
};

// fd:NUMBER

class DescriptorOrigin final : public RememberingOrigin {
public:
    DescriptorOrigin(std::string what, int number) : RememberingOrigin(std::move(what)), number_(number) {
        fcntl(number_, F_SETFD, FD_CLOEXEC);  // a command has no business in it
    }
    void forget() override {}  // the line is gone from the descriptor: what was read is all there is

private:
    Result<Secret> ask() override {
        const std::string name = "descriptor " + std::to_string(number_);
        SecretLine line = read_secret_line(number_);
        if (line.error == EMSGSIZE)
            return unavailable(name + " gives a line above " + std::to_string(max_secret) + " octets: is it the right one?");
        if (line.error != 0) return unavailable(name + " cannot be read", line.error, ": open it for mailhaul, as in 3<FILE");
        if (line.text.empty()) return unavailable(name + " gives no line, or an empty one: write the secret into it");
        return std::move(line.text);
    }
    int number_;
};

// prompt

class PromptOrigin final : public RememberingOrigin {
public:
    using RememberingOrigin::RememberingOrigin;

private:
    Result<Secret> ask() override { return ask_on_terminal(what()); }
};

Error mistake(const std::string& message) { return {Errc::usage, Scope::run, Retry::never, message}; }

template <typename T, typename... Arguments>
SecretReader reader(Arguments&&... arguments) {
    return SecretReader(std::make_shared<T>(std::forward<Arguments>(arguments)...));
}

Result<SecretReader> command_source(std::string_view text, std::string what) {
    auto words = split_command(text);
    if (!words) return mistake("cmd: is followed by no command, or by a quote that does not end: close it");
    return reader<CommandOrigin>(std::move(what), std::move(*words));
}

Result<SecretReader> credential_source(std::string_view name, std::string what) {
    if (name.empty() || name.find('/') != std::string_view::npos || name.starts_with('.'))
        return mistake("cred: is not followed by the name of a credential, as in cred:old-password");
    const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || *folder == '\0')
        return mistake(
            "cred: needs a service that systemd gives credentials to (LoadCredential=): $CREDENTIALS_DIRECTORY is not set");
    return reader<FileOrigin>(std::move(what), std::string(folder) + "/" + std::string(name), Warn());
}

Result<SecretReader> descriptor_source(std::string_view text, std::string what) {
    int number = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (status != std::errc() || end != text.data() + text.size() || number < 0)
        return mistake("fd: is not followed by the number of a descriptor, as in fd:3");
    return reader<DescriptorOrigin>(std::move(what), number);
}

}  // namespace

Result<SecretReader> secret_source(std::string_view spec, std::string what, Warn warn) {
    if (spec == "prompt") return reader<PromptOrigin>(std::move(what));
    const std::size_t colon = spec.find(':');
    const std::string_view kind = colon == std::string_view::npos ? "" : spec.substr(0, colon);
    const std::string_view rest = colon == std::string_view::npos ? "" : spec.substr(colon + 1);
    if (kind == "cmd") return command_source(rest, std::move(what));
    if (kind == "fd") return descriptor_source(rest, std::move(what));
    if (kind == "cred") return credential_source(rest, std::move(what));
    if (kind == "file" && !rest.empty()) return reader<FileOrigin>(std::move(what), std::string(rest), std::move(warn));
    if (kind == "env" && !rest.empty() && !rest.contains('='))
        return reader<VariableOrigin>(std::move(what), std::string(rest));
    return mistake(
        "wanted file:PATH, env:NAME, cmd:COMMAND, cred:NAME, fd:NUMBER or prompt (not shown is what was given: it may be the "
        "secret)");
}

}  // namespace mailhaul::app
