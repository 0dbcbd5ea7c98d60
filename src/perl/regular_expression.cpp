// SPDX-License-Identifier: Apache-2.0
// PCRE2 behind a value. What Perl would take for a newline, a class or a case is what PCRE2's C locale tables say of octets.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "perl/regular_expression.hpp"

#include <pcre2.h>

#include <array>
#include <utility>

#include "perl/quoted.hpp"

namespace mailhaul::perl {
namespace {

constexpr std::uint32_t match_limit = 10'000'000;  // some 100 ms; `.*` on a message of 10 MB takes as many
constexpr std::uint32_t depth_limit = 250'000;
constexpr std::uint32_t heap_limit = 64U << 10;  // KiB
constexpr PCRE2_SIZE jit_stack_first = 32U << 10;
constexpr PCRE2_SIZE jit_stack_most = 8U << 20;

PCRE2_SPTR octets(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

std::string words_for(int pcre2_error) {
    std::array<PCRE2_UCHAR, 256> words{};
    pcre2_get_error_message(pcre2_error, words.data(), words.size());
    return reinterpret_cast<const char*>(words.data());
}

std::uint32_t options_for(std::string_view modifiers) {
    std::uint32_t options = PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
    for (const char modifier : modifiers) {
        if (modifier == 'i') options |= PCRE2_CASELESS;
        if (modifier == 'm') options |= PCRE2_MULTILINE;
        if (modifier == 's') options |= PCRE2_DOTALL;
        if (modifier == 'n') options |= PCRE2_NO_AUTO_CAPTURE;
        if (modifier == 'x') options |= (options & PCRE2_EXTENDED) != 0 ? PCRE2_EXTENDED_MORE : PCRE2_EXTENDED;
    }
    return options;
}

/// What Perl understands in another way than PCRE2, or would run.
Result<void> refuse_differences(const std::string& pattern) {
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const std::string_view rest = std::string_view(pattern).substr(at);
        if (rest.starts_with("(?{") || rest.starts_with("(??{") || rest.starts_with("(*"))
            return refusal("code and verbs inside a pattern are not run: leave them out");
        if (rest.starts_with("\\b{") || rest.starts_with("\\B{")) return refusal("\\b{...} is not understood");
        if (rest.front() == '\\') ++at;
    }
    return {};
}

}  // namespace

std::string_view Found::group(std::size_t number) const {
    if (number >= count_ || pairs_[2 * number] == PCRE2_UNSET) return {};
    return subject_.substr(pairs_[2 * number], pairs_[2 * number + 1] - pairs_[2 * number]);
}

struct RegularExpression::Compiled {
    explicit Compiled(pcre2_code* compiled)
        : code(compiled),
          data(pcre2_match_data_create_from_pattern(compiled, nullptr)),
          context(pcre2_match_context_create(nullptr)),
          stack(pcre2_jit_stack_create(jit_stack_first, jit_stack_most, nullptr)) {
        pcre2_set_match_limit(context, match_limit);
        pcre2_set_depth_limit(context, depth_limit);
        pcre2_set_heap_limit(context, heap_limit);
        if (stack != nullptr) pcre2_jit_stack_assign(context, nullptr, stack);
    }
    ~Compiled() {
        pcre2_jit_stack_free(stack);
        pcre2_match_context_free(context);
        pcre2_match_data_free(data);
        pcre2_code_free(code);
    }
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;

    pcre2_code* code;
    pcre2_match_data* data;
    pcre2_match_context* context;
    pcre2_jit_stack* stack;  // nullptr where this build of PCRE2 has no JIT
};

Result<RegularExpression> RegularExpression::compile(const std::string& pattern, std::string_view modifiers) {
    MH_TRY_VOID(refuse_differences(pattern));
    using Context = std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)>;
    const Context context(pcre2_compile_context_create(nullptr), &pcre2_compile_context_free);
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
    int error = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code* code = pcre2_compile(octets(pattern), pattern.size(), options_for(modifiers), &error, &offset, context.get());
    if (code == nullptr) return refusal(words_for(error) + " at offset " + std::to_string(offset) + " of the pattern");
    static_cast<void>(pcre2_jit_compile(code, PCRE2_JIT_COMPLETE));  // without it matching is slower, and the same
    return RegularExpression(std::make_shared<const Compiled>(code));
}

Result<std::optional<Found>> RegularExpression::find(std::string_view subject, std::size_t from, bool advances) const {
    const std::uint32_t options = advances ? PCRE2_NOTEMPTY_ATSTART : 0;
    const auto match = [&](std::uint32_t how) {
        return pcre2_match(compiled_->code, octets(subject), subject.size(), from, how, compiled_->data, compiled_->context);
    };
    int outcome = match(options);
    if (outcome == PCRE2_ERROR_JIT_STACKLIMIT) outcome = match(options | PCRE2_NO_JIT);
    if (outcome == PCRE2_ERROR_NOMATCH) return std::optional<Found>();
    if (outcome < 0) return refusal(words_for(outcome) + ": write a simpler pattern");
    const PCRE2_SIZE* pairs = pcre2_get_ovector_pointer(compiled_->data);
    if (pairs[0] > pairs[1]) return refusal("the match ends before it begins: leave \\K out of the look-around");
    return std::optional<Found>(Found(subject, pairs, static_cast<std::size_t>(outcome)));
}

std::optional<std::size_t> RegularExpression::group_named(const std::string& name) const {
    const int number = pcre2_substring_number_from_name(compiled_->code, octets(name));
    return number > 0 ? std::optional(static_cast<std::size_t>(number)) : std::nullopt;
}

}  // namespace mailhaul::perl
