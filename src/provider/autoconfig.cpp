// SPDX-License-Identifier: Apache-2.0
#include "provider/autoconfig.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace mailhaul::provider {
namespace {

constexpr std::size_t most_servers = 10;

/// The inside of the next `<name ...>` in `xml`, and its attributes; takes both off the front.
struct Element {
    std::string_view attributes;
    std::string_view content;
};

std::optional<Element> take_element(std::string_view& xml, std::string_view name) {
    const std::string opening = "<" + std::string(name);
    const std::string closing = "</" + std::string(name) + ">";
    for (;;) {
        const std::size_t at = xml.find(opening);
        if (at == std::string_view::npos) return std::nullopt;
        xml.remove_prefix(at + opening.size());
        const bool is_whole_name =
            !xml.empty() && (xml[0] == '>' || xml[0] == ' ' || xml[0] == '\t' || xml[0] == '\n' || xml[0] == '\r');
        if (!is_whole_name) continue;
        const std::size_t end_of_tag = xml.find('>');
        if (end_of_tag == std::string_view::npos) return std::nullopt;
        Element element;
        element.attributes = xml.substr(0, end_of_tag);
        xml.remove_prefix(end_of_tag + 1);
        const std::size_t end = xml.find(closing);
        if (end == std::string_view::npos) return std::nullopt;
        element.content = xml.substr(0, end);
        xml.remove_prefix(end + closing.size());
        return element;
    }
}

std::string text_of(std::string_view xml, std::string_view name) {
    const auto element = take_element(xml, name);
    if (!element) return {};
    std::string_view text = element->content;
    const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return std::string(text);
}

std::string filled_in(std::string text, std::string_view address) {
    const std::size_t at = address.rfind('@');
    const std::string_view local = address.substr(0, at);
    const std::string_view domain = at == std::string_view::npos ? "" : address.substr(at + 1);
    const auto replace = [&text](std::string_view what, std::string_view with) {
        for (std::size_t place = text.find(what); place != std::string::npos; place = text.find(what, place + with.size()))
            text.replace(place, what.size(), with);
    };
    replace("%EMAILADDRESS%", address);
    replace("%EMAILLOCALPART%", local);
    replace("%EMAILDOMAIN%", domain);
    return text;
}

/// Letters, digits, dots and dashes: what comes from elsewhere is dialed, and printed.
bool is_host_name(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    });
}

}  // namespace

std::vector<PublishedServer> servers_in_autoconfig(std::string_view xml, std::string_view address) {
    std::vector<PublishedServer> servers;
    while (servers.size() < most_servers) {
        const auto element = take_element(xml, "incomingServer");
        if (!element) break;
        const bool is_imap = element->attributes.find("\"imap\"") != std::string_view::npos ||
                             element->attributes.find("'imap'") != std::string_view::npos;
        if (!is_imap) continue;
        PublishedServer server;
        server.host = filled_in(text_of(element->content, "hostname"), address);
        const std::string socket = text_of(element->content, "socketType");
        const std::string port = text_of(element->content, "port");
        const auto [end, status] = std::from_chars(port.data(), port.data() + port.size(), server.port);
        const bool is_whole = status == std::errc() && end == port.data() + port.size() && server.port != 0;
        const bool is_encrypted = socket == "SSL" || socket == "STARTTLS";
        if (!is_whole || !is_encrypted || !is_host_name(server.host)) continue;
        server.implicit_tls = socket == "SSL";
        server.user = filled_in(text_of(element->content, "username"), address);
        servers.push_back(std::move(server));
    }
    return servers;
}

}  // namespace mailhaul::provider
