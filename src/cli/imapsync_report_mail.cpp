// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_report_mail.hpp"

#include <array>
#include <ctime>

#include "base/base64.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::size_t base64_line = 76;

std::string formatted(WallTime now, const char* format) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::tm universal{};
    ::gmtime_r(&seconds, &universal);
    std::array<char, 64> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), format, &universal);
    return {text.data(), length};
}

/// What an address or an identifier may hold of a user's name.
std::string harmless(const std::string& name) {
    std::string kept;
    for (const char c : name) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        kept += is_plain || std::string_view(".-_@+").contains(c) ? c : '_';
    }
    return kept;
}

std::string escaped(const std::string& text) {
    std::string html;
    for (const char c : text) {
        if (c == '&') html += "&amp;";
        else if (c == '<') html += "&lt;";
        else if (c == '>') html += "&gt;";
        else html += c;
    }
    return html;
}

std::string base64_lines(const std::string& text) {
    const std::string encoded = base64_from(text);
    std::string lines;
    for (std::size_t at = 0; at < encoded.size(); at += base64_line) lines += encoded.substr(at, base64_line) + "\r\n";
    return lines;
}

}  // namespace

std::string imapsync_report_mail(const std::string& user1, const std::string& user2, const std::string& from, WallTime now,
                                 const std::string& statistics) {
    std::string identifier = harmless(user1) + "_" + harmless(user2);
    for (char& c : identifier)
        if (c == '@') c = '_';
    const std::string sender = from.empty() ? "mailhaul@localhost" : harmless(from);
    const std::string page = "<html><body><pre>\n" + escaped(statistics) + "</pre></body></html>\n";
    return "Date: " + formatted(now, "%a, %d %b %Y %H:%M:%S +0000") + "\r\nFrom: mailhaul <" + sender + ">\r\nTo: " +
           harmless(user2) + "\r\nSubject: Report of a mail migration\r\nMessage-Id: <" + formatted(now, "%Y%m%d%H%M%S") + "_" +
           identifier + "@mailhaul>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n" +
           "Content-Transfer-Encoding: base64\r\n\r\n" + base64_lines(page);
}

}  // namespace mailhaul::cli
