// SPDX-License-Identifier: Apache-2.0
#include "cli/verify_text.hpp"

#include <utility>
#include <vector>

#include "cli/json.hpp"
#include "cli/plain_text.hpp"

namespace mailhaul::cli {
namespace {

using proof::Verdict;

/// `Sent`, or `Sent -> Sent Items` where the names differ.
std::string pair_name(const proof::MailboxResult& mailbox) {
    return printable(mailbox.source == mailbox.destination ? mailbox.source : mailbox.source + " -> " + mailbox.destination);
}

std::string words_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::proven: return "proven";
        case Verdict::repaired: return "repaired";
        case Verdict::other_line_ends: return "equal but for line ends";
        case Verdict::other_headers: return "equal but for header lines";
        case Verdict::different: return "different";
        case Verdict::missing: return "missing";
        case Verdict::not_provable: return "cannot be proven";
    }
    return {};
}

std::vector<std::pair<std::uint64_t, std::string>> counts_of(const proof::Tally& tally) {
    return {{tally.repaired, words_of(Verdict::repaired)},
            {tally.other_line_ends, words_of(Verdict::other_line_ends)},
            {tally.other_headers, words_of(Verdict::other_headers)},
            {tally.different, words_of(Verdict::different)},
            {tally.missing, words_of(Verdict::missing)},
            {tally.not_provable, words_of(Verdict::not_provable)},
            {tally.not_looked_at, "not looked at"}};
}

/// `1,234 of 1,240 messages proven, 6 missing`.
std::string tally_line(const proof::Tally& tally) {
    std::string line = grouped(tally.proven) + " of " + counted(tally.entries, "message") + " proven";
    for (const auto& [count, words] : counts_of(tally))
        if (count > 0) line += ", " + grouped(count) + " " + words;
    return line;
}

std::string finding_words(const proof::Finding& finding) {
    std::string words = words_of(finding.verdict);
    for (std::size_t i = 0; i < finding.header_lines.size(); ++i) words += (i == 0 ? ": " : ", ") + finding.header_lines[i];
    if (!finding.words.empty()) words += "; " + finding.words;
    return printable(words);
}

std::string mailboxes_text(const proof::Verification& found) {
    std::string text = "\n";
    std::uint64_t well = 0;
    for (const proof::MailboxResult& mailbox : found.mailboxes) {
        if (mailbox.holds()) {
            ++well;
            continue;
        }
        text += "  " + pair_name(mailbox) + ": " + tally_line(mailbox.tally) + "\n";
        for (const std::string& remark : mailbox.remarks) text += "    " + printable(remark) + "\n";
    }
    if (well > 0) text += "  " + counted(well, "folder") + (text.size() > 1 ? " more" : "") + " in which nothing differs\n";
    return text;
}

std::string findings_text(const proof::Verification& found) {
    std::string text;
    for (const proof::Finding& finding : found.findings)
        text += "  " + pair_name(found.mailboxes[finding.mailbox]) + ", uid " + std::to_string(finding.source.value()) +
                " on the source, " + std::to_string(finding.destination.value()) + " on the destination\n    " +
                finding_words(finding) + "\n";
    return text.empty() ? text : "\nNot as they should be (" + counted(found.findings.size(), "message") + "):\n" + text;
}

std::string not_copied_text(const proof::Verification& found) {
    std::string text;
    for (const proof::NotCopied& message : found.not_copied) {
        text += "  " + pair_name(found.mailboxes[message.mailbox]) + ", uid " + std::to_string(message.source.value());
        if (!message.subject.empty()) text += ", \"" + printable(message.subject) + "\"";
        text += ": " + printable(message.reason) + "\n";
    }
    return text.empty() ? text : "\nNever copied (" + counted(found.not_copied.size(), "message") + "):\n" + text;
}

std::string list_text(const char* title, const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += "  " + printable(line) + "\n";
    return text.empty() ? text : std::string("\n") + title + ":\n" + text;
}

std::string looked_at(const proof::Verification& found) {
    std::string text(to_string(found.level));
    if (found.sample != proof::everything) text += ", a sample of " + proof::spell_share(found.sample);
    return text;
}

JsonObject event(std::string_view type, WallTime time) {
    JsonObject object;
    object.text("type", type).text("time", rfc3339(time));
    return object;
}

void add_tally(JsonObject& object, const proof::Tally& tally) {
    object.number("entries", tally.entries)
        .number("proven", tally.proven)
        .number("repaired", tally.repaired)
        .number("equal_but_line_ends", tally.other_line_ends)
        .number("equal_but_headers", tally.other_headers)
        .number("different", tally.different)
        .number("missing", tally.missing)
        .number("not_provable", tally.not_provable)
        .number("not_looked_at", tally.not_looked_at);
}

/// The names for people, and as the servers spell them.
void add_names(JsonObject& object, const proof::MailboxResult& mailbox) {
    object.text("source", mailbox.source)
        .text("source_raw", mailbox.pair.source.name.raw())
        .text("destination", mailbox.destination)
        .text("destination_raw", mailbox.pair.destination.name.raw());
}

void add_mailbox(JsonObject& object, const proof::MailboxResult& mailbox) {
    add_names(object, mailbox);
    add_tally(object, mailbox.tally);
    object.texts("remarks", mailbox.remarks).flag("holds", mailbox.holds());
}

void add_finding(JsonObject& object, const proof::MailboxResult& mailbox, const proof::Finding& finding) {
    add_names(object, mailbox);
    object.number("source_uid", finding.source.value())
        .number("destination_uid", finding.destination.value())
        .text("verdict", to_string(finding.verdict))
        .text("words", finding.words)
        .texts("header_lines", finding.header_lines);
}

void add_verification(JsonObject& object, const proof::Verification& found) {
    JsonObject totals;
    add_tally(totals, found.totals());
    std::vector<std::string> mailboxes;
    for (const proof::MailboxResult& mailbox : found.mailboxes) {
        JsonObject one;
        add_mailbox(one, mailbox);
        mailboxes.push_back(one.str());
    }
    std::vector<std::string> findings;
    for (const proof::Finding& finding : found.findings) {
        JsonObject one;
        add_finding(one, found.mailboxes[finding.mailbox], finding);
        findings.push_back(one.str());
    }
    std::vector<std::string> not_copied;
    for (const proof::NotCopied& message : found.not_copied)
        not_copied.push_back(JsonObject()
                                 .text("source", found.mailboxes[message.mailbox].source)
                                 .number("source_uid", message.source.value())
                                 .number("size", message.size)
                                 .text("message_id", message.message_id)
                                 .text("subject", message.subject)
                                 .text("reason", message.reason)
                                 .str());
    object.text("source", found.accounts.source)
        .text("destination", found.accounts.destination)
        .text("level", to_string(found.level))
        .text("sample", proof::spell_share(found.sample))
        .number("seed", found.seed)
        .text("proves", what_it_proves(found.level))
        .text("does_not_prove", what_it_does_not_prove(found.level))
        .text("root", proof::hex_from(found.root()))
        .json("totals", totals.str())
        .json("mailboxes", json_array(mailboxes))
        .json("findings", json_array(findings))
        .json("not_copied", json_array(not_copied))
        .texts("remarks", found.remarks)
        .texts("notes", found.notes);
}

std::string error_object(const Error& error) {
    return JsonObject()
        .text("code", name_of(error.code))
        .text("message", error.message)
        .text("server_text", error.server_text)
        .texts("context", error.context)
        .str();
}

}  // namespace

std::string verification_text(const proof::Verification& found) {
    return printable(found.accounts.source) + " -> " + printable(found.accounts.destination) +
           "\nLooked at: " + looked_at(found) + "\n" + mailboxes_text(found) + findings_text(found) + not_copied_text(found) +
           list_text("Wrong with the account", found.remarks) + list_text("Worth knowing", found.notes) +
           "\nResult: " + tally_line(found.totals()) + (found.holds() ? "; nothing differs" : "") +
           "\nProves: " + std::string(what_it_proves(found.level)) +
           "\nDoes not prove: " + std::string(what_it_does_not_prove(found.level)) + "\n";
}

std::string verify_text(const app::VerifyReport& report) {
    if (!report.error) return verification_text(report.found);
    const std::string side = report.error_side ? std::string(sync::to_string(*report.error_side)) + ": " : "";
    return "Result: nothing is proven, the verification did not come to its end\nReason: " + side +
           printable(report.error->describe()) + "\n";
}

std::string json_verified_mailbox(WallTime time, const proof::MailboxResult& mailbox) {
    JsonObject object = event("mailbox_verified", time);
    add_mailbox(object, mailbox);
    return object.str();
}

std::string json_finding(WallTime time, const proof::MailboxResult& mailbox, const proof::Finding& finding) {
    JsonObject object = event("finding", time);
    add_finding(object, mailbox, finding);
    return object.str();
}

std::string json_verify_report(WallTime time, const app::VerifyReport& report, int exit_status) {
    JsonObject object = event("verify_report", time);
    object.number("exit_status", static_cast<std::uint64_t>(exit_status))
        .flag("holds", report.holds())
        .number("elapsed_ms", static_cast<std::uint64_t>(report.elapsed.count()));
    add_verification(object, report.found);
    if (report.error) object.json("error", error_object(*report.error));
    if (report.error_side) object.text("error_side", sync::to_string(*report.error_side));
    return object.str();
}

std::string certificate_text(const proof::Certificate& certificate, Signer signer, bool with_ledger) {
    const std::string fingerprint = proof::hex_from(proof::fingerprint_of(certificate.signer));
    return verification_text(certificate.verification) + "\nThe certificate is as it was signed on " +
           proof::spell_time(certificate.issued) + " by the key\n  " + fingerprint + "\n" +
           (signer == Signer::trusted
                ? "which is the one you trust.\n"
                : "That proves integrity, and not who signed: ask the signer for this fingerprint, and add --trust.\n") +
           (with_ledger ? "The ledger says the same of every message.\n" : "");
}

std::string json_certificate(WallTime time, const proof::Certificate& certificate, Signer signer, bool with_ledger,
                             int exit_status) {
    JsonObject object = event("certificate", time);
    object.number("exit_status", static_cast<std::uint64_t>(exit_status))
        .flag("intact", true)
        .flag("holds", certificate.verification.holds())
        .flag("signer_trusted", signer == Signer::trusted)
        .flag("ledger_compared", with_ledger)
        .text("signer_fingerprint", proof::hex_from(proof::fingerprint_of(certificate.signer)))
        .text("issued", proof::spell_time(certificate.issued))
        .text("tool", certificate.tool);
    add_verification(object, certificate.verification);
    return object.str();
}

std::string json_certificate_refused(WallTime time, const Error& error, int exit_status) {
    return event("certificate", time)
        .number("exit_status", static_cast<std::uint64_t>(exit_status))
        .flag("intact", false)
        .json("error", error_object(error))
        .str();
}

}  // namespace mailhaul::cli
