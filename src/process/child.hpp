// SPDX-License-Identifier: Apache-2.0
// Starting a command: its words, what it reads and prints, and what it must not inherit. Waiting for it, and reading what it
// prints, is its owner's.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailhaul::process {

/// An open file of ours; closed at the end.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() { close(); }
    [[nodiscard]] int number() const { return number_; }
    int release() { return std::exchange(number_, -1); }
    void close();

private:
    int number_;
};

/// True for the name of a variable that a command must not inherit.
using IsHiddenVariable = std::function<bool(std::string_view)>;

enum class Group : unsigned char {
    ours,
    own,  ///< so that what the command begins can be ended with it
};

struct Child {
    std::vector<std::string> words;  ///< the first is looked up in PATH; no shell takes part
    int input = -1;                  ///< its standard input; -1: empty
    int output = -1;                 ///< its standard output
    Group group = Group::ours;
    IsHiddenVariable is_hidden;
};

/// The process id, or the errno of the start as `error`.
struct Started {
    pid_t process = -1;
    int error = 0;
};

/// Standard error is ours. No signal is blocked or ignored in it, whatever we do with ours; no other file of ours is open in it
/// that was opened with O_CLOEXEC.
Started start_child(const Child& child);

}  // namespace mailhaul::process
