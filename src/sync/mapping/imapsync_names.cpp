// SPDX-License-Identifier: Apache-2.0
// A pipeline of small rewritings, in imapsync's order; each is a function that says what it does to the name.
#include "sync/mapping/imapsync_names.hpp"

#include <algorithm>

#include "imap/types/ascii.hpp"

namespace mailhaul::sync {
namespace {

/// Where `sub` first occurs, as a pattern in which `.` stands for any character: imapsync does not escape it.
std::size_t find_sub_folder(std::string_view name, std::string_view sub) {
    const auto found =
        std::ranges::search(name, sub, [](char in_name, char in_sub) { return in_sub == '.' || in_name == in_sub; });
    return found.empty() ? std::string_view::npos : static_cast<std::size_t>(found.begin() - name.begin());
}

/// --subfolder1: its first occurrence goes, and one separator after it.
void remove_source_sub_folder(std::string& name, const std::string& sub, const std::string& separator) {
    const std::size_t at = sub.empty() ? std::string_view::npos : find_sub_folder(name, sub);
    if (at == std::string_view::npos) return;
    name.erase(at, sub.size());
    if (name.compare(at, separator.size(), separator) == 0) name.erase(at, separator.size());
}

void remove_prefix(std::string& name, const std::string& prefix) {
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
}

/// The separators change places, so that none is lost: `A.b/c` becomes `A/b.c`.
void swap_separators(std::string& name, const std::string& from, const std::string& to) {
    const auto stands_at = [&](std::size_t at, const std::string& separator) {
        return name.compare(at, separator.size(), separator) == 0;
    };
    std::string swapped;
    for (std::size_t at = 0; at < name.size();) {
        const std::string* here = stands_at(at, to) ? &to : stands_at(at, from) ? &from : nullptr;
        swapped += here == &to ? from : here == &from ? to : std::string(1, name[at]);
        at += here == nullptr ? 1 : here->size();
    }
    name = std::move(swapped);
}

/// --fixslash2: a `/` that stood in a name would be taken for a level by many a server.
void fix_slash(std::string& name, const std::string& from, const std::string& to, char replacement) {
    if (from == "/" && to != "/") std::ranges::replace(name, '/', replacement);
}

void add_prefix(std::string& name, const std::string& prefix) {
    if (!imap::equal_ignoring_case(name, "INBOX")) name.insert(0, prefix);
}

/// --subfolder2: three rewritings of which the second serves INBOX, and the third undoes a prefix given twice.
void put_below_sub_folder(std::string& name, const std::string& sub, const Side& to) {
    if (sub.empty()) return;
    const std::string below = to.prefix + sub + to.written_separator();
    if (name.starts_with(to.prefix)) name.replace(0, to.prefix.size(), below);
    if (name == "INBOX") name.insert(0, below);
    if (!to.prefix.empty() && name.starts_with(to.prefix + to.prefix)) name.erase(0, to.prefix.size());
}

}  // namespace

std::string imapsync_name(std::string_view raw, const Side& from, const Side& to, const MappingRules& rules) {
    std::string name(raw);
    remove_source_sub_folder(name, imapsync_sub_folder(rules.sub_folder_source), from.written_separator());
    if (name.empty() || name == from.prefix) name = "INBOX";
    remove_prefix(name, from.prefix);
    swap_separators(name, from.written_separator(), to.written_separator());
    if (rules.fix_slash) fix_slash(name, from.written_separator(), to.written_separator(), rules.separator_replacement);
    add_prefix(name, to.prefix);
    put_below_sub_folder(name, imapsync_sub_folder(rules.sub_folder_destination), to);
    return name;
}

std::string imapsync_sub_folder(std::string_view value) {
    std::string kept(value);
    std::erase_if(kept,
                  [](char c) { return !imap::is_letter(c) && !imap::is_digit(c) && !std::string_view("-_./ ").contains(c); });
    const auto blank = [](char c) { return c == ' '; };
    kept.erase(kept.begin(), std::ranges::find_if_not(kept, blank));
    while (!kept.empty() && blank(kept.back())) kept.pop_back();
    return kept;
}

}  // namespace mailhaul::sync
