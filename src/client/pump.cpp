// SPDX-License-Identifier: Apache-2.0
#include "client/pump.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <exception>
#include <utility>
#include <variant>

namespace mailhaul::client {
namespace {

constexpr std::size_t gather_limit = 256 * 1024;  // octets of commands written at once
// A body up to this size is copied behind others, to be written with them; a larger one is written from where it is.
constexpr std::size_t copy_limit = 32 * 1024;
// From so many octets of a body on, it is read to where it belongs; less arrives together with what follows.
constexpr std::size_t worth_its_own_read = 32 * 1024;
constexpr std::chrono::milliseconds watch_interval{500};
// Between two answers or messages no server has this much to say; one that goes on for ever is stopped here.
constexpr std::uint64_t small_talk_limit = 256ULL << 20U;

/// Ends the log where a line is long or holds control octets.
std::string printable(std::string_view line) {
    std::string out{line.substr(0, 300)};
    std::ranges::replace_if(out, [](unsigned char c) { return c < 0x20 && c != '\t'; }, ' ');
    if (line.size() > 300) out += "...";
    return out;
}

}  // namespace

Connection::Pump::Pump(const asio::any_io_executor& where, Access how, ProtocolLog where_to_log,
                       std::unique_ptr<net::Stream> connected)
    : executor(where),
      access(std::move(how)),
      log(std::move(where_to_log)),
      stream(std::move(connected)),
      output_ready(where),
      loop_ended(where),
      watch_timer(where) {}

void Connection::Pump::note(char direction, std::string_view line) const {
    if (log) log(direction, printable(line));
}

void Connection::Pump::note_event(const imap::SessionEvent& event) const {
    if (!log) return;
    if (const auto* done = std::get_if<imap::Completed>(&event)) note('S', done->status.tag + " " + done->status.raw);
    if (const auto* hello = std::get_if<imap::Greeting>(&event)) note('S', "* " + hello->status.raw);
    if (const auto* bye = std::get_if<imap::Goodbye>(&event)) note('S', "* " + bye->status.raw);
    if (std::holds_alternative<imap::Challenge>(event)) note('S', "+ <redacted>");
    if (const auto* body = std::get_if<imap::BodyBegin>(&event))
        note('S', "* FETCH BODY[] {" + std::to_string(body->size.value()) + "}");
    if (const auto* data = std::get_if<imap::Untagged>(&event)) {
        if (const auto* status = std::get_if<imap::StatusResponse>(&data->response)) note('S', "* " + status->raw);
        if (const auto* odd = std::get_if<imap::UnreadableResponse>(&data->response))
            note('S', "* unreadable (" + odd->reason + "): " + odd->raw);
        if (const auto* other = std::get_if<imap::UnknownResponse>(&data->response)) note('S', "* " + other->raw);
    }
}

Error Connection::Pump::lost(std::string how) const {
    if (goodbye) return error_from(*goodbye, duplex ? Doing::changing : Doing::connecting, access.label());
    const std::string during = session.waiting_for();
    if (!during.empty()) how += " (during " + during + ")";
    return {Errc::connection_lost, Scope::account, Retry::now, access.label() + ": " + how};
}

void Connection::Pump::fail(Error why) {
    if (failure) return;
    failure = std::move(why);
    if (stream) stream->close();  // absent while, or after, a TLS handshake consumed it
    std::vector<imap::CommandId> unanswered;
    for (const auto& [id, waiting] : pending)
        if (!waiting->answer) unanswered.push_back(id);
    for (const imap::CommandId id : unanswered) settle(id, *failure);
    output_ready.notify();
    watch_timer.cancel();
    if (sink != nullptr) sink->on_answer();
}

// ---- lock-step -------------------------------------------------------------------------------------------------

Task<Result<void>> Connection::Pump::flush() {
    while (auto output = session.next_output()) {
        note('C', output->secret ? "<redacted>" : output->text);
        sent += Octets{output->text.size()};  // nothing shared or external is sent before the login
        auto written = co_await stream->write_all(output->text);
        if (failure) co_return *failure;
        if (!written.ok()) co_return lost("cannot write: " + written.error().message);
    }
    co_return Result<void>{};
}

Space Connection::Pump::place_to_read() {
    const std::size_t most = std::min<std::uint64_t>(session.body_left(), buffer.size());
    if (duplex && sink != nullptr && most >= worth_its_own_read)
        if (Space place = sink->body_space(most); !place.octets.empty()) return place;
    return {nullptr, buffer};
}

Task<Result<std::size_t>> Connection::Pump::read_more() {
    read_into = place_to_read();
    if (duplex) stream->expect(session.body_left());
    auto count = co_await stream->read_some(read_into.octets);
    if (failure) co_return *failure;
    if (!count.ok()) co_return lost("connection lost: " + count.error().message);
    if (count.value() == 0) co_return lost("the server closed the connection");
    if (duplex) touch();  // before that, a server that drips or floods must not hold us
    received += Octets{count.value()};
    small_talk += count.value();
    if (duplex && small_talk > small_talk_limit)
        co_return Error{Errc::protocol_violation, Scope::account, Retry::later,
                        access.label() + ": the server talks without end and answers nothing" +
                            (session.waiting_for().empty() ? std::string{} : " (during " + session.waiting_for() + ")") +
                            ": run again, and ask the server's administrator if it stays so"};
    session.feed(std::string_view(read_into.octets.data(), count.value()));
    co_return count.value();
}

Result<std::optional<imap::SessionEvent>> Connection::Pump::event_at_hand() {
    auto event = session.next();
    if (!event.ok()) {
        Error broken = std::move(event).error();
        broken.message = access.label() + ": " + broken.message + ": check that host and port are those of an IMAP server";
        return broken;
    }
    if (event.value()) note_event(*event.value());
    return event;
}

Task<Result<imap::SessionEvent>> Connection::Pump::next_event() {
    while (true) {
        auto event = event_at_hand();
        if (!event.ok()) co_return std::move(event).error();
        if (event.value()) co_return std::move(*event.value());
        auto more = co_await read_more();
        if (!more.ok()) co_return std::move(more).error();
    }
}

Task<Result<imap::StatusResponse>> Connection::Pump::exchange(imap::Command command) {
    const imap::CommandId id = session.submit(std::move(command));
    touch();
    const Clock::time_point asked = Clock::now();
    while (true) {
        auto flushed = co_await flush();
        if (!flushed.ok()) co_return std::move(flushed).error();
        auto event = co_await next_event();
        if (!event.ok()) co_return std::move(event).error();
        if (auto* done = std::get_if<imap::Completed>(&event.value()); done != nullptr && done->id == id) {
            const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - asked);
            round_trip = std::min(round_trip.value_or(took), took);
            co_return std::move(done->status);
        }
        if (auto* bye = std::get_if<imap::Goodbye>(&event.value())) {
            goodbye = bye->status;
        } else if (auto* data = std::get_if<imap::Untagged>(&event.value()); data != nullptr && sink != nullptr) {
            sink->on_response(std::move(data->response));
        }
    }
}

// ---- full duplex -----------------------------------------------------------------------------------------------

void Connection::Pump::run_duplex() {
    duplex = true;
    lock_step_waits = false;
    run_loop(&Pump::read_loop);
    run_loop(&Pump::write_loop);
}

void Connection::Pump::watch() { run_loop(&Pump::watch_loop); }

void Connection::Pump::run_loop(Task<void> (Pump::*loop)()) {
    // The loop owns a share of the pump and ends as soon as fail() closed the stream; close() waits for that.
    ++loops;
    auto running = [](std::shared_ptr<Pump> self, Task<void> (Pump::*body)()) -> Task<void> { co_await (self.get()->*body)(); };
    asio::co_spawn(executor, running(shared_from_this(), loop), [self = shared_from_this()](const std::exception_ptr& thrown) {
        --self->loops;
        self->loop_ended.notify();
        if (thrown) std::terminate();  // a bug: expected failures are values
    });
}

Task<void> Connection::Pump::finish() {
    fail({Errc::cancelled, Scope::account, Retry::now, access.label() + ": the connection was closed"});
    while (loops > 0) co_await loop_ended.wait();
    seat.reset();
}

imap::CommandId Connection::Pump::submit(imap::Command command, std::shared_ptr<BodySource> source) {
    if (session.outstanding() == 0) touch();
    const imap::CommandId id = session.submit(std::move(command));
    auto waiting = std::make_unique<Pending>(executor);
    waiting->source = std::move(source);
    if (failure) waiting->answer = Result<imap::StatusResponse>(*failure);
    pending.emplace(id, std::move(waiting));
    output_ready.notify();
    return id;
}

void Connection::Pump::told(imap::CommandId id, std::function<void(const Result<imap::StatusResponse>&)> done) {
    Pending& waiting = *pending.at(id);
    waiting.tell = std::move(done);
    if (waiting.answer) settle(id, std::move(*waiting.answer));
}

void Connection::Pump::settle(imap::CommandId id, Result<imap::StatusResponse> answer) {
    const auto found = pending.find(id);
    if (found == pending.end()) return;
    if (found->second->tell) {
        const auto tell = std::move(found->second->tell);
        pending.erase(found);
        tell(answer);
        return;
    }
    found->second->answer = std::move(answer);
    found->second->answered.notify();
}

Task<Result<imap::StatusResponse>> Connection::Pump::answer_to(imap::CommandId id) {
    const auto found = pending.find(id);
    if (found == pending.end()) co_return Error{Errc::internal, Scope::run, Retry::never, "an answer was awaited twice"};
    Pending& waiting = *found->second;
    while (!waiting.answer) co_await waiting.answered.wait();
    Result<imap::StatusResponse> answer = std::move(*waiting.answer);
    pending.erase(id);
    co_return answer;
}

Task<void> Connection::Pump::read_loop() {
    while (!failure) {
        auto event = event_at_hand();
        if (!event.ok()) {
            fail(std::move(event).error());
        } else if (event.value()) {
            dispatch(*event.value());
            if (sink != nullptr && sink->is_full()) co_await wait_for_room();
        } else if (auto more = co_await read_more(); !more.ok()) {
            fail(std::move(more).error());
        }
    }
}

void Connection::Pump::dispatch(imap::SessionEvent& event) {
    if (auto* data = std::get_if<imap::BodyData>(&event)) {
        small_talk = 0;
        if (sink != nullptr) sink->on_body_data(data->octets);
    } else if (auto* untagged = std::get_if<imap::Untagged>(&event)) {
        if (std::holds_alternative<imap::ContinuationRequest>(untagged->response)) output_ready.notify();
        if (std::holds_alternative<imap::FetchResponse>(untagged->response)) small_talk = 0;
        if (sink != nullptr) sink->on_response(std::move(untagged->response));
    } else if (auto* begin = std::get_if<imap::BodyBegin>(&event)) {
        if (sink != nullptr) sink->on_body_begin(*begin);
    } else if (std::holds_alternative<imap::BodyEnd>(event)) {
        if (sink != nullptr) sink->on_body_end();
    } else if (auto* done = std::get_if<imap::Completed>(&event)) {
        small_talk = 0;
        const auto found = pending.find(done->id);
        if (found != pending.end() && session.still_sends(done->id)) refused_midway = found->second->source;
        settle(done->id, std::move(done->status));
        output_ready.notify();  // what waited for this command may go now
        if (sink != nullptr) sink->on_answer();
    } else if (auto* bye = std::get_if<imap::Goodbye>(&event)) {
        goodbye = std::move(bye->status);
    }
}

Task<void> Connection::Pump::wait_for_room() {
    while (sink != nullptr && sink->is_full() && !failure) {
        waiting_for_room = true;
        co_await sink->room();
        waiting_for_room = false;
        touch();
    }
}

std::optional<imap::Output> Connection::Pump::gather_output() {
    outgoing.clear();
    while (outgoing.size() < gather_limit) {
        auto output = session.next_output();
        if (!output) break;
        if (output->external || (output->shared && output->shared->size() > copy_limit)) return output;
        const std::string& octets = output->shared ? *output->shared : output->text;
        note('C', output->secret ? "<redacted>" : octets);
        outgoing += octets;
    }
    return std::nullopt;
}

Task<void> Connection::Pump::write_loop() {
    while (!failure) {
        const std::optional<imap::Output> apart = gather_output();
        if (outgoing.empty() && !apart) {
            co_await output_ready.wait();
            continue;
        }
        Result<void> written = co_await stream->write_all(outgoing);
        sent += Octets{outgoing.size()};
        touch();
        if (written.ok() && apart) written = co_await write_apart(*apart);
        // A server that says no in the middle closes on us: its words arrive through the reader, which ends the
        // connection with them. Only our own side's failure ends it from here.
        if (written.ok()) continue;
        if (written.error().code != Errc::connection_lost) break_off(std::move(written).error());
        co_return;
    }
}

Task<Result<void>> Connection::Pump::write_apart(const imap::Output& output) {
    if (output.external) co_return co_await write_external(output.id, *output.external);
    note('C', *output.shared);
    auto written = co_await stream->write_all(*output.shared);
    sent += Octets{output.shared->size()};
    touch();
    co_return written;
}

/// Whatever broke on our side, this connection hangs in the middle of a literal.
void Connection::Pump::break_off(Error why) {
    why.scope = Scope::account;
    why.retry = Retry::now;
    fail(std::move(why).while_doing("sending a message to " + access.label()));
}

std::shared_ptr<BodySource> Connection::Pump::source_of(imap::CommandId id) const {
    const auto found = pending.find(id);
    if (found != pending.end()) return found->second->source;
    return session.still_sends(id) ? refused_midway : nullptr;
}

Task<Result<void>> Connection::Pump::write_external(imap::CommandId id, Octets size) {
    const std::shared_ptr<BodySource> source = source_of(id);  // the command may end before its octets
    if (source == nullptr) co_return Error{Errc::internal, Scope::run, Retry::never, "a literal without a source"};
    std::uint64_t left = size.value();
    while (left > 0) {
        auto chunk = co_await source->next();
        if (failure) co_return *failure;
        if (!chunk.ok()) {  // the other server's trouble, which may well be a lost connection: not to be taken for ours
            break_off(std::move(chunk).error());
            co_return *failure;
        }
        if (chunk.value().size() > left || chunk.value().empty())
            co_return Error{Errc::message_unreadable, Scope::message, Retry::now,
                            "the source sent another number of octets than it announced"};
        left -= chunk.value().size();
        sent += Octets{chunk.value().size()};
        auto written = co_await stream->write_all(chunk.value());
        if (!written.ok()) co_return std::move(written).error();
        touch();
    }
    co_return Result<void>{};
}

// ---- deadlines -------------------------------------------------------------------------------------------------

bool Connection::Pump::expects_something() const { return !waiting_for_room && (session.outstanding() > 0 || lock_step_waits); }

std::chrono::milliseconds Connection::Pump::patience() const {
    if (!duplex) return access.deadlines.greeting;
    const std::string doing = session.waiting_for();
    const bool slow = doing.starts_with("SELECT") || doing.starts_with("EXAMINE") || doing.starts_with("APPEND") ||
                      doing.starts_with("EXPUNGE") || doing.starts_with("UID EXPUNGE") || doing.starts_with("UID COPY");
    return slow ? access.deadlines.slow : access.deadlines.command;
}

Task<void> Connection::Pump::watch_loop() {
    while (!failure) {
        boost::system::error_code cancelled;
        watch_timer.expires_after(std::min(watch_interval, patience() / 2));
        co_await watch_timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
        if (failure) co_return;
        if (stream) stream->expect(0);  // octets that wait for others to come are no silence
        const Clock::time_point now = Clock::now();
        const bool is_silent = silence.is_longer_than(patience(), now);
        const bool closes_too_slowly = close_by && now >= *close_by;
        const bool is_overdue = expects_something() && is_silent;
        if (closes_too_slowly || is_overdue) fail(overdue());
    }
}

Error Connection::Pump::overdue() const {
    if (goodbye) return lost("the server did not close the connection");
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience()).count();
    const std::string what = session.state() == imap::State::greeting ? "a greeting" : "an answer to " + session.waiting_for();
    return {Errc::timed_out, Scope::account, Retry::now,
            access.label() + ": " + (duplex ? "no octet" : "no end") + " for " + std::to_string(seconds) +
                " s while waiting for " + what + ": check the server and the network, or raise --timeout"};
}

}  // namespace mailhaul::client
