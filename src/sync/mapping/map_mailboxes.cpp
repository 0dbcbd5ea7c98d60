// SPDX-License-Identifier: Apache-2.0
// The rules, first match wins: override, INBOX, same role, translated name. Each is a short function of its own; this file
// only asks them in their order and says what came of it.
#include "sync/mapping/map_mailboxes.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "imap/codec/modified_utf7.hpp"
#include "imap/types/ascii.hpp"
#include "sync/mapping/fallback_names.hpp"
#include "sync/mapping/imapsync_names.hpp"
#include "sync/mapping/legal_level.hpp"
#include "sync/mapping/name_index.hpp"
#include "sync/mapping/selection.hpp"
#include "sync/mapping/side.hpp"
#include "sync/mapping/special_use.hpp"
#include "sync/mapping/translation.hpp"
#include "sync/mapping/unicode.hpp"

namespace mailhaul::sync {
namespace {

std::string quoted(std::string_view raw) { return "\"" + imap::display_name(raw) + "\""; }

bool uses_roles(const MappingRules& rules) {
    if (rules.imapsync_names) return rules.guess_special_use;
    return rules.map_special_use && rules.sub_folder_destination.empty();
}

/// Where the operator does not ask for it, names tell only of a server that is known to tell nothing itself.
/// imapsync asks for neither without --automap; below a sub-folder roles would tear the account apart.
RoleGuess guess_of(const MappingRules& rules, bool tells_no_roles) {
    if (!rules.guess_special_use) return tells_no_roles && uses_roles(rules) ? RoleGuess::well_known : RoleGuess::none;
    return rules.imapsync_names ? RoleGuess::imapsync : RoleGuess::well_known;
}

/// A prefix is written with its separator; operators and some servers leave it off, and only imapsync takes that literally.
Side completed(Side side, const MappingRules& rules) {
    const bool is_complete = side.prefix.empty() || side.prefix.ends_with(side.separator);
    if (!is_complete && !rules.imapsync_names) side.prefix += side.separator;
    return side;
}

class Mapper {
public:
    Mapper(const MailboxTree& source, const MailboxTree& destination, const MappingRules& rules)
        : source_(source),
          destination_(destination),
          rules_(rules),
          from_(completed(side_of(source, rules.prefix_source, rules.separator_source), rules)),
          to_(completed(side_of(destination, rules.prefix_destination, rules.separator_destination), rules)),
          source_index_(source, from_),
          destination_index_(destination, to_) {
        for (const imap::MailboxInfo& mailbox : destination.mailboxes) enter_existing(mailbox);
    }

    Result<Mapping> map() {
        MH_TRY_VOID(read_overrides());
        MH_TRY_VOID(read_substitutions());
        MH_TRY(selection, select_mailboxes(source_, from_, rules_));
        mapping_.warnings.insert(mapping_.warnings.end(), selection.warnings.begin(), selection.warnings.end());
        if (!rules_.imapsync_names) translate_all();
        map_chosen(selection);
        if (failure_) return std::move(*failure_);
        sort();
        add_fallbacks();
        warn_of_merges();
        return std::move(mapping_);
    }

private:
    struct Target {
        imap::MailboxName name;
        MappingRule rule = MappingRule::translated;
    };

    /// By what is known of the destination's names; what it holds under a name that it should refuse keeps that name.
    void translate_all() {
        translations_ = translate_names(source_, from_, to_, rules_, rules_.of_destination);
        std::vector<std::optional<Translation>> plain = translate_names(source_, from_, to_, rules_, NameRules());
        for (std::size_t i = 0; i < plain.size(); ++i)
            if (plain[i] && is_kept(plain[i]->raw, translations_[i]->raw)) translations_[i] = std::move(plain[i]);
    }

    /// A name that could be another mailbox's by the rules is not this one's, whoever is there under it.
    bool is_kept(const std::string& plain, const std::string& legal) const {
        if (plain == legal || is_reserved(plain)) return false;
        const auto there = existing(plain);
        if (!there || imap::display_name(*there) != imap::display_name(plain)) return false;
        const bool gave_way_to_children = rules_.of_destination.parents_are_empty && legal == plain + "_mail";
        return gave_way_to_children || is_forbidden(plain);
    }

    bool is_forbidden(const std::string& raw) const {
        const NameRules& names = rules_.of_destination;
        if (names.longest > 0 && raw.size() > names.longest) return true;
        return std::ranges::any_of(levels_of(raw, to_), [&](const std::string& level) {
            const std::string text = imap::utf8_from_utf7(level).value_or(level);
            return legal_level(text, names, '_') != text;
        });
    }

    bool is_reserved(const std::string& raw) const {
        const std::string top = imap::utf8_from_utf7(levels_of(raw, to_).front()).value_or(raw);
        const auto is_it = [&](const std::string& name) { return folded(name) == folded(top); };
        return std::ranges::any_of(rules_.of_destination.reserved, is_it);
    }

    /// The server's spelling of a mailbox that is there.
    std::optional<std::string> existing(const std::string& raw) const {
        auto found = existing_.find(raw);
        if (found == existing_.end() && rules_.of_destination.ignores_case)
            found = existing_.find(folded(imap::utf8_from_utf7(raw).value_or(raw)));
        return found == existing_.end() ? std::nullopt : std::optional(found->second);
    }

    void enter_existing(const imap::MailboxInfo& mailbox) {
        if (mailbox.no_select || mailbox.non_existent) return;
        const std::string& raw = mailbox.name.raw();
        existing_.try_emplace(raw, raw);
        if (rules_.imapsync_names) return;
        const auto utf8 = imap::utf8_from_utf7(raw);
        if (utf8) existing_.try_emplace(imap::utf7_from_utf8(*utf8), raw);
        if (rules_.of_destination.ignores_case) existing_.try_emplace(folded(utf8.value_or(raw)), raw);
    }

    std::optional<std::size_t> find_override_source(const std::string& name) const {
        if (!rules_.imapsync_names) return source_index_.find(name);
        const auto found = std::ranges::find(source_.mailboxes, imap::MailboxName(name), &imap::MailboxInfo::name);
        if (found == source_.mailboxes.end()) return std::nullopt;
        return static_cast<std::size_t>(found - source_.mailboxes.begin());
    }

    /// imapsync takes an empty value and `0` for no rule at all (behaviour 4.3).
    Result<void> read_overrides() {
        for (const auto& [source, destination] : rules_.overrides) {
            if (rules_.imapsync_names && (destination.empty() || destination == "0")) continue;
            const imap::MailboxName name(rules_.imapsync_names ? destination : typed_destination(destination));
            if (destination.empty() || name.raw().empty() || name.raw() == to_.prefix) {
                return Error{Errc::unmappable_name, Scope::run, Retry::never,
                             "\"" + source + "\" cannot go to \"" + destination + "\", which names no mailbox: give its name"};
            }
            if (const auto found = find_override_source(source)) {
                overrides_.insert_or_assign(*found, name);
            } else {
                mapping_.warnings.push_back("no folder \"" + source + "\" on the source: its override is not used");
            }
        }
        return {};
    }

    /// A mailbox that is there, or else the name as typed, behind the prefix that all names carry.
    std::string typed_destination(const std::string& typed) const {
        if (const auto found = destination_index_.find(typed)) return destination_.mailboxes[*found].name.raw();
        std::string raw = wire_name(typed);
        if (imap::MailboxName(raw).is_inbox()) return raw;
        const bool has_prefix = without_prefix(raw, to_).size() != raw.size();
        return has_prefix ? raw : to_.prefix + raw;
    }

    void map_chosen(const Selection& selection) {
        for (std::size_t i = 0; i < source_.mailboxes.size(); ++i) {
            const imap::MailboxInfo& mailbox = source_.mailboxes[i];
            if (selection.reasons[i]) {
                mapping_.left_out.push_back({mailbox.name, *selection.reasons[i]});
            } else if (auto target = target_of(i)) {
                if (const auto why = why_never(target->name)) mapping_.left_out.push_back({mailbox.name, *why});
                else add(mailbox, std::move(*target));
            } else {
                mapping_.left_out.push_back({mailbox.name, "not below \"" + rules_.sub_folder_source + "\""});
            }
        }
    }

    std::optional<Target> target_of(std::size_t i) {
        if (const auto found = overrides_.find(i); found != overrides_.end())
            return Target{found->second, MappingRule::override_rule};
        const bool is_inbox = source_.mailboxes[i].name.is_inbox();
        const bool is_moved = !rules_.sub_folder_destination.empty() || !rules_.sub_folder_source.empty();
        if (is_inbox && !is_moved && substitutions_.empty()) {
            return Target{imap::MailboxName("INBOX"), MappingRule::inbox};
        }
        if (uses_roles(rules_)) {
            if (const auto match = match_role(source_roles_, i, destination_roles_)) {
                return Target{destination_.mailboxes[match->destination].name,
                              match->by_attribute ? MappingRule::special_use : MappingRule::special_use_guess};
            }
        }
        return rules_.imapsync_names ? imapsync_target(i) : translated_target(i);
    }

    std::optional<std::string> why_never(const imap::MailboxName& destination) const {
        for (const auto& [name, why] : rules_.of_destination.never)
            if (imap::equal_ignoring_case(name, destination.raw())) return why;
        return std::nullopt;
    }

    MappingRule rule_of_translation() const {
        const bool moved = !rules_.sub_folder_destination.empty() || !rules_.sub_folder_source.empty();
        return moved ? MappingRule::sub_folder : MappingRule::translated;
    }

    /// What --regextrans2 makes of the name is not known before this, so an error of it is: see map().
    Target imapsync_target(std::size_t i) {
        const std::string& source = source_.mailboxes[i].name.raw();
        auto name = perl::apply_all(substitutions_, imapsync_name(source, from_, to_, rules_));
        if (name.ok() &&
            (name.value().empty() || name.value().find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos))
            name = Error{Errc::unmappable_name, Scope::run, Retry::never,
                         "--regextrans2 leaves no name for " + quoted(source) + ": make it leave one"};
        if (!name.ok()) {
            failure_ = std::move(name).error();
            return {source_.mailboxes[i].name, MappingRule::translated};
        }
        return {imap::MailboxName(name.value()), rule_of_translation()};
    }

    /// imapsync tells its substitutions what it found out of both sides.
    Result<void> read_substitutions() {
        perl::Variables variables = rules_.variables;
        variables["h1_sep"] = from_.written_separator();
        variables["h2_sep"] = to_.written_separator();
        variables["h1_prefix"] = from_.prefix;
        variables["h2_prefix"] = to_.prefix;
        MH_TRY(read, perl::parse_substitutions("--regextrans2", rules_.substitutions, variables));
        substitutions_ = std::move(read);
        return {};
    }

    /// Of what can be wrong with a name the separator is the most usual.
    std::string why_replaced(const std::string& source) const {
        for (const std::string& level : levels_of(source, from_))
            if (imap::utf8_from_utf7(level).value_or(level).contains(to_.separator))
                return std::string("`") + to_.separator + "` separates levels on the destination";
        return "the destination does not take that name";
    }

    std::optional<Target> translated_target(std::size_t i) {
        if (!translations_[i]) return std::nullopt;
        const Translation& translation = *translations_[i];
        const std::string& source = source_.mailboxes[i].name.raw();
        if (!translation.collided_with.empty()) {
            mapping_.warnings.push_back(quoted(source) + " becomes " + quoted(translation.raw) + ": " +
                                        quoted(translation.collided_with) + " is another mailbox's name already");
        } else if (translation.is_replaced) {
            mapping_.warnings.push_back(quoted(source) + " becomes " + quoted(translation.raw) + ": " + why_replaced(source));
        }
        return Target{imap::MailboxName(translation.raw), rule_of_translation()};
    }

    void add(const imap::MailboxInfo& source, Target target) {
        const auto there = existing(target.name.raw());
        const bool exists = target.name.is_inbox() || there;
        if (there) target.name = imap::MailboxName(*there);
        mapping_.mailboxes.push_back(
            {.source = source, .destination = std::move(target.name), .rule = target.rule, .exists = exists, .fallback = {}});
    }

    void sort() {
        const auto inbox_first = [](const MailboxMapping& m) {
            return std::tuple(!m.source.name.is_inbox(), m.source.name.raw());
        };
        std::ranges::sort(mapping_.mailboxes, {}, inbox_first);
        std::ranges::sort(mapping_.left_out, {}, &LeftOut::name);
    }

    void add_fallbacks() {
        std::vector<std::string> names;
        names.reserve(mapping_.mailboxes.size());
        for (const MailboxMapping& mailbox : mapping_.mailboxes) names.push_back(mailbox.destination.raw());
        const std::vector<std::string> fallbacks = fallback_names(names, to_);
        for (std::size_t i = 0; i < fallbacks.size(); ++i) mapping_.mailboxes[i].fallback = imap::MailboxName(fallbacks[i]);
    }

    void warn_of_merges() {
        std::map<std::string, std::vector<std::string>> sources;
        for (const MailboxMapping& m : mapping_.mailboxes) sources[m.destination.raw()].push_back(quoted(m.source.name.raw()));
        for (const auto& [destination, names] : sources) {
            if (names.size() < 2) continue;
            std::string all;
            for (const std::string& name : names) all += (all.empty() ? "" : name == names.back() ? " and " : ", ") + name;
            mapping_.warnings.push_back(all + " go into one mailbox, " + quoted(destination));
        }
    }

    const MailboxTree& source_;
    const MailboxTree& destination_;
    const MappingRules& rules_;
    Side from_;
    Side to_;
    NameIndex source_index_;
    NameIndex destination_index_;
    Roles source_roles_{source_, from_, guess_of(rules_, rules_.of_source.tells_no_roles)};
    Roles destination_roles_{destination_, to_, guess_of(rules_, rules_.destination_tells_no_roles)};
    std::unordered_map<std::string, std::string> existing_;         // canonical spelling → the server's
    std::unordered_map<std::size_t, imap::MailboxName> overrides_;  // by place in the source's list
    std::vector<std::optional<Translation>> translations_;          // by place in the source's list
    std::vector<perl::Substitution> substitutions_;
    std::optional<Error> failure_;
    Mapping mapping_;
};

/// Names a server does not list it may open all the same: other users' and shared mailboxes.
MailboxTree with_unlisted(MailboxTree tree, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        imap::MailboxInfo named;
        named.name = imap::MailboxName(name);
        named.separator = tree.personal.separator;
        if (std::ranges::find(tree.mailboxes, named.name, &imap::MailboxInfo::name) == tree.mailboxes.end())
            tree.mailboxes.push_back(std::move(named));
    }
    return tree;
}

}  // namespace

std::string_view to_string(MappingRule rule) {
    switch (rule) {
        case MappingRule::override_rule: return "override";
        case MappingRule::inbox: return "INBOX";
        case MappingRule::special_use: return "special use";
        case MappingRule::special_use_guess: return "special use by name";
        case MappingRule::translated: return "translated";
        case MappingRule::sub_folder: return "sub-folder";
    }
    return "";
}

Result<Mapping> map_mailboxes(const MailboxTree& source, const MailboxTree& destination, const MappingRules& rules) {
    if (!rules.take_unlisted) return Mapper(source, destination, rules).map();
    const MailboxTree with_named = with_unlisted(source, rules.folders);
    return Mapper(with_named, destination, rules).map();
}

}  // namespace mailhaul::sync
