// SPDX-License-Identifier: Apache-2.0
// SelectedView: a mailbox as one client knows it: which message stands at which position, and what it was told of each.
//
// The mailbox changes under several clients at once, but a client's positions change only when it is told. So every
// session keeps its own list and, when a command allows it, hears the difference (RFC 9051 section 5.2, 5.5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "demo/mail_store.hpp"
#include "imap/codec/request.hpp"
#include "imap/types/ids.hpp"

namespace mailhaul::demo {

/// How differences are told, by what the client has enabled.
struct ToldAs {
    bool vanished = false;   ///< QRESYNC: VANISHED in place of EXPUNGE
    bool condstore = false;  ///< FETCH carries UID and MODSEQ
};

class SelectedView {
public:
    SelectedView(std::string name, imap::SelectMode mode, const Mailbox& mailbox);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] bool read_only() const { return mode_ == imap::SelectMode::examine; }
    /// False where the mailbox was deleted, or replaced, since.
    [[nodiscard]] bool is_of(const Mailbox* mailbox) const;

    [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(told_.size()); }
    struct Place {
        imap::SeqNum seq;
        imap::Uid uid;
    };
    /// What `set` names of the messages known to the client, in their order.
    [[nodiscard]] std::vector<Place> places_in(const imap::SequenceSet& set, imap::Numbering numbering) const;
    [[nodiscard]] imap::Uid largest_uid() const { return told_.empty() ? imap::Uid(0) : told_.back().uid; }

    /// The client has just been told the flags of the message at `place`.
    void told(const Place& place, imap::ModSeq mod_seq) { told_.at(place.seq.value() - 1).mod_seq = mod_seq; }

    /// Responses for everything that changed since the last call; afterwards the client knows it.
    std::string differences(const Mailbox& mailbox, ToldAs told_as);

private:
    struct Told {
        imap::Uid uid;
        imap::ModSeq mod_seq;  // of the flags the client knows
    };
    std::string expunges(const Mailbox& mailbox, ToldAs told_as);
    std::string changed_flags(const Mailbox& mailbox, ToldAs told_as);

    std::string name_;
    imap::SelectMode mode_;
    imap::UidValidity uid_validity_;
    imap::ModSeq seen_;  // the mailbox's highest when differences() last ran
    std::vector<Told> told_;
};

}  // namespace mailhaul::demo
