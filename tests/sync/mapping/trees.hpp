// SPDX-License-Identifier: Apache-2.0
// Mailbox trees written as text, so that a row of a table shows the server it is about.
#pragma once

#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "imap/codec/modified_utf7.hpp"
#include "sync/mapping/map_mailboxes.hpp"

namespace mailhaul::sync {

/// The servers of the world, as far as names go; what the lab runs.
struct Style {
    const char* prefix = "";
    char separator = '/';
    bool has_namespace = true;
};
inline constexpr Style maildir{"INBOX.", '.'};  ///< prefix `INBOX.`, as Dovecot of old, Courier, Cyrus 2
inline constexpr Style slashes{"", '/'};        ///< no prefix, as Dovecot of new, Cyrus 3, Exchange, Gmail
inline constexpr Style poor{"", '/', false};    ///< the same without NAMESPACE
inline constexpr Style points{"", '.'};         ///< no prefix, separator `.`
inline constexpr Style bars{"", '|'};           ///< Yandex

/// A mailbox as `name` or `name \Attribute ...` in UTF-8; `\S` means subscribed.
inline imap::MailboxInfo mailbox(std::string_view text, char separator) {
    const std::size_t end = text.find(" \\");
    imap::MailboxInfo info;
    info.name = imap::MailboxName(imap::utf7_from_utf8(text.substr(0, end)));
    info.separator = separator;
    std::istringstream attributes{std::string(end == std::string_view::npos ? "" : text.substr(end))};
    for (std::string attribute; attributes >> attribute;) {
        info.attributes.push_back(attribute);
        if (attribute == "\\S") info.subscribed = true;
        if (attribute == "\\NonExistent") info.non_existent = true;
        if (attribute == "\\Noselect" || attribute == "\\NonExistent") info.no_select = true;
        if (const auto use = imap::special_use_from(attribute)) info.special_uses.push_back(*use);
    }
    return info;
}

inline MailboxTree tree(const Style& style, const std::vector<std::string>& mailboxes) {
    MailboxTree made;
    if (style.has_namespace) made.personal = {style.prefix, style.separator};
    for (const std::string& text : mailboxes) made.mailboxes.push_back(mailbox(text, style.separator));
    return made;
}

/// `a, b \Sent, c` → its mailboxes.
inline std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> parts;
    for (std::size_t start = 0; start < list.size();) {
        const std::size_t end = std::min(list.find(", ", start), list.size());
        parts.push_back(list.substr(start, end - start));
        start = end + 2;
    }
    return parts;
}

inline std::string decoded(const imap::MailboxName& name) { return imap::utf8_from_utf7(name.raw()).value_or(name.raw()); }

/// `source→destination, ...` in the mapping's order, decoded.
inline std::string shown(const Mapping& mapping) {
    std::string text;
    for (const MailboxMapping& m : mapping.mailboxes) {
        text += (text.empty() ? "" : ", ") + decoded(m.source.name) + "→" + decoded(m.destination);
    }
    return text;
}

/// Only the destinations.
inline std::string destinations(const Mapping& mapping) {
    std::string text;
    for (const MailboxMapping& m : mapping.mailboxes) text += (text.empty() ? "" : ", ") + decoded(m.destination);
    return text;
}

}  // namespace mailhaul::sync
