// SPDX-License-Identifier: Apache-2.0
// Deleting what the plan still names after the guard rails: on the source for good, on the destination into a folder
// where a person finds it again, and then out of the ledger.
#include <algorithm>
#include <utility>

#include "client/mailbox_commands.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "sync/executor/mailbox_sync.hpp"

namespace mailhaul::sync {
namespace {

imap::UidSet uid_set(const std::vector<imap::Uid>& uids) {
    imap::UidSet set;
    for (const imap::Uid uid : uids) set.insert(uid);
    return set;
}

std::string stay_because_of_others(const std::string& mailbox, const char* side) {
    return "messages of " + mailbox + " stay on the " + side +
           ": others there are marked \\Deleted, and this server can only expunge all of them";
}

}  // namespace

Task<Result<void>> MailboxSync::remove() {
    if (run_.rules.delete_source) {
        std::vector<imap::Uid> gone = plan_.delete_source;
        std::size_t repaired = plan_.keep_repaired.size();
        for (const Confirmed& one : confirmed_) {
            if (one.was_repaired) ++repaired;
            else gone.push_back(one.source);
        }
        if (repaired > 0)
            run_.warn(spell_messages(repaired) + " of " + name() +
                      " stay on the source: repaired for the destination, only the source has them as they were");
        MH_CO_TRY_VOID(remember_marks(gone));
        MH_CO_TRY(removed, co_await client::remove_messages(source_, uid_set(gone)));
        if (removed) work_.report.deleted_on_source = static_cast<std::uint32_t>(gone.size());
        else run_.warn(stay_because_of_others(name(), "source"));
    }
    if (plan_.delete_destination.empty()) co_return Result<void>{};
    MH_CO_TRY(removed, co_await remove_from_destination(uid_set(plan_.delete_destination)));
    if (!removed) co_return Result<void>{};
    work_.report.deleted_on_destination = static_cast<std::uint32_t>(plan_.delete_destination.size());
    co_return forget_deleted();
}

/// Before the source's messages are marked \\Deleted: the mark is then no flag that somebody set since the last pass, and
/// is not carried to the copies if this run breaks before it expunges.
Result<void> MailboxSync::remember_marks(const std::vector<imap::Uid>& gone) {
    if (!pair_ || gone.empty()) return {};
    std::vector<std::pair<imap::Uid, imap::FlagSet>> marked;
    for (const imap::Uid uid : gone) {
        imap::FlagSet flags = from_.flags_of(*from_.find(uid));
        flags.insert("\\Deleted");
        marked.emplace_back(uid, std::move(flags));
    }
    return run_.ledger.record_flags(*pair_, marked);
}

/// Moved aside where the server can move; a folder that cannot be made deletes nothing. Returns whether they are gone.
Task<Result<bool>> MailboxSync::remove_from_destination(imap::UidSet uids) {
    if (run_.rules.delete_for_good || !client::can_move_messages(destination_)) {
        MH_CO_TRY(removed, co_await client::remove_messages(destination_, uids));
        if (!removed) run_.warn(stay_because_of_others(name(), "destination"));
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
