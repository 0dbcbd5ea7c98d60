// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/same_account.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "async/task_scope.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::uint32_t most_arrivals = 1000;  // messages that may reach an INBOX between one side's look and the other's
constexpr std::uint32_t uids_compared = 100;   // at the end of a mailbox; two accounts differ in the first of them

constexpr const char* advice =
    "name another account on one side; to copy an account into a folder of its own, use --sub-folder and delete nothing";

std::string quoted(const imap::MailboxName& name) { return "\"" + imap::display_name(name.raw()) + "\""; }

/// Nobody else's name: letters and digits only, so that no server sees a separator in it.
std::string random_name() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::random_device random;
    std::uniform_int_distribution<std::size_t> digit(0, digits.size() - 1);
    std::string name = "mailhaulprobe";
    for (int i = 0; i < 16; ++i) name += digits[digit(random)];
    return name;
}

bool differ(const auto& one, const auto& other) { return one && other && *one != *other; }

const client::ListedMailbox* inbox_of(const std::vector<client::ListedMailbox>& listing) {
    const auto found = std::ranges::find_if(listing, [](const auto& listed) { return listed.info.name.is_inbox(); });
    return found != listing.end() && found->status ? &*found : nullptr;
}

/// Letter case aside, since some servers take `Sent` and `sent` for one mailbox.
std::vector<std::string> place_of(const imap::MailboxName& name, const Side& side) {
    std::vector<std::string> levels = levels_of(name.raw(), side);
    for (std::string& level : levels) level = imap::upper_from(level);
    return levels;
}

/// Hears whether one of `names` is there.
class NameSink : public client::DataSink {
public:
    explicit NameSink(std::set<imap::MailboxName> names) : names_(std::move(names)) {}
    void on_response(imap::Response&& response) override {
        if (const auto* list = std::get_if<imap::ListResponse>(&response)) {
            if (!list->info.non_existent) note(list->info.name);
        } else if (const auto* status = std::get_if<imap::MailboxStatusResponse>(&response)) {
            note(status->status.name);
        }
    }
    bool heard = false;

private:
    void note(const imap::MailboxName& name) { heard = heard || names_.contains(name); }
    std::set<imap::MailboxName> names_;
};

/// Whether the server knows one of `names`. LIST and STATUS are both asked, in one round trip: some servers answer one of
/// them from what they knew when this connection began.
Task<Result<bool>> is_there(client::Connection& connection, std::set<imap::MailboxName> names) {
    NameSink sink(names);
    const client::Listening listening(connection, sink);
    std::vector<imap::CommandId> asked;
    for (const imap::MailboxName& name : names) {
        asked.push_back(connection.submit(imap::list_command("", name.raw(), "", connection.literal_mode())));
        asked.push_back(connection.submit(imap::status_command(name, "MESSAGES", connection.literal_mode())));
    }
    std::optional<Error> lost;
    for (const imap::CommandId id : asked) {
        auto answer = co_await connection.answer_to(id);
        if (!answer.ok()) lost = std::move(answer).error();  // a refusal only says that it is not there
    }
    if (sink.heard || !lost) co_return sink.heard;
    co_return std::move(*lost);
}

/// A mailbox that both sides hold.
struct Counterparts {
    imap::MailboxName source;
    imap::MailboxName destination;
};

/// The INBOX where it holds messages, else the fullest mailbox of one name and UIDVALIDITY. Never a shared one: two
/// accounts may both see it.
std::optional<Counterparts> choose_counterparts(const ListedSide& source, const ListedSide& destination) {
    std::map<std::vector<std::string>, const client::ListedMailbox*> there;
    for (const client::ListedMailbox& listed : destination.listing)
        if (!foreign_prefix(listed.info.name.raw(), destination.tree, destination.naming))
            there.emplace(place_of(listed.info.name, destination.naming), &listed);
    std::optional<Counterparts> best;
    std::uint32_t most = 0;
    for (const client::ListedMailbox& listed : source.listing) {
        const std::uint32_t messages = listed.status ? listed.status->messages.value_or(0) : 0;
        const bool is_inbox = listed.info.name.is_inbox();
        if (messages == 0 || (messages <= most && !is_inbox)) continue;
        if (foreign_prefix(listed.info.name.raw(), source.tree, source.naming)) continue;
        const auto found = there.find(place_of(listed.info.name, source.naming));
        if (found == there.end() || !found->second->status) continue;
        if (differ(listed.status->uid_validity, found->second->status->uid_validity)) continue;
        best = Counterparts{.source = listed.info.name, .destination = found->second->info.name};
        most = messages;
        if (is_inbox) break;
    }
    return best;
}

/// How a mailbox ends.
struct Tail {
    imap::SelectedMailbox mailbox;
    std::map<imap::Uid, std::pair<std::uint64_t, std::int64_t>> messages;  // octets, seconds since 1970
};

/// Empty where the server refuses to show it.
Task<Result<Tail>> read_tail(client::Connection& connection, imap::MailboxName name) {
    Tail tail;
    auto opened = co_await client::open_mailbox(connection, name, imap::SelectMode::examine);
    if (!opened.ok() && opened.error().scope >= Scope::account) co_return std::move(opened).error();
    if (!opened.ok() || opened.value().exists == 0) co_return tail;
    tail.mailbox = std::move(opened).value();
    const std::uint32_t next = tail.mailbox.uid_next ? tail.mailbox.uid_next->value() : 1;
    const std::uint32_t first = next > uids_compared ? next - uids_compared : 1;
    std::vector<std::string> sets{tail.mailbox.uid_next ? std::to_string(first) + ":*" : "*"};
    auto keep = [&tail](imap::FetchResponse&& fetch) {
        if (fetch.size && fetch.internal_date)
            tail.messages[*fetch.uid] = {fetch.size->value(), fetch.internal_date->epoch_seconds};
    };
    auto fetched = co_await client::fetch_items(connection, std::move(sets), "(UID RFC822.SIZE INTERNALDATE)", keep);
    if (!fetched.ok() && fetched.error().scope >= Scope::account) co_return std::move(fetched).error();
    co_return tail;
}

/// How many messages stand in both under one UID; none where one of them differs. What only one side holds came or went
/// in between.
std::size_t count_equal(const Tail& one, const Tail& other) {
    if (differ(one.mailbox.uid_validity, other.mailbox.uid_validity)) return 0;
    if (differ(one.mailbox.mailbox_id, other.mailbox.mailbox_id)) return 0;
    std::size_t equal = 0;
    for (const auto& [uid, message] : one.messages) {
        const auto found = other.messages.find(uid);
        if (found == other.messages.end()) continue;
        if (found->second != message) return 0;
        ++equal;
    }
    return equal;
}

/// In words, what makes both sides look like one account; empty where nothing does.
Task<Result<std::string>> find_likeness(RunState& run, const ListedSide& source, const ListedSide& destination) {
    const auto chosen = choose_counterparts(source, destination);
    if (!chosen) co_return std::string();
    auto tails =
        co_await both(read_tail(source.connection, chosen->source), read_tail(destination.connection, chosen->destination));
    if (!tails.first.ok() || !tails.second.ok()) {
        const bool is_source = !tails.first.ok();
        run.report.error_side = is_source ? SideName::source : SideName::destination;
        Error lost = is_source ? std::move(tails.first).error() : std::move(tails.second).error();
        co_return std::move(lost).while_doing("comparing " + quoted(chosen->source) + " on both sides");
    }
    const std::size_t equal = count_equal(tails.first.value(), tails.second.value());
    if (equal == 0) co_return std::string();
    co_return spell_messages(equal) + " at the end of " + quoted(chosen->source) + (equal == 1 ? " has" : " have") +
        " the same UID, size and date on both";
}

/// Logged in, as the one whose `access` it is.
Task<Result<std::unique_ptr<client::Connection>>> connect_again(client::Access access) {
    auto opened = co_await client::Connection::open(std::move(access), client::ProtocolLog());
    if (!opened.ok()) co_return std::move(opened).error();
    auto logged_in = co_await opened.value()->login();
    if (logged_in.ok()) co_return std::move(opened).value();
    co_await opened.value()->close();
    co_return std::move(logged_in).error();
}

enum class Probe : std::uint8_t {
    seen,      ///< made on one side, there on the other: one account
    unseen,    ///< two accounts
    not_made,  ///< the destination refuses
};

/// Makes an empty folder on the destination, looks for it on the source, and takes it away again whatever came of that.
class FolderProbe {
public:
    FolderProbe(RunState& run, const ListedSide& source, const ListedSide& destination)
        : run_(run), source_(source), destination_(destination) {}

    Task<Result<Probe>> run() {
        client::Connection& maker = destination_.connection;
        auto made = co_await maker.answer_to(maker.submit(imap::create_command(name_, std::nullopt, maker.literal_mode())));
        if (!made.ok()) co_return lost(SideName::destination, std::move(made).error());
        if (made.value().kind != imap::StatusKind::ok) co_return Probe::not_made;
        auto seen = co_await look();
        auto removed = co_await maker.answer_to(maker.submit(imap::delete_command(name_, maker.literal_mode())));
        if (!removed.ok() || removed.value().kind != imap::StatusKind::ok)
            run_.warn("the empty folder " + quoted(name_) +
                      " may be left on the destination: it was made to tell whether both sides are one account; remove it");
        if (!seen.ok()) co_return std::move(seen).error();
        if (seen.value()) co_return Probe::seen;
        if (!removed.ok()) co_return lost(SideName::destination, std::move(removed).error());
        co_return Probe::unseen;
    }

    [[nodiscard]] const imap::MailboxName& name() const { return name_; }

private:
    Task<Result<bool>> look() {
        auto seen = co_await is_there(source_.connection, names_);
        if (!seen.ok()) co_return lost(SideName::source, std::move(seen).error());
        if (seen.value()) co_return true;
        // Some servers go on showing a connection the folders that stood when it began. Where the messages are the same
        // ones, a new connection tells; nothing is lost where there are none.
        MH_CO_TRY(likeness, co_await find_likeness(run_, source_, destination_));
        if (likeness.empty()) co_return false;
        auto fresh = co_await connect_again(source_.connection.access());
        if (!fresh.ok()) co_return lost(SideName::source, std::move(fresh).error());
        auto seen_now = co_await is_there(*fresh.value(), names_);
        co_await fresh.value()->close();
        if (!seen_now.ok()) co_return lost(SideName::source, std::move(seen_now).error());
        co_return seen_now.value();
    }

    Error lost(SideName side, Error why) {
        run_.report.error_side = side;
        return std::move(why).while_doing("telling by the folder " + quoted(name_) + " whether both sides are one account");
    }

    RunState& run_;
    const ListedSide& source_;
    const ListedSide& destination_;
    std::string leaf_ = random_name();
    imap::MailboxName name_{destination_.naming.prefix + leaf_};
    /// What it may be called there: the server's two faces may differ in their prefix, or only our guess of it.
    std::set<imap::MailboxName> names_{imap::MailboxName(source_.naming.prefix + leaf_), name_};
};

Error same_account(const std::string& seen) { return {Errc::same_account, Scope::run, Retry::never, seen + ": " + advice}; }

}  // namespace

ListedSide::ListedSide(client::Connection& with, const std::vector<client::ListedMailbox>& rows, MailboxTree named)
    : connection(with), listing(rows), tree(std::move(named)), naming(side_of(tree, std::nullopt, std::nullopt)) {
    if (!naming.prefix.empty() && !naming.prefix.ends_with(naming.separator)) naming.prefix += naming.separator;
}

bool may_be_one_account(const std::vector<client::ListedMailbox>& source,
                        const std::vector<client::ListedMailbox>& destination) {
    // INBOX alone: of all names it is the only one that means the same whatever namespace a server shows.
    const client::ListedMailbox* const here = inbox_of(source);
    const client::ListedMailbox* const there = inbox_of(destination);
    if (here == nullptr || there == nullptr) return true;
    const imap::MailboxStatus& one = *here->status;
    const imap::MailboxStatus& other = *there->status;
    if (differ(one.uid_validity, other.uid_validity)) return false;
    if (!one.uid_next || !other.uid_next) return true;
    const auto [least, most] = std::minmax({one.uid_next->value(), other.uid_next->value()});
    return most - least <= most_arrivals;
}

bool maps_onto_itself(const Mapping& mapping, const Side& source, const Side& destination) {
    return std::ranges::any_of(mapping.mailboxes, [&](const MailboxMapping& one) {
        return place_of(one.source.name, source) == place_of(one.destination, destination);
    });
}

Task<Result<void>> refuse_same_account(RunState& run, const Mapping& mapping, const ListedSide& source,
                                       const ListedSide& destination) {
    if (!may_be_one_account(source.listing, destination.listing)) co_return Result<void>{};
    const Rules& rules = run.rules;
    // An account copied into a folder of its own, say below `Backup`, is a fair wish: nothing meets its own copy, and
    // nothing is deleted.
    const bool deletes = rules.delete_source || rules.delete_destination || rules.delete_duplicates;
    if (!deletes && !maps_onto_itself(mapping, source.naming, destination.naming)) co_return Result<void>{};
    if (!run.dry_run) {
        FolderProbe probe(run, source, destination);
        MH_CO_TRY(found, co_await probe.run());
        if (found == Probe::seen)
            co_return same_account("both sides are one account: the folder " + quoted(probe.name()) +
                                   ", made on the destination to find out, appeared on the source");
        if (found == Probe::unseen) co_return Result<void>{};
    }
    MH_CO_TRY(likeness, co_await find_likeness(run, source, destination));
    if (likeness.empty()) co_return Result<void>{};
    const std::string why = run.dry_run ? " (a dry run changes nothing, so this is evidence and no proof)"
                                        : " (evidence and no proof: no folder could be made to tell for certain)";
    co_return same_account("both sides seem to be one account: " + likeness + why);
}

}  // namespace mailhaul::sync
