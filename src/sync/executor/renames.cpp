// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/renames.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "client/mailbox_commands.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "message/message_id.hpp"
#include "sync/planner/renames.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::size_t most_sampled = 32;  // oldest messages of a mailbox; a rename keeps them all, an accident hardly one

std::string quoted(const imap::MailboxName& name) { return "\"" + imap::display_name(name.raw()) + "\""; }

std::string in_words(const HeldRename& held) {
    switch (held.why) {
        case Obstacle::inbox: return "INBOX of the destination keeps its name and its mail";
        case Obstacle::role: return "that folder has a role there (Sent, Trash, ...)";
        case Obstacle::shared: return quoted(held.by) + " of the source shares that folder";
        case Obstacle::taken: return "the destination has a folder " + quoted(held.by) + " as well";
        case Obstacle::below_itself: return "a folder cannot be put below itself";
        case Obstacle::child: return quoted(held.by) + " below it would be renamed with it";
    }
    return {};
}

class RenameFollower {
public:
    RenameFollower(RunState& run, const Mapping& mapping, const ListedSide& source, const ListedSide& destination)
        : run_(run), source_(source), destination_(destination) {
        for (const client::ListedMailbox& listed : source.listing) {
            if (listed.info.no_select) continue;
            facts_.listed.emplace(listed.info.name, std::nullopt);
        }
        add_wanted(mapping);
        for (const client::ListedMailbox& listed : destination.listing) {
            ground_.mailboxes[listed.info.name] = !listed.info.no_select;
            if (!listed.info.special_uses.empty()) ground_.with_role.insert(listed.info.name);
            if (!ground_.separator) ground_.separator = listed.info.separator;
            if (listed.status && listed.status->uid_validity)
                facts_.destination.emplace(listed.info.name, *listed.status->uid_validity);
        }
    }

    Task<Result<FollowedRenames>> run(OnRename on_rename) {
        MH_CO_TRY_VOID(remember());
        MH_CO_TRY_VOID(co_await learn_ids());
        MH_CO_TRY_VOID(co_await find());
        if (on_rename == OnRename::copy_again) {
            for (const Rename& rename : renames_) say_copied_again(rename);
        } else if (run_.dry_run) {
            foretell();
        } else {
            MH_CO_TRY_VOID(co_await follow());
        }
        co_return std::move(followed_);
    }

private:
    void add_wanted(const Mapping& mapping) {
        std::unordered_map<std::string, const imap::MailboxStatus*> counters;
        for (const client::ListedMailbox& listed : source_.listing)
            if (listed.status) counters.emplace(listed.info.name.raw(), &*listed.status);
        for (const MailboxMapping& mapped : mapping.mailboxes) {
            const auto found = counters.find(mapped.source.name.raw());
            if (found == counters.end() || !found->second->uid_validity) continue;
            const imap::MailboxStatus& status = *found->second;
            facts_.source.push_back(
                {{mapped.source.name, *status.uid_validity}, std::nullopt, status.messages.value_or(0), mapped.destination});
        }
    }

    Result<void> remember() {
        MH_TRY(pairs, run_.ledger.pairs());
        MH_TRY(ids, run_.ledger.mailbox_ids());
        facts_.pairs = std::move(pairs);
        facts_.ids = std::move(ids);
        return {};
    }

    /// Of a mailbox the ledger knows the MAILBOXID is there; of any other EXAMINE tells it. Not STATUS: Cyrus 3.6 answers
    /// MAILBOXID beside MESSAGES with whatever lies in its memory.
    Task<Result<void>> learn_ids() {
        if (facts_.pairs.empty() || !source_.connection.capabilities().has("OBJECTID")) co_return Result<void>{};
        std::set<std::pair<imap::MailboxName, imap::UidValidity>> known;
        std::map<std::pair<imap::MailboxName, imap::UidValidity>, std::string> ids;
        for (const store::PairKey& pair : facts_.pairs) known.emplace(pair.source.name, pair.source.uid_validity);
        for (const store::MailboxId& one : facts_.ids)
            ids.emplace(std::pair(one.mailbox.name, one.mailbox.uid_validity), one.id);
        for (SourceMailbox& mailbox : facts_.source) {
            const std::pair key(mailbox.key.name, mailbox.key.uid_validity);
            const auto remembered = ids.find(key);
            if (!known.contains(key)) {
                auto opened = co_await client::open_mailbox(source_.connection, mailbox.key.name, imap::SelectMode::examine);
                if (!opened.ok() && opened.error().scope >= Scope::account) co_return std::move(opened).error();
                if (opened.ok()) mailbox.id = opened.value().mailbox_id;
            } else if (remembered != ids.end()) {
                mailbox.id = remembered->second;
            }
            facts_.listed[mailbox.key.name] = mailbox.id;
        }
        co_return Result<void>{};
    }

    Task<Result<void>> find() {
        RenameCandidates found = find_renames(facts_);
        renames_ = std::move(found.certain);
        if (found.gone.empty()) co_return Result<void>{};
        std::vector<Look> looks;
        for (const std::size_t unknown : found.unknown) {
            const bool needed = std::ranges::any_of(
                found.gone, [&](const store::PairKey& gone) { return needs_look_at_messages(facts_, unknown, gone); });
            if (!needed) continue;
            MH_CO_TRY(oldest, co_await sample(facts_.source[unknown].key.name));
            if (!oldest.empty()) looks.push_back({unknown, std::move(oldest), {}});
        }
        for (const store::PairKey& gone : found.gone) MH_CO_TRY_VOID(compare(gone, looks));
        judge(looks);
        co_return Result<void>{};
    }

    struct Look {
        std::size_t source;  ///< index of facts_.source
        std::vector<SampledMessage> oldest;
        std::vector<std::pair<store::PairKey, Likeness>> like;
    };

    /// The oldest messages; none of a mailbox that cannot be read now: who copies it says why.
    Task<Result<std::vector<SampledMessage>>> sample(imap::MailboxName mailbox) {
        std::vector<SampledMessage> oldest;
        auto opened = co_await client::open_mailbox(source_.connection, std::move(mailbox), imap::SelectMode::examine);
        if (!opened.ok() && opened.error().scope >= Scope::account) co_return std::move(opened).error();
        if (!opened.ok()) co_return oldest;
        auto uids = co_await client::list_uids(source_.connection);
        if (!uids.ok() && uids.error().scope >= Scope::account) co_return std::move(uids).error();
        if (!uids.ok() || uids.value().empty()) co_return oldest;
        imap::UidSet first;
        for (const auto& [from, to] : uids.value().ranges())
            for (std::uint64_t uid = from.value(); uid <= to.value() && oldest.size() < most_sampled; ++uid) {
                oldest.push_back({imap::Uid(static_cast<std::uint32_t>(uid)), std::nullopt});
                first.insert(oldest.back().uid);
            }
        const auto note = [&](imap::FetchResponse&& fetch) {
            const auto place = std::ranges::find(oldest, *fetch.uid, &SampledMessage::uid);
            for (const imap::BodySection& section : fetch.sections)
                if (place != oldest.end()) place->message_id = message::message_id_digest(section.text);
        };
        std::vector<std::string> sets;
        sets.push_back(first.to_string());
        auto read = co_await client::fetch_items(source_.connection, std::move(sets),
                                                 "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])", note);
        if (!read.ok() && read.error().scope >= Scope::account) co_return std::move(read).error();
        co_return oldest;
    }

    Result<void> compare(const store::PairKey& gone, std::vector<Look>& looks) {
        std::optional<std::vector<store::Entry>> entries;
        for (Look& look : looks) {
            if (!needs_look_at_messages(facts_, look.source, gone)) continue;
            if (!entries) {
                MH_TRY(read, run_.ledger.entries(gone));
                entries = std::move(read);
            }
            const SourceMailbox& mailbox = facts_.source[look.source];
            const Likeness likeness =
                judge_likeness(look.oldest, mailbox.messages, *entries, gone.source.uid_validity == mailbox.key.uid_validity);
            if (likeness != Likeness::other) look.like.emplace_back(gone, likeness);
        }
        return {};
    }

    /// A rename has one mailbox on either end; anything else is told and no more.
    void judge(const std::vector<Look>& looks) {
        for (const Look& look : looks) {
            const auto is_rival = [&](const Look& other) {
                return &other != &look && std::ranges::any_of(other.like, [&](const auto& one) {
                    return one.first.source.name == look.like.front().first.source.name;
                });
            };
            if (look.like.empty()) continue;
            const auto& [was, likeness] = look.like.front();
            const bool is_sure =
                look.like.size() == 1 && likeness >= Likeness::same_messages && std::ranges::none_of(looks, is_rival);
            if (is_sure) renames_.push_back({look.source, was, likeness == Likeness::same_uids ? Uids::same : Uids::other});
            else say_alike(look);
        }
    }

    void say_alike(const Look& look) {
        const SourceMailbox& mailbox = facts_.source[look.source];
        for (const auto& [was, likeness] : look.like)
            run_.warn(quoted(mailbox.key.name) + " may be " + quoted(was.source.name) +
                      " of earlier runs, which is gone from the source: if it was renamed, its messages are copied again to " +
                      quoted(mailbox.destination) + " while the earlier copies stay in " + quoted(was.destination.name));
    }

    void say_copied_again(const Rename& rename) {
        const SourceMailbox& mailbox = facts_.source[rename.source];
        if (mailbox.destination == rename.was.destination.name) return;
        run_.warn(quoted(mailbox.key.name) + " was " + quoted(rename.was.source.name) +
                  " on the source when it was copied: it is copied again to " + quoted(mailbox.destination) +
                  ", and the earlier copies stay in " + quoted(rename.was.destination.name));
    }

    void hold(const Rename& rename, const std::string& reason, std::string said = {}) {
        const SourceMailbox& mailbox = facts_.source[rename.source];
        const std::string words = "this was " + quoted(rename.was.source.name) + " when it was copied, and its copies are in " +
                                  quoted(rename.was.destination.name) + " on the destination, which cannot become " +
                                  quoted(mailbox.destination) + ": " + reason +
                                  "; nothing is copied a second time: move them there and run again, or use --copy-renamed";
        followed_.needed.insert(rename.was.destination.name);
        followed_.held.emplace(mailbox.key.name,
                               Error{Errc::mailbox_renamed, Scope::mailbox, Retry::never, words, std::move(said)});
    }

    void report(const Rename& rename) {
        const SourceMailbox& mailbox = facts_.source[rename.source];
        run_.report.renamed.push_back(
            {rename.was.source.name, mailbox.key.name, rename.was.destination.name, mailbox.destination});
    }

    void foretell() {
        const RenamePlan plan = plan_renames(facts_, renames_, ground_);
        for (const HeldRename& held : plan.held) hold(renames_[held.rename], in_words(held));
        const auto look_under = [&](const Rename& rename) {
            const store::MailboxKey& now = facts_.source[rename.source].key;
            followed_.still_under.emplace(
                now.name, store::PairKey{rename.uids == Uids::same ? rename.was.source : now, rename.was.destination});
        };
        for (const std::size_t named : plan.named) look_under(renames_[named]);
        for (const RenameStep& step : plan.steps) {
            followed_.needed.insert(renames_[step.rename].was.destination.name);
            report(renames_[step.rename]);
            look_under(renames_[step.rename]);
        }
    }

    Task<Result<void>> follow() {
        const RenamePlan plan = plan_renames(facts_, renames_, ground_);
        for (const HeldRename& held : plan.held) hold(renames_[held.rename], in_words(held));
        for (const std::size_t named : plan.named)
            MH_CO_TRY_VOID(carry_over(renames_[named], renames_[named].was.destination.uid_validity));
        bool parent_moved = false;
        for (const RenameStep& step : plan.steps) {
            const Rename& rename = renames_[step.rename];
            if (!step.comes_along || !parent_moved) {
                MH_CO_TRY(moved, co_await rename_there(rename));
                if (!step.comes_along) parent_moved = moved;
                if (!moved) continue;
            }
            MH_CO_TRY_VOID(co_await confirm(rename));
        }
        co_return Result<void>{};
    }

    /// False where the destination refuses.
    Task<Result<bool>> rename_there(Rename rename) {
        const imap::MailboxName& to = facts_.source[rename.source].destination;
        auto done = co_await client::rename_mailbox(destination_.connection, rename.was.destination.name, to);
        if (!done.ok() && done.error().scope >= Scope::account) co_return std::move(done).error();
        if (done.ok()) co_return true;
        hold(rename, "its server refuses to rename it", done.error().server_text);
        co_return false;
    }

    /// Looks whether the mailbox has its new name, and goes on with what is known of it.
    Task<Result<void>> confirm(Rename rename) {
        const imap::MailboxName& to = facts_.source[rename.source].destination;
        followed_.changed_destination = true;
        auto status = co_await client::ask_status(destination_.connection, to);
        if (!status.ok() && status.error().scope >= Scope::account) co_return std::move(status).error();
        if (!status.ok()) {
            hold(rename, "its server renamed it, but has no such folder now", status.error().server_text);
            co_return Result<void>{};
        }
        report(rename);
        MH_CO_TRY_VOID(co_await move_subscription(rename.was.destination.name, to));
        if (!status.value().uid_validity) co_return Result<void>{};
        co_return carry_over(rename, *status.value().uid_validity);
    }

    /// Every pair of the mailbox, those of earlier UIDVALIDITYs too: they are what guards deletions. Where a side gave new
    /// UIDs, what is known is left behind, and the messages are recognised by what they are.
    Result<void> carry_over(const Rename& rename, imap::UidValidity there) {
        const SourceMailbox& mailbox = facts_.source[rename.source];
        if (rename.uids != Uids::same || there != rename.was.destination.uid_validity) return {};
        for (const store::PairKey& pair : facts_.pairs) {
            if (pair.source.name != rename.was.source.name || pair.destination != rename.was.destination) continue;
            const store::PairKey now{{mailbox.key.name, pair.source.uid_validity}, {mailbox.destination, there}};
            MH_TRY_VOID(run_.ledger.rename_pair(pair, now));
        }
        return {};
    }

    /// RENAME leaves subscriptions alone (RFC 9051 section 6.3.6).
    Task<Result<void>> move_subscription(imap::MailboxName from, imap::MailboxName to) {
        const auto had =
            std::ranges::find_if(destination_.listing, [&](const auto& listed) { return listed.info.name == from; });
        if (had == destination_.listing.end() || !had->info.subscribed) co_return Result<void>{};
        auto subscribed = co_await client::subscribe_mailbox(destination_.connection, std::move(to));
        if (!subscribed.ok() && subscribed.error().scope >= Scope::account) co_return std::move(subscribed).error();
        auto removed = co_await client::unsubscribe_mailbox(destination_.connection, std::move(from));
        if (!removed.ok() && removed.error().scope >= Scope::account) co_return std::move(removed).error();
        co_return Result<void>{};
    }

    RunState& run_;
    const ListedSide& source_;
    const ListedSide& destination_;
    RenameFacts facts_;
    RenameGround ground_;
    std::vector<Rename> renames_;
    FollowedRenames followed_;
};

}  // namespace

Task<Result<FollowedRenames>> follow_renames(RunState& run, const Mapping& mapping, const ListedSide& source,
                                             const ListedSide& destination, OnRename on_rename) {
    RenameFollower follower(run, mapping, source, destination);
    auto followed = co_await follower.run(on_rename);
    if (!followed.ok()) co_return std::move(followed).error().while_doing("following what the source renamed");
    co_return followed;
}

}  // namespace mailhaul::sync
