// SPDX-License-Identifier: Apache-2.0
// Session: one IMAP connection as a state machine without I/O.
//
// Octets go in, events come out; commands go in, octets come out, in the order the pipelining rules allow
// (RFC 9051 section 5.5). It owns tags, states, capabilities and continuation requests. It does not own time,
// sockets, credentials or the meaning of the data; the client does.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "imap/codec/command.hpp"
#include "imap/codec/framer.hpp"
#include "imap/codec/limits.hpp"
#include "imap/types/capability.hpp"
#include "imap/types/response.hpp"

namespace mailhaul::imap {

/// RFC 9051 section 3.
enum class State : std::uint8_t { greeting, not_authenticated, authenticated, selected, logged_out };

/// Names one submitted command on its connection; never reused.
using CommandId = Strong<struct CommandIdTag, std::uint64_t>;

/// The first line; PREAUTH and BYE greetings arrive here too.
struct Greeting {
    StatusResponse status;
};
/// Any data or untagged status that answers no tag. Capabilities have been noted already.
struct Untagged {
    Response response;
};
/// `+` while no literal waits for it: the server's step of AUTHENTICATE.
struct Challenge {
    std::string text;
};
/// The tagged answer of a command.
struct Completed {
    CommandId id;
    StatusResponse status;
};
/// `* BYE`: the server is about to close. Nothing more will be sent.
struct Goodbye {
    StatusResponse status;
};

using SessionEvent = std::variant<Greeting, Untagged, Challenge, Completed, Goodbye, BodyBegin, BodyData, BodyEnd>;

/// The next stretch of output: text, `shared` octets, or `external` octets the client must supply for `id`.
struct Output {
    CommandId id;
    std::string text;
    std::optional<Octets> external;
    bool secret = false;  ///< `text` must not be logged
    SharedOctets shared = nullptr;
};

/// How commands are written on this connection.
struct SessionOptions {
    SessionOptions() = default;
    Limits limits;
    std::size_t max_in_flight = 64;  ///< commands sent and not answered
};

class Session {
public:
    explicit Session(SessionOptions options = {}) : options_(options), framer_(options.limits) {}

    /// Gives the next octets from the server; borrowed until next() returned empty.
    void feed(std::string_view octets) { framer_.feed(octets); }

    /// The next event, or empty when more octets are needed. An Error (protocol_violation) ends the connection.
    Result<std::optional<SessionEvent>> next();

    /// Octets of the body under way that have yet to come, once next() returned empty; 0 between bodies.
    [[nodiscard]] std::uint64_t body_left() const { return framer_.body_left(); }

    /// Queues a command; it is written by next_output() as soon as the rules allow.
    CommandId submit(Command command);

    /// Answers a Challenge: `line` without CRLF, base64 already. Always secret.
    void answer(std::string line);

    /// What to write now, or empty when there is nothing or a continuation must come first. After an Output with
    /// `external`, exactly that many octets must be written before the next call.
    std::optional<Output> next_output();

    /// Lets the held end of a command go, so that it is carried out; nothing where it is gone already.
    void release(CommandId id) { end_held(id, {}); }
    /// Ends a held APPEND so that the server refuses it as a whole.
    void cancel(CommandId id) { end_held(id, append_cancelled); }

    /// After the OK of STARTTLS: fails with tls_failed where anything was read beyond it (response injection); forgets
    /// every capability. After it, submit() goes over TLS.
    Result<void> prepare_tls();

    /// Octets read beyond the OK of COMPRESS; they belong to the compressed side. Forgets them here.
    std::string take_unread();

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] const CapabilitySet& capabilities() const { return capabilities_; }
    /// True where the server told its capabilities since the last change of state (STARTTLS, login).
    [[nodiscard]] bool knows_capabilities() const { return capabilities_known_; }
    /// Removes a capability this server advertises but does not honour.
    void disbelieve(std::string_view capability) { capabilities_.erase(capability); }
    [[nodiscard]] LiteralMode literal_mode() const;
    /// True where `id` was answered in the middle of a literal that the server still reads to its end (a refusal that
    /// came early): its remaining octets are due before anything else may be written.
    [[nodiscard]] bool still_sends(CommandId id) const { return refused_midway_ && refused_midway_->id == id; }
    /// Commands submitted and not answered, sent or not.
    [[nodiscard]] std::size_t outstanding() const { return in_flight_.size() + waiting_.size(); }
    /// What is being waited for, for error messages: name of the oldest command in flight; empty where none.
    [[nodiscard]] std::string waiting_for() const;

private:
    struct Flight {
        CommandId id;
        std::string tag;
        Command command;
        std::size_t next_part = 0;
        [[nodiscard]] bool is_sent() const { return next_part >= command.parts.size(); }
        [[nodiscard]] bool waits() const { return !is_sent() && command.parts[next_part].wait_for_continuation; }
        [[nodiscard]] bool is_held() const { return !is_sent() && command.parts[next_part].held; }
        void end(std::string_view instead);
    };

    [[nodiscard]] bool may_start(const Command& command) const;
    void start_next();
    void end_held(CommandId id, std::string_view instead);
    [[nodiscard]] Flight* being_written();
    SessionEvent handle(Response response, std::optional<Error>& fatal);
    std::optional<SessionEvent> handle_status(StatusResponse status, std::optional<Error>& fatal);
    SessionEvent complete(std::deque<Flight>::iterator flight, StatusResponse status);
    void note_capabilities(const CapabilitySet& capabilities);
    void note_code(const StatusResponse& status);

    SessionOptions options_;
    Framer framer_;
    State state_ = State::greeting;
    CapabilitySet capabilities_;
    bool capabilities_known_ = false;
    std::deque<Flight> in_flight_;          // in the order sent; only the last may be partly sent
    std::deque<Flight> waiting_;            // not started
    std::optional<Flight> refused_midway_;  // answered, and yet the server reads on
    std::deque<std::string> answers_;
    bool continue_received_ = false;
    std::uint64_t last_id_ = 0;
};

}  // namespace mailhaul::imap
