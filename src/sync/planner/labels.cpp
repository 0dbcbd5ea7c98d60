// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/labels.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace mailhaul::sync {
namespace {

bool is_of_the_system(const std::string& label) { return label.starts_with('\\'); }

/// Gmail's own folders are told as `\Sent` and its like; older accounts have them below another name.
bool is_below_gmail(std::string_view name) { return name.starts_with("[Gmail]") || name.starts_with("[Google Mail]"); }

bool is_sendable(std::string_view label) {
    return std::ranges::all_of(label, [](char c) { return c >= ' ' && c <= '~'; });
}

std::optional<std::string> translated(const std::string& label, const LabelNames& names) {
    if (is_of_the_system(label)) return label;
    const auto folder = names.find(label);
    if (folder == names.end() || is_below_gmail(folder->second)) return std::nullopt;
    return folder->second == "INBOX" ? "\\Inbox" : folder->second;
}

}  // namespace

std::set<std::string> labels_to_give(const std::set<std::string>& source, const std::set<std::string>& destination,
                                     const LabelNames& names, const std::string& opened) {
    std::set<std::string> given;
    for (const std::string& label : source) {
        const auto name = translated(label, names);
        const bool is_there = name && (destination.contains(*name) || *name == opened);
        if (name && !is_there && is_sendable(*name)) given.insert(*name);
    }
    return given;
}

}  // namespace mailhaul::sync
