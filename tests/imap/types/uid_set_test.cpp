// SPDX-License-Identifier: Apache-2.0
// UidSet against a plain std::set, and the cases a property would rarely meet.
#include "imap/types/uid_set.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

namespace mailhaul::imap {
namespace {

constexpr std::uint32_t highest = 0xFFFFFFFF;

UidSet set_of(std::initializer_list<std::pair<std::uint32_t, std::uint32_t>> ranges) {
    UidSet set;
    for (const auto& [first, last] : ranges) set.insert(Uid{first}, Uid{last});
    return set;
}

TEST(UidSet, merges_ranges_that_overlap_or_touch) {
    EXPECT_EQ(set_of({{1, 3}, {4, 6}}).to_string(), "1:6");
    EXPECT_EQ(set_of({{4, 6}, {1, 3}}).to_string(), "1:6");
    EXPECT_EQ(set_of({{1, 3}, {5, 6}}).to_string(), "1:3,5:6");
    EXPECT_EQ(set_of({{1, 1}, {3, 3}, {5, 5}, {2, 4}}).to_string(), "1:5");
    EXPECT_EQ(set_of({{10, 20}, {12, 13}}).to_string(), "10:20");
    EXPECT_EQ(set_of({{5, 5}, {1, 1}, {3, 3}}).to_string(), "1,3,5");
}

TEST(UidSet, takes_a_descending_range_for_the_same_uids) { EXPECT_EQ(set_of({{9, 7}}).to_string(), "7:9"); }

TEST(UidSet, never_holds_uid_zero) {
    EXPECT_TRUE(set_of({{0, 0}}).empty());
    EXPECT_EQ(set_of({{0, 2}}).to_string(), "1:2");
}

TEST(UidSet, holds_every_uid_there_is_without_expanding_them) {
    const UidSet all = UidSet::range(Uid{1}, Uid{highest});
    EXPECT_EQ(all.size(), highest);
    EXPECT_TRUE(all.contains(Uid{highest}));
    EXPECT_EQ(set_of({{highest, highest}, {highest - 1, highest - 1}}).to_string(), "4294967294:4294967295");
}

TEST(UidSet, is_cut_into_pieces_that_fit_a_command_line) {
    const UidSet set = set_of({{1, 5}, {9, 9}, {12, 20}, {100, 200}});
    std::vector<std::string> pieces;
    for (const auto& piece : set.split(6)) pieces.push_back(piece.to_string());
    EXPECT_EQ(pieces, (std::vector<std::string>{"1:5,9", "12:20", "100:200"}));
    EXPECT_EQ(set.split(1000).size(), 1u);
    EXPECT_TRUE(UidSet().split(10).empty());
}

TEST(UidSet, is_split_into_a_thousand_each) {
    UidSet set;
    set.insert(Uid{1}, Uid{2}), set.insert(Uid{11}, Uid{2510});
    std::vector<std::string> pieces;
    for (const auto& piece : set.split(900)) pieces.push_back(piece.to_string());
    EXPECT_EQ(pieces, (std::vector<std::string>{"1:2,11:1008", "1009:2008", "2009:2510"}));
    set.insert(Uid{3000}, Uid{highest});
    EXPECT_EQ(set.split(900).size(), 3U) << "what no mailbox holds is not walked along";
}

TEST(UidSet, behaves_like_a_set_of_numbers_whatever_is_inserted) {
    EXPECT_TRUE(rc::check("insert, contains, size and from_ranges agree with std::set", [] {
        const auto ranges = *rc::gen::container<std::vector<std::pair<std::uint32_t, std::uint32_t>>>(
            rc::gen::pair(rc::gen::inRange(1u, 60u), rc::gen::inRange(1u, 60u)));
        UidSet set;
        std::vector<UidSet::Range> given;
        std::set<std::uint32_t> model;
        for (const auto& [first, last] : ranges) {
            set.insert(Uid{first}, Uid{last});
            given.push_back({Uid{first}, Uid{last}});
            for (auto uid = std::min(first, last); uid <= std::max(first, last); ++uid) model.insert(uid);
        }
        RC_ASSERT(set.size() == model.size());
        for (std::uint32_t uid = 1; uid < 61; ++uid) RC_ASSERT(set.contains(Uid{uid}) == model.contains(uid));
        RC_ASSERT(set == UidSet::from_ranges(given));
        for (std::size_t i = 1; i < set.ranges().size(); ++i)
            RC_ASSERT(set.ranges()[i - 1].last.value() + 1 < set.ranges()[i].first.value());
    }));
}

TEST(UidSet, loses_nothing_when_it_is_split) {
    EXPECT_TRUE(rc::check("the pieces together are the whole, each short enough", [] {
        UidSet set;
        for (const auto uid : *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(1u, 5000u)))
            set.insert(Uid{uid});
        const auto bound = *rc::gen::inRange<std::size_t>(9, 80);
        UidSet whole;
        for (const auto& piece : set.split(bound)) {
            RC_ASSERT(!piece.empty());
            RC_ASSERT(piece.to_string().size() <= bound);
            for (const auto& range : piece.ranges()) whole.insert(range.first, range.last);
        }
        RC_ASSERT(whole == set);
    }));
}

TEST(UidSequence, keeps_the_order_in_which_the_server_wrote_it) {
    UidSequence sequence;
    sequence.append(Uid{7}, Uid{7});
    sequence.append(Uid{12}, Uid{10});
    EXPECT_EQ(sequence.size(), 4u);
    EXPECT_EQ(sequence.expand(100), (std::vector<Uid>{Uid{7}, Uid{12}, Uid{11}, Uid{10}}));
    EXPECT_EQ(sequence.to_set().to_string(), "7,10:12");
}

TEST(UidSequence, expands_no_further_than_asked) {
    UidSequence sequence;
    sequence.append(Uid{1}, Uid{highest});
    sequence.append(Uid{highest}, Uid{1});
    EXPECT_EQ(sequence.size(), 2ull * highest);
    EXPECT_EQ(sequence.expand(3), (std::vector<Uid>{Uid{1}, Uid{2}, Uid{3}}));
    EXPECT_TRUE(sequence.expand(0).empty());
}

TEST(UidSequence, reaches_the_highest_uid_from_either_side) {
    UidSequence sequence;
    sequence.append(Uid{highest - 1}, Uid{highest});
    sequence.append(Uid{highest}, Uid{highest});
    EXPECT_EQ(sequence.expand(10), (std::vector<Uid>{Uid{highest - 1}, Uid{highest}, Uid{highest}}));
}

TEST(UidSet, erases_at_either_end_and_in_the_middle_of_a_range) {
    UidSet set = UidSet::range(Uid{1}, Uid{5});
    set.insert(Uid{9});
    for (const std::uint32_t gone : {7U, 3U, 1U, 5U, 9U, 100U}) set.erase(Uid{gone});
    EXPECT_EQ(set.to_string(), "2,4");
    set.erase(Uid{2});
    set.erase(Uid{4});
    EXPECT_TRUE(set.empty());
}

}  // namespace
}  // namespace mailhaul::imap
