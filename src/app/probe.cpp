// SPDX-License-Identifier: Apache-2.0
#include "app/probe.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>
#include <utility>

#include "app/protocol_log.hpp"
#include "app/run_task.hpp"
#include "client/connection.hpp"
#include "http/client/exchange.hpp"
#include "provider/autoconfig.hpp"

namespace mailhaul::app {
namespace {

constexpr std::size_t most_attempts = 12;
constexpr std::uint16_t tls_port = 993;
constexpr std::uint16_t clear_port = 143;

std::string domain_of(const std::string& address) {
    const std::size_t at = address.rfind('@');
    return at == std::string::npos ? address : address.substr(at + 1);
}

std::string without_final_dot(std::string name) {
    if (name.ends_with('.')) name.pop_back();
    return name;
}

/// Places to look at, each once.
class Candidates {
public:
    void add(std::string host, std::uint16_t port, client::Security security, std::string source, std::string user = {}) {
        const std::string how = security == client::Security::implicit_tls ? "imaps://" : "imap://";
        const bool is_new = seen_.insert(how + host + ":" + std::to_string(port)).second;
        if (host.empty() || !is_new || list_.size() >= most_attempts) return;
        ProbeAttempt& attempt = list_.emplace_back();
        attempt.host = std::move(host);
        attempt.port = port;
        attempt.security = security;
        attempt.source = std::move(source);
        attempt.user = std::move(user);
    }
    std::vector<ProbeAttempt> take() { return std::move(list_); }

private:
    std::vector<ProbeAttempt> list_;
    std::set<std::string> seen_;
};

class Probing {
public:
    Probing(const ProbeRequest& request, const std::vector<provider::Profile>& profiles)
        : request_(request), profiles_(profiles), domain_(domain_of(request.address)) {}

    Task<ProbeOutcome> run() {
        if (!request_.host.empty()) add_named_host();
        else co_await discover();
        for (ProbeAttempt& attempt : candidates_.take()) {
            co_await look_at(attempt);
            outcome_.attempts.push_back(std::move(attempt));
            if (outcome_.answered) break;
        }
        outcome_.evidence.exchangers = outcome_.exchangers;
        outcome_.recognition = provider::recognise(profiles_, outcome_.evidence);
        co_return std::move(outcome_);
    }

private:
    void add_named_host() {
        using client::Security;
        const std::uint16_t port = request_.port.value_or(tls_port);
        const Security by_port = port == clear_port ? Security::starttls : Security::implicit_tls;
        candidates_.add(request_.host, port, request_.security.value_or(by_port), "as you said");
        if (!request_.port) candidates_.add(request_.host, clear_port, Security::starttls, "the other usual port");
        else if (!request_.security && by_port == Security::implicit_tls)
            candidates_.add(request_.host, port, Security::starttls, "the same port, with STARTTLS");
    }

    Task<void> discover() {
        if (request_.ask_dns) {
            co_await ask_srv();
            co_await ask_mx();
        }
        co_await ask_autoconfig();
        provider::Evidence by_mx;
        by_mx.exchangers = outcome_.exchangers;
        const auto guess = provider::recognise(profiles_, by_mx);
        if (guess.profile != nullptr && guess.profile->server)
            candidates_.add(guess.profile->server->host, guess.profile->server->port, client::Security::implicit_tls,
                            "the server of " + guess.profile->name + ", who takes the domain's mail", request_.address);
        for (const char* prefix : {"imap.", "mail.", ""})
            candidates_.add(prefix + domain_, tls_port, client::Security::implicit_tls, "a guess");
    }

    /// RFC 6186 and RFC 8314: TLS from the first octet goes before STARTTLS.
    Task<void> ask_srv() {
        for (const bool implicit_tls : {true, false}) {
            const std::string service = std::string(implicit_tls ? "_imaps" : "_imap") + "._tcp." + domain_;
            auto records = co_await net::look_up_srv(service, request_.dns);
            if (!records.ok()) {
                outcome_.remarks.push_back(records.error().describe());
                co_return;
            }
            for (const net::SrvRecord& record : records.value()) {
                const std::string target = without_final_dot(record.target);
                if (target.empty()) continue;  // the domain says that it has no such service
                candidates_.add(target, record.port, implicit_tls ? client::Security::implicit_tls : client::Security::starttls,
                                "SRV record " + service, request_.address);
            }
        }
    }

    Task<void> ask_mx() {
        auto records = co_await net::look_up_mx(domain_, request_.dns);
        if (!records.ok()) {
            outcome_.remarks.push_back(records.error().describe());
            co_return;
        }
        for (const net::MxRecord& record : records.value()) outcome_.exchangers.push_back(without_final_dot(record.exchanger));
    }

    Task<void> ask_autoconfig() {
        std::vector<std::string> urls = request_.autoconfig;
        if (urls.empty() && request_.ask_dns)
            urls = {"https://autoconfig." + domain_ + "/mail/config-v1.1.xml",
                    "https://" + domain_ + "/.well-known/autoconfig/mail/config-v1.1.xml"};
        for (const std::string& url : urls) {
            auto parsed = http::public_url_from(url);
            if (!parsed.ok()) {
                outcome_.remarks.push_back(parsed.error().describe());
                continue;
            }
            http::Request question;
            question.url = std::move(parsed).value();
            question.tls.ca_file = request_.tls.ca_file;
            question.proxy = request_.proxy;
            question.timeout = request_.timeout;
            auto answered = co_await http::exchange(std::move(question));
            if (!answered.ok() || answered.value().status != 200) continue;  // most domains publish nothing
            for (const provider::PublishedServer& server :
                 provider::servers_in_autoconfig(answered.value().body.reveal(), request_.address))
                candidates_.add(server.host, server.port,
                                server.implicit_tls ? client::Security::implicit_tls : client::Security::starttls,
                                "autoconfig " + url, server.user);
            co_return;
        }
    }

    Task<void> look_at(ProbeAttempt& attempt) {
        auto looked = co_await listen_to(attempt, request_.tls);
        if (looked.ok()) co_return;
        attempt.error = std::move(looked).error();
        if (attempt.error->code != Errc::certificate_rejected) co_return;
        // No secret goes this way, so that it may be looked at all the same; the verdict stays.
        net::TlsOptions any = request_.tls;
        any.verification = net::Verification::none;
        any.pin_sha256.clear();
        auto again = co_await listen_to(attempt, any);
        if (!again.ok()) co_return;
        outcome_.certificate = std::move(attempt.error);
        attempt.error.reset();
    }

    /// Without logging in: greeting, capabilities, ID.
    Task<Result<void>> listen_to(const ProbeAttempt& attempt, net::TlsOptions tls) {
        client::Access access;
        access.host = attempt.host;
        access.port = attempt.port;
        access.security = attempt.security;
        access.tls = std::move(tls);
        access.proxy = request_.proxy;
        access.user = "probe";
        access.deadlines.connect = access.deadlines.greeting = request_.timeout;
        auto opened = co_await client::Connection::open(std::move(access), protocol_log(request_.protocol_log));
        if (!opened.ok()) co_return std::move(opened).error();
        const std::unique_ptr<client::Connection> connection = std::move(opened).value();
        provider::Evidence& evidence = outcome_.evidence;
        evidence.host = attempt.host;
        evidence.greeting = connection->server();
        auto introduced = co_await connection->introduce();
        if (introduced.ok() && connection->server() != evidence.greeting) evidence.id = connection->server();
        for (const std::string& capability : connection->capabilities()) evidence.capabilities.insert(capability);
        outcome_.transport = connection->transport();
        outcome_.answered = true;
        co_await connection->close();
        co_return Result<void>{};
    }

    const ProbeRequest& request_;
    const std::vector<provider::Profile>& profiles_;
    std::string domain_;
    Candidates candidates_;
    ProbeOutcome outcome_;
};

}  // namespace

ProbeOutcome probe(const ProbeRequest& request) {
    Probing probing(request, request.profiles.empty() ? provider::built_in_profiles() : request.profiles);
    auto outcome = run_task(probing.run());
    return outcome ? std::move(*outcome) : ProbeOutcome();
}

}  // namespace mailhaul::app
