// SPDX-License-Identifier: Apache-2.0
// A folder for this user alone that goes, with what is in it, when its owner does.
#pragma once

#include <string>
#include <utility>

#include "base/result.hpp"

namespace mailhaul::app {

class TemporaryFolder {
public:
    /// `name` begins its name. Error: store_failed where none can be made.
    static Result<TemporaryFolder> make(const std::string& name);

    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
    std::string path_;  // empty once moved from
};

}  // namespace mailhaul::app
