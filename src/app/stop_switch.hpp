// SPDX-License-Identifier: Apache-2.0
// Stopping a run by a signal: the first asks it to finish what is under way, the second abandons it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <functional>
#include <optional>

namespace mailhaul::app {

/// Pulled once; set by the run while there is something to stop.
struct StopSwitch {
    std::function<void()> pull;
};

/// SIGINT, SIGTERM and SIGQUIT for as long as it lives, on `loop`. Both are borrowed.
class StopOnSignals {
public:
    StopOnSignals(boost::asio::io_context& loop, StopSwitch& stop)
        : loop_(loop), stop_(stop), signals_(loop, SIGINT, SIGTERM, SIGQUIT) {
        wait();
    }
    StopOnSignals(const StopOnSignals&) = delete;
    StopOnSignals& operator=(const StopOnSignals&) = delete;
    ~StopOnSignals() = default;

    /// The run has ended: the loop need not be kept alive for more signals.
    void cancel() { signals_.cancel(); }
    /// The last one that came.
    [[nodiscard]] std::optional<int> stopped_by() const { return stopped_by_; }

private:
    void wait() {
        signals_.async_wait([this](const boost::system::error_code& cancelled, int signal) {
            if (!cancelled) on_signal(signal);
        });
    }
    void on_signal(int signal) {
        stopped_by_ = signal;
        if (!stop_.pull) {
            loop_.stop();  // nothing is under way that could be finished
            return;
        }
        stop_.pull();
        stop_.pull = nullptr;  // the second signal abandons
        wait();
    }

    boost::asio::io_context& loop_;
    StopSwitch& stop_;
    boost::asio::signal_set signals_;
    std::optional<int> stopped_by_;
};

}  // namespace mailhaul::app
