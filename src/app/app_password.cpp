// SPDX-License-Identifier: Apache-2.0
#include "app/app_password.hpp"

#include <string>
#include <utility>

#include "provider/recognise.hpp"

namespace mailhaul::app {
namespace {

constexpr std::size_t letters_in_group = 4;
constexpr std::size_t groups = 4;

/// `abcd efgh ijkl mnop`.
bool is_in_groups(std::string_view text) {
    if (text.size() != groups * letters_in_group + groups - 1) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_between = i % (letters_in_group + 1) == letters_in_group;
        if (is_between ? text[i] != ' ' : text[i] < 'a' || text[i] > 'z') return false;
    }
    return true;
}

}  // namespace

Secret as_typed(const Secret& password) {
    if (!is_in_groups(password.reveal())) return password;
    std::string letters;
    letters.reserve(groups * letters_in_group);
    for (const char c : password.reveal())
        if (c != ' ') letters += c;
    return Secret(std::move(letters));
}

client::SecretSource as_typed_for(std::string_view host, client::SecretSource source) {
    provider::Evidence evidence;
    evidence.host = host;
    const auto found = provider::recognise(provider::built_in_profiles(), evidence);
    if (!source || found.profile == nullptr || found.profile->id != "gmail") return source;
    return [source = std::move(source)]() -> Result<Secret> {
        MH_TRY(password, source());
        return as_typed(password);
    };
}

}  // namespace mailhaul::app
