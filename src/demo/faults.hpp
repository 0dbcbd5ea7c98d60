// SPDX-License-Identifier: Apache-2.0
// Faults: a script of what goes wrong on a server, written by a test.
//
//   server.faults().on("APPEND").nth(3).no("[LIMIT] too fast");
//   server.faults().on("APPEND").holding("poison").always().no("[CANNOT] virus found");
//   server.faults().on("APPEND").after_executing().cut();      // stored, but the client never hears of it
//   server.faults().on("UID FETCH").cut_inside_answer(Octets(1000));
//   server.faults().cut_after_sent(Octets(123'456));
//
// A rule counts the commands it matches over all connections, from the time it was written, and strikes once unless told
// otherwise. The first rule that strikes wins. Only says what shall happen; connection.cpp does it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/octets.hpp"
#include "imap/codec/request_parser.hpp"
#include "imap/codec/request_reader.hpp"
#include "imap/types/response.hpp"

namespace mailhaul::demo {

/// What happens instead of, or after, a command.
struct Fault {
    enum class Kind : std::uint8_t {
        answer,             ///< a tagged response with `text`
        bye,                ///< `* BYE text`, then the connection ends
        cut,                ///< the connection ends without a word
        freeze,             ///< no answer ever; the connection stays until the client goes
        send,               ///< `text` as it is, in place of the answer; the connection goes on
        flood,              ///< `text` again and again until the client goes
        cut_inside_answer,  ///< the first `octets` of the answer, then the connection ends
        rewrite,            ///< the answer as `rewriting` makes it
    };
    enum class Moment : std::uint8_t {
        before_continuation,  ///< when a synchronising literal is announced
        before_executing,
        after_executing,  ///< done, but its answer is lost
    };
    Kind kind = Kind::cut;
    Moment moment = Moment::before_executing;
    imap::StatusKind status = imap::StatusKind::no;
    std::string text;
    Octets octets;
    std::function<std::string(std::string)> rewriting;
};

class FaultRule {
public:
    explicit FaultRule(std::string_view verb) : verb_(verb) {}

    // Which commands. Each returns the rule.
    FaultRule& nth(std::uint32_t number);    ///< the n-th that matches, from 1
    FaultRule& times(std::uint32_t count);   ///< so many in a row
    FaultRule& always();                     ///< that one and all that follow
    FaultRule& holding(std::string octets);  ///< in its text or its literals
    FaultRule& before_continuation();        ///< at the announcement of its synchronising literal
    FaultRule& after_executing();            ///< with its effect

    // What happens.
    void ok(std::string words);  ///< a lie where not executed
    void no(std::string words);
    void bad(std::string words);
    void bye(std::string words);
    void cut();
    void freeze();
    void send(std::string octets);
    void flood(std::string octets);
    void cut_inside_answer(Octets after);
    void rewrite(std::function<std::string(std::string)> rewriting);

    /// Counts one command; the fault where it strikes.
    std::optional<Fault> strike(const imap::RequestHead& head, const imap::RawRequest& raw, bool at_continuation);

private:
    void set(Fault::Kind kind, std::string text);
    [[nodiscard]] bool matches(const imap::RequestHead& head, const imap::RawRequest& raw) const;

    std::string verb_;
    std::string holding_;
    std::uint64_t first_ = 1;
    std::uint64_t count_ = 1;
    std::uint64_t seen_ = 0;
    Fault fault_;
    bool is_armed_ = false;  // it was said what happens
};

class FaultScript {
public:
    /// `verb` in upper case, `UID FETCH` as one; `*`: any. The rule is the script's own.
    FaultRule& on(std::string_view verb) { return rules_.emplace_back(verb); }

    /// Cuts the connection that sends (or receives) the octet with this number, counted over all connections from now on,
    /// after it went. Once.
    void cut_after_sent(Octets octets) { send_left_ = octets; }
    void cut_after_received(Octets octets) { receive_left_ = octets; }

    void clear();

    // For the connection.
    std::optional<Fault> strike(const imap::RequestHead& head, const imap::RawRequest& raw, bool at_continuation);
    /// At most this many octets may still go; empty: any number.
    [[nodiscard]] std::optional<Octets> send_left() const { return send_left_; }
    [[nodiscard]] std::optional<Octets> receive_left() const { return receive_left_; }
    /// Counts octets that went; true where the connection must be cut now.
    bool count_sent(std::size_t octets) { return count(send_left_, octets); }
    bool count_received(std::size_t octets) { return count(receive_left_, octets); }

private:
    static bool count(std::optional<Octets>& left, std::size_t octets);

    std::deque<FaultRule> rules_;  // references stay valid
    std::optional<Octets> send_left_;
    std::optional<Octets> receive_left_;
};

}  // namespace mailhaul::demo
