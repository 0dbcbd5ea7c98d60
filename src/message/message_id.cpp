// SPDX-License-Identifier: Apache-2.0
// One look at the first letter of each line: most lines are passed over by one memchr.
#include "message/message_id.hpp"

#include <xxhash.h>

#include <algorithm>
#include <string>

namespace mailhaul::message {
namespace {

constexpr std::string_view field_name = "message-id";

bool is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n'; }

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter; }

/// The rest of `line` behind `Message-ID:`; empty optional where it is another field.
std::optional<std::string_view> value_of(std::string_view line) {
    if (line.size() <= field_name.size() || !std::ranges::equal(line.substr(0, field_name.size()), field_name, {}, lower))
        return std::nullopt;
    line.remove_prefix(field_name.size());
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    if (!line.starts_with(':')) return std::nullopt;
    return line.substr(1);
}

/// Octets of the first line of `text`, its line feed included.
std::size_t line_length(std::string_view text) { return std::min(text.find('\n'), text.size() - 1) + 1; }

}  // namespace

std::uint64_t digest_of_message_id(std::string_view value) {
    std::string tight;
    std::ranges::remove_copy_if(value, std::back_inserter(tight), is_blank);
    return XXH3_64bits(tight.data(), tight.size());
}

std::optional<std::uint64_t> message_id_digest(std::string_view start) {
    start = start.substr(0, message_id_within);
    while (!start.empty() && start.front() != '\r' && start.front() != '\n') {
        std::size_t length = line_length(start);
        const auto value = value_of(start.substr(0, length));
        if (value) {
            while (length < start.size() && (start[length] == ' ' || start[length] == '\t'))  // folded
                length += line_length(start.substr(length));
            const auto from = static_cast<std::size_t>(value->data() - start.data());
            const std::string_view whole = start.substr(from, length - from);
            if (std::ranges::all_of(whole, is_blank)) return std::nullopt;
            return digest_of_message_id(whole);
        }
        start.remove_prefix(length);
    }
    return std::nullopt;
}

}  // namespace mailhaul::message
