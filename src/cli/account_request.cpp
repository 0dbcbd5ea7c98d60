// SPDX-License-Identifier: Apache-2.0
#include "cli/account_request.hpp"

#include <algorithm>
#include <cctype>

#include "app/app_password.hpp"
#include "app/imap_url.hpp"
#include "app/oauth_tokens.hpp"
#include "auth/mechanism.hpp"
#include "cli/quantities.hpp"

namespace mailhaul::cli {
namespace {

bool is_hex_digest(std::string_view text) {
    return text.size() == 64 && std::ranges::all_of(text, [](unsigned char letter) { return std::isxdigit(letter) != 0; });
}

/// `socks5://[user:password@]host:port` or `http://...`.
std::optional<net::ProxyOptions> parse_proxy(std::string_view url) {
    net::ProxyOptions proxy;
    const std::size_t scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return std::nullopt;
    const std::string_view scheme = url.substr(0, scheme_end);
    if (scheme == "socks5" || scheme == "socks5h") proxy.kind = net::ProxyOptions::Kind::socks5;
    else if (scheme == "http") proxy.kind = net::ProxyOptions::Kind::http_connect;
    else return std::nullopt;
    std::string_view rest = url.substr(scheme_end + 3);
    while (rest.ends_with('/')) rest.remove_suffix(1);
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
        const std::string_view login = rest.substr(0, at);
        const std::size_t colon = login.find(':');
        proxy.user = login.substr(0, colon);
        if (colon != std::string_view::npos) proxy.password = Secret(std::string(login.substr(colon + 1)));
        rest.remove_prefix(at + 1);
    }
    const std::size_t colon = rest.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const auto port = parse_number(rest.substr(colon + 1));
    if (!port || *port == 0 || *port > 65'535) return std::nullopt;
    proxy.host = rest.substr(0, colon);
    if (proxy.host.starts_with('[') && proxy.host.ends_with(']')) proxy.host = proxy.host.substr(1, proxy.host.size() - 2);
    proxy.port = static_cast<std::uint16_t>(*port);
    return proxy;
}

std::string upper(std::string text) {
    for (char& letter : text) letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
    return text;
}

std::optional<client::Impersonation> parse_impersonation(std::string_view text) {
    if (text == "sasl") return client::Impersonation::authorization_identity;
    if (text == "proxyauth") return client::Impersonation::proxyauth;
    if (text == "kerio") return client::Impersonation::kerio_master;
    return std::nullopt;
}

}  // namespace

app::SharedSealKeys read_seal_keys(const ParsedLine& line, std::vector<std::string>& mistakes,
                                   const Surroundings& surroundings) {
    const auto warn = [err = surroundings.err](const std::string& words) { err("warning: " + words + "\n"); };
    constexpr const char* variable = "MAILHAUL_SEAL_KEY";
    std::vector<std::string> specs = line.all("seal-key");
    if (specs.empty() && surroundings.variable(variable)) specs.push_back("env:" + std::string(variable));
    const auto keys = std::make_shared<app::SealKeys>();
    for (const std::string& spec : specs)
        if (auto added = keys->add(spec, warn); !added.ok()) mistakes.push_back("--seal-key: " + added.error().describe());
    return keys;
}

std::optional<std::string> AccountReader::read_account(const std::string& text) {
    auto parsed = app::parse_account(text);
    if (!parsed.ok()) {
        mistake(std::string(naming_.noun) + ": " + parsed.error().describe());
        return std::nullopt;
    }
    access_ = app::access_to(parsed.value());
    return parsed.value().folder;
}

void AccountReader::read_credentials(const Surroundings& surroundings) {
    read_impersonation();
    read_mechanism();
    if (const auto token = option("token")) {
        if (const auto reader = secret("token", *token, surroundings)) {
            access_.token = *reader;
            access_.tokens = app::tokens_by_reading(*reader);
        }
    }
    const auto spec = option("password");
    if (spec) read_password(*spec, surroundings);
    const bool has_other =
        option("token") || option("oauth") || access_.mechanism == "EXTERNAL" || access_.mechanism == "GSSAPI";
    if (spec || has_other) return;
    const std::string variable(naming_.variable);
    const bool is_set = surroundings.variable(variable).has_value();
    read_password(is_set ? "env:" + variable : "prompt", surroundings);
}

void AccountReader::read_mechanism() {
    if (const auto mechanism = option("auth")) access_.mechanism = upper(*mechanism);
    std::vector<std::string> known = auth::known_mechanisms();
    known.emplace_back("LOGIN-COMMAND");
    if (access_.mechanism.empty() || std::ranges::find(known, access_.mechanism) != known.end()) return;
    std::string names;
    for (const std::string& name : known) names += (names.empty() ? "" : ", ") + name;
    mistake("--" + name_of("auth") + " " + access_.mechanism + ": wanted one of " + names);
}

void AccountReader::read_password(const std::string& spec, const Surroundings& surroundings) {
    if (const auto reader = secret("password", spec, surroundings)) access_.password = app::as_typed_for(access_.host, *reader);
}

/// Whose tokens and by which proxy is known once everything else is read.
void AccountReader::read_tokens() {
    const auto path = option("oauth");
    if (!path) return;
    if (option("token"))
        mistake("--" + name_of("oauth") + " and --" + name_of("token") + " are two ways to one token: choose one");
    app::EndpointAccess endpoints;
    endpoints.proxy = access_.proxy;
    endpoints.tls.ca_file = access_.tls.ca_file;
    const std::string mailbox = access_.authorize_as.empty() ? access_.user : access_.authorize_as;
    access_.tokens = app::tokens_by_authorization(*path, mailbox, std::move(endpoints), keys_);
}

void AccountReader::read_impersonation() {
    if (const auto as = option("authorize-as")) access_.authorize_as = *as;
    const auto how = option("impersonate");
    if (!how) return;
    const auto parsed = parse_impersonation(*how);
    if (!parsed) mistake("--" + name_of("impersonate") + " " + *how + ": wanted sasl, proxyauth or kerio");
    if (access_.authorize_as.empty())
        mistake("--" + name_of("impersonate") + " needs to know for whom: add --" + name_of("authorize-as") + " USER");
    access_.impersonation = parsed.value_or(client::Impersonation::authorization_identity);
}

void AccountReader::read_connection() {
    read_tls();
    if (const auto proxy = option("proxy")) {
        auto parsed = parse_proxy(*proxy);  // not shown in the mistake: it may hold a password
        if (parsed) access_.proxy = std::move(*parsed);
        else mistake("--" + name_of("proxy") + ": wanted socks5://host:port or http://host:port");
    }
    access_.compress = line_.is_on(name_of("compress"), access_.compress);
    access_.may_compress = !line_.has(name_of("compress"));
    read_tokens();
}

void AccountReader::read_tls() {
    for (const std::string& name : {std::string("ca"), name_of("ca")})
        if (const auto file = line_.last(name)) access_.tls.ca_file = *file;
    if (line_.is_on("insecure") || line_.is_on(name_of("insecure"))) access_.tls.verification = net::Verification::none;
    if (const auto pin = option("pin")) {
        if (!is_hex_digest(*pin))
            mistake("--" + name_of("pin") + " " + *pin + ": wanted 64 hex digits, the SHA-256 of the key");
        access_.tls.pin_sha256 = *pin;
        access_.tls.verification = net::Verification::pin_only;
    }
    if (const auto pin = option("require-pin")) {
        if (!is_hex_digest(*pin))
            mistake("--" + name_of("require-pin") + " " + *pin + ": wanted 64 hex digits, the SHA-256 of the key");
        if (option("pin"))
            mistake("--" + name_of("pin") + " replaces what --" + name_of("require-pin") + " adds to: choose one");
        access_.tls.pin_sha256 = *pin;
    }
    access_.tls.certificate_file = option("certificate").value_or("");
    access_.tls.key_file = option("key").value_or(access_.tls.certificate_file);
    if (option("key") && access_.tls.certificate_file.empty())
        mistake("--" + name_of("key") + " goes with a certificate: add --" + name_of("certificate") + " FILE");
}

std::optional<app::SecretReader> AccountReader::secret(const std::string& what, const std::string& spec,
                                                       const Surroundings& surroundings) {
    const auto warn = [err = surroundings.err](const std::string& words) { err("warning: " + words + "\n"); };
    auto source = app::secret_source(spec, what + " of the " + std::string(naming_.noun), warn);
    if (source.ok()) return std::move(source).value();
    mistake("--" + name_of(what) + ": " + source.error().describe());
    return std::nullopt;
}

}  // namespace mailhaul::cli
