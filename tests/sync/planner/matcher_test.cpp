// SPDX-License-Identifier: Apache-2.0
// The matcher against a model: messages are (Message-ID, key, body) triples, and the truth is known.
#include "sync/planner/matcher.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>

namespace mailhaul::sync {
namespace {

/// What a message is. 0 means: has none of it.
struct Model {
    unsigned message_id = 0;
    unsigned received = 0;  ///< further identity lines
    unsigned header = 0;    ///< everything else in the header
    unsigned body = 0;
    auto operator<=>(const Model&) const = default;
};
using Mailbox = std::map<imap::Uid, Model>;

message::Digest128 digest(unsigned a, unsigned b) { return {a + 1ULL, b + 1ULL}; }

message::HeaderIdentity identity(const Model& model) {
    message::HeaderIdentity known;
    if (model.message_id != 0) known.message_id = digest(model.message_id, 0);
    if (model.message_id != 0 || model.received != 0) known.fingerprint = digest(model.message_id, model.received);
    if (model.message_id != 0 || model.received != 0 || model.header != 0)
        known.whole_header = digest(model.message_id * 1000 + model.received, model.header + 100);
    return known;
}

std::vector<imap::Uid> uids(const Mailbox& mailbox) {
    std::vector<imap::Uid> out;
    for (const auto& [uid, model] : mailbox) out.push_back(uid);
    return out;
}

BodyIdentity body(const Model& model) {
    return {digest(model.message_id * 1000 + model.received * 100 + model.header * 10 + model.body, 8), digest(model.body, 7)};
}

struct Outcome {
    Matcher::Matches matches;
    std::vector<Evidence> asked;
    std::uint64_t asked_messages = 0;
};

Outcome match(const Mailbox& source, const Mailbox& destination, MatcherOptions options = {}) {
    Matcher matcher(uids(source), uids(destination), std::move(options));
    Outcome run;
    while (const auto question = matcher.next_question()) {
        run.asked.push_back(question->evidence);
        run.asked_messages += question->source.size() + question->destination.size();
        for (const auto& [uid, model] : source) {
            if (!question->source.contains(uid)) continue;
            if (question->evidence == Evidence::body_digest) {
                matcher.tell_source(uid, body(model));
            } else {
                matcher.tell_source(uid, question->evidence, identity(model));
            }
        }
        for (const auto& [uid, model] : destination) {
            if (!question->destination.contains(uid)) continue;
            if (question->evidence == Evidence::body_digest) {
                matcher.tell_destination(uid, body(model));
            } else {
                matcher.tell_destination(uid, question->evidence, identity(model));
            }
        }
    }
    run.matches = matcher.matches();
    return run;
}

Mailbox mailbox_of(std::initializer_list<Model> models) {
    Mailbox mailbox;
    std::uint32_t uid = 0;
    for (const Model& model : models) mailbox.emplace(imap::Uid{++uid}, model);
    return mailbox;
}

TEST(Matcher, asks_nothing_where_one_side_has_nothing) {
    EXPECT_TRUE(match(mailbox_of({{1, 1, 1, 1}, {2, 1, 1, 1}}), {}).asked.empty());
    EXPECT_TRUE(match({}, mailbox_of({{1, 1, 1, 1}})).asked.empty());
}

TEST(Matcher, a_unique_message_id_settles_a_message_with_one_question) {
    const Outcome run = match(mailbox_of({{1, 1, 1, 1}, {2, 1, 1, 1}}), mailbox_of({{2, 1, 1, 1}, {3, 1, 1, 1}}));
    EXPECT_EQ(run.asked, std::vector{Evidence::message_id});
    EXPECT_EQ(run.matches.pairs, (std::vector{std::pair{imap::Uid{2}, imap::Uid{1}}}));
    EXPECT_EQ(run.matches.only_source, std::vector{imap::Uid{1}});
}

TEST(Matcher, two_drafts_with_one_message_id_are_two_messages) {
    const Outcome run = match(mailbox_of({{1, 1, 1, 1}, {1, 1, 1, 2}}), mailbox_of({{1, 1, 1, 2}}));
    EXPECT_EQ(run.matches.pairs, (std::vector{std::pair{imap::Uid{2}, imap::Uid{1}}}));
    EXPECT_EQ(run.matches.only_source, std::vector{imap::Uid{1}});
}

TEST(Matcher, a_server_that_adds_received_lines_doubles_nothing_even_among_duplicates) {
    const Outcome run = match(mailbox_of({{1, 1, 1, 1}, {1, 1, 1, 2}}), mailbox_of({{1, 9, 1, 1}, {1, 9, 1, 2}}));
    EXPECT_EQ(run.matches.pairs.size(), 2U);
}

TEST(Matcher, of_two_messages_with_one_id_and_one_text_the_very_same_is_taken) {
    const Outcome run = match(mailbox_of({{1, 1, 1, 1}, {1, 1, 2, 1}}), mailbox_of({{1, 1, 2, 1}}));
    EXPECT_EQ(run.matches.pairs, (std::vector{std::pair{imap::Uid{2}, imap::Uid{1}}}));
}

TEST(Matcher, messages_without_any_header_are_told_apart_by_their_text) {
    const Outcome run = match(mailbox_of({{0, 0, 0, 1}, {0, 0, 0, 2}}), mailbox_of({{0, 0, 0, 2}}));
    EXPECT_EQ(run.matches.pairs, (std::vector{std::pair{imap::Uid{2}, imap::Uid{1}}}));
}

TEST(Matcher, one_headerless_message_is_not_taken_for_another) {
    EXPECT_TRUE(match(mailbox_of({{0, 0, 0, 1}}), mailbox_of({{0, 0, 0, 2}})).matches.pairs.empty());
}

TEST(Matcher, finds_source_duplicates_where_the_destination_is_empty) {
    MatcherOptions options;
    options.find_source_duplicates = true;
    options.message_id_first = false;
    const Outcome run = match(mailbox_of({{1, 1, 1, 1}, {2, 1, 1, 1}, {1, 1, 1, 1}}), {}, options);
    EXPECT_EQ(run.matches.source_duplicates, std::vector{imap::Uid{3}});
}

TEST(Matcher, messages_that_share_headers_and_not_their_text_are_no_duplicates) {
    MatcherOptions options;
    options.find_source_duplicates = true;
    options.message_id_first = false;
    EXPECT_TRUE(match(mailbox_of({{1, 1, 1, 1}, {1, 1, 1, 2}, {0, 0, 1, 1}, {0, 0, 1, 1}}), {}, options)
                    .matches.source_duplicates.empty());
}

rc::Gen<Mailbox> mailboxes() {
    const auto model = rc::gen::map(
        rc::gen::tuple(rc::gen::inRange(0U, 4U), rc::gen::inRange(0U, 3U), rc::gen::inRange(0U, 2U), rc::gen::inRange(0U, 3U)),
        [](const auto& t) { return Model{std::get<0>(t), std::get<1>(t), std::get<2>(t), std::get<3>(t)}; });
    return rc::gen::map(rc::gen::container<std::vector<Model>>(model), [](const std::vector<Model>& models) {
        Mailbox mailbox;
        std::uint32_t uid = 0;
        for (const Model& one : models) mailbox.emplace(imap::Uid{++uid}, one);
        return mailbox;
    });
}

TEST(MatcherProperty, every_message_is_in_exactly_one_place) {
    EXPECT_TRUE(rc::check([] {
        const Mailbox source = *mailboxes();
        const Mailbox destination = *mailboxes();
        const auto matches = match(source, destination).matches;
        RC_ASSERT(matches.pairs.size() + matches.only_source.size() == source.size());
        RC_ASSERT(matches.pairs.size() + matches.only_destination.size() == destination.size());
        std::vector<imap::Uid> used;
        for (const auto& [from, to] : matches.pairs) used.push_back(to);
        std::ranges::sort(used);
        RC_ASSERT(std::ranges::adjacent_find(used) == used.end());
    }));
}

TEST(MatcherProperty, an_exact_copy_is_recognised_whole_whatever_it_holds) {
    EXPECT_TRUE(rc::check([] {
        const Mailbox source = *mailboxes();
        RC_ASSERT(match(source, source).matches.only_source.empty());
    }));
}

TEST(MatcherProperty, a_copy_in_part_is_completed_without_a_second_copy) {
    EXPECT_TRUE(rc::check([] {
        const Mailbox source = *mailboxes();
        Mailbox destination;
        for (const auto& [uid, model] : source)
            if (*rc::gen::arbitrary<bool>()) destination.emplace(imap::Uid{uid.value() + 100}, model);
        const auto matches = match(source, destination).matches;
        RC_ASSERT(matches.only_destination.empty());
        RC_ASSERT(matches.only_source.size() == source.size() - destination.size());
    }));
}

TEST(Matcher, tells_equal_headers_of_unequal_sizes_apart_where_sizes_count) {
    const Mailbox source{{imap::Uid{1}, Model{.message_id = 1, .body = 1}}};
    const Mailbox destination{{imap::Uid{1}, Model{.message_id = 1, .body = 2}}};
    MatcherOptions options;
    options.message_id_first = false;
    EXPECT_EQ(match(source, destination, options).matches.pairs.size(), 1U);
    options.source_size = [](imap::Uid) { return std::uint64_t{100}; };
    options.destination_size = [](imap::Uid) { return std::uint64_t{101}; };
    EXPECT_EQ(match(source, destination, options).matches.only_source.size(), 1U);
    EXPECT_EQ(match(source, source, options).matches.pairs.size(), 1U) << "a size that lies, of one text, doubles nothing";
}

}  // namespace
}  // namespace mailhaul::sync
