// SPDX-License-Identifier: Apache-2.0
// Secret: text that prints as <redacted> and is wiped when it goes, is overwritten, or is moved away (a short string's
// octets would stay behind in the object that it was moved from).
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
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
    Secret& operator=(const Secret& other) {
        if (this == &other) return *this;
        wipe();
        text_ = other.text_;
        return *this;
    }
    Secret& operator=(Secret&& other) noexcept {
        if (this == &other) return *this;
        wipe();
        text_ = std::move(other.text_);
        other.wipe();
        return *this;
    }
    ~Secret() { wipe(); }

    /// The one way to read it; grep for this word to review every use.
    [[nodiscard]] const std::string& reveal() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

private:
    /// All that the string has room for, whatever of it is in use. Never allocates: capacity is there already.
    void wipe() noexcept {
        text_.resize(text_.capacity());
        volatile char* octet = text_.data();
        for (std::size_t i = 0; i < text_.size(); ++i) octet[i] = 0;
        text_.clear();
    }
    std::string text_;
};

inline std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "<redacted>"; }

}  // namespace mailhaul
