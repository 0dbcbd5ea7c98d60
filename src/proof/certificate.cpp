// SPDX-License-Identifier: Apache-2.0
// The reader knows one spelling only, the writer's: what it read is written again and must be the same octets. So there is
// no second way to say anything, and nothing in a document that the signature does not cover.
#include "proof/certificate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/base64.hpp"
#include "base/json.hpp"
#include "proof/exact_json.hpp"

namespace mailhaul::proof {
namespace {

constexpr std::string_view opening = R"({"certificate":)";
constexpr std::string_view before_signature = R"(,"signature":")";
constexpr std::string_view closing = "\"}\n";
constexpr std::size_t signature_characters = 88;
constexpr std::string_view format_name = "mailhaul certificate";
constexpr std::uint64_t format_version = 1;

// Values in the document's spelling

/// A mailbox name octet for octet: what is not printable ASCII, `"`, `\` or `%` as %XX.
std::string exact_name(const std::string& raw) {
    std::string text;
    for (const char octet : raw) {
        const bool is_plain = octet >= ' ' && octet < '\x7f' && octet != '"' && octet != '\\' && octet != '%';
        text += is_plain ? std::string(1, octet) : fmt::format("%{:02X}", static_cast<unsigned char>(octet));
    }
    return text;
}

template <std::size_t size>
std::string base64_of(const std::array<std::uint8_t, size>& octets) {
    return base64_from({reinterpret_cast<const char*>(octets.data()), octets.size()});
}

template <typename Item, typename Write>
std::string array_of(const std::vector<Item>& items, Write write) {
    std::vector<std::string> values;
    values.reserve(items.size());
    for (const Item& item : items) {
        JsonObject object;
        write(object, item);
        values.push_back(object.str());
    }
    return json_array(values);
}

// Writing

void write_tally(JsonObject& object, const Tally& tally) {
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

void write_mailbox(JsonObject& object, const MailboxResult& mailbox) {
    object.text("source", mailbox.source)
        .text("source_exact", exact_name(mailbox.pair.source.name.raw()))
        .number("source_uidvalidity", mailbox.pair.source.uid_validity.value())
        .text("destination", mailbox.destination)
        .text("destination_exact", exact_name(mailbox.pair.destination.name.raw()))
        .number("destination_uidvalidity", mailbox.pair.destination.uid_validity.value())
        .text("root", hex_from(mailbox.root));
    write_tally(object, mailbox.tally);
    object.texts("remarks", mailbox.remarks);
}

void write_finding(JsonObject& object, const Finding& finding) {
    object.number("mailbox", finding.mailbox)
        .number("source_uid", finding.source.value())
        .number("destination_uid", finding.destination.value())
        .text("verdict", to_string(finding.verdict))
        .text("words", finding.words)
        .texts("header_lines", finding.header_lines);
}

void write_not_copied(JsonObject& object, const NotCopied& message) {
    object.number("mailbox", message.mailbox)
        .number("source_uid", message.source.value())
        .number("size", message.size)
        .text("message_id", message.message_id)
        .text("subject", message.subject)
        .text("reason", message.reason);
}

std::string body_of(const Certificate& certificate) {
    const Verification& found = certificate.verification;
    JsonObject totals;
    write_tally(totals, found.totals());
    return JsonObject()
        .text("format", format_name)
        .number("version", format_version)
        .text("tool", certificate.tool)
        .text("issued", spell_time(certificate.issued))
        .text("source", found.accounts.source)
        .text("destination", found.accounts.destination)
        .text("level", to_string(found.level))
        .text("sample", spell_share(found.sample))
        .number("seed", found.seed)
        .text("began", spell_time(found.began))
        .text("ended", spell_time(found.ended))
        .text("result", found.holds() ? "proven" : "differences")
        .text("proves", what_it_proves(found.level))
        .text("does_not_prove", what_it_does_not_prove(found.level))
        .text("root", hex_from(found.root()))
        .json("totals", totals.str())
        .json("mailboxes", array_of(found.mailboxes, write_mailbox))
        .json("findings", array_of(found.findings, write_finding))
        .json("not_copied", array_of(found.not_copied, write_not_copied))
        .texts("remarks", found.remarks)
        .texts("notes", found.notes)
        .text("signer", base64_of(certificate.signer))
        .text("signer_fingerprint", hex_from(fingerprint_of(certificate.signer)))
        .str();
}

// Reading

std::optional<unsigned> hex_digit(char letter) {
    if (letter >= '0' && letter <= '9') return static_cast<unsigned>(letter - '0');
    if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a' + 10);
    if (letter >= 'A' && letter <= 'F') return static_cast<unsigned>(letter - 'A' + 10);
    return std::nullopt;
}

imap::MailboxName name_from_exact(const std::string& text) {
    std::string raw;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : std::nullopt;
        const auto low = high ? hex_digit(text[at + 2]) : std::nullopt;
        if (low) raw += static_cast<char>(*high * 16 + *low);
        else raw += text[at];
        if (low) at += 2;
    }
    return imap::MailboxName(std::move(raw));
}

Digest digest_from_hex(const std::string& hex) {
    Digest digest{};
    for (std::size_t i = 0; i < digest.size() && 2 * i + 1 < hex.size(); ++i)
        digest[i] = static_cast<std::uint8_t>(hex_digit(hex[2 * i]).value_or(0) * 16 + hex_digit(hex[2 * i + 1]).value_or(0));
    return digest;
}

template <std::size_t size>
std::optional<std::array<std::uint8_t, size>> octets_from(std::string_view base64) {
    const auto octets = octets_from_base64(base64);
    if (!octets || octets->size() != size) return std::nullopt;
    std::array<std::uint8_t, size> array{};
    std::ranges::transform(*octets, array.begin(), [](char octet) { return static_cast<std::uint8_t>(octet); });
    return array;
}

/// 0 where it is not a time; the comparison afterwards finds that out.
std::int64_t time_from(const std::string& text) {
    if (text.size() != 20 || !std::ranges::all_of(text, [](char letter) { return letter >= '-' && letter <= 'Z'; })) return 0;
    const auto part = [&](std::size_t at, std::size_t digits) {
        int value = 0;
        for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + (text[i] - '0');
        return value;
    };
    const std::chrono::year_month_day date{std::chrono::year(part(0, 4)), std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                           std::chrono::day(static_cast<unsigned>(part(8, 2)))};
    if (!date.ok()) return 0;
    const auto days = std::chrono::sys_days(date).time_since_epoch();
    return std::chrono::seconds(days).count() + part(11, 2) * 3600 + part(14, 2) * 60 + part(17, 2);
}

Tally read_tally(ExactJson& cursor) {
    Tally tally;
    tally.entries = cursor.number("entries");
    tally.proven = cursor.number("proven");
    tally.repaired = cursor.number("repaired");
    tally.other_line_ends = cursor.number("equal_but_line_ends");
    tally.other_headers = cursor.number("equal_but_headers");
    tally.different = cursor.number("different");
    tally.missing = cursor.number("missing");
    tally.not_provable = cursor.number("not_provable");
    tally.not_looked_at = cursor.number("not_looked_at");
    return tally;
}

store::MailboxKey read_mailbox_key(ExactJson& cursor, const std::string& side, std::string& name) {
    store::MailboxKey key;
    name = cursor.text(side);
    key.name = name_from_exact(cursor.text(side + "_exact"));
    key.uid_validity = imap::UidValidity{cursor.number32(side + "_uidvalidity")};
    return key;
}

MailboxResult read_mailbox(ExactJson& cursor) {
    MailboxResult mailbox;
    cursor.expect("{");
    mailbox.pair.source = read_mailbox_key(cursor, "source", mailbox.source);
    mailbox.pair.destination = read_mailbox_key(cursor, "destination", mailbox.destination);
    mailbox.root = digest_from_hex(cursor.text("root"));
    mailbox.tally = read_tally(cursor);
    mailbox.remarks = cursor.texts("remarks");
    cursor.expect("}");
    return mailbox;
}

Finding read_finding(ExactJson& cursor) {
    Finding finding;
    cursor.expect("{");
    finding.mailbox = cursor.number("mailbox");
    finding.source = imap::Uid{cursor.number32("source_uid")};
    finding.destination = imap::Uid{cursor.number32("destination_uid")};
    finding.verdict = verdict_from(cursor.text("verdict")).value_or(Verdict::different);
    finding.words = cursor.text("words");
    finding.header_lines = cursor.texts("header_lines");
    cursor.expect("}");
    return finding;
}

NotCopied read_not_copied(ExactJson& cursor) {
    NotCopied message;
    cursor.expect("{");
    message.mailbox = cursor.number("mailbox");
    message.source = imap::Uid{cursor.number32("source_uid")};
    message.size = cursor.number("size");
    message.message_id = cursor.text("message_id");
    message.subject = cursor.text("subject");
    message.reason = cursor.text("reason");
    cursor.expect("}");
    return message;
}

/// Empty: not a certificate's body. Of the fields that follow from others only their place is looked at.
std::optional<Certificate> body_from(std::string_view text) {
    Certificate certificate;
    Verification& found = certificate.verification;
    ExactJson cursor(text);
    cursor.expect("{");
    if (cursor.text("format") != format_name || cursor.number("version") != format_version) return std::nullopt;
    certificate.tool = cursor.text("tool");
    certificate.issued = time_from(cursor.text("issued"));
    found.accounts.source = cursor.text("source");
    found.accounts.destination = cursor.text("destination");
    found.level = level_from(cursor.text("level")).value_or(Level::counted);
    found.sample = share_from(cursor.text("sample")).value_or(everything);
    found.seed = cursor.number("seed");
    found.began = time_from(cursor.text("began"));
    found.ended = time_from(cursor.text("ended"));
    for (const char* derived : {"result", "proves", "does_not_prove", "root"}) cursor.text(derived);
    cursor.key("totals");
    cursor.expect("{");
    read_tally(cursor);
    cursor.expect("}");
    cursor.key("mailboxes");
    cursor.each([&] { found.mailboxes.push_back(read_mailbox(cursor)); });
    cursor.key("findings");
    cursor.each([&] { found.findings.push_back(read_finding(cursor)); });
    cursor.key("not_copied");
    cursor.each([&] { found.not_copied.push_back(read_not_copied(cursor)); });
    found.remarks = cursor.texts("remarks");
    found.notes = cursor.texts("notes");
    const auto signer = octets_from<32>(cursor.text("signer"));
    cursor.text("signer_fingerprint");
    cursor.expect("}");
    if (!cursor.at_end() || !signer) return std::nullopt;
    certificate.signer = *signer;
    return certificate;
}

/// Every entry is in one count, and whoever is named is of a mailbox that is there.
bool adds_up(const Verification& found) {
    const auto is_sound = [](const MailboxResult& mailbox) {
        Tally tally = mailbox.tally;
        tally.entries = 0;
        std::uint64_t left = mailbox.tally.entries;
        for (const std::uint64_t part : {tally.proven, tally.repaired, tally.other_line_ends, tally.other_headers,
                                         tally.different, tally.missing, tally.not_provable, tally.not_looked_at}) {
            if (part > left) return false;
            left -= part;
        }
        return left == 0;
    };
    const auto is_known = [&](const auto& message) { return message.mailbox < found.mailboxes.size(); };
    return std::ranges::all_of(found.mailboxes, is_sound) && std::ranges::all_of(found.findings, is_known) &&
           std::ranges::all_of(found.not_copied, is_known);
}

Error refused(std::string why) { return {Errc::certificate_refused, Scope::run, Retry::never, std::move(why)}; }

}  // namespace

std::string spell_time(std::int64_t epoch_seconds) {
    const std::chrono::sys_seconds time{std::chrono::seconds(epoch_seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

std::string write_certificate(const Verification& verification, std::string tool, std::int64_t issued, const SigningKey& key) {
    const std::string body = body_of({verification, std::move(tool), issued, key.public_key()});
    return std::string(opening) + body + std::string(before_signature) + base64_of(key.sign(body)) + std::string(closing);
}

Result<Certificate> read_certificate(std::string_view document) {
    const std::size_t tail = before_signature.size() + signature_characters + closing.size();
    if (document.size() < opening.size() + tail || !document.starts_with(opening) || !document.ends_with(closing) ||
        !document.substr(document.size() - tail).starts_with(before_signature))
        return refused("this is not a certificate of mailhaul, or a damaged one");
    const std::string_view body = document.substr(opening.size(), document.size() - opening.size() - tail);
    const std::string_view encoded =
        document.substr(document.size() - closing.size() - signature_characters, signature_characters);
    auto certificate = body_from(body);
    if (!certificate) return refused("this is not a certificate of version 1, or an altered one");
    const auto signature = octets_from<64>(encoded);
    if (!signature || base64_of(*signature) != encoded || !is_signed_by(certificate->signer, body, *signature))
        return refused("the signature does not fit what the certificate says: it was altered after it was signed");
    if (body_of(*certificate) != body || !adds_up(certificate->verification))
        return refused("what the certificate says contradicts itself, though it is signed");
    return std::move(*certificate);
}

}  // namespace mailhaul::proof
