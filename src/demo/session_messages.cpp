// SPDX-License-Identifier: Apache-2.0
// The commands of Session that are about messages: adding, fetching, flagging, searching, copying and removing them.
#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <variant>

#include "demo/labels.hpp"
#include "demo/message_text.hpp"
#include "demo/search.hpp"
#include "demo/session.hpp"
#include "imap/codec/reply.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::demo {
namespace {

imap::UidSet set_of(const std::vector<imap::Uid>& uids) {
    imap::UidSet set;
    for (const imap::Uid uid : uids) set.insert(uid);
    return set;
}

bool wants(const imap::FetchRequest& request, imap::MetaItem wanted) {
    return std::ranges::any_of(request.items, [&](const imap::FetchItem& item) {
        const auto* meta = std::get_if<imap::MetaItem>(&item);
        return meta != nullptr && *meta == wanted;
    });
}

bool wants_mod_seq(const imap::FetchRequest& request) {
    return request.changed_since.has_value() || wants(request, imap::MetaItem::mod_seq);
}

bool marks_seen(const imap::FetchRequest& request) {
    return std::ranges::any_of(request.items, [](const imap::FetchItem& item) {
        const auto* section = std::get_if<imap::SectionItem>(&item);
        return section != nullptr && !section->peek && section->part != imap::SectionItem::Part::header;
    });
}

// Where a section that is one run of the message begins, and its octets; the others are written anew.
struct Run {
    std::size_t origin = 0;
    std::size_t count = 0;
};
std::optional<Run> run_of(std::string_view message, imap::SectionItem::Part part) {
    const std::size_t header = header_of(message).size();
    switch (part) {
        case imap::SectionItem::Part::everything: return Run{0, message.size()};
        case imap::SectionItem::Part::header: return Run{0, header};
        case imap::SectionItem::Part::text: return Run{header, message.size() - header};
        case imap::SectionItem::Part::header_fields:
        case imap::SectionItem::Part::header_fields_not: return std::nullopt;
    }
    return std::nullopt;
}

Run cut(Run run, const std::optional<imap::SectionItem::Partial>& partial) {
    if (!partial) return run;
    const auto skipped = static_cast<std::size_t>(std::min<std::uint64_t>(partial->origin, run.count));
    return Run{run.origin + skipped, static_cast<std::size_t>(std::min<std::uint64_t>(partial->count, run.count - skipped))};
}

imap::FlagSet changed(const imap::FlagSet& old, imap::StoreMode mode, const imap::FlagSet& flags) {
    switch (mode) {
        case imap::StoreMode::add: return old.united(flags);
        case imap::StoreMode::remove: return old.minus(flags);
        case imap::StoreMode::replace: return flags;
    }
    return old;
}

std::int64_t seconds_now(const ServerOptions& options) {
    if (options.clock) return options.clock();
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

imap::FlagSet Session::allowed(const imap::FlagSet& flags) const {
    if (house_.options.keywords == Keywords::kept) return flags;
    imap::FlagSet system;
    for (const std::string& flag : flags)
        if (flag.starts_with('\\')) system.insert(flag);
    return system;
}

imap::UidSet Session::deleted_in(const Mailbox& mailbox) const {
    imap::UidSet uids;
    for (const StoredMessage& message : mailbox.messages())
        if (message.flags.contains("\\Deleted")) uids.insert(message.uid);
    return uids;
}

std::optional<Session::Verdict> Session::objection_to(const imap::AppendRequest& request) const {
    if (request.messages.size() > 1 && !can("MULTIAPPEND")) return lacking("MULTIAPPEND");
    for (const imap::AppendMessage& message : request.messages) {
        if (message.octets.empty()) return no("An empty message cancels the APPEND");  // RFC 3502 section 6.3.11
        const bool has_nul = message.octets.find('\0') != std::string::npos;
        if (has_nul && !message.binary && house_.options.nul == NulPolicy::refused) return bad("A literal may not hold NUL");
    }
    return std::nullopt;
}

Session::Verdict Session::run(imap::AppendRequest& request) {
    if (const auto objection = objection_to(request)) return *objection;
    imap::InternalDate now;
    now.epoch_seconds = seconds_now(house_.options);
    std::vector<NewMessage> messages;
    messages.reserve(request.messages.size());
    for (imap::AppendMessage& message : request.messages)
        messages.emplace_back(std::move(message.octets), allowed(message.flags), message.date.value_or(now));
    const auto uids = can("X-GM-EXT-1") ? append_labelled(*store_, request.mailbox.raw(), std::move(messages))
                                        : store_->append(request.mailbox.raw(), std::move(messages));
    if (!uids.ok()) return no(uids.error().server_text);
    if (!can("UIDPLUS")) return ok("appended");
    return ok("[APPENDUID " + std::to_string(store_->find(request.mailbox.raw())->uid_validity().value()) + " " +
              set_of(*uids).to_string() + "] appended");
}

Session::Verdict Session::run(const imap::ExpungeRequest& request) {
    if (request.uids && !can("UIDPLUS")) return lacking("UIDPLUS");
    if (view_->read_only()) return no("[READ-ONLY] The mailbox is selected read-only");
    Mailbox* mailbox = selected_mailbox();
    imap::UidSet doomed = deleted_in(*mailbox);
    if (request.uids) {
        imap::UidSet named;
        for (const auto& place : view_->places_in(*request.uids, imap::Numbering::uid))
            if (doomed.contains(place.uid)) named.insert(place.uid);
        doomed = named;
    }
    mailbox->expunge(doomed);
    if (!condstore_ || doomed.empty()) return ok("expunged");
    return ok("[HIGHESTMODSEQ " + std::to_string(mailbox->highest_mod_seq().value()) + "] expunged");
}

void Session::say_section(imap::FetchReply& reply, const StoredMessage& message, const imap::SectionItem& item) {
    using Part = imap::SectionItem::Part;
    const auto origin = item.partial ? std::optional(item.partial->origin) : std::nullopt;
    if (const auto run = run_of(*message.octets, item.part)) {
        const Run wanted = cut(*run, item.partial);
        reply.section(item.label, origin, Octets(wanted.count));
        say(reply.take());
        answer_.add(message.octets, wanted.origin, wanted.count);
        return;
    }
    const auto choice = item.part == Part::header_fields ? FieldChoice::named : FieldChoice::others;
    const std::string fields = header_fields(*message.octets, item.fields, choice);
    const Run wanted = cut(Run{0, fields.size()}, item.partial);
    reply.section(item.label, origin, Octets(wanted.count));
    say(reply.take());
    say(std::string_view(fields).substr(wanted.origin, wanted.count));
}

void Session::say_fetched(const SelectedView::Place& place, const StoredMessage& message, const imap::FetchRequest& request) {
    imap::FetchReply reply(place.seq);
    bool said_uid = false;
    bool said_mod_seq = false;
    for (const imap::FetchItem& item : request.items) {
        if (const auto* section = std::get_if<imap::SectionItem>(&item)) {
            say_section(reply, message, *section);
            continue;
        }
        switch (std::get<imap::MetaItem>(item)) {
            case imap::MetaItem::uid: reply.uid(message.uid); break;
            case imap::MetaItem::flags: reply.flags(message.flags); break;
            case imap::MetaItem::internal_date: reply.internal_date(message.date); break;
            case imap::MetaItem::size: reply.size(Octets(message.octets->size())); break;
            case imap::MetaItem::mod_seq: reply.mod_seq(message.mod_seq); break;
            case imap::MetaItem::labels: reply.labels(labels_of(*store_, view_->name(), message.octets)); break;
        }
        said_uid = said_uid || std::get<imap::MetaItem>(item) == imap::MetaItem::uid;
        said_mod_seq = said_mod_seq || std::get<imap::MetaItem>(item) == imap::MetaItem::mod_seq;
    }
    if (request.numbering == imap::Numbering::uid && !said_uid) reply.uid(message.uid);
    if (request.changed_since && !said_mod_seq) reply.mod_seq(message.mod_seq);
    say(std::move(reply).finish());
}

std::vector<SelectedView::Place> Session::places_meant(const imap::SequenceSet& set, imap::Numbering numbering) const {
    std::vector<SelectedView::Place> places = view_->places_in(set, numbering);
    const auto most = static_cast<std::ptrdiff_t>(house_.options.messages_each.value_or(places.size()));
    if (std::ssize(places) > most) places.erase(places.begin(), places.end() - most);
    return places;
}

Session::Verdict Session::run(const imap::FetchRequest& request) {
    if (wants_mod_seq(request) && !can("CONDSTORE")) return lacking("CONDSTORE");
    if (wants(request, imap::MetaItem::labels) && !can("X-GM-EXT-1")) return lacking("X-GM-EXT-1");
    if (request.vanished && (!qresync_ || !request.changed_since || request.numbering != imap::Numbering::uid))
        return bad("VANISHED needs QRESYNC, UID FETCH and CHANGEDSINCE");
    condstore_ = condstore_ || wants_mod_seq(request);
    Mailbox* mailbox = selected_mailbox();
    if (request.vanished) {
        imap::QresyncParameters known;
        known.mod_seq = *request.changed_since;
        known.known_uids = request.set;
        say_vanished(*mailbox, known);
    }
    const bool mark = marks_seen(request) && !view_->read_only();
    for (const auto& place : places_meant(request.set, request.numbering)) {
        const StoredMessage* message = mailbox->find(place.uid);
        if (message == nullptr) continue;  // expunged by another session: simply not answered
        if (request.changed_since && message->mod_seq <= *request.changed_since) continue;
        if (mark) mailbox->set_flags(place.uid, message->flags.united(imap::FlagSet{"\\Seen"}));
        say_fetched(place, *message, request);
    }
    return ok("done");
}

/// Labels are only given here: a client that takes them away removes mail from a folder, which mailhaul does by folder.
Session::Verdict Session::store_labels(const imap::StoreRequest& request) {
    if (!can("X-GM-EXT-1")) return lacking("X-GM-EXT-1");
    if (request.mode != imap::StoreMode::add) return lacking("X-GM-LABELS other than +X-GM-LABELS");
    if (view_->read_only()) return no("[READ-ONLY] The mailbox is selected read-only");
    for (const auto& place : places_meant(request.set, request.numbering)) {
        const StoredMessage* found = selected_mailbox()->find(place.uid);
        if (found == nullptr) continue;
        const StoredMessage message = *found;  // its mailbox may grow
        const auto given = give_labels(*store_, message, *request.labels);
        if (!given.ok()) return no(given.error().server_text);
        imap::FetchReply reply(place.seq);
        if (request.numbering == imap::Numbering::uid) reply.uid(place.uid);
        reply.labels(labels_of(*store_, view_->name(), message.octets));
        say(std::move(reply).finish());
    }
    return ok("done");
}

Session::Verdict Session::run(const imap::StoreRequest& request) {
    if (request.labels) return store_labels(request);
    if (request.unchanged_since && !can("CONDSTORE")) return lacking("CONDSTORE");
    if (view_->read_only()) return no("[READ-ONLY] The mailbox is selected read-only");
    condstore_ = condstore_ || request.unchanged_since.has_value();
    Mailbox* mailbox = selected_mailbox();
    imap::UidSet refused;  // or positions, as the command counts
    for (const auto& place : places_meant(request.set, request.numbering)) {
        const StoredMessage* message = mailbox->find(place.uid);
        if (message == nullptr) continue;
        if (request.unchanged_since && message->mod_seq > *request.unchanged_since) {
            refused.insert(request.numbering == imap::Numbering::uid ? place.uid : imap::Uid(place.seq.value()));
            continue;
        }
        mailbox->set_flags(place.uid, changed(message->flags, request.mode, allowed(request.flags)));
        view_->told(place, message->mod_seq);
        if (request.silent && !condstore_) continue;
        imap::FetchReply reply(place.seq);
        if (request.numbering == imap::Numbering::uid) reply.uid(place.uid);
        if (!request.silent) reply.flags(message->flags);
        if (condstore_) reply.mod_seq(message->mod_seq);
        say(std::move(reply).finish());
    }
    if (!refused.empty()) return ok("[MODIFIED " + refused.to_string() + "] some were changed meanwhile");
    return ok("done");
}

Session::Verdict Session::run(const imap::SearchRequest& request) {
    if (request.returns && !can("ESEARCH")) return lacking("ESEARCH");
    const std::string charset = imap::upper_from(request.charset);
    if (!charset.empty() && charset != "US-ASCII" && charset != "UTF-8")
        return no("[BADCHARSET (US-ASCII UTF-8)] Unknown charset");
    Mailbox* mailbox = selected_mailbox();
    imap::SearchResponse found;
    imap::SequenceSet everything;
    everything.append(1, std::nullopt);
    for (const auto& place : view_->places_in(everything, imap::Numbering::position)) {
        const StoredMessage* message = mailbox->find(place.uid);
        SearchPlace where;
        where.position = place.seq.value();
        where.positions = view_->count();
        where.largest_uid = view_->largest_uid();
        if (message == nullptr || !meets(request.key, *message, where)) continue;
        found.numbers.push_back(request.numbering == imap::Numbering::uid ? place.uid.value() : place.seq.value());
    }
    if (!request.returns) {
        say(imap::search_reply(found));
        return ok("done");
    }
    imap::ESearchResponse extended;
    extended.tag = tag_;
    extended.uid = request.numbering == imap::Numbering::uid;
    if (request.returns->count) extended.count = static_cast<std::uint32_t>(found.numbers.size());
    if (!found.numbers.empty()) {
        if (request.returns->min) extended.min = found.numbers.front();
        if (request.returns->max) extended.max = found.numbers.back();
        if (request.returns->all)
            for (const std::uint32_t number : found.numbers) extended.all.insert(imap::Uid(number));
    }
    say(imap::esearch_reply(extended));
    return ok("done");
}

Session::Verdict Session::run(const imap::CopyRequest& request) {
    const bool moves = request.kind == imap::CopyRequest::Kind::move;
    if (moves && !can("MOVE")) return lacking("MOVE");
    if (moves && view_->read_only()) return no("[READ-ONLY] The mailbox is selected read-only");
    Mailbox* source = selected_mailbox();
    std::vector<NewMessage> copies;
    imap::UidSet copied;
    for (const auto& place : places_meant(request.set, request.numbering)) {
        const StoredMessage* message = source->find(place.uid);
        if (message == nullptr) continue;
        NewMessage copy("", message->flags, message->date);
        copy.octets = message->octets;
        copies.push_back(std::move(copy));
        copied.insert(place.uid);
    }
    const auto uids = store_->append(request.mailbox.raw(), std::move(copies));
    if (!uids.ok()) return no(uids.error().server_text);
    std::string code;
    if (can("UIDPLUS") && !copied.empty())
        code = "[COPYUID " + std::to_string(store_->find(request.mailbox.raw())->uid_validity().value()) + " " +
               copied.to_string() + " " + set_of(*uids).to_string() + "] ";
    if (!moves) return ok(code + "copied");
    // RFC 6851 section 4.3: COPYUID before the messages go.
    if (!code.empty()) say(imap::status_reply({}, imap::StatusKind::ok, code + "moved"));
    source->expunge(copied);
    return ok("moved");
}

}  // namespace mailhaul::demo
