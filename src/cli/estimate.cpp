// SPDX-License-Identifier: Apache-2.0
#include "cli/estimate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace mailhaul::cli {
namespace {

// What one message costs beside its octets: about what a server spends on an append, at some 20 MB/s.
constexpr double octets_worth_of_a_message = 16'384;

constexpr double shortest_sample = 0.2;  // seconds; shorter ones are noise
constexpr double believed_after = 6;     // seconds of copying
constexpr double agree_within = 0.35;    // quick and slow rate, relative, to begin to believe
constexpr double disagree_beyond = 0.6;  // and to stop believing
constexpr double longest_forecast = 30 * 86'400.0;

double work_done(const sync::Progress& at) {
    return static_cast<double>(at.octets_copied.value()) + octets_worth_of_a_message * static_cast<double>(at.messages_copied);
}

double work_in_all(const sync::Progress& at) {
    return static_cast<double>(at.octets_to_copy.value()) +
           octets_worth_of_a_message * static_cast<double>(at.messages_to_copy);
}

/// Mailboxes are verified while others are still copied.
bool moves_messages(sync::Progress::Phase phase) {
    return phase == sync::Progress::Phase::copying || phase == sync::Progress::Phase::verifying;
}

std::int64_t rounded_to(std::int64_t value, std::int64_t step) { return (value + step / 2) / step * step; }

}  // namespace

void Estimator::Rate::add(double amount, double seconds) {
    const double kept = std::exp(-seconds / memory_);
    sum_ = sum_ * kept + amount / seconds * (1 - kept);
    weight_ = weight_ * kept + (1 - kept);
}

void Estimator::observe(const sync::Progress& progress, SteadyTime now) {
    if (!last_time_ || !moves_messages(progress.phase) || !moves_messages(last_.phase)) {
        last_time_ = now;
        last_ = progress;
        return;
    }
    const double seconds = std::chrono::duration<double>(now - *last_time_).count();
    if (seconds < shortest_sample) return;
    const double octets =
        static_cast<double>(progress.octets_copied.value()) - static_cast<double>(last_.octets_copied.value());
    const double work = work_done(progress) - work_done(last_);
    quick_work_.add(work, seconds);
    slow_work_.add(work, seconds);
    octets_.add(octets, seconds);
    messages_.add(static_cast<double>(progress.messages_copied) - static_cast<double>(last_.messages_copied), seconds);
    copying_seconds_ += seconds;
    last_time_ = now;
    last_ = progress;
    judge();
}

// Believing begins and ends at different disagreements, so that the words do not flicker.
void Estimator::judge() {
    const double slow = slow_work_.per_second();
    if (copying_seconds_ < believed_after || slow <= 0) {
        believable_ = false;
        return;
    }
    const double disagreement = std::abs(quick_work_.per_second() - slow) / slow;
    if (disagreement <= agree_within) believable_ = true;
    if (disagreement > disagree_beyond) believable_ = false;
}

std::optional<double> Estimator::octet_rate() const {
    return octets_.known() ? std::optional(octets_.per_second()) : std::nullopt;
}

std::optional<double> Estimator::message_rate() const {
    return messages_.known() ? std::optional(messages_.per_second()) : std::nullopt;
}

std::optional<std::chrono::seconds> Estimator::remaining() const {
    if (!believable_) return std::nullopt;
    const double left = std::max(0.0, work_in_all(last_) - work_done(last_));
    const double seconds = left / slow_work_.per_second();
    if (seconds > longest_forecast) return std::nullopt;
    return std::chrono::seconds{std::llround(seconds)};
}

double Estimator::fraction(const sync::Progress& progress) {
    if (progress.phase == sync::Progress::Phase::done) return 1;
    const double all = work_in_all(progress);
    if (all > 0) return std::clamp(work_done(progress) / all, 0.0, 1.0);
    if (progress.messages_total == 0) return 0;
    return std::clamp(static_cast<double>(progress.messages_done) / static_cast<double>(progress.messages_total), 0.0, 1.0);
}

std::string spell_remaining(std::chrono::seconds remaining) {
    const std::int64_t seconds = remaining.count();
    if (seconds < 10) return "a few seconds";
    if (seconds < 55) return "~" + std::to_string(rounded_to(seconds, 10)) + " s";
    const std::int64_t minutes = rounded_to(seconds, 60) / 60;
    if (minutes < 10) return "~" + std::to_string(minutes) + " min";
    if (minutes < 58) return "~" + std::to_string(rounded_to(minutes, 5)) + " min";
    const std::int64_t half_hours = rounded_to(minutes, 30) / 30;
    if (half_hours < 20) return "~" + std::to_string(half_hours / 2) + " h" + (half_hours % 2 == 1 ? " 30 min" : "");
    const std::int64_t hours = rounded_to(minutes, 60) / 60;
    if (hours < 48) return "~" + std::to_string(hours) + " h";
    return "~" + std::to_string(rounded_to(hours, 24) / 24) + " days";
}

std::string spell_elapsed(std::chrono::milliseconds elapsed) {
    const std::int64_t seconds = elapsed.count() / 1000;
    std::array<char, 48> text{};
    const auto print = [&](const char* format, auto... values) {
        std::snprintf(text.data(), text.size(), format, values...);
        return std::string(text.data());
    };
    if (seconds < 10) return print("%.1f s", static_cast<double>(elapsed.count()) / 1000);
    if (seconds < 60) return std::to_string(seconds) + " s";
    const long long minutes = seconds / 60;
    if (minutes < 60) return print("%lld min %02lld s", minutes, static_cast<long long>(seconds % 60));
    if (minutes < 48 * 60) return print("%lld h %02lld min", minutes / 60, minutes % 60);
    return print("%lld d %lld h", minutes / 1440, minutes / 60 % 24);
}

}  // namespace mailhaul::cli
