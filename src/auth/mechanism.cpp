// SPDX-License-Identifier: Apache-2.0
// The table of mechanisms: what each needs, who makes it. A name outside this table does not exist for mailhaul.
//
// Left out: DIGEST-MD5 (historic), ANONYMOUS.
#include "auth/mechanism.hpp"

#include <algorithm>
#include <array>

#include "auth/mechanisms.hpp"

namespace mailhaul::auth {
namespace {

enum class Needs : std::uint8_t { nothing, password, token, ticket };
enum class Carries : std::uint8_t { user_only, authorization_identity };

struct Entry {
    std::string_view name;
    Needs needs;
    Carries carries;
    std::unique_ptr<Mechanism> (*make)(const Credentials& credentials, std::string nonce);
};

template <std::unique_ptr<Mechanism> (*maker)(const Credentials&)>
std::unique_ptr<Mechanism> without_nonce(const Credentials& credentials, std::string /*nonce*/) {
    return maker(credentials);
}

template <ScramHash hash, ScramBinding binding>
std::unique_ptr<Mechanism> scram(const Credentials& credentials, std::string nonce) {
    return make_scram(hash, binding, credentials, std::move(nonce));
}

constexpr std::array table{
    Entry{"SCRAM-SHA-512-PLUS", Needs::password, Carries::authorization_identity,
          scram<ScramHash::sha512, ScramBinding::required>},
    Entry{"SCRAM-SHA-512", Needs::password, Carries::authorization_identity, scram<ScramHash::sha512, ScramBinding::none>},
    Entry{"SCRAM-SHA-256-PLUS", Needs::password, Carries::authorization_identity,
          scram<ScramHash::sha256, ScramBinding::required>},
    Entry{"SCRAM-SHA-256", Needs::password, Carries::authorization_identity, scram<ScramHash::sha256, ScramBinding::none>},
    Entry{"SCRAM-SHA-1-PLUS", Needs::password, Carries::authorization_identity, scram<ScramHash::sha1, ScramBinding::required>},
    Entry{"SCRAM-SHA-1", Needs::password, Carries::authorization_identity, scram<ScramHash::sha1, ScramBinding::none>},
    Entry{"PLAIN", Needs::password, Carries::authorization_identity, without_nonce<make_plain>},
    Entry{"LOGIN", Needs::password, Carries::user_only, without_nonce<make_login>},
    Entry{"CRAM-MD5", Needs::password, Carries::user_only, without_nonce<make_cram_md5>},
    Entry{"NTLM", Needs::password, Carries::user_only, make_ntlm},
    Entry{"XOAUTH2", Needs::token, Carries::authorization_identity, without_nonce<make_xoauth2>},
    Entry{"OAUTHBEARER", Needs::token, Carries::authorization_identity, without_nonce<make_oauthbearer>},
    Entry{"GSSAPI", Needs::ticket, Carries::authorization_identity, without_nonce<make_gssapi>},
    Entry{"EXTERNAL", Needs::nothing, Carries::authorization_identity, without_nonce<make_external>},
};

Error unavailable(std::string message) { return {Errc::login_unavailable, Scope::account, Retry::never, std::move(message)}; }

/// Control characters separate the fields of PLAIN and of the OAuth mechanisms; SASLprep (RFC 4013) forbids them
/// in names and passwords anyway.
bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

/// c-nonce = printable (RFC 5802 section 7): %x21-2B / %x2D-7E
bool is_usable_nonce(std::string_view nonce) {
    return nonce.size() >= 18 && std::ranges::all_of(nonce, [](char c) { return c > 0x20 && c < 0x7F && c != ','; });
}

}  // namespace

std::vector<std::string> known_mechanisms() {
    std::vector<std::string> names;
    names.reserve(table.size());
    for (const Entry& entry : table) names.emplace_back(entry.name);
    return names;
}

Result<std::unique_ptr<Mechanism>> make_mechanism(std::string_view name, const Credentials& credentials, std::string nonce) {
    const auto* entry = std::ranges::find(table, name, &Entry::name);
    const std::string label(name);
    if (entry == table.end()) return unavailable("authentication mechanism " + label + " is not known to mailhaul");
    if (entry->needs == Needs::password && credentials.password.empty()) return unavailable(label + " needs a password");
    if (entry->needs == Needs::token && credentials.token.empty())
        return unavailable(label + " needs an OAuth 2.0 access token");
    if (entry->needs == Needs::ticket) {
        if (!credentials.context) return unavailable(label + " needs a Kerberos ticket");
        if (auto wrong = whose_ticket_is_wrong(credentials)) return std::move(*wrong);
    }
    if (name.ends_with("-PLUS") && (credentials.binding_type.empty() || credentials.binding_data.empty())) {
        return unavailable(label + " needs channel binding data, which only a TLS connection has");
    }
    if (entry->carries == Carries::user_only && !credentials.authorize_as.empty()) {
        return unavailable(label + " cannot open the mailbox of \"" + credentials.authorize_as +
                           "\" with another user's password: use PLAIN");
    }
    if (has_control_character(credentials.user) || has_control_character(credentials.authorize_as)) {
        return unavailable("the user name holds a control character, which no mechanism can carry");
    }
    if (has_control_character(credentials.password.reveal()) || has_control_character(credentials.token.reveal())) {
        return unavailable("the password or token holds a control character (a line end at its end, perhaps)");
    }
    if (name.starts_with("SCRAM-") && !is_usable_nonce(nonce)) {
        return Error(Errc::internal, Scope::run, Retry::never, "a SCRAM nonce needs 18 printable octets, no comma");
    }
    return entry->make(credentials, std::move(nonce));
}

std::string escaped_saslname(std::string_view text) {
    std::string result;
    for (char c : text) {
        if (c == ',') {
            result += "=2C";
        } else if (c == '=') {
            result += "=3D";
        } else {
            result += c;
        }
    }
    return result;
}

Error unexpected_challenge(std::string_view mechanism) {
    return {Errc::protocol_violation, Scope::account, Retry::never,
            "the server asks for more than " + std::string(mechanism) + " has to say"};
}

}  // namespace mailhaul::auth
