// SPDX-License-Identifier: Apache-2.0
#include "demo/faults.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace mailhaul::demo {

FaultRule& FaultRule::nth(std::uint32_t number) {
    first_ = number;
    return *this;
}

FaultRule& FaultRule::times(std::uint32_t count) {
    count_ = count;
    return *this;
}

FaultRule& FaultRule::always() {
    count_ = std::numeric_limits<std::uint32_t>::max();
    return *this;
}

FaultRule& FaultRule::holding(std::string octets) {
    holding_ = std::move(octets);
    return *this;
}

FaultRule& FaultRule::before_continuation() {
    fault_.moment = Fault::Moment::before_continuation;
    return *this;
}

FaultRule& FaultRule::after_executing() {
    fault_.moment = Fault::Moment::after_executing;
    return *this;
}

void FaultRule::set(Fault::Kind kind, std::string text) {
    fault_.kind = kind;
    fault_.text = std::move(text);
    is_armed_ = true;
}

void FaultRule::ok(std::string words) {
    fault_.status = imap::StatusKind::ok;
    set(Fault::Kind::answer, std::move(words));
}

void FaultRule::no(std::string words) {
    fault_.status = imap::StatusKind::no;
    set(Fault::Kind::answer, std::move(words));
}

void FaultRule::bad(std::string words) {
    fault_.status = imap::StatusKind::bad;
    set(Fault::Kind::answer, std::move(words));
}

void FaultRule::bye(std::string words) { set(Fault::Kind::bye, std::move(words)); }

void FaultRule::cut() { set(Fault::Kind::cut, {}); }

void FaultRule::freeze() { set(Fault::Kind::freeze, {}); }

void FaultRule::send(std::string octets) { set(Fault::Kind::send, std::move(octets)); }

void FaultRule::flood(std::string octets) { set(Fault::Kind::flood, std::move(octets)); }

void FaultRule::cut_inside_answer(Octets after) {
    fault_.moment = Fault::Moment::after_executing;
    fault_.octets = after;
    set(Fault::Kind::cut_inside_answer, {});
}

void FaultRule::rewrite(std::function<std::string(std::string)> rewriting) {
    fault_.moment = Fault::Moment::after_executing;
    fault_.rewriting = std::move(rewriting);
    set(Fault::Kind::rewrite, {});
}

bool FaultRule::matches(const imap::RequestHead& head, const imap::RawRequest& raw) const {
    const auto holds = [&](const std::string& octets) { return octets.find(holding_) != std::string::npos; };
    return (verb_ == "*" || verb_ == head.verb) && (holds(raw.text) || std::ranges::any_of(raw.literals, holds));
}

std::optional<Fault> FaultRule::strike(const imap::RequestHead& head, const imap::RawRequest& raw, bool at_continuation) {
    if (!is_armed_ || at_continuation != (fault_.moment == Fault::Moment::before_continuation)) return std::nullopt;
    if (!matches(head, raw)) return std::nullopt;
    ++seen_;
    if (seen_ < first_ || seen_ >= first_ + count_) return std::nullopt;
    return fault_;
}

void FaultScript::clear() {
    rules_.clear();
    send_left_.reset();
    receive_left_.reset();
}

std::optional<Fault> FaultScript::strike(const imap::RequestHead& head, const imap::RawRequest& raw, bool at_continuation) {
    for (FaultRule& rule : rules_)
        if (auto fault = rule.strike(head, raw, at_continuation)) return fault;
    return std::nullopt;
}

bool FaultScript::count(std::optional<Octets>& left, std::size_t octets) {
    if (!left) return false;
    left = Octets(left->value() - std::min<std::uint64_t>(left->value(), octets));
    if (*left > Octets(0)) return false;
    left.reset();
    return true;
}

}  // namespace mailhaul::demo
