// SPDX-License-Identifier: Apache-2.0
// What each of imapsync's options means, for people, and what it is called in `mailhaul sync`. Data.
#pragma once

#include <optional>
#include <string_view>

namespace mailhaul::cli {

struct ImapsyncMeaning {
    std::string_view option;        ///< its first name
    std::string_view words;         ///< half a sentence
    std::string_view native = {};   ///< `--folder %`, where % is the value; empty: no such option there
    std::string_view negated = {};  ///< the same for `--noX`
    enum class Weight : unsigned char {
        plain,
        removes,  ///< messages or folders
        usual,    ///< `mailhaul sync` does so anyway
    };
    Weight weight = Weight::plain;
};

/// Empty for options that change nothing or are not taken: imapsync_options.hpp says why.
std::optional<ImapsyncMeaning> imapsync_meaning(std::string_view option);

}  // namespace mailhaul::cli
