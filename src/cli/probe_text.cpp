// SPDX-License-Identifier: Apache-2.0
#include "cli/probe_text.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "cli/plain_text.hpp"

namespace mailhaul::cli {
namespace {

std::string_view scheme_of(client::Security security) {
    return security == client::Security::implicit_tls ? "imaps"
           : security == client::Security::starttls   ? "imap"
                                                      : "imap+insecure";
}

std::string place_of(const app::ProbeAttempt& attempt) {
    return std::string(scheme_of(attempt.security)) + "://" + printable(attempt.host) + ":" + std::to_string(attempt.port);
}

std::string admin_sentence(provider::Admin admin) {
    switch (admin) {
        case provider::Admin::none: return "no login is known that opens the mailboxes of others: each needs its own password";
        case provider::Admin::sasl: return "an administrator opens the mailboxes of others with --source-authorize-as USER";
        case provider::Admin::star:
            return "a master user opens the mailboxes of others with --source-authorize-as USER, or as USER*MASTER";
        case provider::Admin::percent: return "a master opens the mailboxes of others by logging in as USER%MASTER";
        case provider::Admin::proxyauth:
            return "an administrator opens the mailboxes of others with --source-authorize-as USER --source-impersonate "
                   "proxyauth";
        case provider::Admin::kerio:
            return "the master password opens all mailboxes with --source-authorize-as USER --source-impersonate kerio";
        case provider::Admin::exchange:
            return "an administrator with full access logs in as DOMAIN\\ADMIN\\ALIAS of the mailbox";
        case provider::Admin::delegate:
            return "one registration opens all mailboxes: mailhaul login --authorize microsoft --application, then "
                   "--source-oauth "
                   "with --source-authorize-as ADDRESS";
        case provider::Admin::service_account: break;
    }
    return "a service account opens all mailboxes of its domain: mailhaul login --authorize google --service-account KEY.json";
}

std::string bytes_sentence(provider::Bytes bytes) {
    switch (bytes) {
        case provider::Bytes::exact: return "messages stay as they are, octet by octet: verify --bodies can prove it";
        case provider::Bytes::mostly: return "messages stay as they are, but for malformed ones";
        case provider::Bytes::headers: return "as a destination it adds or changes header lines: verify --bodies names them";
        case provider::Bytes::regenerates: return "as a destination it rebuilds messages, so that sizes and octets differ";
        case provider::Bytes::encrypts: break;
    }
    return "as a destination it encrypts messages, so that only their number and identity can be compared";
}

std::string login_sentence(const provider::Profile& profile) {
    const std::string oauth = profile.oauth.empty() ? "" : "mailhaul login --authorize " + profile.oauth;
    switch (profile.password) {
        case provider::Password::no: return "takes no passwords: " + oauth;
        case provider::Password::app:
            return "takes app passwords, which each user makes in the web settings" + (oauth.empty() ? "" : ", or " + oauth);
        case provider::Password::yes: break;
    }
    return oauth.empty() ? "takes passwords" : "takes passwords, or " + oauth;
}

std::string speed_sentence(const provider::Profile& profile, const provider::Evidence& evidence) {
    const auto has = [&](std::string_view name) { return evidence.capabilities.has(name); };
    std::string text = "begins with " + std::to_string(profile.first_connections) + " connections and goes up to " +
                       std::to_string(profile.most_connections) + " where that is faster";
    if (has("MULTIAPPEND")) text += "; messages are stored in batches (MULTIAPPEND)";
    else if (has("LITERAL+") || has("LITERAL-")) text += "; messages are sent without waiting for each (LITERAL+)";
    return text;
}

/// The first few.
std::string in_short(const std::vector<std::string>& words) {
    constexpr std::size_t most = 6;
    std::string text;
    for (std::size_t i = 0; i < std::min(most, words.size()); ++i) text += (i == 0 ? "" : ", ") + words[i];
    return words.size() > most ? text + " and " + std::to_string(words.size() - most) + " more" : text;
}

std::string spaced(std::string_view characters) {
    std::string text;
    for (const char c : characters) text += (text.empty() ? "" : " ") + (c == '\t' ? std::string("TAB") : std::string(1, c));
    return text;
}

}  // namespace

std::vector<std::string> consequences_of(const provider::Profile& profile, const provider::Evidence& evidence) {
    std::vector<std::string> sentences;
    sentences.push_back(login_sentence(profile));
    sentences.push_back(admin_sentence(profile.admin));
    sentences.push_back(speed_sentence(profile, evidence));
    if (const auto limit = evidence.capabilities.append_limit())
        sentences.push_back("takes messages up to " + spell(*limit) + ", it says");
    else if (profile.message_octets)
        sentences.push_back("takes messages up to " + spell(Octets(*profile.message_octets)) +
                            (profile.message_octets_vary ? ", usually" : ": larger ones are named, and not read for nothing"));
    sentences.push_back(bytes_sentence(profile.bytes));
    if (!profile.skip.empty())
        sentences.push_back("holds folders without mail of their own, or views of mail elsewhere, which are left out: " +
                            in_short(profile.skip));
    if (profile.tells_no_roles) sentences.push_back("does not tell which folder is Sent, Trash and so on: their names do");
    if (profile.names.parents_are_empty) sentences.push_back("as a destination, a folder that holds folders holds no messages");
    if (!profile.names.without.empty())
        sentences.push_back("as a destination, takes no folder names with any of: " + spaced(profile.names.without));
    for (const std::string& warning : profile.warnings) sentences.push_back("as a destination: " + warning);
    for (const std::string& note : profile.notes) sentences.push_back(note);
    return sentences;
}

std::string probe_text(const app::ProbeOutcome& outcome) {
    std::string text;
    for (const std::string& remark : outcome.remarks) text += "Not asked: " + printable(remark) + "\n";
    for (std::size_t i = 0; i < outcome.attempts.size(); ++i) {
        const app::ProbeAttempt& attempt = outcome.attempts[i];
        const bool is_it = outcome.answered && i + 1 == outcome.attempts.size();
        text += (is_it ? "Found:    " : "Not there: ") + place_of(attempt) + " (" + printable(attempt.source) + ")\n";
        if (attempt.error) text += "          " + printable(attempt.error->describe()) + "\n";
        if (is_it && !attempt.user.empty()) text += "Log in as: " + printable(attempt.user) + "\n";
    }
    if (!outcome.answered) return text + "No IMAP server was found: name it, as in mailhaul probe imap.example.org\n";
    text += "Says:     " + printable(outcome.evidence.greeting) + "\n";
    if (!outcome.evidence.id.empty()) text += "Is:       " + printable(outcome.evidence.id) + " (ID)\n";
    text += "Over:     " + outcome.transport + "\n";
    if (outcome.certificate) text += "Beware:   " + printable(outcome.certificate->describe()) + "\n";
    text += "Can:      " + printable(outcome.evidence.capabilities.to_string()) + "\n";
    const provider::Recognition& found = outcome.recognition;
    if (found.profile == nullptr)
        return text + "Profile:  none fits; mailhaul is careful with it: 2 connections to begin with, 4 at most\n";
    text += "Profile:  " + found.profile->name + ", " + std::string(to_string(found.sureness)) + ", by ";
    for (std::size_t i = 0; i < found.signs.size(); ++i) text += (i == 0 ? "" : "; ") + printable(found.signs[i]);
    text += "\n";
    for (const std::string& sentence : consequences_of(*found.profile, outcome.evidence)) text += "  - " + sentence + "\n";
    return text;
}

std::string probe_json(const app::ProbeOutcome& outcome, int status) {
    std::vector<std::string> attempts;
    for (const app::ProbeAttempt& attempt : outcome.attempts) {
        JsonObject one;
        one.text("url", place_of(attempt)).text("source", attempt.source);
        if (!attempt.user.empty()) one.text("user", attempt.user);
        if (attempt.error) one.text("error", attempt.error->describe());
        attempts.push_back(one.str());
    }
    JsonObject object;
    object.text("type", "probe").flag("answered", outcome.answered).json("attempts", json_array(attempts));
    object.text("greeting", outcome.evidence.greeting).text("id", outcome.evidence.id).text("transport", outcome.transport);
    std::vector<std::string> capabilities(outcome.evidence.capabilities.begin(), outcome.evidence.capabilities.end());
    object.texts("capabilities", capabilities).texts("exchangers", outcome.exchangers).texts("remarks", outcome.remarks);
    if (outcome.certificate) object.text("certificate", outcome.certificate->describe());
    if (const provider::Profile* profile = outcome.recognition.profile) {
        JsonObject found;
        found.text("id", profile->id).text("name", profile->name).text("sureness", to_string(outcome.recognition.sureness));
        found.texts("signs", outcome.recognition.signs).texts("consequences", consequences_of(*profile, outcome.evidence));
        found.number("first_connections", profile->first_connections).number("most_connections", profile->most_connections);
        object.json("profile", found.str());
    }
    return object.number("exit_status", static_cast<std::uint64_t>(status)).str();
}

}  // namespace mailhaul::cli
