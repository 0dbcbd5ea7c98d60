// SPDX-License-Identifier: Apache-2.0
#include "govern/server_profile.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace mailhaul::govern {
namespace {

struct Sign {
    std::string_view in_words;  ///< lower case; empty: does not count
    std::string_view in_host;
    ServerProfile profile;
};

// The first that matches. Limits as the vendors tell them, less what the user's own devices need.
constexpr std::array signs{
    Sign{"gimap", "gmail.com", {"Gmail", 4, 8}},
    Sign{"", "googlemail.com", {"Gmail", 4, 8}},
    Sign{"", "office365.com", {"Microsoft 365", 3, 8}},
    Sign{"", "outlook.com", {"Microsoft 365", 3, 8}},
    Sign{"exchange", "", {"Exchange", 3, 8}},
    Sign{"", "mail.yahoo.", {"Yahoo", 2, 4}},
    Sign{"", "aol.com", {"Yahoo", 2, 4}},
    Sign{"", "mail.me.com", {"iCloud", 2, 3}},
    Sign{"fastmail", "fastmail.com", {"Fastmail", 3, 4}},
    Sign{"zimbra", "", {"Zimbra", 2, 3}},
    Sign{"", "zoho.", {"Zoho", 2, 3}},
    Sign{"", "yandex.", {"Yandex", 2, 3}},
    Sign{"", "mail.ru", {"Mail.ru", 2, 3}},
    Sign{"", "secureserver.net", {"GoDaddy", 2, 2}},
    Sign{"", "gmx.", {"GMX", 2, 3}},
    Sign{"", "ionos.", {"IONOS", 2, 3}},
    Sign{"", "strato.", {"Strato", 2, 3}},
    Sign{"courier", "", {"Courier", 2, 4}},
    Sign{"uw imap", "", {"UW IMAP", 1, 2}},
    Sign{"stalwart", "", {"Stalwart", 4, 12}},
    Sign{"dovecot", "", {"Dovecot", 4, 8}},
    Sign{"cyrus", "", {"Cyrus", 4, 8}},
};

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

}  // namespace

ServerProfile profile_of(std::string_view words, std::string_view host) {
    const std::string said = lower(words);
    const std::string named = lower(host);
    for (const Sign& sign : signs) {
        const bool by_words = !sign.in_words.empty() && said.find(sign.in_words) != std::string::npos;
        const bool by_host = !sign.in_host.empty() && named.find(sign.in_host) != std::string::npos;
        if (by_words || by_host) return sign.profile;
    }
    return {"unknown server"};
}

}  // namespace mailhaul::govern
