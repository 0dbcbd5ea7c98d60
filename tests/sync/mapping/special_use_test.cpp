// SPDX-License-Identifier: Apache-2.0
// Mailboxes of one role belong together, whatever they are called.
#include <gtest/gtest.h>

#include <ostream>

#include "sync/mapping/role_names.hpp"
#include "sync/mapping/trees.hpp"

namespace mailhaul::sync {
namespace {

enum class By { attribute, name, nothing };

struct Row {
    const char* name;
    const char* sources;
    const char* destinations;
    By by;
    const char* mapping;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

MappingRules rules_for(By by) {
    MappingRules rules;
    rules.map_special_use = by != By::nothing;
    rules.guess_special_use = by == By::name;
    return rules;
}

class SameRole : public testing::TestWithParam<Row> {};

TEST_P(SameRole, brings_the_same_roles_together) {
    const Row& row = GetParam();
    const auto mapping =
        map_mailboxes(tree(slashes, split(row.sources)), tree(slashes, split(row.destinations)), rules_for(row.by));
    ASSERT_TRUE(mapping.ok());
    EXPECT_EQ(shown(*mapping), row.mapping);
}

INSTANTIATE_TEST_SUITE_P(
    roles, SameRole,
    testing::Values(
        Row{"attribute on both sides", "Sent Items \\Sent", "Sent \\Sent", By::attribute, "Sent Items→Sent"},           //
        Row{"attribute on the source only", "Sent Items \\Sent", "Sent", By::attribute, "Sent Items→Sent Items"},       //
        Row{"attribute on the destination only", "Sent Items", "Sent \\Sent", By::attribute, "Sent Items→Sent Items"},  //
        Row{"switched off", "Sent Items \\Sent", "Sent \\Sent", By::nothing, "Sent Items→Sent Items"},                  //
        Row{"attribute, guess", "Postausgang \\Sent", "Gesendet", By::name, "Postausgang→Gesendet"},                    //
        Row{"guess, attribute", "Gesendet", "X \\Sent", By::name, "Gesendet→X"},                                        //
        Row{"guess, guess", "Papierkorb", "Corbeille", By::name, "Papierkorb→Corbeille"},                               //
        Row{"guess in another case", "TRASH", "deleted items", By::name, "TRASH→deleted items"},                        //
        Row{"guess of composed accents", "E\u0301le\u0301ments envoye\u0301s", "Sent", By::name,
            "E\u0301le\u0301ments envoye\u0301s→Sent"},
        Row{"several to one by guess", "Junk, Spam", "Junk E-mail \\Junk", By::name, "Junk→Junk E-mail, Spam→Junk E-mail"},
        Row{"the attribute wins over the name", "X \\Trash", "Trash, Bin \\Trash", By::name, "X→Bin"},              //
        Row{"the first by name has the role", "B \\Sent, A \\Sent", "Sent \\Sent", By::attribute, "A→Sent, B→B"},   //
        Row{"whatever the order of LIST", "A \\Sent", "Z \\Sent, B \\Sent", By::attribute, "A→B"},                  //
        Row{"a role nobody has is passed over", "J \\Archive \\Junk", "Spam \\Junk", By::attribute, "J→Spam"},      //
        Row{"children stay", "Old \\Sent, Old/2019", "Sent \\Sent", By::attribute, "Old→Sent, Old/2019→Old/2019"},  //
        Row{"INBOX has no role", "INBOX \\Archive", "Archive \\Archive", By::attribute, "INBOX→INBOX"},             //
        Row{"what cannot be selected has none", "A \\Sent", "Sent \\Sent \\Noselect", By::attribute, "A→A"},        //
        Row{"only the top level is guessed", "A/Trash", "Bin \\Trash", By::name, "A/Trash→A/Trash"},                //
        Row{"a name makes no view", "Starred", "Flagged \\Flagged", By::name, "Starred→Starred"},                   //
        Row{"the lab's servers", "Deleted Items \\Trash, Drafts \\Drafts, Junk E-mail \\Junk, Sent Items \\Sent, Trash",
            "Archive \\Archive, Drafts \\Drafts, Sent \\Sent, Spam \\Junk, Trash \\Trash", By::attribute,
            "Deleted Items→Trash, Drafts→Drafts, Junk E-mail→Spam, Sent Items→Sent, Trash→Trash"}));

TEST(SpecialUse, is_understood_behind_a_prefix) {
    const auto mapping = map_mailboxes(tree(maildir, {"INBOX.Sent Items \\Sent", "INBOX.Corbeille"}),
                                       tree(maildir, {"INBOX.Sent \\Sent", "INBOX.Trash"}), rules_for(By::name));
    EXPECT_EQ(shown(*mapping), "INBOX.Corbeille→INBOX.Trash, INBOX.Sent Items→INBOX.Sent");
}

TEST(SpecialUse, says_how_sure_it_was) {
    const auto mapping = map_mailboxes(tree(slashes, {"A \\Sent", "Bin", "C"}), tree(slashes, {"Sent \\Sent", "Trash \\Trash"}),
                                       rules_for(By::name));
    EXPECT_EQ(mapping->mailboxes[0].rule, MappingRule::special_use);
    EXPECT_EQ(mapping->mailboxes[1].rule, MappingRule::special_use_guess);
    EXPECT_EQ(mapping->mailboxes[2].rule, MappingRule::translated);
}

TEST(SpecialUse, merges_with_a_warning_what_is_called_as_the_destination) {
    const auto mapping = map_mailboxes(tree(slashes, {"Deleted Items \\Trash", "Trash"}), tree(slashes, {"Trash \\Trash"}), {});
    EXPECT_EQ(mapping->warnings, (std::vector<std::string>{"\"Deleted Items\" and \"Trash\" go into one mailbox, \"Trash\""}));
}

TEST(SpecialUse, of_other_people_is_not_ours) {
    MailboxTree destination = tree(slashes, {"Public/Sent \\Sent"});
    destination.foreign = {{"Public/", '/'}};
    EXPECT_EQ(shown(*map_mailboxes(tree(slashes, {"A \\Sent"}), destination, {})), "A→A");
}

TEST(SpecialUse, is_left_alone_below_a_sub_folder) {
    MappingRules rules;
    rules.sub_folder_destination = "Old";
    EXPECT_EQ(shown(*map_mailboxes(tree(slashes, {"A \\Sent"}), tree(slashes, {"Sent \\Sent"}), rules)), "A→Old/A");
}

TEST(RoleNames, of_imapsync_are_exact) {
    EXPECT_EQ(imapsync_role("Trash"), imap::SpecialUse::trash);
    EXPECT_EQ(imapsync_role("trash"), std::nullopt);
    EXPECT_EQ(imapsync_role("junk"), imap::SpecialUse::junk);
    EXPECT_EQ(imapsync_role(imap::utf7_from_utf8("Éléments envoyés")), imap::SpecialUse::sent);
    EXPECT_EQ(imapsync_role(imap::utf7_from_utf8("E\u0301le\u0301ments envoye\u0301s")), imap::SpecialUse::sent);
    EXPECT_EQ(imapsync_role("Entw&APw-rfe"), std::nullopt);
}

}  // namespace
}  // namespace mailhaul::sync
