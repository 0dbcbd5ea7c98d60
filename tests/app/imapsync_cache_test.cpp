// SPDX-License-Identifier: Apache-2.0
#include "app/imapsync_cache.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "testkit/scratch_folder.hpp"

namespace mailhaul::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class Cache : public testing::Test {
protected:
    /// An empty file of imapsync's.
    void touch(const std::string& path) const {
        const std::filesystem::path file(scratch.file(path));
        std::filesystem::create_directories(file.parent_path());
        std::ofstream made(file);
    }
    ImapsyncCache cache() const {
        ImapsyncCache made;
        made.folder = scratch.file("imapsync_cache");
        made.hosts = {"old.example", "new.example"};
        made.users = {"u1", "dom\\u 2"};
        return made;
    }
    testkit::ScratchFolder scratch;
};

TEST_F(Cache, lies_where_imapsync_puts_it) {
    ImapsyncCache here = cache();
    here.folder = "/tmp/imapsync_cache";
    here.separators = {".", "/"};
    EXPECT_THAT(cache_folders(here, "INBOX.a b.Caf\xC3\xA9*", "Archive/it's"),
                ElementsAre("/tmp/imapsync_cache/old.example/u1/new.example/dom_u_2/INBOX/a_b/Caf___/Archive/it_s"));
}

TEST_F(Cache, is_looked_for_under_each_separator_a_server_may_have) {
    ImapsyncCache here = cache();
    here.folder = "/c";
    const auto folders = cache_folders(here, "A.b", "C\\d");
    EXPECT_THAT(folders, Contains("/c/old.example/u1/new.example/dom_u_2/A/b/C/d"));
    EXPECT_THAT(folders, Contains("/c/old.example/u1/new.example/dom_u_2/A.b/C_d"));
}

TEST_F(Cache, tells_pairs_by_the_names_of_its_files) {
    const std::string folder = "imapsync_cache/old.example/u1/new.example/dom_u_2/INBOX/INBOX/";
    for (const char* name : {"1_11", "2_12", "10_20", "lock", "3_", "_4", "5_x", "0_7", "99999999999_1", "6_7_8"})
        touch(folder + name);
    std::filesystem::create_directories(scratch.file(folder + "Sub"));
    const auto claims = claims_of(cache())(imap::MailboxName("INBOX"), imap::MailboxName("INBOX"));
    ASSERT_TRUE(claims.ok());
    EXPECT_THAT(claims.value(), ElementsAre(Pair(imap::Uid{1}, imap::Uid{11}), Pair(imap::Uid{2}, imap::Uid{12}),
                                            Pair(imap::Uid{10}, imap::Uid{20})));
}

TEST_F(Cache, of_several_pairs_holds_the_greatest_of_each_side) {
    for (const char* name : {"a/1_11", "a/1_15", "a/2_15", "a/3_4"}) touch(name);
    const auto pairs = read_cache_folders({scratch.file("a")});
    ASSERT_TRUE(pairs.ok());
    EXPECT_THAT(pairs.value(), ElementsAre(Pair(imap::Uid{2}, imap::Uid{15}), Pair(imap::Uid{3}, imap::Uid{4})));
}

TEST_F(Cache, that_is_not_there_tells_nothing) {
    const auto claims = claims_of(cache())(imap::MailboxName("INBOX"), imap::MailboxName("INBOX"));
    ASSERT_TRUE(claims.ok());
    EXPECT_THAT(claims.value(), IsEmpty());
}

}  // namespace
}  // namespace mailhaul::app
