// SPDX-License-Identifier: Apache-2.0
// `mailhaul login`: log in to one account once, say how that went, and what to do where it did not.
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/authorize.hpp"
#include "app/check_login.hpp"
#include "app/secret_source.hpp"
#include "base/json.hpp"
#include "cli/account_options.hpp"
#include "cli/account_request.hpp"
#include "cli/commands.hpp"
#include "cli/plain_text.hpp"

namespace mailhaul::cli {
namespace {

constexpr auto credentials = of_one_account(credential_options);

constexpr std::array authorizing{
    Option{.name = "authorize",
           .value = "PROVIDER",
           .help = "get an authorization from google, microsoft, yahoo, aol, fastmail, yandex, mailru or another (name its "
                   "endpoints), write it to the file of --oauth, then log in with it"},
    Option{.name = "client-id", .value = "ID", .help = "of your registration with the provider"},
    Option{.name = "client-secret", .value = "SPEC", .help = "where its secret is: file:PATH, env:NAME or cmd:COMMAND"},
    Option{.name = "client-certificate",
           .value = "FILE",
           .help = "in place of a secret: PEM file with the registration's certificate and its private key (Microsoft)"},
    Option{.name = "paste", .help = "the browser is on another computer: bring back the address it ends at"},
    Option{.name = "device", .help = "no browser here: type a code into any other device (Microsoft)"},
    Option{.name = "application", .help = "nobody agrees: the registration itself may open mailboxes (Microsoft, app-only)"},
    Option{.name = "service-account",
           .value = "FILE",
           .help = "nobody agrees: the key file of a service account with domain-wide delegation (Google Workspace)"},
    Option{.name = "tenant", .value = "NAME", .help = "Microsoft's: a domain or an id (default: common)"},
    Option{.name = "scope", .value = "SCOPE", .help = "what to ask for (default: the provider's for IMAP)"},
    Option{.name = "authorize-endpoint", .value = "URL", .help = "where the browser goes"},
    Option{.name = "token-endpoint", .value = "URL", .help = "where tokens are asked for"},
    Option{.name = "device-endpoint", .value = "URL", .help = "where device codes are asked for"},
};

constexpr std::array connecting{
    Option{.name = "ca", .value = "FILE", .help = "PEM file of authorities to trust besides the system's"},
    Option{.name = "pin", .value = "SHA256", .help = "accept only the key with this digest, 64 hex digits"},
    Option{
        .name = "require-pin", .value = "SHA256", .help = "the key must have this digest, and the certificate be good besides"},
    Option{.name = "certificate", .value = "FILE", .help = "PEM file with the client certificate to show to the server"},
    Option{.name = "key", .value = "FILE", .help = "its private key, where that is in a file of its own"},
    Option{.name = "insecure", .help = "accept any certificate: anybody between could read everything"},
    Option{.name = "proxy", .value = "URL", .help = "go through socks5://host:port or http://host:port"},
};

constexpr std::array output{
    Option{.name = "json", .help = "one JSON object instead of words"},
    Option{.name = "protocol", .help = "print the dialogue with the server, secrets redacted"},
    Option{.name = "help", .help = "this text", .letter = 'h'},
};

constexpr std::array groups{
    OptionGroup{"Credentials", credentials},
    OptionGroup{"OAuth 2.0", authorizing},
    OptionGroup{"Connection", connecting},
    OptionGroup{"Output", output},
};

constexpr std::array<std::string_view, 5> examples{
    "mailhaul login u1@old.example",
    "mailhaul login imaps://u1%40gmail.example@imap.gmail.com --authorize google --client-id ID --client-secret file:s --oauth "
    "u1.json",
    "mailhaul login imaps://u1%40old.example@outlook.office365.com --authorize microsoft --device --client-id ID --oauth "
    "u1.json",
    "mailhaul login admin@mail.example --authorize-as u1 --password file:admin.txt",
    "mailhaul login u1@mail.example --auth EXTERNAL --certificate u1.pem",
};

struct LoginOrder {
    app::LoginCheck request;
    std::optional<app::AuthorizeRequest> authorize;
    bool json = false;
    std::vector<std::string> mistakes;
};

app::Flow flow_of(const ParsedLine& line, std::vector<std::string>& mistakes) {
    app::Flow flow = app::Flow::browser;
    int flows = 0;
    const auto choose = [&](const char* option, app::Flow chosen) {
        if (!line.has(option)) return;
        flow = chosen;
        ++flows;
    };
    choose("paste", app::Flow::paste);
    choose("device", app::Flow::device);
    choose("application", app::Flow::application);
    choose("service-account", app::Flow::service_account);
    if (flows > 1)
        mistakes.emplace_back("--paste, --device, --application and --service-account are different ways: choose one");
    return flow;
}

/// The provider's, with what the line says instead.
oauth::Provider provider_of(const ParsedLine& line, const std::string& name) {
    auto provider = oauth::provider_named(name, line.last("tenant").value_or("")).value_or(oauth::Provider());
    const auto set = [&line](const char* option, std::string& value) {
        if (const auto given = line.last(option)) value = *given;
    };
    set("authorize-endpoint", provider.authorize);
    set("token-endpoint", provider.token);
    set("device-endpoint", provider.device);
    set("scope", provider.scope);
    set("scope", provider.app_scope);
    return provider;
}

void read_authorize(const ParsedLine& line, LoginOrder& order) {
    const auto name = line.last("authorize");
    if (!name) {
        for (const Option& option : authorizing)
            if (line.has(option.name))
                order.mistakes.push_back("--" + std::string(option.name) + " goes with --authorize PROVIDER");
        return;
    }
    app::AuthorizeRequest request;
    request.flow = flow_of(line, order.mistakes);
    request.provider = provider_of(line, *name);
    request.client_id = line.last("client-id").value_or("");
    request.client_secret = line.last("client-secret").value_or("");
    request.client_certificate = line.last("client-certificate").value_or("");
    if (!request.client_certificate.empty() && !request.client_secret.empty())
        order.mistakes.emplace_back(
            "--client-secret and --client-certificate are two ways to prove the registration: choose one");
    if (!request.client_certificate.empty() && request.flow != app::Flow::application)
        order.mistakes.emplace_back("--client-certificate goes with --application");
    request.service_account = line.last("service-account").value_or("");
    request.path = line.last("oauth").value_or("");
    const client::Access& access = order.request.access;
    request.login_hint = access.authorize_as.empty() ? access.user : access.authorize_as;
    request.access.proxy = access.proxy;
    request.access.tls.ca_file = access.tls.ca_file;
    const bool by_key = request.flow == app::Flow::service_account;
    const bool in_browser = request.flow == app::Flow::browser || request.flow == app::Flow::paste;
    if (request.path.empty()) order.mistakes.emplace_back("where to keep the authorization: add --oauth FILE");
    if (by_key && request.path == request.service_account)
        order.mistakes.emplace_back("--oauth would overwrite the key of --service-account: name another file");
    if (!by_key && request.client_id.empty())
        order.mistakes.emplace_back("--authorize needs your own registration with the provider: add --client-id ID");
    if (!by_key && request.provider.token.empty())
        order.mistakes.push_back(*name + " is no provider mailhaul knows: add --token-endpoint URL and the others");
    if (in_browser && request.provider.authorize.empty()) order.mistakes.emplace_back("add --authorize-endpoint URL");
    if (request.flow == app::Flow::device && request.provider.device.empty())
        order.mistakes.push_back(*name +
                                 " gives no mail tokens to devices, as far as is known: leave out --device, or add "
                                 "--device-endpoint URL");
    if (request.flow == app::Flow::application && request.provider.app_scope.empty())
        order.mistakes.emplace_back("add --scope SCOPE: what the application may do");
    order.authorize = std::move(request);
}

/// Speaks on `err`, so that `out` holds the result alone.
app::AuthorizeTalk talk_on(const Surroundings& surroundings) {
    app::AuthorizeTalk talk;
    talk.open_this = [err = surroundings.err](const std::string& url) {
        err("Open this address in a browser, and agree there:\n\n" + printable(url) + "\n\n");
    };
    talk.enter_this = [err = surroundings.err](const std::string& page, const std::string& code) {
        err("On any device, open " + printable(page) + " and enter the code " + printable(code) + "\n");
    };
    talk.read_address = [err = surroundings.err]() -> Result<Secret> {
        err("The browser ends at an address that it cannot show. Paste that address here: ");
        MH_TRY(reader, app::secret_source("fd:0", "address of the browser"));
        return reader();
    };
    return talk;
}

LoginOrder order_login(const ParsedLine& line, const Surroundings& surroundings) {
    LoginOrder order;
    order.mistakes = line.mistakes;
    const app::SharedSealKeys keys = read_seal_keys(line, order.mistakes, surroundings);
    AccountReader account(line, order.mistakes, only_naming, order.request.access, keys);
    if (line.words.empty()) order.mistakes.emplace_back("no account: write user@host or imaps://user@host");
    else account.read_account(line.words.front());
    for (std::size_t i = 1; i < line.words.size(); ++i)
        order.mistakes.push_back("one account at a time: what is '" + line.words[i] + "'?");
    account.read_credentials(surroundings);
    account.read_connection();
    read_authorize(line, order);
    if (order.authorize) order.authorize->keys = keys;
    order.request.protocol_log = line.is_on("protocol");
    order.json = line.is_on("json");
    return order;
}

app::LoginOutcome authorize_and_check(LoginOrder& order, const Surroundings& surroundings) {
    if (order.authorize) {
        const std::string path = order.authorize->path;
        const bool is_sealed = !order.authorize->keys->empty();
        auto authorized = app::authorize(std::move(*order.authorize), talk_on(surroundings));
        if (!authorized.ok()) {
            app::LoginOutcome outcome;
            outcome.label = order.request.access.label();
            outcome.error = std::move(authorized).error();
            return outcome;
        }
        surroundings.err("The authorization is in " + printable(path) +
                         (is_sealed ? ", sealed: it is of use with its key alone.\n"
                                    : ", which whoever has it can log in with: keep it safe, or seal it with --seal-key.\n"));
    }
    return app::check_login(std::move(order.request));
}

std::string text_of(const app::LoginOutcome& outcome) {
    if (outcome.error) return "Not logged in. " + printable(outcome.error->describe()) + "\n";
    std::string text = "Logged in: " + printable(outcome.label) + "\n  by      " + outcome.mechanism + " over " +
                       outcome.transport + "\n  server  " + printable(outcome.server) + "\n  sees    " +
                       counted(outcome.mailboxes, "folder") + "\n";
    if (!outcome.proof.empty()) text += "  proven  this is the mailbox that was asked for: " + printable(outcome.proof) + "\n";
    return text;
}

std::string json_of(const app::LoginOutcome& outcome, int status) {
    JsonObject object;
    object.text("type", "login").text("account", outcome.label).flag("logged_in", !outcome.error);
    object.text("server", outcome.server).text("transport", outcome.transport).text("mechanism", outcome.mechanism);
    object.texts("capabilities", outcome.capabilities).number("folders", outcome.mailboxes);
    if (!outcome.proof.empty()) object.text("proof", outcome.proof);
    if (outcome.error) {
        JsonObject error;
        error.text("code", name_of(outcome.error->code)).text("message", outcome.error->describe());
        if (!outcome.cause.empty()) error.text("cause", outcome.cause);
        object.json("error", error.str());
    }
    return object.number("exit_status", static_cast<std::uint64_t>(status)).str();
}

}  // namespace

constexpr CommandHelp login_help{
    .name = "login",
    .task = "Look first",
    .summary =
        "Log in to one account once, and say how it went or what to do. With --authorize, gets an OAuth 2.0 authorization "
        "first.",
    .usage = "ACCOUNT [options]",
    .examples = examples,
    .groups = groups,
    .exit_status = "Exit status: 0 logged in; 10 refused; else as mailhaul sync (docs/exit-codes.md).",
};

int login_command(std::span<const std::string> arguments, const Surroundings& surroundings) {
    const ParsedLine line = parse_native(arguments, login_help.groups);
    if (line.is_on("help")) {
        surroundings.out(help_text(login_help, surroundings.width()));
        return exit_ok;
    }
    LoginOrder order = order_login(line, surroundings);
    if (!order.mistakes.empty()) return usage_error(order.mistakes, "login", surroundings);
    const app::LoginOutcome outcome = authorize_and_check(order, surroundings);
    const int status = app::exit_status(outcome);
    surroundings.out(order.json ? json_of(outcome, status) + "\n" : text_of(outcome));
    return status;
}

}  // namespace mailhaul::cli
