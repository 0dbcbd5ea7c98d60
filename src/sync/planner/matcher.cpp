// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/matcher.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace mailhaul::sync {
namespace {

constexpr message::Digest128 no_header_at_all{0, 1};

message::Digest128 mixed(message::Digest128 a, message::Digest128 b) {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15ULL;
    return {(a.high ^ (b.low * odd)) + b.high, (a.low ^ (b.high * odd)) + b.low * 3};
}

void pair(imap::Uid& source_partner, imap::Uid source, imap::Uid& destination_partner, imap::Uid destination) {
    source_partner = destination;
    destination_partner = source;
}

}  // namespace

message::Digest128 with_size(message::Digest128 identity, std::uint64_t size) { return mixed(identity, {size, ~size}); }

Matcher::Matcher(std::vector<imap::Uid> source, std::vector<imap::Uid> destination, MatcherOptions options)
    : options_(std::move(options)), step_(options_.message_id_first ? Step::message_id : Step::headers) {
    const auto fill = [](Side& side, const std::vector<imap::Uid>& uids) {
        side.resize(uids.size());
        for (std::size_t i = 0; i < uids.size(); ++i) side[i].uid = uids[i];
    };
    fill(source_, source);
    fill(destination_, destination);
}

Matcher::Known* Matcher::find(Side& side, imap::Uid uid) {
    const auto found = std::ranges::lower_bound(side, uid, {}, &Known::uid);
    return found != side.end() && found->uid == uid ? &*found : nullptr;
}

void Matcher::tell_source(imap::Uid uid, Evidence evidence, const message::HeaderIdentity& identity) {
    if (evidence == Evidence::wanted_headers && options_.add_header && !identity.fingerprint) {
        // What imapsync --addheader gave the copy of this message (behaviour of its 2.x series).
        const std::string line = "Message-Id: <" + std::to_string(uid.value()) + "@imapsync>\r\n";
        tell(source_, uid, evidence, message::identity_of_fields(line, options_.identity));
        if (Known* known = find(source_, uid)) known->was_given_identity = true;
        return;
    }
    tell(source_, uid, evidence, identity);
}

void Matcher::tell_destination(imap::Uid uid, Evidence evidence, const message::HeaderIdentity& identity) {
    tell(destination_, uid, evidence, identity);
}

void Matcher::tell(Side& side, imap::Uid uid, Evidence evidence, const message::HeaderIdentity& identity) {
    Known* known = find(side, uid);
    if (known == nullptr) return;  // a server may answer for what was not asked
    if (evidence == Evidence::message_id || evidence == Evidence::wanted_headers) {
        known->has_message_id = identity.message_id.has_value();
        known->message_id = identity.message_id.value_or(message::Digest128{});
    }
    if (evidence == Evidence::wanted_headers) {
        known->has_key = identity.fingerprint.has_value();
        known->key = identity.fingerprint.value_or(message::Digest128{});
    } else if (evidence == Evidence::whole_header) {
        known->has_key = true;
        known->needs_body = true;
        known->key = identity.whole_header.value_or(no_header_at_all);
    }
    const auto& size_of = &side == &source_ ? options_.source_size : options_.destination_size;
    if (size_of && known->has_key && evidence != Evidence::message_id) known->key = with_size(known->key, size_of(uid));
}

void Matcher::tell_body(Side& side, imap::Uid uid, BodyIdentity body) {
    Known* known = find(side, uid);
    if (known == nullptr) return;
    known->has_body = true;
    known->body = body;
}

template <typename DigestOf>
std::vector<Matcher::Group> Matcher::groups(const DigestOf& digest_of) {
    struct Member {
        message::Digest128 digest;
        bool is_source;
        Known* known;
    };
    std::vector<Member> members;
    const auto collect = [&](Side& side, bool is_source) {
        for (Known& known : side) {
            if (!known.is_open()) continue;
            if (const std::optional<message::Digest128> digest = digest_of(known))
                members.push_back({*digest, is_source, &known});
        }
    };
    collect(source_, true);
    collect(destination_, false);
    std::ranges::sort(members, [](const Member& a, const Member& b) {
        return a.digest != b.digest ? a.digest < b.digest : std::less<>{}(a.known, b.known);
    });
    std::vector<Group> out;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (i == 0 || members[i].digest != members[i - 1].digest) out.emplace_back();
        (members[i].is_source ? out.back().source : out.back().destination).push_back(members[i].known);
    }
    return out;
}

bool Matcher::both_sides_open() const {
    return std::ranges::any_of(source_, &Known::is_open) && std::ranges::any_of(destination_, &Known::is_open);
}

template <typename Wanted>
Question Matcher::ask(Evidence evidence, const Wanted& wanted) const {
    Question question{evidence, {}, {}};
    for (const Known& known : source_)
        if (known.is_open() && wanted(known)) question.source.insert(known.uid);
    for (const Known& known : destination_)
        if (known.is_open() && wanted(known)) question.destination.insert(known.uid);
    return question;
}

std::optional<Question> Matcher::next_question() {
    while (step_ != Step::done) {
        if (!asked_) {
            asked_ = true;
            auto question = question_for(step_);
            if (question && !(question->source.empty() && question->destination.empty())) return question;
        }
        // The answers are in, or there was nothing to ask.
        switch (step_) {
            case Step::message_id: match_by_message_id(); break;
            case Step::headers: break;  // keys may still be completed by whole headers
            case Step::whole_header: match_by_key(); break;
            case Step::body: match_by_body(); break;
            case Step::done: break;
        }
        step_ = static_cast<Step>(static_cast<std::uint8_t>(step_) + 1);
        asked_ = false;
    }
    return std::nullopt;
}

std::optional<Question> Matcher::question_for(Step step) {
    const bool everything = options_.find_source_duplicates || options_.add_header;
    if (!everything && !both_sides_open()) return std::nullopt;
    switch (step) {
        case Step::message_id: return ask(Evidence::message_id, [](const Known&) { return true; });
        case Step::headers: return ask(Evidence::wanted_headers, [](const Known& known) { return !known.has_key; });
        case Step::whole_header: return ask(Evidence::whole_header, [](const Known& known) { return !known.has_key; });
        case Step::body: {
            Question question{Evidence::body_digest, {}, {}};
            if (both_sides_open()) question = ask(Evidence::body_digest, [](const Known& known) { return !known.has_body; });
            if (options_.find_source_duplicates) add_repeated_keys(question.source);
            return question;
        }
        case Step::done: break;
    }
    return std::nullopt;
}

/// Source messages whose identity headers stand there more than once: only their text tells whether they are the same.
void Matcher::add_repeated_keys(imap::UidSet& uids) const {
    std::vector<const Known*> keyed;
    for (const Known& known : source_)
        if (known.has_key && !known.needs_body) keyed.push_back(&known);
    std::ranges::sort(keyed, {}, &Known::key);
    for (std::size_t i = 1; i < keyed.size(); ++i) {
        if (keyed[i]->key != keyed[i - 1]->key) continue;
        uids.insert(keyed[i - 1]->uid);
        uids.insert(keyed[i]->uid);
    }
}

void Matcher::match_by_message_id() {
    bool nameless_source = false;
    bool nameless_destination = false;
    for (const Known& known : source_) nameless_source |= known.is_open() && !known.has_message_id;
    for (const Known& known : destination_) nameless_destination |= known.is_open() && !known.has_message_id;
    const auto by_message_id = [](const Known& known) {
        return known.has_message_id ? std::optional(known.message_id) : std::nullopt;
    };
    for (Group& group : groups(by_message_id)) {
        if (group.source.size() == 1 && group.destination.size() == 1) {
            pair(group.source[0]->partner, group.source[0]->uid, group.destination[0]->partner, group.destination[0]->uid);
        } else if (group.source.empty() || group.destination.empty()) {
            for (Known* known : group.destination) known->is_alone = true;
            if (options_.find_source_duplicates && group.source.size() > 1) continue;
            for (Known* known : group.source) known->is_alone = true;
        }
    }
    const auto close_nameless = [](Side& side) {
        for (Known& known : side)
            if (known.is_open() && !known.has_message_id) known.is_alone = true;
    };
    if (!nameless_source) close_nameless(destination_);
    if (!nameless_destination && !options_.find_source_duplicates) close_nameless(source_);
}

void Matcher::match_by_key() {
    const auto by_key = [](const Known& known) { return known.has_key ? std::optional(known.key) : std::nullopt; };
    for (Group& group : groups(by_key)) {
        if (group.source.size() == 1 && group.destination.size() == 1 && !group.source[0]->needs_body)
            pair(group.source[0]->partner, group.source[0]->uid, group.destination[0]->partner, group.destination[0]->uid);
    }
    // Who is still open and shares neither key nor Message-ID with the other side is alone. A shared Message-ID with
    // another key is not: servers add Received lines, and drafts share a Message-ID; the body decides.
    const auto alone_unless_shared = [](std::vector<Group> found, auto&& shared) {
        for (Group& group : found) {
            if (group.source.empty() || group.destination.empty()) continue;
            for (Known* known : group.source) shared.push_back(known);
            for (Known* known : group.destination) shared.push_back(known);
        }
    };
    std::vector<Known*> shared;
    alone_unless_shared(groups(by_key), shared);
    alone_unless_shared(
        groups([](const Known& known) { return known.has_message_id ? std::optional(known.message_id) : std::nullopt; }),
        shared);
    std::ranges::sort(shared);
    for (Side* side : {&source_, &destination_})
        for (Known& known : *side)
            if (known.is_open() && !std::ranges::binary_search(shared, &known)) known.is_alone = true;
}

void Matcher::match_by_body() {
    // Octet for octet first: of two messages with one text the very same one is taken. What is still open then was
    // given header lines by a server, and its text alone decides.
    pair_in_order(groups([](const Known& known) { return known.has_body ? std::optional(known.body.whole) : std::nullopt; }));
    pair_in_order(groups([](const Known& known) -> std::optional<message::Digest128> {
        if (!known.has_body) return std::nullopt;
        return mixed(known.has_message_id ? known.message_id : known.key, known.body.text);
    }));
}

void Matcher::pair_in_order(std::vector<Group> found) {
    for (Group& group : found) {
        const std::size_t both = std::min(group.source.size(), group.destination.size());
        for (std::size_t i = 0; i < both; ++i)
            pair(group.source[i]->partner, group.source[i]->uid, group.destination[i]->partner, group.destination[i]->uid);
    }
}

Matcher::Matches Matcher::matches() const {
    Matches out;
    for (const Known& known : source_) {
        if (known.partner == imap::Uid{}) {
            out.only_source.push_back(known.uid);
        } else {
            out.pairs.emplace_back(known.uid, known.partner);
        }
    }
    for (const Known& known : source_)
        if (known.was_given_identity) out.source_without_identity.push_back(known.uid);
    for (const Known& known : destination_)
        if (known.partner == imap::Uid{}) out.only_destination.push_back(known.uid);
    if (!options_.find_source_duplicates) return out;

    // Of equal messages one stands for all: a matched one where there is one, else the oldest.
    const auto has_copy = [this](const Known& known) {
        return known.partner != imap::Uid{} || std::ranges::binary_search(options_.have_copies, known.uid);
    };
    std::vector<const Known*> equal;
    for (const Known& known : source_)
        if (known.has_key && !known.needs_body && known.has_body) equal.push_back(&known);
    std::ranges::sort(equal, [&](const Known* a, const Known* b) {
        if (a->key != b->key) return a->key < b->key;
        if (a->body.text != b->body.text) return a->body.text < b->body.text;
        if (has_copy(*a) != has_copy(*b)) return has_copy(*a);
        return a->uid < b->uid;
    });
    for (std::size_t i = 1; i < equal.size(); ++i) {
        const bool same = equal[i]->key == equal[i - 1]->key && equal[i]->body.text == equal[i - 1]->body.text;
        if (same && !has_copy(*equal[i])) out.source_duplicates.push_back(equal[i]->uid);
    }
    std::ranges::sort(out.source_duplicates);
    return out;
}

}  // namespace mailhaul::sync
