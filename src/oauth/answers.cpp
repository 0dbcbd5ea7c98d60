// SPDX-License-Identifier: Apache-2.0
#include "oauth/answers.hpp"

#include <algorithm>
#include <array>

#include "oauth/json_reader.hpp"

namespace mailhaul::oauth {
namespace {

constexpr std::size_t longest_words = 300;  // of a provider's description in our messages

struct Known {
    std::string_view error;
    Refusal kind;
};

constexpr std::array errors{
    Known{"authorization_pending", Refusal::pending},
    Known{"slow_down", Refusal::slow_down},
    Known{"access_denied", Refusal::declined},
    Known{"authorization_declined", Refusal::declined},
    Known{"expired_token", Refusal::code_expired},
    Known{"bad_verification_code", Refusal::code_expired},
    Known{"code_expired", Refusal::code_expired},
    Known{"invalid_grant", Refusal::grant_dead},
    Known{"invalid_client", Refusal::client_wrong},
    Known{"unauthorized_client", Refusal::client_wrong},
    Known{"invalid_scope", Refusal::scope_wrong},
    Known{"interaction_required", Refusal::needs_person},
    Known{"consent_required", Refusal::needs_person},
    Known{"login_required", Refusal::needs_person},
    Known{"temporarily_unavailable", Refusal::transient},
    Known{"server_error", Refusal::transient},
};

/// Microsoft's own numbers say more than the protocol's word.
constexpr std::array microsoft_codes{
    Known{"AADSTS7000215", Refusal::client_wrong}, Known{"AADSTS7000222", Refusal::client_wrong},
    Known{"AADSTS700016", Refusal::client_wrong},  Known{"AADSTS50076", Refusal::needs_person},
    Known{"AADSTS50079", Refusal::needs_person},   Known{"AADSTS53003", Refusal::needs_person},
    Known{"AADSTS65001", Refusal::needs_person},
};

std::string printable(std::string text) {
    std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
    if (text.size() > longest_words) text = text.substr(0, longest_words) + "...";
    return text;
}

TokenRefusal refusal_from(int status, const std::optional<boost::json::object>& object) {
    TokenRefusal refusal;
    if (object) {
        refusal.error = printable(text_in(*object, "error"));
        refusal.description = printable(text_in(*object, "error_description"));
    }
    if (refusal.error.empty()) refusal.error = "HTTP status " + std::to_string(status);
    const auto* by_name = std::ranges::find(errors, refusal.error, &Known::error);
    if (by_name != errors.end()) refusal.kind = by_name->kind;
    else if (status == 429 || status >= 500) refusal.kind = Refusal::transient;
    for (const Known& code : microsoft_codes) {
        const std::size_t at = refusal.description.find(code.error);
        if (at == std::string::npos) continue;
        const std::size_t behind = at + code.error.size();
        const bool goes_on =
            behind < refusal.description.size() && refusal.description[behind] >= '0' && refusal.description[behind] <= '9';
        if (!goes_on) refusal.kind = code.kind;
    }
    return refusal;
}

std::string_view advice_for(const TokenRefusal& refusal) {
    switch (refusal.kind) {
        case Refusal::pending:
        case Refusal::slow_down: return "nobody has agreed yet";
        case Refusal::declined: return "the person said no: run mailhaul login again and agree";
        case Refusal::code_expired: return "it took too long: run mailhaul login again";
        case Refusal::grant_dead:
            return refusal.description.find("JWT") != std::string::npos
                       ? "check this computer's clock, and that the key belongs to the service account"
                       : "the authorization was withdrawn, used elsewhere or has expired: run mailhaul login again";
        case Refusal::client_wrong:
            return "check the client id and secret, and what the registration is allowed to do at the provider (for a service "
                   "account: its client id and scope under domain-wide delegation)";
        case Refusal::scope_wrong: return "the provider does not give this scope this way: check --scope, or use another flow";
        case Refusal::needs_person:
            return "a person must agree, or an administrator must allow it: run mailhaul login again, or ask the administrator "
                   "for consent";
        case Refusal::transient: return "try again later";
        case Refusal::other: break;
    }
    return "check the client, the scope and the endpoint";
}

}  // namespace

TokenAnswer token_answer_from(int status, std::string_view body) {
    const auto object = object_from(body);
    if (status != 200 || !object) return refusal_from(status, object);
    Tokens tokens;
    tokens.access = Secret(text_in(*object, "access_token"));
    tokens.refresh = Secret(text_in(*object, "refresh_token"));
    tokens.lives = seconds_in(*object, "expires_in");
    std::string type = text_in(*object, "token_type");
    std::ranges::transform(type, type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (tokens.access.empty()) return refusal_from(status, object);
    if (!type.empty() && type != "bearer") {
        TokenRefusal refusal;
        refusal.error = "token_type " + printable(type);
        refusal.description = "wanted a bearer token";
        return refusal;
    }
    return tokens;
}

std::variant<DeviceCode, TokenRefusal> device_answer_from(int status, std::string_view body) {
    const auto object = object_from(body);
    if (status != 200 || !object) return refusal_from(status, object);
    DeviceCode code;
    code.device_code = Secret(text_in(*object, "device_code"));
    code.user_code = printable(text_in(*object, "user_code"));
    code.where = printable(text_in(*object, "verification_uri"));
    if (code.where.empty()) code.where = printable(text_in(*object, "verification_url"));  // Google's older name
    code.lives = seconds_in(*object, "expires_in").value_or(code.lives);
    code.interval = std::max(seconds_in(*object, "interval").value_or(code.interval), std::chrono::seconds(1));
    if (code.device_code.empty() || code.user_code.empty() || code.where.empty()) return refusal_from(status, object);
    return code;
}

Error error_from(const TokenRefusal& refusal, const std::string& subject, const std::string& endpoint) {
    const bool is_transient = refusal.kind == Refusal::transient;
    return {is_transient ? Errc::server_unavailable : Errc::login_refused, Scope::account,
            is_transient ? Retry::later : Retry::never,
            subject + ": " + endpoint + " refuses with " + refusal.error + ": " + std::string(advice_for(refusal)),
            refusal.description};
}

std::optional<Tokens> tokens_in_json(std::string_view text) {
    const auto object = object_from(text);
    if (!object) return std::nullopt;
    Tokens tokens;
    tokens.access = Secret(text_in(*object, "access_token"));
    tokens.lives = seconds_in(*object, "expires_in");
    if (tokens.access.empty()) return std::nullopt;
    return tokens;
}

Result<ServiceAccount> service_account_from(std::string_view json, const std::string& path) {
    ServiceAccount account;
    const auto object = object_from(json);
    if (object) {
        account.email = text_in(*object, "client_email");
        account.key_id = text_in(*object, "private_key_id");
        account.token_endpoint = text_in(*object, "token_uri");
        account.private_key = Secret(text_in(*object, "private_key"));
    }
    if (account.email.empty() || account.private_key.empty())
        return Error(Errc::credential_unavailable, Scope::account, Retry::never,
                     path +
                         " is no key of a service account: wanted the JSON file that the provider gives, with client_email and "
                         "private_key");
    return account;
}

}  // namespace mailhaul::oauth
