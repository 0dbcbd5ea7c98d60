// SPDX-License-Identifier: Apache-2.0
// Which mailboxes are taken, and what is said of each that is not.
#include <gtest/gtest.h>

#include <functional>
#include <ostream>

#include "sync/mapping/trees.hpp"

namespace mailhaul::sync {
namespace {

using Wish = std::function<void(MappingRules&)>;

struct Row {
    const char* name;
    Style style;
    const char* sources;
    Wish wish;
    const char* taken;  ///< source names
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

std::string taken(const Mapping& mapping) {
    std::string text;
    for (const MailboxMapping& m : mapping.mailboxes) text += (text.empty() ? "" : ", ") + decoded(m.source.name);
    return text;
}

Result<Mapping> select(const Style& style, const char* sources, const Wish& wish) {
    MappingRules rules;
    wish(rules);
    return map_mailboxes(tree(style, split(sources)), tree(slashes, {}), rules);
}

class Selection : public testing::TestWithParam<Row> {};

TEST_P(Selection, takes_what_was_asked_for) {
    const auto mapping = select(GetParam().style, GetParam().sources, GetParam().wish);
    ASSERT_TRUE(mapping.ok()) << mapping.error().describe();
    EXPECT_EQ(taken(*mapping), GetParam().taken);
    EXPECT_EQ(mapping->mailboxes.size() + mapping->left_out.size(), split(GetParam().sources).size());
}

const Wish nothing = [](MappingRules&) {};
Wish folder(std::string name) {
    return [name](MappingRules& rules) { rules.folders = {name}; };
}
Wish recursive(std::string name) {
    return [name](MappingRules& rules) { rules.folders_recursive = {name}; };
}
Wish include(std::string pattern) {
    return [pattern](MappingRules& rules) { rules.include = {pattern}; };
}
Wish exclude(std::string pattern) {
    return [pattern](MappingRules& rules) { rules.exclude = {pattern}; };
}
const Wish subscribed = [](MappingRules& rules) { rules.subscribed_only = true; };
const Wish imapsync_subscribed = [](MappingRules& rules) { rules.subscribed_only = rules.imapsync_names = true; };

INSTANTIATE_TEST_SUITE_P(
    wishes, Selection,
    testing::Values(Row{"all", slashes, "B, A/x, A, INBOX", nothing, "INBOX, A, A/x, B"},                 //
                    Row{"nothing to select", slashes, "A \\Noselect, B \\NonExistent, C", nothing, "C"},  //
                    // by name, as people or as the server spells it
                    Row{"by name", slashes, "A, B", folder("A"), "A"},                                                   //
                    Row{"without the prefix", maildir, "INBOX.A.B, INBOX.A", folder("A.B"), "INBOX.A.B"},                //
                    Row{"with the prefix", maildir, "INBOX.A.B, INBOX.A", folder("INBOX.A.B"), "INBOX.A.B"},             //
                    Row{"with slashes", maildir, "INBOX.A.B, INBOX.A", folder("A/B"), "INBOX.A.B"},                      //
                    Row{"decoded", maildir, "INBOX.Entwürfe, INBOX.A", folder("Entwürfe"), "INBOX.Entwürfe"},            //
                    Row{"encoded", maildir, "INBOX.Entwürfe, INBOX.A", folder("INBOX.Entw&APw-rfe"), "INBOX.Entwürfe"},  //
                    Row{"composed for decomposed", slashes, "e\u0301, A", folder("é"), "e\u0301"},                       //
                    Row{"composed before decomposed", slashes, "e\u0301, é", folder("é"), "é"},                          //
                    Row{"inbox", slashes, "INBOX, A", folder("inbox"), "INBOX"},                                         //
                    Row{"the spelling that is truest", maildir, "INBOX.INBOX, INBOX", folder("INBOX"), "INBOX"},         //
                    // and below
                    Row{"recursively", slashes, "A, A/x, A/x/y, AB, B", recursive("A"), "A, A/x, A/x/y"},  //
                    Row{"recursively behind the prefix", maildir, "INBOX.A, INBOX.A.x, INBOX.AB", recursive("A"),
                        "INBOX.A, INBOX.A.x"},
                    Row{"below what is not listed", maildir, "INBOX.A.x, INBOX.B", recursive("A"), "INBOX.A.x"},           //
                    Row{"below INBOX", maildir, "INBOX, INBOX.A", recursive("INBOX"), "INBOX, INBOX.A"},                   //
                    Row{"below a name with slashes", maildir, "INBOX.A.x.y, INBOX.A.z", recursive("A/x"), "INBOX.A.x.y"},  //
                    // subscribed
                    Row{"subscribed, and INBOX", slashes, "INBOX, A \\S, B", subscribed, "INBOX, A"},       //
                    Row{"subscribed to the letter", slashes, "INBOX, A \\S, B", imapsync_subscribed, "A"},  //
                    Row{"subscribed or by name", slashes, "INBOX, A \\S, B, C",
                        [](MappingRules& rules) {
                            rules.subscribed_only = true;
                            rules.folders = {"B"};
                        },
                        "INBOX, A, B"},
                    // by pattern
                    Row{"include alone", slashes, "Ab, Ba, C", include("a"), "Ba"},  //
                    Row{"include adds", slashes, "A, B, C",
                        [](MappingRules& rules) {
                            rules.folders = {"A"};
                            rules.include = {"^B"};
                        },
                        "A, B"},
                    Row{"exclude", slashes, "Spam, Spam/x, NoSpam", exclude("^Spam"), "NoSpam"},  //
                    Row{"exclude has the last word", slashes, "A, B",
                        [](MappingRules& rules) {
                            rules.folders = {"A", "B"};
                            rules.exclude = {"B"};
                        },
                        "A"},
                    Row{"pattern without the prefix", maildir, "INBOX.Spam, INBOX.A", exclude("^Spam$"), "INBOX.A"},         //
                    Row{"pattern with the prefix", maildir, "INBOX.Spam, INBOX.A", exclude(R"(^INBOX\.Spam$)"), "INBOX.A"},  //
                    Row{"pattern on decoded names", slashes, "Entwürfe, A", exclude("^Entw.rfe$"), "A"},                     //
                    Row{"imapsync's pattern on raw names", slashes, "Entwürfe, A",
                        [](MappingRules& rules) {
                            rules.exclude = {"^Entw.rfe$"};
                            rules.imapsync_names = true;
                        },
                        "A, Entwürfe"},
                    // views
                    Row{"views", slashes, "A, All Mail \\All, Starred \\Flagged, Important \\Important", nothing, "A"},  //
                    Row{"views asked for", slashes, "A, All Mail \\All, Starred \\Flagged",
                        [](MappingRules& rules) { rules.skip_virtual = false; }, "A, All Mail, Starred"},
                    Row{"a view by name", slashes, "A, All Mail \\All", folder("All Mail"), "All Mail"},  //
                    Row{"a view by override", slashes, "A, All Mail \\All",
                        [](MappingRules& rules) { rules.overrides = {{"All Mail", "Old"}}; }, "A, All Mail"}));

TEST(Selecting, leaves_out_other_peoples_mailboxes_unless_they_are_named) {
    MailboxTree source = tree(slashes, {"INBOX", "A", "Other Users/x/A", "Public", "Public/A", "Publicity"});
    source.foreign = {{"Other Users/", '/'}, {"Public/", '/'}};
    EXPECT_EQ(taken(*map_mailboxes(source, tree(slashes, {}), {})), "INBOX, A, Publicity");
    MappingRules rules;
    rules.folders = {"A", "Public/A"};
    EXPECT_EQ(taken(*map_mailboxes(source, tree(slashes, {}), rules)), "A, Public/A");
    rules = {};
    rules.imapsync_names = true;
    EXPECT_EQ(map_mailboxes(source, tree(slashes, {}), rules)->mailboxes.size(), 6U);
}

TEST(Selecting, knows_its_own_prefix_from_a_shared_namespace_without_any) {
    MailboxTree source = tree(maildir, {"INBOX", "INBOX.A", "user.x", "shared"});
    source.foreign = {{"user.", '.'}, {"", '.'}};
    EXPECT_EQ(taken(*map_mailboxes(source, tree(slashes, {}), {})), "INBOX, INBOX.A");
}

TEST(Selecting, says_why_each_was_left_out) {
    MailboxTree source = tree(slashes, {"A \\Noselect", "All \\All", "Ghost \\NonExistent", "Public/x", "Spam", "Ok"});
    source.foreign = {{"Public/", '/'}};
    MappingRules rules;
    rules.exclude = {"^Spam"};
    const auto mapping = map_mailboxes(source, tree(slashes, {}), rules);
    std::vector<std::string> reasons;
    for (const LeftOut& left : mapping->left_out) reasons.push_back(decoded(left.name) + ": " + left.reason);
    EXPECT_EQ(reasons,
              (std::vector<std::string>{
                  "A: holds no messages (\\Noselect)", "All: is a view (\\All)", "Ghost: holds no messages (\\NonExistent)",
                  "Public/x: belongs to others (namespace Public/)", "Spam: excluded by --exclude ^Spam"}));
    rules = {};
    rules.folders = {"Ok"};
    EXPECT_EQ(map_mailboxes(tree(slashes, {"Ok", "X"}), tree(slashes, {}), rules)->left_out.front().reason,
              "not among the folders asked for");
    rules = {};
    rules.subscribed_only = true;
    EXPECT_EQ(map_mailboxes(tree(slashes, {"X"}), tree(slashes, {}), rules)->left_out.front().reason, "not subscribed");
}

Error error_of(const MappingRules& rules) {
    const auto mapping =
        map_mailboxes(tree(maildir, {"INBOX", "INBOX.Archive", "INBOX.Archives", "INBOX.Sent"}), tree(slashes, {}), rules);
    return mapping.ok() ? Error(Errc::internal, Scope::run, Retry::never, "no error") : mapping.error();
}

TEST(Selecting, names_every_unknown_folder_and_what_it_may_be_a_slip_for) {
    MappingRules rules;
    rules.folders = {"archve", "Sent", "Xyz"};
    rules.folders_recursive = {"Snet"};
    const Error error = error_of(rules);
    EXPECT_EQ(error.code, Errc::mailbox_missing);
    EXPECT_EQ(error.scope, Scope::run);
    EXPECT_EQ(error.message,
              "no folder \"archve\" on the source; near: \"Archive\", \"Archives\"; no folder \"Xyz\" on the source; "
              "no folder \"Snet\" on the source; near: \"Sent\"");
}

TEST(Selecting, only_warns_of_unknown_folders_where_imapsync_does) {
    MappingRules rules;
    rules.imapsync_names = true;
    rules.folders = {"INBOX.Sent", "Sent"};
    const auto mapping = map_mailboxes(tree(maildir, {"INBOX.Sent"}), tree(slashes, {}), rules);
    ASSERT_TRUE(mapping.ok());
    EXPECT_EQ(taken(*mapping), "INBOX.Sent");
    EXPECT_EQ(mapping->warnings, (std::vector<std::string>{"no folder \"Sent\" on the source: left out"}));
}

TEST(Selecting, takes_a_folder_by_its_name_that_is_not_listed_where_asked_to) {
    MappingRules rules;
    rules.imapsync_names = true;
    rules.take_unlisted = true;
    rules.folders = {"INBOX.Sent", "shared.bob.Sent"};
    const auto mapping = map_mailboxes(tree(maildir, {"INBOX.Sent"}), tree(slashes, {}), rules);
    ASSERT_TRUE(mapping.ok());
    EXPECT_EQ(taken(*mapping), "INBOX.Sent, shared.bob.Sent");
    EXPECT_TRUE(mapping->warnings.empty());
}

TEST(Selecting, refuses_a_pattern_that_does_not_compile_and_says_where) {
    MappingRules rules;
    rules.exclude = {"ok", "a(b"};
    const Error error = error_of(rules);
    EXPECT_EQ(error.code, Errc::usage);
    EXPECT_TRUE(error.message.starts_with("--exclude a(b: ")) << error.message;
    EXPECT_TRUE(error.message.ends_with(" at offset 3")) << error.message;
}

TEST(Selecting, ends_a_pattern_that_would_take_forever) {
    MappingRules rules;
    rules.include = {"^(a+)+$"};
    const auto mapping = map_mailboxes(tree(slashes, {std::string(60, 'a') + "!"}), tree(slashes, {}), rules);
    ASSERT_FALSE(mapping.ok());
    EXPECT_EQ(mapping.error().code, Errc::usage);
    EXPECT_TRUE(mapping.error().message.starts_with("--include ^(a+)+$: match limit exceeded on ")) << mapping.error().message;
}

TEST(Selecting, matches_patterns_against_names_that_are_not_utf8) {
    MailboxTree source = tree(slashes, {"x"});
    source.mailboxes.front().name = imap::MailboxName(
        "Gr\xFC\xDF"
        "e");
    MappingRules rules;
    rules.exclude = {"^Gr"};
    EXPECT_EQ(map_mailboxes(source, tree(slashes, {}), rules)->left_out.size(), 1U);
}

}  // namespace
}  // namespace mailhaul::sync
