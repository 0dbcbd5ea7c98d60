// SPDX-License-Identifier: Apache-2.0
// `mailhaul sync --accounts`: who logs in where for each row, every mistake at once, and what is said of many.
#include <gmock/gmock.h>

#include <fstream>

#include <sys/stat.h>

#include "cli/accounts_order.hpp"
#include "cli/accounts_text.hpp"
#include "cli/sync_options.hpp"
#include "testkit/cli/surroundings.hpp"
#include "testkit/scratch_folder.hpp"

namespace mailhaul::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Accounts : public testing::Test {
protected:
    AccountsOrder order(const std::string& rows, std::vector<std::string> arguments) {
        const std::string path = folder_.file("users.csv");
        std::ofstream(path) << rows;
        chmod(path.c_str(), 0600);
        arguments.insert(arguments.end(), {"--accounts", path});
        line_ = parse_native(arguments, sync_help.groups);
        common_ = order_sync(line_, process.surroundings());
        EXPECT_THAT(common_.mistakes, IsEmpty());
        return order_accounts(common_, line_, process.surroundings());
    }
    AccountsOrder with_masters(const std::string& rows, std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"master@old.example", "--to", "admin@new.example:1993", "--source-password",
                                   "env:MASTER_SECRET", "--destination-password", "env:MASTER_SECRET"});
        return order(rows, std::move(more));
    }
    /// `user as whom @host:port`, and `=` where its login is shared.
    static std::string shown(const client::Access& access, const std::string& shared) {
        return access.user + (access.authorize_as.empty() ? "" : " as " + access.authorize_as) + " @" + access.host + ":" +
               std::to_string(access.port) + (shared.empty() ? "" : " =");
    }
    static std::string shown(const AccountsOrder& order) {
        std::string all;
        for (const std::string& words : order.mistakes) all += words.substr(words.rfind('/') + 1) + "\n";
        for (std::size_t i = 0; i < order.request.accounts.size(); ++i) {
            const app::SyncRequest& request = order.request.accounts[i];
            const app::SharedLogins& logins = order.request.logins[i];
            all += std::to_string(order.lines[i]) + ": " + shown(request.source, logins.source) + " > " +
                   shown(request.destination, logins.destination) + "\n";
        }
        return all;
    }

    testkit::FakeProcess process;

private:
    void SetUp() override { setenv("MASTER_SECRET", "master-pass", 1); }
    mailhaul::testkit::ScratchFolder folder_;
    ParsedLine line_;
    SyncOrder common_;
};

TEST_F(Accounts, are_opened_by_the_command_lines_logins) {
    EXPECT_EQ(shown(with_masters("source,destination\nann,anna\nbob,\n")),
              "2: master as ann @old.example:993 = > admin as anna @new.example:1993 =\n"
              "3: master as bob @old.example:993 = > admin as bob @new.example:1993 =\n");
}

TEST_F(Accounts, log_in_themselves_where_the_file_has_their_password) {
    const AccountsOrder made = with_masters("source,source_password,destination_host\nann,pw,other.example\n");
    EXPECT_EQ(shown(made), "2: ann @old.example:993 > admin as ann @other.example:1993 =\n");
    EXPECT_EQ(made.request.accounts.front().source.password().value().reveal(), "pw");
}

TEST_F(Accounts, stand_in_the_login_where_it_says_so) {
    const std::vector<std::string> secrets{"--source-password", "env:MASTER_SECRET", "--destination-password",
                                           "env:MASTER_SECRET"};
    std::vector<std::string> line{"{user}*master@old.example", "--to", "imaps://DOMAIN%5Cadmin%5C{user}@new.example"};
    line.insert(line.end(), secrets.begin(), secrets.end());
    EXPECT_EQ(shown(order("source\nann\n", line)),
              "2: ann*master @old.example:993 = > DOMAIN\\admin\\ann @new.example:993 =\n");
}

TEST_F(Accounts, may_be_whole_ones) {
    EXPECT_EQ(shown(order("source,destination,source_password,destination_password\n"
                          "ann@old.example,imaps://anna@new.example:1993,x,y\n",
                          {})),
              "2: ann @old.example:993 > anna @new.example:1993\n");
    EXPECT_EQ(shown(order("old.example;u1;x;new.example:1993;u2;y;\n", {})), "1: u1 @old.example:993 > u2 @new.example:1993\n");
}

TEST_F(Accounts, with_mistakes_are_told_all_at_once) {
    const AccountsOrder made = with_masters(
        "source,destination,source_password_from\nann,x,\nbob,X,file:/nowhere/at/all\n,y,\ncarl,x,\n"
        "imaps://dora@else.example,z,\n");
    EXPECT_THAT(made.mistakes, ElementsAre(HasSubstr(":4: source is empty"), HasSubstr("/nowhere/at/all"),
                                           HasSubstr(":5: the destination x@new.example:1993 is that of line 2"),
                                           HasSubstr(":6: source imaps://dora@else.example is an account of its own")));
}

TEST_F(Accounts, have_their_ledgers_in_one_folder) {
    const AccountsOrder made = with_masters("source\nann\nbob\n", {"--ledgers", "/var/lib/x", "--at-once", "7"});
    EXPECT_EQ(made.request.at_once, 7U);
    EXPECT_EQ(with_masters("source\nann\n", {}).request.at_once, 8U) << "as --help says";
    EXPECT_THAT(made.request.accounts[0].ledger_path, testing::StartsWith("/var/lib/x/ann@old.example"));
    EXPECT_NE(made.request.accounts[0].ledger_path, made.request.accounts[1].ledger_path);
}

TEST_F(Accounts, do_not_go_with_what_is_one_accounts) {
    const ParsedLine line = parse_native(
        std::vector<std::string>{"--accounts", "f", "--ledger", "x", "--destination-authorize-as", "y", "--at-once", "0"},
        sync_help.groups);
    EXPECT_EQ(order_sync(line, process.surroundings()).mistakes.size(), 3U);
    const ParsedLine alone = parse_native(std::vector<std::string>{"a@b", "--to", "c@d", "--ledgers", "x"}, sync_help.groups);
    EXPECT_THAT(order_sync(alone, process.surroundings()).mistakes, ElementsAre(HasSubstr("add --accounts FILE")));
}

TEST(AccountsText, says_how_one_and_how_all_ended) {
    sync::Report good = testkit::sample_report();
    good.ending = sync::Ending::complete;
    good.error.reset();
    good.elapsed = std::chrono::seconds(12);
    const std::string line = account_text(good, 5, 3, 20);
    EXPECT_THAT(line, testing::StartsWith("[3/20] line 5: "));
    EXPECT_THAT(line, HasSubstr(": complete: "));
    EXPECT_EQ(std::ranges::count(line, '\n'), 1);
    sync::Report bad = good;
    bad.ending = sync::Ending::needs_person;
    bad.error = Error{Errc::login_refused, Scope::account, Retry::never, "no such user"};
    EXPECT_THAT(account_text(bad, 6, 4, 20), HasSubstr("\n    no such user"));
    AccountCounts counts;
    counts.add(good);
    counts.add(bad);
    counts.not_begun = 1;
    const std::string all = accounts_text(counts, std::chrono::seconds(90));
    EXPECT_THAT(all, HasSubstr("3 accounts in"));
    EXPECT_THAT(all, HasSubstr("1 complete, 1 needs a person, 1 not begun"));
    EXPECT_THAT(all, HasSubstr("Next:"));
}

TEST(AccountsText, has_the_status_of_the_worst) {
    EXPECT_EQ(worst_status(0, 3), 3);
    EXPECT_EQ(worst_status(10, 4), 10);
    EXPECT_EQ(worst_status(10, 1), 1);
    EXPECT_EQ(worst_status(1, 130), 130);
}

}  // namespace
}  // namespace mailhaul::cli
