// SPDX-License-Identifier: Apache-2.0
// Which profile: a provider's own host goes before everything, as what runs there is only one part of what it does; then the
// server's own words, then what it can do, then who takes the domain's mail.
// How sure: names alone are a guess, whatever is behind them.
#include "provider/recognise.hpp"

#include <algorithm>
#include <optional>

namespace mailhaul::provider {
namespace {

constexpr int by_host = 140;
constexpr int by_id = 70;
constexpr int by_greeting = 60;
constexpr int by_capability = 50;
constexpr int by_exchanger = 15;

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

/// `name` is `end`, or ends with it at a dot.
bool is_below(std::string_view name, std::string_view end) {
    if (name.ends_with('.')) name.remove_suffix(1);
    if (!name.ends_with(end)) return false;
    return name.size() == end.size() || name[name.size() - end.size() - 1] == '.';
}

/// The longest of `words` that stands in `text`.
std::optional<std::string> longest_in(const std::vector<std::string>& words, const std::string& text) {
    std::optional<std::string> best;
    for (const std::string& word : words)
        if (text.find(word) != std::string::npos && (!best || word.size() > best->size())) best = word;
    return best;
}

struct Weighing {
    int weight = 0;
    int words = 0;  // how many kinds of signs the server gave itself
    bool by_name = false;
    std::size_t length = 0;  // of the words found: of two greetings that match, the longer is the more special
    std::vector<std::string> signs;
    void add(int more, std::size_t letters, std::string sign) {
        weight += more;
        if (more == by_host) by_name = true;
        else if (more != by_exchanger) ++words;
        length += letters;
        signs.push_back(std::move(sign));
    }
};

Weighing weigh(const Profile& profile, const Evidence& evidence) {
    Weighing found;
    const auto has = [&evidence](const std::string& capability) { return evidence.capabilities.has(capability); };
    if (std::ranges::any_of(profile.not_capabilities, has)) return found;
    if (const auto words = longest_in(profile.ids, lower(evidence.id)))
        found.add(by_id, words->size(), "ID \"" + evidence.id + "\"");
    if (const auto words = longest_in(profile.greetings, lower(evidence.greeting)))
        found.add(by_greeting, words->size(), "greeting \"" + *words + "\"");
    for (const auto& row : profile.capabilities)
        if (!row.empty() && std::ranges::all_of(row, has)) {
            std::string names;
            for (const std::string& name : row) names += (names.empty() ? "" : " ") + name;
            found.add(by_capability, names.size(), "capabilities " + names);
            break;
        }
    const std::string host = lower(evidence.host);
    for (const std::string& end : profile.hosts)
        if (is_below(host, end)) {
            found.add(by_host, end.size(), "host " + host);
            break;
        }
    for (const std::string& exchanger : evidence.exchangers) {
        const auto end =
            std::ranges::find_if(profile.exchangers, [&](const auto& known) { return is_below(lower(exchanger), known); });
        if (end == profile.exchangers.end()) continue;
        found.add(by_exchanger, end->size(), "mail exchanger " + lower(exchanger));
        break;
    }
    return found;
}

Sureness sureness_of(const Weighing& found) {
    if (found.weight == 0) return Sureness::none;
    if (found.words == 0) return Sureness::guess;
    return found.words > 1 || found.by_name ? Sureness::certain : Sureness::likely;
}

}  // namespace

Recognition recognise(const std::vector<Profile>& profiles, const Evidence& evidence) {
    Recognition best;
    Weighing strongest;
    for (const Profile& profile : profiles) {
        Weighing found = weigh(profile, evidence);
        const bool is_better =
            found.weight > strongest.weight || (found.weight == strongest.weight && found.length > strongest.length);
        if (found.weight == 0 || !is_better) continue;
        best.profile = &profile;
        best.sureness = sureness_of(found);
        best.signs = found.signs;
        strongest = std::move(found);
    }
    return best;
}

Recognition recognise_server(std::string_view words, std::string_view host, const imap::CapabilitySet& capabilities) {
    Evidence evidence;
    evidence.greeting = evidence.id = words;
    evidence.host = host;
    evidence.capabilities = capabilities;
    return recognise(built_in_profiles(), evidence);
}

Connections connections_for(std::string_view words, std::string_view host, const imap::CapabilitySet& capabilities) {
    const Recognition found = recognise_server(words, host, capabilities);
    if (found.profile == nullptr) return {};
    return {found.profile->first_connections, found.profile->most_connections};
}

std::string_view to_string(Sureness sureness) {
    switch (sureness) {
        case Sureness::none: return "unknown";
        case Sureness::guess: return "a guess";
        case Sureness::likely: return "likely";
        case Sureness::certain: break;
    }
    return "certain";
}

}  // namespace mailhaul::provider
