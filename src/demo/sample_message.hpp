// SPDX-License-Identifier: Apache-2.0
// How one sample message is written: header fields, MIME parts, and the odd shapes real mailboxes hold.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demo/dice.hpp"
#include "demo/sample_text.hpp"
#include "imap/types/internal_date.hpp"

namespace mailhaul::demo {

/// What a letter says about itself.
struct Letter {
    Letter() = default;
    Person from = account_owner();
    Person to = account_owner();
    std::string subject;  ///< UTF-8
    imap::InternalDate sent;
    std::string message_id;               ///< with its angle brackets
    std::vector<std::string> references;  ///< oldest first
    bool was_delivered = true;            ///< has Received lines
};

/// `text` as it may stand in a header: itself, or encoded words folded onto lines (RFC 2047).
std::string header_text(std::string_view utf8);
/// `Mon, 1 Feb 2021 10:00:00 +0100`
std::string header_date(const imap::InternalDate& date);
std::string new_message_id(Dice& dice, std::string_view host);

/// Plain text; with a quotation of an earlier letter where it answers one.
std::string plain_letter(Dice& dice, const Letter& letter, std::size_t octets);
/// text/plain and text/html side by side, with list fields.
std::string newsletter(Dice& dice, const Letter& letter, std::size_t octets);
/// A few words and a file of `octets` octets in base64.
std::string letter_with_attachment(Dice& dice, const Letter& letter, std::size_t octets);

/// Messages that trip programs: no Message-ID, no header, 8-bit octets in the header, one line of 100,000 octets, LF alone,
/// nothing but a header, and more. Two share a Message-ID with different bodies; two are equal to the octet.
std::vector<std::string> odd_messages(Dice& dice, const imap::InternalDate& sent);

}  // namespace mailhaul::demo
