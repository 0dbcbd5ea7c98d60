// SPDX-License-Identifier: Apache-2.0
// CapabilitySet: what a server says it can do (RFC 9051 section 7.2.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/types/ids.hpp"

namespace mailhaul::imap {

class CapabilitySet {
public:
    /// Case-insensitive; `LITERAL +` arrives as two words and is read as LITERAL+.
    void insert(std::string_view capability);
    void erase(std::string_view capability);
    [[nodiscard]] bool has(std::string_view capability) const;
    [[nodiscard]] bool empty() const { return names_.empty(); }
    [[nodiscard]] std::size_t size() const { return names_.size(); }
    [[nodiscard]] auto begin() const { return names_.begin(); }
    [[nodiscard]] auto end() const { return names_.end(); }

    [[nodiscard]] bool has_auth(std::string_view mechanism) const;  ///< `AUTH=<mechanism>`
    [[nodiscard]] std::optional<Octets> append_limit() const;       ///< `APPENDLIMIT=n` (RFC 7889)
    [[nodiscard]] std::string to_string() const;                    ///< upper case, sorted, blanks between

private:
    std::vector<std::string> names_;  // upper case, sorted, unique
};

}  // namespace mailhaul::imap
