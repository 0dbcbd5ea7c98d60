// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/duplicates.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mailhaul::sync {
namespace {

std::vector<imap::Uid> uids(std::initializer_list<std::uint32_t> numbers) {
    std::vector<imap::Uid> out;
    for (const std::uint32_t number : numbers) out.emplace_back(number);
    return out;
}

Snapshot mailbox(const std::vector<std::tuple<std::uint32_t, std::uint64_t, const char*>>& messages) {
    Snapshot snapshot;
    for (const auto& [uid, size, flag] : messages) {
        imap::FlagSet flags;
        if (*flag != '\0') flags.insert(flag);
        snapshot.add(imap::Uid{uid}, flags, std::nullopt, Octets{size});
    }
    snapshot.finish();
    return snapshot;
}

message::Sha256 octets(unsigned content) {
    message::Sha256Stream stream;
    stream.update(std::to_string(content));
    return stream.finish();
}

TEST(DuplicateCandidates, are_strangers_whose_size_stands_there_again_and_all_of_that_size) {
    const Snapshot there = mailbox({{1, 100, ""}, {2, 100, ""}, {3, 200, ""}, {4, 300, ""}, {5, 300, ""}});
    EXPECT_EQ(duplicate_candidates(there, uids({2, 3})).to_string(), "1:2") << "4 and 5 are no strangers";
    EXPECT_TRUE(duplicate_candidates(there, {}).empty());
}

TEST(DuplicateCandidates, leave_out_what_is_marked_deleted) {
    const Snapshot there = mailbox({{1, 100, "\\Deleted"}, {2, 100, ""}, {3, 200, ""}, {4, 200, "\\Deleted"}});
    EXPECT_TRUE(duplicate_candidates(there, uids({2, 4})).empty());
}

TEST(Duplicates, are_strangers_that_equal_what_stays) {
    const std::map<imap::Uid, message::Sha256> known{
        {imap::Uid{1}, octets(7)}, {imap::Uid{2}, octets(7)}, {imap::Uid{3}, octets(8)}, {imap::Uid{9}, octets(7)}};
    EXPECT_EQ(find_duplicates(known, uids({1, 2, 3})), uids({1, 2})) << "9 is ours and stays, although it is the youngest";
    EXPECT_EQ(find_duplicates(known, uids({1, 2, 3, 9})), uids({2, 9})) << "of strangers alone the oldest stays";
    EXPECT_EQ(find_duplicates(known, {}), uids({})) << "what is explained is never a duplicate";
}

}  // namespace
}  // namespace mailhaul::sync
