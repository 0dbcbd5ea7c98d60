// SPDX-License-Identifier: Apache-2.0
// Framer: one memchr per line, and a look at the line's end for a literal.
//
// Idea: a legal line cannot end inside a quoted string, so `{n}` at the end of a line of untagged data always
// announces a literal and the quotes before it need not be counted. That also keeps us in step with servers that
// forget to escape quotes: losing count of them would let a message body pass for protocol text. Where a response
// lies whole in the input it is handed out as a view of it; only what is split, or interrupted by a streamed body,
// is copied into `text_`, which keeps its memory from response to response.
#include "imap/codec/framer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <utility>

#include "imap/codec/number.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

/// A text buffer that grew beyond this is given back after its response.
constexpr std::size_t octets_worth_keeping = 256u << 10;

std::string_view without_line_end(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    while (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string_view without_leading_blanks(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    return text;
}

/// Takes the number `text` begins with; empty where there is none or it has more than 63 bits.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    const auto end = std::ranges::find_if_not(text, is_digit);
    const auto number = number_from(std::string_view(text.begin(), end));
    text = std::string_view(end, text.end());
    return number;
}

}  // namespace

void Framer::feed(std::string_view octets) {
    input_ = octets;
    position_ = 0;
    kept_ = 0;
}

Framer::Step Framer::next() {
    if (failure_) return *failure_;
    if (complete_) start_response();
    wants_input_ = false;
    while (true) {
        auto step = [&]() -> Step {
            switch (state_) {
                case State::line: return read_line();
                case State::stray_line_end: return look_behind_stray_line_end();
                case State::kept_literal:
                case State::skipped_literal: return pass_literal();
                case State::body_begin: return begin_body();
                case State::body: return pass_body();
            }
            return fail("the framer is in no known state");
        }();
        if (!step.ok() || step->has_value() || wants_input_) return step;
    }
}

bool Framer::is_idle() const { return !failure_ && position_ == input_.size() && (complete_ || is_between_responses()); }

std::string_view Framer::unread() const { return input_.substr(position_); }

void Framer::start_response() {
    complete_ = false;
    if (text_.capacity() > octets_worth_keeping) std::string().swap(text_);
    else text_.clear();
    line_start_ = 0;
    streamed_.clear();
    fetch_.reset();
    unusable_.reset();
    skip_input();
}

bool Framer::is_between_responses() const { return state_ == State::line && text_.empty() && kept_ == position_; }

std::string_view Framer::so_far() const {
    return text_.empty() ? input_.substr(kept_, position_ - kept_) : std::string_view(text_);
}

void Framer::keep_input() {
    text_.append(input_.substr(kept_, position_ - kept_));
    kept_ = position_;
}

void Framer::skip_input() { kept_ = position_; }

Framer::Step Framer::need_input() {
    keep_input();
    feed({});
    wants_input_ = true;
    return std::optional<Frame>();
}

Framer::Step Framer::fail(std::string what) {
    failure_.emplace(Errc::protocol_violation, Scope::account, Retry::later, std::move(what));
    return *failure_;
}

Framer::Step Framer::read_line() {
    if (is_between_responses()) {  // some servers pad with NUL
        position_ = std::min(input_.find_first_not_of('\0', position_), input_.size());
        skip_input();
    }
    if (position_ == input_.size()) return need_input();
    const char* from = input_.data() + position_;
    const void* line_end = std::memchr(from, '\n', input_.size() - position_);
    const std::size_t end = line_end == nullptr
                                ? input_.size()
                                : position_ + static_cast<std::size_t>(static_cast<const char*>(line_end) - from) + 1;
    if (text_.size() + (end - kept_) - line_start_ > limits_.line)
        return fail("a line is longer than " + std::to_string(limits_.line) + " octets, the most that is taken");
    position_ = end;
    return line_end == nullptr ? need_input() : finish_line();
}

// response = *(line-part literal) line-part CRLF
Framer::Step Framer::finish_line() {
    if (!text_.empty()) keep_input();
    const std::string_view whole_line = so_far().substr(line_start_);
    const std::string_view line = without_line_end(whole_line);
    auto literal = announced_literal(line);
    if (literal && line_start_ == 0 && !may_hold_literals(line)) literal.reset();
    if (literal) return open_literal(*literal, line);
    if (line.empty() && line_start_ == 0) {  // an empty line between responses says nothing
        text_.clear();
        skip_input();
        return std::optional<Frame>();
    }
    if (line.empty() && fetch_ && fetch_->depth > 0) {
        keep_input();
        text_.resize(line_start_);
        state_ = State::stray_line_end;
        return std::optional<Frame>();
    }
    return complete(whole_line.size() - line.size());
}

Framer::Step Framer::complete(std::size_t line_end_octets) {
    RawResponse response;
    if (unusable_) text_.resize(usable_octets_);
    response.text = so_far();
    if (!unusable_) response.text.remove_suffix(line_end_octets);
    response.streamed = std::move(streamed_);
    response.unusable = std::move(unusable_);
    skip_input();
    complete_ = true;
    return std::optional<Frame>(std::in_place, std::move(response));
}

// Some servers announce a literal one or two octets too short: its CRLF is then left over, and the response goes on
// after it.
Framer::Step Framer::look_behind_stray_line_end() {
    if (position_ == input_.size()) return need_input();
    state_ = State::line;
    const char after = input_[position_];
    if (after == ')' || after == ' ') return std::optional<Frame>();
    return complete(0);
}

Framer::Step Framer::open_literal(const Announcement& literal, std::string_view line) {
    if (!literal.size || *literal.size > limits_.literal)
        return fail("a literal is longer than " + std::to_string(limits_.literal) + " octets, the most that is taken");
    if (line_start_ == 0) fetch_ = fetch_begun_by(line);
    if (fetch_) read_on(*fetch_, line);
    literal_left_ = *literal.size;
    body_origin_.reset();
    if (fetch_ && ends_in_body_section(literal.before, body_origin_)) {
        keep_input();
        if (unusable_) text_.resize(usable_octets_);
        else streamed_.push_back(text_.size());
        line_start_ = text_.size();
        state_ = State::body_begin;
        return std::optional<Frame>();
    }
    const std::size_t before = so_far().size();
    if (literal_left_ > limits_.buffered_literal)
        give_up_on_response("a literal of " + std::to_string(literal_left_) + " octets is longer than " +
                            std::to_string(limits_.buffered_literal) + ", the most that is kept");
    else if (before + literal_left_ > limits_.response)
        give_up_on_response("the response is longer than " + std::to_string(limits_.response) +
                            " octets, the most that is kept");
    if (unusable_) {
        keep_input();
        text_.resize(usable_octets_);
        line_start_ = usable_octets_;
        state_ = State::skipped_literal;
    } else {
        line_start_ = before + static_cast<std::size_t>(literal_left_);
        state_ = State::kept_literal;
    }
    return std::optional<Frame>();
}

void Framer::give_up_on_response(std::string why) {
    if (unusable_) return;
    unusable_ = std::move(why);
    keep_input();
    usable_octets_ = text_.size();
}

Framer::Step Framer::pass_literal() {
    const auto octets = std::min<std::uint64_t>(literal_left_, input_.size() - position_);
    position_ += static_cast<std::size_t>(octets);
    literal_left_ -= octets;
    if (state_ == State::skipped_literal) skip_input();
    if (literal_left_ > 0) return need_input();
    state_ = State::line;
    return std::optional<Frame>();
}

Framer::Step Framer::begin_body() {
    state_ = State::body;
    return std::optional<Frame>(std::in_place, BodyBegin{fetch_->seq, fetch_->uid, body_origin_, Octets{literal_left_}});
}

Framer::Step Framer::pass_body() {
    if (literal_left_ == 0) {
        state_ = State::line;
        return std::optional<Frame>(std::in_place, BodyEnd{});
    }
    if (position_ == input_.size()) return need_input();
    const std::string_view octets =
        input_.substr(position_, static_cast<std::size_t>(std::min<std::uint64_t>(literal_left_, input_.size() - position_)));
    position_ += octets.size();
    literal_left_ -= octets.size();
    skip_input();
    return std::optional<Frame>(std::in_place, BodyData{octets});
}

// literal = "{" number64 ["+"] "}" CRLF *CHAR8 / literal8 = "~{" number64 "}" CRLF *OCTET
std::optional<Framer::Announcement> Framer::announced_literal(std::string_view line) {
    if (!line.ends_with('}')) return std::nullopt;
    std::string_view inside = line.substr(0, line.size() - 1);
    if (inside.ends_with('+')) inside.remove_suffix(1);
    const auto last_other = inside.find_last_not_of("0123456789");
    if (last_other == std::string_view::npos || inside[last_other] != '{' || last_other + 1 == inside.size())
        return std::nullopt;
    std::string_view before = inside.substr(0, last_other);
    if (before.ends_with('~')) before.remove_suffix(1);
    return Announcement{before, number_from(inside.substr(last_other + 1))};
}

// Only untagged data may: a tagged line, a continuation request or a status response ends in human text.
bool Framer::may_hold_literals(std::string_view line) {
    if (!line.starts_with('*')) return false;
    line = without_leading_blanks(line.substr(1));
    constexpr std::array<std::string_view, 5> status{"OK", "NO", "BAD", "BYE", "PREAUTH"};
    const std::string_view word = line.substr(0, line.find_first_of(" ["));
    return !word.empty() && std::ranges::none_of(status, [&](auto name) { return equal_ignoring_case(name, word); });
}

// message-data = "*" SP nz-number SP "FETCH" SP msg-att; UIDFETCH (RFC 9586) carries the UID in place of the number.
std::optional<Framer::Fetch> Framer::fetch_begun_by(std::string_view line) {
    std::string_view rest = without_leading_blanks(line.substr(1));
    const auto number = take_number(rest);
    if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    rest = without_leading_blanks(rest);
    const std::string_view word = rest.substr(0, rest.find_first_of(" ("));
    const auto id = static_cast<std::uint32_t>(*number);
    if (equal_ignoring_case(word, "FETCH")) return Fetch{SeqNum{id}, std::nullopt};
    if (equal_ignoring_case(word, "UIDFETCH")) return Fetch{SeqNum{}, Uid{id}};
    return std::nullopt;
}

/// Looks for `UID n` among the items (not inside a list or a string) and counts parentheses.
void Framer::read_on(Fetch& fetch, std::string_view line) {
    for (std::size_t at = 0; at < line.size(); ++at) {
        switch (line[at]) {
            case '(': ++fetch.depth; break;
            case ')': --fetch.depth; break;
            case '"':
                for (++at; at < line.size() && line[at] != '"'; ++at)
                    if (line[at] == '\\') ++at;
                break;
            case 'U':
            case 'u': {
                const bool starts_item = fetch.depth == 1 && at > 0 && (line[at - 1] == ' ' || line[at - 1] == '(');
                if (!starts_item || !starts_with_ignoring_case(line.substr(at), "UID ")) break;
                std::string_view rest = without_leading_blanks(line.substr(at + 4));
                const auto uid = take_number(rest);
                if (uid && *uid > 0 && *uid <= std::numeric_limits<std::uint32_t>::max())
                    fetch.uid = Uid{static_cast<std::uint32_t>(*uid)};
                break;
            }
            default: break;
        }
    }
}

// "BODY" "[" "]" ["<" number ">"] SP; `BODY.PEEK[]` is an echo some servers send.
bool Framer::ends_in_body_section(std::string_view text, std::optional<std::uint64_t>& origin) {
    while (text.ends_with(' ')) text.remove_suffix(1);
    if (text.ends_with('>')) {
        const auto open = text.rfind('<');
        if (open == std::string_view::npos) return false;
        std::string_view number = text.substr(open + 1, text.size() - open - 2);
        if (!number.empty()) {
            origin = take_number(number);
            if (!origin || !number.empty()) return false;
        }
        text = text.substr(0, open);
    }
    if (!text.ends_with("[]")) return false;
    text.remove_suffix(2);
    for (const std::string_view item : {"BODY", "BODY.PEEK"}) {
        if (!ends_with_ignoring_case(text, item)) continue;
        const std::string_view before = text.substr(0, text.size() - item.size());
        if (before.empty() || before.ends_with(' ') || before.ends_with('(')) return true;
    }
    return false;
}

}  // namespace mailhaul::imap
