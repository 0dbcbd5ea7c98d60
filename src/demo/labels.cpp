// SPDX-License-Identifier: Apache-2.0
#include "demo/labels.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "demo/message_text.hpp"

namespace mailhaul::demo {
namespace {

using imap::SpecialUse;

struct SystemFolder {
    const char* name;
    SpecialUse use;
    const char* label;  ///< nullptr: none
};
constexpr std::array system_folders{
    SystemFolder{"[Gmail]/All Mail", SpecialUse::all, nullptr},
    SystemFolder{"[Gmail]/Drafts", SpecialUse::drafts, "\\Draft"},
    SystemFolder{"[Gmail]/Important", SpecialUse::important, "\\Important"},
    SystemFolder{"[Gmail]/Sent Mail", SpecialUse::sent, "\\Sent"},
    SystemFolder{"[Gmail]/Spam", SpecialUse::junk, nullptr},
    SystemFolder{"[Gmail]/Starred", SpecialUse::flagged, "\\Starred"},
    SystemFolder{"[Gmail]/Trash", SpecialUse::trash, nullptr},
};
constexpr const char* all_mail = system_folders.front().name;

/// What mail in this mailbox is labelled; empty: no label, or none at all.
std::string label_of(const std::string& mailbox) {
    if (mailbox == "INBOX") return "\\Inbox";
    for (const SystemFolder& folder : system_folders)
        if (mailbox == folder.name) return folder.label == nullptr ? "" : folder.label;
    return mailbox;
}

std::string mailbox_of(const std::string& label) {
    if (label == "\\Inbox") return "INBOX";
    for (const SystemFolder& folder : system_folders)
        if (folder.label != nullptr && label == folder.label) return folder.name;
    return label;
}

bool holds(const Mailbox& mailbox, const MessageOctets& message) {
    return std::ranges::find(mailbox.messages(), message, &StoredMessage::octets) != mailbox.messages().end();
}

/// The one that is kept of equal messages.
const StoredMessage* equal_in(const Mailbox& mailbox, const std::string& octets) {
    if (header_fields(octets, {"Message-ID"}, FieldChoice::named).size() <= 2) return nullptr;
    const auto found = std::ranges::find_if(mailbox.messages(), [&](const auto& m) { return *m.octets == octets; });
    return found == mailbox.messages().end() ? nullptr : &*found;
}

}  // namespace

void furnish_as_gmail(MailStore& store) {
    for (const SystemFolder& folder : system_folders) {
        const std::string name = folder.name;
        const auto made = store.create(name, {folder.use});
        if (made.ok()) store.subscribe(name);
    }
}

std::vector<std::string> labels_of(const MailStore& store, std::string_view opened, const MessageOctets& message) {
    std::vector<std::string> labels;
    for (const auto& [name, mailbox] : store.mailboxes()) {
        const std::string label = label_of(name);
        if (name != opened && !label.empty() && holds(mailbox, message)) labels.push_back(label);
    }
    return labels;
}

Result<void> give_labels(MailStore& store, const StoredMessage& message, const std::vector<std::string>& labels) {
    NewMessage again("", message.flags, message.date);
    again.octets = message.octets;
    for (const std::string& label : labels) {
        const std::string name = mailbox_of(label);
        if (store.find(name) == nullptr) MH_TRY_VOID(store.create(name));
        if (holds(*store.find(name), again.octets)) continue;
        MH_TRY(uid, store.append(name, again));
        static_cast<void>(uid);
    }
    return {};
}

Result<std::vector<imap::Uid>> append_labelled(MailStore& store, std::string_view name, std::vector<NewMessage> messages) {
    std::vector<imap::Uid> uids;
    for (NewMessage& message : messages) {
        const Mailbox* everything = store.find(all_mail);
        const StoredMessage* kept = everything == nullptr ? nullptr : equal_in(*everything, *message.octets);
        if (kept != nullptr) message.octets = kept->octets;
        const Mailbox* mailbox = store.find(name);
        const auto there = mailbox == nullptr ? std::vector<StoredMessage>::const_iterator()
                                              : std::ranges::find(mailbox->messages(), message.octets, &StoredMessage::octets);
        if (mailbox != nullptr && there != mailbox->messages().end()) {
            uids.push_back(there->uid);
            continue;
        }
        NewMessage of_all = message;
        MH_TRY(uid, store.append(name, std::move(message)));
        uids.push_back(uid);
        const std::string label = label_of(std::string(name));
        if (kept == nullptr && everything != nullptr && !label.empty()) MH_TRY_VOID(store.append(all_mail, std::move(of_all)));
    }
    return uids;
}

}  // namespace mailhaul::demo
