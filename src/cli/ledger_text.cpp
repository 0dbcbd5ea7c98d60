// SPDX-License-Identifier: Apache-2.0
#include "cli/ledger_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <span>
#include <utility>
#include <vector>

#include "base/octets.hpp"
#include "cli/json.hpp"
#include "cli/json_events.hpp"
#include "cli/plain_text.hpp"
#include "imap/codec/modified_utf7.hpp"

namespace mailhaul::cli {
namespace {

using app::LedgerRecord;
using app::LedgerSummary;
using app::PairSummary;

// Values

std::string name_of(const store::MailboxKey& mailbox) { return printable(imap::display_name(mailbox.name.raw())); }

std::string validity_of(const store::MailboxKey& mailbox) { return std::to_string(mailbox.uid_validity.value()); }

std::string_view how(const store::Entry& entry) { return entry.origin == store::Origin::copied ? "copied" : "adopted"; }

std::string hex(std::span<const std::uint8_t> octets) {
    std::string digits;
    for (const std::uint8_t octet : octets) digits += fmt::format("{:02x}", octet);
    return digits;
}

std::string hex(const std::optional<message::Sha256>& digest) { return digest ? hex(std::span(*digest)) : ""; }
std::string hex(const std::optional<std::uint64_t>& digest) { return digest ? fmt::format("{:016x}", *digest) : ""; }

std::string utc_time(std::int64_t at) { return rfc3339(WallTime(std::chrono::seconds(at))); }

/// Empty where nothing is recorded yet: an empty file costs no message anything.
std::string octets_per_message(const LedgerSummary& summary) {
    if (summary.messages() == 0) return "";
    return fmt::format("{:.1f}", static_cast<double>(summary.octets) / static_cast<double>(summary.messages()));
}

// The table of pairs

using Row = std::array<std::string, 6>;  // name, UIDVALIDITYs, copied, adopted, exceptions, settled

Row row_of(const PairSummary& pair) {
    const std::string source = name_of(pair.pair.source);
    const std::string destination = name_of(pair.pair.destination);
    return {source == destination ? source : source + " -> " + destination,
            validity_of(pair.pair.source) + " -> " + validity_of(pair.pair.destination),
            grouped(pair.copied),
            grouped(pair.adopted),
            grouped(pair.exceptions),
            pair.settled ? "yes" : "no"};
}

std::string lines_of(const std::vector<Row>& rows, std::size_t width) {
    std::array<std::size_t, 6> widths{};
    for (const Row& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
    std::size_t others = 0;
    for (std::size_t i = 1; i < widths.size(); ++i) others += widths[i] + 2;
    widths[0] = std::min(widths[0], std::max<std::size_t>(width > others + 2 ? width - others - 2 : 0, 20));
    std::string text;
    for (const Row& row : rows) {
        std::string line = "  " + padded_right(fitted(row[0], widths[0]), widths[0]);
        for (std::size_t i = 1; i < row.size(); ++i) line += "  " + padded_left(row[i], widths[i]);
        while (line.ends_with(' ')) line.pop_back();
        text += line + '\n';
    }
    return text;
}

JsonObject& add_mailbox(JsonObject& object, const std::string& side, const store::MailboxKey& mailbox) {
    return object.text(side, imap::display_name(mailbox.name.raw()))
        .text(side + "_raw", mailbox.name.raw())
        .number(side + "_uid_validity", mailbox.uid_validity.value());
}

std::string json_pair(const PairSummary& pair) {
    JsonObject object;
    add_mailbox(object, "source", pair.pair.source);
    add_mailbox(object, "destination", pair.pair.destination);
    object.number("copied", pair.copied).number("repaired", pair.repaired).number("adopted", pair.adopted).number("exceptions", pair.exceptions);
    return object.flag("settled", pair.settled).str();
}

// One record

std::string place(const store::MailboxKey& mailbox, imap::Uid uid) {
    return name_of(mailbox) + " uid " + std::to_string(uid.value()) + " (uidvalidity " + validity_of(mailbox) + ")";
}

std::string text_of(const store::PairKey& pair, const store::Entry& entry) {
    std::string text = place(pair.source, entry.source) + " -> " + place(pair.destination, entry.destination) + "\n";
    text += "  " + std::string(how(entry)) + (entry.origin == store::Origin::adopted ? " (it was there already) " : " ") +
            local_time(entry.at) + "\n";
    text += "  flags   " + (entry.flags.empty() ? "none" : printable(entry.flags.to_string())) + "\n";
    text += "  sha256  " + (entry.sha256 ? hex(entry.sha256) : "not known: the message was never read") + "\n";
    if (!entry.repair) return text;
    text += "  repaired before it was stored: " + message::spell(entry.repair->mended) + "\n";
    return text + "  stored  " + hex(std::span(entry.repair->sha256)) + " (sha256)\n";
}

std::string text_of(const store::PairKey& pair, const store::Exception& exception) {
    std::string text = place(pair.source, exception.source) + ": not copied\n";
    text += "  reason      " + printable(exception.reason) + "\n";
    text += "  tried       " + local_time(exception.at) + "\n";
    text += "  size        " + spell(Octets{exception.size}) + "\n";
    if (!exception.subject.empty()) text += "  subject     " + printable(exception.subject) + "\n";
    if (!exception.message_id.empty()) text += "  message-id  " + printable(exception.message_id) + "\n";
    return text;
}

void add_message(JsonObject& object, const store::Entry& entry) {
    object.number("source_uid", entry.source.value()).number("destination_uid", entry.destination.value());
    object.text("how", how(entry)).text("at", utc_time(entry.at));
    if (entry.sha256) object.text("sha256", hex(entry.sha256));
    if (entry.message_id) object.text("message_id_digest", hex(entry.message_id));
    object.texts("flags", {entry.flags.begin(), entry.flags.end()});
    if (!entry.repair) return;
    object.texts("repaired", message::words_for(entry.repair->mended)).text("repaired_sha256", hex(std::span(entry.repair->sha256)));
}

void add_message(JsonObject& object, const store::Exception& exception) {
    object.number("source_uid", exception.source.value()).text("how", "exception").text("at", utc_time(exception.at));
    object.text("reason", exception.reason).number("size", exception.size);
    if (!exception.subject.empty()) object.text("subject", exception.subject);
    if (!exception.message_id.empty()) object.text("message_id", exception.message_id);
}

// CSV

const std::array<std::string, 19> csv_columns{"source",
                                              "source_raw",
                                              "source_uid_validity",
                                              "source_uid",
                                              "destination",
                                              "destination_raw",
                                              "destination_uid_validity",
                                              "destination_uid",
                                              "how",
                                              "at",
                                              "sha256",
                                              "message_id_digest",
                                              "flags",
                                              "reason",
                                              "size",
                                              "subject",
                                              "message_id",
                                              "repaired",
                                              "repaired_sha256"};
using CsvFields = std::array<std::string, csv_columns.size()>;

/// RFC 4180 section 2: quoted where it must be.
std::string csv_line(std::span<const std::string> fields) {
    std::string line;
    for (const std::string& field : fields) {
        if (&field != &fields.front()) line += ',';
        if (field.find_first_of(",\"\r\n") == std::string::npos) {
            line += field;
            continue;
        }
        line += '"';
        for (const char letter : field) line += letter == '"' ? std::string("\"\"") : std::string(1, letter);
        line += '"';
    }
    return line + "\r\n";
}

CsvFields fields_of(const store::PairKey& pair, const store::Entry& entry) {
    return {imap::display_name(pair.source.name.raw()),
            pair.source.name.raw(),
            validity_of(pair.source),
            std::to_string(entry.source.value()),
            imap::display_name(pair.destination.name.raw()),
            pair.destination.name.raw(),
            validity_of(pair.destination),
            std::to_string(entry.destination.value()),
            std::string(how(entry)),
            utc_time(entry.at),
            hex(entry.sha256),
            hex(entry.message_id),
            entry.flags.to_string(),
            "",
            "",
            "",
            "",
            entry.repair ? message::spell(entry.repair->mended) : "",
            entry.repair ? hex(std::span(entry.repair->sha256)) : ""};
}

CsvFields fields_of(const store::PairKey& pair, const store::Exception& exception) {
    return {imap::display_name(pair.source.name.raw()),
            pair.source.name.raw(),
            validity_of(pair.source),
            std::to_string(exception.source.value()),
            imap::display_name(pair.destination.name.raw()),
            pair.destination.name.raw(),
            validity_of(pair.destination),
            "",
            "exception",
            utc_time(exception.at),
            "",
            "",
            "",
            exception.reason,
            std::to_string(exception.size),
            exception.subject,
            exception.message_id,
            "",
            ""};
}

}  // namespace

std::string local_time(std::int64_t at) {
    const std::time_t time{at};
    std::tm parts{};
    if (localtime_r(&time, &parts) == nullptr) return utc_time(at);
    std::array<char, 40> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S%z", &parts);
    std::string result(text.data(), size);
    if (size > 2) result.insert(size - 2, ":");  // +0100 -> +01:00
    return result;
}

std::string ledger_text(const LedgerSummary& summary, std::size_t width) {
    std::string text = printable("Ledger of " + summary.account.source + " to " + summary.account.destination) + "\n" +
                       printable(summary.path) + "\n\n";
    std::vector<Row> rows{{"folder", "uidvalidity", "copied", "adopted", "exceptions", "settled"}};
    for (const PairSummary& pair : summary.pairs) rows.push_back(row_of(pair));
    if (summary.pairs.size() > 1)
        rows.push_back({"all " + counted(summary.pairs.size(), "folder"), "", grouped(summary.copied()),
                        grouped(summary.adopted()), grouped(summary.exceptions()), ""});
    text += summary.pairs.empty() ? "No folder was copied yet.\n" : lines_of(rows, width);
    text += "\n" + counted(summary.messages(), "message") + " on both sides, " + counted(summary.exceptions(), "exception") +
            ", " + spell(Octets{summary.octets}) + " on disk";
    if (summary.messages() > 0) text += ", " + octets_per_message(summary) + " octets a message";
    if (summary.repaired() > 0) text += "\n" + counted(summary.repaired(), "message") + " repaired before being stored: find and export say which";
    return text + "\n";
}

std::string json_ledger(const LedgerSummary& summary) {
    std::vector<std::string> mailboxes;
    for (const PairSummary& pair : summary.pairs) mailboxes.push_back(json_pair(pair));
    JsonObject object;
    object.text("type", "ledger").text("path", summary.path);
    object.text("source", summary.account.source).text("destination", summary.account.destination);
    object.number("copied", summary.copied()).number("repaired", summary.repaired()).number("adopted", summary.adopted()).number("exceptions", summary.exceptions());
    object.number("octets", summary.octets);
    if (summary.messages() > 0) object.json("octets_per_message", octets_per_message(summary));
    return object.json("mailboxes", json_array(mailboxes)).str();
}

std::string record_text(const LedgerRecord& record) {
    return std::visit([&](const auto& message) { return text_of(record.pair, message); }, record.message);
}

std::string json_record(const LedgerRecord& record) {
    JsonObject object;
    object.text("type", "message");
    add_mailbox(object, "source", record.pair.source);
    add_mailbox(object, "destination", record.pair.destination);
    std::visit([&](const auto& message) { add_message(object, message); }, record.message);
    return object.str();
}

std::string csv_header() { return csv_line(csv_columns); }

std::string csv_record(const LedgerRecord& record) {
    return csv_line(std::visit([&](const auto& message) { return fields_of(record.pair, message); }, record.message));
}

std::string nothing_found_text(const app::LedgerQuestion& question, const app::LedgerSearch& search) {
    if (question.folder && search.pairs == 0) return "the ledger knows no folder " + printable(*question.folder) + "\n";
    std::string text = "no such message among the " + grouped(search.messages) + " that the ledger knows here\n";
    if (question.subject)
        text +=
            "the ledger keeps the subject only of messages that could not be copied: find the message on the server by its "
            "subject, then here by its Message-ID or UID\n";
    if (question.message_id && search.without_message_id > 0)
        text += "of " + counted(search.without_message_id, "message") +
                " the Message-ID was never read: find the message on the server by it, then here by its UID\n";
    return text;
}

}  // namespace mailhaul::cli
