// SPDX-License-Identifier: Apache-2.0
// SealKeys: the keys that authorization files are sealed with: the first for all that is written, the others for what was
// written before. Each is read once, when it is first needed.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/secret_source.hpp"
#include "base/result.hpp"

namespace mailhaul::app {

class SealKeys {
public:
    SealKeys() = default;

    /// `spec` as secret_source() takes it. Errors: usage.
    Result<void> add(const std::string& spec, Warn warn = {});

    [[nodiscard]] bool empty() const { return sources_.empty(); }

    /// What stands in `file`, opened where it is sealed; `path` is for messages, and a key beside it is refused. Errors:
    /// credential_unavailable.
    Result<Secret> open(const Secret& file, const std::string& path) const;

    /// `text` as it is to be written: sealed with the first key, or as it is where there is none.
    Result<Secret> seal(const Secret& text, const std::string& path) const;

    /// True where what stands in `file` is to be written again: in clear though there is a key, or under a former key.
    [[nodiscard]] bool is_outdated(const Secret& file) const;

private:
    struct Source {
        SecretReader reader;
        std::string file;  ///< of `file:PATH`; empty: no file
    };
    [[nodiscard]] Result<Secret> key(const Source& source, const std::string& path) const;

    std::vector<Source> sources_;
    mutable std::vector<Secret> read_;  // of the first so many sources
};

/// Shared by all connections of all accounts of a run.
using SharedSealKeys = std::shared_ptr<const SealKeys>;

}  // namespace mailhaul::app
