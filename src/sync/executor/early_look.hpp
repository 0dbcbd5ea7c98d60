// SPDX-License-Identifier: Apache-2.0
// EarlyLook: the look at what was stored, asked for behind the last APPEND and answered with it, which saves a round trip. Good
// for a few messages: it asks for everything at once, dates included. It proves nothing missing: what it does not
// show is looked for once more. The mailbox is opened anew for it, as Dovecot shows a client that has more commands on
// their way nothing that came since the last answer.
#pragma once

#include <optional>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/connection.hpp"
#include "imap/types/response.hpp"
#include "sync/planner/snapshot.hpp"

namespace mailhaul::sync {

class EarlyLook {
public:
    /// `selected`: the destination, open under `name`, of which everything below `first` is known.
    EarlyLook(imap::SelectedMailbox selected, imap::MailboxName name, imap::Uid first);

    /// Asks. Once.
    void begin(client::Connection& destination);
    /// Everything untagged that the destination says from then on.
    void hear(imap::Response&& response);
    /// Waits for the answer, where it was asked. Errors: the mailbox cannot be opened any more, or is another one (of mailbox
    /// scope, retry now): nothing must be done in it by the UIDs known so far.
    Task<Result<void>> finish(client::Connection& destination);
    /// What it showed; empty where it was not asked or is refused. Once.
    [[nodiscard]] std::optional<Snapshot> take();

private:
    Snapshot seen_;
    imap::MailboxName name_;
    imap::Uid first_;
    std::optional<imap::CommandId> opening_;
    std::optional<imap::CommandId> asked_;
    bool is_answered_ = false;
    bool is_another_ = false;  ///< the mailbox opened anew, by its UIDVALIDITY
};

}  // namespace mailhaul::sync
