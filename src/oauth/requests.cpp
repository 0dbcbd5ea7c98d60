// SPDX-License-Identifier: Apache-2.0
#include "oauth/requests.hpp"

#include <utility>

namespace mailhaul::oauth {
namespace {

Secret with_client(const Client& client, Fields fields) {
    fields.emplace_back("client_id", client.id);
    if (!client.secret.empty()) fields.emplace_back("client_secret", client.secret.reveal());
    if (!client.assertion.empty()) {
        fields.emplace_back("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        fields.emplace_back("client_assertion", client.assertion.reveal());
    }
    return Secret(form_from(fields));
}

}  // namespace

Secret refresh_request(const Client& client, const Secret& refresh_token, const std::string& scope) {
    Fields fields{{"grant_type", "refresh_token"}, {"refresh_token", refresh_token.reveal()}};
    if (!scope.empty()) fields.emplace_back("scope", scope);
    return with_client(client, std::move(fields));
}

Secret code_request(const Client& client, const Secret& code, const std::string& redirect, const Secret& verifier) {
    return with_client(client, {{"grant_type", "authorization_code"},
                                {"code", code.reveal()},
                                {"redirect_uri", redirect},
                                {"code_verifier", verifier.reveal()}});
}

Secret device_request(const Client& client, const std::string& scope) { return with_client(client, {{"scope", scope}}); }

Secret device_poll_request(const Client& client, const Secret& device_code) {
    return with_client(client,
                       {{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}, {"device_code", device_code.reveal()}});
}

Secret client_credentials_request(const Client& client, const std::string& scope) {
    return with_client(client, {{"grant_type", "client_credentials"}, {"scope", scope}});
}

Secret assertion_request(const Secret& assertion) {
    return Secret(
        form_from({{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", assertion.reveal()}}));
}

std::string authorization_url(const AuthorizationQuestion& question) {
    Fields fields{{"response_type", "code"},        {"client_id", question.client_id}, {"redirect_uri", question.redirect},
                  {"scope", question.scope},        {"state", question.state},         {"code_challenge", question.challenge},
                  {"code_challenge_method", "S256"}};
    if (!question.login_hint.empty()) fields.emplace_back("login_hint", question.login_hint);
    fields.insert(fields.end(), question.extra.begin(), question.extra.end());
    return question.endpoint + (question.endpoint.find('?') == std::string::npos ? "?" : "&") + form_from(fields);
}

}  // namespace mailhaul::oauth
