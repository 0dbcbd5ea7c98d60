// SPDX-License-Identifier: Apache-2.0
// Choosing is done by names and patterns; then what cannot or should not be migrated falls away, with its reason.
//
// imapsync takes names in the server's spelling only, and calls a name that is not there a warning (behaviour 4.1).
#include "sync/mapping/selection.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "imap/codec/modified_utf7.hpp"
#include "sync/mapping/imapsync_names.hpp"
#include "sync/mapping/name_index.hpp"
#include "sync/mapping/pattern.hpp"
#include "sync/mapping/translation.hpp"
#include "sync/mapping/unicode.hpp"

namespace mailhaul::sync {
namespace {

using imap::SpecialUse;

/// A role that shows mail which lies elsewhere.
std::optional<SpecialUse> view_role(const imap::MailboxInfo& mailbox) {
    constexpr std::array views = {SpecialUse::all, SpecialUse::flagged, SpecialUse::important};
    const auto found = std::ranges::find_first_of(mailbox.special_uses, views);
    return found == mailbox.special_uses.end() ? std::nullopt : std::optional(*found);
}

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : std::string(between)) + text;
    return all;
}

class Selector {
public:
    Selector(const MailboxTree& tree, const Side& side, const MappingRules& rules)
        : tree_(tree),
          side_(side),
          rules_(rules),
          index_(tree, side),
          sub_folder_(rules.imapsync_names ? imapsync_sub_folder(rules.sub_folder_source) : rules.sub_folder_source),
          chosen_(tree.mailboxes.size()),
          named_(tree.mailboxes.size()) {
        for (const std::string& path : rules.of_source.skip) skipped_.insert(folded(path));
    }

    Result<Selection> select() {
        choose_by_name();
        if (!unknown_.empty() && !rules_.imapsync_names) return unknown_folders();
        if (std::ranges::find(unknown_, sub_folder_) != unknown_.end() && !sub_folder_.empty())
            return Error{Errc::mailbox_missing, Scope::run, Retry::never,
                         "no folder \"" + sub_folder_ + "\" on the source for --subfolder1: name one that is there"};
        MH_TRY(include, compile_all("--include", rules_.include));
        MH_TRY(exclude, compile_all("--exclude", rules_.exclude));
        Selection selection;
        for (std::size_t i = 0; i < tree_.mailboxes.size(); ++i) {
            MH_TRY(reason, reason_against(i, include, exclude));
            selection.reasons.push_back(std::move(reason));
        }
        for (const std::string& name : unknown_)
            selection.warnings.push_back("no folder \"" + name + "\" on the source: left out");
        return selection;
    }

private:
    const std::string& raw(std::size_t i) const { return tree_.mailboxes[i].name.raw(); }

    bool names_are_given() const {
        return !rules_.folders.empty() || !rules_.folders_recursive.empty() || !sub_folder_.empty();
    }

    std::optional<std::size_t> find(const std::string& name) const {
        if (!rules_.imapsync_names) return index_.find(name);
        const auto found = std::ranges::find(tree_.mailboxes, imap::MailboxName(name), &imap::MailboxInfo::name);
        if (found == tree_.mailboxes.end()) return std::nullopt;
        return static_cast<std::size_t>(found - tree_.mailboxes.begin());
    }

    void choose_by_name() {
        for (const std::string& name : rules_.folders) choose(name);
        for (const std::string& name : rules_.folders_recursive) choose_recursively(name);
        choose_recursively(sub_folder_);
        for (const auto& [source, destination] : rules_.overrides) {
            if (const auto found = find(source)) named_[*found] = true;
        }
        if (rules_.subscribed_only) choose_subscribed();
        const bool everything = !names_are_given() && !rules_.subscribed_only && rules_.include.empty();
        if (everything) chosen_.assign(chosen_.size(), true);
    }

    void choose(const std::string& name) {
        if (const auto found = find(name)) {
            chosen_[*found] = named_[*found] = true;
        } else {
            unknown_.push_back(name);
        }
    }

    /// The root of the subtree need not be listed: its children tell that it is there. imapsync looks for the root of
    /// --subfolder1 behind the prefix too, for that of --folderrec not.
    void choose_recursively(const std::string& name) {
        if (name.empty()) return;
        const std::string root = wire_root(name);
        const bool also_behind_prefix = !rules_.imapsync_names || name == sub_folder_;
        if (choose_below(root) || (also_behind_prefix && choose_below(side_.prefix + root))) return;
        unknown_.push_back(name);
    }

    bool choose_below(const std::string& root) {
        bool any = false;
        for (std::size_t i = 0; i < tree_.mailboxes.size(); ++i) {
            if (raw(i) == root || raw(i).starts_with(root + side_.written_separator())) chosen_[i] = named_[i] = any = true;
        }
        return any;
    }

    std::string wire_root(const std::string& name) const {
        if (const auto found = find(name)) return raw(*found);
        if (rules_.imapsync_names) return name;
        std::string root = wire_name(name);
        std::ranges::replace(root, '/', side_.separator);
        return root;
    }

    /// The path in the list that this mailbox is, or lies below.
    std::optional<std::string> skipped_path(std::size_t i) const {
        std::string path;
        for (const std::string& level : levels_of(raw(i), side_)) {
            path += (path.empty() ? "" : "/") + imap::utf8_from_utf7(level).value_or(level);
            if (skipped_.contains(folded(path))) return path;
        }
        return std::nullopt;
    }

    bool is_inbox(std::size_t i) const { return tree_.mailboxes[i].name.is_inbox(); }

    /// INBOX is rarely listed as subscribed and always meant; imapsync takes the list at its word.
    void choose_subscribed() {
        for (std::size_t i = 0; i < tree_.mailboxes.size(); ++i) {
            if (tree_.mailboxes[i].subscribed || (is_inbox(i) && !rules_.imapsync_names)) chosen_[i] = true;
        }
    }

    /// The spellings a pattern may match: imapsync's see the server's, ours what people see, with or without the prefix.
    Result<const Pattern*> matching(const std::vector<Pattern>& patterns, std::size_t i) const {
        std::vector<std::string> subjects = {raw(i)};
        if (!rules_.imapsync_names) {
            subjects = {imap::utf8_from_utf7(raw(i)).value_or(raw(i)), spoken_name(raw(i), side_)};
        }
        for (const Pattern& pattern : patterns) {
            for (const std::string& subject : subjects) {
                MH_TRY(matches, pattern.matches(subject));
                if (matches) return &pattern;
            }
        }
        return nullptr;
    }

    Result<std::optional<std::string>> reason_against(std::size_t i, const std::vector<Pattern>& include,
                                                      const std::vector<Pattern>& exclude) const {
        const imap::MailboxInfo& mailbox = tree_.mailboxes[i];
        MH_TRY(included, matching(include, i));
        MH_TRY(excluded, matching(exclude, i));
        const std::optional<SpecialUse> view = view_role(mailbox);
        const auto foreign = rules_.imapsync_names ? std::nullopt : foreign_prefix(raw(i), tree_, side_);
        const auto skipped = skipped_path(i);
        const bool named = named_[i] || included != nullptr;
        std::optional<std::string> reason;
        if (mailbox.non_existent) {
            reason = "holds no messages (\\NonExistent)";
        } else if (mailbox.no_select) {
            reason = "holds no messages (\\Noselect)";
        } else if (!chosen_[i] && included == nullptr) {
            reason = rules_.subscribed_only && !names_are_given() ? "not subscribed" : "not among the folders asked for";
        } else if (excluded != nullptr) {
            reason = "excluded by " + excluded->spelling();
        } else if (foreign && !named) {
            reason = "belongs to others (namespace " + *foreign + ")";
        } else if (view && rules_.skip_virtual && !named) {
            reason = "is a view (" + std::string(imap::to_string(*view)) + ")";
        } else if (skipped && rules_.skip_virtual && !named) {
            reason = "holds no mail of its own (" + *skipped + " of " + rules_.of_source.server + ")";
        }
        return reason;
    }

    Error unknown_folders() const {
        std::vector<std::string> complaints;
        for (const std::string& name : unknown_) {
            const std::vector<std::string> nearest = index_.nearest(name);
            complaints.push_back("no folder \"" + name + "\" on the source" +
                                 (nearest.empty() ? "" : "; near: \"" + joined(nearest, "\", \"") + "\""));
        }
        return {Errc::mailbox_missing, Scope::run, Retry::never, joined(complaints, "; ")};
    }

    const MailboxTree& tree_;
    const Side& side_;
    const MappingRules& rules_;
    NameIndex index_;
    std::string sub_folder_;                   // --sub-folder-source as its reader means it
    std::vector<bool> chosen_;                 // by place in the tree
    std::unordered_set<std::string> skipped_;  // paths without letter case
    std::vector<bool> named_;                  // asked for one by one, so that being a view or foreign does not count
    std::vector<std::string> unknown_;
};

}  // namespace

Result<Selection> select_mailboxes(const MailboxTree& tree, const Side& side, const MappingRules& rules) {
    return Selector(tree, side, rules).select();
}

}  // namespace mailhaul::sync
