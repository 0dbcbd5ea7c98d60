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

    /// Octets of the streamed body under way that were not handed out yet; 0 between bodies.
    [[nodiscard]] std::uint64_t body_left() const { return state_ == State::body ? literal_left_ : 0; }

    /// Octets of the input not looked at yet; for handing over to another layer (COMPRESS).
    [[nodiscard]] std::string_view unread() const;

private:
    enum class State : std::uint8_t { line, stray_line_end, kept_literal, skipped_literal, body_begin, body };

    /// What is known of a FETCH response before it is complete.
    struct Fetch {
        SeqNum seq;
        std::optional<Uid> uid;
        int depth = 0;  ///< open parentheses
    };

    /// A literal announced at the end of a line.
    struct Announcement {
        std::string_view before;            ///< the line up to `{` or `~{`
        std::optional<std::uint64_t> size;  ///< empty: more than 63 bits
    };

    /// A step yields a frame, an Error, or neither: then `wants_input_` says whether next() goes on or asks for more.
    using Step = Result<std::optional<Frame>>;

    void start_response();
    Step read_line();
    Step finish_line();
    Step open_literal(const Announcement& literal, std::string_view line);
    Step look_behind_stray_line_end();
    Step pass_literal();
    Step begin_body();
    Step pass_body();
    Step complete(std::size_t line_end_octets);
    Step need_input();
    Step fail(std::string what);

    void keep_input();
    void skip_input();
    void give_up_on_response(std::string why);
    [[nodiscard]] bool is_between_responses() const;
    [[nodiscard]] std::string_view so_far() const;

    static std::optional<Announcement> announced_literal(std::string_view line);
    static bool may_hold_literals(std::string_view line);
    static std::optional<Fetch> fetch_begun_by(std::string_view line);
    static void read_on(Fetch& fetch, std::string_view line);
    static bool ends_in_body_section(std::string_view text, std::optional<std::uint64_t>& origin);

    Limits limits_;
    State state_ = State::line;
    std::string_view input_;
    std::size_t position_ = 0;  ///< in input_: looked at up to here
    std::size_t kept_ = 0;      ///< in input_: copied to text_, or not needed, up to here

    // The response under way. It stays a view of the input as long as it lies there in one piece.
    std::string text_;
    std::size_t line_start_ = 0;  ///< offset of the current line in the response
    std::vector<std::size_t> streamed_;
    std::optional<Fetch> fetch_;
    std::optional<std::string> unusable_;
    std::size_t usable_octets_ = 0;  ///< where text_ is cut once unusable_ is set
    bool complete_ = false;          ///< handed out; cleared by the next call of next()

    std::uint64_t literal_left_ = 0;
    std::optional<std::uint64_t> body_origin_;
    bool wants_input_ = false;
    std::optional<Error> failure_;
};

}  // namespace mailhaul::imap
