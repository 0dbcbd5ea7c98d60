// SPDX-License-Identifier: Apache-2.0
// Walks the pattern once, keeping which lengths of the name it can have matched so far: no backtracking.
#include "demo/list_pattern.hpp"

#include <vector>

namespace mailhaul::demo {

bool matches_pattern(std::string_view name, std::string_view pattern, char separator) {
    std::vector<bool> matched(name.size() + 1, false);  // matched[n]: the pattern so far matches the first n octets
    matched[0] = true;
    for (const char wanted : pattern) {
        if (wanted == '*' || wanted == '%') {
            for (std::size_t n = 0; n < name.size(); ++n)
                if (matched[n] && (wanted == '*' || name[n] != separator)) matched[n + 1] = true;
        } else {
            for (std::size_t n = name.size(); n > 0; --n) matched[n] = matched[n - 1] && name[n - 1] == wanted;
            matched[0] = false;
        }
    }
    return matched[name.size()];
}

}  // namespace mailhaul::demo
