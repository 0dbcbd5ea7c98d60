// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/observe.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "async/task_scope.hpp"
#include "client/mailbox_commands.hpp"
#include "sync/executor/list_rest.hpp"
#include "sync/executor/uid_sets.hpp"

namespace mailhaul::sync {
namespace {

constexpr const char* listing_items = "(UID FLAGS RFC822.SIZE)";
constexpr const char* dated_listing_items = "(UID FLAGS INTERNALDATE RFC822.SIZE)";
constexpr const char* date_items = "(UID INTERNALDATE)";

void add_row(Snapshot& snapshot, const imap::FetchResponse& fetch) {
    if (!fetch.size) return;  // a flag update of somebody else's, not an answer to us
    snapshot.add(*fetch.uid, fetch.flags.value_or(imap::FlagSet{}), fetch.internal_date, fetch.size.value_or(Octets{}));
}

/// A listing of `1:*`, once it is whole.
Result<Snapshot> complete(Snapshot snapshot) {
    snapshot.finish();
    if (snapshot.messages.size() < snapshot.selected.exists)
        return Error{Errc::bad_response, Scope::mailbox, Retry::now,
                     "the server promised " + spell_messages(snapshot.selected.exists) + " and listed " +
                         std::to_string(snapshot.messages.size()) + ": the listing is not complete, so nothing was decided"};
    return snapshot;
}

std::string header_item(Evidence evidence, const message::IdentityRules& identity) {
    if (evidence == Evidence::message_id) return "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])";
    const bool all = std::ranges::find(identity.headers, "ALL") != identity.headers.end();
    if (evidence == Evidence::whole_header || all) return "(UID BODY.PEEK[HEADER])";
    std::string names;
    for (const std::string& name : identity.headers) names += (names.empty() ? "" : " ") + name;
    return "(UID BODY.PEEK[HEADER.FIELDS (" + names + ")])";
}

Task<Result<void>> gather_headers(client::Connection& connection, SideName side, Evidence evidence, imap::UidSet uids,
                                  message::IdentityRules identity, Matcher& matcher) {
    auto tell = [&](imap::FetchResponse&& fetch) {
        for (const imap::BodySection& section : fetch.sections) {
            if (!section.section.starts_with("HEADER")) continue;
            const message::HeaderIdentity known = section.section == "HEADER"
                                                      ? message::identity_of_header(section.text, identity)
                                                      : message::identity_of_fields(section.text, identity);
            if (side == SideName::source) matcher.tell_source(*fetch.uid, evidence, known);
            if (side == SideName::destination) matcher.tell_destination(*fetch.uid, evidence, known);
        }
    };
    co_return co_await client::fetch_items(connection, wire_sets(uids), header_item(evidence, identity), tell);
}

/// Digests a message as a whole, and what follows its header.
class BodyDigests {
public:
    void update(std::string_view octets) {
        whole_.update(octets);
        if (in_text_) {
            text_.update(octets);
            return;
        }
        header_.append(octets);
        const std::size_t length = message::header_length(header_);
        const bool ended =
            length >= 2 && length <= header_.size() && header_[length - 1] == '\n' && is_blank_line_before(length);
        if (!ended && header_.size() < longest_header) return;
        in_text_ = true;
        text_.update(std::string_view(header_).substr(ended ? length : 0));
        header_.clear();
    }
    BodyIdentity finish() {
        if (!in_text_) text_.update(header_);  // junk without an end of header is all there is to tell it by
        return {whole_.finish(), text_.finish()};
    }

private:
    static constexpr std::size_t longest_header = 1u << 20;
    [[nodiscard]] bool is_blank_line_before(std::size_t length) const {
        const std::string_view upto = std::string_view(header_).substr(0, length);
        return upto == "\r\n" || upto == "\n" || upto.ends_with("\n\r\n") || upto.ends_with("\n\n");
    }
    bool in_text_ = false;
    std::string header_;
    message::BodyDigest whole_;
    message::BodyDigest text_;
};

Task<Result<void>> gather_bodies(client::Connection& connection, SideName side, imap::UidSet uids, Matcher& matcher) {
    BodyDigests digest;
    client::BodyVisitor visit;
    visit.begin = [&](const imap::BodyBegin&) { digest = BodyDigests{}; };
    visit.data = [&](std::string_view octets) { digest.update(octets); };
    visit.end = [&](imap::Uid uid) {
        if (side == SideName::source) matcher.tell_source(uid, digest.finish());
        if (side == SideName::destination) matcher.tell_destination(uid, digest.finish());
    };
    co_return co_await client::fetch_bodies(connection, wire_sets(uids), std::move(visit));
}

}  // namespace

Task<Result<Snapshot>> list_messages(client::Connection& connection, imap::SelectedMailbox selected, ListDates dates) {
    Snapshot snapshot;
    snapshot.selected = std::move(selected);
    if (snapshot.selected.exists == 0) co_return snapshot;
    snapshot.messages.reserve(std::min<std::size_t>(snapshot.selected.exists, 1u << 16));
    auto add = [&](imap::FetchResponse&& fetch) { add_row(snapshot, fetch); };
    std::vector<std::string> everything{"1:*"};
    const char* items = dates == ListDates::yes ? dated_listing_items : listing_items;
    auto listed = co_await client::fetch_items(connection, std::move(everything), items, std::move(add));
    if (!listed.ok()) co_return std::move(listed).error().while_doing("listing messages");
    MH_CO_TRY_VOID(co_await list_rest(connection, snapshot, items));
    co_return complete(std::move(snapshot));
}

Task<Result<Snapshot>> open_and_list_messages(client::Connection& connection, imap::MailboxName name, imap::SelectMode mode,
                                              ListDates dates) {
    Snapshot snapshot;
    auto add = [&](imap::FetchResponse&& fetch) { add_row(snapshot, fetch); };
    const char* items = dates == ListDates::yes ? dated_listing_items : listing_items;
    auto opened = co_await client::open_and_list(connection, std::move(name), mode, items, std::move(add));
    if (!opened.ok()) co_return std::move(opened).error();
    snapshot.selected = std::move(opened).value();
    MH_CO_TRY_VOID(co_await list_rest(connection, snapshot, items));
    co_return complete(std::move(snapshot));
}

Task<Result<Snapshot>> list_new_messages(client::Connection& connection, imap::SelectedMailbox selected, imap::Uid first,
                                         imap::UidSet dated) {
    Snapshot snapshot;
    snapshot.selected = std::move(selected);
    std::map<imap::Uid, imap::InternalDate> dates;
    auto add = [&](imap::FetchResponse&& fetch) {
        if (fetch.internal_date) dates.insert_or_assign(*fetch.uid, *fetch.internal_date);
        if (*fetch.uid >= first) add_row(snapshot, fetch);  // n:* always names the last message
    };
    std::vector<client::FetchRequest> requests;
    requests.emplace_back(std::to_string(first.value()) + ":*", listing_items);
    for (std::string& set : wire_sets(dated)) requests.emplace_back(std::move(set), date_items);
    auto listed = co_await client::fetch_items(connection, std::move(requests), std::move(add));
    if (!listed.ok()) co_return std::move(listed).error().while_doing("listing what was stored");
    snapshot.finish();
    for (const auto& [uid, date] : dates) snapshot.set_date(uid, date);
    co_return snapshot;
}

Task<Result<std::map<imap::Uid, imap::InternalDate>>> list_dates(client::Connection& connection, imap::UidSet uids) {
    std::map<imap::Uid, imap::InternalDate> dates;
    auto add = [&](imap::FetchResponse&& fetch) {
        if (fetch.internal_date) dates.insert_or_assign(*fetch.uid, *fetch.internal_date);
    };
    auto listed = co_await client::fetch_items(connection, wire_sets(uids), date_items, std::move(add));
    if (!listed.ok()) co_return std::move(listed).error().while_doing("listing arrival dates");
    co_return dates;
}

Task<Result<void>> gather_evidence(client::Connection& connection, SideName side, Evidence evidence, imap::UidSet uids,
                                   message::IdentityRules identity, Matcher& matcher) {
    if (uids.empty()) co_return Result<void>{};
    if (evidence == Evidence::body_digest) co_return co_await gather_bodies(connection, side, std::move(uids), matcher);
    co_return co_await gather_headers(connection, side, evidence, std::move(uids), std::move(identity), matcher);
}

Task<Result<void>> recognise(client::Connection& source, client::Connection& destination, message::IdentityRules identity,
                             Matcher& matcher) {
    while (const auto question = matcher.next_question()) {
        auto told = co_await both(
            gather_evidence(source, SideName::source, question->evidence, question->source, identity, matcher),
            gather_evidence(destination, SideName::destination, question->evidence, question->destination, identity, matcher));
        if (!told.first.ok()) co_return std::move(told.first).error().while_doing("reading headers on the source");
        if (!told.second.ok()) co_return std::move(told.second).error().while_doing("reading headers on the destination");
    }
    co_return Result<void>{};
}

}  // namespace mailhaul::sync
