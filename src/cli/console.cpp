// SPDX-License-Identifier: Apache-2.0
#include "cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

namespace mailhaul::cli {
namespace {

constexpr std::size_t width_unless_told = 80;

/// Writes all of `text`; false where the output is gone.
bool write_fully(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

std::size_t terminal_width() {
    winsize size{};
    for (const int descriptor : {STDERR_FILENO, STDOUT_FILENO})
        if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return width_unless_told;
}

bool can_move_its_cursor(const Surroundings& surroundings) {
    const auto kind = surroundings.variable("TERM");
    return surroundings.err_is_terminal && kind && !kind->empty() && *kind != "dumb";
}

}  // namespace

Surroundings process_surroundings() {
    Surroundings surroundings;
    const auto is_lost = std::make_shared<bool>(false);  // co-owned by the two functions that follow
    surroundings.out = [is_lost](std::string_view text) { *is_lost |= !write_fully(STDOUT_FILENO, text); };
    surroundings.out_is_lost = [is_lost] { return *is_lost; };
    surroundings.err = [](std::string_view text) { (void)write_fully(STDERR_FILENO, text); };
    surroundings.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
    surroundings.err_is_terminal = ::isatty(STDERR_FILENO) == 1;
    surroundings.variable = [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
    surroundings.width = terminal_width;
    surroundings.steady_now = [] { return std::chrono::steady_clock::now(); };
    surroundings.wall_now = [] { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); };
    return surroundings;
}

Look look_of(const Surroundings& surroundings) {
    Look look;
    look.width = surroundings.width();
    const auto no_colour = surroundings.variable("NO_COLOR");
    look.colour = can_move_its_cursor(surroundings) && (!no_colour || no_colour->empty());
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const auto locale = surroundings.variable(name);
        if (!locale || locale->empty()) continue;
        look.unicode = locale->contains("UTF-8") || locale->contains("utf8") || locale->contains("UTF8");
        break;  // the first one set decides (POSIX, 8.2)
    }
    return look;
}

std::unique_ptr<sync::Observer> watch(const Surroundings& surroundings, Chattiness chattiness, bool dry_run) {
    if (can_move_its_cursor(surroundings) && chattiness != Chattiness::quiet)
        return watch_live(surroundings, chattiness, dry_run);
    return watch_as_lines(surroundings, chattiness, dry_run);
}

}  // namespace mailhaul::cli
