// SPDX-License-Identifier: Apache-2.0
#include "perl/quoted.hpp"

#include <utility>

#include "perl/operators.hpp"

namespace mailhaul::perl {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

constexpr const char* wanted = "wanted s/old/new/, tr/abc/xyz/ or m/pattern/, any delimiter in place of the slash";

char closing(char opening) {
    constexpr std::string_view open = "{([<";
    constexpr std::string_view close = "})]>";
    const std::size_t at = open.find(opening);
    return at == std::string_view::npos ? opening : close[at];
}

class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    Result<Quoted> read() {
        if (text_.size() > longest_operator) return refusal("longer than " + std::to_string(longest_operator) + " octets");
        skip_blanks();
        Quoted quoted;
        quoted.kind = read_kind();
        MH_TRY(first_delimiter, read_delimiter());
        quoted.first_delimiter = quoted.second_delimiter = first_delimiter;
        MH_TRY(first, read_part(first_delimiter));
        quoted.first = std::move(first);
        if (quoted.kind != Operator::match) {
            if (closing(first_delimiter) != first_delimiter) {
                skip_blanks();
                MH_TRY(second_delimiter, read_delimiter());
                quoted.second_delimiter = second_delimiter;
            }
            MH_TRY(second, read_part(quoted.second_delimiter));
            quoted.second = std::move(second);
        }
        while (at_ < text_.size() && is_word(text_[at_])) quoted.modifiers += text_[at_++];
        skip_blanks();
        if (at_ < text_.size() && text_[at_] == ';') ++at_;
        skip_blanks();
        if (at_ < text_.size())
            return refusal("\"" + std::string(text_.substr(at_)) +
                           "\" follows the operator: one operator is taken, and no code");
        return quoted;
    }

private:
    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }

    bool take(std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return false;
        const std::size_t next = at_ + word.size();
        if (next < text_.size() && is_word(text_[next])) return false;
        at_ = next;
        return true;
    }

    Operator read_kind() {
        if (take("tr") || take("y")) return Operator::transliterate;
        if (take("s")) return Operator::substitute;
        if (take("m")) return Operator::match;
        bare_ = true;  // `/x/`
        return Operator::match;
    }

    /// Blanks may stand before it, where it is not `#`.
    Result<char> read_delimiter() {
        const std::size_t before = at_;
        skip_blanks();
        const bool is_one = at_ < text_.size() && !is_word(text_[at_]) && text_[at_] != '\\';
        if (!is_one || (bare_ && text_[at_] != '/') || (text_[at_] == '#' && at_ != before)) return refusal(wanted);
        return text_[at_++];
    }

    /// Up to the closing delimiter; brackets nest.
    Result<std::string> read_part(char opening) {
        const char end = closing(opening);
        const bool is_bracket = end != opening;
        std::string part;
        for (int depth = 0; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '\\' && at_ + 1 < text_.size()) {
                const char escaped = text_[++at_];
                if (is_bracket || escaped != end) part += '\\';
                part += escaped;
                continue;
            }
            if (is_bracket && c == opening) ++depth;
            if (c == end && depth-- == 0) {
                ++at_;
                return part;
            }
            part += c;
        }
        return refusal(std::string("no closing ") + end + ": " + wanted);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool bare_ = false;
};

}  // namespace

Error refusal(std::string words) { return {Errc::usage, Scope::run, Retry::never, std::move(words)}; }

Result<Quoted> read_quoted(std::string_view text) { return Reader(text).read(); }

}  // namespace mailhaul::perl
