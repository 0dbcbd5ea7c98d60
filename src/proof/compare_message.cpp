// SPDX-License-Identifier: Apache-2.0
#include "proof/compare_message.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace mailhaul::proof {
namespace {

constexpr std::size_t most_lines_named = 50;
constexpr std::size_t longest_name_shown = 100;

using Field = std::pair<std::string, std::string>;  // name in lower case, value without line ends

std::string lower_case(std::string_view name) {
    std::string lower(name);
    for (char& letter : lower) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
    return lower;
}

std::vector<Field> fields_of(std::string_view header) {
    std::vector<Field> fields;
    for (const message::HeaderField& field : message::scan_header(header)) {
        Field known(lower_case(field.name), field.value);
        std::erase_if(known.second, [](char letter) { return letter == '\r' || letter == '\n'; });
        fields.push_back(std::move(known));
    }
    return fields;
}

/// How a header spells each name; printable ASCII, for no other is a field's name.
std::map<std::string, std::string> spellings_in(std::string_view header) {
    std::map<std::string, std::string> spellings;
    for (const message::HeaderField& field : message::scan_header(header))
        spellings.emplace(lower_case(field.name), field.name.substr(0, longest_name_shown));
    return spellings;
}

message::Sha256 lines_digest(std::string_view text) {
    LinesDigest digest;
    digest.update(text);
    return digest.finish();
}

/// How many values of each name stand on one side only.
std::map<std::string, std::pair<std::size_t, std::size_t>> one_sided(std::vector<Field> source,
                                                                     std::vector<Field> destination) {
    std::ranges::sort(source);
    std::ranges::sort(destination);
    std::vector<Field> gone;
    std::vector<Field> come;
    std::ranges::set_difference(source, destination, std::back_inserter(gone));
    std::ranges::set_difference(destination, source, std::back_inserter(come));
    std::map<std::string, std::pair<std::size_t, std::size_t>> counts;
    for (const Field& field : gone) ++counts[field.first].first;
    for (const Field& field : come) ++counts[field.first].second;
    return counts;
}

}  // namespace

void LinesDigest::update(std::string_view octets) {
    while (!octets.empty()) {
        const std::size_t length = std::min(octets.find_first_of("\r\n"), octets.size());
        if (length > 0) {
            for (; breaks_ > 0; --breaks_) stream_.update("\n");
            stream_.update(octets.substr(0, length));
            after_cr_ = false;
            octets.remove_prefix(length);
            continue;
        }
        const bool is_cr = octets.front() == '\r';
        if (is_cr || !after_cr_) ++breaks_;
        after_cr_ = is_cr;
        octets.remove_prefix(1);
    }
}

message::Sha256 LinesDigest::finish() { return stream_.finish(); }

/// Octets of `octets` that still belong to the header; ends behind its empty line.
std::size_t ShapeReader::length_of_header_in(std::string_view octets) {
    for (std::size_t at = 0; at < octets.size(); ++at) {
        if (octets[at] == '\n') {
            in_text_ = line_is_empty_;
            line_is_empty_ = true;
            if (in_text_) return at + 1;
        } else if (octets[at] != '\r') {
            line_is_empty_ = false;
        }
    }
    return octets.size();
}

void ShapeReader::update(std::string_view octets) {
    octets_.update(octets);
    if (!in_text_) {
        const std::string_view header = octets.substr(0, length_of_header_in(octets));
        header_.update(header);
        header_is_kept_ = header_is_kept_ && header_octets_.size() + header.size() <= longest_kept_header;
        if (header_is_kept_) header_octets_ += header;
        octets.remove_prefix(header.size());
    }
    text_.update(octets);
}

MessageShape ShapeReader::finish() {
    MessageShape shape;
    shape.octets = octets_.finish();
    shape.header = header_.finish();
    shape.text = text_.finish();
    if (header_is_kept_) shape.header_octets = std::move(header_octets_);
    return shape;
}

Comparison compare(const MessageShape& source, const MessageShape& destination) {
    if (source.octets == destination.octets) return {Verdict::proven, {}};
    if (source.text != destination.text) return {Verdict::different, {}};
    if (source.header == destination.header) return {Verdict::other_line_ends, {}};
    if (source.header_octets.empty() || destination.header_octets.empty())
        return {Verdict::other_headers, {"lines of a header too long to name them"}};
    return {Verdict::other_headers, differing_lines(source.header_octets, destination.header_octets)};
}

Comparison compare_headers(std::string_view source, std::string_view destination) {
    if (source == destination) return {Verdict::proven, {}};
    if (lines_digest(source) == lines_digest(destination)) return {Verdict::other_line_ends, {}};
    return {Verdict::other_headers, differing_lines(source, destination)};
}

std::vector<std::string> differing_lines(std::string_view source, std::string_view destination) {
    const std::vector<Field> before = fields_of(source);
    const std::vector<Field> after = fields_of(destination);
    auto spellings = spellings_in(source);
    spellings.merge(spellings_in(destination));
    std::vector<std::string> lines;
    for (const auto& [name, counts] : one_sided(before, after)) {
        const auto& [gone, come] = counts;
        const std::string spelt = " " + spellings[name];
        if (gone > 0 && come > 0) lines.push_back("changed" + spelt);
        if (come > gone) lines.push_back("added" + spelt);
        if (gone > come) lines.push_back("missing" + spelt);
    }
    if (lines.empty()) lines.emplace_back(before == after ? "lines that are no header fields" : "order of the lines");
    if (lines.size() > most_lines_named) {
        const std::size_t more = lines.size() - most_lines_named;
        lines.resize(most_lines_named);
        lines.push_back("and " + std::to_string(more) + " more");
    }
    return lines;
}

}  // namespace mailhaul::proof
