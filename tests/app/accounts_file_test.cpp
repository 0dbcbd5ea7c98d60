// SPDX-License-Identifier: Apache-2.0
// The file of accounts: every form it may have, and every mistake in it at once.
#include "app/accounts_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "testkit/scratch_folder.hpp"

namespace mailhaul::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// `2 ann>ann; ...`: line, source and destination; a password as its length.
std::string shown(const AccountsFile& file) {
    std::string all;
    const auto end = [](const AccountEnd& one) {
        std::string text = one.account + (one.host.empty() ? "" : "@" + one.host);
        if (!one.password.empty()) text += "(" + std::to_string(one.password.reveal().size()) + ")";
        return one.password_from.empty() ? text : text + "<" + one.password_from;
    };
    for (const AccountRow& row : file.rows)
        all += (all.empty() ? "" : "; ") + std::to_string(row.line) + " " + end(row.source) + ">" + end(row.destination);
    return all;
}

std::string read(std::string_view text) {
    const AccountsFile file = accounts_from(text, "f");
    EXPECT_THAT(file.mistakes, IsEmpty());
    return shown(file);
}

TEST(AccountsFile, is_a_header_and_a_line_for_each_account) {
    EXPECT_EQ(read("source\nann\nbob\n"), "2 ann>ann; 3 bob>bob") << "the same name on both sides";
    EXPECT_EQ(read("source,destination\nann,ann@new.example\n"), "2 ann>ann@new.example");
    EXPECT_EQ(read("Destination; Source Password ;SOURCE\nx; a b ;ann\n"), "2 ann(5)>x") << "blanks belong to a password";
    EXPECT_EQ(read("source\tdestination-host\tsource_password_from\nann\tnew.example:993\tfile:/p\n"),
              "2 ann<file:/p>ann@new.example:993");
    EXPECT_EQ(read("# who moves first\n\nsource,destination\n\"o'hara, \"\"jo\"\"\", b \n"), "4 o'hara, \"jo\">b");
}

TEST(AccountsFile, may_be_imapsyncs) {
    EXPECT_EQ(read("old.example;u1;secret;new.example;u2;geheim;--automap\nold.example;u3;x;new.example;u4;y;\n"),
              "1 u1@old.example(6)>u2@new.example(6); 2 u3@old.example(1)>u4@new.example(1)");
}

TEST(AccountsFile, tells_every_mistake_with_its_line) {
    const AccountsFile file = accounts_from(
        "source,destination,source_password,source_password_from\n"
        "ann,b\n,b,,\nbob,c,secret,file:x\ncarl,c,,,,more\ndora\x01,d,,\nemil,e,,\n",
        "users.csv");
    EXPECT_THAT(
        file.mistakes,
        ElementsAre(HasSubstr("users.csv:2: has 2 fields, wanted 4"), HasSubstr("users.csv:3: source is empty"),
                    HasSubstr("users.csv:4: source_password and source_password_from both say"),
                    HasSubstr("users.csv:5: has 6 fields"), HasSubstr("users.csv:6: source holds a control character")));
    EXPECT_EQ(shown(file), "7 emil>e");
    for (const std::string& words : file.mistakes) EXPECT_THAT(words, testing::Not(HasSubstr("secret")));
}

TEST(AccountsFile, without_names_of_columns_says_which_are_known) {
    for (const auto& [text, words] :
         {std::pair{"", "f:1: no account stands in it"},
          std::pair{"ann,bob\n", "f:1: wanted the names of the columns: source, destination"},
          std::pair{"source,colour\na,b\n", "f:1: column 2 has no name that is known"},
          std::pair{"source,source\na,b\n", "f:1: two columns are called source"},
          std::pair{"destination\na\n", "f:1: no column is called source"}, std::pair{"source\n", "f:1: no account follows"},
          std::pair{"source\n\"a\n", "f: line 2 has a quote that is never closed"}}) {
        const AccountsFile file = accounts_from(text, "f");
        ASSERT_FALSE(file.mistakes.empty()) << text;
        EXPECT_THAT(file.mistakes.front(), HasSubstr(words));
    }
}

TEST(AccountsFile, with_passwords_is_for_its_owner_alone) {
    const testkit::ScratchFolder folder;
    const std::string path = folder.file("users.csv");
    std::ofstream(path) << "source,source_password\nann,secret\n";
    chmod(path.c_str(), 0644);
    EXPECT_THAT(read_accounts_file(path).mistakes, ElementsAre(HasSubstr("holds passwords and others may read it: chmod 600")));
    chmod(path.c_str(), 0600);
    EXPECT_THAT(read_accounts_file(path).mistakes, IsEmpty());
    EXPECT_THAT(read_accounts_file(folder.file("none")).mistakes, ElementsAre(HasSubstr("cannot be read")));
}

}  // namespace
}  // namespace mailhaul::app
