// SPDX-License-Identifier: Apache-2.0
#include "cli/demo_text.hpp"

#include <fmt/core.h>

#include "cli/estimate.hpp"
#include "cli/json.hpp"
#include "cli/plain_text.hpp"

namespace mailhaul::cli {
namespace {

std::string pass_text(const char* name, const sync::Report& report) {
    const sync::MailboxReport totals = report.totals();
    std::string text = fmt::format("{}: {} copied ({}) in {}", name, counted(totals.copied, "message"),
                                   spell(totals.copied_octets), spell_elapsed(report.elapsed));
    if (totals.already > 0) text += fmt::format(", {} already there", grouped(totals.already));
    text += fmt::format("; {}\n", sync::to_string(report.ending));
    if (report.error) text += "  " + printable(report.error->describe()) + "\n";
    return text;
}

std::string proof_text(const app::DemoProof& proof) {
    std::string text =
        fmt::format("Proof: both servers hold the same {} of {} in {}, compared octet for octet, with flags and dates\n",
                    counted(proof.messages, "message"), spell(proof.octets), counted(proof.mailboxes, "folder"));
    if (proof.differences.empty()) return text;
    text = fmt::format("The proof FAILS: {} equal, but\n", counted(proof.messages, "message"));
    for (const std::string& difference : proof.differences) text += "  " + printable(difference) + "\n";
    return text;
}

std::string account_url(const app::DemoServer& server) {
    std::string user;
    for (const char letter : server.user) {
        if (letter == '@' || letter == '%' || letter == ':' || letter == '/')
            user += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(letter)));
        else user += letter;
    }
    return fmt::format("imap+insecure://{}@{}:{}", user, server.host, server.port);
}

std::string server_line(const char* name, const app::DemoServer& server) {
    return fmt::format("  {:<12} {}:{}  user {}  password {}  ({})\n", name, server.host, server.port, server.user,
                       server.password, server.style);
}

std::string server_object(const app::DemoServer& server) {
    JsonObject object;
    object.text("host", server.host).number("port", server.port).text("user", server.user);
    return object.text("password", server.password).text("style", server.style).str();
}

}  // namespace

std::string demo_text(const app::DemoOutcome& outcome) {
    return pass_text("First pass", outcome.first) + pass_text("Second pass", outcome.second) +
           fmt::format("  with {} to both servers together, and {}\n", counted(outcome.second_pass_commands, "command"),
                       outcome.second_pass_appends == 0 ? "nothing appended" : counted(outcome.second_pass_appends, "APPEND")) +
           proof_text(outcome.proof) + "Next:  mailhaul sync SOURCE --to DESTINATION --dry-run\n";
}

std::string json_proof(WallTime time, const app::DemoOutcome& outcome, int exit_status) {
    JsonObject object;
    object.text("type", "proof")
        .text("time", rfc3339(time))
        .flag("holds", outcome.holds())
        .number("exit_status", static_cast<std::uint64_t>(exit_status))
        .number("mailboxes", outcome.proof.mailboxes)
        .number("messages", outcome.proof.messages)
        .number("octets", outcome.proof.octets.value())
        .texts("differences", outcome.proof.differences)
        .number("second_pass_commands", outcome.second_pass_commands)
        .number("second_pass_appends", outcome.second_pass_appends);
    return object.str();
}

std::string demo_servers_text(const app::DemoServer& source, const app::DemoServer& destination) {
    return "Two IMAP servers, one with sample mail, until Ctrl-C:\n" + server_line("source", source) +
           server_line("destination", destination) + "\nIn another terminal:\n" +
           fmt::format("  export MAILHAUL_SOURCE_PASSWORD={} MAILHAUL_DESTINATION_PASSWORD={}\n", source.password,
                       destination.password) +
           fmt::format("  mailhaul sync {} --to {}\n", account_url(source), account_url(destination));
}

std::string json_demo_servers(WallTime time, const app::DemoServer& source, const app::DemoServer& destination) {
    JsonObject object;
    object.text("type", "servers").text("time", rfc3339(time));
    return object.json("source", server_object(source)).json("destination", server_object(destination)).str();
}

}  // namespace mailhaul::cli
