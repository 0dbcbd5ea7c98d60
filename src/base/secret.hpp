// SPDX-License-Identifier: Apache-2.0
// Secret: text that prints as <redacted> and is wiped when it goes.
#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace mailhaul {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}
    Secret(const Secret&) = default;
    Secret(Secret&&) noexcept = default;
    Secret& operator=(const Secret&) = default;
    Secret& operator=(Secret&&) noexcept = default;
    ~Secret() { wipe(); }

    /// The one way to read it; grep for this word to review every use.
    [[nodiscard]] const std::string& reveal() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

private:
    void wipe() {
        volatile char* octet = text_.data();
        for (std::size_t i = 0; i < text_.size(); ++i) octet[i] = 0;
    }
    std::string text_;
};

inline std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "<redacted>"; }

}  // namespace mailhaul
