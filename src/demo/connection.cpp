// SPDX-License-Identifier: Apache-2.0
#include "demo/connection.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <utility>
#include <variant>

#include "imap/codec/reply.hpp"
#include "imap/codec/request_parser.hpp"

namespace mailhaul::demo {
namespace {

constexpr std::size_t read_size = 64u << 10;
constexpr std::size_t write_size = 64u << 10;  // gathered before a write

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, House& house, FaultScript& faults, Counters& counters)
    : socket_(std::move(socket)), faults_(faults), counters_(counters), session_(house), incoming_(read_size, '\0') {
    boost::system::error_code ignored;  // a speed-up only
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

Task<void> Connection::serve() {
    co_await converse();
    cut();
}

Task<void> Connection::turn_away(std::string words) {
    co_await say_bye(std::move(words));
    cut();
}

void Connection::cut() {
    is_open_ = false;
    boost::system::error_code ignored;  // it is gone either way
    socket_.close(ignored);
}

Task<void> Connection::converse() {
    Answer greeting = session_.greet();
    co_await send(std::move(greeting));
    while (is_open_) {
        auto event = reader_.next();
        if (!event.ok()) {
            co_await say_bye(event.error().message);
        } else if (!event->has_value()) {
            co_await flush();
            co_await receive();
        } else if (auto* literal = std::get_if<imap::LiteralAnnounced>(&**event)) {
            co_await on_literal(std::move(*literal));
        } else {
            co_await on_request(std::get<imap::RawRequest>(std::move(**event)));
        }
    }
}

Task<void> Connection::on_literal(imap::LiteralAnnounced literal) {
    const imap::RequestHead head = imap::request_head(literal.text);
    ++counters_.literals;
    if (literal.synchronising) {
        imap::RawRequest so_far;
        so_far.text = literal.text;
        if (auto fault = faults_.strike(head, so_far, true)) {
            ++counters_.commands[head.verb];
            reader_.drop_request();
            co_await suffer(std::move(*fault), head.tag, Answer());
            co_return;
        }
    }
    if (auto refusal = session_.judge_literal(literal, head.tag)) {
        ++counters_.commands[head.verb];
        reader_.drop_request();
        co_await send(std::move(*refusal));
        co_return;
    }
    if (literal.synchronising) queue(imap::continuation_reply("go on"));
    reader_.accept_literal();
}

Task<void> Connection::on_request(imap::RawRequest raw) {
    if (session_.awaits_login_line()) {
        Answer answer = session_.continue_login(raw.text);
        co_await send(std::move(answer));
        co_return;
    }
    const imap::RequestHead head = imap::request_head(raw.text);
    ++counters_.commands[head.verb];
    auto fault = faults_.strike(head, raw, false);
    if (fault && fault->moment == Fault::Moment::before_executing) {
        co_await suffer(std::move(*fault), head.tag, Answer());
        co_return;
    }
    Answer answer = session_.execute(imap::parse_request(std::move(raw)));
    if (fault) {
        co_await suffer(std::move(*fault), head.tag, std::move(answer));
    } else {
        co_await send(std::move(answer));
    }
}

Task<void> Connection::suffer(Fault fault, std::string tag, Answer answer) {
    switch (fault.kind) {
        case Fault::Kind::answer: queue(imap::status_reply(tag, fault.status, fault.text)); break;
        case Fault::Kind::bye: co_await say_bye(std::move(fault.text)); break;
        case Fault::Kind::cut:
            co_await flush();
            cut();
            break;
        case Fault::Kind::freeze:
            co_await flush();
            co_await outlast_client();
            break;
        case Fault::Kind::send: queue(fault.text); break;
        case Fault::Kind::flood: co_await flood(std::move(fault.text)); break;
        case Fault::Kind::cut_inside_answer:
            queue(std::string_view(answer.flattened()).substr(0, static_cast<std::size_t>(fault.octets.value())));
            co_await flush();
            cut();
            break;
        case Fault::Kind::rewrite: queue(fault.rewriting(answer.flattened())); break;
    }
}

Task<void> Connection::send(Answer answer) {
    for (const Answer::Piece& piece : answer.pieces()) {
        std::string_view rest = piece.octets();
        while (is_open_ && !rest.empty()) {
            const std::string_view part = rest.substr(0, write_size);
            queue(part);
            rest.remove_prefix(part.size());
            if (outgoing_.size() >= write_size) co_await flush();
        }
    }
    if (answer.then_close) co_await hang_up();
}

Task<void> Connection::flush() {
    std::string octets = std::exchange(outgoing_, {});
    if (const auto left = faults_.send_left()) octets.resize(std::min<std::size_t>(octets.size(), left->value()));
    if (!is_open_ || octets.empty()) co_return;
    boost::system::error_code failure;
    const auto sent =
        co_await asio::async_write(socket_, asio::buffer(octets), asio::redirect_error(asio::use_awaitable, failure));
    counters_.sent += Octets(sent);
    client_waits_ = true;
    if (failure || faults_.count_sent(sent)) cut();
}

Task<void> Connection::flood(std::string octets) {
    while (is_open_) {
        while (outgoing_.size() < write_size) queue(octets);
        co_await flush();
    }
}

Task<void> Connection::receive() {
    if (!is_open_) co_return;
    std::size_t most = incoming_.size();
    if (const auto left = faults_.receive_left()) most = std::min<std::size_t>(most, left->value());
    boost::system::error_code failure;
    const auto got = co_await socket_.async_read_some(asio::buffer(incoming_.data(), most),
                                                      asio::redirect_error(asio::use_awaitable, failure));
    counters_.received += Octets(got);
    if (client_waits_ && got > 0) ++counters_.round_trips;
    client_waits_ = false;
    reader_.feed(std::string_view(incoming_).substr(0, got));
    if (failure || faults_.count_received(got)) cut();
}

// Reads and forgets until the client ends the connection.
Task<void> Connection::outlast_client() {
    boost::system::error_code failure;
    while (is_open_ && !failure)
        co_await socket_.async_read_some(asio::buffer(incoming_), asio::redirect_error(asio::use_awaitable, failure));
    cut();
}

// Closing with unread octets would reset the connection and could cost the client what was just sent: so this side says
// that it has ended, and the client closes.
Task<void> Connection::hang_up() {
    co_await flush();
    boost::system::error_code ignored;  // the client may be gone already
    if (is_open_) socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    co_await outlast_client();
}

Task<void> Connection::say_bye(std::string words) {
    queue(imap::status_reply({}, imap::StatusKind::bye, words));
    co_await hang_up();
}

}  // namespace mailhaul::demo
