// SPDX-License-Identifier: Apache-2.0
// Connection: one client's socket: octets in, a Session's answers out, and the faults a test wrote.
//
// Reads and writes take turns, as on most servers: a client that sends without reading stalls here as it would there.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "demo/counters.hpp"
#include "demo/faults.hpp"
#include "demo/session.hpp"
#include "imap/codec/request_reader.hpp"

namespace mailhaul::demo {

class Connection {
public:
    /// `house`, `faults` and `counters` outlive the connection.
    Connection(asio::ip::tcp::socket socket, House& house, FaultScript& faults, Counters& counters);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Serves until either side ends it.
    Task<void> serve();
    /// Greets with `* BYE words` and ends.
    Task<void> turn_away(std::string words);

    /// Abandons the connection at once; serve() then returns.
    void cut();

private:
    Task<void> converse();
    Task<void> on_request(imap::RawRequest raw);
    Task<void> on_literal(imap::LiteralAnnounced literal);
    Task<void> suffer(Fault fault, std::string tag, Answer answer);
    Task<void> send(Answer answer);
    void queue(std::string_view octets) { outgoing_ += octets; }
    Task<void> flush();
    Task<void> flood(std::string octets);
    Task<void> receive();
    Task<void> outlast_client();
    Task<void> hang_up();
    Task<void> say_bye(std::string words);

    asio::ip::tcp::socket socket_;
    FaultScript& faults_;
    Counters& counters_;
    imap::RequestReader reader_;
    Session session_;
    std::string outgoing_;
    std::string incoming_;
    bool is_open_ = true;
    bool client_waits_ = true;  // it has been sent something since its last octets
};

}  // namespace mailhaul::demo
