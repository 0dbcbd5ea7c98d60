// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/folder_deletions.hpp"

#include <algorithm>
#include <utility>

#include "base/octets.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::uint64_t default_ceiling = 1000;  // messages; as for those deleted one by one
constexpr std::uint64_t ordinary_loss = 10;      // mailboxes; so many are thrown away in a tidy afternoon

bool has_shrunk(const FolderFacts& facts) {
    if (facts.on_source == 0) return true;
    if (facts.lost == 0) return false;
    return facts.lost == facts.recorded || (facts.lost > ordinary_loss && facts.lost > facts.recorded / 2);
}

std::string spell_shrinking(const FolderFacts& facts) {
    if (facts.on_source == 0) return "the source lists no folders";
    return "of " + std::to_string(facts.recorded) + " folders copied by earlier runs the source lists " +
           (facts.lost == facts.recorded ? "none any more" : "only " + std::to_string(facts.recorded - facts.lost));
}

std::string spell_strangers(const FolderCandidate& folder) {
    return std::to_string(folder.strangers.messages) + " of its " + spell_messages(folder.messages) +
           " came from elsewhere (uid " + std::to_string(folder.strangers.first.value()) + ")";
}

class Decision {
public:
    Decision(const FolderFacts& facts, DeleteFolders which, const GuardRules& rules)
        : facts_(facts), which_(which), rules_(rules) {}

    FolderPlan run() {
        std::vector<FolderCandidate> left;
        for (const FolderCandidate& folder : facts_.candidates)
            if (folder.is_chosen && (which_ == DeleteFolders::unmapped || folder.is_ours)) left.push_back(folder);
        std::ranges::sort(left, {}, &FolderCandidate::name);
        if (left.empty()) return {};
        if (has_shrunk(facts_) && !rules_.allow_shrunken_source) return refuse_all(left, spell_shrinking(facts_));
        if (has_shrunk(facts_)) plan_.shrinking = spell_shrinking(facts_);
        std::erase_if(left, [&](const FolderCandidate& folder) { return is_in_use(folder); });
        while (const auto parent = first_above_what_stays(left))
            std::erase_if(left, [&](const auto& one) { return one.name == *parent; });
        take_below_ceiling(std::move(left));
        return std::move(plan_);
    }

private:
    FolderPlan refuse_all(const std::vector<FolderCandidate>& folders, const std::string& evidence) {
        for (const FolderCandidate& folder : folders)
            plan_.refused.push_back({folder.name, std::nullopt, {evidence, "--allow-shrunken-source"}});
        return std::move(plan_);
    }

    bool is_in_use(const FolderCandidate& folder) {
        if (folder.strangers.messages == 0) return false;
        if (rules_.on_activity == OnActivity::warn) {
            plan_.although.push_back({folder.name, spell_strangers(folder)});
            return false;
        }
        plan_.refused.push_back({folder.name, std::nullopt, {spell_strangers(folder), "--delete-despite-activity"}});
        return true;
    }

    [[nodiscard]] bool is_below(const imap::MailboxName& name, const imap::MailboxName& above) const {
        return facts_.separator && name.raw().starts_with(above.raw() + *facts_.separator);
    }

    /// A mailbox goes with all that is below it, or stays.
    std::optional<imap::MailboxName> first_above_what_stays(const std::vector<FolderCandidate>& left) {
        std::vector<imap::MailboxName> staying = facts_.stays;
        for (const FolderCandidate& folder : facts_.candidates)
            if (std::ranges::find(left, folder.name, &FolderCandidate::name) == left.end()) staying.push_back(folder.name);
        for (const FolderCandidate& folder : left) {
            const auto child = std::ranges::find_if(staying, [&](const auto& name) { return is_below(name, folder.name); });
            if (child == staying.end()) continue;
            plan_.refused.push_back({folder.name, *child, {}});
            return folder.name;
        }
        return std::nullopt;
    }

    /// All or none: half of a tree is worse than either.
    void take_below_ceiling(std::vector<FolderCandidate> folders) {
        std::uint64_t messages = 0;
        for (const FolderCandidate& folder : folders) messages += folder.messages;
        const std::uint64_t ceiling = rules_.max_deletions.value_or(default_ceiling);
        const std::uint64_t in_all = facts_.deleted_before + messages;
        if (messages == 0 || in_all <= ceiling) {
            plan_.remove = std::move(folders);
            return;
        }
        const std::string evidence = spell_messages(messages) + " in " + std::to_string(folders.size()) +
                                     " folders would go, and a run may delete " + std::to_string(ceiling);
        for (const FolderCandidate& folder : folders)
            plan_.refused.push_back({folder.name, std::nullopt, {evidence, "--max-deletions " + std::to_string(in_all)}});
    }

    const FolderFacts& facts_;
    DeleteFolders which_;
    const GuardRules& rules_;
    FolderPlan plan_;
};

}  // namespace

FolderPlan plan_folder_deletions(const FolderFacts& facts, DeleteFolders which, const GuardRules& rules) {
    if (which == DeleteFolders::no) return {};
    return Decision(facts, which, rules).run();
}

}  // namespace mailhaul::sync
