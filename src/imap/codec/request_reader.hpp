// SPDX-License-Identifier: Apache-2.0
// RequestReader: finds where one client command ends; the server's half of what Framer is for the client.
//
// A command may be cut by literals, and before each literal the server must be asked: it may send `+`, refuse the command
// without having seen the octets, or hold that `{n+}` is not its language. So the reader stops there and waits for a word.
// Does not interpret anything else. Grammar: RFC 9051 section 9, `command`, `literal`, `literal8`; RFC 7888 for `{n+}`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace mailhaul::imap {

/// The bounds a client is held to; breaking one costs it the connection.
struct RequestLimits {
    std::size_t line = 64u << 10;      ///< octets of one line
    std::size_t literal = 64u << 20;   ///< octets of one literal
    std::size_t request = 256u << 20;  ///< octets of one command, literals included
};

/// One complete command, its last CRLF removed.
struct RawRequest {
    std::string text;                   ///< `A1 APPEND x {3}` CRLF: the octets of literals are cut out, in order, into
    std::vector<std::string> literals;  ///< ... here
    bool bare_line_feed = false;        ///< a line ended without CR, which no client may do
};

/// A literal is announced. Answer with accept_literal() or drop_request() before the next call of next().
struct LiteralAnnounced {
    std::uint64_t size = 0;
    bool synchronising = true;  ///< the client waits for `+`
    bool binary = false;        ///< `~{n}`
    std::string text;           ///< the command so far, the announcement included
};

using RequestEvent = std::variant<RawRequest, LiteralAnnounced>;

class RequestReader {
public:
    explicit RequestReader(RequestLimits limits = {}) : limits_(limits) {}

    /// Adds octets from the client; they are copied.
    void feed(std::string_view octets) { unread_.append(octets); }

    /// The next event, or empty when more octets are needed. An Error costs the connection (a bound was broken).
    Result<std::optional<RequestEvent>> next();

    /// Reads the announced literal. The caller has sent `+` where the client waits for it.
    void accept_literal();

    /// Forgets the command so far: it was refused before its synchronising literal was sent.
    void drop_request();

    /// True where nothing is half read.
    [[nodiscard]] bool is_idle() const { return request_.text.empty() && unread_.empty(); }

private:
    Result<std::optional<RequestEvent>> take_line();
    bool fill_literal();

    RequestLimits limits_;
    std::string unread_;
    std::size_t scanned_ = 0;  // octets of unread_ known to hold no LF
    RawRequest request_;
    std::size_t request_octets_ = 0;
    std::size_t announced_ = 0;
    std::size_t missing_ = 0;  // octets of the open literal still to come
    bool literal_open_ = false;
};

}  // namespace mailhaul::imap
