// SPDX-License-Identifier: Apache-2.0
#include "proof/exact_json.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace mailhaul::proof {

void ExactJson::expect(std::string_view text) {
    if (rest_.starts_with(text)) rest_.remove_prefix(text.size());
    else failed_ = true;
    if (failed_) rest_ = {};
}

bool ExactJson::accept(char letter) {
    const bool is_there = rest_.starts_with(letter);
    if (is_there) rest_.remove_prefix(1);
    return is_there;
}

void ExactJson::key(std::string_view name) {
    accept(',');
    expect(json_string(name));
    expect(":");
}

std::uint64_t ExactJson::number(std::string_view name, std::uint64_t most) {
    key(name);
    std::uint64_t value = 0;
    bool any = false;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
        const auto digit = static_cast<std::uint64_t>(rest_.front() - '0');
        if (value > (most - std::min(digit, most)) / 10) failed_ = true;
        value = value * 10 + digit;
        any = true;
        rest_.remove_prefix(1);
    }
    if (!any || value > most) failed_ = true;
    return failed_ ? 0 : value;
}

std::uint32_t ExactJson::number32(std::string_view name) {
    return static_cast<std::uint32_t>(number(name, std::numeric_limits<std::uint32_t>::max()));
}

std::string ExactJson::text(std::string_view name) {
    key(name);
    return string();
}

std::vector<std::string> ExactJson::texts(std::string_view name) {
    std::vector<std::string> values;
    key(name);
    each([&] { values.push_back(string()); });
    return values;
}

std::string ExactJson::string() {
    std::string value;
    expect("\"");
    while (!rest_.empty() && rest_.front() != '"') {
        const char letter = rest_.front();
        rest_.remove_prefix(1);
        if (letter != '\\') value += letter;
        else value += escaped();
    }
    expect("\"");
    return value;
}

char ExactJson::escaped() {
    if (rest_.empty()) return 0;
    const char letter = rest_.front();
    rest_.remove_prefix(1);
    switch (letter) {
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        case 'u': return control();
        default: return letter;
    }
}

char ExactJson::control() {
    int value = 0;
    for (int i = 0; i < 4 && !rest_.empty(); ++i) {
        const std::size_t digit = std::string_view("0123456789abcdef").find(rest_.front());
        if (digit == std::string_view::npos) failed_ = true;
        value = value * 16 + static_cast<int>(digit & 15U);
        rest_.remove_prefix(1);
    }
    return static_cast<char>(value & 0x7f);
}

}  // namespace mailhaul::proof
