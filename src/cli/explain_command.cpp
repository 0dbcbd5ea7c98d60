// SPDX-License-Identifier: Apache-2.0
// `mailhaul explain imapsync ...`: what a command line of imapsync's means, and the same in mailhaul's own words. Connects to
// nobody, and reads no password, unless asked for --folders.
#include <algorithm>
#include <array>
#include <utility>

#include "cli/commands.hpp"
#include "cli/explain_folders.hpp"
#include "cli/getopt_long.hpp"
#include "cli/imapsync_meaning.hpp"
#include "cli/imapsync_options.hpp"
#include "cli/imapsync_presets.hpp"
#include "cli/imapsync_request.hpp"
#include "cli/plain_text.hpp"

namespace mailhaul::cli {
namespace {

bool is_secret(const std::string& name) { return name.starts_with("password") || name.starts_with("oauth"); }

/// What says who and where: told in one sentence, not option by option.
bool is_account(const std::string& name) {
    for (const char* known : {"host", "port", "user", "password", "passfile", "ssl", "tls", "authmech", "authuser", "proxyauth",
                              "domain", "oauthaccesstoken", "oauthdirect"})
        if (name == std::string(known) + "1" || name == std::string(known) + "2") return true;
    return false;
}

/// Told by what they stand for.
bool is_preset(const std::string& name) {
    for (const char* known : {"gmail", "office", "exchange", "domino"})
        if (name == std::string(known) + "1" || name == std::string(known) + "2") return true;
    return false;
}

/// A user's name as it stands in a URL.
std::string percent_encoded(const std::string& name) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const char c : name) {
        const auto octet = static_cast<unsigned char>(c);
        const bool is_plain = octet > ' ' && octet < 0x7F && !std::string_view("%:/?#[]").contains(c);
        if (is_plain) text += c;
        else text += std::string("%") + digits[octet >> 4U] + digits[octet & 15U];
    }
    return text;
}

/// As a shell takes it.
std::string shell_word(const std::string& text) {
    const bool is_plain =
        !text.empty() &&
        text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@=,+%") == std::string::npos;
    if (is_plain) return text;
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string with_value(std::string_view words, const std::string& value) {
    std::string text;
    for (const char c : words) text += c == '%' ? shell_word(value) : std::string(1, c);
    return text;
}

std::string spelt(const Given& given) {
    const bool is_flag = given.value == "1" || given.value == "0";
    const std::string name = (given.value == "0" ? "--no" : "--") + given.name;
    if (is_flag || is_secret(given.name)) return name;
    return name + " " + shell_word(given.key.empty() ? given.value : given.key + "=" + given.value);
}

const char* transport(const client::Access& access) {
    switch (access.security) {
        case client::Security::implicit_tls: return "TLS from the start";
        case client::Security::starttls: return "STARTTLS";
        case client::Security::starttls_if_offered: return "STARTTLS where it is offered";
        case client::Security::plaintext: return "NO ENCRYPTION";
    }
    return "";
}

std::string account(const char* name, const client::Access& access, bool is_verified) {
    std::string text = std::string(name) + "  " + printable(access.label()) + ", " + transport(access);
    if (access.security != client::Security::plaintext && !is_verified) text += ", its certificate NOT VERIFIED";
    if (access.mailbox_user() != access.user) text += ", logged in as " + printable(access.user);
    return text + "\n";
}

struct Explanation {
    std::string removing;
    std::string others;
    std::string native;
    std::string without_words;
};

void explain(const Given& given, Explanation& told) {
    const auto meaning = imapsync_meaning(given.name);
    const bool is_negated = given.value == "0";
    std::string line = "  " + printable(spelt(given)) + "\n      ";
    if (!meaning) {
        for (const ImapsyncSection& section : imapsync_sections())
            for (const ImapsyncOption& option : section.options)
                if (read_specification(option.specification).spellings.front() == given.name)
                    line += option.words.empty() ? "is taken as imapsync takes it"
                            : option.fate == Fate::refused && given.value != option.harmless
                                ? "is refused: " + std::string(option.words)
                                : "changes nothing here: " + std::string(option.words);
        told.others += line + "\n";
        return;
    }
    line += (is_negated ? "NOT: " : "") + std::string(meaning->words) + "\n";
    (meaning->weight == ImapsyncMeaning::Weight::removes && !is_negated ? told.removing : told.others) += line;
    const std::string_view native = is_negated ? meaning->negated : meaning->native;
    const bool is_usual = meaning->weight == ImapsyncMeaning::Weight::usual;
    if (!native.empty()) told.native += " " + with_value(native, given.value);
    else if (is_negated == is_usual && !is_preset(given.name)) told.without_words += "  " + printable(spelt(given)) + "\n";
}

std::string url(const client::Access& access, const char* scheme_for_tls) {
    std::string scheme = scheme_for_tls;
    if (access.security == client::Security::plaintext) scheme = "imap+insecure";
    else if (access.security != client::Security::implicit_tls) scheme = "imap";
    return shell_word(scheme + "://" + percent_encoded(access.mailbox_user()) + "@" + access.host + ":" +
                      std::to_string(access.port));
}

std::string native_line(const ImapsyncOrder& order, const std::string& options) {
    const app::SyncRequest& request = order.request;
    std::string line =
        "  mailhaul sync " + url(request.source, "imaps") + " --to " + url(request.destination, "imaps") + options;
    const bool verified = order.sides[0].verified_tls && order.sides[1].verified_tls;
    if (!verified &&
        (request.source.security != client::Security::plaintext || request.destination.security != client::Security::plaintext))
        line += "   # with --insecure it verifies no certificate, as imapsync does";
    return line + "\n";
}

}  // namespace

constexpr std::array own_options{
    Option{.name = "folders", .help = "log in on both sides and say what becomes of each folder; changes nothing"},
    Option{.name = "help", .help = "this text", .letter = 'h'},
};
constexpr std::array groups{OptionGroup{"Before the word imapsync", own_options}};

constexpr CommandHelp explain_help{
    .name = "explain",
    .task = "Copy mail",
    .summary = "Say what a command line of imapsync's means, and what it is in mailhaul's own words.",
    .usage = "[--folders] imapsync --host1 ... --user1 ... --host2 ... --user2 ... [imapsync options]",
    .examples = {},
    .groups = groups,
    .exit_status = "Exit status: 0; 64 where imapsync mode would refuse the line; with --folders as mailhaul sync.",
};

int explain_command(std::span<const std::string> arguments, const Surroundings& surroundings) {
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
        surroundings.out(help_text(explain_help, surroundings.width()));
        return exit_ok;
    }
    const bool by_folder = arguments[0] == "--folders";
    if (by_folder) arguments = arguments.subspan(1);
    if (arguments.empty()) {
        const std::array mistakes{std::string("--folders of what? mailhaul explain --folders imapsync --host1 ...")};
        return usage_error(mistakes, "explain", surroundings);
    }
    if (arguments[0] != "imapsync") {
        const std::array mistakes{"the program to explain is imapsync, not \"" + arguments[0] +
                                  "\": mailhaul explain imapsync --host1 ..."};
        return usage_error(mistakes, "explain", surroundings);
    }
    const std::span<const std::string> words = arguments.subspan(1);
    const ImapsyncOrder order = order_imapsync(words, surroundings);
    ParsedLine line = parse_getopt_long(words, imapsync_long_options());
    const std::size_t by_hand = line.given.size();
    apply_presets(line);
    std::string text = "What this line does\n" + account("  from", order.request.source, order.sides[0].verified_tls) +
                       account("  to  ", order.request.destination, order.sides[1].verified_tls);
    Explanation told;
    std::string from_presets;
    for (std::size_t i = 0; i < line.given.size(); ++i) {
        if (i >= by_hand) from_presets += "  " + printable(spelt(line.given[i])) + "\n";
        if (!is_account(line.given[i].name)) explain(line.given[i], told);
    }
    if (!line.has("resyncflags")) told.native += " --flags exact";
    if (!from_presets.empty()) text += "\nOptions that the presets stand for\n" + from_presets;
    if (!told.removing.empty()) text += "\nDANGEROUS: what it removes\n" + told.removing;
    if (!told.others.empty()) text += "\nOption by option\n" + told.others;
    if (!order.notes.empty()) text += "\nTo be known\n";
    for (const std::string& note : order.notes) text += "  " + printable(note) + "\n";
    if (!order.refusals.empty()) text += "\nWhy it is refused\n";
    for (const Refusal& refusal : order.refusals) text += "  " + printable(refusal.words) + "\n";
    text += "\nThe same job in mailhaul's own words\n" + native_line(order, told.native);
    if (!told.without_words.empty()) text += "without\n" + told.without_words;
    int status = order.refusals.empty() ? exit_ok : exit_usage;
    if (by_folder && order.refusals.empty()) {
        surroundings.out(std::exchange(text, {}));
        FoldersExplained folders = explain_folders(order);
        text = std::move(folders.text);
        status = folders.status;
    } else {
        text += "\nWhat becomes of each folder: mailhaul explain --folders imapsync, and the same options.\n";
    }
    surroundings.out(text);
    return status;
}

}  // namespace mailhaul::cli
