// SPDX-License-Identifier: Apache-2.0
#include "process/child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <csignal>

namespace mailhaul::process {
namespace {

/// Borrowed from the environment.
std::vector<char*> environment_without(const IsHiddenVariable& is_hidden) {
    std::vector<char*> kept;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        if (!is_hidden(text.substr(0, text.find('=')))) kept.push_back(*entry);
    }
    kept.push_back(nullptr);
    return kept;
}

/// What posix_spawn is told, freed at the end.
class SpawnSettings {
public:
    explicit SpawnSettings(const Child& child) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        if (child.input < 0) posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        else posix_spawn_file_actions_adddup2(&actions_, child.input, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions_, child.output, STDOUT_FILENO);
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setpgroup(&attributes_, 0);
        const int group = child.group == Group::own ? POSIX_SPAWN_SETPGROUP : 0;
        posix_spawnattr_setflags(&attributes_, static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group));
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;
    ~SpawnSettings() {
        posix_spawnattr_destroy(&attributes_);
        posix_spawn_file_actions_destroy(&actions_);
    }
    [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
    [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

}  // namespace

void Descriptor::close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
}

Started start_child(const Child& child) {
    std::vector<char*> arguments;
    arguments.reserve(child.words.size() + 1);
    for (const std::string& word : child.words)
        arguments.push_back(const_cast<char*>(word.c_str()));  // posix_spawn never writes
    arguments.push_back(nullptr);
    const std::vector<char*> environment = environment_without(child.is_hidden);
    const SpawnSettings settings(child);
    Started started;
    started.error = posix_spawnp(&started.process, child.words.front().c_str(), settings.actions(), settings.attributes(),
                                 arguments.data(), environment.data());
    return started;
}

}  // namespace mailhaul::process
