// SPDX-License-Identifier: Apache-2.0
#include "client/connection.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>
#include <variant>
#include <vector>

#include "client/pump.hpp"

namespace mailhaul::client {
namespace {

net::DialOptions dial_options(const Access& access) {
    net::DialOptions options;
    options.host = access.host;
    options.port = access.port;
    options.family = access.family;
    options.proxy = access.proxy;
    options.timeout = access.deadlines.connect;
    return options;
}

/// A plaintext port answering on a TLS port, or the other way round, shows as a greeting that is none.
Error explain_no_greeting(Error error, const Access& access) {
    if (error.code == Errc::timed_out && access.security != Security::implicit_tls)
        error.message += "; if this port expects TLS at once, use imaps://";
    if (error.code == Errc::connection_lost) error.message += " before its greeting: is this an IMAP port?";
    return error;
}

}  // namespace

Connection::Connection(std::shared_ptr<Pump> pump) : pump_(std::move(pump)) {}

Connection::~Connection() {
    if (pump_) {
        pump_->sink = nullptr;
        abandon({Errc::cancelled, Scope::account, Retry::now, pump_->access.label() + ": the connection was dropped"});
    }
}

Task<Result<std::unique_ptr<Connection>>> Connection::open(Access access, ProtocolLog log) {
    const auto executor = co_await asio::this_coro::executor;
    auto seat = std::make_unique<govern::ServerGate::Seat>(access.gate);
    auto dialed = co_await net::dial(dial_options(access));
    if (!dialed.ok()) co_return std::move(dialed).error().while_doing("connecting to " + access.label());
    std::unique_ptr<net::Stream> stream = std::move(dialed).value();
    if (access.security == Security::implicit_tls) {
        auto secured = co_await net::start_tls(std::move(stream), access.host, access.tls, access.deadlines.connect);
        if (!secured.ok()) co_return std::move(secured).error().while_doing("connecting to " + access.label());
        stream = std::move(secured).value();
    }
    auto pump = std::make_shared<Pump>(executor, std::move(access), std::move(log), std::move(stream));
    pump->seat = std::move(seat);
    pump->watch();
    std::unique_ptr<Connection> connection(new Connection(std::move(pump)));
    Result<void> ready = co_await connection->greet();
    if (!ready.ok()) {
        co_await connection->pump_->finish();
        co_return std::move(ready).error();
    }
    co_return std::move(connection);
}

Task<Result<void>> Connection::greet() {
    auto event = co_await pump_->next_event();
    pump_->lock_step_waits = false;
    if (!event.ok()) {
        Error error = pump_->failure ? *pump_->failure : std::move(event).error();
        co_return explain_no_greeting(std::move(error), pump_->access);
    }
    const auto* greeting = std::get_if<imap::Greeting>(&event.value());
    if (greeting == nullptr)
        co_return Error{Errc::protocol_violation, Scope::account, Retry::never,
                        pump_->access.label() + ": the server did not begin with a greeting: is this an IMAP port?"};
    if (greeting->status.kind != imap::StatusKind::ok && greeting->status.kind != imap::StatusKind::preauth)
        co_return error_from(greeting->status, Doing::connecting, pump_->access.label());
    pump_->server_words = greeting->status.text;

    const Security security = pump_->access.security;
    if (security == Security::starttls || security == Security::starttls_if_offered) {
        if (greeting->status.kind == imap::StatusKind::preauth && security == Security::starttls)
            co_return Error{Errc::plaintext_refused, Scope::account, Retry::never,
                            pump_->access.label() +
                                ": the server says it is logged in already, in clear text; TLS was wanted and "
                                "cannot be had any more: use imaps:// or ask for plaintext explicitly"};
        MH_CO_TRY_VOID(co_await learn_capabilities());
        const bool is_wanted = security == Security::starttls || capabilities().has("STARTTLS");
        if (is_wanted) MH_CO_TRY_VOID(co_await upgrade_to_tls());
        if (!is_wanted && pump_->access.logins->was_encrypted())
            co_return Error{Errc::plaintext_refused, Scope::account, Retry::never,
                            pump_->access.label() +
                                ": the server offered STARTTLS before and does not any more, which is what tampering looks "
                                "like: nothing is sent in clear text"};
    }
    co_return co_await learn_capabilities();
}

Task<Result<void>> Connection::upgrade_to_tls() {
    pump_->access.logins->note_encrypted();  // tried is enough: what fails here is not done in clear text afterwards
    auto answer = co_await pump_->exchange(imap::starttls_command());
    if (!answer.ok()) co_return pump_->failure ? *pump_->failure : std::move(answer).error();
    if (answer.value().kind != imap::StatusKind::ok)
        co_return Error{Errc::plaintext_refused, Scope::account, Retry::never,
                        pump_->access.label() +
                            ": the server refused STARTTLS: use imaps:// (port 993), or ask for plaintext "
                            "explicitly if you trust the network",
                        answer.value().raw};
    auto untouched = pump_->session.prepare_tls();
    if (!untouched.ok()) {
        Error tampered = std::move(untouched).error();
        tampered.message = pump_->access.label() + ": " + tampered.message;
        co_return tampered;
    }
    auto secured = co_await net::start_tls(std::move(pump_->stream), pump_->access.host, pump_->access.tls,
                                           pump_->access.deadlines.connect);
    if (!secured.ok()) co_return std::move(secured).error().while_doing("STARTTLS with " + pump_->access.label());
    pump_->stream = std::move(secured).value();
    co_return Result<void>{};
}

Task<Result<void>> Connection::learn_capabilities() {
    if (pump_->session.knows_capabilities()) co_return Result<void>{};
    auto answer = co_await pump_->exchange(imap::capability_command());
    if (!answer.ok()) co_return pump_->failure ? *pump_->failure : std::move(answer).error();
    if (answer.value().kind != imap::StatusKind::ok)
        co_return error_from(answer.value(), Doing::connecting, pump_->access.label() + " (CAPABILITY)");
    co_return Result<void>{};
}

Task<void> Connection::close() {
    // The server's BYE and OK are a courtesy; a server that is slow to give them must not hold us.
    constexpr std::chrono::milliseconds courtesy{5'000};
    if (!pump_->failure) {
        Deadlines& deadlines = pump_->access.deadlines;
        for (auto* each : {&deadlines.command, &deadlines.slow, &deadlines.greeting}) *each = std::min(*each, courtesy);
        pump_->close_by = Pump::Clock::now() + deadlines.command;
        if (pump_->duplex) {
            const imap::CommandId id = pump_->submit(imap::logout_command(), nullptr);
            static_cast<void>(co_await pump_->answer_to(id));
        } else {
            static_cast<void>(co_await pump_->exchange(imap::logout_command()));
        }
    }
    co_await pump_->finish();
}

void Connection::abandon(Error why) { pump_->fail(std::move(why)); }

imap::CommandId Connection::submit(imap::Command command, std::shared_ptr<BodySource> source) {
    return pump_->submit(std::move(command), std::move(source));
}

void Connection::release(imap::CommandId id) {
    pump_->session.release(id);
    pump_->output_ready.notify();
}

void Connection::cancel(imap::CommandId id) {
    pump_->session.cancel(id);
    pump_->output_ready.notify();
}

void Connection::post(imap::Command command, std::function<void(const Result<imap::StatusResponse>&)> done) {
    const imap::CommandId id = pump_->submit(std::move(command), nullptr);
    pump_->told(id, std::move(done));
}

Task<Result<imap::StatusResponse>> Connection::answer_to(imap::CommandId id) { return pump_->answer_to(id); }

bool Connection::has_answer(imap::CommandId id) const {
    const auto found = pump_->pending.find(id);
    return found != pump_->pending.end() && found->second->answer.has_value();
}

Task<Result<imap::StatusResponse>> Connection::run(imap::Command command, Doing doing) {
    const std::string name = command.name;
    auto answer = co_await pump_->answer_to(pump_->submit(std::move(command), nullptr));
    if (!answer.ok()) co_return std::move(answer).error();
    if (answer.value().kind != imap::StatusKind::ok) co_return error_from(answer.value(), doing, name);
    co_return std::move(answer).value();
}

DataSink* Connection::listen(DataSink* sink) { return std::exchange(pump_->sink, sink); }

bool Connection::is_open() const { return !pump_->failure && !pump_->goodbye; }
const imap::CapabilitySet& Connection::capabilities() const { return pump_->session.capabilities(); }
void Connection::disbelieve(std::string_view capability) { pump_->session.disbelieve(capability); }
void Connection::enable_qresync() {
    const bool can = capabilities().has("QRESYNC") && state() == imap::State::authenticated;
    if (!can || pump_->has_qresync) return;
    pump_->has_qresync = true;
    const std::vector<std::string> wanted{"QRESYNC"};
    // The untagged ENABLED is left out by some and empty from others, so the OK counts.
    post(imap::enable_command(wanted), [pump = std::weak_ptr<Pump>(pump_)](const Result<imap::StatusResponse>& answer) {
        const bool is_on = answer.ok() && answer.value().kind == imap::StatusKind::ok;
        if (const auto alive = pump.lock(); alive && !is_on) alive->has_qresync = false;
    });
}

bool Connection::has_qresync() const { return pump_->has_qresync; }
void Connection::note_qresync(bool is_on) { pump_->has_qresync = is_on; }
imap::LiteralMode Connection::literal_mode() const { return pump_->session.literal_mode(); }
imap::State Connection::state() const { return pump_->session.state(); }
const Access& Connection::access() const { return pump_->access; }
std::string Connection::transport() const { return pump_->stream ? pump_->stream->describe() : std::string{}; }
std::string Connection::server() const { return pump_->server_words; }
std::string Connection::mechanism() const { return pump_->used_mechanism; }
bool Connection::should_be_replaced() const { return pump_->replace_at && Pump::Clock::now() >= *pump_->replace_at; }
std::chrono::microseconds Connection::round_trip() const { return pump_->round_trip.value_or(std::chrono::microseconds{0}); }
Octets Connection::received() const { return pump_->received.total(); }
Octets Connection::sent() const { return pump_->sent.total(); }

}  // namespace mailhaul::client
