// SPDX-License-Identifier: Apache-2.0
#include "provider/profile.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <utility>

namespace mailhaul::provider {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && (is_blank(text.back()) || text.back() == '\r')) text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::string upper(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return out;
}

std::vector<std::string> upper_words(std::string_view text) {
    std::vector<std::string> words;
    while (!(text = trimmed(text)).empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        words.push_back(upper(word));
        text.remove_prefix(word.size());
    }
    return words;
}

/// Blank-separated words; those in quotes may hold blanks, and a quote alone is that character.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!(text = trimmed(text)).empty()) {
        if (text.front() != '"' || text.size() == 1 || text[1] == ' ') {
            const std::string_view word = text.substr(0, text.find_first_of(" \t"));
            words.emplace_back(word);
            text.remove_prefix(word.size());
            continue;
        }
        const std::size_t end = std::min(text.find('"', 1), text.size());
        words.emplace_back(text.substr(1, end - 1));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

template <typename T>
std::optional<T> number_from(std::string_view text) {
    T number{};
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

template <typename T, std::size_t size>
std::optional<T> word_from(std::string_view text, const std::array<std::pair<std::string_view, T>, size>& words) {
    for (const auto& [word, value] : words)
        if (word == text) return value;
    return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, Bytes>, 5> bytes_words{{{"exact", Bytes::exact},
                                                                         {"mostly", Bytes::mostly},
                                                                         {"headers", Bytes::headers},
                                                                         {"regenerates", Bytes::regenerates},
                                                                         {"encrypts", Bytes::encrypts}}};
constexpr std::array<std::pair<std::string_view, Admin>, 9> admin_words{{{"none", Admin::none},
                                                                         {"sasl", Admin::sasl},
                                                                         {"star", Admin::star},
                                                                         {"percent", Admin::percent},
                                                                         {"proxyauth", Admin::proxyauth},
                                                                         {"kerio", Admin::kerio},
                                                                         {"exchange", Admin::exchange},
                                                                         {"delegate", Admin::delegate},
                                                                         {"service-account", Admin::service_account}}};
constexpr std::array<std::pair<std::string_view, Password>, 3> password_words{
    {{"yes", Password::yes}, {"app", Password::app}, {"no", Password::no}}};

/// Takes the value of one key; says what was wanted where it cannot.
using Take = std::function<std::optional<std::string>(Profile&, std::string_view)>;

Take listed(std::vector<std::string> Profile::* list) {
    return [list](Profile& profile, std::string_view value) {
        (profile.*list).push_back(lower(value));
        return std::optional<std::string>();
    };
}

template <typename T>
Take kept(T Profile::* member) {
    return [member](Profile& profile, std::string_view value) {
        profile.*member = std::string(value);
        return std::optional<std::string>();
    };
}

template <typename T, std::size_t size>
Take chosen(T Profile::* member, const std::array<std::pair<std::string_view, T>, size>& words) {
    return [member, &words](Profile& profile, std::string_view value) -> std::optional<std::string> {
        const auto found = word_from(value, words);
        if (found) {
            profile.*member = *found;
            return std::nullopt;
        }
        std::string wanted;
        for (const auto& [word, meaning] : words) wanted += (wanted.empty() ? "" : ", ") + std::string(word);
        return "one of " + wanted;
    };
}

std::optional<std::string> take_server(Profile& profile, std::string_view value) {
    const std::size_t colon = value.rfind(':');
    const auto port = colon == std::string_view::npos ? std::nullopt : number_from<std::uint16_t>(value.substr(colon + 1));
    if (!port || colon == 0) return "host:port";
    profile.server = Server{lower(value.substr(0, colon)), *port};
    return std::nullopt;
}

std::optional<std::string> take_connections(Profile& profile, std::string_view value) {
    const std::size_t dash = value.find('-');
    const auto first = number_from<std::uint32_t>(value.substr(0, dash));
    const auto most = dash == std::string_view::npos ? std::nullopt : number_from<std::uint32_t>(value.substr(dash + 1));
    if (!first || !most || *first == 0 || *most < *first || *most > 32) return "first-most, such as 2-4";
    profile.first_connections = *first;
    profile.most_connections = *most;
    return std::nullopt;
}

std::optional<std::string> take_command(Profile& profile, std::string_view value) {
    const auto octets = number_from<std::uint64_t>(value);
    if (!octets || *octets < 500) return "a number of octets from 500 on";
    profile.command_octets = *octets;
    return std::nullopt;
}

std::optional<std::string> take_message(Profile& profile, std::string_view value) {
    const std::string_view number = value.substr(0, value.find(' '));
    const std::string_view rest = trimmed(value.substr(number.size()));
    profile.message_octets = number_from<std::uint64_t>(number);
    profile.message_octets_vary = rest == "usually";
    if (!profile.message_octets || (!rest.empty() && rest != "usually")) return "a number of octets, then perhaps: usually";
    return std::nullopt;
}

Take counted(std::size_t Profile::* member) {
    return [member](Profile& profile, std::string_view value) -> std::optional<std::string> {
        const auto number = number_from<std::size_t>(value);
        if (!number || *number == 0) return "a number above 0";
        profile.*member = *number;
        return std::nullopt;
    };
}

Take worded(std::vector<std::string> Profile::* list) {
    return [list](Profile& profile, std::string_view value) {
        for (std::string& word : words_of(value)) (profile.*list).push_back(std::move(word));
        return std::optional<std::string>();
    };
}

std::optional<std::string> take_names_without(Profile& profile, std::string_view value) {
    for (const std::string& word : words_of(value)) {
        if (word == "TAB") profile.names.without += '\t';
        else if (word == "edge-blanks") profile.names.trims_blanks = true;
        else if (word == "double-blanks") profile.names.joins_blanks = true;
        else if (word.size() == 1) profile.names.without += word;
        else return "single characters, TAB, edge-blanks and double-blanks with blanks between";
    }
    return std::nullopt;
}

/// A whole number, or a word for what a name may be.
std::optional<std::string> take_names(Profile& profile, std::string_view value) {
    for (const std::string& word : words_of(value)) {
        if (word == "ignore-case") profile.names.ignores_case = true;
        else if (word == "empty-parents") profile.names.parents_are_empty = true;
        else if (const auto number = number_from<std::size_t>(word); number && *number > 0) profile.names.longest = *number;
        else return "ignore-case, empty-parents, or how many octets a name may have";
    }
    return std::nullopt;
}

std::optional<std::string> take_dates(Profile& profile, std::string_view value) {
    const std::size_t dash = value.find('-');
    const auto first = number_from<std::int32_t>(value.substr(0, dash));
    const auto last = dash == std::string_view::npos ? std::nullopt : number_from<std::int32_t>(value.substr(dash + 1));
    if (!first || !last || *last < *first) return "first-last, such as 1970-2037";
    profile.dates = Years{*first, *last};
    return std::nullopt;
}

std::optional<std::string> take_roles(Profile& profile, std::string_view value) {
    profile.tells_no_roles = value == "by-name";
    return profile.tells_no_roles ? std::nullopt : std::optional<std::string>("by-name");
}

const std::map<std::string, Take, std::less<>>& keys() {
    static const std::map<std::string, Take, std::less<>> all{
        {"name", kept(&Profile::name)},
        {"greeting", listed(&Profile::greetings)},
        {"id", listed(&Profile::ids)},
        {"capability",
         [](Profile& profile, std::string_view value) {
             profile.capabilities.push_back(upper_words(value));
             return std::optional<std::string>();
         }},
        {"not-capability",
         [](Profile& profile, std::string_view value) {
             profile.not_capabilities = upper_words(value);
             return std::optional<std::string>();
         }},
        {"host", listed(&Profile::hosts)},
        {"mx", listed(&Profile::exchangers)},
        {"server", take_server},
        {"separator", kept(&Profile::separator)},
        {"prefix", kept(&Profile::prefix)},
        {"connections", take_connections},
        {"command", take_command},
        {"message", take_message},
        {"bytes", chosen(&Profile::bytes, bytes_words)},
        {"admin", chosen(&Profile::admin, admin_words)},
        {"password", chosen(&Profile::password, password_words)},
        {"oauth", kept(&Profile::oauth)},
        {"skip", worded(&Profile::skip)},
        {"roles", take_roles},
        {"names", take_names},
        {"names-without", take_names_without},
        {"names-only",
         [](Profile& profile, std::string_view value) {
             for (const std::string& word : words_of(value)) profile.names.only += word == "BLANK" ? " " : word;
             return std::optional<std::string>();
         }},
        {"reserved",
         [](Profile& profile, std::string_view value) {
             profile.names.reserved = words_of(value);
             return std::optional<std::string>();
         }},
        {"drop-flags", worded(&Profile::dropped_flags)},
        {"keyword", counted(&Profile::keyword_octets)},
        {"keywords", counted(&Profile::keywords_each)},
        {"keyword-suffix", kept(&Profile::keyword_suffix)},
        {"shows", counted(&Profile::shows)},
        {"own-record", kept(&Profile::own_record)},
        {"dates", take_dates},
        {"warn",
         [](Profile& profile, std::string_view value) {
             profile.warnings.emplace_back(value);
             return std::optional<std::string>();
         }},
        {"note",
         [](Profile& profile, std::string_view value) {
             profile.notes.emplace_back(value);
             return std::optional<std::string>();
         }},
    };
    return all;
}

class ProfileReader {
public:
    explicit ProfileReader(const std::string& path) : path_(path) {}

    Result<std::vector<Profile>> read(std::string_view text) {
        while (!text.empty()) {
            const std::string_view line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(text.size(), line.size() + 1));
            ++line_;
            MH_TRY_VOID(take(line));
        }
        MH_TRY_VOID(end_profile());
        return std::move(profiles_);
    }

private:
    Result<void> take(std::string_view line) {
        const std::string_view content = trimmed(line);
        if (content.empty() || content.starts_with('#')) return {};
        if (content.starts_with('[')) return begin_profile(content);
        const std::string_view key = content.substr(0, content.find_first_of(" \t"));
        if (key == "list") return take_list(words_of(content.substr(key.size())));
        const auto known = keys().find(key);
        if (known == keys().end())
            return mistake("\"" + std::string(key) + "\" is no key: the head of data/profiles.txt has them");
        if (profiles_.empty()) return mistake("a profile begins with its id, as in [dovecot]");
        const std::string_view value = trimmed(content.substr(key.size()));
        if (value.empty()) return mistake(std::string(key) + " has no value");
        MH_TRY(complete, with_lists(value));
        if (const auto wanted = known->second(profiles_.back(), complete))
            return mistake(std::string(key) + " is \"" + std::string(value) + "\", wanted " + *wanted);
        return {};
    }

    /// `list NAME word word ...`; given again, it grows.
    Result<void> take_list(const std::vector<std::string>& words) {
        if (words.size() < 2) return mistake("wanted list NAME and its words");
        for (const std::string& word : std::span(words).subspan(1)) lists_[words.front()] += "\"" + word + "\" ";
        return {};
    }

    /// `value` with each `$(NAME)` replaced by the words of that list.
    Result<std::string> with_lists(std::string_view value) const {
        std::string complete;
        while (!value.empty()) {
            const std::size_t sign = std::min(value.find("$("), value.size());
            complete += value.substr(0, sign);
            value.remove_prefix(sign);
            if (value.empty()) break;
            const std::size_t end = value.find(')');
            const auto list = end == std::string_view::npos ? lists_.end() : lists_.find(value.substr(2, end - 2));
            if (list == lists_.end()) return mistake("no list " + std::string(value.substr(0, end)) + " stands before it");
            complete += list->second;
            value.remove_prefix(end + 1);
        }
        return complete;
    }

    Result<void> begin_profile(std::string_view content) {
        MH_TRY_VOID(end_profile());
        const std::string id(trimmed(content.substr(1, content.size() - 2)));
        if (!content.ends_with(']') || id.empty()) return mistake("wanted [id]");
        if (!ids_.insert(id).second) return mistake("[" + id + "] is there twice");
        profiles_.emplace_back().id = id;
        return {};
    }

    /// What a whole profile must have.
    Result<void> end_profile() {
        if (profiles_.empty()) return {};
        const Profile& last = profiles_.back();
        if (last.name.empty()) return mistake("[" + last.id + "] has no name");
        const bool has_sign = !last.greetings.empty() || !last.ids.empty() || !last.capabilities.empty() ||
                              !last.hosts.empty() || !last.exchangers.empty();
        if (!has_sign) return mistake("[" + last.id + "] has nothing to be recognised by");
        return {};
    }

    [[nodiscard]] Error mistake(const std::string& words) const {
        return {Errc::usage, Scope::run, Retry::never, path_ + ":" + std::to_string(line_) + ": " + words};
    }

    std::string path_;
    int line_ = 0;
    std::vector<Profile> profiles_;
    std::set<std::string, std::less<>> ids_;
    std::map<std::string, std::string, std::less<>> lists_;
};

}  // namespace

Result<std::vector<Profile>> profiles_from(std::string_view text, const std::string& path) {
    return ProfileReader(path).read(text);
}

const std::vector<Profile>& built_in_profiles() {
    static const std::vector<Profile> profiles = [] {
        auto read = profiles_from(built_in_text(), "data/profiles.txt");
        return read.ok() ? std::move(read).value() : std::vector<Profile>();  // a test reads the same text
    }();
    return profiles;
}

}  // namespace mailhaul::provider
