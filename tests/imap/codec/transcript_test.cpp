// SPDX-License-Identifier: Apache-2.0
// Every golden dialogue is read as its `expect` lines say, and the same however it is cut into chunks.
#include "imap/codec/transcript.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "imap/codec/describe.hpp"

namespace mailhaul::imap::testing {
namespace {

class Dialogue : public ::testing::TestWithParam<Transcript> {};

TEST_P(Dialogue, is_read_as_expected) {
    Reader reader;
    std::size_t seen = 0;
    for (const auto& [octets, expected, line] : GetParam().steps) {
        reader.feed(octets);
        const auto& lines = reader.lines();
        const std::size_t asserted = std::min(expected.size(), lines.size() - seen);
        const std::vector<std::string> last(lines.end() - static_cast<std::ptrdiff_t>(asserted), lines.end());
        EXPECT_EQ(last, expected) << GetParam().name << ".txt:" << line;
        for (; seen + asserted < lines.size(); ++seen) {
            EXPECT_FALSE(lines[seen].starts_with("unreadable")) << GetParam().name << ".txt:" << line << ": " << lines[seen];
            EXPECT_FALSE(lines[seen].starts_with("error")) << GetParam().name << ".txt:" << line << ": " << lines[seen];
        }
        seen = lines.size();
    }
    EXPECT_TRUE(reader.framer().is_idle()) << GetParam().name << ".txt ends in the middle of a response";
}

TEST_P(Dialogue, is_read_the_same_in_chunks_of_any_size) {
    const std::string wire = GetParam().wire();
    const auto whole = read_all(wire, wire.size());
    for (const auto chunk : {1uz, 2uz, 3uz, 5uz, 7uz, 11uz, 16uz, 64uz, 100uz, 1000uz})
        EXPECT_EQ(read_all(wire, chunk), whole) << chunk;
    EXPECT_TRUE(rc::check(GetParam().name + " in random chunks",
                          [&] { RC_ASSERT(read_all(wire, [] { return *rc::gen::inRange<std::size_t>(1, 90); }) == whole); }));
}

INSTANTIATE_TEST_SUITE_P(with, Dialogue, ::testing::ValuesIn(all_transcripts()),
                         [](const auto& info) { return info.param.name; });

TEST(Transcripts, are_all_found) { EXPECT_GE(all_transcripts().size(), 12u); }

}  // namespace
}  // namespace mailhaul::imap::testing
