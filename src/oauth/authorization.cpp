// SPDX-License-Identifier: Apache-2.0
#include "oauth/authorization.hpp"

#include "base/json.hpp"
#include "oauth/json_reader.hpp"

namespace mailhaul::oauth {
namespace {

constexpr std::string_view format = "mailhaul authorization 1";

std::string_view name_of(Grant grant) {
    switch (grant) {
        case Grant::refresh_token: return "refresh_token";
        case Grant::client_credentials: return "client_credentials";
        case Grant::service_account: break;
    }
    return "service_account";
}

Error unusable(const std::string& path, const std::string& why) {
    return {Errc::credential_unavailable, Scope::account, Retry::never,
            path + " " + why + ": mailhaul login writes such a file (docs/formats/authorization.md)"};
}

}  // namespace

Result<Authorization> authorization_from(std::string_view json, const std::string& path) {
    const auto object = object_from(json);
    if (!object || text_in(*object, "format") != format) return unusable(path, "is no authorization of mailhaul's");
    Authorization authorization;
    const std::string grant = text_in(*object, "grant");
    if (grant == name_of(Grant::client_credentials)) authorization.grant = Grant::client_credentials;
    else if (grant == name_of(Grant::service_account)) authorization.grant = Grant::service_account;
    else if (grant != name_of(Grant::refresh_token)) return unusable(path, "names a grant that is not known");
    authorization.token_endpoint = text_in(*object, "token_endpoint");
    authorization.client_id = text_in(*object, "client_id");
    authorization.client_secret = text_in(*object, "client_secret");
    authorization.client_certificate = text_in(*object, "client_certificate");
    authorization.scope = text_in(*object, "scope");
    authorization.refresh_token = Secret(text_in(*object, "refresh_token"));
    authorization.service_account = text_in(*object, "service_account");
    authorization.subject = text_in(*object, "subject");
    const bool is_account = authorization.grant == Grant::service_account;
    if (!is_account && authorization.token_endpoint.empty()) return unusable(path, "lacks token_endpoint");
    if (!is_account && authorization.client_id.empty()) return unusable(path, "lacks client_id");
    if (is_account && authorization.service_account.empty()) return unusable(path, "lacks service_account");
    if (authorization.grant == Grant::refresh_token && authorization.refresh_token.empty())
        return unusable(path, "lacks refresh_token");
    return authorization;
}

Secret json_from(const Authorization& authorization) {
    std::string text = "{\n";
    const auto line = [&text](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        text += (text.size() > 2 ? ",\n  " : "  ") + json_string(name) + ": " + json_string(value);
    };
    line("format", format);
    line("grant", name_of(authorization.grant));
    line("token_endpoint", authorization.token_endpoint);
    line("client_id", authorization.client_id);
    line("client_secret", authorization.client_secret);
    line("client_certificate", authorization.client_certificate);
    line("scope", authorization.scope);
    line("service_account", authorization.service_account);
    line("subject", authorization.subject);
    line("refresh_token", authorization.refresh_token.reveal());
    return Secret(text + "\n}\n");
}

}  // namespace mailhaul::oauth
