// SPDX-License-Identifier: Apache-2.0
// `mailhaul probe`: where an account's server is, what it is, and what follows from that.
#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "app/probe.hpp"
#include "cli/account_request.hpp"
#include "cli/commands.hpp"
#include "cli/probe_text.hpp"
#include "cli/quantities.hpp"

namespace mailhaul::cli {
namespace {

constexpr std::array asking{
    Option{.name = "dns", .value = "ADDRESS:PORT", .help = "ask this name server (default: the system's)"},
    Option{.name = "no-dns", .help = "ask neither name servers for records nor the domain's web host"},
    Option{.name = "autoconfig", .value = "URL", .help = "read the domain's settings there; may be repeated"},
    Option{
        .name = "profiles", .value = "FILE", .help = "profiles of your own, in the form of data/profiles.txt; they go first"},
    Option{.name = "timeout", .value = "TIME", .help = "give up on a silent server after this long (default 10s)"},
};

constexpr std::array connecting{
    Option{.name = "ca", .value = "FILE", .help = "PEM file of authorities to trust besides the system's"},
    Option{.name = "proxy", .value = "URL", .help = "go through socks5://host:port or http://host:port"},
};

constexpr std::array output{
    Option{.name = "json", .help = "one JSON object instead of words"},
    Option{.name = "protocol", .help = "print the dialogue with the server"},
    Option{.name = "help", .help = "this text", .letter = 'h'},
};

constexpr std::array groups{
    OptionGroup{"Asking", asking},
    OptionGroup{"Connection", connecting},
    OptionGroup{"Output", output},
};

constexpr std::array<std::string_view, 3> examples{
    "mailhaul probe u1@old.example",
    "mailhaul probe mail.old.example",
    "mailhaul probe imap://10.0.0.5:1143 --json",
};

constexpr int exit_not_found = 13;

/// `scheme://host[:port]`, `host:port`, `host`, or an address whose server is to be found.
void read_target(const std::string& word, app::ProbeRequest& request, std::vector<std::string>& mistakes) {
    std::string rest = word;
    for (const auto& [scheme, security] : {std::pair{std::string("imaps://"), client::Security::implicit_tls},
                                           std::pair{std::string("imap://"), client::Security::starttls},
                                           std::pair{std::string("imap+insecure://"), client::Security::plaintext}}) {
        if (!rest.starts_with(scheme)) continue;
        request.security = security;
        request.port = security == client::Security::implicit_tls ? 993 : 143;
        rest.erase(0, scheme.size());
    }
    while (rest.ends_with('/')) rest.pop_back();
    const std::size_t at = rest.rfind('@');
    if (at != std::string::npos && !request.security) {
        request.address = rest;
        if (at == 0 || at + 1 == rest.size()) mistakes.push_back(word + ": wanted user@domain");
        return;
    }
    if (at != std::string::npos) rest.erase(0, at + 1);
    const std::size_t colon = rest.rfind(':');
    const bool has_port = colon != std::string::npos && (rest.find(':') == colon || rest.find(']') + 1 == colon);
    if (has_port) {
        const auto port = parse_number(rest.substr(colon + 1));
        if (!port || *port == 0 || *port > 65'535) mistakes.push_back(word + ": wanted a port from 1 to 65535");
        else request.port = static_cast<std::uint16_t>(*port);
        rest.erase(colon);
    }
    if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
    if (rest.empty()) mistakes.push_back(word + ": names no host");
    request.host = rest;
}

void read_profiles(const std::string& path, app::ProbeRequest& request, std::vector<std::string>& mistakes) {
    std::ifstream file(path);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file) {
        mistakes.push_back("--profiles " + path + ": cannot be read");
        return;
    }
    auto own = provider::profiles_from(text, path);
    if (!own.ok()) {
        mistakes.push_back("--profiles: " + own.error().describe());
        return;
    }
    request.profiles = std::move(own).value();
    const auto& built_in = provider::built_in_profiles();
    request.profiles.insert(request.profiles.end(), built_in.begin(), built_in.end());
}

app::ProbeRequest request_from(const ParsedLine& line, std::vector<std::string>& mistakes) {
    app::ProbeRequest request;
    if (line.words.size() != 1) mistakes.emplace_back("name one account, domain or server: mailhaul probe u1@old.example");
    else read_target(line.words.front(), request, mistakes);
    client::Access access;
    AccountReader(line, mistakes, only_naming, access, std::make_shared<app::SealKeys>()).read_connection();
    request.tls = access.tls;
    request.proxy = access.proxy;
    request.dns.servers = line.last("dns").value_or("");
    request.ask_dns = !line.is_on("no-dns");
    request.autoconfig = line.all("autoconfig");
    request.protocol_log = line.is_on("protocol");
    if (const auto path = line.last("profiles")) read_profiles(*path, request, mistakes);
    if (const auto text = line.last("timeout")) {
        const auto time = parse_duration(*text);
        if (time) request.timeout = *time;
        else mistakes.push_back("--timeout " + *text + ": wanted a time such as 5s");
    }
    return request;
}

}  // namespace

constexpr CommandHelp probe_help{
    .name = "probe",
    .task = "Look first",
    .summary =
        "Find an account's server, say what it is, how sure that is, and what mailhaul will do about it. Logs in nowhere.",
    .usage = "ADDRESS|HOST [options]",
    .examples = examples,
    .groups = groups,
    .exit_status =
        "Exit status: 0 a server answers; 12 it does, with a certificate that is not accepted; 13 none was found; 64 the "
        "command line is wrong.",
};

int probe_command(std::span<const std::string> arguments, const Surroundings& surroundings) {
    ParsedLine line = parse_native(arguments, probe_help.groups);
    if (line.is_on("help")) {
        surroundings.out(help_text(probe_help, surroundings.width()));
        return exit_ok;
    }
    const app::ProbeRequest request = request_from(line, line.mistakes);
    if (!line.mistakes.empty()) return usage_error(line.mistakes, "probe", surroundings);
    const app::ProbeOutcome outcome = app::probe(request);
    const int status = !outcome.answered ? exit_not_found : outcome.certificate ? 12 : exit_ok;
    surroundings.out(line.is_on("json") ? probe_json(outcome, status) + "\n" : probe_text(outcome));
    return status;
}

}  // namespace mailhaul::cli
