// SPDX-License-Identifier: Apache-2.0
#include "demo/session.hpp"

#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/base64.hpp"
#include "imap/codec/reply.hpp"

namespace mailhaul::demo {
namespace {

template <typename T, typename... Kinds>
constexpr bool is_one_of = (std::same_as<T, Kinds> || ...);

template <typename T>
constexpr bool needs_login =
    !is_one_of<T, imap::BadRequest, imap::UnknownRequest, imap::CapabilityRequest, imap::NoopRequest, imap::LogoutRequest,
               imap::StartTlsRequest, imap::IdRequest, imap::LoginRequest, imap::AuthenticateRequest>;
template <typename T>
constexpr bool only_before_login = is_one_of<T, imap::LoginRequest, imap::AuthenticateRequest, imap::StartTlsRequest>;
template <typename T>
constexpr bool needs_mailbox = is_one_of<T, imap::CheckRequest, imap::CloseRequest, imap::UnselectRequest, imap::ExpungeRequest,
                                         imap::FetchRequest, imap::StoreRequest, imap::SearchRequest, imap::CopyRequest>;

// RFC 9051 section 7.5.1: no EXPUNGE while positions are in use by the command itself.
bool uses_positions(const imap::RequestArguments& arguments) {
    const auto by_position = [](const auto& request) {
        using T = std::remove_cvref_t<decltype(request)>;
        if constexpr (is_one_of<T, imap::FetchRequest, imap::StoreRequest, imap::SearchRequest>) {
            return request.numbering == imap::Numbering::position;
        } else {
            return false;
        }
    };
    return std::visit(by_position, arguments);
}

}  // namespace

Answer Session::greet() {
    const ServerOptions& options = house_.options;
    const std::string words = "[" + imap::capability_words(capabilities_now()) + "] " + options.greeting_words;
    switch (options.greeting) {
        case Greeting::ok: say(imap::status_reply({}, imap::StatusKind::ok, words)); break;
        case Greeting::bye:
            say(imap::status_reply({}, imap::StatusKind::bye, options.greeting_words));
            answer_.then_close = true;
            break;
        case Greeting::preauth:
            store_ = house_.accounts.at(options.preauth_user).store.get();
            say(imap::status_reply({}, imap::StatusKind::preauth, words));
            break;
    }
    return std::exchange(answer_, Answer());
}

Session::State Session::state() const {
    if (store_ == nullptr) return State::not_authenticated;
    return view_ ? State::selected : State::authenticated;
}

Session::Verdict Session::verdict_of(const Result<void>& result, std::string words_of_success) {
    return result.ok() ? ok(std::move(words_of_success)) : no(result.error().server_text);
}

std::optional<Answer> Session::judge_literal(const imap::LiteralAnnounced& literal, const std::string& tag) const {
    constexpr std::uint64_t literal_minus_limit = 4096;
    Answer refusal;
    const auto refuse = [&](imap::StatusKind kind, std::string_view words) {
        refusal.add(imap::status_reply(tag, kind, words));
        refusal.then_close = !literal.synchronising;
        return std::optional<Answer>(std::move(refusal));
    };
    const bool taken = can("LITERAL+") || (can("LITERAL-") && literal.size <= literal_minus_limit);
    if (!literal.synchronising && !taken)
        return refuse(imap::StatusKind::bad, "This literal must wait for a continuation request");
    if (literal.binary && !can("BINARY")) return refuse(imap::StatusKind::bad, "This server does not do BINARY");
    // The earliest a server can know: spares the client the octets (RFC 7889 section 4). Others are refused once they came.
    if (literal.synchronising && store_ != nullptr) {
        std::vector<Octets> sizes;
        sizes.emplace_back(literal.size);
        const auto admitted = store_->admit(sizes);
        if (!admitted.ok()) return refuse(imap::StatusKind::no, admitted.error().server_text);
    }
    return std::nullopt;
}

template <typename T>
Session::Verdict Session::execute_in_state(const std::string& verb, T& request) {
    if (needs_login<T> && state() == State::not_authenticated) return bad(verb + " needs a login");
    if (only_before_login<T> && state() != State::not_authenticated) return bad("Logged in already");
    if (needs_mailbox<T>) {
        if (state() != State::selected) return bad(verb + " needs a selected mailbox");
        if (selected_mailbox() == nullptr) return no("[NONEXISTENT] The mailbox is gone");
    }
    return run(request);
}

Answer Session::execute(imap::Request request) {
    tag_ = request.tag;
    const Verdict verdict =
        std::visit([&](auto& arguments) { return execute_in_state(request.verb, arguments); }, request.arguments);
    if (awaits_login_line()) return std::exchange(answer_, Answer());
    if (!uses_positions(request.arguments)) say_differences();
    say(imap::status_reply(tag_, verdict.kind, verdict.words));
    return std::exchange(answer_, Answer());
}

Mailbox* Session::selected_mailbox() {
    Mailbox* mailbox = store_->find(view_->name());
    return view_->is_of(mailbox) ? mailbox : nullptr;
}

void Session::say_differences() {
    if (state() != State::selected) return;
    ToldAs told_as;
    told_as.vanished = qresync_;
    told_as.condstore = condstore_;
    if (const Mailbox* mailbox = selected_mailbox()) say(view_->differences(*mailbox, told_as));
}

imap::CapabilitySet Session::capabilities_now() const {
    imap::CapabilitySet capabilities = house_.options.capabilities;
    if (can("APPENDLIMIT") && house_.options.store.largest_message) {
        capabilities.erase("APPENDLIMIT");
        capabilities.insert("APPENDLIMIT=" + std::to_string(house_.options.store.largest_message->value()));
    }
    return capabilities;
}

Session::Verdict Session::run(const imap::BadRequest& request) { return bad(request.reason); }

Session::Verdict Session::run(const imap::UnknownRequest& /*request*/) { return bad("There is no such command"); }

Session::Verdict Session::run(const imap::CapabilityRequest& /*request*/) {
    say(imap::capability_reply(capabilities_now()));
    return ok("done");
}

Session::Verdict Session::run(const imap::NoopRequest& /*request*/) { return ok("done"); }

Session::Verdict Session::run(const imap::LogoutRequest& /*request*/) {
    say(imap::status_reply({}, imap::StatusKind::bye, "until next time"));
    answer_.then_close = true;
    view_.reset();
    return ok("done");
}

Session::Verdict Session::run(const imap::StartTlsRequest& /*request*/) { return lacking("STARTTLS"); }

Session::Verdict Session::run(const imap::IdRequest& /*request*/) {
    if (!can("ID")) return lacking("ID");
    std::vector<std::pair<std::string, std::optional<std::string>>> fields;
    fields.emplace_back("name", house_.options.id_name);
    say(imap::id_reply(fields));
    return ok("done");
}

Session::Verdict Session::log_in(const std::string& user, const std::string& password) {
    const auto account = house_.accounts.find(user);
    if (account == house_.accounts.end() || account->second.password.reveal() != password)
        return no("[AUTHENTICATIONFAILED] The user or the password is wrong");
    store_ = account->second.store.get();
    return ok("[" + imap::capability_words(capabilities_now()) + "] logged in");
}

Session::Verdict Session::run(const imap::LoginRequest& request) {
    if (can("LOGINDISABLED")) return no("[PRIVACYREQUIRED] LOGIN is disabled");
    return log_in(request.user, request.password.reveal());
}

Session::Verdict Session::run(const imap::AuthenticateRequest& request) {
    if (!house_.options.capabilities.has_auth(request.mechanism))
        return no("[CANNOT] There is no mechanism " + request.mechanism);
    if (request.mechanism != "PLAIN" && request.mechanism != "LOGIN")
        return no("[CANNOT] This server cannot do " + request.mechanism);
    if (request.initial && !can("SASL-IR")) return lacking("SASL-IR");
    login_mechanism_ = request.mechanism;
    login_user_.reset();
    if (request.initial) {
        const std::string& initial = request.initial->reveal();
        const auto octets = initial == "=" ? std::optional<std::string>("") : octets_from_base64(initial);
        if (!octets) return bad("The initial response is not base64");
        return finish_login(*octets);
    }
    login_tag_ = tag_;
    say(imap::continuation_reply(request.mechanism == "LOGIN" ? base64_from("Username:") : ""));
    return ok("");  // not said: the exchange goes on
}

Answer Session::continue_login(std::string_view line) {
    tag_ = std::exchange(login_tag_, {});
    const auto octets = octets_from_base64(line);
    Verdict verdict = bad("The exchange was cancelled");
    if (line != "*") verdict = octets ? finish_login(*octets) : bad("The response is not base64");
    if (!awaits_login_line()) say(imap::status_reply(tag_, verdict.kind, verdict.words));
    return std::exchange(answer_, Answer());
}

// PLAIN (RFC 4616): authzid NUL authcid NUL password. LOGIN: user and password, one after the other.
Session::Verdict Session::finish_login(std::string_view octets) {
    if (login_mechanism_ == "PLAIN") {
        const auto first = octets.find('\0');
        const auto second = first == std::string_view::npos ? first : octets.find('\0', first + 1);
        if (second == std::string_view::npos) return bad("This is not PLAIN");
        const std::string authorize_as(octets.substr(0, first));
        const std::string user(octets.substr(first + 1, second - first - 1));
        if (!authorize_as.empty() && authorize_as != user) return no("[AUTHORIZATIONFAILED] One cannot act for another here");
        return log_in(user, std::string(octets.substr(second + 1)));
    }
    if (login_user_) return log_in(*login_user_, std::string(octets));
    login_user_ = std::string(octets);
    login_tag_ = tag_;
    say(imap::continuation_reply(base64_from("Password:")));
    return ok("");
}

Session::Verdict Session::run(const imap::EnableRequest& request) {
    if (!can("ENABLE")) return lacking("ENABLE");
    imap::CapabilitySet enabled;
    for (const std::string& capability : request.capabilities) {
        if (!can(capability)) continue;
        if (capability == "CONDSTORE" || capability == "QRESYNC") {
            condstore_ = true;
            qresync_ = qresync_ || capability == "QRESYNC";
            enabled.insert(capability);
        }
    }
    say(imap::enabled_reply(enabled));
    return ok("done");
}

Session::Verdict Session::run(const imap::NamespaceRequest& /*request*/) {
    if (!can("NAMESPACE")) return lacking("NAMESPACE");
    imap::Namespaces namespaces;
    namespaces.personal.push_back(imap::Namespace{store_->options().prefix, store_->options().separator});
    say(imap::namespace_reply(namespaces));
    return ok("done");
}

std::string Session::quota_line() const {
    constexpr std::uint64_t unit = 1024;  // of STORAGE (RFC 9208)
    imap::QuotaResponse quota;
    const StoreOptions& options = store_->options();
    if (options.quota)
        quota.resources.push_back(imap::QuotaResource{"STORAGE", store_->used().value() / unit, options.quota->value() / unit});
    if (options.message_quota)
        quota.resources.push_back(imap::QuotaResource{"MESSAGE", store_->messages(), *options.message_quota});
    return imap::quota_reply(quota);
}

Session::Verdict Session::run(const imap::GetQuotaRequest& request) {
    if (!can("QUOTA")) return lacking("QUOTA");
    if (!request.root.empty()) return no("[NONEXISTENT] There is no quota root " + request.root);
    say(quota_line());
    return ok("done");
}

Session::Verdict Session::run(const imap::GetQuotaRootRequest& request) {
    if (!can("QUOTA")) return lacking("QUOTA");
    imap::QuotaRootResponse roots;
    roots.mailbox = request.mailbox;
    roots.roots.emplace_back();
    say(imap::quota_root_reply(roots));
    say(quota_line());
    return ok("done");
}

}  // namespace mailhaul::demo
