// SPDX-License-Identifier: Apache-2.0
// Allowance: may the run go on now? Keeps the operator's limits a day, quiet hours and the limit of the whole run, by what
// the meters of both accounts say. docs/decisions/0024-limits-a-day.md.
//
// It closes once and for all: from then on nothing new is begun, what is under way is finished, and the run is paused.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/meter.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "govern/daily_budget.hpp"
#include "govern/quiet_hours.hpp"
#include "store/ledger.hpp"
#include "sync/executor/report.hpp"

namespace mailhaul::sync {

/// What the operator allows.
struct AllowanceRules {
    std::optional<Octets> source_a_day;       ///< received from the source; above 0
    std::optional<Octets> destination_a_day;  ///< sent to the destination; above 0
    std::optional<govern::QuietHours> quiet;
    std::optional<Octets> in_all;  ///< of messages copied; the one that reaches it is the last
};

class Allowance {
public:
    using Clock = std::function<std::chrono::system_clock::time_point()>;
    enum class Memory : std::uint8_t { kept, none };

    Allowance() = default;
    Allowance(const Allowance&) = delete;
    Allowance& operator=(const Allowance&) = delete;
    ~Allowance() = default;

    /// From now on octets count. `source` and `destination` are the meters of all connections to each; `ledger` tells what
    /// earlier runs used, and is told what this one uses, unless there is to be no memory. Outlived by `ledger`.
    Result<void> begin(AllowanceRules rules, std::shared_ptr<Meter> source, std::shared_ptr<Meter> destination,
                       store::Ledger& ledger, Memory memory, Clock clock);

    /// True: begin nothing new.
    [[nodiscard]] bool is_closed();
    /// What ends a run that is_closed(). Errc::throttled; or of the ledger, where it could not be told.
    [[nodiscard]] Error why() const;
    /// Of a run that ended so; to be asked once every connection is closed.
    [[nodiscard]] Pause pause(const Progress& progress) const;
    /// An Error of message scope where a message of `size` is more than a whole day allows.
    [[nodiscard]] std::optional<Error> too_big(std::uint64_t size) const;
    /// Once nothing goes any more: tells the ledger the rest.
    Result<void> finish();

private:
    friend class Commitment;

    /// What one side uses.
    struct Side {
        store::HourOfTraffic::Side which;
        std::string_view limit_words;  ///< `may be read from the source`
        std::string_view option;
        std::uint64_t Meter::* direction;
        std::shared_ptr<Meter> meter = nullptr;
        std::uint64_t begun_at = 0;  ///< on the meter
        std::uint64_t noted = 0;     ///< on the meter: this much is in `use`
        std::uint64_t untold = 0;    ///< octets in `use` that the ledger does not know
        std::int64_t told_hour = 0;  ///< the ledger knows those before
        std::uint64_t asked = 0;     ///< of messages, by this run
        govern::RecentUse use = {};
        std::optional<govern::DailyBudget> budget = std::nullopt;
        bool is_fresh = true;      ///< nothing counted when this run began
        std::uint64_t needed = 0;  ///< of room, before going on is worth it
    };

    [[nodiscard]] govern::Instant now() const;
    void note();
    Result<void> tell(Side& side);
    [[nodiscard]] std::uint64_t outstanding(const Side& side) const;
    [[nodiscard]] bool fits(const Side& side, std::uint64_t octets) const;
    [[nodiscard]] bool must_get_somewhere(const Side& side) const;
    bool may_ask(std::uint64_t of_messages, std::uint64_t from_source, std::uint64_t to_destination);
    void close(Side& side, std::uint64_t wanted);
    void close(Pause::Cause cause, std::string reason);
    [[nodiscard]] govern::Instant open_again() const;
    [[nodiscard]] std::optional<govern::Instant> finished(Octets left, govern::Instant from) const;

    AllowanceRules rules_;
    Clock clock_ = std::chrono::system_clock::now;
    store::Ledger* ledger_ = nullptr;  ///< none: nothing is remembered, and before begin()
    std::array<Side, 2> sides_{
        Side{store::HourOfTraffic::Side::source, "may be read from the source", "--source-daily-limit", &Meter::received},
        Side{store::HourOfTraffic::Side::destination, "may be sent to the destination", "--destination-daily-limit",
             &Meter::sent}};
    std::uint64_t messages_asked_ = 0;  // octets of messages alone
    std::vector<class Commitment*> commitments_;
    std::optional<Pause> closed_;
    std::optional<Error> failure_;
};

/// What one transfer asked for and has yet to come. Registered for as long as it lives.
class Commitment {
public:
    Commitment(Allowance& allowance, client::Connection& source, client::Connection& destination);
    Commitment(const Commitment&) = delete;
    Commitment& operator=(const Commitment&) = delete;
    ~Commitment();

    /// Before messages are asked for. False: not these; the allowance is closed.
    [[nodiscard]] bool ask(std::uint64_t messages, std::uint64_t octets, std::uint64_t more_to_destination);
    /// Of messages that will not come.
    void give_back(std::uint64_t octets);

private:
    friend class Allowance;
    [[nodiscard]] std::uint64_t outstanding(store::HourOfTraffic::Side side) const;

    Allowance& allowance_;
    client::Connection& source_;
    client::Connection& destination_;
    std::deque<std::uint64_t> unanswered_;  // of the source: what was asked for last
    std::uint64_t source_end_;              // what source_.received() will be when all has come
    std::uint64_t destination_end_;         // likewise, of what is sent
};

}  // namespace mailhaul::sync
