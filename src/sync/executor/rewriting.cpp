// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/rewriting.hpp"

#include <utility>

#include "imap/types/mail_date.hpp"
#include "message/rewrite.hpp"
#include "process/filter.hpp"

namespace mailhaul::sync {
namespace {

Error of_this_message(Error error) {
    return {Errc::rewrite_failed, Scope::message, Retry::never, std::move(error.message)};
}

std::string lines_reason(std::size_t longest, const char* relation, std::uint64_t limit) {
    return "longest line of " + std::to_string(longest) + " octets is " + relation + " " + std::to_string(limit);
}

}  // namespace

Result<std::shared_ptr<const Rewriting>> Rewriting::make(const RewriteRules& rules, const imap::MailboxName& source,
                                                         const imap::MailboxName& destination) {
    std::shared_ptr<Rewriting> made(new Rewriting(rules));
    perl::Variables variables = rules.variables;
    variables["h1_fold"] = source.raw();
    variables["h2_fold"] = destination.raw();
    MH_TRY(matches, perl::parse_matches("--skipmess", rules.skip_matches, variables));
    made->skip_matches_ = std::move(matches);
    MH_TRY(substitutions, perl::parse_substitutions("--regexmess", rules.substitutions, variables));
    made->substitutions_ = std::move(substitutions);
    return std::shared_ptr<const Rewriting>(std::move(made));
}

Result<std::string> Rewriting::reason_to_skip(const std::string& message) const {
    for (const perl::Match& match : skip_matches_) {
        auto found = match.matches(message);
        if (!found.ok()) return of_this_message(std::move(found).error());
        if (found.value()) return "matched by " + match.spelling();
    }
    return std::string();
}

Result<std::string> Rewriting::substituted(std::string message) const {
    auto made = perl::apply_all(substitutions_, std::move(message));
    if (!made.ok()) return of_this_message(std::move(made).error());
    if (rules_.disarm_read_receipts) message::disarm_read_receipts(made.value());
    return made;
}

Task<Result<Rewriting::Outcome>> Rewriting::rewrite(std::shared_ptr<const std::string> message, std::string prefix) const {
    Outcome outcome;
    MH_CO_TRY(skipped, reason_to_skip(*message));
    outcome.left_out = std::move(skipped);
    if (!outcome.left_out.empty()) co_return outcome;
    MH_CO_TRY(made, substituted(*message));
    std::shared_ptr<const std::string> text = std::make_shared<const std::string>(std::move(made));
    for (const std::vector<std::string>& words : rules_.pipes) {
        MH_CO_TRY(printed, co_await process::run_filter(words, text, process::FilterLimits()));
        text = std::make_shared<const std::string>(std::move(printed));
    }
    const bool is_cut = rules_.truncate && text->size() + prefix.size() > *rules_.truncate;
    if (is_cut || !prefix.empty()) {
        std::string whole = prefix + *text;
        if (is_cut) whole.resize(*rules_.truncate);
        text = std::make_shared<const std::string>(std::move(whole));
    }
    if (text->empty())
        co_return Error{Errc::rewrite_failed, Scope::message, Retry::never, "nothing is left of it after it was changed"};
    if (rules_.date_from_header)
        if (const auto line = message::date_line_of(*text)) outcome.date = imap::parse_mail_date(*line);
    outcome.octets = std::move(text);
    co_return co_await look_at_lines(std::move(outcome));
}

Task<Result<Rewriting::Outcome>> Rewriting::look_at_lines(Outcome outcome) const {
    const std::size_t longest = message::longest_line_of(*outcome.octets);
    if (rules_.longest_line && longest > *rules_.longest_line) {
        if (rules_.long_line_pipe.empty()) {
            outcome.left_out = lines_reason(longest, "above", *rules_.longest_line);
            co_return outcome;
        }
        MH_CO_TRY(printed, co_await process::run_filter(rules_.long_line_pipe, outcome.octets, process::FilterLimits()));
        outcome.octets = std::make_shared<const std::string>(std::move(printed));
    }
    if (rules_.least_longest_line && longest <= *rules_.least_longest_line)
        outcome.left_out = lines_reason(longest, "not above", *rules_.least_longest_line);
    co_return outcome;
}

}  // namespace mailhaul::sync
