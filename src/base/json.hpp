// SPDX-License-Identifier: Apache-2.0
// Writing JSON (RFC 8259), one object at a time, fields in the order given. Leaves out reading it.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailhaul {

/// `text` in quotes. An octet that is not UTF-8 becomes U+FFFD, so the result is always valid JSON.
std::string json_string(std::string_view text);

/// `[a,b]` of values that are JSON already.
std::string json_array(const std::vector<std::string>& values);

class JsonObject {
public:
    JsonObject& text(std::string_view key, std::string_view value) { return json(key, json_string(value)); }
    JsonObject& flag(std::string_view key, std::same_as<bool> auto value) { return json(key, value ? "true" : "false"); }
    JsonObject& number(std::string_view key, std::uint64_t value) { return json(key, std::to_string(value)); }
    JsonObject& texts(std::string_view key, const std::vector<std::string>& values);
    /// `value` is JSON already.
    JsonObject& json(std::string_view key, std::string_view value);

    [[nodiscard]] std::string str() const { return "{" + fields_ + "}"; }

private:
    std::string fields_;
};

}  // namespace mailhaul
