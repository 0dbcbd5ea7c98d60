// SPDX-License-Identifier: Apache-2.0
// The two spellings share their end, `host[:port]`; before that, one is a grammar and the other is taken as it stands.
#include "app/imap_url.hpp"

#include <algorithm>
#include <charconv>

#include "kerberos/open_context.hpp"

namespace mailhaul::app {

namespace {

constexpr std::uint16_t imap_port = 143;
constexpr std::string_view scheme_end = "://";
constexpr std::size_t max_host = 253;      // RFC 1035 section 2.3.4, as text
constexpr std::size_t max_mechanism = 20;  // RFC 4422 section 3.1

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_control(char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }
bool is_number(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return result;
}

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return result;
}

/// Octets of the scheme before `://`; empty where there is none (RFC 3986 section 3.1: a password may hold `://`, too).
std::optional<std::size_t> scheme_size(std::string_view text) {
    const std::size_t size = text.find(scheme_end);
    if (size == std::string_view::npos) return std::nullopt;
    const auto allowed = [](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; };
    return std::ranges::all_of(text.substr(0, size), allowed) ? std::optional(size) : std::nullopt;
}

/// `text` without anything that could be a password, whatever else is wrong with it: what stands between a colon and the
/// last `@`, and a port that is no number. Rather hides a word too many.
std::string without_password(std::string_view text) {
    constexpr std::string_view hidden = "<redacted>";
    std::string shown;
    if (const auto scheme = scheme_size(text)) {
        shown = text.substr(0, *scheme + scheme_end.size());
        text.remove_prefix(shown.size());
    }
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
        const std::string_view login = text.substr(0, at);
        const std::size_t colon = login.find(':');
        shown += login.substr(0, colon);
        if (colon != std::string_view::npos) shown.append(":").append(hidden);
        shown += '@';
        text.remove_prefix(at + 1);
    }
    const std::size_t bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
    const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon == std::string_view::npos) return shown.append(text);
    const std::string_view port = text.substr(colon + 1, text.find('/', colon) - colon - 1);
    if (is_number(port)) return shown.append(text);
    return shown.append(text.substr(0, colon + 1)).append(hidden);
}

/// One text being read; every mistake quotes it.
class AccountParser {
public:
    explicit AccountParser(std::string_view text) : text_(text) {}

    Result<AccountAddress> parse() {
        if (std::ranges::any_of(text_, is_control)) return mistake("holds a control character: remove it");
        const auto scheme = scheme_size(text_);
        if (!scheme) return parse_literal();
        MH_TRY_VOID(take_scheme(text_.substr(0, *scheme)));
        return parse_url(text_.substr(*scheme + scheme_end.size()));
    }

private:
    [[nodiscard]] Error mistake(const std::string& what) const {
        std::string shown = without_password(text_);
        std::ranges::replace_if(shown, is_control, '?');  // a message must not steer the terminal
        return {Errc::usage, Scope::run, Retry::never, "account \"" + shown + "\" " + what};
    }

    [[nodiscard]] Error holds_password() const {
        return mistake(
            "holds a password, which process lists and shell histories show to others: leave it out and give "
            "--source-password or --destination-password a file:PATH or env:NAME, or wait for the prompt (a colon that belongs "
            "to the user name is written %3A in a URL)");
    }

    Result<void> take_scheme(std::string_view scheme) {
        const std::string name = lower(scheme);
        if (name == "imaps") return {};
        address_.port = imap_port;
        address_.security = client::Security::starttls;
        if (name == "imap") return {};
        address_.security = client::Security::plaintext;
        if (name == "imap+insecure") return {};
        return mistake("has an unknown scheme: wanted imaps:// (TLS), imap:// (STARTTLS) or imap+insecure:// (plaintext)");
    }

    /// user "@" host [":" port], the user as it stands.
    Result<AccountAddress> parse_literal() {
        const std::size_t at = text_.rfind('@');
        if (at == std::string_view::npos) return no_user(text_);
        const std::string_view user = text_.substr(0, at);
        if (user.contains(':')) return holds_password();
        address_.user = user;
        MH_TRY_VOID(take_server(text_.substr(at + 1)));
        if (address_.port == imap_port) address_.security = client::Security::starttls;
        return finish();
    }

    /// iserver ["/" [enc-mailbox]] (RFC 5092 section 11), the last `@` of iserver before the host.
    Result<AccountAddress> parse_url(std::string_view rest) {
        const std::size_t slash = rest.find('/');
        const std::string_view server = rest.substr(0, slash);
        const std::size_t at = server.rfind('@');
        if (at == std::string_view::npos) return no_user(server);
        MH_TRY_VOID(take_login(server.substr(0, at)));
        MH_TRY_VOID(take_server(server.substr(at + 1)));
        if (slash != std::string_view::npos) MH_TRY_VOID(take_folder(rest.substr(slash + 1)));
        return finish();
    }

    /// enc-user [";AUTH=" ("*" / enc-auth-type)]
    Result<void> take_login(std::string_view login) {
        if (login.contains(':')) return holds_password();
        const std::size_t semicolon = login.find(';');
        MH_TRY(user, decode(login.substr(0, semicolon)));
        address_.user = std::move(user);
        if (semicolon == std::string_view::npos) return {};

        constexpr std::string_view auth = "AUTH=";
        const std::string parameter = upper(login.substr(semicolon + 1));
        if (!parameter.starts_with(auth))
            return mistake("has a parameter that is not ;AUTH=: a semicolon in a user name is %3B");
        MH_TRY(mechanism, decode(std::string_view(parameter).substr(auth.size())));
        if (mechanism == "*") return {};  // any
        const auto allowed = [](char c) { return is_alnum(c) || c == '-' || c == '_'; };
        if (mechanism.empty() || mechanism.size() > max_mechanism || !std::ranges::all_of(mechanism, allowed))
            return mistake("has no mechanism after ;AUTH=: wanted one such as PLAIN, or *");
        address_.mechanism = upper(mechanism);
        return {};
    }

    /// host [":" port]; the port of the scheme stays where none is given.
    Result<void> take_server(std::string_view server) {
        std::string_view port;
        if (server.starts_with('[')) {
            const std::size_t bracket = server.find(']');
            if (bracket == std::string_view::npos) return mistake("has an IPv6 address without its closing bracket");
            MH_TRY_VOID(take_ipv6(server.substr(1, bracket - 1)));
            port = server.substr(bracket + 1);
            if (!port.empty() && port.front() != ':') return mistake("has something between ] and the port");
        } else {
            const std::size_t colon = std::min(server.find(':'), server.size());
            port = server.substr(colon);
            if (port.substr(std::min<std::size_t>(1, port.size())).contains(':'))
                return mistake("has more than one colon after @: an IPv6 address is written in brackets, [2001:db8::1]");
            MH_TRY_VOID(take_host(server.substr(0, colon)));
        }
        if (port.empty()) return {};
        return take_port(port.substr(1));
    }

    Result<void> take_ipv6(std::string_view host) {
        const auto allowed = [](char c) { return is_alnum(c) || c == ':' || c == '.' || c == '%'; };  // % before a zone
        if (!host.contains(':') || host.size() > max_host || !std::ranges::all_of(host, allowed))
            return mistake("has no IPv6 address between its brackets");
        address_.host = lower(host);
        return {};
    }

    Result<void> take_host(std::string_view host) {
        if (host.empty()) return mistake("names no host: wanted user@host");
        if (host.contains('/')) return mistake("has a path: to name a folder, write imaps://user@host/folder");
        const auto allowed = [](char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_'; };
        if (host.size() > max_host || !std::ranges::all_of(host, allowed))
            return mistake("has a host that is no host name: wanted letters, digits, dots and hyphens (xn--... for others)");
        address_.host = lower(host);
        return {};
    }

    Result<void> take_port(std::string_view port) {
        std::uint16_t number = 0;
        const auto [end, status] = std::from_chars(port.data(), port.data() + port.size(), number);
        if (status != std::errc() || end != port.data() + port.size() || number == 0)
            return mistake("has a port that is no number from 1 to 65535");
        address_.port = number;
        return {};
    }

    /// enc-mailbox [";UIDVALIDITY=" n]; the number is left out, as the mailbox is synchronised as it is today.
    Result<void> take_folder(std::string_view path) {
        if (path.contains('?') || upper(path).contains(";UID=")) return mistake("names messages: give the folder only");
        if (path.contains('#')) return mistake("has a fragment: a # in a folder is written %23");
        const std::size_t semicolon = path.find(';');
        if (semicolon != std::string_view::npos && !upper(path.substr(semicolon)).starts_with(";UIDVALIDITY="))
            return mistake("has an unknown parameter after the folder: a semicolon in a folder is written %3B");
        path = path.substr(0, semicolon);
        if (path.ends_with('/')) path.remove_suffix(1);
        MH_TRY(folder, decode(path));
        if (!folder.empty()) address_.folder = std::move(folder);
        return {};
    }

    /// Undoes percent-encoding (RFC 3986 section 2.1).
    [[nodiscard]] Result<std::string> decode(std::string_view text) const {
        std::string plain;
        while (!text.empty()) {
            if (text.front() != '%') {
                plain += text.front();
                text.remove_prefix(1);
                continue;
            }
            unsigned char octet = 0;
            const std::string_view digits = text.substr(1, 2);
            const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), octet, 16);
            if (digits.size() != 2 || status != std::errc() || end != digits.data() + 2)
                return mistake("has a % without two hex digits: a percent sign is written %25");
            if (is_control(static_cast<char>(octet))) return mistake("holds a control character: remove it");
            plain += static_cast<char>(octet);
            text.remove_prefix(3);
        }
        return plain;
    }

    /// Nothing before an `@`. A "port" that is no number is then a password, cut short by its own slash perhaps.
    [[nodiscard]] Error no_user(std::string_view server) const {
        const std::size_t colon = server.find(':');
        const bool has_port = colon == std::string_view::npos || server.starts_with('[') || is_number(server.substr(colon + 1));
        return has_port ? mistake("names no user: wanted user@host") : holds_password();
    }

    Result<AccountAddress> finish() {
        if (address_.user.empty()) return mistake("names no user: wanted user@host");
        return std::move(address_);
    }

    std::string_view text_;
    AccountAddress address_;
};

}  // namespace

Result<AccountAddress> parse_account(std::string_view text) { return AccountParser(text).parse(); }

client::Access access_to(const AccountAddress& address) {
    client::Access access;
    access.user = address.user;
    access.host = address.host;
    access.port = address.port;
    access.security = address.security;
    access.mechanism = address.mechanism;
    access.security_context = kerberos::open_context;
    return access;
}

}  // namespace mailhaul::app
