// SPDX-License-Identifier: Apache-2.0
// Line by line: a line is what ends in LF or at the end of the message.
#include "message/repair.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mailhaul::message {
namespace {

// A broken line without white space: a multiple of four, so that each piece of base64 is decoded alone by those who do so.
constexpr std::size_t preferred_piece = 996;

constexpr std::array names{
    std::pair{Defect::bare_lf, "bare LF"},
    std::pair{Defect::bare_cr, "bare CR"},
    std::pair{Defect::nul, "NUL"},
    std::pair{Defect::no_last_line_end, "no line end at the end"},
    std::pair{Defect::long_line, "lines over 998 octets"},
    std::pair{Defect::rewritten, "what the operator wanted changed"},
};

bool is_blank(char octet) { return octet == ' ' || octet == '\t'; }

/// 0 where there is no such place.
template <typename May>
std::size_t last_place(std::size_t most, const May& may) {
    std::size_t at = most;
    while (at > 0 && !may(at)) --at;
    return at;
}

template <typename May>
std::size_t first_place(std::size_t least, std::size_t end, const May& may) {
    for (std::size_t at = least; at < end; ++at)
        if (may(at)) return at;
    return 0;
}

/// Where a header line is folded, 0: nowhere. Neither part may be blank: a blank line can be taken for the header's end.
std::size_t fold_of(std::string_view line) {
    const std::size_t first_word = line.find_first_not_of(" \t");
    const std::size_t last_word = line.find_last_not_of(" \t");
    const auto may = [&](std::size_t at) {
        return is_blank(line[at]) && at > first_word && at < last_word && line[at - 1] != '\r';
    };
    if (first_word == std::string_view::npos) return 0;
    const std::size_t near = last_place(longest_line, may);
    return near > 0 ? near : first_place(longest_line + 1, line.size(), may);
}

/// Where a line of the text is broken, 0: nowhere. Never behind white space, which quoted-printable drops at a line's end.
std::size_t break_of(std::string_view line) {
    const auto may = [&](std::size_t at) {
        const char before = line[at - 1];
        const char after = line[at];
        const bool is_in_character = (static_cast<unsigned char>(after) & 0xC0U) == 0x80U;
        const bool is_in_quoted = before == '=' || (at >= 2 && line[at - 2] == '=' && !is_blank(after));
        return !is_blank(before) && !is_in_character && !is_in_quoted && after != '-';
    };
    const std::size_t blank = last_place(longest_line, [&](std::size_t at) { return is_blank(line[at]) && may(at); });
    if (blank > 0) return blank;
    const std::size_t near = last_place(preferred_piece, may);
    return near > 0 ? near : first_place(preferred_piece + 1, line.size(), may);
}

class Mender {
public:
    explicit Mender(Mending mending) : mending_(mending) {}

    /// `line` without its LF.
    void add_line(std::string_view line, bool has_lf) {
        std::string without_nul;
        if (line.contains('\0')) {
            result_.mended.insert(Defect::nul);
            without_nul = line;
            std::erase(without_nul, '\0');
            line = without_nul;
            if (in_header_ && line.find_first_not_of('\r') == std::string_view::npos) return;
        }
        if (line.empty() && !has_lf) return;
        const std::size_t length = line.find_last_not_of('\r') + 1;  // npos + 1 is 0
        const std::size_t returns = line.size() - length;
        // A header line of CR only is no empty line to those who read headers, and must not become one.
        if (in_header_ && length == 0 && returns > 1) return add_as_it_is(line, has_lf);
        if (has_lf && returns == 0) result_.mended.insert(Defect::bare_lf);
        if (!has_lf && returns == 0) result_.mended.insert(Defect::no_last_line_end);
        if (returns > (has_lf ? 1U : 0U)) result_.mended.insert(Defect::bare_cr);
        line = line.substr(0, length);
        if (in_header_) add_piece(line);
        else add_text(line);
        if (line.empty()) in_header_ = false;
    }

    Repaired take() { return std::move(result_); }

private:
    void add_as_it_is(std::string_view line, bool has_lf) {
        result_.octets += line;
        if (has_lf) result_.octets += '\n';
    }

    void add_text(std::string_view line) {
        for (std::size_t end = line.find('\r'); end != std::string_view::npos; end = line.find('\r')) {
            result_.mended.insert(Defect::bare_cr);
            add_piece(line.substr(0, end));
            line.remove_prefix(end + 1);
        }
        add_piece(line);
    }

    void add_piece(std::string_view line) {
        while (mending_ == Mending::everything && line.size() > longest_line) {
            const std::size_t at = in_header_ ? fold_of(line) : break_of(line);
            if (at == 0) break;
            result_.mended.insert(Defect::long_line);
            result_.octets.append(line.substr(0, at)).append("\r\n");
            line.remove_prefix(at);
        }
        result_.octets.append(line).append("\r\n");
    }

    Mending mending_;
    Repaired result_;
    bool in_header_ = true;
};

}  // namespace

std::vector<std::string> words_for(Defects defects) {
    std::vector<std::string> words;
    std::uint8_t known = 0;
    for (const auto& [defect, name] : names) {
        known |= static_cast<std::uint8_t>(defect);
        if (defects.contains(defect)) words.emplace_back(name);
    }
    if ((defects.bits() & ~known) != 0) words.emplace_back("other");
    return words;
}

std::string spell(Defects defects) {
    std::string text;
    for (const std::string& word : words_for(defects)) text += (text.empty() ? "" : ", ") + word;
    return text;
}

/// A line at a time, for a giant goes through here octet by octet otherwise.
void DefectScan::update(std::string_view octets) {
    if (octets.find('\0') != std::string_view::npos) found_.insert(Defect::nul);
    while (!octets.empty()) {
        const std::size_t end = octets.find('\n');
        const bool is_whole = end != std::string_view::npos;
        add_to_line(octets.substr(0, end));
        if (is_whole) end_line();
        octets.remove_prefix(is_whole ? end + 1 : octets.size());
    }
}

/// Octets without LF. A CR at their end may yet be half of a line end.
void DefectScan::add_to_line(std::string_view octets) {
    if (octets.empty()) return;
    if (after_cr_) {  // no, it was not: in a header that CR is part of the line
        found_.insert(Defect::bare_cr);
        ++line_;
    }
    after_cr_ = octets.ends_with('\r');
    if (after_cr_) octets.remove_suffix(1);
    if (octets.find('\r') != std::string_view::npos) found_.insert(Defect::bare_cr);
    in_line_ = true;
    line_ += octets.size();
    if (line_ > longest_line) found_.insert(Defect::long_line);
}

void DefectScan::end_line() {
    if (!after_cr_) found_.insert(Defect::bare_lf);
    line_ = 0;
    after_cr_ = in_line_ = false;
}

Defects DefectScan::finish() const {
    Defects found = found_;
    if (in_line_) found.insert(after_cr_ ? Defect::bare_cr : Defect::no_last_line_end);
    return found;
}

std::optional<Repaired> repaired(std::string_view message, Mending mending) {
    Mender mender(mending);
    while (!message.empty()) {
        const std::size_t end = message.find('\n');
        const bool has_lf = end != std::string_view::npos;
        const std::string_view line = message.substr(0, end);
        message.remove_prefix(line.size() + (has_lf ? 1 : 0));
        mender.add_line(line, has_lf);
    }
    Repaired result = mender.take();
    if (result.mended.empty() || result.octets.empty()) return std::nullopt;
    return result;
}

}  // namespace mailhaul::message
