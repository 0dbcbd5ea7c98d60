// SPDX-License-Identifier: Apache-2.0
#include "store/segment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <xxhash.h>

#include <algorithm>
#include <map>

namespace mailhaul::store {
namespace {

std::optional<std::vector<Change>> decoded(const std::string& octets) {
    return decode_segment(std::span(reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()));
}

Change change(Change::Kind kind, std::uint32_t source, std::uint32_t destination = 0, std::uint32_t flag_set = 0) {
    Change made;
    made.kind = kind;
    made.source = imap::Uid{source};
    if (made.is_entry()) made.destination = imap::Uid{destination};
    if (kind != Change::Kind::forgotten) made.flag_set = flag_set;
    return made;
}

Change any_change() {
    Change made = change(static_cast<Change::Kind>(*rc::gen::inRange(0, 4)), *rc::gen::inRange(1U, 40U),
                         *rc::gen::inRange<std::uint32_t>(1, 0xFFFFFFFF), *rc::gen::inRange(0U, 5U));
    if (!made.is_entry()) return made;
    made.at = *rc::gen::inRange<std::int64_t>(0, 4'000'000'000);
    if (*rc::gen::arbitrary<bool>()) made.message_id = *rc::gen::arbitrary<std::uint64_t>();
    if (*rc::gen::arbitrary<bool>()) {
        made.sha256.emplace();
        made.sha256->fill(static_cast<std::uint8_t>(made.source.value()));
    }
    if (*rc::gen::arbitrary<bool>()) {
        message::Repair repair{message::Defects(*rc::gen::arbitrary<std::uint8_t>()), {}};
        repair.sha256.fill(static_cast<std::uint8_t>(made.at));
        made.repair = repair;
    }
    return made;
}

std::vector<Change> any_changes() {
    std::vector<Change> made;
    for (int left = *rc::gen::inRange(0, 30); left > 0; --left) made.push_back(any_change());
    return made;
}

RC_GTEST_PROP(Segment, what_is_packed_comes_out_again, ()) {
    const std::vector<Change> changes = fold(any_changes(), Fold::part);
    RC_ASSERT(decoded(encode_segment(changes)) == changes);
}

RC_GTEST_PROP(Segment, an_octet_changed_or_missing_is_noticed, ()) {
    std::string octets = encode_segment(fold(any_changes(), Fold::part));
    const auto at = *rc::gen::inRange<std::size_t>(0, octets.size());
    if (*rc::gen::arbitrary<bool>()) {
        octets[at] = static_cast<char>(octets[at] ^ *rc::gen::inRange(1, 256));
    } else {
        octets.resize(at);
    }
    RC_ASSERT(!decoded(octets));
}

/// What folding means, one change after the other.
std::map<std::uint32_t, Change> replayed(const std::vector<Change>& changes) {
    std::map<std::uint32_t, Change> known;
    for (const Change& one : changes) {
        const std::uint32_t uid = one.source.value();
        if (one.is_entry()) {
            known[uid] = one;
        } else if (one.kind == Change::Kind::forgotten) {
            known.erase(uid);
        } else if (known.contains(uid)) {
            known[uid].flag_set = one.flag_set;
        }
    }
    return known;
}

RC_GTEST_PROP(Segment, folding_parts_and_then_the_whole_is_replaying_everything, ()) {
    const std::vector<Change> changes = any_changes();
    const auto cut = *rc::gen::inRange<std::size_t>(0, changes.size() + 1);
    const auto middle = changes.begin() + static_cast<std::ptrdiff_t>(cut);
    std::vector<Change> parts = fold({changes.begin(), middle}, Fold::part);
    std::ranges::copy(fold({middle, changes.end()}, Fold::part), std::back_inserter(parts));
    std::vector<Change> expected;
    for (const auto& [uid, one] : replayed(changes)) expected.push_back(one);
    RC_ASSERT(fold(parts, Fold::whole) == expected);
}

RC_GTEST_PROP(Segment, replaying_twice_equals_once, ()) {
    const std::vector<Change> changes = any_changes();
    std::vector<Change> twice = changes;
    twice.insert(twice.end(), changes.begin(), changes.end());
    RC_ASSERT(fold(fold(twice, Fold::part), Fold::whole) == fold(twice, Fold::whole));
    const std::vector<Change> once = fold(changes, Fold::whole);
    std::vector<Change> again = once;
    again.insert(again.end(), once.begin(), once.end());
    RC_ASSERT(fold(again, Fold::whole) == once);
}

TEST(Segment, of_an_empty_run_is_a_header_and_a_checksum) {
    EXPECT_EQ(encode_segment({}).size(), 5U);
    EXPECT_THAT(decoded(encode_segment({})), testing::Optional(testing::IsEmpty()));
}

/// `segment` says that it is of another format, and is whole.
std::string as_version(char version, std::string segment) {
    segment[0] = version;
    const std::uint32_t checksum = XXH32(segment.data(), segment.size() - 4, 0);
    for (std::size_t i = 0; i < 4; ++i) segment[segment.size() - 4 + i] = static_cast<char>(checksum >> (8 * i));
    return segment;
}

TEST(Segment, of_the_format_before_repairs_is_read_and_has_none) {
    std::vector<Change> changes{change(Change::Kind::copied, 7, 3), change(Change::Kind::adopted, 9, 4)};
    EXPECT_EQ(decoded(as_version(1, encode_segment(changes))), changes);
    changes.back().repair = message::Repair{message::Defects(1), {}};
    EXPECT_EQ(decoded(encode_segment(changes)), changes);
    EXPECT_EQ(decoded(as_version(1, encode_segment(changes))), std::nullopt);
}

TEST(Segment, of_another_version_is_not_read) {
    const std::string octets = encode_segment({});
    EXPECT_EQ(decoded(as_version(3, octets)), std::nullopt);
    EXPECT_EQ(decoded(as_version(0, octets)), std::nullopt);
    EXPECT_EQ(decoded(""), std::nullopt);
}

TEST(Segment, a_copied_message_with_both_digests_costs_at_most_45_octets) {
    std::vector<Change> changes;
    for (std::uint32_t i = 1; i <= 1000; ++i) {
        changes.push_back(change(Change::Kind::copied, i, 5000 + i, i % 3));
        changes.back().at = 1'764'000'000 + i / 50;
        changes.back().sha256.emplace();
        changes.back().message_id = i;
    }
    EXPECT_LE(encode_segment(changes).size(), 45'000U);
}

}  // namespace
}  // namespace mailhaul::store
