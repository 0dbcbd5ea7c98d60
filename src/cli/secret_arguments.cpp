// SPDX-License-Identifier: Apache-2.0
#include "cli/secret_arguments.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

namespace mailhaul::cli {
namespace {

constexpr std::array<std::string_view, 6> secret_options{"password1",         "password2",    "oauthaccesstoken1",
                                                         "oauthaccesstoken2", "oauthdirect1", "oauthdirect2"};

/// A stretch of one argument.
struct Stretch {
    std::size_t argument = 0;
    std::size_t begin = 0;
    std::size_t length = 0;
};

/// The name of the secret option that `argument` is, without dashes and value; no abbreviation of one is unique.
bool is_secret_option(std::string_view argument) {
    if (!argument.starts_with('-') && !argument.starts_with('+')) return false;
    argument.remove_prefix(argument.starts_with("--") ? 2 : 1);
    std::string name{argument.substr(0, argument.find('='))};
    std::ranges::transform(name, name.begin(), [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
    });
    return std::ranges::find(secret_options, name) != secret_options.end();
}

/// The password in `scheme://user:password@host`.
std::optional<Stretch> password_in_url(std::string_view argument) {
    const std::size_t scheme = argument.find("://");
    if (scheme == std::string_view::npos) return std::nullopt;
    const std::size_t begin = scheme + 3;
    const std::size_t at = argument.rfind('@');
    const std::size_t colon = argument.find(':', begin);
    if (at == std::string_view::npos || colon == std::string_view::npos || colon + 1 >= at) return std::nullopt;
    return Stretch{0, colon + 1, at - colon - 1};
}

std::vector<Stretch> secrets_in(std::span<const std::string> arguments) {
    std::vector<Stretch> secrets;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (is_secret_option(argument)) {
            const std::size_t equals = argument.find('=');
            if (equals != std::string::npos) secrets.push_back({i, equals + 1, argument.size() - equals - 1});
            else if (i + 1 < arguments.size()) secrets.push_back({i + 1, 0, arguments[i + 1].size()}), ++i;
        } else if (auto password = password_in_url(argument)) {
            password->argument = i;
            secrets.push_back(*password);
        }
    }
    return secrets;
}

}  // namespace

void hide_secret_arguments(std::span<char*> arguments) {
    const std::vector<std::string> copies(arguments.begin(), arguments.end());
    for (const Stretch& secret : secrets_in(copies)) std::memset(arguments[secret.argument] + secret.begin, 'x', secret.length);
}

std::vector<std::string> masked_arguments(std::span<const std::string> arguments) {
    std::vector<std::string> masked(arguments.begin(), arguments.end());
    // From the end: a replacement changes the length of its argument.
    const auto secrets = secrets_in(arguments);
    for (auto secret = secrets.rbegin(); secret != secrets.rend(); ++secret)
        masked[secret->argument].replace(secret->begin, secret->length, "MASKED");
    return masked;
}

}  // namespace mailhaul::cli
