// SPDX-License-Identifier: Apache-2.0
// What of the listed messages the operator means: those that a search finds, with flags as they shall be, and not those that
// another mailbox has brought already.
#include <algorithm>
#include <utility>

#include "client/mailbox_commands.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/uid_sets.hpp"
#include "sync/planner/adapt_flags.hpp"

namespace mailhaul::sync {
namespace {

/// A refused search finds nothing, which must not be taken for an empty mailbox.
Task<Result<void>> choose_in(client::Connection& connection, Snapshot& snapshot, std::string criteria, const char* side) {
    if (snapshot.selected.exists == 0) co_return Result<void>{};
    auto found = co_await client::search_uids(connection, criteria);
    if (!found.ok()) {
        Error error = std::move(found).error();
        error.scope = std::max(error.scope, Scope::mailbox);
        co_return std::move(error).while_doing(std::string("SEARCH ") + criteria + " on the " + side);
    }
    snapshot.choose(found.value());
    co_return Result<void>{};
}

Result<imap::FlagSet> rewritten_flags(const imap::FlagSet& flags, const std::vector<perl::Substitution>& rewrites) {
    MH_TRY(line, perl::apply_all(rewrites, flags.to_string()));
    imap::FlagSet made;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t begin = line.find_first_not_of(' ', at);
        if (begin == std::string::npos) break;
        at = std::min(line.find(' ', begin), line.size());
        made.insert(line.substr(begin, at - begin));
    }
    return made;
}

std::string identity_item(const message::IdentityRules& identity) {
    if (std::ranges::find(identity.headers, "ALL") != identity.headers.end()) return "(UID BODY.PEEK[HEADER])";
    std::string names;
    for (const std::string& name : identity.headers) names += (names.empty() ? "" : " ") + name;
    return "(UID BODY.PEEK[HEADER.FIELDS (" + names + ")])";
}

}  // namespace

Task<Result<void>> MailboxSync::choose() {
    const Rules& rules = run_.rules;
    if (rules.search_source) MH_CO_TRY_VOID(co_await choose_in(source_, from_, *rules.search_source, "source"));
    if (rules.search_destination && work_.destination_exists)
        MH_CO_TRY_VOID(co_await choose_in(destination_, to_, *rules.search_destination, "destination"));
    warn_of_hidden();
    MH_CO_TRY_VOID(co_await leave_own_record());
    MH_CO_TRY_VOID(rewrite_flags());
    dropped_flags_ = adapt_flags(from_, to_.selected, rules);
    co_return Result<void>{};
}

/// A mailbox that is as full as the server shows them at most may well hold more.
void MailboxSync::warn_of_hidden() const {
    const MessagesOfSource& source = run_.rules.of_source;
    if (source.shows == 0 || from_.selected.exists < source.shows) return;
    run_.warn(source.server + " shows the newest " + std::to_string(source.shows) +
              " messages of a folder and no more, and shows " + std::to_string(from_.selected.exists) + " of \"" +
              imap::display_name(work_.report.source.raw()) +
              "\": older ones may be missing; copy from a host of theirs that shows more, if there is one");
}

/// mbox files begin with a message that holds the server's own record of the mailbox; where it is shown, it is no mail.
Task<Result<void>> MailboxSync::leave_own_record() {
    const std::string& mark = run_.rules.of_source.own_record;
    if (mark.empty() || from_.messages.empty()) co_return Result<void>{};
    const imap::Uid first = from_.messages.front().uid;
    bool is_record = false;
    auto look = [&](imap::FetchResponse&& fetch) {
        for (const imap::BodySection& section : fetch.sections)
            is_record = is_record || (*fetch.uid == first && section.text.contains(mark) &&
                                      section.text.contains("Mail System Internal Data"));
    };
    std::vector<std::string> set{std::to_string(first.value())};
    const char* items = "(UID BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])";
    auto read = co_await client::fetch_items(source_, std::move(set), items, look);
    if (!read.ok()) co_return std::move(read).error().while_doing("looking at the first message");
    if (!is_record) co_return Result<void>{};
    from_.messages.front().is_chosen = false;
    run_.note("the first message of \"" + imap::display_name(work_.report.source.raw()) + "\" (uid " +
              std::to_string(first.value()) + ") is " + run_.rules.of_source.server +
              "'s own record of the folder, no mail: it stays");
    co_return Result<void>{};
}

Result<void> MailboxSync::rewrite_flags() {
    const Rules& rules = run_.rules;
    if (rules.flag_rewrites.empty()) return {};
    std::optional<Error> failure;
    from_.flags.replace_each([&](const imap::FlagSet& flags) {
        auto made = rewritten_flags(flags, rules.flag_rewrites);
        if (made.ok()) return std::move(made).value();
        failure = std::move(made).error();
        return flags;
    });
    if (failure) return std::move(*failure);
    return {};
}

/// Only what arrived counts as brought: what failed elsewhere is copied from here.
Task<Result<void>> MailboxSync::leave_crossed() {
    if (!run_.rules.skip_crossed || from_.messages.empty()) co_return Result<void>{};
    imap::UidSet uids;
    for (const ListedMessage& message : from_.messages) uids.insert(message.uid);
    auto keep = [&](imap::FetchResponse&& fetch) {
        for (const imap::BodySection& section : fetch.sections) {
            const auto known = message::identity_of_fields(section.text, run_.rules.identity);
            if (!known.fingerprint) continue;
            const ListedMessage* listed = from_.find(*fetch.uid);
            const bool has_size = run_.rules.identity_has_size && listed != nullptr;
            identities_.insert_or_assign(*fetch.uid,
                                         has_size ? with_size(*known.fingerprint, listed->size) : *known.fingerprint);
        }
    };
    auto read = co_await client::fetch_items(source_, wire_sets(uids), identity_item(run_.rules.identity), keep);
    if (!read.ok()) co_return std::move(read).error().while_doing("reading what tells messages of other folders apart");
    std::erase_if(plan_.append, [&](imap::Uid uid) {
        const auto identity = identities_.find(uid);
        if (identity == identities_.end()) return false;
        const auto elsewhere = run_.carried.find(identity->second);
        if (elsewhere == run_.carried.end() || elsewhere->second == work_.report.source) return false;
        plan_.leave.emplace_back(uid, LeaveReason::crossed);
        return true;
    });
    count_plan();
    co_return Result<void>{};
}

void MailboxSync::tell_carried() {
    if (!run_.rules.skip_crossed) return;
    const auto tell = [&](imap::Uid uid) {
        const auto identity = identities_.find(uid);
        if (identity != identities_.end()) run_.carried.try_emplace(identity->second, work_.report.source);
    };
    for (const store::Entry& entry : view_.pairs) tell(entry.source);
    for (const auto& [source, destination] : plan_.adopt) tell(source);
    for (const Stored& one : stored_) tell(one.source);
}

}  // namespace mailhaul::sync
