// SPDX-License-Identifier: Apache-2.0
// Mailboxes of the source that hold no message and no mailbox go, where asked to (imapsync --delete1emptyfolders). And the
// order in which mailboxes are taken where one must wait for another.
#include <algorithm>
#include <tuple>
#include <utility>

#include "client/classify.hpp"
#include "client/mailbox_commands.hpp"
#include "imap/codec/command.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "sync/executor/account_sync.hpp"

namespace mailhaul::sync {
namespace {

bool has_children(const imap::MailboxName& name, std::optional<char> separator, const std::vector<client::ListedMailbox>& all) {
    if (!separator) return false;
    const std::string below = name.raw() + *separator;
    return std::ranges::any_of(all, [&](const client::ListedMailbox& one) { return one.info.name.raw().starts_with(below); });
}

/// Two questions of the mailbox itself, as STATUS may be of a while ago. False where it must stay.
Task<Result<bool>> is_empty(client::Connection& source, imap::MailboxName name) {
    MH_CO_TRY(selected, co_await client::open_mailbox(source, std::move(name), imap::SelectMode::examine));
    if (selected.exists > 0) co_return false;
    MH_CO_TRY(uids, co_await client::list_uids(source));
    co_return uids.empty();
}

}  // namespace

/// The last names first, so that a mailbox is looked at after those below it went.
Task<Result<void>> AccountSync::remove_empty_source() {
    if (!first_lane_.source || !first_lane_.source->is_open()) co_return Result<void>{};
    client::Connection& source = *first_lane_.source;
    std::vector<imap::MailboxName> wanted;
    for (const MailboxMapping& mapped : mapping_.mailboxes) wanted.push_back(mapped.source.name);
    std::ranges::sort(wanted, [](const auto& a, const auto& b) { return a.raw() > b.raw(); });
    std::vector<imap::MailboxName> gone;
    for (const imap::MailboxName& name : wanted) {
        const auto listed = std::ranges::find_if(source_listing_, [&](const auto& one) { return one.info.name == name; });
        if (name.is_inbox() || listed == source_listing_.end() || run_.must_stop()) continue;
        if (has_children(name, listed->info.separator, source_listing_)) continue;
        MH_CO_TRY(empty, co_await is_empty(source, name));
        if (!empty) continue;
        if (!run_.dry_run) {
            MH_CO_TRY_VOID(co_await source.run(imap::close_command(), client::Doing::listing));
            static_cast<void>(co_await client::unsubscribe_mailbox(source, name));
            auto deleted = co_await client::delete_mailbox(source, name);
            if (!deleted.ok() && deleted.error().scope >= Scope::account) co_return std::move(deleted).error();
            if (!deleted.ok()) {
                run_.warn("\"" + imap::display_name(name.raw()) + "\" stays on the source: " + deleted.error().describe());
                continue;
            }
        }
        run_.report.removed_from_source.push_back(name);
        gone.push_back(name);
        source_listing_.erase(listed);
    }
    const auto is_gone = [&](const imap::MailboxName& name) { return std::ranges::find(gone, name) != gone.end(); };
    if (work_.empty())
        std::erase_if(mapping_.mailboxes, [&](const MailboxMapping& mapped) { return is_gone(mapped.source.name); });
    co_return Result<void>{};
}

void AccountSync::put_in_order() {
    const auto place_in = [&](const std::vector<std::string>& names, std::size_t index) {
        const auto found = std::ranges::find(names, work_[index].report.source.raw());
        return static_cast<std::size_t>(found - names.begin());
    };
    // Where labels are given the view of all mail comes first: the folders then find their messages there.
    const auto is_late = [&](std::size_t index) {
        const auto& uses = mapping_.mailboxes[index].source.special_uses;
        return run_.rules.labels.is_anything() && std::ranges::find(uses, imap::SpecialUse::all) == uses.end();
    };
    std::ranges::sort(queue_, {}, [&](std::size_t index) {
        const std::size_t last = place_in(plan_.last, index);
        return std::tuple(is_late(index), last == plan_.last.size() ? 0 : last + 1, place_in(plan_.first, index),
                          work_[index].report.source.raw());
    });
}

}  // namespace mailhaul::sync
