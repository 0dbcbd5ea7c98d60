// SPDX-License-Identifier: Apache-2.0
// The native dialect's parser. imapsync's stands in getopt_long.cpp.
#include "cli/option.hpp"

#include <algorithm>
#include <map>

namespace mailhaul::cli {

std::optional<std::string> ParsedLine::last(std::string_view name) const {
    for (auto it = given.rbegin(); it != given.rend(); ++it)
        if (it->name == name) return it->value;
    return std::nullopt;
}

std::vector<std::string> ParsedLine::all(std::string_view name) const {
    std::vector<std::string> values;
    for (const Given& one : given)
        if (one.name == name) values.push_back(one.value);
    return values;
}

bool ParsedLine::is_on(std::string_view name, bool otherwise) const {
    const auto value = last(name);
    return value ? *value == "1" : otherwise;
}

namespace {

/// What a spelling on the command line stands for.
struct Meaning {
    std::string name;
    bool takes_value = false;
    bool negated = false;
};

using Spellings = std::map<std::string, Meaning, std::less<>>;  // `--folder`, `--no-subscribe`, `-n`

Spellings spellings_of(std::span<const OptionGroup> groups) {
    Spellings spellings;
    const auto add = [&](const Option& option, const std::string& name) {
        spellings["--" + name] = {name, !option.value.empty(), false};
        if (option.negatable) spellings["--no-" + name] = {name, false, true};
        if (option.letter != 0) spellings[std::string("-") + option.letter] = {name, !option.value.empty(), false};
    };
    for (const OptionGroup& group : groups)
        for (const Option& option : group.options) {
            const std::string name{option.name};
            if (option.per_side) {
                add(option, "source-" + name);
                add(option, "destination-" + name);
            } else {
                add(option, name);
            }
        }
    return spellings;
}

class NativeParser {
public:
    NativeParser(std::span<const std::string> arguments, std::span<const OptionGroup> groups)
        : arguments_(arguments), spellings_(spellings_of(groups)) {}

    ParsedLine parse() {
        while (next_ < arguments_.size()) {
            const std::string& argument = arguments_[next_++];
            if (argument == "--") break;
            if (argument.starts_with("--")) long_option(argument);
            else if (argument.size() > 1 && argument.starts_with('-')) letters(argument);
            else line_.words.push_back(argument);
        }
        line_.words.insert(line_.words.end(), arguments_.begin() + static_cast<std::ptrdiff_t>(next_), arguments_.end());
        return std::move(line_);
    }

private:
    void long_option(const std::string& argument) {
        const std::size_t equals = argument.find('=');
        const std::string spelling = argument.substr(0, equals);
        const auto found = spellings_.find(spelling);
        if (found == spellings_.end()) return unknown(spelling);
        if (equals == std::string::npos) return take(spelling, found->second);
        if (!found->second.takes_value) {
            line_.mistakes.push_back(spelling + " takes no value: write it alone");
            return;
        }
        line_.given.push_back({found->second.name, {}, argument.substr(equals + 1)});
    }

    void letters(const std::string& argument) {
        for (const char letter : std::string_view(argument).substr(1)) {
            const std::string spelling = std::string("-") + letter;
            const auto found = spellings_.find(spelling);
            if (found == spellings_.end()) return unknown(argument);
            take(spelling, found->second);
        }
    }

    void take(const std::string& spelling, const Meaning& meaning) {
        if (!meaning.takes_value) {
            line_.given.push_back({meaning.name, {}, meaning.negated ? "0" : "1"});
            return;
        }
        // An option where a value should stand is a forgotten value far more often than a folder of that name.
        if (next_ == arguments_.size() || spellings_.contains(arguments_[next_])) {
            line_.mistakes.push_back(spelling + " needs a value: write " + spelling + "=VALUE");
            return;
        }
        line_.given.push_back({meaning.name, {}, arguments_[next_++]});
    }

    void unknown(const std::string& spelling) {
        std::vector<std::string> candidates;
        for (const auto& [known, meaning] : spellings_)
            if (known.starts_with("--")) candidates.push_back(known);
        const std::string dashed = spelling.starts_with("--") ? spelling : "-" + spelling;
        const auto guess = nearest(dashed, candidates);
        line_.mistakes.push_back("unknown option " + spelling +
                                 (guess ? ": did you mean " + *guess + "?" : ": --help lists what there is"));
    }

    std::span<const std::string> arguments_;
    Spellings spellings_;
    std::size_t next_ = 0;
    ParsedLine line_;
};

/// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i)
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replace});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    return cost[a.size()][b.size()];
}

constexpr std::size_t longest_word_compared = 64;  // more is no typing error, and the table above grows by its square

}  // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
    if (word.size() > longest_word_compared) return std::nullopt;
    std::optional<std::string> best;
    std::size_t best_distance = std::max<std::size_t>(2, word.size() / 4) + 1;
    for (const std::string& candidate : candidates) {
        std::size_t distance = edit_distance(word, candidate);
        if (word.size() > 4 && candidate.starts_with(word)) distance = 1;  // cut short, the rest forgotten
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

ParsedLine parse_native(std::span<const std::string> arguments, std::span<const OptionGroup> groups) {
    return NativeParser(arguments, groups).parse();
}

}  // namespace mailhaul::cli
