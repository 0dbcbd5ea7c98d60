// SPDX-License-Identifier: Apache-2.0
#include "app/seal_keys.hpp"

#include <filesystem>
#include <optional>
#include <utility>

#include "app/secret_line.hpp"
#include "oauth/seal.hpp"

namespace mailhaul::app {
namespace {

constexpr std::size_t least_octets = 16;  // of a key: less is guessed

std::filesystem::path folder_of(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path, ignored), ignored).parent_path();
}

}  // namespace

Result<void> SealKeys::add(const std::string& spec, Warn warn) {
    constexpr std::string_view in_file = "file:";
    MH_TRY(reader, secret_source(spec, "key that seals authorizations", std::move(warn)));
    sources_.push_back({std::move(reader), spec.starts_with(in_file) ? spec.substr(in_file.size()) : ""});
    return {};
}

Result<Secret> SealKeys::key(const Source& source, const std::string& path) const {
    if (!source.file.empty() && folder_of(source.file) == folder_of(path))
        return unavailable("the key \"" + source.file + "\" lies beside \"" + path +
                           "\", where whoever takes the one takes the other: keep it in another folder");
    const auto index = static_cast<std::size_t>(&source - sources_.data());
    if (index < read_.size() && !read_[index].empty()) return read_[index];
    MH_TRY(words, source.reader());
    if (words.reveal().size() < least_octets)
        return unavailable("the key of --seal-key has " + std::to_string(words.reveal().size()) + " octets, wanted " +
                           std::to_string(least_octets) + " or more: `openssl rand -base64 32` makes one");
    read_.resize(sources_.size());
    read_[index] = words;
    return words;
}

Result<Secret> SealKeys::open(const Secret& file, const std::string& path) const {
    if (!oauth::is_sealed(file.reveal())) return file;
    if (sources_.empty())
        return unavailable("file \"" + path + "\" is sealed: give its key with --seal-key file:PATH, env:NAME or cmd:COMMAND");
    std::optional<Error> first;
    for (const Source& source : sources_) {
        MH_TRY(words, key(source, path));
        auto text = oauth::opened(file.reveal(), words, "file \"" + path + "\"");
        if (text.ok()) return text;
        if (!first) first = std::move(text).error();
    }
    return std::move(*first);
}

Result<Secret> SealKeys::seal(const Secret& text, const std::string& path) const {
    if (sources_.empty()) return text;
    MH_TRY(words, key(sources_.front(), path));
    MH_TRY(seal, oauth::sealed(text, words));
    return Secret(std::move(seal));
}

bool SealKeys::is_outdated(const Secret& file) const {
    if (sources_.empty()) return false;
    return read_.empty() || !oauth::is_sealed_with(file.reveal(), read_.front());
}

}  // namespace mailhaul::app
