// SPDX-License-Identifier: Apache-2.0
// Names as imapsync makes them, one rule per row.
#include <gtest/gtest.h>

#include <functional>
#include <ostream>

#include "sync/mapping/imapsync_names.hpp"
#include "sync/mapping/trees.hpp"

namespace mailhaul::sync {
namespace {

using Wish = std::function<void(MappingRules&)>;

struct Row {
    const char* name;
    Style from;
    Style to;
    const char* source;
    const char* destination;
    Wish wish = [](MappingRules&) {};
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

Wish below(std::string sub) {
    return [sub](MappingRules& rules) { rules.sub_folder_destination = sub; };
}
Wish from_below(std::string sub) {
    return [sub](MappingRules& rules) { rules.sub_folder_source = sub; };
}
Wish f1f2(std::string source, std::string destination) {
    return [=](MappingRules& rules) { rules.overrides = {{source, destination}}; };
}
const Wish without_fixslash = [](MappingRules& rules) { rules.separator_replacement = '/'; };

Wish regextrans2(std::vector<std::string> codes) {
    return [codes](MappingRules& rules) {
        rules.substitutions = codes;
        rules.variables = {{"user1", "anna"}};
    };
}

Wish separators(std::string source, std::string destination) {
    return [=](MappingRules& rules) {
        rules.separator_source = source;
        rules.separator_destination = destination;
    };
}

constexpr Style other_prefix{"P.", '.'};

class ImapsyncNames : public testing::TestWithParam<Row> {};

TEST_P(ImapsyncNames, are_imapsyncs) {
    MappingRules rules;
    rules.imapsync_names = true;
    GetParam().wish(rules);
    const auto mapping = map_mailboxes(tree(GetParam().from, {GetParam().source}), tree(GetParam().to, {"INBOX"}), rules);
    ASSERT_TRUE(mapping.ok()) << mapping.error().describe();
    EXPECT_EQ(destinations(*mapping), GetParam().destination);
}

INSTANTIATE_TEST_SUITE_P(
    names, ImapsyncNames,
    testing::Values(Row{"a substitution", maildir, slashes, "INBOX.A", "Old/A", regextrans2({"s,^,Old/,"})},
                    Row{"separators of several octets", slashes, slashes, "A::b/c::d", "A/b::c/d", separators("::", "/")},
                    Row{"separators of several octets on the destination", maildir, slashes, "INBOX.A.b", "A::b",
                        separators(".", "::")},
                    Row{"substitutions of INBOX too", maildir, slashes, "INBOX", "All", regextrans2({"s/.*/All/"})},
                    Row{"substitutions in their order", maildir, slashes, "INBOX.A", "c", regextrans2({"tr/A/b/", "s/b/c/"})},
                    Row{"what both sides are like", slashes, maildir, "A/B", "INBOX.x.A.B",
                        regextrans2({"s,^${h2_prefix}(.*),${h2_prefix}x${h2_sep}$1,"})},
                    Row{"the user", slashes, slashes, "A", "anna/A", regextrans2({"s,^,$sync->{user1}/,"})},
                    Row{"INBOX", maildir, slashes, "INBOX", "INBOX"},                                              //
                    Row{"prefix off, separator changed", maildir, slashes, "INBOX.A.B", "A/B"},                    //
                    Row{"separators change places", maildir, slashes, "INBOX.A.b/c", "A/b.c"},                     //
                    Row{"slash fixed, prefix on", slashes, maildir, "A/b.c", "INBOX.A.b_c"},                       //
                    Row{"slash not fixed", slashes, maildir, "A/b.c", "INBOX.A.b/c", without_fixslash},            //
                    Row{"below INBOX", slashes, maildir, "INBOX/Sub", "INBOX.INBOX.Sub"},                          //
                    Row{"INBOX behind a prefix", other_prefix, slashes, "P.INBOX", "INBOX"},                       //
                    Row{"INBOX behind a prefix gets none", other_prefix, maildir, "P.INBOX", "INBOX"},             //
                    Row{"inbox behind a prefix gets none", other_prefix, maildir, "P.inbox", "INBOX"},             //
                    Row{"the prefix alone", maildir, slashes, "INBOX.", "INBOX"},                                  //
                    Row{"the same separator", slashes, slashes, "A/b.c", "A/b.c"},                                 //
                    Row{"maildir to maildir", maildir, maildir, "INBOX.A.b/c", "INBOX.A.b/c"},                     //
                    Row{"bars", slashes, bars, "A/b|c/d", "A|b_c|d"},                                              //
                    Row{"prefix in another case stays", maildir, slashes, "Inbox.A", "Inbox/A"},                   //
                    Row{"raw names", slashes, maildir, "Entwürfe/x", "INBOX.Entwürfe.x"},                          //
                    Row{"exact pair", slashes, maildir, "A", "B/c", f1f2("A", "B/c")},                             //
                    Row{"exact pair only exactly", slashes, maildir, "A/x", "INBOX.A.x", f1f2("A", "B")},          //
                    Row{"pair without value", slashes, maildir, "A", "INBOX.A", f1f2("A", "")},                    //
                    Row{"pair with 0", slashes, maildir, "A", "INBOX.A", f1f2("A", "0")},                          //
                    Row{"below", slashes, maildir, "Sent/2019", "INBOX.OLD.Sent.2019", below("OLD")},              //
                    Row{"INBOX below", slashes, maildir, "INBOX", "INBOX.OLD.INBOX", below("OLD")},                //
                    Row{"INBOX below without prefix", maildir, slashes, "INBOX", "OLD/INBOX", below("OLD")},       //
                    Row{"below with the prefix given", slashes, maildir, "A", "INBOX.OLD.A", below("INBOX.OLD")},  //
                    Row{"below, sanitised", slashes, maildir, "A", "INBOX.OLD.A", below(" O*L%D ")},               //
                    Row{"below nothing", slashes, maildir, "A", "INBOX.A", below("*")},                            //
                    Row{"from below: the root", points, slashes, "OLD", "INBOX", from_below("OLD")},               //
                    Row{"from below: INBOX", points, slashes, "OLD.INBOX", "INBOX", from_below("OLD")},            //
                    Row{"from below: others", points, slashes, "OLD.X.Y", "X/Y", from_below("OLD")},               //
                    Row{"from below behind the prefix", maildir, slashes, "INBOX.OLD.X", "X", from_below("OLD")},  //
                    Row{"from below: the root behind the prefix", maildir, slashes, "INBOX.OLD", "INBOX", from_below("OLD")},
                    Row{"from below with the prefix given", maildir, slashes, "INBOX.OLD.X", "X", from_below("INBOX.OLD")},  //
                    Row{"pair wins over below", points, slashes, "OLD.X", "Z", [](MappingRules& rules) {
                            rules.sub_folder_source = "OLD";
                            rules.overrides = {{"OLD.X", "Z"}};
                        }}));

TEST(ImapsyncNaming, take_only_the_subtree_of_subfolder1) {
    MappingRules rules;
    rules.imapsync_names = true;
    rules.sub_folder_source = "OLD";
    EXPECT_EQ(shown(*map_mailboxes(tree(maildir, {"INBOX", "INBOX.OLD.A", "INBOX.B"}), tree(slashes, {}), rules)),
              "INBOX.OLD.A→A");
}

TEST(ImapsyncNaming, treat_dots_of_subfolder1_as_any_character) {
    MappingRules rules;
    rules.sub_folder_source = "O.D";
    EXPECT_EQ(imapsync_name("OLD.X", {"", '.'}, {"", '/'}, rules), "X");
}

TEST(ImapsyncNaming, undo_a_prefix_given_twice) {
    MappingRules rules;
    rules.sub_folder_destination = "INBOX.OLD";
    EXPECT_EQ(imapsync_name("INBOX", {"", '/'}, {"INBOX.", '.'}, rules), "INBOX.OLD.INBOX");
}

TEST(ImapsyncNaming, merge_with_a_warning_only) {
    MappingRules rules;
    rules.imapsync_names = true;
    const auto mapping = map_mailboxes(tree(slashes, {"a.b", "a_b"}), tree(points, {}), rules);
    EXPECT_EQ(shown(*mapping), "a.b→a_b, a_b→a_b");
    EXPECT_EQ(mapping->warnings, (std::vector<std::string>{"\"a.b\" and \"a_b\" go into one mailbox, \"a_b\""}));
}

// --- automap

struct Automap {
    const char* name;
    const char* sources;
    const char* destinations;
    const char* mapping;
};
std::ostream& operator<<(std::ostream& out, const Automap& row) { return out << row.name; }

class ImapsyncAutomap : public testing::TestWithParam<Automap> {};

TEST_P(ImapsyncAutomap, pairs_what_imapsync_pairs) {
    MappingRules rules;
    rules.imapsync_names = rules.guess_special_use = true;
    rules.skip_virtual = false;
    const auto mapping =
        map_mailboxes(tree(slashes, split(GetParam().sources)), tree(slashes, split(GetParam().destinations)), rules);
    ASSERT_TRUE(mapping.ok());
    EXPECT_EQ(shown(*mapping), GetParam().mapping);
}

INSTANTIATE_TEST_SUITE_P(pairs, ImapsyncAutomap,
                         testing::Values(Automap{"attribute, attribute", "A \\Sent", "B \\Sent", "A→B"},           //
                                         Automap{"attribute, guess", "A \\Sent", "Sent Items", "A→Sent Items"},    //
                                         Automap{"guess, attribute", "Sent Items", "B \\Sent", "Sent Items→B"},    //
                                         Automap{"guess, guess", "Kosz", "Trash", "Kosz→Trash"},                   //
                                         Automap{"guess, nothing", "Kosz", "A", "Kosz→Kosz"},                      //
                                         Automap{"nothing, attribute", "A", "B \\Sent", "A→A"},                    //
                                         Automap{"guesses have case", "trash", "Trash", "trash→trash"},            //
                                         Automap{"first guessed by name", "Kosz", "Trash, TRASH", "Kosz→TRASH"},   //
                                         Automap{"several to one", "Junk, Spam", "Junk", "Junk→Junk, Spam→Junk"},  //
                                         Automap{"no languages but its own", "Papierkorb", "Trash", "Papierkorb→Papierkorb"},
                                         Automap{"All and Flagged too", "All \\All, Starred", "Flagged, X \\All",
                                                 "All→X, Starred→Flagged"},
                                         Automap{"never \\Important", "A \\Important", "B \\Important", "A→A"},  //
                                         Automap{"children stay", "A \\Sent, A/x", "B \\Sent", "A→B, A/x→A/x"}));

TEST(ImapsyncRoles, guesses_with_the_prefix_removed) {
    MappingRules rules;
    rules.imapsync_names = rules.guess_special_use = true;
    EXPECT_EQ(shown(*map_mailboxes(tree(maildir, {"INBOX.Spam"}), tree(slashes, {"Junk"}), rules)), "INBOX.Spam→Junk");
}

TEST(ImapsyncRoles, is_off_unless_asked_for) {
    MappingRules rules;
    rules.imapsync_names = true;
    EXPECT_EQ(shown(*map_mailboxes(tree(slashes, {"A \\Sent"}), tree(slashes, {"B \\Sent"}), rules)), "A→A");
}

TEST(ImapsyncSubstitutions, must_leave_a_name_and_be_understood) {
    const auto failure = [](const char* code) {
        MappingRules rules;
        rules.imapsync_names = true;
        rules.substitutions = {code};
        const auto mapping = map_mailboxes(tree(maildir, {"INBOX.A"}), tree(slashes, {"INBOX"}), rules);
        return mapping.ok() ? std::string() : std::string(name_of(mapping.error().code)) + " " + mapping.error().message;
    };
    EXPECT_EQ(failure("s/.*//s").substr(0, 15), "unmappable_name");
    EXPECT_EQ(failure("s/$/\\n/").substr(0, 15), "unmappable_name");
    EXPECT_EQ(failure("s/a/b/e").substr(0, 5), "usage");
    EXPECT_EQ(failure("s/A/B/"), "");
}

}  // namespace
}  // namespace mailhaul::sync
