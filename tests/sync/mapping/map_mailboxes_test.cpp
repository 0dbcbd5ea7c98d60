// SPDX-License-Identifier: Apache-2.0
// The order of the rules, overrides and sub-folders; then what holds of every mapping, over generated trees.
#include "sync/mapping/map_mailboxes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <set>

#include "sync/mapping/trees.hpp"

namespace mailhaul::sync {
namespace {

// --- overrides

struct Row {
    const char* name;
    const char* source;       ///< as the operator typed it
    const char* destination;  ///< likewise
    const char* mapping;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

class Override : public testing::TestWithParam<Row> {};

TEST_P(Override, puts_the_mailbox_where_the_operator_says) {
    MappingRules rules;
    rules.overrides = {{GetParam().source, GetParam().destination}};
    const auto mapping = map_mailboxes(tree(slashes, {"INBOX", "A/x", "Ä", "Sent \\Sent"}),
                                       tree(maildir, {"INBOX", "INBOX.Gesendet \\Sent", "INBOX.Ö", "Outside"}), rules);
    ASSERT_TRUE(mapping.ok()) << mapping.error().describe();
    EXPECT_EQ(shown(*mapping), GetParam().mapping);
}

INSTANTIATE_TEST_SUITE_P(
    pairs, Override,
    testing::Values(Row{"a new name", "A/x", "New", "INBOX→INBOX, Ä→INBOX.Ä, A/x→INBOX.New, Sent→INBOX.Gesendet"},
                    Row{"with the prefix", "A/x", "INBOX.New", "INBOX→INBOX, Ä→INBOX.Ä, A/x→INBOX.New, Sent→INBOX.Gesendet"},
                    Row{"levels", "A/x", "B.c", "INBOX→INBOX, Ä→INBOX.Ä, A/x→INBOX.B.c, Sent→INBOX.Gesendet"},
                    Row{"a mailbox that is there", "Ä", "Ö", "INBOX→INBOX, Ä→INBOX.Ö, A/x→INBOX.A.x, Sent→INBOX.Gesendet"},
                    Row{"encoded", "&AMQ-", "INBOX.&ANY-", "INBOX→INBOX, Ä→INBOX.Ö, A/x→INBOX.A.x, Sent→INBOX.Gesendet"},
                    Row{"an ampersand", "A/x", "R&D", "INBOX→INBOX, Ä→INBOX.Ä, A/x→INBOX.R&D, Sent→INBOX.Gesendet"},
                    Row{"outside the prefix", "A/x", "Outside", "INBOX→INBOX, Ä→INBOX.Ä, A/x→Outside, Sent→INBOX.Gesendet"},
                    Row{"into INBOX", "A/x", "inbox", "INBOX→INBOX, Ä→INBOX.Ä, A/x→INBOX, Sent→INBOX.Gesendet"},
                    Row{"before INBOX", "INBOX", "Old", "INBOX→INBOX.Old, Ä→INBOX.Ä, A/x→INBOX.A.x, Sent→INBOX.Gesendet"},
                    Row{"before the role", "Sent", "Old", "INBOX→INBOX, Ä→INBOX.Ä, A/x→INBOX.A.x, Sent→INBOX.Old"}));

TEST(Overrides, that_name_nothing_are_told) {
    MappingRules rules;
    rules.overrides = {{"Nowhere", "B"}};
    EXPECT_EQ(map_mailboxes(tree(slashes, {"A"}), tree(slashes, {}), rules)->warnings,
              (std::vector<std::string>{"no folder \"Nowhere\" on the source: its override is not used"}));
    rules.overrides = {{"A", ""}};
    const auto mapping = map_mailboxes(tree(slashes, {"A"}), tree(slashes, {}), rules);
    ASSERT_FALSE(mapping.ok());
    EXPECT_EQ(mapping.error().code, Errc::unmappable_name);
}

// --- sub-folders

struct SubFolder {
    const char* name;
    const char* source;
    const char* destination;
    const char* mapping;
};
std::ostream& operator<<(std::ostream& out, const SubFolder& row) { return out << row.name; }

class SubFolders : public testing::TestWithParam<SubFolder> {};

TEST_P(SubFolders, move_whole_accounts) {
    MappingRules rules;
    rules.sub_folder_source = GetParam().source;
    rules.sub_folder_destination = GetParam().destination;
    const auto mapping =
        map_mailboxes(tree(maildir, {"INBOX", "INBOX.A", "INBOX.A.B.c", "INBOX.A.INBOX"}), tree(slashes, {"INBOX"}), rules);
    ASSERT_TRUE(mapping.ok()) << mapping.error().describe();
    EXPECT_EQ(shown(*mapping), GetParam().mapping);
}

INSTANTIATE_TEST_SUITE_P(
    wishes, SubFolders,
    testing::Values(
        SubFolder{"to below", "", "Old", "INBOX→Old/INBOX, INBOX.A→Old/A, INBOX.A.B.c→Old/A/B/c, INBOX.A.INBOX→Old/A/INBOX"},
        SubFolder{"to below two levels", "", "Old/Ä",
                  "INBOX→Old/Ä/INBOX, INBOX.A→Old/Ä/A, INBOX.A.B.c→Old/Ä/A/B/c, INBOX.A.INBOX→Old/Ä/A/INBOX"},
        SubFolder{"from below", "A", "", "INBOX.A→INBOX, INBOX.A.B.c→B/c, INBOX.A.INBOX→INBOX"},
        SubFolder{"from below, with the prefix", "INBOX.A", "", "INBOX.A→INBOX, INBOX.A.B.c→B/c, INBOX.A.INBOX→INBOX"},
        SubFolder{"from below two levels", "A/B", "", "INBOX.A.B.c→c"}, SubFolder{"both", "A.B", "Old", "INBOX.A.B.c→Old/c"}));

TEST(SubFolder, of_the_destination_goes_behind_its_prefix_once) {
    MappingRules rules;
    for (const char* typed : {"Old", "INBOX.Old", "INBOX.Old."}) {
        rules.sub_folder_destination = typed;
        EXPECT_EQ(shown(*map_mailboxes(tree(slashes, {"INBOX", "A"}), tree(maildir, {}), rules)),
                  "INBOX→INBOX.Old.INBOX, A→INBOX.Old.A");
    }
}

TEST(SubFolder, that_is_not_on_the_source_is_missing) {
    MappingRules rules;
    rules.sub_folder_source = "Nowhere";
    EXPECT_EQ(map_mailboxes(tree(slashes, {"A"}), tree(slashes, {}), rules).error().code, Errc::mailbox_missing);
}

// --- what the executor reads

TEST(Mapping, puts_INBOX_first_and_parents_before_children) {
    const auto mapping =
        map_mailboxes(tree(maildir, {"INBOX.B.x", "INBOX.B", "A", "INBOX", "INBOX.B-c"}), tree(maildir, {}), {});
    EXPECT_EQ(mapping->mailboxes.front().source.name.raw(), "INBOX");
    EXPECT_EQ(shown(*mapping), "INBOX→INBOX, A→INBOX.A, INBOX.B→INBOX.B, INBOX.B-c→INBOX.B-c, INBOX.B.x→INBOX.B.x");
}

TEST(Mapping, knows_what_exists) {
    const auto mapping = map_mailboxes(tree(slashes, {"INBOX", "A", "B", "C", "a"}), tree(slashes, {"A", "B \\Noselect"}), {});
    std::string exists;
    for (const MailboxMapping& m : mapping->mailboxes) exists += m.exists ? decoded(m.destination) + " " : "";
    EXPECT_EQ(exists, "INBOX A ");
}

TEST(Mapping, has_a_name_for_every_rule) {
    EXPECT_EQ(to_string(MappingRule::override_rule), "override");
    EXPECT_EQ(to_string(MappingRule::sub_folder), "sub-folder");
}

// --- properties

/// Names that collide, hold separators of all kinds, and begin as INBOX does.
rc::Gen<MailboxTree> any_tree() {
    const auto style = rc::gen::element(maildir, slashes, poor, points, bars);
    const auto piece =
        rc::gen::element<std::string>("a", "b", "_", "_2", ".", "/", "|", "INBOX", "inbox", "&", "ü", " ", "~", "%");
    const auto attribute = rc::gen::element<std::string>("", "", "", " \\Sent", " \\Trash", " \\Noselect");
    const auto name = rc::gen::pair(rc::gen::container<std::vector<std::string>>(piece), attribute);
    const auto make = [](const Style& its_style, const std::vector<std::pair<std::vector<std::string>, std::string>>& names) {
        std::map<std::string, std::string> listed;  // a server lists no name twice
        for (const auto& [pieces, attributes] : names) {
            std::string text = its_style.prefix;
            for (const std::string& part : pieces) text += part;
            const std::string raw = mailbox(text, its_style.separator).name.raw();
            if (!raw.empty()) listed.try_emplace(raw, text + attributes);
        }
        listed.erase("INBOX");
        std::vector<std::string> texts = {"INBOX"};
        for (const auto& [raw, text] : listed) texts.push_back(text);
        return tree(its_style, texts);
    };
    constexpr double small = 0.2;  // collisions need few mailboxes of short names
    return rc::gen::scale(
        small,
        rc::gen::apply(make, style, rc::gen::container<std::vector<std::pair<std::vector<std::string>, std::string>>>(name)));
}

bool may_share(const MailboxMapping& m) {
    return m.rule == MappingRule::override_rule || m.rule == MappingRule::special_use ||
           m.rule == MappingRule::special_use_guess;
}

RC_GTEST_PROP(EveryMapping, sends_no_two_mailboxes_to_one_place_but_by_role, ()) {
    const auto mapping = map_mailboxes(*any_tree(), *any_tree(), {});
    std::set<std::string> destinations;
    for (const MailboxMapping& m : mapping->mailboxes) {
        if (!may_share(m)) RC_ASSERT(destinations.insert(m.destination.raw()).second);
    }
}

RC_GTEST_PROP(EveryMapping, accounts_for_every_source_mailbox, ()) {
    const MailboxTree source = *any_tree();
    const auto mapping = map_mailboxes(source, *any_tree(), {});
    RC_ASSERT(mapping->mailboxes.size() + mapping->left_out.size() == source.mailboxes.size());
    for (const LeftOut& left : mapping->left_out) RC_ASSERT(!left.reason.empty());
}

RC_GTEST_PROP(EveryMapping, makes_no_name_with_an_empty_level, ()) {
    const MailboxTree destination = *any_tree();
    const auto mapping = map_mailboxes(*any_tree(), destination, {});
    const std::string twice(2, *destination.mailboxes.front().separator);
    for (const MailboxMapping& m : mapping->mailboxes) {
        if (may_share(m) || m.exists) continue;  // then it is the destination's own name
        RC_ASSERT(!m.destination.raw().empty() && !m.destination.raw().contains(twice));
        RC_ASSERT(m.destination.raw().front() != twice.front() && m.destination.raw().back() != twice.front());
    }
}

RC_GTEST_PROP(EveryMapping, is_the_same_once_the_destination_has_its_mailboxes, ()) {
    const MailboxTree source = *any_tree();
    MailboxTree destination = *any_tree();
    const auto first = map_mailboxes(source, destination, {});
    for (const MailboxMapping& m : first->mailboxes) {
        if (m.exists) continue;
        std::erase_if(destination.mailboxes, [&](const imap::MailboxInfo& info) { return info.name == m.destination; });
        destination.mailboxes.push_back(destination.mailboxes.front());  // INBOX, for its separator
        destination.mailboxes.back().name = m.destination;
    }
    const auto second = map_mailboxes(source, destination, {});
    RC_ASSERT(shown(*second) == shown(*first));
    for (const MailboxMapping& m : second->mailboxes) RC_ASSERT(m.exists);
}

RC_GTEST_PROP(EveryMapping, does_not_depend_on_the_order_of_LIST, ()) {
    MailboxTree source = *any_tree();
    MailboxTree destination = *any_tree();
    const std::string first = shown(*map_mailboxes(source, destination, {}));
    std::ranges::reverse(source.mailboxes);
    std::ranges::reverse(destination.mailboxes);
    RC_ASSERT(shown(*map_mailboxes(source, destination, {})) == first);
}

RC_GTEST_PROP(EveryMapping, has_fallbacks_that_collide_with_nothing, ()) {
    const auto mapping = map_mailboxes(*any_tree(), *any_tree(), {});
    std::map<std::string, std::string> owner;  // of a name: the destination it stands for
    for (const MailboxMapping& m : mapping->mailboxes) owner.try_emplace(m.destination.raw(), m.destination.raw());
    for (const MailboxMapping& m : mapping->mailboxes) {
        const auto [found, is_new] = owner.try_emplace(m.fallback.raw(), m.destination.raw());
        RC_ASSERT(found->second == m.destination.raw());
    }
}

RC_GTEST_PROP(EveryMapping, of_imapsync_never_fails, ()) {
    MappingRules rules;
    rules.imapsync_names = true;
    rules.guess_special_use = *rc::gen::arbitrary<bool>();
    RC_ASSERT(map_mailboxes(*any_tree(), *any_tree(), rules).ok());
}

}  // namespace
}  // namespace mailhaul::sync
