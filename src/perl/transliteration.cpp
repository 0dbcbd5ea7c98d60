// SPDX-License-Identifier: Apache-2.0
#include "perl/transliteration.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "perl/escapes.hpp"

namespace mailhaul::perl {
namespace {

unsigned char octet(char c) { return static_cast<unsigned char>(c); }

/// The octets that a list such as `a-z\-\x00` names, in its order.
Result<std::string> expand(std::string_view text) {
    std::string list;
    bool after_range = false;
    for (std::size_t at = 0; at < text.size();) {
        const bool is_range = text[at] == '-' && !list.empty() && at + 1 < text.size();
        if (is_range && after_range) return refusal("a range that begins where another ends: write \\- where - is meant");
        if (is_range) ++at;
        char c = text[at];
        if (c == '\\') {
            MH_TRY(escape, read_escape(text, at));
            c = escape.octet;
            at += escape.length;
        } else {
            ++at;
        }
        after_range = is_range;
        if (!is_range) {
            list += c;
            continue;
        }
        if (octet(list.back()) > octet(c)) return refusal("a range whose end comes before its beginning");
        for (unsigned next = octet(list.back()) + 1U; next <= octet(c); ++next) list += static_cast<char>(next);
    }
    return list;
}

std::string complement(const std::string& list) {
    std::string others;
    for (unsigned c = 0; c < 256; ++c)
        if (!list.contains(static_cast<char>(c))) others += static_cast<char>(c);
    return others;
}

}  // namespace

Result<Transliteration> Transliteration::parse(const Quoted& quoted) {
    if (quoted.first_delimiter == '\'') return refusal("' as the delimiter of tr is not understood: use another one");
    if (const std::size_t at = quoted.modifiers.find_first_not_of("cdsr"); at != std::string::npos)
        return refusal(std::string("modifier ") + quoted.modifiers[at] + " of tr is not understood: wanted c, d, s or r");
    const auto has = [&](char modifier) { return quoted.modifiers.contains(modifier); };
    MH_TRY(from, expand(quoted.first));
    MH_TRY(to, expand(quoted.second));
    if (has('c')) from = complement(from);
    Transliteration made;
    made.squeezes_ = has('s');
    std::iota(made.becomes_.begin(), made.becomes_.end(), static_cast<char>(0));
    if (has('r')) return made;  // gives the result to nobody, and leaves the subject as it is
    const bool deletes = has('d');
    if (to.empty() && !deletes) to = from;
    for (std::size_t i = 0; i < from.size(); ++i) {
        const unsigned char c = octet(from[i]);
        if (made.listed_[c]) continue;  // the first word counts
        made.listed_[c] = true;
        if (i >= to.size() && deletes) made.deleted_[c] = true;
        else made.becomes_.at(c) = i < to.size() ? to[i] : to.back();
    }
    if (made.squeezes_ && made.listed_.none()) made.squeezes_ = false;
    return made;
}

std::string Transliteration::apply(std::string_view subject) const {
    std::string result;
    result.reserve(subject.size());
    bool after_listed = false;
    for (const char c : subject) {
        const unsigned char at = octet(c);
        if (!listed_[at]) {
            result += c;
            after_listed = false;
            continue;
        }
        if (deleted_[at]) continue;
        const char next = becomes_.at(at);
        if (!(squeezes_ && after_listed && result.back() == next)) result += next;
        after_listed = true;
    }
    return result;
}

}  // namespace mailhaul::perl
