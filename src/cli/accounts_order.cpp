// SPDX-License-Identifier: Apache-2.0
#include "cli/accounts_order.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "app/accounts_file.hpp"
#include "app/app_password.hpp"
#include "app/imap_url.hpp"
#include "app/secret_source.hpp"
#include "cli/account_request.hpp"
#include "store/ledger.hpp"

namespace mailhaul::cli {
namespace {

/// In the login of the command line: the row's name stands here, as in `{user}*master`.
constexpr std::string_view placeholder = "{user}";

std::string replaced(std::string text, std::string_view what, const std::string& by) {
    const std::size_t at = text.find(what);
    return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

/// One side of all rows.
struct CommonSide {
    const client::Access& access;  ///< of the command line
    bool is_given;                 ///< there, and not only options
    AccountNaming naming;
};

class Reader {
public:
    Reader(const SyncOrder& common, const ParsedLine& line, const Surroundings& surroundings)
        : common_(common), line_(line), surroundings_(surroundings) {}

    AccountsOrder read() {
        if (common_.at_once) order_.request.at_once = *common_.at_once;
        app::AccountsFile file = app::read_accounts_file(*common_.accounts_file);
        order_.mistakes = std::move(file.mistakes);
        for (const app::AccountRow& row : file.rows) take(row);
        if (order_.mistakes.empty()) read_common_secrets();
        return std::move(order_);
    }

private:
    void take(const app::AccountRow& row) {
        row_ = row.line;
        app::SyncRequest request = common_.request;
        app::SharedLogins logins;
        const std::size_t before = order_.mistakes.size();
        request.source = access_for(row.source, {common_.request.source, common_.has_source, source_naming}, logins.source);
        request.destination = access_for(
            row.destination, {common_.request.destination, common_.has_destination, destination_naming}, logins.destination);
        if (order_.mistakes.size() > before) return;
        refuse_twins(request);
        if (!common_.ledgers.empty()) request.ledger_path = ledger_in(common_.ledgers, request);
        order_.request.accounts.push_back(std::move(request));
        order_.request.logins.push_back(std::move(logins));
        order_.lines.push_back(row.line);
    }

    client::Access access_for(const app::AccountEnd& end, const CommonSide& common, std::string& shared_login) {
        client::Access access = common.access;
        const bool has_secret = !end.password.empty() || !end.password_from.empty();
        bool is_shared = false;
        const bool is_whole = !common.is_given || end.account.contains("://");
        if (is_whole) {
            take_address(access, end, common.naming);
            access.authorize_as.clear();
            if (!has_secret && common.is_given)
                mistake(std::string(common.naming.noun) + " " + end.account +
                        " is an account of its own: give its password in the file");
        } else if (has_secret) {
            access.user = end.account;
            access.authorize_as.clear();
        } else if (access.user.contains(placeholder)) {
            is_shared = true;  // one password
            access.user = replaced(access.user, placeholder, end.account);
            access.authorize_as.clear();
        } else {
            is_shared = true;
            access.authorize_as = end.account;
            if (access.authorize_as == access.user) access.authorize_as.clear();
        }
        if (!end.host.empty()) take_host(access, end.host, common.naming);
        if (is_shared) shared_login = common.access.user + "@" + access.host + ":" + std::to_string(access.port);
        take_secret(access, end, common.naming);
        return access;
    }

    /// What the command line says of connections stays: TLS, deadlines, proxies.
    void take_address(client::Access& access, const app::AccountEnd& end, AccountNaming naming) {
        // imapsync's file has the host in a column of its own.
        const bool has_host = end.account.contains("://") || end.host.empty();
        const auto parsed = app::parse_account(has_host ? end.account : "u@" + end.host);
        if (!parsed.ok()) {
            mistake(std::string(naming.noun) + ": " + parsed.error().describe());
            return;
        }
        access.user = has_host ? parsed->user : end.account;
        access.host = parsed->host;
        access.port = parsed->port;
        access.security = parsed->security;
        if (parsed->folder) mistake(std::string(naming.noun) + " names a folder: an account is copied whole, or by --folder");
    }

    void take_host(client::Access& access, const std::string& host, AccountNaming naming) {
        const auto parsed = app::parse_account("u@" + host);
        if (!parsed.ok()) {
            mistake(std::string(naming.noun) + "_host: " + parsed.error().describe());
            return;
        }
        access.host = parsed->host;
        if (host.contains(':')) access.port = parsed->port;
    }

    void take_secret(client::Access& access, const app::AccountEnd& end, AccountNaming naming) {
        if (!end.password.empty()) {
            access.password = [secret = end.password]() -> Result<Secret> { return secret; };
        } else if (!end.password_from.empty()) {
            read_secret(access, end.password_from, naming);
        } else {
            needed_.push_back(naming.prefix == source_naming.prefix ? &common_.request.source : &common_.request.destination);
            AccountReader(line_, order_.mistakes, naming, access, common_.seal_keys).read_tokens();
            return;
        }
        access.token = {};
        access.tokens = nullptr;
    }

    /// Read now, so that one that is missing is known before anything is done.
    void read_secret(client::Access& access, const std::string& spec, AccountNaming naming) {
        const auto warn = [err = surroundings_.err](const std::string& words) { err("warning: " + words + "\n"); };
        auto source = app::secret_source(spec, "password of the " + std::string(naming.noun), warn);
        if (!source.ok()) {
            mistake(std::string(naming.noun) + "_password_from: " + source.error().describe());
            return;
        }
        if (auto secret = source.value()(); !secret.ok()) mistake(secret.error().describe());
        access.password = app::as_typed_for(access.host, std::move(source).value());
    }

    /// Two into one would mix them, and both would be told that the other's mail is theirs.
    void refuse_twins(const app::SyncRequest& request) {
        const auto [first, is_new] = destinations_.try_emplace(request.destination.label(), row_);
        if (!is_new)
            mistake("the destination " + request.destination.label() + " is that of line " + std::to_string(first->second) +
                    ": each account needs its own");
        if (request.source.label() == request.destination.label())
            mistake("source and destination are one account, " + request.source.label());
    }

    static std::string ledger_in(const std::string& folder, const app::SyncRequest& request) {
        const std::string path = store::default_ledger_path({request.source.label(), request.destination.label()});
        return folder + path.substr(path.rfind('/'));
    }

    /// A question is asked once, before anything is drawn.
    void read_common_secrets() {
        for (const client::Access* access : {&common_.request.source, &common_.request.destination}) {
            if (std::ranges::find(needed_, access) == needed_.end()) continue;
            for (const client::SecretSource* source : {&access->password, &access->token})
                if (*source)
                    if (auto read = (*source)(); !read.ok()) order_.mistakes.push_back(read.error().describe());
        }
    }

    void mistake(const std::string& words) {
        order_.mistakes.push_back(*common_.accounts_file + ":" + std::to_string(row_) + ": " + words);
    }

    const SyncOrder& common_;
    const ParsedLine& line_;
    const Surroundings& surroundings_;
    AccountsOrder order_;
    std::size_t row_ = 0;
    std::map<std::string, std::size_t> destinations_;  // label → line
    std::vector<const client::Access*> needed_;        // sides of the command line whose secret some row needs
};

}  // namespace

AccountsOrder order_accounts(const SyncOrder& common, const ParsedLine& line, const Surroundings& surroundings) {
    return Reader(common, line, surroundings).read();
}

}  // namespace mailhaul::cli
