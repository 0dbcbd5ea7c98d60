// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/remove_mailboxes.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "client/mailbox_commands.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "sync/mapping/pattern.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::uint64_t arrived_meanwhile = 10'000;
constexpr int most_names_tried = 20;  // below the folder for removed mail, where a name was used before

std::string quoted(const imap::MailboxName& name) { return "\"" + imap::display_name(name.raw()) + "\""; }

Result<std::optional<Pattern>> compile_where_given(std::string_view option, const std::string& text) {
    if (text.empty()) return std::optional<Pattern>();
    MH_TRY(pattern, Pattern::compile(option, text));
    return std::optional(std::move(pattern));
}

class MailboxRemover {
public:
    MailboxRemover(RunState& run, const FolderRules& folders, const ListedSide& destination,
                   const std::set<imap::MailboxName>& needed)
        : run_(run), folders_(folders), destination_(destination), stays_(needed) {
        facts_.deleted_before = run.let_go;
        for (const client::ListedMailbox& listed : destination.listing) {
            names_.insert(listed.info.name);
            if (!facts_.separator) facts_.separator = listed.info.separator;
        }
    }

    Task<Result<void>> run(const ListedSide& source, MappingRules mapping) {
        MH_CO_TRY(excluded, compile_all("--exclude", mapping.exclude));
        excluded_ = std::move(excluded);
        auto mapped = note_what_is_mapped(source.tree, std::move(mapping));
        if (!mapped.ok()) {
            run_.warn("no folder is removed from the destination, as not every folder of the source has a place there: " +
                      mapped.error().describe());
            co_return Result<void>{};
        }
        MH_CO_TRY_VOID(note_what_is_ours(source.listing));
        MH_CO_TRY_VOID(choose_candidates());
        for (FolderCandidate& candidate : facts_.candidates) MH_CO_TRY_VOID(co_await look_into(candidate));
        FolderPlan plan = plan_folder_deletions(facts_, folders_.which, run_.rules.guard);
        say(plan);
        for (const FolderCandidate& folder : plan.remove) run_.let_go += folder.messages;
        if (run_.dry_run) {
            for (const FolderCandidate& folder : plan.remove)
                run_.report.removed_mailboxes.push_back({folder.name, folder.messages, {}});
            co_return Result<void>{};
        }
        if (run_.rules.delete_for_good) std::ranges::reverse(plan.remove);  // children first
        for (const FolderCandidate& folder : plan.remove) MH_CO_TRY_VOID(co_await remove(folder));
        co_return Result<void>{};
    }

private:
    /// What any mailbox of the source goes to, or would if it were wanted, stays.
    Result<void> note_what_is_mapped(const MailboxTree& source, MappingRules mapping) {
        mapping.folders.clear();
        mapping.folders_recursive.clear();
        mapping.include.clear();
        mapping.exclude.clear();
        mapping.subscribed_only = false;
        mapping.skip_virtual = false;
        sub_folder_ = mapping.sub_folder_destination;
        MH_TRY(mapped, map_mailboxes(source, destination_.tree, mapping));
        for (const MailboxMapping& one : mapped.mailboxes) {
            stays_.insert(one.destination);
            stays_.insert(one.fallback);
        }
        for (const imap::MailboxInfo& info : source.mailboxes) source_names_.insert(info.name);
        return {};
    }

    Result<void> note_what_is_ours(const std::vector<client::ListedMailbox>& source) {
        std::set<imap::MailboxName> listed;
        for (const client::ListedMailbox& one : source)
            if (!one.info.no_select) listed.insert(one.info.name);
        facts_.on_source = listed.size();
        MH_TRY(pairs, run_.ledger.pairs());
        std::set<imap::MailboxName> recorded;
        for (store::PairKey& pair : pairs) {
            recorded.insert(pair.source.name);
            MH_TRY(excluded, is_excluded(pair.source.name));
            if (excluded || listed.contains(pair.source.name)) still_fed_.insert(pair.destination.name);
            pairs_to_[pair.destination.name].push_back(std::move(pair));
        }
        facts_.recorded = recorded.size();
        for (const imap::MailboxName& name : recorded) facts_.lost += listed.contains(name) ? 0 : 1;
        return {};
    }

    /// What is not to be copied is not to be looked for either: nobody knows whether it is gone.
    [[nodiscard]] Result<bool> is_excluded(const imap::MailboxName& name) const {
        for (const Pattern& pattern : excluded_) {
            MH_TRY(matches, pattern.matches(imap::display_name(name.raw())));
            if (matches) return true;
        }
        return false;
    }

    [[nodiscard]] bool may_go(const imap::MailboxInfo& info) const {
        const imap::MailboxName& name = info.name;
        if (info.no_select || name.is_inbox() || !info.special_uses.empty() || stays_.contains(name)) return false;
        const std::string& removed = run_.removed_mail.raw();
        if (name == run_.removed_mail || (facts_.separator && name.raw().starts_with(removed + *facts_.separator)))
            return false;
        if (foreign_prefix(name.raw(), destination_.tree, destination_.naming)) return false;
        if (folders_.which == DeleteFolders::ours) return pairs_to_.contains(name) && !still_fed_.contains(name);
        return !source_names_.contains(name) && without_prefix(name.raw(), destination_.naming) != sub_folder_;
    }

    Result<void> choose_candidates() {
        MH_TRY(only, compile_where_given("--delete2foldersonly", folders_.only));
        MH_TRY(but_not, compile_where_given("--delete2foldersbutnot", folders_.but_not));
        for (const client::ListedMailbox& listed : destination_.listing) {
            if (!may_go(listed.info)) {
                if (!listed.info.no_select) facts_.stays.push_back(listed.info.name);
                continue;
            }
            FolderCandidate candidate;
            candidate.name = listed.info.name;
            if (only) {
                MH_TRY(matches, only->matches(candidate.name.raw()));
                candidate.is_chosen = matches;
            }
            if (but_not) {
                MH_TRY(matches, but_not->matches(candidate.name.raw()));
                candidate.is_chosen = candidate.is_chosen && !matches;
            }
            facts_.candidates.push_back(std::move(candidate));
        }
        return {};
    }

    /// What is in it, and whether the ledger knows all of that. Of another UIDVALIDITY nothing is known.
    Task<Result<void>> look_into(FolderCandidate& candidate) {
        client::Connection& connection = destination_.connection;
        auto opened = co_await client::open_mailbox(connection, candidate.name, imap::SelectMode::examine);
        if (!opened.ok() && opened.error().scope >= Scope::account) co_return std::move(opened).error();
        if (!opened.ok()) {
            candidate.is_chosen = false;  // what cannot be looked into stays
            co_return Result<void>{};
        }
        candidate.messages = opened.value().exists;
        imap::UidSet known;
        for (const store::PairKey& pair : pairs_to_[candidate.name]) {
            if (opened.value().uid_validity != pair.destination.uid_validity) continue;
            candidate.is_ours = true;
            MH_CO_TRY(entries, run_.ledger.entries(pair));
            for (const store::Entry& entry : entries) known.insert(entry.destination);
        }
        MH_CO_TRY(uids, co_await client::list_uids(connection));
        if (uids.size() > candidate.messages + arrived_meanwhile) {  // a range costs the server nothing, and us a walk along it
            candidate.is_chosen = false;
            co_return Result<void>{};
        }
        for (const auto& [from, to] : uids.ranges())
            for (std::uint64_t uid = from.value(); uid <= to.value(); ++uid)
                if (!known.contains(imap::Uid(static_cast<std::uint32_t>(uid))))
                    candidate.strangers.add(imap::Uid(static_cast<std::uint32_t>(uid)));
        co_return Result<void>{};
    }

    void say(const FolderPlan& plan) {
        for (const RefusedFolder& refused : plan.refused) {
            std::string why = refused.why.evidence + " (mailhaul sync " + refused.why.option + " removes it all the same)";
            if (refused.above) why = quoted(*refused.above) + " below it stays";
            run_.warn("the folder " + quoted(refused.name) + " is not removed from the destination: " + why);
        }
        run_.report.mailboxes_refused += static_cast<std::uint32_t>(plan.refused.size());
        const std::string told = " from the destination as told, although ";
        if (plan.shrinking) run_.warn("folders are removed" + told + *plan.shrinking);
        for (const FolderInUse& used : plan.although)
            run_.warn("the folder " + quoted(used.name) + " is removed" + told + used.evidence);
    }

    Task<Result<void>> remove(FolderCandidate folder) {
        if (!names_.contains(folder.name)) {  // went with the one above it
            run_.report.removed_mailboxes.push_back({folder.name, folder.messages, place_of_[folder.name]});
            co_return Result<void>{};
        }
        std::optional<imap::MailboxName> place;
        Result<void> done;
        if (run_.rules.delete_for_good) {
            // Some servers end a connection whose selected mailbox is deleted, and this one was looked at.
            const imap::MailboxName inbox("INBOX");
            MH_CO_TRY_VOID(co_await client::open_mailbox(destination_.connection, inbox, imap::SelectMode::examine));
            done = co_await client::delete_mailbox(destination_.connection, folder.name);
        } else {
            MH_CO_TRY_VOID(co_await make_place());
            place = free_place(folder.name);
            done = co_await client::rename_mailbox(destination_.connection, folder.name, *place);
        }
        if (!done.ok() && done.error().scope >= Scope::account) co_return std::move(done).error();
        if (!done.ok()) {
            ++run_.report.mailboxes_refused;
            run_.warn("the folder " + quoted(folder.name) + " is not removed from the destination: " + done.error().describe() +
                      (place ? " (--delete-for-good needs no other place for it)" : ""));
            co_return Result<void>{};
        }
        if (place) run_.report.removed_mail = run_.removed_mail;
        note_gone(folder.name, place);
        run_.report.removed_mailboxes.push_back({folder.name, folder.messages, place});
        auto unsubscribed = co_await client::unsubscribe_mailbox(destination_.connection, folder.name);
        if (!unsubscribed.ok() && unsubscribed.error().scope >= Scope::account) co_return std::move(unsubscribed).error();
        co_return Result<void>{};
    }

    Task<Result<void>> make_place() {
        if (run_.report.removed_mail || names_.contains(run_.removed_mail)) co_return Result<void>{};
        auto made = co_await client::create_mailbox(destination_.connection, run_.removed_mail, std::nullopt);
        if (!made.ok() && made.error().scope >= Scope::account) co_return std::move(made).error();
        co_return Result<void>{};  // where it could not be made, the renaming is refused, and that is told
    }

    /// Below the folder for removed mail, under its own name and a number where that is taken.
    [[nodiscard]] imap::MailboxName free_place(const imap::MailboxName& name) const {
        const std::string wanted = run_.removed_mail.raw() + facts_.separator.value_or('/') +
                                   std::string(without_prefix(name.raw(), destination_.naming));
        for (int number = 2; number <= most_names_tried; ++number) {
            const imap::MailboxName place(number == 2 ? wanted : wanted + " " + std::to_string(number - 1));
            if (!names_.contains(place)) return place;
        }
        return imap::MailboxName(wanted);
    }

    void note_gone(const imap::MailboxName& name, const std::optional<imap::MailboxName>& place) {
        names_.erase(name);
        if (!place) return;
        names_.insert(*place);
        std::vector<imap::MailboxName> below;
        for (const imap::MailboxName& one : names_)
            if (facts_.separator && one.raw().starts_with(name.raw() + *facts_.separator)) below.push_back(one);
        for (const imap::MailboxName& one : below) {
            names_.erase(one);
            place_of_[one] = imap::MailboxName(place->raw() + one.raw().substr(name.raw().size()));
            names_.insert(place_of_[one]);
        }
    }

    RunState& run_;
    const FolderRules& folders_;
    const ListedSide& destination_;
    std::set<imap::MailboxName> stays_;
    std::set<imap::MailboxName> names_;  // on the destination now
    std::set<imap::MailboxName> source_names_;
    std::vector<Pattern> excluded_;
    std::set<imap::MailboxName> still_fed_;  // destinations of mailboxes that are on the source, or excluded
    std::map<imap::MailboxName, std::vector<store::PairKey>> pairs_to_;
    std::map<imap::MailboxName, imap::MailboxName> place_of_;  // of those that went with another
    std::string sub_folder_;
    FolderFacts facts_;
};

}  // namespace

Task<Result<void>> remove_mailboxes(RunState& run, const FolderRules& folders, const MappingRules& mapping,
                                    const ListedSide& source, const ListedSide& destination,
                                    const std::set<imap::MailboxName>& needed) {
    MailboxRemover remover(run, folders, destination, needed);
    auto removed = co_await remover.run(source, mapping);
    if (!removed.ok()) co_return std::move(removed).error().while_doing("removing folders from the destination");
    co_return removed;
}

}  // namespace mailhaul::sync
