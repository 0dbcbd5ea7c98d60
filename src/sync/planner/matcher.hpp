// SPDX-License-Identifier: Apache-2.0
// Matcher: which source message is which destination message, where the ledger does not say.
//
// Pure and stepwise: it says what it needs to know next, is told, and says so again until every message is matched
// or known to be alone. Evidence is asked for cheapest first, and only of messages still undecided:
//   1. Message-ID          settles a message whose Message-ID is unique on both sides
//   2. identity headers    for those whose Message-ID is missing or shared (imapsync's key)
//   3. digest of the body  for those still tied; n equal messages pair with n equal messages, oldest first
// Nothing is asked where one side has nothing left to match.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "imap/types/ids.hpp"
#include "imap/types/uid_set.hpp"
#include "message/fingerprint.hpp"

namespace mailhaul::sync {

enum class Evidence : std::uint8_t {
    message_id,      ///< BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]
    wanted_headers,  ///< BODY.PEEK[HEADER.FIELDS (...)] of the identity rules
    whole_header,    ///< BODY.PEEK[HEADER]
    body_digest,     ///< BODY.PEEK[], digested while it passes; see BodyIdentity
};

/// What a body tells. `whole` counts for more: it tells apart what differs in its header alone.
struct BodyIdentity {
    message::Digest128 whole;  ///< of everything
    message::Digest128 text;   ///< of what follows the header, where servers add no lines
    auto operator<=>(const BodyIdentity&) const = default;
};

/// What the matcher wants to know next, of which messages.
struct Question {
    Evidence evidence;
    imap::UidSet source;
    imap::UidSet destination;
};

struct MatcherOptions {
    MatcherOptions() = default;
    bool message_id_first = true;  ///< off: begin with wanted_headers (operator's own identity headers, --addheader)
    bool add_header = false;       ///< a source message without identity is known as `Message-Id: <UID@imapsync>`
    /// RFC822.SIZE of a message, where the size is a part of its identity (imapsync --noskipsize); empty: it is none.
    std::function<std::uint64_t(imap::Uid)> source_size, destination_size;
    bool find_source_duplicates = false;  ///< ask even where the destination is empty, to tell equal source messages
    std::vector<imap::Uid> have_copies;   ///< of the source, ascending: such a one stands for those that are equal to it
    message::IdentityRules identity;
};

/// The digest of what has `identity` and this size.
message::Digest128 with_size(message::Digest128 identity, std::uint64_t size);

class Matcher {
public:
    /// The messages to be matched, ascending; what the ledger paired already is left out by the caller.
    Matcher(std::vector<imap::Uid> source, std::vector<imap::Uid> destination, MatcherOptions options);

    /// The next question, or empty when all is decided.
    [[nodiscard]] std::optional<Question> next_question();

    /// Answers for one message; a message not answered for by the time of the next question counts as having no
    /// such evidence (it may have vanished).
    void tell_source(imap::Uid uid, Evidence evidence, const message::HeaderIdentity& identity);
    void tell_destination(imap::Uid uid, Evidence evidence, const message::HeaderIdentity& identity);
    void tell_source(imap::Uid uid, BodyIdentity body) { tell_body(source_, uid, body); }
    void tell_destination(imap::Uid uid, BodyIdentity body) { tell_body(destination_, uid, body); }

    struct Matches {
        std::vector<std::pair<imap::Uid, imap::Uid>> pairs;  ///< source, destination; ascending by source
        std::vector<imap::Uid> only_source;                  ///< ascending
        std::vector<imap::Uid> only_destination;             ///< ascending
        /// Of only_source: those equal to another source message in identity headers and in text (where asked for).
        std::vector<imap::Uid> source_duplicates;
        /// Source messages without any wanted header, where asked (add_header); ascending.
        std::vector<imap::Uid> source_without_identity;
    };
    /// After next_question() returned empty.
    [[nodiscard]] Matches matches() const;

private:
    /// One message and what is known of it; kept small, there may be a million.
    struct Known {
        imap::Uid uid;
        imap::Uid partner;  ///< 0: none yet
        bool has_message_id = false;
        bool has_key = false;
        bool has_body = false;
        bool was_given_identity = false;  ///< by add_header
        bool needs_body = false;          ///< recognised by nothing but its whole header: the body must agree as well
        bool is_alone = false;            ///< nothing on the other side can be it
        message::Digest128 message_id;
        message::Digest128 key;  ///< wanted headers, or the whole header where those are missing
        BodyIdentity body;
        [[nodiscard]] bool is_open() const { return partner == imap::Uid{} && !is_alone; }
    };
    using Side = std::vector<Known>;
    /// Messages of both sides that share one digest, oldest first.
    struct Group {
        std::vector<Known*> source;
        std::vector<Known*> destination;
    };
    enum class Step : std::uint8_t { message_id, headers, whole_header, body, done };

    static Known* find(Side& side, imap::Uid uid);
    void tell(Side& side, imap::Uid uid, Evidence evidence, const message::HeaderIdentity& identity);
    static void tell_body(Side& side, imap::Uid uid, BodyIdentity body);

    /// Open messages grouped by `digest_of`, which gives an empty optional for those that have no such digest.
    template <typename DigestOf>
    std::vector<Group> groups(const DigestOf& digest_of);
    std::optional<Question> question_for(Step step);
    template <typename Wanted>
    [[nodiscard]] Question ask(Evidence evidence, const Wanted& wanted) const;
    void add_repeated_keys(imap::UidSet& uids) const;
    void match_by_message_id();
    void match_by_key();
    void match_by_body();
    static void pair_in_order(std::vector<Group> found);
    [[nodiscard]] bool both_sides_open() const;

    MatcherOptions options_;
    Side source_;
    Side destination_;
    Step step_;
    bool asked_ = false;  // the question of step_ has been asked
};

}  // namespace mailhaul::sync
