// SPDX-License-Identifier: Apache-2.0
#include "app/imapsync_cache.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

namespace mailhaul::app {
namespace {

using Pair = std::pair<imap::Uid, imap::Uid>;

/// What imapsync does to a whole path so that every file system takes it.
std::string path_of(std::string text) {
    for (char& c : text) {
        const bool is_plain = c > ' ' && c < 0x7F;
        if (!is_plain || std::string_view("*|?:\"<>'\\`").contains(c)) c = '_';
    }
    return text;
}

std::string with_levels(std::string name, const std::string& separator) {
    for (std::size_t at = 0; (at = name.find(separator, at)) != std::string::npos; ++at)
        name.replace(at, separator.size(), "/");
    return name;
}

/// A name with each separator a server may have; that of the operator alone where there is one.
std::set<std::string> spellings(const std::string& name, const std::string& separator) {
    if (!separator.empty()) return {with_levels(name, separator)};
    return {name, with_levels(name, "."), with_levels(name, "\\")};
}

std::optional<imap::Uid> uid_from(std::string_view digits) {
    std::uint32_t number = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failure != std::errc() || end != digits.data() + digits.size() || number == 0) return std::nullopt;
    return imap::Uid{number};
}

std::optional<Pair> pair_from(std::string_view name) {
    const std::size_t middle = name.find('_');
    if (middle == std::string_view::npos) return std::nullopt;
    const auto source = uid_from(name.substr(0, middle));
    const auto destination = uid_from(name.substr(middle + 1));
    return source && destination ? std::optional(Pair{*source, *destination}) : std::nullopt;
}

/// One to one: the greatest of each side wins.
std::vector<Pair> one_to_one(const std::vector<Pair>& pairs) {
    std::map<imap::Uid, imap::Uid> by_source;
    for (const auto& [source, destination] : pairs) {
        auto& greatest = by_source[source];
        greatest = std::max(greatest, destination);
    }
    std::map<imap::Uid, imap::Uid> by_destination;
    for (const auto& [source, destination] : by_source) by_destination[destination] = source;  // ascending, so the last stays
    std::vector<Pair> left;
    for (const auto& [destination, source] : by_destination) left.emplace_back(source, destination);
    std::ranges::sort(left);
    return left;
}

}  // namespace

std::vector<std::string> cache_folders(const ImapsyncCache& cache, const std::string& source, const std::string& destination) {
    const std::string accounts = cache.hosts[0] + "/" + cache.users[0] + "/" + cache.hosts[1] + "/" + cache.users[1] + "/";
    std::set<std::string> folders;  // several spellings may be one
    for (const std::string& from : spellings(source, cache.separators[0]))
        for (const std::string& to : spellings(destination, cache.separators[1]))
            folders.insert(cache.folder + "/" + path_of(accounts + from + "/" + to));
    return {folders.begin(), folders.end()};
}

Result<std::vector<Pair>> read_cache_folders(const std::vector<std::string>& folders) {
    std::vector<Pair> pairs;
    for (const std::string& folder : folders) {
        std::error_code failure;
        std::filesystem::directory_iterator entry(folder, failure);
        if (failure == std::errc::no_such_file_or_directory || failure == std::errc::not_a_directory) continue;
        for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure))
            if (const auto pair = pair_from(entry->path().filename().string())) pairs.push_back(*pair);
        if (failure)
            return Error{Errc::usage, Scope::run, Retry::never,
                         "imapsync's cache " + folder + " cannot be read (" + failure.message() +
                             "): make it readable, or leave --usecache out to recognise messages by their headers"};
    }
    return one_to_one(pairs);
}

sync::PairClaims claims_of(ImapsyncCache cache) {
    return [cache = std::move(cache)](const imap::MailboxName& source, const imap::MailboxName& destination) {
        return read_cache_folders(cache_folders(cache, source.raw(), destination.raw()));
    };
}

}  // namespace mailhaul::app
