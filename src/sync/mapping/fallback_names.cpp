// SPDX-License-Identifier: Apache-2.0
// Names are cleaned level by level below the fallback of the nearest mapped parent, then numbered where taken.
#include "sync/mapping/fallback_names.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_set>

#include "imap/codec/modified_utf7.hpp"
#include "sync/mapping/unicode.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::string_view inbox = "INBOX";

bool is_conservative(char32_t c) { return is_letter_or_digit(c) || c == U'-' || c == U'_' || c == U' '; }

/// Blanks at either end or after another blank are trimmed by some servers, and then the name is not the one asked for.
std::string clean_level(const std::string& raw, char separator) {
    std::u32string text = code_points(imap::utf8_from_utf7(raw).value_or(raw));
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool bad_blank = text[i] == U' ' && (i == 0 || i + 1 == text.size() || text[i - 1] == U' ');
        if (!is_conservative(text[i]) || bad_blank || text[i] == static_cast<char32_t>(separator)) text[i] = U'_';
    }
    if (text.empty()) text = U"_";
    if (text == U"cur" || text == U"new" || text == U"tmp") text += U'_';  // a Maildir keeps its messages under these
    std::string encoded = imap::utf7_from_utf8(utf8_from(text));
    if (encoded.contains(separator)) {  // one that the encoding makes use of
        std::ranges::replace_if(text, [](char32_t c) { return c > U'~'; }, U'_');
        encoded = utf8_from(text);
    }
    return encoded;
}

class FallbackNames {
public:
    FallbackNames(const std::vector<std::string>& raw_names, const Side& to)
        : raw_names_(raw_names), to_(to), taken_(raw_names.begin(), raw_names.end()) {
        taken_.emplace(inbox);
    }

    std::vector<std::string> make() {
        std::vector<std::string> fallbacks;
        for (const std::string& raw : raw_names_) {
            const auto [found, is_new] = by_raw_name_.try_emplace(raw);
            if (is_new) found->second = make_for(raw);
            fallbacks.push_back(found->second);
        }
        return fallbacks;
    }

private:
    std::string make_for(const std::string& raw) {
        if (raw == inbox) return raw;
        const std::string clean = clean_name(raw);
        if (clean == raw) return raw;
        std::string fallback = clean;
        for (int n = 2; !taken_.insert(imap::MailboxName(fallback).raw()).second; ++n)
            fallback = clean + "_" + std::to_string(n);
        return fallback;
    }

    std::string clean_name(const std::string& raw) const {
        for (std::size_t end = raw.rfind(to_.separator); end != std::string::npos && end > 0;
             end = raw.rfind(to_.separator, end - 1)) {
            const auto parent = by_raw_name_.find(raw.substr(0, end));
            if (parent != by_raw_name_.end() && parent->first != inbox) {
                return parent->second + to_.separator + clean_path(raw.substr(end + 1));
            }
        }
        const std::string prefix = raw.substr(0, raw.size() - without_prefix(raw, to_).size());
        std::string path = raw.substr(prefix.size());
        const std::string inbox_node = std::string(inbox) + to_.separator;
        if (!prefix.empty() || !path.starts_with(inbox_node)) return prefix + clean_path(path);
        path.erase(0, inbox_node.size());
        return std::string(inbox) + "_" + clean_path(path);
    }

    std::string clean_path(const std::string& path) const {
        std::string clean;
        for (const std::string& level : levels_of(path, {.prefix = {}, .separator = to_.separator})) {
            if (!clean.empty()) clean += to_.separator;
            clean += clean_level(level, to_.separator);
        }
        return clean;
    }

    const std::vector<std::string>& raw_names_;
    const Side& to_;
    std::unordered_set<std::string> taken_;
    std::map<std::string, std::string> by_raw_name_;
};

}  // namespace

std::vector<std::string> fallback_names(const std::vector<std::string>& raw_names, const Side& to) {
    return FallbackNames(raw_names, to).make();
}

}  // namespace mailhaul::sync
