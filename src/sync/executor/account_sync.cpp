// SPDX-License-Identifier: Apache-2.0
// From two logged-in connections to the end of the run. The lanes stand in lanes.cpp, what need not be opened in settle.cpp.
#include "sync/executor/account_sync.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "async/task_scope.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "sync/executor/same_account.hpp"

namespace mailhaul::sync {
namespace {

MailboxTree tree_of(const std::vector<client::ListedMailbox>& listing, const imap::Namespaces& spaces) {
    MailboxTree tree;
    for (const client::ListedMailbox& listed : listing) tree.mailboxes.push_back(listed.info);
    if (!spaces.personal.empty()) tree.personal = spaces.personal.front();
    if (!tree.personal.separator) {
        const auto told = std::ranges::find_if(listing, [](const auto& listed) { return listed.info.separator.has_value(); });
        if (told != listing.end()) tree.personal.separator = told->info.separator;
    }
    tree.foreign = spaces.other_users;
    tree.foreign.insert(tree.foreign.end(), spaces.shared.begin(), spaces.shared.end());
    return tree;
}

std::string quoted(const imap::MailboxName& name) { return "\"" + imap::display_name(name.raw()) + "\""; }

Task<Result<client::AccountListing>> observe_side(client::Connection& connection, SideName side) {
    auto listed = co_await client::list_account(connection);
    if (!listed.ok()) co_return std::move(listed).error().while_doing("listing the " + std::string(to_string(side)));
    co_return std::move(listed).value();
}

}  // namespace

AccountSync::AccountSync(RunState& run, AccountPlan plan, std::unique_ptr<client::Connection> source,
                         std::unique_ptr<client::Connection> destination)
    : run_(run), plan_(std::move(plan)) {
    first_lane_.source = std::move(source);
    first_lane_.destination = std::move(destination);
    first_lane_.is_first = true;
}

Task<void> AccountSync::run() {
    run_.enter(Progress::Phase::listing);
    Result<void> ready = co_await observe();
    if (ready.ok()) ready = map();
    if (ready.ok() && !plan_.allow_same_account) ready = co_await check_accounts_differ();
    if (ready.ok()) ready = co_await follow_renames();
    if (ready.ok() && plan_.delete_empty_source) ready = co_await remove_empty_source();
    if (ready.ok()) ready = begin_work();
    run_.enter(Progress::Phase::planning);
    if (ready.ok() && !plan_.folders_only) ready = pass_over_settled();

    const auto executor = co_await asio::this_coro::executor;
    queue_ready_.emplace(executor);
    TaskScope lanes(executor);
    TaskScope farewells(executor);
    farewells_ = &farewells;
    governor_.emplace(run_, *first_lane_.source, *first_lane_.destination, plan_.lanes);
    first_lane_.compressed = governor_->compress();
    run_.progressed = [this] { note_progress(); };
    lanes_ = &lanes;
    if (ready.ok()) open_extra_lanes();  // they connect while the mailboxes are made
    if (ready.ok()) ready = co_await make_mailboxes();
    if (!ready.ok()) end_run(std::move(ready).error());
    if (!ended_ && !run_.dry_run) subscribe();
    queue_work();
    is_queue_ready_ = true;
    queue_ready_->notify();
    lanes.spawn(work_in(first_lane_));
    co_await lanes.join();
    lanes_ = nullptr;
    while (!queue_.empty() && !ended_ && !run_.must_stop()) co_await work_in(first_lane_);  // what a lane gave back at its end
    run_.progressed = nullptr;

    co_await finish_subscribing();
    auto settled = co_await record_settled_states();
    if (!settled.ok()) run_.warn("the next run must open every folder again: " + settled.error().describe());
    auto removed = co_await remove_mailboxes();
    if (!removed.ok()) end_run(std::move(removed).error());
    if (plan_.delete_empty_source && run_.rules.delete_source && !ended_ && !run_.must_stop()) {
        auto emptied = co_await remove_empty_source();
        if (!emptied.ok()) end_run(std::move(emptied).error());
    }
    part_from(first_lane_);
    co_await farewells.join();
    farewells_ = nullptr;

    for (MailboxWork& work : work_) run_.report.mailboxes.push_back(std::move(work.report));
    if (ended_) run_.report.error = std::move(ended_);
}

Task<Result<void>> AccountSync::observe() {
    auto seen = co_await both(observe_side(*first_lane_.source, SideName::source),
                              observe_side(*first_lane_.destination, SideName::destination));
    if (!seen.first.ok()) {
        run_.report.error_side = SideName::source;
        co_return std::move(seen.first).error();
    }
    if (!seen.second.ok()) {
        run_.report.error_side = SideName::destination;
        co_return std::move(seen.second).error();
    }
    source_spaces_ = std::move(seen.first->namespaces);
    source_listing_ = std::move(seen.first->mailboxes);
    destination_spaces_ = std::move(seen.second->namespaces);
    destination_listing_ = std::move(seen.second->mailboxes);
    for (const client::ListedMailbox& listed : source_listing_) run_.report.source_mailboxes.push_back(listed.info.name);
    for (const client::ListedMailbox& listed : destination_listing_)
        run_.report.destination_mailboxes.push_back(listed.info.name);
    run_.append_limit = first_lane_.destination->capabilities().append_limit();
    co_return Result<void>{};
}

Result<void> AccountSync::map() {
    auto mapped = map_mailboxes(tree_of(source_listing_, source_spaces_), tree_of(destination_listing_, destination_spaces_),
                                plan_.mapping);
    if (!mapped.ok()) return std::move(mapped).error();
    mapping_ = std::move(mapped).value();
    return {};
}

Result<void> AccountSync::begin_work() {
    MH_TRY(pairs, run_.ledger.pairs());
    std::set<std::string> known;
    for (const store::PairKey& pair : pairs) known.insert(pair.source.name.raw());
    const MailboxTree destination = tree_of(destination_listing_, destination_spaces_);
    run_.removed_mail = imap::MailboxName(destination.personal.prefix + run_.removed_mail.raw());
    for (const std::string& words : mapping_.warnings) run_.warn(words);
    run_.report.left_out = mapping_.left_out;

    std::unordered_map<std::string, std::uint32_t> counts;
    for (const client::ListedMailbox& listed : source_listing_)
        counts[listed.info.name.raw()] = listed.status ? listed.status->messages.value_or(0) : 0;
    if (plan_.skip_empty_folders) {
        std::erase_if(mapping_.mailboxes, [&](const MailboxMapping& mapped_one) {
            const auto count = counts.find(mapped_one.source.name.raw());
            if (count == counts.end() || count->second > 0) return false;  // of one that is not listed nothing is known
            run_.report.left_out.push_back({mapped_one.source.name, "empty, and empty folders were to be skipped"});
            return true;
        });
    }
    std::unordered_map<std::string, int> sources_of;
    for (const MailboxMapping& one : mapping_.mailboxes) ++sources_of[one.destination.raw()];
    for (const MailboxMapping& one : mapping_.mailboxes) {
        MailboxWork work;
        work.shares_destination = sources_of[one.destination.raw()] > 1;
        work.report.source = one.source.name;
        work.report.destination = one.destination;
        work.report.rule = one.rule;
        work.report.created = !one.exists;
        work.destination_exists = one.exists;
        work.is_new = !known.contains(one.source.name.raw());
        work.expected_messages = counts[one.source.name.raw()];
        work.report.source_messages = work.expected_messages;
        if (const auto held = renames_.held.find(one.source.name); held != renames_.held.end()) {
            work.report.error = held->second;
            work.report.created = false;
        }
        if (const auto was = renames_.still_under.find(one.source.name); was != renames_.still_under.end()) {
            work.still_under = was->second;
            work.destination_exists = true;
            work.report.created = false;
        }
        run_.progress.messages_total += work.expected_messages;
        work_.push_back(std::move(work));
    }
    run_.progress.mailboxes_total = static_cast<std::uint32_t>(work_.size());
    return {};
}

ListedSide AccountSync::source_side() const {
    return {*first_lane_.source, source_listing_, tree_of(source_listing_, source_spaces_)};
}

ListedSide AccountSync::destination_side() const {
    return {*first_lane_.destination, destination_listing_, tree_of(destination_listing_, destination_spaces_)};
}

/// The destination's mailboxes have other names afterwards, so they are listed and mapped once more.
Task<Result<void>> AccountSync::follow_renames() {
    const ListedSide source = source_side();
    const ListedSide destination = destination_side();
    auto followed = co_await sync::follow_renames(run_, mapping_, source, destination, plan_.on_rename);
    if (!followed.ok()) co_return std::move(followed).error();
    renames_ = std::move(followed).value();
    if (!renames_.changed_destination) co_return Result<void>{};
    auto listing = co_await client::list_mailboxes(*first_lane_.destination);
    if (!listing.ok()) co_return std::move(listing).error().while_doing("listing the destination");
    destination_listing_ = std::move(listing).value();
    co_return map();
}

Task<Result<void>> AccountSync::check_accounts_differ() {
    const ListedSide source = source_side();
    const ListedSide destination = destination_side();
    co_return co_await refuse_same_account(run_, mapping_, source, destination);
}

/// All at once, so that the account looks complete from the start. A name the destination refuses is made under its
/// conservative spelling and reported (docs/decisions/0010-refused-names.md).
Task<Result<void>> AccountSync::make_mailboxes() {
    if (run_.dry_run) co_return Result<void>{};
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < work_.size(); ++i)
        if (!mapping_.mailboxes[i].exists && !work_[i].report.error) missing.push_back(i);
    std::vector<std::size_t> refused;
    MH_CO_TRY_VOID(co_await make_one_wave(missing, false, refused));
    std::vector<std::size_t> hopeless;
    MH_CO_TRY_VOID(co_await make_one_wave(refused, true, hopeless));
    for (const std::size_t i : refused) {
        const bool has_its_name = mapping_.mailboxes[i].fallback == mapping_.mailboxes[i].destination;  // at the second try
        if (work_[i].report.error || has_its_name) continue;
        run_.warn("the destination refuses the name " + quoted(mapping_.mailboxes[i].destination) + ": " +
                  quoted(work_[i].report.source) + " is copied to " + quoted(work_[i].report.destination));
    }
    co_return Result<void>{};
}

Task<Result<void>> AccountSync::make_one_wave(const std::vector<std::size_t>& which, bool fallback,
                                              std::vector<std::size_t>& refused) {
    client::Connection& destination = *first_lane_.destination;
    const bool takes_roles = destination.capabilities().has("CREATE-SPECIAL-USE");
    std::vector<imap::CommandId> asked;
    for (const std::size_t i : which) {
        const MailboxMapping& mapped = mapping_.mailboxes[i];
        const imap::MailboxName& name = fallback ? mapped.fallback : mapped.destination;
        std::optional<imap::SpecialUse> role;
        if (takes_roles && !mapped.source.special_uses.empty()) role = mapped.source.special_uses.front();
        asked.push_back(destination.submit(imap::create_command(name, role, destination.literal_mode())));
    }
    std::optional<Error> lost;
    for (std::size_t k = 0; k < which.size(); ++k) {
        MailboxWork& work = work_[which[k]];
        const MailboxMapping& mapped = mapping_.mailboxes[which[k]];
        const imap::MailboxName& name = fallback ? mapped.fallback : mapped.destination;
        auto answer = co_await destination.answer_to(asked[k]);
        if (!answer.ok()) {
            lost = std::move(answer).error();
            continue;
        }
        const bool exists = client::says_already_exists(answer.value());
        if (exists && !plan_.mix_folders) {
            work.report.error =
                Error{Errc::mailbox_refused, Scope::mailbox, Retry::never,
                      "CREATE " + quoted(name) + ": there is such a folder already under another spelling, and " +
                          "--nomixfolders keeps its mail apart: give this one another name"};
            continue;
        }
        if (answer.value().kind == imap::StatusKind::ok || exists) {
            work.destination_exists = true;
            work.report.created = !exists;
            work.report.error.reset();
            if (fallback) work.report.destination = mapped.fallback;
            continue;
        }
        if (takes_roles && !fallback && answer.value().code_name() == "USEATTR") {
            auto plain = co_await client::create_mailbox(destination, mapped.destination, std::nullopt);
            if (plain.ok()) {  // it exists, without its role
                work.destination_exists = true;
                work.report.created = true;
                continue;
            }
        }
        Error error = client::error_from(answer.value(), client::Doing::creating, "CREATE " + quoted(mapped.destination));
        if (error.scope >= Scope::account) lost = error;
        work.report.error = std::move(error);
        refused.push_back(which[k]);
    }
    if (lost) co_return std::move(*lost);
    co_return Result<void>{};
}

/// Nothing waits for the answers: the work goes on behind them.
void AccountSync::subscribe() {
    client::Connection& destination = *first_lane_.destination;
    std::unordered_map<std::string, bool> subscribed;
    for (const client::ListedMailbox& listed : destination_listing_)
        subscribed[listed.info.name.raw()] = listed.info.subscribed;
    for (std::size_t i = 0; i < work_.size(); ++i) {
        const bool wanted = plan_.subscribe_all || (plan_.subscribe && mapping_.mailboxes[i].source.subscribed);
        const imap::MailboxName& name = work_[i].report.destination;
        if (!wanted || work_[i].report.error || subscribed[name.raw()]) continue;
        destination.post(imap::subscribe_command(name, destination.literal_mode()),
                         [name, told = subscriptions_](const Result<imap::StatusResponse>& answer) {
                             if (!answer.ok()) told->lost.push_back(name);
                             else if (answer->kind != imap::StatusKind::ok) ++told->refused;
                         });
    }
}

/// Once more, those whose answers went with a connection.
Task<void> AccountSync::finish_subscribing() {
    const std::vector<imap::MailboxName> lost = std::exchange(subscriptions_->lost, {});
    std::size_t left = lost.size();
    for (const imap::MailboxName& name : lost) {
        if (run_.must_stop() || !first_lane_.destination || !first_lane_.destination->is_open()) break;
        auto done = co_await client::subscribe_mailbox(*first_lane_.destination, name);
        --left;
        if (!done.ok()) ++subscriptions_->refused;
    }
    if (left > 0) run_.warn("it is not known whether " + std::to_string(left) + " folders are subscribed: run again");
    if (subscriptions_->refused > 0)
        run_.warn("the destination refused to subscribe to " + std::to_string(subscriptions_->refused) + " folders");
}

/// Last of all, and only where everything else is as it should be: what is missing on the destination may be in there.
Task<Result<void>> AccountSync::remove_mailboxes() {
    if (plan_.delete_folders.which == DeleteFolders::no || ended_ || run_.stopping) co_return Result<void>{};
    if (run_.must_stop()) co_return run_.why_stopping();
    const bool all_done =
        std::ranges::none_of(work_, [](const MailboxWork& work) { return work.report.error || work.report.failed > 0; });
    if (!all_done || !first_lane_.destination || !first_lane_.destination->is_open()) {
        run_.warn("no folder is removed from the destination, as not everything could be copied");
        co_return Result<void>{};
    }
    auto listing = co_await client::list_mailboxes(*first_lane_.destination);
    if (!listing.ok()) co_return std::move(listing).error();
    destination_listing_ = std::move(listing).value();
    const ListedSide source = source_side();
    const ListedSide destination = destination_side();
    co_return co_await sync::remove_mailboxes(run_, plan_.delete_folders, plan_.mapping, source, destination, renames_.needed);
}

void AccountSync::queue_work() {
    for (std::size_t i = 0; i < work_.size(); ++i) {
        MailboxWork& work = work_[i];
        if (run_.rules.labels.is_anything()) run_.label_names.emplace(work.report.source.raw(), work.report.destination.raw());
        if (ended_) continue;
        if (work.report.error) {
            finish_mailbox(i, std::move(work.report.error));
        } else if (plan_.folders_only) {
            work.report.verified = true;
            finish_mailbox(i, std::nullopt);
        } else if (settled_.contains(i)) {
            work.report.verified = true;
            finish_mailbox(i, std::nullopt);
        } else {
            queue_.push_back(i);
        }
    }
    if (plan_.in_order) {
        put_in_order();
        return;
    }
    const auto goes_first = [&](std::size_t index) {
        return run_.limits.order == CopyOrder::newest && work_[index].report.source.is_inbox();
    };
    std::ranges::sort(queue_, [&](std::size_t a, std::size_t b) {
        if (goes_first(a) != goes_first(b)) return goes_first(a);
        if (work_[a].expected_messages != work_[b].expected_messages)
            return work_[a].expected_messages > work_[b].expected_messages;
        return a < b;
    });
}

void AccountSync::end_run(Error error) {
    if (!ended_) ended_ = std::move(error);
}

}  // namespace mailhaul::sync
