// SPDX-License-Identifier: Apache-2.0
#include "demo/selected_view.hpp"

#include <algorithm>
#include <utility>

#include "imap/codec/reply.hpp"

namespace mailhaul::demo {

SelectedView::SelectedView(std::string name, imap::SelectMode mode, const Mailbox& mailbox)
    : name_(std::move(name)), mode_(mode), uid_validity_(mailbox.uid_validity()), seen_(mailbox.highest_mod_seq()) {
    for (const StoredMessage& message : mailbox.messages()) told_.push_back(Told{message.uid, message.mod_seq});
}

bool SelectedView::is_of(const Mailbox* mailbox) const {
    return mailbox != nullptr && !mailbox->no_select && mailbox->uid_validity() == uid_validity_;
}

std::vector<SelectedView::Place> SelectedView::places_in(const imap::SequenceSet& set, imap::Numbering numbering) const {
    std::vector<Place> places;
    const bool by_uid = numbering == imap::Numbering::uid;
    const std::uint32_t largest = by_uid ? largest_uid().value() : count();
    const auto number_at = [&](std::size_t index) {
        return by_uid ? told_[index].uid.value() : static_cast<std::uint32_t>(index + 1);
    };
    std::size_t index = 0;
    for (const auto& [first, last] : set.resolve(largest)) {
        if (index < told_.size() && number_at(index) < first) {
            const auto place = std::ranges::lower_bound(told_, first, {}, [&](const Told& told) {
                return by_uid ? told.uid.value() : static_cast<std::uint32_t>(&told - told_.data() + 1);
            });
            index = static_cast<std::size_t>(place - told_.begin());
        }
        for (; index < told_.size() && number_at(index) <= last; ++index)
            places.push_back(Place{imap::SeqNum(static_cast<std::uint32_t>(index + 1)), told_[index].uid});
    }
    return places;
}

std::string SelectedView::differences(const Mailbox& mailbox, ToldAs told_as) {
    if (mailbox.highest_mod_seq() == seen_) return {};
    std::string lines = expunges(mailbox, told_as);
    lines += changed_flags(mailbox, told_as);
    const std::size_t before = told_.size();
    for (const StoredMessage& message : mailbox.messages())
        if (message.uid > largest_uid()) told_.push_back(Told{message.uid, message.mod_seq});
    if (told_.size() != before) lines += imap::exists_reply(count());
    seen_ = mailbox.highest_mod_seq();
    return lines;
}

std::string SelectedView::expunges(const Mailbox& mailbox, ToldAs told_as) {
    std::string lines;
    imap::VanishedResponse vanished;
    std::vector<Told> kept;
    for (const Told& told : told_) {
        if (mailbox.find(told.uid) != nullptr) {
            kept.push_back(told);
        } else if (told_as.vanished) {
            vanished.uids.insert(told.uid);
        } else {
            lines += imap::expunge_reply(imap::SeqNum(static_cast<std::uint32_t>(kept.size() + 1)));
        }
    }
    told_ = std::move(kept);
    if (!vanished.uids.empty()) lines += imap::vanished_reply(vanished);
    return lines;
}

std::string SelectedView::changed_flags(const Mailbox& mailbox, ToldAs told_as) {
    std::string lines;
    for (std::size_t index = 0; index < told_.size(); ++index) {
        const StoredMessage* message = mailbox.find(told_[index].uid);
        if (message == nullptr || message->mod_seq == told_[index].mod_seq) continue;
        told_[index].mod_seq = message->mod_seq;
        imap::FetchReply reply(imap::SeqNum(static_cast<std::uint32_t>(index + 1)));
        if (told_as.condstore) reply.uid(message->uid).mod_seq(message->mod_seq);
        reply.flags(message->flags);
        lines += std::move(reply).finish();
    }
    return lines;
}

}  // namespace mailhaul::demo
