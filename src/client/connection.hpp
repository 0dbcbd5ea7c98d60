// SPDX-License-Identifier: Apache-2.0
// Connection: one live IMAP connection. The session decides, the stream carries, this class pumps between them.
//
// A reader and a writer run side by side for as long as the connection lives, so a big APPEND never stops answers
// from being read and a flood of FETCH data never stops a command from being sent. A watchdog ends the connection
// when a deadline passes. What the commands mean stands in mailbox_commands.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/access.hpp"
#include "client/classify.hpp"
#include "imap/session/session.hpp"

namespace mailhaul::client {

/// Receives what the server says while an operation listens. Called on the connection's thread; must not block.
/// Memory to read octets into; `owner` keeps it for as long as that may happen.
struct Space {
    std::shared_ptr<const void> owner = nullptr;
    std::span<char> octets;
};

class DataSink {
public:
    DataSink() = default;
    DataSink(const DataSink&) = delete;
    DataSink& operator=(const DataSink&) = delete;
    virtual ~DataSink() = default;
    virtual void on_response(imap::Response&& /*response*/) {}
    virtual void on_body_begin(const imap::BodyBegin& /*begin*/) {}
    virtual void on_body_data(std::string_view /*octets*/) {}
    /// Where the next octets of the body under way belong, at most `most` of them. What is read to that place, from its
    /// beginning, is the next thing on_body_data() tells, there, so that nobody need copy it. Empty: anywhere will do.
    [[nodiscard]] virtual Space body_space(std::size_t /*most*/) { return {}; }
    virtual void on_body_end() {}
    /// A command got its answer, or the connection ended and with it every command.
    virtual void on_answer() {}
    /// True where more data must wait: the connection then awaits room() and reads nothing until it returns.
    [[nodiscard]] virtual bool is_full() const { return false; }
    virtual Task<void> room() { co_return; }
};

/// Supplies the octets of a literal that is streamed through.
class BodySource {
public:
    BodySource() = default;
    BodySource(const BodySource&) = delete;
    BodySource& operator=(const BodySource&) = delete;
    virtual ~BodySource() = default;
    /// The next stretch, never empty before the announced size is reached. An Error drops the connection in the
    /// middle of the literal, so the server stores nothing.
    virtual Task<Result<std::string>> next() = 0;
};

/// Whether login() waits for what the server says of itself (ID), or only asks.
enum class Introduction : std::uint8_t { awaited, passed_by };

/// Where the dialogue is written for `--protocol`; secrets arrive redacted.
using ProtocolLog = std::function<void(char direction, std::string_view line)>;

class Connection {
public:
    /// Connects, reads the greeting, upgrades to TLS as `access` says, and learns the capabilities. Not logged in
    /// yet, unless the greeting was PREAUTH. Errors: of dial() and start_tls(), plaintext_refused,
    /// protocol_violation, timed_out, server_unavailable, too_many_connections.
    static Task<Result<std::unique_ptr<Connection>>> open(Access access, ProtocolLog log);

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    /// Abandons the connection if close() was not called.
    ~Connection();

    /// Authenticates with the best mechanism both sides know, then learns capabilities, exchanges ID and starts
    /// compression where asked. Errors: login_refused (never retried by itself), login_unavailable,
    /// credential_unavailable and everything a connection can end in.
    Task<Result<void>> login(Introduction introduction = Introduction::awaited);

    /// Exchanges ID where the server has it; login() does so by itself. What the server says is server() from then on.
    Task<Result<void>> introduce();

    /// Says LOGOUT, waits for the answer at most a moment, and closes.
    Task<void> close();
    /// Ends it at once: pending operations fail with `why`.
    void abandon(Error why);

    /// Queues a command; await its answer with answer_to(). `source` supplies external literals; it is
    /// co-owned by the writer until the last octet is sent.
    imap::CommandId submit(imap::Command command, std::shared_ptr<BodySource> source = nullptr);
    /// Lets the held end of a command go (CommandBuilder::build_held()); cancel(): so that it is refused as a whole.
    void release(imap::CommandId id);
    void cancel(imap::CommandId id);
    /// Queues a command whose answer nobody waits for; `done` is told it, or the Error the connection ended with, at some
    /// time. Must not block.
    void post(imap::Command command, std::function<void(const Result<imap::StatusResponse>&)> done);
    /// The tagged answer, whatever its status; an Error where the connection ended first.
    Task<Result<imap::StatusResponse>> answer_to(imap::CommandId id);
    /// True where answer_to() would return at once.
    [[nodiscard]] bool has_answer(imap::CommandId id) const;
    /// submit() and answer_to(), an answer other than OK made an Error by `doing`.
    Task<Result<imap::StatusResponse>> run(imap::Command command, Doing doing);

    /// Who hears untagged data from now on; nullptr: nobody. Returns who heard it before.
    DataSink* listen(DataSink* sink);

    [[nodiscard]] bool is_open() const;
    [[nodiscard]] const imap::CapabilitySet& capabilities() const;
    void disbelieve(std::string_view capability);
    /// Switches QRESYNC on (RFC 7162) where the server offers it and no mailbox is open yet. Nobody waits: what needs it may
    /// follow at once, and is refused where the server does not keep its word.
    void enable_qresync();
    /// The server tells what was expunged by UID, as far as it is known.
    [[nodiscard]] bool has_qresync() const;
    void note_qresync(bool is_on);
    [[nodiscard]] imap::LiteralMode literal_mode() const;
    [[nodiscard]] imap::State state() const;
    [[nodiscard]] const Access& access() const;
    [[nodiscard]] std::string transport() const;  ///< `TLSv1.3 ...`, `plaintext`
    [[nodiscard]] std::string server() const;     ///< ID name and version, or the greeting's words
    [[nodiscard]] std::string mechanism() const;  ///< that logged in; empty before
    /// The token it logged in with dies soon: open another where nothing is under way. Never true of a password.
    [[nodiscard]] bool should_be_replaced() const;
    /// The shortest a question took before the connection was full duplex; zero where none was asked.
    [[nodiscard]] std::chrono::microseconds round_trip() const;
    [[nodiscard]] Octets received() const;
    [[nodiscard]] Octets sent() const;

private:
    struct Pump;
    explicit Connection(std::shared_ptr<Pump> pump);

    Task<Result<void>> greet();
    Task<Result<void>> upgrade_to_tls();
    Task<Result<void>> learn_capabilities();
    Task<Result<void>> prove_identity();
    Task<Result<auth::Credentials>> credentials();
    [[nodiscard]] bool is_encrypted() const;
    Task<Result<void>> authenticate(auth::Credentials credentials);
    [[nodiscard]] Result<std::vector<std::string>> mechanisms_for(const auth::Credentials& credentials) const;
    /// PROXYAUTH: the session becomes `authorize_as`'s.
    Task<Result<void>> become_user();
    Task<Result<void>> authenticate_as_kerio_master();
    Task<Result<void>> try_mechanism(const std::string& name, const auth::Credentials& credentials);
    [[nodiscard]] Result<void> login_result(const imap::StatusResponse& status, const std::string& mechanism,
                                            const std::string& explanation) const;
    [[nodiscard]] std::optional<imap::Command> introduction() const;
    Task<Result<void>> compress();

    // Co-owned by the reader, writer and watchdog coroutines, which may outlive this handle by one turn of the loop.
    std::shared_ptr<Pump> pump_;
};

/// Listens for as long as it lives, then gives the ear back.
class Listening {
public:
    Listening(Connection& connection, DataSink& sink) : connection_(connection), before_(connection.listen(&sink)) {}
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    ~Listening() { connection_.listen(before_); }

private:
    Connection& connection_;
    DataSink* before_;
};

}  // namespace mailhaul::client
