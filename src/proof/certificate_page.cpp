// SPDX-License-Identifier: Apache-2.0
#include "proof/certificate_page.hpp"

#include <fmt/format.h>

namespace mailhaul::proof {
namespace {

// A policy of nothing: were there ever a hole in escaped(), no script would run and nothing would be fetched.
constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Certificate of completeness</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ccc; vertical-align: top; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; white-space: nowrap; }
.result { font-size: 1.3rem; padding: .8rem 1rem; border-left: .5rem solid; }
.proven { border-color: #1b7f3b; background: #e9f6ed; }
.differences { border-color: #b3541e; background: #fbeee6; }
code { font-size: .85rem; overflow-wrap: anywhere; }
@media print { body { margin: 0; } }
</style>
</head>
<body>
)";

std::string escaped(std::string_view text) {
    std::string safe;
    for (const char letter : text) {
        switch (letter) {
            case '&': safe += "&amp;"; break;
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '"': safe += "&quot;"; break;
            case '\'': safe += "&#39;"; break;
            default: safe += (letter >= 0 && letter < ' ') || letter == '\x7f' ? ' ' : letter;
        }
    }
    return safe;
}

std::string cell(std::string_view text) { return "<td>" + escaped(text) + "</td>"; }
std::string cell(std::uint64_t number) { return fmt::format("<td class=\"number\">{}</td>", number); }
std::string fact(std::string_view what, std::string_view text) {
    return "<tr><th>" + escaped(what) + "</th>" + cell(text) + "</tr>\n";
}

/// `Sent`, or `Sent -> Sent Items` where the names differ.
std::string pair_name(const MailboxResult& mailbox) {
    return mailbox.source == mailbox.destination ? mailbox.source : mailbox.source + " \u2192 " + mailbox.destination;
}

std::string result_of(const Verification& found) {
    const Tally totals = found.totals();
    if (found.holds())
        return fmt::format("<p class=\"result proven\">Proven for {} of {} messages; nothing differs.</p>\n", totals.proven,
                           totals.entries);
    return fmt::format("<p class=\"result differences\">Proven for {} of {} messages; what is not is named below.</p>\n",
                       totals.proven, totals.entries);
}

std::string facts_of(const Certificate& certificate) {
    const Verification& found = certificate.verification;
    std::string text = "<table>\n" + fact("From", found.accounts.source) + fact("To", found.accounts.destination) +
                       fact("Looked at", std::string(to_string(found.level)) +
                                             (found.sample == everything ? "" : ", a sample of " + spell_share(found.sample))) +
                       fact("What this proves", what_it_proves(found.level)) +
                       fact("What this does not prove", what_it_does_not_prove(found.level)) +
                       fact("When", spell_time(found.began) + " to " + spell_time(found.ended)) +
                       fact("Issued", spell_time(certificate.issued) + " by " + certificate.tool);
    return text + "</table>\n";
}

std::string mailboxes_of(const Verification& found) {
    std::string text = "<h2>Folders</h2>\n<table>\n<tr><th>Folder</th>";
    for (const char* title :
         {"Messages", "Proven", "Repaired", "Other line ends", "Other headers", "Different", "Missing", "Not provable", "Not looked at"})
        text += fmt::format("<th class=\"number\">{}</th>", title);
    text += "</tr>\n";
    for (const MailboxResult& mailbox : found.mailboxes) {
        const Tally& tally = mailbox.tally;
        text += "<tr>" + cell(pair_name(mailbox)) + cell(tally.entries) + cell(tally.proven) + cell(tally.repaired) +
                cell(tally.other_line_ends) + cell(tally.other_headers) + cell(tally.different) + cell(tally.missing) + cell(tally.not_provable) +
                cell(tally.not_looked_at) + "</tr>\n";
        for (const std::string& remark : mailbox.remarks)
            text += "<tr><td colspan=\"10\">" + escaped(pair_name(mailbox) + ": " + remark) + "</td></tr>\n";
    }
    return text + "</table>\n";
}

std::string findings_of(const Verification& found) {
    if (found.findings.empty()) return {};
    std::string text =
        "<h2>Messages that are not as they should be</h2>\n<table>\n<tr><th>Folder</th><th>UID on the source</th>"
        "<th>UID on the destination</th><th>Found</th></tr>\n";
    for (const Finding& finding : found.findings) {
        std::string words(to_string(finding.verdict));
        for (char& letter : words) letter = letter == '_' ? ' ' : letter;
        for (const std::string& line : finding.header_lines)
            words += (line == finding.header_lines.front() ? ": " : ", ") + line;
        if (!finding.words.empty()) words += "; " + finding.words;
        text += "<tr>" + cell(pair_name(found.mailboxes[finding.mailbox])) + cell(finding.source.value()) +
                cell(finding.destination.value()) + cell(words) + "</tr>\n";
    }
    return text + "</table>\n";
}

std::string not_copied_of(const Verification& found) {
    if (found.not_copied.empty()) return {};
    std::string text =
        "<h2>Messages that were not copied</h2>\n<table>\n<tr><th>Folder</th><th>UID on the source</th>"
        "<th>Subject</th><th>Message-ID</th><th>Why</th></tr>\n";
    for (const NotCopied& message : found.not_copied)
        text += "<tr>" + cell(pair_name(found.mailboxes[message.mailbox])) + cell(message.source.value()) +
                cell(message.subject) + cell(message.message_id) + cell(message.reason) + "</tr>\n";
    return text + "</table>\n";
}

std::string list_of(std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty()) return {};
    std::string text = fmt::format("<h2>{}</h2>\n<ul>\n", title);
    for (const std::string& line : lines) text += "<li>" + escaped(line) + "</li>\n";
    return text + "</ul>\n";
}

std::string seal_of(const Certificate& certificate, std::string_view document) {
    message::Sha256Stream digest;
    digest.update(document);
    return "<h2>How to check</h2>\n<p>This page is for reading. The certificate itself is the JSON file that came with it, "
           "with "
           "the SHA-256 <code>" +
           hex_from(digest.finish()) +
           "</code>. <code>mailhaul certificate check FILE --trust FINGERPRINT</code> tells whether it "
           "was changed and who signed it, without any connection.</p>\n<table>\n" +
           fact("Signed by the key", hex_from(fingerprint_of(certificate.signer))) +
           fact("Root of all messages", hex_from(certificate.verification.root())) + "</table>\n";
}

}  // namespace

std::string page_of(const Certificate& certificate, std::string_view document) {
    const Verification& found = certificate.verification;
    return std::string(head) + "<h1>Certificate of completeness</h1>\n" + result_of(found) + facts_of(certificate) +
           list_of("What is wrong with the account", found.remarks) + mailboxes_of(found) + findings_of(found) +
           not_copied_of(found) + list_of("Worth knowing", found.notes) + seal_of(certificate, document) + "</body>\n</html>\n";
}

}  // namespace mailhaul::proof
