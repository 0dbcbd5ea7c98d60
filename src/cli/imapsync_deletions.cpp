// SPDX-License-Identifier: Apache-2.0
// What is deleted, on both sides (behaviour 7), and what is refused for what it would destroy.
#include <tuple>

#include "cli/imapsync_match.hpp"
#include "cli/imapsync_reading.hpp"
#include "sync/mapping/pattern.hpp"

namespace mailhaul::cli {
namespace {

/// imapsync's documented way to empty an account: name it twice, with --delete1 (behaviour 7.2). Under two names it is an
/// accident, and is refused.
bool names_one_account(const app::SyncRequest& request) {
    const auto named = [](const client::Access& side) { return std::tie(side.host, side.port, side.user, side.authorize_as); };
    return named(request.source) == named(request.destination);
}

std::string match_option(ImapsyncOrder& order, const ParsedLine& line, const std::string& name) {
    const auto text = line.last(name);
    if (!text) return {};
    auto match = parse_perl_match(*text);
    if (!match) {
        refuse(order,
               "--" + name + " " + *text + ": wanted a match such as /^Old/ or m{^Old/}i; nothing is guessed from a bare word");
        return {};
    }
    const auto compiled = sync::Pattern::compile("--" + name, *match);
    if (!compiled.ok()) refuse(order, compiled.error().describe());
    return std::move(*match);
}

void read_folder_deletions(ImapsyncOrder& order, const ParsedLine& line) {
    sync::FolderRules& folders = order.request.delete_folders;
    const bool only = line.has("delete2foldersonly");
    const bool but_not = line.has("delete2foldersbutnot");
    if (line.is_on("delete2folders", only || but_not)) folders.which = sync::DeleteFolders::unmapped;
    folders.only = match_option(order, line, "delete2foldersonly");
    folders.but_not = match_option(order, line, "delete2foldersbutnot");
}

/// imapsync expunges host1 before it looks at it: what its user marked as deleted goes, copied or not. Here it goes once it is
/// on host2.
void read_expunge1(ImapsyncOrder& order, const ParsedLine& line) {
    sync::Rules& rules = order.request.rules;
    if (rules.delete_source && !line.is_on("expunge1", true))
        refuse(order,
               "--delete1 --noexpunge1 is refused by mailhaul's imapsync mode: messages that stay and are marked as " +
                   std::string("deleted would get their copies on host2 marked by the next run; leave --noexpunge1 out"));
    if (rules.delete_source || !line.is_on("expunge1")) return;
    rules.delete_source = true;
    rules.delete_only_marked = true;
}

}  // namespace

void read_deletions(ImapsyncOrder& order, const ParsedLine& line) {
    sync::Rules& rules = order.request.rules;
    rules.delete_source = line.is_on("delete1");
    rules.delete_unproven = true;
    rules.delete_duplicates = line.is_on("delete2duplicates");
    rules.delete_destination = line.is_on("delete2");
    // Who writes --delete2 expects it to delete, and has no option to insist. A source that lost its mail still refuses.
    rules.guard.max_deletions = sync::GuardRules::unlimited;
    rules.delete_for_good = true;
    rules.guard.on_activity = sync::OnActivity::warn;
    order.request.delete_empty_source = line.has("delete1emptyfolders");
    read_folder_deletions(order, line);
    order.request.allow_same_account = rules.delete_source && names_one_account(order.request);
    if (rules.delete_source && rules.delete_destination)
        refuse(order, "--delete1 and --delete2 together would empty both sides over two runs: choose one");
    read_expunge1(order, line);
}

}  // namespace mailhaul::cli
