// SPDX-License-Identifier: Apache-2.0
#include "oauth/providers.hpp"

namespace mailhaul::oauth {
namespace {

Provider google() {
    Provider provider;
    provider.name = "google";
    provider.authorize = "https://accounts.google.com/o/oauth2/v2/auth";
    provider.token = "https://oauth2.googleapis.com/token";
    provider.scope = "https://mail.google.com/";
    provider.app_scope = provider.scope;
    provider.extra = {{"access_type", "offline"}, {"prompt", "consent"}};  // or it gives no refresh token
    return provider;
}

Provider microsoft(std::string_view tenant) {
    const std::string base =
        "https://login.microsoftonline.com/" + std::string(tenant.empty() ? "common" : tenant) + "/oauth2/v2.0/";
    Provider provider;
    provider.name = "microsoft";
    provider.authorize = base + "authorize";
    provider.token = base + "token";
    provider.device = base + "devicecode";
    provider.scope = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access";
    provider.app_scope = "https://outlook.office365.com/.default";
    provider.extra = {{"prompt", "select_account"}, {"response_mode", "query"}};
    provider.loopback = "localhost";
    return provider;
}

Provider other(std::string_view name, std::string authorize, std::string token, std::string scope) {
    Provider provider;
    provider.name = name;
    provider.authorize = std::move(authorize);
    provider.token = std::move(token);
    provider.scope = std::move(scope);
    return provider;
}

}  // namespace

std::vector<std::string> provider_names() { return {"google", "microsoft", "yahoo", "aol", "fastmail", "yandex", "mailru"}; }

std::optional<Provider> provider_named(std::string_view name, std::string_view tenant) {
    if (name == "google") return google();
    if (name == "microsoft") return microsoft(tenant);
    if (name == "yahoo")
        return other(name, "https://api.login.yahoo.com/oauth2/request_auth", "https://api.login.yahoo.com/oauth2/get_token",
                     "mail-w");
    if (name == "aol")
        return other(name, "https://api.login.aol.com/oauth2/request_auth", "https://api.login.aol.com/oauth2/get_token",
                     "mail-w");
    if (name == "fastmail")
        return other(name, "https://api.fastmail.com/oauth/authorize", "https://api.fastmail.com/oauth/refresh",
                     "https://www.fastmail.com/dev/protocol-imap");
    if (name == "yandex")
        return other(name, "https://oauth.yandex.com/authorize", "https://oauth.yandex.com/token", "mail:imap_full");
    if (name == "mailru") return other(name, "https://o2.mail.ru/login", "https://o2.mail.ru/token", "mail.imap");
    return std::nullopt;
}

}  // namespace mailhaul::oauth
