// SPDX-License-Identifier: Apache-2.0
#include "demo/mail_store.hpp"

#include <algorithm>
#include <ranges>

#include "imap/codec/modified_utf7.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::demo {
namespace {

Error refusal(Errc code, Scope scope, std::string words) {
    return Error(code, scope, Retry::never, "the demo server refuses", std::move(words));
}

Error missing(std::string_view name) {
    return refusal(Errc::mailbox_missing, Scope::mailbox, "[NONEXISTENT] There is no mailbox " + std::string(name));
}

}  // namespace

const StoredMessage* Mailbox::find(imap::Uid uid) const {
    const auto place = std::ranges::lower_bound(messages_, uid, {}, &StoredMessage::uid);
    return place != messages_.end() && place->uid == uid ? &*place : nullptr;
}

std::uint32_t Mailbox::count_with(std::string_view flag) const {
    return static_cast<std::uint32_t>(std::ranges::count_if(messages_, [&](const auto& m) { return m.flags.contains(flag); }));
}

imap::Uid Mailbox::append(NewMessage message) {
    const imap::Uid uid = uid_next_;
    uid_next_ = imap::Uid(uid.value() + 1);
    size_ += Octets(message.octets->size());
    messages_.push_back(StoredMessage{uid, std::move(message.octets), std::move(message.flags), message.date, next_mod_seq()});
    return uid;
}

void Mailbox::set_flags(imap::Uid uid, const imap::FlagSet& flags) {
    const auto place = std::ranges::lower_bound(messages_, uid, {}, &StoredMessage::uid);
    if (place == messages_.end() || place->uid != uid || place->flags == flags) return;
    place->flags = flags;
    place->mod_seq = next_mod_seq();
}

void Mailbox::expunge(const imap::UidSet& uids) {
    if (std::ranges::none_of(messages_, [&](const auto& m) { return uids.contains(m.uid); })) return;
    const imap::ModSeq now = next_mod_seq();
    std::erase_if(messages_, [&](const StoredMessage& message) {
        if (!uids.contains(message.uid)) return false;
        expunged_.emplace_back(message.uid, now);
        size_ = Octets(size_.value() - message.octets->size());
        return true;
    });
}

imap::UidSet Mailbox::expunged_since(imap::ModSeq since) const {
    imap::UidSet uids;
    for (const auto& [uid, mod_seq] : expunged_)
        if (mod_seq > since) uids.insert(uid);
    return uids;
}

void Mailbox::rebuild(imap::UidValidity uid_validity) {
    uid_validity_ = uid_validity;
    uid_next_ = imap::Uid(1);
    highest_mod_seq_ = imap::ModSeq(1);
    expunged_.clear();
    for (StoredMessage& message : messages_) {
        message.uid = uid_next_;
        message.mod_seq = highest_mod_seq_;
        uid_next_ = imap::Uid(uid_next_.value() + 1);
    }
}

MailStore::MailStore(StoreOptions options) : options_(std::move(options)), next_uid_validity_(options_.first_uid_validity) {
    mailboxes_.emplace("INBOX", Mailbox(next_uid_validity()));
}

imap::UidValidity MailStore::next_uid_validity() {
    const imap::UidValidity given = next_uid_validity_;
    next_uid_validity_ = imap::UidValidity(given.value() + 1);
    return given;
}

std::string MailStore::canonical(std::string_view name) const {
    std::string spelled(name);
    while (spelled.ends_with(options_.separator)) spelled.pop_back();
    const std::string below_inbox = std::string("INBOX") + options_.separator;
    if (imap::equal_ignoring_case(spelled, "INBOX")) return "INBOX";
    if (imap::starts_with_ignoring_case(spelled, below_inbox)) spelled.replace(0, below_inbox.size(), below_inbox);
    return spelled;
}

Mailbox* MailStore::find(std::string_view name) {
    const auto place = mailboxes_.find(canonical(name));
    return place == mailboxes_.end() ? nullptr : &place->second;
}

const Mailbox* MailStore::find(std::string_view name) const {
    const auto place = mailboxes_.find(canonical(name));
    return place == mailboxes_.end() ? nullptr : &place->second;
}

bool MailStore::has_children(const std::string& name) const {
    const std::string above = name + options_.separator;
    const auto next = mailboxes_.lower_bound(above);
    return next != mailboxes_.end() && next->first.starts_with(above);
}

std::string MailStore::name_of(const std::vector<std::string>& levels) const {
    if (levels.size() == 1 && levels.front() == "INBOX") return "INBOX";
    std::string name = options_.prefix;
    for (const std::string& level : levels) {
        if (&level != &levels.front()) name += options_.separator;
        name += imap::utf7_from_utf8(level);
    }
    return name;
}

Result<void> MailStore::check_name(const std::string& name) const {
    const auto cannot = [&](const std::string& why) {
        return refusal(Errc::mailbox_refused, Scope::mailbox, "[CANNOT] " + why);
    };
    const std::string doubled(2, options_.separator);
    if (name.empty() || name.starts_with(options_.separator) || name.find(doubled) != std::string::npos)
        return cannot("A level of the name is empty");
    if (!imap::utf8_from_utf7(name)) return cannot("The name is not modified UTF-7");
    if (!name.starts_with(options_.prefix)) return cannot("Mailboxes live below " + options_.prefix);
    if (name.size() > options_.names.longest) return cannot("The name is too long");
    if (static_cast<std::size_t>(std::ranges::count(name, options_.separator)) >= options_.names.deepest)
        return cannot("The name has too many levels");
    if (name.find_first_of("%*") != std::string::npos) return cannot("The name holds a wildcard");
    const auto refused = name.find_first_of(options_.names.refused_characters);
    if (refused != std::string::npos) return cannot(std::string("The name holds ") + name[refused]);
    return {};
}

void MailStore::create_parents(const std::string& name) {
    for (auto end = name.find(options_.separator); end != std::string::npos; end = name.find(options_.separator, end + 1)) {
        const auto [place, is_new] = mailboxes_.try_emplace(name.substr(0, end), Mailbox(next_uid_validity_));
        if (is_new) place->second.no_select = true;
    }
}

void MailStore::prune_parents(const std::string& name) {
    for (auto end = name.rfind(options_.separator); end != std::string::npos && end > 0;
         end = name.rfind(options_.separator, end - 1)) {
        const auto parent = mailboxes_.find(name.substr(0, end));
        if (parent == mailboxes_.end() || !parent->second.no_select || has_children(parent->first)) return;
        mailboxes_.erase(parent);
    }
}

Result<void> MailStore::create(std::string_view name, std::vector<imap::SpecialUse> uses) {
    const std::string spelled = canonical(name);
    MH_TRY_VOID(check_name(spelled));
    const Mailbox* existing = find(spelled);
    if (existing != nullptr && !existing->no_select)
        return refusal(Errc::mailbox_refused, Scope::mailbox, "[ALREADYEXISTS] There is a mailbox " + spelled);
    create_parents(spelled);
    Mailbox mailbox(next_uid_validity());
    mailbox.special_uses = std::move(uses);
    mailboxes_.insert_or_assign(spelled, std::move(mailbox));
    return {};
}

Result<void> MailStore::remove(std::string_view name) {
    const std::string spelled = canonical(name);
    const auto place = mailboxes_.find(spelled);
    if (spelled == "INBOX") return refusal(Errc::mailbox_refused, Scope::mailbox, "[CANNOT] INBOX stays");
    if (place == mailboxes_.end()) return missing(spelled);
    if (!has_children(spelled)) {
        mailboxes_.erase(place);
        prune_parents(spelled);
        return {};
    }
    if (place->second.no_select)
        return refusal(Errc::mailbox_refused, Scope::mailbox, "[HASCHILDREN] There are mailboxes below " + spelled);
    place->second = Mailbox(next_uid_validity());
    place->second.no_select = true;
    return {};
}

Result<void> MailStore::rename(std::string_view given_from, std::string_view given_to) {
    const std::string from = canonical(given_from);
    const std::string to = canonical(given_to);
    MH_TRY_VOID(check_name(to));
    if (find(from) == nullptr) return missing(from);
    if (find(to) != nullptr) return refusal(Errc::mailbox_refused, Scope::mailbox, "[ALREADYEXISTS] There is a mailbox " + to);
    const std::string below = from + options_.separator;
    if (to.starts_with(below)) return refusal(Errc::mailbox_refused, Scope::mailbox, "[CANNOT] Into itself");
    create_parents(to);
    if (from == "INBOX") {
        auto inbox = mailboxes_.extract("INBOX");
        inbox.key() = to;
        mailboxes_.insert(std::move(inbox));
        mailboxes_.emplace("INBOX", Mailbox(next_uid_validity()));
        return {};
    }
    std::vector<std::string> moving;
    for (const auto& name : mailboxes_ | std::views::keys)
        if (name == from || name.starts_with(below)) moving.push_back(name);
    for (const std::string& name : moving) {
        auto node = mailboxes_.extract(name);
        node.key() = to + name.substr(from.size());
        mailboxes_.insert(std::move(node));
    }
    prune_parents(from);
    return {};
}

void MailStore::subscribe(std::string_view name) { subscriptions_.insert(canonical(name)); }

void MailStore::unsubscribe(std::string_view name) { subscriptions_.erase(canonical(name)); }

Result<void> MailStore::admit(const std::vector<Octets>& sizes) const {
    Octets together;
    for (const Octets size : sizes) {
        if (options_.largest_message && size > *options_.largest_message)
            return refusal(Errc::too_big, Scope::message,
                           "[TOOBIG] A message may have " + std::to_string(options_.largest_message->value()) + " octets");
        together += size;
    }
    if (options_.quota && used() + together > *options_.quota)
        return refusal(Errc::over_quota, Scope::account, "[OVERQUOTA] The mailbox is full");
    if (options_.message_quota && messages() + sizes.size() > *options_.message_quota)
        return refusal(Errc::over_quota, Scope::account, "[OVERQUOTA] The account holds too many messages");
    return {};
}

Result<std::vector<imap::Uid>> MailStore::append(std::string_view name, std::vector<NewMessage> messages) {
    Mailbox* mailbox = find(name);
    if (mailbox == nullptr || mailbox->no_select)
        return refusal(Errc::mailbox_missing, Scope::mailbox, "[TRYCREATE] There is no mailbox " + std::string(name));
    std::vector<Octets> sizes;
    sizes.reserve(messages.size());
    for (const NewMessage& message : messages) sizes.emplace_back(message.octets->size());
    MH_TRY_VOID(admit(sizes));
    std::vector<imap::Uid> uids;
    uids.reserve(messages.size());
    for (NewMessage& message : messages) uids.push_back(mailbox->append(std::move(message)));
    return uids;
}

Result<imap::Uid> MailStore::append(std::string_view name, NewMessage message) {
    std::vector<NewMessage> one;
    one.push_back(std::move(message));
    MH_TRY(uids, append(name, std::move(one)));
    return uids.front();
}

Octets MailStore::used() const {
    Octets sum;
    for (const Mailbox& mailbox : mailboxes_ | std::views::values) sum += mailbox.size();
    return sum;
}

std::uint64_t MailStore::messages() const {
    std::uint64_t sum = 0;
    for (const Mailbox& mailbox : mailboxes_ | std::views::values) sum += mailbox.messages().size();
    return sum;
}

void MailStore::rebuild(std::string_view name) {
    if (Mailbox* mailbox = find(name)) mailbox->rebuild(next_uid_validity());
}

}  // namespace mailhaul::demo
