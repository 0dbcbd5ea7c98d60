// SPDX-License-Identifier: Apache-2.0
#include "demo/sample_message.hpp"

#include <algorithm>
#include <array>

#include "base/base64.hpp"

namespace mailhaul::demo {
namespace {

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Length of the longest beginning of at most `most` octets that does not cut a character.
std::size_t whole_characters(std::string_view utf8, std::size_t most) {
    if (utf8.size() <= most) return utf8.size();
    while (most > 0 && (static_cast<unsigned char>(utf8[most]) & 0xC0U) == 0x80U) --most;
    return most;
}

std::string hex(std::uint64_t number) {
    std::string digits;
    for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[number >> static_cast<unsigned>(shift) & 15U];
    return digits;
}

// display-name of RFC 5322: quoted where specials ask for it, encoded where not ASCII.
std::string mailbox_of(const Person& person) {
    std::string name(person.name);
    if (!is_ascii(name)) {
        name = header_text(name);
    } else if (name.find_first_of("\",.@<>") != std::string::npos) {
        std::string quoted = "\"";
        for (const char c : name) {
            if (c == '"' || c == '\\') quoted += '\\';
            quoted += c;
        }
        name = quoted + "\"";
    }
    return name + " <" + std::string(person.address) + ">";
}

std::string received_line(Dice& dice, const Letter& letter) {
    const std::string host(letter.from.address.substr(letter.from.address.find('@') + 1));
    return "Received: from mx." + host + " (mx." + host + " [192.0.2." + std::to_string(dice.between(1, 254)) +
           "])\r\n\tby mail.old.example with ESMTPS id " + hex(dice.roll()).substr(0, 12) + "\r\n\tfor <anna@old.example>; " +
           header_date(letter.sent) + "\r\n";
}

std::string header_for(Dice& dice, const Letter& letter) {
    std::string header;
    if (letter.was_delivered)
        header += "Return-Path: <" + std::string(letter.from.address) + ">\r\n" + received_line(dice, letter);
    header += "Date: " + header_date(letter.sent) + "\r\nFrom: " + mailbox_of(letter.from) +
              "\r\nTo: " + mailbox_of(letter.to) + "\r\nSubject: " + header_text(letter.subject) +
              "\r\nMessage-ID: " + letter.message_id + "\r\n";
    if (!letter.references.empty()) {
        header += "In-Reply-To: " + letter.references.back() + "\r\nReferences:";
        for (const std::string& reference : letter.references) header += " " + reference + "\r\n";
    }
    return header + "MIME-Version: 1.0\r\n";
}

std::string quoted(std::string_view text) {
    std::string quotation;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
        quotation += "> " + std::string(text.substr(0, end));
        text.remove_prefix(end);
    }
    return quotation;
}

// A file that compresses badly, in base64. Drawn from few lines: quick, also unoptimised.
std::string base64_file(Dice& dice, std::size_t octets) {
    constexpr std::size_t octets_per_line = 57;  // 76 characters
    std::vector<std::string> lines;
    for (int i = 0; i < 64; ++i) {
        std::string line;
        while (line.size() < octets_per_line) line += hex(dice.roll());
        lines.push_back(base64_from(line.substr(0, octets_per_line)) + "\r\n");
    }
    std::string file;
    file.reserve(octets / octets_per_line * 78 + 78);
    for (std::size_t written = 0; written < octets; written += octets_per_line) file += dice.pick(lines);
    return file;
}

std::string html_of(std::string_view text) {
    constexpr std::string_view gap = "\r\n\r\n";  // between paragraphs
    std::string html = "<html><body style=\"font-family:serif\">\r\n<p>";
    for (auto end = text.find(gap); end != std::string_view::npos; end = text.find(gap)) {
        html += text.substr(0, end);
        html += "</p>\r\n<p>";
        text.remove_prefix(end + gap.size());
    }
    html += text;
    return html + "</p>\r\n</body></html>\r\n";
}

}  // namespace

std::string header_text(std::string_view utf8) {
    constexpr std::size_t octets_per_word = 42;  // 56 characters of base64, 68 with its frame
    if (is_ascii(utf8)) return std::string(utf8);
    std::string words;
    while (!utf8.empty()) {
        const std::size_t taken = whole_characters(utf8, octets_per_word);
        if (!words.empty()) words += "\r\n ";
        words += "=?UTF-8?B?" + base64_from(utf8.substr(0, taken)) + "?=";
        utf8.remove_prefix(taken);
    }
    return words;
}

std::string header_date(const imap::InternalDate& date) {
    constexpr std::array days{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};  // 1970-01-01 was a Thursday
    constexpr std::int64_t day = 86'400;
    const auto day_number = static_cast<std::size_t>((date.epoch_seconds + std::int64_t{date.zone_minutes} * 60) / day);
    std::string text = date.to_string();  // ` 1-Feb-2021 10:00:00 +0100`
    text[2] = ' ';
    text[6] = ' ';
    if (text.front() == ' ') text.erase(0, 1);
    return std::string(days.at(day_number % days.size())) + ", " + text;
}

std::string new_message_id(Dice& dice, std::string_view host) { return "<" + hex(dice.roll()) + "@" + std::string(host) + ">"; }

std::string plain_letter(Dice& dice, const Letter& letter, std::size_t octets) {
    std::string message =
        header_for(dice, letter) + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
    message += write_paragraphs(dice, octets);
    if (!letter.references.empty())
        message += "\r\n" + std::string(letter.to.name) + " wrote:\r\n" + quoted(write_paragraphs(dice, octets / 2));
    return message + "\r\n-- \r\n" + std::string(letter.from.name) + "\r\n";
}

std::string newsletter(Dice& dice, const Letter& letter, std::size_t octets) {
    const std::string boundary = "=_" + hex(dice.roll());
    const std::string text = write_paragraphs(dice, octets / 2);
    const std::string list(letter.from.address.substr(letter.from.address.find('@') + 1));
    return header_for(dice, letter) + "List-Id: <" + list + ">\r\nList-Unsubscribe: <https://" + list +
           "/leave>\r\nPrecedence: bulk\r\nContent-Type: multipart/alternative;\r\n\tboundary=\"" + boundary +
           "\"\r\n\r\nThis is a message in several parts.\r\n--" + boundary +
           "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text + "\r\n--" +
           boundary + "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + html_of(text) +
           "\r\n--" + boundary + "--\r\n";
}

std::string letter_with_attachment(Dice& dice, const Letter& letter, std::size_t octets) {
    struct File {
        std::string_view type;
        std::string_view name;
    };
    constexpr std::array files{File{"application/pdf", "offer.pdf"}, File{"image/jpeg", "IMG_2041.jpg"},
                               File{"application/zip", "plans.zip"}, File{"application/pdf", "invoice.pdf"}};
    const std::string boundary = "=_" + hex(dice.roll());
    const File file = dice.pick(files);
    return header_for(dice, letter) + "Content-Type: multipart/mixed;\r\n\tboundary=\"" + boundary + "\"\r\n\r\n--" + boundary +
           "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
           write_paragraphs(dice, 400) + "\r\n--" + boundary + "\r\nContent-Type: " + std::string(file.type) + "; name=\"" +
           std::string(file.name) + "\"\r\nContent-Disposition: attachment; filename=\"" + std::string(file.name) +
           "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_file(dice, octets) + "--" + boundary + "--\r\n";
}

std::vector<std::string> odd_messages(Dice& dice, const imap::InternalDate& sent) {
    const std::string date = "Date: " + header_date(sent) + "\r\n";
    const std::string from = "From: Anna Lindqvist <anna@old.example>\r\n";
    const std::string shared_id = "Message-ID: " + new_message_id(dice, "fax.example") + "\r\n";
    const std::string twin = from + date +
                             "Subject: the same letter, twice\r\nMessage-ID: " + new_message_id(dice, "twins.example") +
                             "\r\n\r\nEqual to the last octet.\r\n";
    std::string many_references;
    for (int i = 0; i < 200; ++i) many_references += "\r\n " + new_message_id(dice, "thread.example");
    return {
        from + date + "Subject: no Message-ID\r\n\r\nSome gateways never wrote one.\r\n",
        "\r\nThis message has no header at all, only this text.\r\n",
        from + date + shared_id + "Subject: fax, page 1\r\n\r\nThe first page.\r\n",
        from + date + shared_id + "Subject: fax, page 1\r\n\r\nThe second page, under the Message-ID of the first.\r\n",
        twin,
        twin,
        from + date + "Subject: Gr\xFC\xDF" + "e aus K\xF6ln\r\nMessage-ID: " + new_message_id(dice, "latin.example") +
            "\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSch\xF6ne Gr\xFC\xDF" +
            "e!\r\n",
        from + date + "Subject: one very long line\r\nMessage-ID: " + new_message_id(dice, "export.example") + "\r\n\r\n" +
            std::string(100'000, '=') + "\r\n",
        from + date + "Subject: nothing but a header\r\nMessage-ID: " + new_message_id(dice, "short.example") + "\r\n\r\n",
        from + date + "Message-ID: " + new_message_id(dice, "silent.example") +
            "\r\nSubject: \r\n\r\nNo subject, and no line end",
        from + date + "Subject: a long thread\r\nMessage-ID: " + new_message_id(dice, "thread.example") +
            "\r\nReferences:" + many_references + "\r\n\r\nSee below.\r\n",
        from + date + "Subject: literal look-alike {10}\r\nMessage-ID: " + new_message_id(dice, "parser.example") +
            "\r\n\r\n* 1 FETCH (BODY[] {10}\r\nA1 OK not really\r\n.\r\n",
        from + "Date: yesterday, around noon\r\nSubject: an unreadable date\r\nMessage-ID: " +
            new_message_id(dice, "clock.example") + "\r\n\r\nThe clock had stopped.\r\n",
    };
}

}  // namespace mailhaul::demo
