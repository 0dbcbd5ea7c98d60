// SPDX-License-Identifier: Apache-2.0
// The identity a header gives: its wanted lines, put into the form imapsync compares (docs/formats/fingerprint.md).
//
// Leaves out imapsync's message size in the key (--noskipsize): servers disagree about sizes.
#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>
#include <numeric>

#include "base/base64.hpp"
#include "message/header_scan.hpp"

namespace mailhaul::message {
namespace {

constexpr std::string_view message_id_name = "Message-ID";
constexpr std::size_t max_lines = 10'000;  // of one identity: a header of more is as well told by these

char upper(char octet) { return octet >= 'a' && octet <= 'z' ? static_cast<char>(octet - ('a' - 'A')) : octet; }

bool is_eight_bit(char octet) { return static_cast<unsigned char>(octet) >= 0x80; }

bool is_wanted(std::string_view name, const IdentityRules& rules) {
    return std::ranges::any_of(rules.headers,
                               [&](const std::string& wanted) { return wanted == "ALL" || same_name(wanted, name); });
}

/// The text of a line in normal form that follows `NAME: `.
std::string_view value_of(std::string_view line) { return line.substr(line.find(':') + 2); }

/// Some servers write the domain of a Message-ID anew. A value that begins with `@` has nothing before it to keep.
void cut_domain(std::string& line) {
    const std::size_t start = line.find(':') + 2;
    const std::size_t at = line.find('@', start);
    if (at != std::string::npos && at > start) line.resize(at);
}

std::string normalize(const HeaderField& field, const IdentityRules& rules) {
    std::string line = normalize_field(field.name, field.value);
    if (rules.message_id_without_domain && same_name(field.name, message_id_name)) cut_domain(line);
    return line;
}

/// Order never matters: servers and gateways reorder.
std::string sorted_text(std::vector<std::string>& lines) {
    std::ranges::sort(lines);
    return std::accumulate(lines.begin(), lines.end(), std::string());
}

/// Empty where no line says anything: a key that all such messages share would tell none of them.
std::optional<Digest128> digest_of(std::vector<std::string> lines) {
    if (std::ranges::all_of(lines, [](const std::string& line) { return value_of(line).empty(); })) return std::nullopt;
    const std::string text = sorted_text(lines);
    const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
    return Digest128{hash.high64, hash.low64};
}

/// The lines of one header that the identity may need, in normal form.
struct Lines {
    std::vector<std::string> message_ids;  ///< those that say anything
    std::vector<std::string> wanted;
    std::vector<std::string> all;  ///< only where the whole header is asked for
};

enum class Extent : std::uint8_t { wanted_fields, whole_header };

Lines lines_of(std::string_view header, const IdentityRules& rules, Extent extent) {
    Lines lines;
    FieldReader reader(header);
    while (const auto field = reader.next()) {
        const bool wanted = is_wanted(field->name, rules) && lines.wanted.size() < max_lines;
        const bool counted = extent == Extent::whole_header && lines.all.size() < max_lines;
        if (!wanted && !counted) continue;
        std::string line = normalize(*field, rules);
        if (rules.is_ignored && rules.is_ignored(line)) continue;
        if (wanted && same_name(field->name, message_id_name) && !value_of(line).empty()) lines.message_ids.push_back(line);
        if (wanted) lines.wanted.push_back(line);
        if (counted) lines.all.push_back(std::move(line));
    }
    return lines;
}

HeaderIdentity identity_of(Lines lines) {
    return {.message_id = digest_of(std::move(lines.message_ids)),
            .fingerprint = digest_of(std::move(lines.wanted)),
            .whole_header = digest_of(std::move(lines.all))};
}

}  // namespace

std::string normalize_field(std::string_view name, std::string_view value) {
    value = trimmed(value);
    std::string line;
    line.reserve(name.size() + 2 + value.size());
    std::ranges::transform(name, std::back_inserter(line), upper);
    line += ": ";
    bool after_whitespace = false;
    for (const char octet : value) {
        const bool whitespace = is_whitespace(octet);
        if (!whitespace) {
            line += is_eight_bit(octet) ? 'X' : upper(octet);
        } else if (!after_whitespace) {
            line += ' ';
        }
        after_whitespace = whitespace;
    }
    return line;
}

HeaderIdentity identity_of_fields(std::string_view header, const IdentityRules& rules) {
    return identity_of(lines_of(header, rules, Extent::wanted_fields));
}

HeaderIdentity identity_of_header(std::string_view header, const IdentityRules& rules) {
    return identity_of(lines_of(header, rules, Extent::whole_header));
}

std::string imapsync_key(std::string_view header, const IdentityRules& rules) {
    Lines lines = lines_of(header, rules, Extent::wanted_fields);
    const std::string text = sorted_text(lines.wanted);
    std::array<char, EVP_MAX_MD_SIZE> digest{};
    std::size_t size = 0;
    if (EVP_Q_digest(nullptr, "MD5", nullptr, text.data(), text.size(), reinterpret_cast<unsigned char*>(digest.data()),
                     &size) != 1) {
        return {};  // a FIPS build has no MD5
    }
    std::string key = base64_from({digest.data(), size});
    key.erase(key.find_last_not_of('=') + 1);
    return key;
}

}  // namespace mailhaul::message
