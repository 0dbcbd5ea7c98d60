// SPDX-License-Identifier: Apache-2.0
// Deleting what the plan still names after the guard rails: on the destination into a folder where a person finds it
// again, and then out of the ledger. On the source, for good: leave_source.cpp.
#include <algorithm>
#include <utility>

#include "client/mailbox_commands.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/uid_sets.hpp"

namespace mailhaul::sync {
void MailboxSync::warn_of_others_marks(const char* side) {
    run_.warn("messages of " + name() + " stay on the " + side +
              ": others there are marked \\Deleted, and this server can only expunge all of them");
}

Task<Result<void>> MailboxSync::remove() {
    if (run_.rules.delete_source) MH_CO_TRY_VOID(co_await remove_from_source());
    std::vector<imap::Uid> gone = plan_.delete_destination;
    gone.insert(gone.end(), plan_.duplicates.begin(), plan_.duplicates.end());
    if (gone.empty()) co_return Result<void>{};
    MH_CO_TRY(removed, co_await remove_from_destination(uid_set(gone)));
    if (!removed) co_return Result<void>{};
    work_.report.deleted_on_destination = static_cast<std::uint32_t>(gone.size());
    co_return forget_deleted();
}

/// Moved aside where the server can move; a folder that cannot be made deletes nothing. Returns whether they are gone.
Task<Result<bool>> MailboxSync::remove_from_destination(imap::UidSet uids) {
    if (run_.rules.delete_for_good || !client::can_move_messages(destination_)) {
        MH_CO_TRY(removed, co_await client::remove_messages(destination_, uids));
        if (!removed) warn_of_others_marks("destination");
        co_return removed;
    }
    if (!run_.report.removed_mail) {
        auto made = co_await client::create_mailbox(destination_, run_.removed_mail, std::nullopt);
        if (!made.ok() && made.error().scope >= Scope::account) co_return std::move(made).error();
        if (!made.ok()) {
            run_.warn("nothing is deleted on the destination, as the folder \"" + imap::display_name(run_.removed_mail.raw()) +
                      "\" for it cannot be made: " + made.error().describe() + " (--delete-for-good needs none)");
            co_return false;
        }
        run_.report.removed_mail = run_.removed_mail;
    }
    MH_CO_TRY_VOID(co_await client::move_messages(destination_, uids, run_.removed_mail));
    co_return true;
}

Result<void> MailboxSync::forget_deleted() {
    std::vector<imap::Uid> gone;
    for (const store::Entry& entry : view_.orphans)
        if (std::ranges::binary_search(plan_.delete_destination, entry.destination)) gone.push_back(entry.source);
    if (!pair_ || gone.empty()) return {};
    return run_.ledger.forget(*pair_, gone);
}

}  // namespace mailhaul::sync
