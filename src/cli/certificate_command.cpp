// SPDX-License-Identifier: Apache-2.0
// `mailhaul certificate check`: whether a certificate is to be believed, without any connection.
#include <algorithm>
#include <array>

#include "app/certificate_files.hpp"
#include "app/verify_account.hpp"
#include "cli/commands.hpp"
#include "cli/plain_text.hpp"
#include "cli/verify_text.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::array checking{
    Option{.name = "trust",
           .value = "FINGERPRINT",
           .help = "accept only this signer, 64 hex digits that the signer told you; without it the check proves integrity, "
                   "and not who signed"},
    Option{.name = "ledger", .value = "FILE", .help = "compute the roots from this ledger again"},
};
constexpr std::array output{
    Option{.name = "json", .help = "the result as one JSON event (docs/json-events.md)"},
    Option{.name = "help", .help = "this text", .letter = 'h'},
};
constexpr std::array groups{OptionGroup{"The check", checking}, OptionGroup{"Output", output}};
constexpr std::array<std::string_view, 2> examples{
    "mailhaul certificate check u1.json",
    "mailhaul certificate check u1.json --trust 21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9",
};

/// 64 hex digits in lower case, however people grouped them.
std::optional<std::string> fingerprint_from(std::string_view text) {
    std::string digits;
    for (const char letter : text) {
        if (letter == ':' || letter == ' ') continue;
        digits += letter >= 'A' && letter <= 'F' ? static_cast<char>(letter + ('a' - 'A')) : letter;
    }
    const bool is_hex = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
    return is_hex && digits.size() == 64 ? std::optional(digits) : std::nullopt;
}

app::CertificateCheck order_check(ParsedLine& line) {
    app::CertificateCheck check;
    if (line.words.size() < 2 || line.words[0] != "check") line.mistakes.emplace_back("write mailhaul certificate check FILE");
    else check.document = line.words[1];
    for (std::size_t i = 2; i < line.words.size(); ++i)
        line.mistakes.push_back("one certificate at a time: what is '" + line.words[i] + "'?");
    if (const auto text = line.last("trust")) {
        check.trusted = fingerprint_from(*text);
        if (!check.trusted) line.mistakes.push_back("--trust " + *text + ": wanted 64 hex digits, the signer's fingerprint");
    }
    check.ledger = line.last("ledger").value_or("");
    return check;
}

int refuse(const Error& error, bool json, const Surroundings& surroundings) {
    app::VerifyReport report;
    report.error = error;
    const int status = app::exit_status(report);
    if (json) surroundings.out(json_certificate_refused(surroundings.wall_now(), error, status) + "\n");
    else surroundings.err("mailhaul certificate: " + printable(error.describe()) + "\n");
    return status;
}

}  // namespace

constexpr CommandHelp certificate_help{
    .name = "certificate",
    .task = "Prove what arrived",
    .summary =
        "Check a certificate of mailhaul verify: that nothing was changed, who signed, and what it says. Connects to nobody.",
    .usage = "check FILE [options]",
    .examples = examples,
    .groups = groups,
    .exit_status =
        "Exit status: 0 intact, and everything it looked at is proven; 3 intact, and it names differences; 20 altered, of "
        "another signer, or the ledger says otherwise; 14 a file cannot be read; 64 the command line is wrong.",
};

int certificate_command(std::span<const std::string> arguments, const Surroundings& surroundings) {
    ParsedLine line = parse_native(arguments, certificate_help.groups);
    if (line.is_on("help")) {
        surroundings.out(help_text(certificate_help, surroundings.width()));
        return exit_ok;
    }
    const app::CertificateCheck check = order_check(line);
    if (!line.mistakes.empty()) return usage_error(line.mistakes, "certificate", surroundings);
    const auto checked = app::check_certificate(check);
    if (!checked.ok()) return refuse(checked.error(), line.is_on("json"), surroundings);
    app::VerifyReport report;
    report.found = checked->verification;
    const int status = app::exit_status(report);
    const Signer signer = check.trusted ? Signer::trusted : Signer::anybody;
    const bool with_ledger = !check.ledger.empty();
    surroundings.out(line.is_on("json")
                         ? json_certificate(surroundings.wall_now(), checked.value(), signer, with_ledger, status) + "\n"
                         : certificate_text(checked.value(), signer, with_ledger));
    return status;
}

}  // namespace mailhaul::cli
