// SPDX-License-Identifier: Apache-2.0
#include "app/temporary_folder.hpp"

#include <stdlib.h>  // mkdtemp is POSIX, not C++

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace mailhaul::app {

Result<TemporaryFolder> TemporaryFolder::make(const std::string& name) {
    std::error_code unknown;
    const std::filesystem::path above = std::filesystem::temp_directory_path(unknown);
    std::string path = (unknown ? std::string("/tmp") : above.string()) + "/" + name + "-XXXXXX";
    if (mkdtemp(path.data()) == nullptr)
        return Error(Errc::store_failed, Scope::run, Retry::never,
                     "cannot make a folder in " + above.string() + ": " + std::strerror(errno) +
                         ": set TMPDIR to one that can be written");
    return TemporaryFolder(std::move(path));
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;  // nothing can be done about it here
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace mailhaul::app
