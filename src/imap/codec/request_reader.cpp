// SPDX-License-Identifier: Apache-2.0
#include "imap/codec/request_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace mailhaul::imap {
namespace {

Error broken_bound(const std::string& what, std::size_t bound) {
    return Error(Errc::protocol_violation, Scope::run, Retry::never,
                 what + " longer than " + std::to_string(bound) + " octets");
}

struct Announcement {
    std::uint64_t size = 0;
    bool synchronising = true;
    bool binary = false;
};

// literal = "{" number64 ["+"] "}" CRLF, literal8 = "~{" ...; at the end of `line`, whose CRLF is gone.
std::optional<Announcement> announcement_in(std::string_view line) {
    if (!line.ends_with('}')) return std::nullopt;
    const auto open = line.rfind('{');
    if (open == std::string_view::npos) return std::nullopt;
    Announcement found;
    std::string_view number = line.substr(open + 1, line.size() - open - 2);
    if (number.ends_with('+')) {
        found.synchronising = false;
        number.remove_suffix(1);
    }
    const auto parsed = std::from_chars(number.begin(), number.end(), found.size);
    if (parsed.ec != std::errc{} || parsed.ptr != number.end()) return std::nullopt;
    found.binary = open > 0 && line[open - 1] == '~';
    return found;
}

}  // namespace

Result<std::optional<RequestEvent>> RequestReader::next() {
    if (literal_open_ && !fill_literal()) return std::optional<RequestEvent>();
    return take_line();
}

Result<std::optional<RequestEvent>> RequestReader::take_line() {
    const auto line_feed = unread_.find('\n', scanned_);
    if (std::min(line_feed, unread_.size()) > limits_.line) return broken_bound("a command line is", limits_.line);
    if (line_feed == std::string::npos) {
        scanned_ = unread_.size();
        return std::optional<RequestEvent>();
    }
    std::string line = unread_.substr(0, line_feed);
    unread_.erase(0, line_feed + 1);
    scanned_ = 0;
    if (line.ends_with('\r')) {
        line.pop_back();
    } else {
        request_.bare_line_feed = true;
    }
    request_octets_ += line.size();
    request_.text += line;

    if (const auto announcement = announcement_in(line)) {
        if (announcement->size > limits_.literal) return broken_bound("a literal is", limits_.literal);
        request_octets_ += announcement->size;
        if (request_octets_ > limits_.request) return broken_bound("a command is", limits_.request);
        request_.text += "\r\n";
        announced_ = announcement->size;
        LiteralAnnounced event;
        event.size = announcement->size;
        event.synchronising = announcement->synchronising;
        event.binary = announcement->binary;
        event.text = request_.text;
        return std::optional<RequestEvent>(std::move(event));
    }
    request_octets_ = 0;
    return std::optional<RequestEvent>(std::exchange(request_, RawRequest()));
}

void RequestReader::accept_literal() {
    request_.literals.emplace_back();
    missing_ = announced_;
    literal_open_ = true;
}

void RequestReader::drop_request() {
    request_ = RawRequest();
    request_octets_ = 0;
}

bool RequestReader::fill_literal() {
    const std::size_t taken = std::min(missing_, unread_.size());
    request_.literals.back().append(unread_, 0, taken);
    unread_.erase(0, taken);
    missing_ -= taken;
    literal_open_ = missing_ > 0;
    return !literal_open_;
}

}  // namespace mailhaul::imap
