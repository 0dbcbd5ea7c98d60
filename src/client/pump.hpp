// SPDX-License-Identifier: Apache-2.0
// Pump: the moving parts of a Connection: one session and one stream, driven in lock-step until logged in (nothing
// may be pipelined there, and layers are put around the stream), full duplex from then on.
// Private to client/; see connection.hpp for what it promises.
#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "async/boot_clock.hpp"
#include "async/event.hpp"
#include "async/task.hpp"
#include "client/connection.hpp"
#include "client/silence.hpp"
#include "imap/session/session.hpp"
#include "net/stream.hpp"

namespace mailhaul::client {

struct Connection::Pump : std::enable_shared_from_this<Connection::Pump> {
    using Clock = BootClock;

    /// One submitted command until somebody took its answer.
    struct Pending {
        explicit Pending(const asio::any_io_executor& where) : answered(where) {}
        std::optional<Result<imap::StatusResponse>> answer;
        std::shared_ptr<BodySource> source = nullptr;
        std::function<void(const Result<imap::StatusResponse>&)> tell = nullptr;  ///< instead of answer_to()
        Event answered;
    };

    Pump(const asio::any_io_executor& where, Access how, ProtocolLog where_to_log, std::unique_ptr<net::Stream> connected);

    // Lock-step, before run_duplex().
    void watch();
    Task<Result<void>> flush();
    /// The next one in what has been read; nothing where that is used up.
    [[nodiscard]] Result<std::optional<imap::SessionEvent>> event_at_hand();
    Task<Result<imap::SessionEvent>> next_event();
    /// Sends `command` and reads until its answer. Data in between goes to the sink.
    Task<Result<imap::StatusResponse>> exchange(imap::Command command);

    // Full duplex.
    void run_duplex();
    void run_loop(Task<void> (Pump::*loop)());
    /// Abandons the stream and returns when no loop runs any more.
    Task<void> finish();
    imap::CommandId submit(imap::Command command, std::shared_ptr<BodySource> source);
    Task<Result<imap::StatusResponse>> answer_to(imap::CommandId id);
    void told(imap::CommandId id, std::function<void(const Result<imap::StatusResponse>&)> done);
    void settle(imap::CommandId id, Result<imap::StatusResponse> answer);

    /// Ends the connection; everything pending fails with `why`. The first reason counts.
    void fail(Error why);

    [[nodiscard]] Space place_to_read();
    Task<Result<std::size_t>> read_more();
    Task<void> read_loop();
    Task<void> write_loop();
    Task<void> watch_loop();
    void dispatch(imap::SessionEvent& event);  ///< takes what it holds
    Task<void> wait_for_room();
    Task<Result<void>> write_external(imap::CommandId id, Octets size);
    /// Fills `outgoing` with what may be sent now. What is too large to be copied there, or comes from outside, is
    /// returned: it goes next.
    [[nodiscard]] std::optional<imap::Output> gather_output();
    Task<Result<void>> write_apart(const imap::Output& output);
    [[nodiscard]] std::chrono::milliseconds patience() const;
    [[nodiscard]] bool expects_something() const;
    [[nodiscard]] Error lost(std::string how) const;
    [[nodiscard]] Error overdue() const;
    [[nodiscard]] std::shared_ptr<BodySource> source_of(imap::CommandId id) const;
    void break_off(Error why);
    void touch() { silence.heard(Clock::now()); }
    void note(char direction, std::string_view line) const;
    void note_event(const imap::SessionEvent& event) const;

    asio::any_io_executor executor;
    Access access;
    ProtocolLog log;
    std::unique_ptr<net::Stream> stream;
    imap::Session session;
    DataSink* sink = nullptr;
    std::unordered_map<imap::CommandId, std::unique_ptr<Pending>> pending;
    std::array<char, 128 * 1024> buffer{};
    Space read_into;       // `buffer`, or where a body belongs; borrowed by the session until the next read
    std::string outgoing;  // keeps its memory from write to write
    Event output_ready;
    Event loop_ended;
    int loops = 0;
    asio::steady_timer watch_timer;
    std::optional<Error> failure;
    std::optional<imap::StatusResponse> goodbye;
    Silence silence{Clock::now()};
    std::optional<Clock::time_point> close_by;   // set by close(): whatever the server says, no longer than this
    std::shared_ptr<BodySource> refused_midway;  // of a command answered while its literal is still being sent
    std::uint64_t small_talk = 0;                // octets read since the last answer, message or part of one
    bool duplex = false;
    bool lock_step_waits = true;  // something is expected although no command is outstanding: the greeting
    bool waiting_for_room = false;
    bool has_qresync = false;
    std::unique_ptr<govern::ServerGate::Seat> seat;
    std::optional<std::chrono::microseconds> round_trip;
    std::string server_words;
    std::string used_mechanism;
    std::optional<Clock::time_point> replace_at;  // of the token that logged in
    Secret used_token;                            // told to its source where the server refuses it
    Tally received{access.meter, &Meter::received};
    Tally sent{access.meter, &Meter::sent};
};

}  // namespace mailhaul::client
