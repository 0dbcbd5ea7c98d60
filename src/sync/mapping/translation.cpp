// SPDX-License-Identifier: Apache-2.0
// Names are put into a tree of their levels. Each node gets a component that no sibling has: first those that need no
// change, then the changed ones, so that it is a changed name that gives way. A mailbox's name is its path in the tree.
#include "sync/mapping/translation.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "imap/codec/modified_utf7.hpp"
#include "imap/types/ascii.hpp"
#include "sync/mapping/legal_level.hpp"
#include "sync/mapping/unicode.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::string_view inbox = "INBOX";

/// What stands for the destination's separator; something else where it was chosen to be the separator itself.
char usable_replacement(const MappingRules& rules, const Side& to) {
    if (rules.separator_replacement != to.separator) return rules.separator_replacement;
    return to.separator == '_' ? '-' : '_';
}

/// Printable ASCII without the octets of an encoding: for a separator that modified UTF-7 itself makes use of.
std::string plain_ascii(std::string_view text, char separator, char replacement) {
    std::string plain;
    for (const char32_t c : code_points(text)) {
        const bool kept = c >= U' ' && c <= U'~' && c != U'&' && c != static_cast<char32_t>(separator);
        plain += kept ? static_cast<char>(c) : replacement;
    }
    return plain;
}

/// How the destination writes a level.
struct LevelRules {
    char separator;
    char replacement;
    const NameRules& names;
};

/// One level as the destination can hold it. A level that is not modified UTF-7 keeps its octets.
std::string translate_level(const std::string& level, const LevelRules& rules) {
    if (level.empty()) return {rules.replacement};
    const auto decoded = imap::utf8_from_utf7(level);
    std::string text = legal_level(decoded.value_or(level), rules.names, rules.replacement);
    std::ranges::replace(text, rules.separator, rules.replacement);
    std::string encoded = decoded ? imap::utf7_from_utf8(text) : text;
    return encoded.contains(rules.separator) ? plain_ascii(text, rules.separator, rules.replacement) : encoded;
}

class NameTree {
public:
    explicit NameTree(LevelRules rules) : rules_(rules), nodes_(1) {}

    /// Puts everything below this path.
    void set_root(const std::vector<std::string>& components) {
        for (const std::string& component : components) {
            nodes_.emplace_back(component, root_);
            root_ = nodes_.size() - 1;
        }
    }

    /// The node of these levels, made where it is missing.
    std::size_t add(const std::vector<std::string>& levels) {
        std::size_t at = root_;
        for (const std::string& level : levels) {
            const bool top_inbox = at == root_ && imap::equal_ignoring_case(level, inbox);
            const auto [child, is_new] = nodes_[at].children.try_emplace(top_inbox ? std::string(inbox) : level, nodes_.size());
            const std::size_t next = child->second;
            if (is_new) nodes_.emplace_back(std::string(), at);
            at = next;
        }
        return at;
    }

    /// Gives every node its component. Once, when all are added.
    void name_all() {
        for (std::size_t i = 0; i < nodes_.size(); ++i) name_children(i);
    }

    [[nodiscard]] bool has_children(std::size_t node) const { return !nodes_[node].children.empty(); }

    [[nodiscard]] std::vector<std::string> path(std::size_t node) const {
        std::vector<std::string> components;
        for (; node != 0; node = nodes_[node].parent) components.push_back(nodes_[node].component);
        std::ranges::reverse(components);
        return components;
    }

    /// Where a character of its own or of a level above it was replaced.
    [[nodiscard]] bool is_replaced(std::size_t node) const {
        for (; node != 0; node = nodes_[node].parent)
            if (nodes_[node].is_replaced) return true;
        return false;
    }

    /// The component that the node would have, had no sibling it; empty where it has it.
    [[nodiscard]] const std::string& wanted(std::size_t node) const { return nodes_[node].taken; }

private:
    struct Node {
        Node() = default;
        Node(std::string its_component, std::size_t its_parent) : component(std::move(its_component)), parent(its_parent) {}

        std::string component;
        std::size_t parent = 0;
        std::map<std::string, std::size_t> children;  // by the source's level
        std::string taken;
        bool is_replaced = false;
    };

    void name_children(std::size_t parent) {
        std::set<std::string> used;
        if (parent == root_)
            for (const std::string& reserved : rules_.names.reserved) used.insert(compared(imap::utf7_from_utf8(reserved)));
        const std::size_t room = room_below(parent);
        for (const bool changed : {false, true}) {
            for (const auto& [level, child] : nodes_[parent].children) {
                const std::string component = fitting_level(translate_level(level, rules_), room);
                if ((component != level) == changed) name(nodes_[child], level, component, used);
            }
        }
    }

    /// Octets that a name may have below this node, less what a number behind it takes.
    [[nodiscard]] std::size_t room_below(std::size_t parent) const {
        constexpr std::size_t least = 8;  // below that a name says nothing: it is tried as it is
        constexpr std::size_t number = 4;
        if (rules_.names.longest == 0) return std::string::npos;
        std::size_t taken = number;
        for (const std::string& component : path(parent)) taken += component.size() + 1;
        return taken + least > rules_.names.longest ? std::string::npos : rules_.names.longest - taken;
    }

    /// What two names have in common that are one on the destination.
    [[nodiscard]] std::string compared(const std::string& component) const {
        if (!rules_.names.ignores_case) return component;
        return folded(imap::utf8_from_utf7(component).value_or(component));
    }

    void name(Node& node, const std::string& level, const std::string& component, std::set<std::string>& used) {
        node.component = component;
        for (int n = 2; !used.insert(compared(node.component)).second; ++n)
            node.component = component + "_" + std::to_string(n);
        if (node.component != component) node.taken = component;
        const auto as_text = [](const std::string& raw) { return imap::utf8_from_utf7(raw).value_or(raw); };
        node.is_replaced = as_text(component) != as_text(level);
    }

    LevelRules rules_;
    std::vector<Node> nodes_;  // the first is the destination's root; a parent stands before its children
    std::size_t root_ = 0;     // where the source's root goes
};

std::string joined(const std::vector<std::string>& components, char separator) {
    std::string name;
    for (const std::string& component : components) {
        if (!name.empty()) name += separator;
        name += component;
    }
    return name;
}

/// The levels of a sub-folder of the destination: `/` or its own separator between them, its prefix understood.
std::vector<std::string> destination_levels(const std::string& typed, const Side& to) {
    std::string own = wire_name(typed);
    std::ranges::replace(own, '/', to.separator);
    std::vector<std::string> levels = levels_of(own, to);
    std::erase(levels, "");
    return levels;
}

/// The levels of a subtree of the source.
std::vector<std::string> source_levels(const std::string& typed, const Side& from) {
    if (typed.empty()) return {};
    std::string own = wire_name(typed);
    std::ranges::replace(own, '/', from.separator);
    std::vector<std::string> levels = levels_of(own, from);
    std::erase(levels, "");
    return levels;
}

bool begins_with(const std::vector<std::string>& levels, const std::vector<std::string>& beginning) {
    return levels.size() >= beginning.size() && std::ranges::equal(std::span(levels).first(beginning.size()), beginning);
}

/// Puts prefix and path together. What lies below INBOX has the prefix already where the prefix is only guessed from such
/// names: the guess must not make another name of it in the next pass.
std::string with_prefix(const std::vector<std::string>& path, const Side& to) {
    const bool has_it = to.prefix_is_guess && path.size() > 1 && path.front() == inbox;
    return (has_it ? "" : to.prefix) + joined(path, to.separator);
}

class Translator {
public:
    Translator(const MailboxTree& source, const Side& from, const Side& to, const MappingRules& rules, const NameRules& names)
        : source_(source),
          from_(from),
          to_(to),
          subtree_(source_levels(rules.sub_folder_source, from)),
          names_(names),
          tree_({to.separator, usable_replacement(rules, to), names}),
          below_sub_folder_(!rules.sub_folder_destination.empty()) {
        if (below_sub_folder_) tree_.set_root(destination_levels(rules.sub_folder_destination, to));
    }

    std::vector<std::optional<Translation>> translate() {
        add_all();
        tree_.name_all();
        std::vector<std::optional<Translation>> translations(nodes_.size());
        std::vector<std::size_t> displaced;
        for (const std::size_t i : in_order_of_claim()) {
            translations[i] = name_of(*nodes_[i]);
            const bool needs_another = names_.parents_are_empty && tree_.has_children(nodes_[i]->node) &&
                                       !nodes_[i]->is_inbox && !source_.mailboxes[i].no_select;
            if (needs_another)
                *translations[i] = {.raw = translations[i]->raw + "_mail", .is_replaced = true, .collided_with = {}};
            if (!claim(translations[i]->raw) && !nodes_[i]->is_inbox) displaced.push_back(i);
        }
        for (const std::size_t i : displaced) number(*translations[i]);
        return translations;
    }

private:
    struct Place {
        std::size_t node = 0;
        bool is_inbox = false;  ///< of the destination
    };

    void add_all() {
        for (const imap::MailboxInfo& mailbox : source_.mailboxes) nodes_.push_back(place_of(mailbox.name));
    }

    std::optional<Place> place_of(const imap::MailboxName& name) {
        std::vector<std::string> levels =
            name.is_inbox() ? std::vector<std::string>{std::string(inbox)} : levels_of(name.raw(), from_);
        bool is_inbox = name.is_inbox();
        if (!subtree_.empty()) {
            if (is_inbox || !begins_with(levels, subtree_)) return std::nullopt;
            levels.erase(levels.begin(), levels.begin() + static_cast<std::ptrdiff_t>(subtree_.size()));
            if (levels.empty()) levels.emplace_back(inbox);
            is_inbox = levels.size() == 1 && imap::equal_ignoring_case(levels.front(), inbox);
        }
        return Place{tree_.add(levels), is_inbox && !below_sub_folder_};
    }

    Translation name_of(const Place& place) const {
        if (place.is_inbox) return {.raw = std::string(inbox), .is_replaced = false, .collided_with = {}};
        const std::vector<std::string> path = tree_.path(place.node);
        Translation translation{
            .raw = with_prefix(path, to_), .is_replaced = tree_.is_replaced(place.node), .collided_with = {}};
        if (!tree_.wanted(place.node).empty()) translation.collided_with = with_last(path, tree_.wanted(place.node));
        return translation;
    }

    /// INBOX before any other that may want its name, then what holds messages; by name, not by the order of LIST.
    std::vector<std::size_t> in_order_of_claim() const {
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < nodes_.size(); ++i)
            if (nodes_[i]) order.push_back(i);
        std::ranges::sort(order, {}, [&](std::size_t i) {
            const imap::MailboxInfo& mailbox = source_.mailboxes[i];
            return std::tuple(!nodes_[i]->is_inbox, mailbox.no_select, mailbox.name.raw());
        });
        return order;
    }

    bool claim(const std::string& raw) { return used_.insert(imap::MailboxName(raw).raw()).second; }

    /// Siblings differ already. Left are names that mean one place by the destination's rules: `INBOX.INBOX` and INBOX.
    void number(Translation& translation) {
        const std::string raw = translation.raw;
        translation.collided_with = raw;
        for (int n = 2; !claim(translation.raw); ++n) translation.raw = raw + "_" + std::to_string(n);
    }

    std::string with_last(std::vector<std::string> path, const std::string& component) const {
        path.back() = component;
        return joined(path, to_.separator);
    }

    const MailboxTree& source_;
    const Side& from_;
    const Side& to_;
    std::vector<std::string> subtree_;  // of the source; the only one taken, where there is one
    const NameRules& names_;
    NameTree tree_;
    bool below_sub_folder_;
    std::vector<std::optional<Place>> nodes_;  // by place in the source's list
    std::unordered_set<std::string> used_;
};

}  // namespace

std::vector<std::optional<Translation>> translate_names(const MailboxTree& source, const Side& from, const Side& to,
                                                        const MappingRules& rules, const NameRules& names) {
    return Translator(source, from, to, rules, names).translate();
}

std::string wire_name(std::string_view typed) {
    return imap::utf8_from_utf7(typed) ? std::string(typed) : imap::utf7_from_utf8(typed);
}

}  // namespace mailhaul::sync
