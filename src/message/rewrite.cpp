// SPDX-License-Identifier: Apache-2.0
#include "message/rewrite.hpp"

#include <algorithm>

#include "message/header_scan.hpp"

namespace mailhaul::message {

bool disarm_read_receipts(std::string& message) {
    FieldReader reader(message);
    while (const auto field = reader.next()) {
        if (!same_name(field->name, "Disposition-Notification-To")) continue;
        message.insert(static_cast<std::size_t>(field->name.data() - message.data()), "X-");
        return true;
    }
    return false;
}

std::size_t longest_line_of(std::string_view message) {
    std::size_t longest = 0;
    while (!message.empty()) {
        const std::size_t length = std::min(message.find('\n'), message.size() - 1) + 1;
        longest = std::max(longest, length);
        message.remove_prefix(length);
    }
    return longest;
}

std::optional<std::string> date_line_of(std::string_view message) {
    FieldReader reader(message);
    while (const auto field = reader.next()) {
        if (!same_name(field->name, "Date")) continue;
        std::string text(field->value);
        std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
        const std::size_t begin = text.find_first_not_of(" \t");
        if (begin == std::string::npos) return std::nullopt;
        return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
    }
    return std::nullopt;
}

}  // namespace mailhaul::message
