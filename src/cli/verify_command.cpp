// SPDX-License-Identifier: Apache-2.0
// `mailhaul verify`: read the line, look while somebody watches, print what was found, sign it where asked.
#include <array>
#include <random>

#include "app/certificate_files.hpp"
#include "app/verify_account.hpp"
#include "cli/account_options.hpp"
#include "cli/commands.hpp"
#include "cli/plain_text.hpp"
#include "cli/quantities.hpp"
#include "cli/sync_request.hpp"
#include "cli/verify_text.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::array ends{
    Option{.name = "to", .value = "ACCOUNT", .help = "the destination, like SOURCE: user@host or imaps://user@host:port"},
};
constexpr std::array closeness{
    Option{.name = "counted", .help = "both servers' counters; also names source folders that were never copied"},
    Option{.name = "listed", .help = "every message is listed on the destination (the default); needs no source"},
    Option{.name = "headers", .help = "and its header is the source's, line for line"},
    Option{.name = "bodies",
           .help = "and its octets have the SHA-256 of the source's when it was copied; where they differ, the source is "
                   "asked what differs"},
    Option{.name = "sample", .value = "N%", .help = "with --headers or --bodies: read a random N% of the messages"},
    Option{.name = "seed", .value = "NUMBER", .help = "what chooses the sample, to choose the same again (default random)"},
    Option{.name = "without-source", .help = "with --bodies: never connect to the source, not even to say what differs"},
};
constexpr std::array certificate{
    Option{
        .name = "certificate", .value = "FILE", .help = "write what was found to FILE, signed (docs/formats/certificate.md)"},
    Option{.name = "html", .value = "FILE", .help = "with --certificate: the same as a page for people"},
    Option{.name = "signing-key",
           .value = "FILE",
           .help = "sign with this key, made where there is none (default ~/.local/state/mailhaul/signing.key)"},
};
constexpr std::array running{
    Option{
        .name = "ledger", .value = "FILE", .help = "what was copied (default: that of the account pair below ~/.local/state)"},
};
constexpr std::array output{
    Option{.name = "json", .help = "one JSON event per line, the report last (docs/json-events.md)"},
    Option{.name = "quiet", .help = "nothing where nothing differs", .letter = 'q'},
    Option{.name = "protocol", .help = "print the dialogue with both servers, secrets redacted"},
    Option{.name = "help", .help = "this text", .letter = 'h'},
};
constexpr std::array groups{
    OptionGroup{"Accounts", ends},
    OptionGroup{"How closely", closeness},
    OptionGroup{"Certificate", certificate},
    OptionGroup{"Credentials", credential_options},
    OptionGroup{"Connection", connection_options},
    OptionGroup{"The run", running},
    OptionGroup{"Output", output},
};
constexpr std::array<std::string_view, 3> examples{
    "mailhaul verify u1@old.example --to u1@new.example",
    "mailhaul verify u1@old.example --to u1@new.example --bodies --certificate u1.json --html u1.html",
    "mailhaul verify u1@old.example --to u1@new.example --bodies --sample 5% --without-source",
};

struct VerifyOrder {
    app::VerifyRequest request;
    app::CertificateRequest certificate;
    bool json = false;
    Chattiness chattiness = Chattiness::normal;
    std::vector<std::string> mistakes;
};

void read_level(const ParsedLine& line, VerifyOrder& order) {
    int levels = 0;
    for (const proof::Level level :
         {proof::Level::counted, proof::Level::listed, proof::Level::headers, proof::Level::bodies}) {
        if (!line.is_on(to_string(level))) continue;
        order.request.level = level;
        ++levels;
    }
    if (levels > 1) order.mistakes.emplace_back("one level at a time: each looks at all that the one before it looks at");
    const bool reads = order.request.level == proof::Level::headers || order.request.level == proof::Level::bodies;
    if (const auto text = line.last("sample")) {
        const auto share = proof::share_from(*text);
        if (!share) order.mistakes.push_back("--sample " + *text + ": wanted a share such as 5% or 0.5%");
        if (!reads) order.mistakes.emplace_back("--sample needs --headers or --bodies: counting and listing take everything");
        order.request.sample = share.value_or(proof::everything);
    }
    if (const auto text = line.last("seed")) {
        const auto seed = parse_number(*text);
        if (!seed) order.mistakes.push_back("--seed " + *text + ": wanted a number");
        if (!line.has("sample")) order.mistakes.emplace_back("--seed chooses a sample: add --sample");
        order.request.seed = seed.value_or(0);
    } else if (line.has("sample")) {
        order.request.seed = std::random_device{}();
    }
    order.request.ask_source = !line.is_on("without-source");
    if (!order.request.ask_source && order.request.level != proof::Level::bodies)
        order.mistakes.emplace_back("--without-source is for --bodies: --listed never asks the source, the others always do");
}

void read_certificate(const ParsedLine& line, VerifyOrder& order, const Surroundings& surroundings) {
    order.certificate.document = line.last("certificate").value_or("");
    order.certificate.page = line.last("html").value_or("");
    order.certificate.signing_key = line.last("signing-key").value_or("");
    order.certificate.tool = "mailhaul " MAILHAUL_VERSION;
    order.certificate.issued = std::chrono::floor<std::chrono::seconds>(surroundings.wall_now()).time_since_epoch().count();
    if (line.has("certificate") && order.certificate.document.empty())
        order.mistakes.emplace_back("--certificate: wanted the name of a file");
    for (const char* name : {"html", "signing-key"})
        if (line.has(name) && !line.has("certificate"))
            order.mistakes.push_back("--" + std::string(name) + " goes with a certificate: add --certificate FILE");
}

VerifyOrder order_verify(const ParsedLine& line, const Surroundings& surroundings) {
    SyncOrder accounts = order_sync(line, surroundings);
    VerifyOrder order;
    order.mistakes = std::move(accounts.mistakes);
    if (!accounts.request.mapping.folders.empty())
        order.mistakes.emplace_back("the whole account is verified: name it without a folder");
    order.request.source = std::move(accounts.request.source);
    order.request.destination = std::move(accounts.request.destination);
    order.request.ledger_path = std::move(accounts.request.ledger_path);
    order.request.protocol_log = accounts.request.protocol_log;
    order.json = accounts.json;
    order.chattiness = accounts.chattiness;
    read_level(line, order);
    read_certificate(line, order, surroundings);
    return order;
}

/// Passes the run on to whoever watches it, and says of each mailbox what was found there.
class VerifyWatch final : public app::VerifyObserver {
public:
    VerifyWatch(const VerifyOrder& order, const Surroundings& surroundings)
        : surroundings_(surroundings),
          json_(order.json),
          // The dialogue goes to the same place as the live line would: lines get along with it.
          watch_(order.json                   ? watch_as_json(surroundings)
                 : order.request.protocol_log ? watch_as_lines(surroundings, order.chattiness, false)
                                              : watch(surroundings, order.chattiness, false)) {}

    void on_progress(const sync::Progress& progress) override { watch_->on_progress(progress); }
    void on_connected(sync::SideName side, const sync::SideReport& server) override { watch_->on_connected(side, server); }
    void on_verified(const proof::MailboxResult& mailbox, std::span<const proof::Finding> findings) override {
        if (!json_) return;
        for (const proof::Finding& finding : findings)
            surroundings_.out(json_finding(surroundings_.wall_now(), mailbox, finding) + "\n");
        surroundings_.out(json_verified_mailbox(surroundings_.wall_now(), mailbox) + "\n");
    }

private:
    const Surroundings& surroundings_;
    bool json_;
    std::unique_ptr<sync::Observer> watch_;
};

/// Before anything is drawn: a question does not stand in the middle of a progress line. A source that is only asked where
/// something differs is read then.
Result<void> read_secrets(const app::VerifyRequest& request) {
    for (const client::Access* access : {&request.source, &request.destination}) {
        if (access == &request.source && !app::needs_source(request.level)) continue;
        for (const client::SecretSource* source : {&access->password, &access->token})
            if (*source) MH_TRY_VOID((*source)());
    }
    return {};
}

app::VerifyReport run_watched(const VerifyOrder& order, const Surroundings& surroundings) {
    if (auto read = read_secrets(order.request); !read.ok()) {
        app::VerifyReport report;
        report.found.accounts = {order.request.source.label(), order.request.destination.label()};
        report.found.level = order.request.level;
        report.error = std::move(read).error();
        return report;
    }
    VerifyWatch watch(order, surroundings);
    return app::run_verify(order.request, watch);
}

/// Only of a verification that came to its end.
Result<std::string> sign(const app::VerifyReport& report, const VerifyOrder& order) {
    if (order.certificate.document.empty() || report.error) return std::string();
    MH_TRY(issued, app::issue_certificate(report.found, order.certificate));
    return "Certificate: " + order.certificate.document + ", signed by the key\n  " +
           proof::hex_from(proof::fingerprint_of(issued.signer)) + "\n";
}

}  // namespace

constexpr CommandHelp verify_help{
    .name = "verify",
    .task = "Prove what arrived",
    .summary = "Look whether the destination holds what was copied, as closely as you ask, and sign what was found.",
    .usage = "SOURCE --to DESTINATION [options]",
    .examples = examples,
    .groups = groups,
    .exit_status =
        "Exit status: 0 proven, nothing differs; 3 differences, named in the report; 1 failed, run again; 14 there is no "
        "ledger of these accounts, or it is in use; else as mailhaul sync (docs/exit-codes.md).",
};

int verify_command(std::span<const std::string> arguments, const Surroundings& surroundings) {
    const ParsedLine line = parse_native(arguments, verify_help.groups);
    if (line.is_on("help")) {
        surroundings.out(help_text(verify_help, surroundings.width()));
        return exit_ok;
    }
    const VerifyOrder order = order_verify(line, surroundings);
    if (!order.mistakes.empty()) {
        if (order.json)
            for (const std::string& mistake : order.mistakes)
                surroundings.out(json_usage_error(surroundings.wall_now(), mistake) + "\n");
        return usage_error(order.mistakes, "verify", surroundings);
    }
    app::VerifyReport report = run_watched(order, surroundings);
    const auto signature = sign(report, order);
    if (!signature.ok()) report.error = signature.error();
    const int status = app::exit_status(report);
    if (order.json) surroundings.out(json_verify_report(surroundings.wall_now(), report, status) + "\n");
    else if (order.chattiness != Chattiness::quiet || status != exit_ok)
        surroundings.out(verify_text(report) + (signature.ok() ? signature.value() : ""));
    return status;
}

}  // namespace mailhaul::cli
