// SPDX-License-Identifier: Apache-2.0
#include "imap/session/session.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "imap/codec/parser.hpp"

namespace mailhaul::imap {
namespace {

bool same_tag(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::toupper(x) == std::toupper(y); });
}

Error violation(std::string message) { return {Errc::protocol_violation, Scope::account, Retry::now, std::move(message)}; }

}  // namespace

Result<std::optional<SessionEvent>> Session::next() {
    auto framed = framer_.next();
    if (!framed.ok()) return std::move(framed).error();
    if (!framed.value()) return std::optional<SessionEvent>{};
    Frame& frame = *framed.value();
    if (auto* begin = std::get_if<BodyBegin>(&frame)) return std::optional<SessionEvent>{*begin};
    if (auto* data = std::get_if<BodyData>(&frame)) return std::optional<SessionEvent>{*data};
    if (auto* end = std::get_if<BodyEnd>(&frame)) return std::optional<SessionEvent>{*end};

    std::optional<Error> fatal;
    SessionEvent event = handle(parse_response(std::get<RawResponse>(frame), options_.limits), fatal);
    if (fatal) return std::move(*fatal);
    return std::optional<SessionEvent>{std::move(event)};
}

SessionEvent Session::handle(Response response, std::optional<Error>& fatal) {
    if (auto* status = std::get_if<StatusResponse>(&response)) {
        auto event = handle_status(*status, fatal);
        if (event) return std::move(*event);
    } else if (state_ == State::greeting) {
        fatal = violation("the server did not begin with a greeting: is this an IMAP port?");
    } else if (auto* plus = std::get_if<ContinuationRequest>(&response)) {
        const bool literal_waits = !in_flight_.empty() && in_flight_.back().waits();
        if (!literal_waits) return Challenge{std::move(plus->text)};
        continue_received_ = true;
    } else if (auto* list = std::get_if<CapabilityResponse>(&response)) {
        note_capabilities(list->capabilities);
    }
    return Untagged{std::move(response)};
}

std::optional<SessionEvent> Session::handle_status(StatusResponse status, std::optional<Error>& fatal) {
    if (!status.tag.empty()) {
        const auto flight = std::ranges::find_if(in_flight_, [&](const Flight& f) { return same_tag(f.tag, status.tag); });
        if (flight == in_flight_.end()) {
            fatal = violation("an answer to a command never sent (tag \"" + status.tag.substr(0, 50) + "\")");
            return std::nullopt;
        }
        return complete(flight, std::move(status));
    }
    note_code(status);
    if (state_ == State::greeting) {
        switch (status.kind) {
            case StatusKind::ok: state_ = State::not_authenticated; break;
            case StatusKind::preauth: state_ = State::authenticated; break;
            default: state_ = State::logged_out;
        }
        return Greeting{std::move(status)};
    }
    if (status.kind == StatusKind::bye) {
        state_ = State::logged_out;
        return Goodbye{std::move(status)};
    }
    return Untagged{std::move(status)};
}

SessionEvent Session::complete(std::deque<Flight>::iterator flight, StatusResponse status) {
    const CommandId id = flight->id;
    const Command& command = flight->command;
    const bool ok = status.kind == StatusKind::ok;
    // The last two are how the Netscape and Kerio families change who is logged in.
    const bool logs_in = command.name == "LOGIN" || command.name.starts_with("AUTHENTICATE") || command.name == "PROXYAUTH" ||
                         command.name == "X-SETUSER";
    if (ok && logs_in) {
        state_ = State::authenticated;
        capabilities_known_ = false;  // what was told before login no longer counts; the OK may carry the new list
    }
    if (command.kind == CommandKind::select) {
        const bool opens = command.name.starts_with("SELECT") || command.name.starts_with("EXAMINE");
        state_ = ok && opens ? State::selected : State::authenticated;
    }
    note_code(status);
    // A server that was told of a literal, or asked for it, reads it to its end whatever it has answered.
    if (!flight->is_sent()) {
        const bool drops_the_rest = flight->waits() && !continue_received_;
        if (!drops_the_rest) {
            flight->end({});
            refused_midway_ = std::move(*flight);
        }
    }
    in_flight_.erase(flight);
    return Completed{id, std::move(status)};
}

void Session::note_code(const StatusResponse& status) {
    if (!status.code) return;
    if (const auto* code = std::get_if<CapabilityCode>(&*status.code)) note_capabilities(code->capabilities);
}

void Session::note_capabilities(const CapabilitySet& capabilities) {
    capabilities_ = capabilities;
    capabilities_known_ = true;
}

CommandId Session::submit(Command command) {
    const CommandId id{++last_id_};
    std::string tag = "m" + std::to_string(id.value());
    waiting_.push_back(Flight{id, std::move(tag), std::move(command), 0});
    return id;
}

void Session::answer(std::string line) { answers_.push_back(std::move(line)); }

bool Session::may_start(const Command& command) const {
    if (in_flight_.empty()) return true;
    if (in_flight_.size() >= options_.max_in_flight || !in_flight_.back().is_sent()) return false;
    const auto is_in_flight = [this](auto... kinds) {
        return std::ranges::any_of(in_flight_, [&](const Flight& flight) { return ((flight.command.kind == kinds) || ...); });
    };
    if (command.kind == CommandKind::exclusive || command.kind == CommandKind::logout) return false;
    if (is_in_flight(CommandKind::exclusive, CommandKind::logout)) return false;
    if (command.kind == CommandKind::select)
        return !is_in_flight(CommandKind::select, CommandKind::uid) &&
               (command.follows_append || !is_in_flight(CommandKind::append));
    return command.follows_select || !is_in_flight(CommandKind::select);
}

void Session::start_next() {
    if (waiting_.empty() || state_ == State::logged_out || !may_start(waiting_.front().command)) return;
    continue_received_ = false;
    in_flight_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    in_flight_.back().command.parts.front().text.insert(0, in_flight_.back().tag + ' ');
}

std::optional<Output> Session::next_output() {
    if (!answers_.empty()) {
        std::string line = std::move(answers_.front());
        answers_.pop_front();
        return Output{CommandId{}, std::move(line) + "\r\n", std::nullopt, true, nullptr};
    }
    Flight* flight = being_written();
    if (flight == nullptr) return std::nullopt;

    CommandPart& part = flight->command.parts[flight->next_part];
    if (flight->is_held() || (part.wait_for_continuation && !continue_received_)) return std::nullopt;
    continue_received_ = false;
    ++flight->next_part;
    return Output{flight->id, std::move(part.text), part.external, flight->command.secret, std::move(part.shared)};
}

/// `instead` replaces the end that was held, where it is not empty.
void Session::Flight::end(std::string_view instead) {
    for (CommandPart& part : command.parts) {
        if (part.held && !instead.empty()) part.text = instead;
        part.held = false;
    }
}

void Session::end_held(CommandId id, std::string_view instead) {
    for (std::deque<Flight>* flights : {&in_flight_, &waiting_})
        for (Flight& flight : *flights)
            if (flight.id == id) flight.end(instead);
}

/// The command whose next part is due; null where there is none.
Session::Flight* Session::being_written() {
    if (refused_midway_ && (refused_midway_->is_sent() || (refused_midway_->waits() && !continue_received_)))
        refused_midway_.reset();
    if (refused_midway_) return &*refused_midway_;
    if (in_flight_.empty() || in_flight_.back().is_sent()) start_next();
    return in_flight_.empty() || in_flight_.back().is_sent() ? nullptr : &in_flight_.back();
}

Result<void> Session::prepare_tls() {
    if (!framer_.is_idle())
        return Error{Errc::tls_failed, Scope::account, Retry::never,
                     "the server sent data after its answer to STARTTLS and before encryption began; this is how a connection "
                     "is tampered with, so it was closed"};
    capabilities_ = {};
    capabilities_known_ = false;
    return {};
}

std::string Session::take_unread() {
    std::string unread{framer_.unread()};
    framer_ = Framer(options_.limits);
    return unread;
}

LiteralMode Session::literal_mode() const {
    if (capabilities_.has("LITERAL+")) return LiteralMode::plus;
    if (capabilities_.has("LITERAL-")) return LiteralMode::minus;
    return LiteralMode::synchronising;
}

std::string Session::waiting_for() const {
    return in_flight_.empty() ? (waiting_.empty() ? std::string{} : waiting_.front().command.name)
                              : in_flight_.front().command.name;
}

}  // namespace mailhaul::imap
