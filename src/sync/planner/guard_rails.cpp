// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/guard_rails.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace mailhaul::sync {
namespace {

constexpr std::uint64_t default_ceiling = 1000;  // more in one run is a mistake oftener than a wish
constexpr std::uint64_t small_mailbox = 20;      // half of so few is an ordinary afternoon's tidying
constexpr std::uint64_t ordinary_loss = 10;      // likewise, of what the source lost

constexpr std::array<std::string_view, 5> system_flags{"\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"};
/// Keywords that servers set without any user (Dovecot's mail_attachment_detection_options, for one).
imap::FlagSet set_by_servers() { return {"$HasAttachment", "$HasNoAttachment"}; }

/// Whether a flag missing there was taken away by somebody: a server that promised nothing may have lost it.
bool is_promised(const std::string& flag, const imap::SelectedMailbox& destination) {
    const auto& permanent = destination.permanent_flags;
    const bool is_system = std::ranges::find(system_flags, flag) != system_flags.end();
    if (!permanent) return is_system;  // RFC 9051 section 7.1: all flags can be changed permanently
    return permanent->contains(flag) || (!is_system && permanent->contains("\\*"));
}

/// What the source has now counts as ours on both sides of the comparison: a pass cut short may have carried it.
bool was_reflagged(const store::Entry& entry, const imap::FlagSet& source, const imap::FlagSet& copy,
                   const imap::SelectedMailbox& destination) {
    const imap::FlagSet missing = entry.flags.intersected(source).minus(copy);
    if (std::ranges::any_of(missing, [&](const std::string& flag) { return is_promised(flag, destination); })) return true;
    if (entry.origin == store::Origin::adopted) return false;  // it may have had more flags when it was found
    const imap::FlagSet added = copy.minus(entry.flags).minus(source);
    return !added.empty() && !added.minus(set_by_servers()).empty();
}

bool contains(const std::vector<imap::Uid>& ascending, imap::Uid uid) { return std::ranges::binary_search(ascending, uid); }

bool has_shrunk(const DeletionFacts& facts) {
    if (facts.lost == 0) return false;
    return facts.on_source == 0 || (facts.lost > ordinary_loss && facts.lost > facts.recorded / 2);
}

std::string spell_shrinking(const DeletionFacts& facts) {
    const std::string known = "of " + spell_messages(facts.recorded) + " copied by earlier runs the source lists ";
    return known + (facts.lost == facts.recorded ? "none any more" : "only " + std::to_string(facts.recorded - facts.lost));
}

std::string uid_in_words(imap::Uid uid) { return "uid " + std::to_string(uid.value()); }

/// Empty where there is none.
std::string spell_activity(const DeletionFacts& facts) {
    std::string words;
    const auto add = [&](const Sighting& seen, const std::string& what, const char* uid_of) {
        if (seen.messages == 0) return;
        words += (words.empty() ? "" : ", ") + spell_messages(seen.messages) + what + " (" + uid_of +
                 (seen.messages > 1 ? "first " : "") + uid_in_words(seen.first) + ")";
    };
    const char* first_pass = " there that the source does not hold, perhaps its user's";
    add(facts.strangers, facts.recorded > 0 ? " there came from elsewhere" : first_pass, "");
    add(facts.removed, " removed there by others", "source: ");
    add(facts.reflagged, " with flags changed there by others", "");
    return words;
}

std::vector<Refusal> above_ceiling(const DeletionFacts& facts, const GuardRules& rules) {
    const std::uint64_t in_all = facts.deleted_before + facts.to_delete;
    const std::string option = "--max-deletions " + std::to_string(in_all);
    const std::uint64_t ceiling = rules.max_deletions.value_or(default_ceiling);
    if (in_all > ceiling) {
        const std::string before =
            facts.deleted_before > 0 ? " after " + std::to_string(facts.deleted_before) + " elsewhere in this run" : "";
        return {{spell_messages(facts.to_delete) + " would go" + before + ", more than the " + std::to_string(ceiling) +
                     " a run may delete",
                 option}};
    }
    const bool takes_most = facts.on_destination > small_mailbox && facts.to_delete > facts.on_destination / 2;
    if (rules.max_deletions || !takes_most) return {};  // who names a number has counted
    return {{std::to_string(facts.to_delete) + " of its " + spell_messages(facts.on_destination) + " would go, more than half",
             option}};
}

}  // namespace

void Sighting::add(imap::Uid uid) {
    if (messages++ == 0) first = uid;
}

DeletionFacts deletion_facts(const Snapshot& source, const Snapshot& destination, const LedgerView& view,
                             const Matcher::Matches& matches, const SyncPlan& plan, std::vector<imap::Uid> earlier_copies,
                             FlagMode flags) {
    std::ranges::sort(earlier_copies);
    DeletionFacts facts;
    facts.to_delete = plan.delete_destination.size();
    facts.on_destination = destination.messages.size();
    facts.on_source = source.messages.size();
    facts.recorded = view.pairs.size() + view.removed.size() + view.vanished.size();
    facts.lost = view.vanished.size();
    for (const imap::Uid uid : view.unknown_destination)
        if (contains(earlier_copies, uid)) ++facts.recorded;
    for (const imap::Uid uid : matches.only_destination) {
        if (contains(earlier_copies, uid)) ++facts.lost;
        else facts.strangers.add(uid);
    }
    for (const imap::Uid uid : view.removed) facts.removed.add(uid);
    if (flags == FlagMode::leave) return facts;  // the ledger's flags are then not what the copy was given
    for (const store::Entry& entry : view.pairs) {
        const imap::FlagSet& copy = destination.flags_of(*destination.find(entry.destination));
        const imap::FlagSet& original = source.flags_of(*source.find(entry.source));
        if (was_reflagged(entry, original, copy, destination.selected)) facts.reflagged.add(entry.destination);
    }
    return facts;
}

GuardVerdict judge_deletions(const DeletionFacts& facts, const GuardRules& rules) {
    GuardVerdict verdict;
    if (facts.to_delete == 0) return verdict;
    if (has_shrunk(facts)) {
        if (rules.allow_shrunken_source) verdict.warnings.push_back(spell_shrinking(facts));
        else verdict.refusals.push_back({spell_shrinking(facts), "--allow-shrunken-source"});
    }
    if (std::string activity = spell_activity(facts); !activity.empty()) {
        if (rules.on_activity == OnActivity::warn) verdict.warnings.push_back(std::move(activity));
        else verdict.refusals.push_back({std::move(activity), "--delete-despite-activity"});
    }
    for (Refusal& refusal : above_ceiling(facts, rules)) verdict.refusals.push_back(std::move(refusal));
    return verdict;
}

}  // namespace mailhaul::sync
