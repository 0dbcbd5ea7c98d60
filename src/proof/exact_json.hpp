// SPDX-License-Identifier: Apache-2.0
// ExactJson: reads JSON that JsonObject wrote, fields in the order they were written in. Not a JSON reader for what others
// write.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace mailhaul::proof {

/// Takes a document apart. After the first thing that is not as expected it yields nothing. The text is borrowed.
class ExactJson {
public:
    explicit ExactJson(std::string_view text) : rest_(text) {}
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool at_end() const { return !failed_ && rest_.empty(); }

    void expect(std::string_view text);
    bool accept(char letter);
    void key(std::string_view name);
    std::uint64_t number(std::string_view name, std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
    std::uint32_t number32(std::string_view name);
    std::string text(std::string_view name);
    std::vector<std::string> texts(std::string_view name);

    /// `[...]`, calling `read` for each value.
    template <typename Read>
    void each(Read read) {
        expect("[");
        if (accept(']')) return;
        do read();
        while (!failed_ && accept(','));
        expect("]");
    }

    /// Only what json_string() writes; that it is the same in every detail is for a comparison afterwards.
    std::string string();

private:
    char escaped();
    char control();

    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace mailhaul::proof
