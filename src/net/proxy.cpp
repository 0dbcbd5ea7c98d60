// SPDX-License-Identifier: Apache-2.0
// The two dialogues with a proxy. Answers are read to their exact end: what follows is the server's.
//
// Left out: SOCKS4, GSSAPI (RFC 1961), Digest and NTLM for CONNECT, TLS to the proxy itself.
#include "net/proxy.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include <boost/asio/ip/address.hpp>

namespace mailhaul::net {
namespace {

using asio::ip::address;

Error refused(const ProxyOptions& proxy, const std::string& why, std::string said = {}, Retry retry = Retry::later) {
    return {Errc::connect_failed, Scope::account, retry, "proxy " + proxy.host + ":" + std::to_string(proxy.port) + ": " + why,
            std::move(said)};
}

Task<Result<void>> read_exactly(Stream& stream, std::span<char> into) {
    while (!into.empty()) {
        MH_CO_TRY(octets, co_await stream.read_some(into));
        if (octets == 0) {
            co_return Error(Errc::connection_lost, Scope::account, Retry::now, "the proxy closed the connection");
        }
        into = into.subspan(octets);
    }
    co_return Result<void>{};
}

// ---- SOCKS5 ----

constexpr char socks_version = 5;
constexpr char no_authentication = 0;
constexpr char user_and_password = 2;

unsigned octet(char c) { return static_cast<unsigned char>(c); }

std::string_view words_for_reply(char reply) {
    switch (reply) {
        case 1: return "general failure";
        case 2: return "connection not allowed by its rules";
        case 3: return "network unreachable";
        case 4: return "host unreachable";
        case 5: return "connection refused";
        case 6: return "time to live expired";
        case 7: return "command not supported";
        case 8: return "address type not supported";
        default: return "unassigned reply";
    }
}

/// DST.ADDR with its ATYP before it: a literal as octets, a name with its length.
std::string socks_address(const std::string& host) {
    boost::system::error_code not_a_literal;
    const address literal = asio::ip::make_address(host, not_a_literal);
    if (not_a_literal) return '\x03' + std::string(1, static_cast<char>(host.size())) + host;
    std::string text(1, literal.is_v4() ? '\x01' : '\x04');
    if (literal.is_v4()) {
        for (unsigned char each : literal.to_v4().to_bytes()) text += static_cast<char>(each);
    } else {
        for (unsigned char each : literal.to_v6().to_bytes()) text += static_cast<char>(each);
    }
    return text;
}

/// RFC 1929
Task<Result<void>> log_in_to_socks(Stream& stream, const ProxyOptions& proxy) {
    const std::string& password = proxy.password.reveal();
    std::string request = "\x01";
    request += static_cast<char>(proxy.user.size());
    request += proxy.user;
    request += static_cast<char>(password.size());
    request += password;
    const Secret kept(std::move(request));
    MH_CO_TRY_VOID(co_await stream.write_all(kept.reveal()));

    std::array<char, 2> answer{};  // VER STATUS
    MH_CO_TRY_VOID(co_await read_exactly(stream, answer));
    if (answer[1] != 0) co_return refused(proxy, "it refuses this user and password", {}, Retry::never);
    co_return Result<void>{};
}

Task<Result<void>> negotiate_socks_method(Stream& stream, const ProxyOptions& proxy) {
    std::string offer{socks_version, 1, no_authentication};
    if (!proxy.user.empty()) offer = {socks_version, 2, no_authentication, user_and_password};
    MH_CO_TRY_VOID(co_await stream.write_all(offer));

    std::array<char, 2> choice{};  // VER METHOD
    MH_CO_TRY_VOID(co_await read_exactly(stream, choice));
    if (choice[0] != socks_version) co_return refused(proxy, "it does not speak SOCKS5", {}, Retry::never);
    if (choice[1] == no_authentication) co_return Result<void>{};
    if (choice[1] == user_and_password && !proxy.user.empty()) co_return co_await log_in_to_socks(stream, proxy);
    co_return refused(proxy, "it wants to authenticate in a way we do not offer: check the proxy's user and password", {},
                      Retry::never);
}

Task<Result<void>> connect_through_socks(Stream& stream, const ProxyOptions& proxy, const std::string& host,
                                         std::uint16_t port) {
    MH_CO_TRY_VOID(co_await negotiate_socks_method(stream, proxy));

    std::string request{socks_version, 1, 0};  // VER CMD=CONNECT RSV
    request += socks_address(host);
    request += static_cast<char>(port >> 8);
    request += static_cast<char>(port & 255);
    MH_CO_TRY_VOID(co_await stream.write_all(request));

    std::array<char, 4> reply{};  // VER REP RSV ATYP
    MH_CO_TRY_VOID(co_await read_exactly(stream, reply));
    if (reply[0] != socks_version) co_return refused(proxy, "it does not speak SOCKS5", {}, Retry::never);
    if (reply[1] != 0) co_return refused(proxy, "it cannot connect us", std::string(words_for_reply(reply[1])));

    std::size_t rest = 2;  // BND.ADDR says nothing we need, but the server's first octet comes right after BND.PORT
    if (reply[3] == 1) {
        rest += 4;
    } else if (reply[3] == 4) {
        rest += 16;
    } else if (reply[3] == 3) {
        std::array<char, 1> length{};
        MH_CO_TRY_VOID(co_await read_exactly(stream, length));
        rest += octet(length[0]);
    } else {
        co_return refused(proxy, "its answer holds an unknown address type");
    }
    std::array<char, 257> bound{};
    const std::span<char> unread = std::span<char>(bound).first(rest);
    MH_CO_TRY_VOID(co_await read_exactly(stream, unread));
    co_return Result<void>{};
}

// ---- HTTP CONNECT ----

constexpr std::size_t longest_http_answer = 16'384;  // octets of status line and fields; proxies send a few hundred

std::string basic_credentials(const ProxyOptions& proxy) {
    const Secret clear(proxy.user + ":" + proxy.password.reveal());
    const std::string& text = clear.reveal();
    std::string base64((text.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock adds a NUL
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()), reinterpret_cast<const unsigned char*>(text.data()),
                    static_cast<int>(text.size()));
    base64.pop_back();
    return base64;
}

/// The answer up to its empty line, octet by octet: a larger read could swallow the server's greeting, and no stream
/// takes octets back.
Task<Result<std::string>> read_http_head(Stream& stream, const ProxyOptions& proxy) {
    std::string head;
    while (!head.ends_with("\r\n\r\n") && !head.ends_with("\n\n")) {
        if (head.size() >= longest_http_answer) co_return refused(proxy, "its answer is not HTTP", {}, Retry::never);
        std::array<char, 1> next{};
        MH_CO_TRY_VOID(co_await read_exactly(stream, next));
        head += next[0];
        if (head.size() == 5 && !head.starts_with("HTTP/")) {
            co_return refused(proxy, "its answer is not HTTP", {}, Retry::never);
        }
    }
    co_return head;
}

Task<Result<void>> connect_through_http(Stream& stream, const ProxyOptions& proxy, const std::string& host,
                                        std::uint16_t port) {
    const bool needs_brackets = host.contains(':');
    const std::string target = (needs_brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
    std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!proxy.user.empty()) request += "Proxy-Authorization: Basic " + basic_credentials(proxy) + "\r\n";
    request += "\r\n";
    const Secret kept(std::move(request));
    MH_CO_TRY_VOID(co_await stream.write_all(kept.reveal()));

    MH_CO_TRY(head, co_await read_http_head(stream, proxy));
    const std::string status_line = head.substr(0, head.find_first_of("\r\n"));
    const std::size_t blank = status_line.find(' ');
    const std::string code = blank == std::string::npos ? std::string() : status_line.substr(blank + 1, 3);
    if (code.starts_with('2')) co_return Result<void>{};
    if (code == "407") co_return refused(proxy, "check its user and password", status_line, Retry::never);
    co_return refused(proxy, "it does not connect us to " + target, status_line);
}

bool fits_request(const std::string& host) {
    return !host.empty() && host.size() <= 255 && std::ranges::none_of(host, [](char c) { return c <= ' ' || c == 0x7F; });
}

}  // namespace

Task<Result<void>> connect_through(Stream& to_proxy, ProxyOptions proxy, std::string host, std::uint16_t port) {
    if (!fits_request(host)) {
        co_return Error(Errc::unknown_host, Scope::account, Retry::never, "host \"" + host + "\": not a host name");
    }
    if (proxy.kind == ProxyOptions::Kind::http_connect) {
        co_return co_await connect_through_http(to_proxy, proxy, host, port);
    }
    if (proxy.user.size() > 255 || proxy.password.reveal().size() > 255) {
        co_return refused(proxy, "SOCKS5 has room for 255 octets of user or password", {}, Retry::never);
    }
    co_return co_await connect_through_socks(to_proxy, proxy, host, port);
}

}  // namespace mailhaul::net
