// SPDX-License-Identifier: Apache-2.0
// Framer: finds where one server response ends, before anybody parses it.
//
// Lines and literals are separated first, so a response we cannot parse costs us that response and
// not the connection, and literal octets are never mistaken for protocol text. Bodies of FETCH
// (`BODY[]` and `BODY[]<n>`, nothing else) are passed through as they come and never stored.
// Grammar: RFC 9051 section 9, `response`, `literal`, `literal8`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "imap/codec/limits.hpp"
#include "imap/types/ids.hpp"

namespace mailhaul::imap {

/// A FETCH body is about to be streamed. `uid` is what the response has said so far; some servers put it
/// after the body, then it is empty here and in the finished FetchResponse.
struct BodyBegin {
    SeqNum seq;
    std::optional<Uid> uid;
    std::optional<std::uint64_t> origin;  ///< of a partial fetch
    Octets size;                          ///< octets that follow in BodyData
};
/// The next octets of it; borrowed until the next call of feed().
struct BodyData {
    std::string_view octets;
};
struct BodyEnd {};

/// One complete response: everything but streamed bodies. CRLF at the end removed; LF-only lines accepted.
struct RawResponse {
    std::string_view text;                ///< borrowed until the next call of next(); literals inline after `{n}` CRLF
    std::vector<std::size_t> streamed;    ///< offsets in `text` just after the CRLF of a literal whose octets were streamed
    std::optional<std::string> unusable;  ///< why it cannot be parsed (a literal too long to keep); text is cut then
};

using Frame = std::variant<RawResponse, BodyBegin, BodyData, BodyEnd>;

class Framer {
public:
    explicit Framer(Limits limits = {}) : limits_(limits) {}

    /// Gives the next octets. `octets` is borrowed until next() returned an empty optional.
    /// Precondition: the last next() returned empty (or this is the first call).
    void feed(std::string_view octets);

    /// The next frame, or empty when more octets are needed. An Error costs the connection (a bound was
    /// broken); the same Error is returned from then on.
    Result<std::optional<Frame>> next();

    /// True where nothing is half read: no partial line, no open literal, nothing fed and not yet framed.
    /// STARTTLS needs this (RFC 9051 section 6.2.1; response injection).
    [[nodiscard]] bool is_idle() const;

    /// Octets of the input not looked at yet; for handing over to another layer (COMPRESS).
    [[nodiscard]] std::string_view unread() const;

private:
    Limits limits_;
};

}  // namespace mailhaul::imap
