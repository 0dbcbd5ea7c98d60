// SPDX-License-Identifier: Apache-2.0
// PCRE2 behind a value. Names that are not UTF-8 may be matched too: their stray octets match nothing.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "sync/mapping/pattern.hpp"

#include <pcre2.h>

#include <array>
#include <utility>

namespace mailhaul::sync {
namespace {

constexpr std::uint32_t match_limit = 1'000'000;  // some 10 ms; a sane pattern on a mailbox name needs some hundred
constexpr std::uint32_t depth_limit = 10'000;
constexpr std::uint32_t heap_limit = 20'000;  // KiB

PCRE2_SPTR octets(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

std::string words_for(int pcre2_error) {
    std::array<PCRE2_UCHAR, 256> words{};
    pcre2_get_error_message(pcre2_error, words.data(), words.size());
    return reinterpret_cast<const char*>(words.data());
}

Error usage(std::string message) { return {Errc::usage, Scope::run, Retry::never, std::move(message)}; }

}  // namespace

struct Pattern::Compiled {
    explicit Compiled(pcre2_code* compiled) : code(compiled), context(pcre2_match_context_create(nullptr)) {
        pcre2_set_match_limit(context, match_limit);
        pcre2_set_depth_limit(context, depth_limit);
        pcre2_set_heap_limit(context, heap_limit);
    }
    ~Compiled() {
        pcre2_match_context_free(context);
        pcre2_code_free(code);
    }
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;

    pcre2_code* code;
    pcre2_match_context* context;
};

Pattern::Pattern(std::string spelling, std::shared_ptr<const Compiled> compiled)
    : spelling_(std::move(spelling)), compiled_(std::move(compiled)) {}

Result<Pattern> Pattern::compile(std::string_view option, const std::string& text) {
    std::string spelling = std::string(option) + " " + text;
    int error = 0;
    PCRE2_SIZE offset = 0;
    constexpr std::uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    pcre2_code* code = pcre2_compile(octets(text), text.size(), options, &error, &offset, nullptr);
    if (code == nullptr) return usage(spelling + ": " + words_for(error) + " at offset " + std::to_string(offset));
    return Pattern(std::move(spelling), std::make_shared<const Compiled>(code));
}

Result<bool> Pattern::matches(std::string_view subject) const {
    using MatchData = std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)>;
    const MatchData data(pcre2_match_data_create(1, nullptr), &pcre2_match_data_free);
    const int outcome = pcre2_match(compiled_->code, octets(subject), subject.size(), 0, 0, data.get(), compiled_->context);
    if (outcome >= 0) return true;
    if (outcome == PCRE2_ERROR_NOMATCH) return false;
    return usage(spelling_ + ": " + words_for(outcome) + " on \"" + std::string(subject) + "\": write a simpler pattern");
}

Result<std::vector<Pattern>> compile_all(std::string_view option, const std::vector<std::string>& texts) {
    std::vector<Pattern> patterns;
    for (const std::string& text : texts) {
        MH_TRY(pattern, Pattern::compile(option, text));
        patterns.push_back(std::move(pattern));
    }
    return patterns;
}

}  // namespace mailhaul::sync
