// SPDX-License-Identifier: Apache-2.0
// FetchSink: hears what FETCH answers, and what is said to be gone on the way.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "client/connection.hpp"
#include "client/mailbox_commands.hpp"

namespace mailhaul::client {

class FetchSink : public DataSink {
public:
    explicit FetchSink(FetchVisitor visit) : visit_(std::move(visit)) {}
    void on_response(imap::Response&& response) override {
        if (auto* fetch = std::get_if<imap::FetchResponse>(&response)) {
            if (fetch->uid) visit_(std::move(*fetch));
        } else if (const auto* gone = std::get_if<imap::VanishedResponse>(&response)) {
            const auto more = gone->uids.ranges();
            vanished_.insert(vanished_.end(), more.begin(), more.end());
        } else if (const auto* odd = std::get_if<imap::UnreadableResponse>(&response)) {
            unreadable_ = odd->reason + ": " + odd->raw;
        }
    }
    /// VANISHED, with EARLIER and without: both are gone. Once.
    [[nodiscard]] imap::UidSet vanished() { return imap::UidSet::from_ranges(std::move(vanished_)); }
    /// An Error where part of `what` could not be read.
    [[nodiscard]] Result<void> complete(const std::string& what) const {
        if (unreadable_.empty()) return {};
        return Error{Errc::bad_response, Scope::mailbox, Retry::now,
                     "part of " + what + " cannot be read, so it is not complete: " + unreadable_};
    }

private:
    FetchVisitor visit_;
    std::vector<imap::UidSet::Range> vanished_;
    std::string unreadable_;
};

}  // namespace mailhaul::client
