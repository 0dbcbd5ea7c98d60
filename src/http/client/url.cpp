// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "http/client/exchange.hpp"

namespace mailhaul::http {
namespace {

Error not_a_url(std::string_view text) {
    return {Errc::usage, Scope::account, Retry::never,
            "\"" + std::string(text.substr(0, 200)) + "\" is no address of a server: wanted https://host/path"};
}

bool is_loopback(std::string_view host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

/// host[:port], the host perhaps in brackets.
bool read_authority(std::string_view text, Url& url) {
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return false;
        url.host = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (!text.empty() && !text.starts_with(':')) return false;
        port = text.empty() ? text : text.substr(1);
    } else {
        const std::size_t colon = text.find(':');
        url.host = text.substr(0, colon);
        if (colon != std::string_view::npos) port = text.substr(colon + 1);
    }
    if (port.empty()) return !url.host.empty();
    unsigned number = 0;
    const auto [end, status] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (status != std::errc() || end != port.data() + port.size() || number == 0 || number > 65'535) return false;
    url.port = static_cast<std::uint16_t>(number);
    return !url.host.empty();
}

}  // namespace

Result<Url> public_url_from(std::string_view text) {
    Url url;
    std::string_view rest = text;
    if (rest.starts_with("https://")) {
        rest.remove_prefix(8);
    } else if (rest.starts_with("http://")) {
        rest.remove_prefix(7);
        url.tls = false;
        url.port = 80;
    } else {
        return not_a_url(text);
    }
    const bool is_plain = std::ranges::all_of(rest, [](char c) { return c > 0x20 && c < 0x7F; });
    const std::size_t path = rest.find_first_of("/?#");
    const std::string_view authority = rest.substr(0, path);
    if (!is_plain || authority.find('@') != std::string_view::npos || !read_authority(authority, url)) return not_a_url(text);
    if (path != std::string_view::npos) {
        url.target = rest.substr(path);
        url.target = url.target.substr(0, url.target.find('#'));
        if (!url.target.starts_with('/')) url.target.insert(0, "/");
    }
    return url;
}

Result<Url> url_from(std::string_view text) {
    MH_TRY(url, public_url_from(text));
    if (!url.tls && !is_loopback(url.host))
        return Error(Errc::usage, Scope::account, Retry::never,
                     std::string(text.substr(0, 200)) +
                         " is in clear text, where anybody on the way could take the tokens: wanted https://");
    return std::move(url);
}

}  // namespace mailhaul::http
