// SPDX-License-Identifier: Apache-2.0
// The commands of Session that are about mailboxes: listing, counting, selecting, making and unmaking them.
#include <algorithm>
#include <ranges>
#include <utility>

#include "demo/list_pattern.hpp"
#include "demo/session.hpp"
#include "imap/codec/reply.hpp"

namespace mailhaul::demo {
namespace {

imap::ListResponse list_row(imap::ListResponse::Kind kind, const std::string& name, char separator,
                            std::vector<std::string> attributes) {
    imap::ListResponse row;
    row.kind = kind;
    row.info.name = imap::MailboxName(name);
    row.info.separator = separator;
    row.info.attributes = std::move(attributes);
    return row;
}

}  // namespace

std::optional<std::string> Session::missing_for(const std::vector<imap::StatusItem>& items) const {
    for (const imap::StatusItem item : items) {
        if (item == imap::StatusItem::size && !can("STATUS=SIZE")) return "STATUS=SIZE";
        if (item == imap::StatusItem::highest_mod_seq && !can("CONDSTORE")) return "CONDSTORE";
        if (item == imap::StatusItem::append_limit && !can("APPENDLIMIT")) return "APPENDLIMIT";
        if (item == imap::StatusItem::mailbox_id && !can("OBJECTID")) return "OBJECTID";
        if (item == imap::StatusItem::deleted) return "STATUS DELETED";
    }
    return std::nullopt;
}

std::optional<std::string> Session::missing_for(const imap::ListRequest& request) const {
    const bool special_use = request.select_special_use || request.return_special_use;
    if (request.extended && !can("LIST-EXTENDED")) return "LIST-EXTENDED";
    if (special_use && !can("SPECIAL-USE")) return "SPECIAL-USE";
    if (!request.return_status.empty() && !can("LIST-STATUS")) return "LIST-STATUS";
    return missing_for(request.return_status);
}

std::vector<std::string> Session::attributes_of(const std::string& name, const Mailbox& mailbox,
                                                const imap::ListRequest& request) const {
    std::vector<std::string> attributes;
    if (mailbox.no_select) attributes.emplace_back("\\Noselect");
    if (can("CHILDREN") || request.return_children)
        attributes.emplace_back(store_->has_children(name) ? "\\HasChildren" : "\\HasNoChildren");
    if ((request.return_subscribed || request.select_subscribed) && store_->subscriptions().contains(name))
        attributes.emplace_back("\\Subscribed");
    // RFC 6154 lets a server name roles unasked in a plain LIST; the extended one names what was asked for.
    if (can("SPECIAL-USE") && (!request.extended || request.return_special_use || request.select_special_use))
        for (const imap::SpecialUse use : mailbox.special_uses) attributes.emplace_back(to_string(use));
    return attributes;
}

Session::Verdict Session::run(const imap::ListRequest& request) {
    if (request.kind == imap::ListRequest::Kind::lsub) return list_subscriptions(request);
    if (const auto capability = missing_for(request)) return lacking(*capability);
    const char separator = store_->options().separator;
    if (!request.extended && request.patterns.front().empty()) {  // asks for the separator alone
        std::vector<std::string> attributes;
        attributes.emplace_back("\\Noselect");
        say(imap::list_reply(list_row(imap::ListResponse::Kind::list, "", separator, std::move(attributes))));
        return ok("done");
    }
    for (const auto& [name, mailbox] : store_->mailboxes()) {
        const auto fits = [&](const std::string& pattern) {
            return matches_pattern(name, request.reference + pattern, separator);
        };
        if (std::ranges::none_of(request.patterns, fits)) continue;
        if (request.select_subscribed && !store_->subscriptions().contains(name)) continue;
        if (request.select_special_use && mailbox.special_uses.empty()) continue;
        say(imap::list_reply(list_row(imap::ListResponse::Kind::list, name, separator, attributes_of(name, mailbox, request))));
        if (!request.return_status.empty() && !mailbox.no_select)
            say(imap::mailbox_status_reply(status_of(name, mailbox, request.return_status)));
    }
    return ok("done");
}

Session::Verdict Session::list_subscriptions(const imap::ListRequest& request) {
    const char separator = store_->options().separator;
    for (const std::string& name : store_->subscriptions()) {
        if (!matches_pattern(name, request.reference + request.patterns.front(), separator)) continue;
        const Mailbox* mailbox = store_->find(name);
        std::vector<std::string> attributes;
        if (mailbox == nullptr || mailbox->no_select) attributes.emplace_back("\\Noselect");
        say(imap::list_reply(list_row(imap::ListResponse::Kind::lsub, name, separator, std::move(attributes))));
    }
    return ok("done");
}

imap::MailboxStatus Session::status_of(const std::string& name, const Mailbox& mailbox,
                                       const std::vector<imap::StatusItem>& items) {
    imap::MailboxStatus status;
    status.name = imap::MailboxName(name);
    const auto count = static_cast<std::uint32_t>(mailbox.messages().size());
    for (const imap::StatusItem item : items) {
        switch (item) {
            case imap::StatusItem::messages: status.messages = count; break;
            case imap::StatusItem::recent: status.recent = 0; break;
            case imap::StatusItem::uid_next: status.uid_next = mailbox.uid_next(); break;
            case imap::StatusItem::uid_validity: status.uid_validity = mailbox.uid_validity(); break;
            case imap::StatusItem::unseen: status.unseen = count - mailbox.count_with("\\Seen"); break;
            case imap::StatusItem::deleted: status.deleted = mailbox.count_with("\\Deleted"); break;
            case imap::StatusItem::size: status.size = mailbox.size(); break;
            case imap::StatusItem::highest_mod_seq:
                status.highest_mod_seq = mailbox.highest_mod_seq();
                condstore_ = true;
                break;
            case imap::StatusItem::append_limit: status.append_limit = store_->options().largest_message; break;
            case imap::StatusItem::mailbox_id: status.mailbox_id = mailbox.id(); break;
        }
    }
    return status;
}

Session::Verdict Session::run(const imap::StatusRequest& request) {
    if (const auto capability = missing_for(request.items)) return lacking(*capability);
    const Mailbox* mailbox = store_->find(request.mailbox.raw());
    if (mailbox == nullptr || mailbox->no_select) return no("[NONEXISTENT] There is no mailbox " + request.mailbox.raw());
    say(imap::mailbox_status_reply(status_of(request.mailbox.raw(), *mailbox, request.items)));
    return ok("done");
}

Session::Verdict Session::run(const imap::SelectRequest& request) {
    const bool knows_mod_seq = request.condstore || request.qresync.has_value();
    if (request.condstore && !can("CONDSTORE")) return lacking("CONDSTORE");
    if (request.qresync && !qresync_) return bad("QRESYNC was not enabled");
    const bool was_selected = view_.has_value();
    view_.reset();  // a failed SELECT leaves nothing selected (RFC 9051 section 6.3.2)
    if (was_selected && qresync_) say(imap::status_reply({}, imap::StatusKind::ok, "[CLOSED] the other mailbox is closed"));
    Mailbox* mailbox = store_->find(request.mailbox.raw());
    if (mailbox == nullptr || mailbox->no_select) return no("[NONEXISTENT] There is no mailbox " + request.mailbox.raw());
    condstore_ = condstore_ || knows_mod_seq;
    view_.emplace(request.mailbox.raw(), request.mode, *mailbox);
    say_selected(*mailbox, request);
    return ok(view_->read_only() ? "[READ-ONLY] done" : "[READ-WRITE] done");
}

void Session::say_selected(const Mailbox& mailbox, const imap::SelectRequest& request) {
    const auto ok_line = [&](const std::string& words) { say(imap::status_reply({}, imap::StatusKind::ok, words)); };
    imap::FlagSet flags{"\\Answered", "\\Deleted", "\\Draft", "\\Flagged", "\\Seen"};
    for (const StoredMessage& message : mailbox.messages())
        for (const std::string& flag : message.flags) flags.insert(flag);
    say(imap::flags_reply(flags));
    if (house_.options.keywords == Keywords::kept) flags.insert("\\*");
    ok_line(view_->read_only() ? "[PERMANENTFLAGS ()] nothing can be changed"
                               : "[PERMANENTFLAGS (" + flags.to_string() + ")] kept");
    say(imap::exists_reply(view_->count()));
    say(imap::recent_reply(0));
    ok_line("[UIDVALIDITY " + std::to_string(mailbox.uid_validity().value()) + "] unchanged UIDs");
    ok_line("[UIDNEXT " + std::to_string(mailbox.uid_next().value()) + "] next UID");
    if (can("CONDSTORE")) ok_line("[HIGHESTMODSEQ " + std::to_string(mailbox.highest_mod_seq().value()) + "] latest change");
    if (can("OBJECTID")) ok_line("[MAILBOXID (" + mailbox.id() + ")] whatever its name");
    if (request.qresync && request.qresync->uid_validity == mailbox.uid_validity())
        say_changes_since(mailbox, *request.qresync);
}

// VANISHED (EARLIER), of the UIDs the client says it knows; it knows all where it names none.
void Session::say_vanished(const Mailbox& mailbox, const imap::QresyncParameters& known) {
    imap::SequenceSet everything;
    everything.append(1, std::nullopt);
    const auto ranges = known.known_uids.value_or(everything).resolve(0xFFFFFFFF);
    imap::VanishedResponse vanished;
    vanished.earlier = true;
    for (const auto& [first, last] : mailbox.expunged_since(known.mod_seq).ranges())
        for (const auto& [from, to] : ranges)
            if (std::max(first.value(), from) <= std::min(last.value(), to))
                vanished.uids.insert(imap::Uid(std::max(first.value(), from)), imap::Uid(std::min(last.value(), to)));
    if (!vanished.uids.empty()) say(imap::vanished_reply(vanished));
}

// RFC 7162 section 3.2.5: what vanished, then what changed.
void Session::say_changes_since(const Mailbox& mailbox, const imap::QresyncParameters& known) {
    say_vanished(mailbox, known);
    std::uint32_t position = 0;
    for (const StoredMessage& message : mailbox.messages()) {
        ++position;
        if (message.mod_seq <= known.mod_seq) continue;
        imap::FetchReply reply{imap::SeqNum(position)};
        reply.uid(message.uid).flags(message.flags).mod_seq(message.mod_seq);
        say(std::move(reply).finish());
    }
}

Session::Verdict Session::run(const imap::CheckRequest& /*request*/) { return ok("done"); }

Session::Verdict Session::run(const imap::CloseRequest& /*request*/) {
    Mailbox* mailbox = selected_mailbox();
    if (!view_->read_only()) mailbox->expunge(deleted_in(*mailbox));
    view_.reset();
    return ok("done");
}

Session::Verdict Session::run(const imap::UnselectRequest& /*request*/) {
    if (!can("UNSELECT")) return lacking("UNSELECT");
    view_.reset();
    return ok("done");
}

Session::Verdict Session::run(const imap::CreateRequest& request) {
    if (!request.uses.empty() && !can("CREATE-SPECIAL-USE")) return lacking("CREATE-SPECIAL-USE");
    for (const imap::SpecialUse use : request.uses)
        for (const Mailbox& other : store_->mailboxes() | std::views::values)
            if (std::ranges::count(other.special_uses, use) > 0) return no("[USEATTR] Another mailbox has this use");
    auto created = store_->create(request.mailbox.raw(), request.uses);
    const std::string code =
        created.ok() && can("OBJECTID") ? "[MAILBOXID (" + store_->find(request.mailbox.raw())->id() + ")] " : "";
    return verdict_of(created, code + "created");
}

Session::Verdict Session::run(const imap::DeleteRequest& request) {
    return verdict_of(store_->remove(request.mailbox.raw()), "deleted");
}

Session::Verdict Session::run(const imap::RenameRequest& request) {
    return verdict_of(store_->rename(request.from.raw(), request.to.raw()), "renamed");
}

Session::Verdict Session::run(const imap::SubscribeRequest& request) {
    store_->subscribe(request.mailbox.raw());
    return ok("subscribed");
}

Session::Verdict Session::run(const imap::UnsubscribeRequest& request) {
    store_->unsubscribe(request.mailbox.raw());
    return ok("unsubscribed");
}

}  // namespace mailhaul::demo
