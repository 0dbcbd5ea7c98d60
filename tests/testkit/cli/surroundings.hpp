// SPDX-License-Identifier: Apache-2.0
// A process without a process: output into strings, variables from a map, clocks that stand until told.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "cli/console.hpp"

namespace mailhaul::cli::testkit {

struct FakeProcess {
    std::string out;
    std::string err;
    std::map<std::string, std::string> variables;
    std::size_t width = 80;
    SteadyTime steady{};
    WallTime wall{std::chrono::milliseconds{1'795'456'525'013}};  // 2026-11-23T17:55:25.013Z

    /// Borrows this: the fake outlives whatever uses it.
    Surroundings surroundings() {
        Surroundings given;
        given.out = [this](std::string_view text) { out += text; };
        given.err = [this](std::string_view text) { err += text; };
        given.variable = [this](const std::string& name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
        };
        given.width = [this] { return width; };
        given.steady_now = [this] { return steady; };
        given.wall_now = [this] { return wall; };
        return given;
    }
};

/// A run as reports show it: three folders, one exception, one warning.
sync::Report sample_report();

}  // namespace mailhaul::cli::testkit
