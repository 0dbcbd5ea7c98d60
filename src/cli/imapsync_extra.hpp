// SPDX-License-Identifier: Apache-2.0
// imapsync's options_extra.txt: further options from a file in the current folder (behaviour 1.1).
#pragma once

#include <string>
#include <vector>

namespace mailhaul::cli {

struct ExtraOptions {
    std::vector<std::string> words;     ///< as if they stood at the end of the command line
    std::vector<std::string> mistakes;  ///< options that may not stand there
};

/// The first line of the file `path`; nothing where there is none. Only options that concern connections, debugging, folders
/// and the number of errors are taken, as by imapsync: a file somebody left behind must delete nothing.
ExtraOptions read_extra_options(const std::string& path);

}  // namespace mailhaul::cli
