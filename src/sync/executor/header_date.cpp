// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/header_date.hpp"

#include <string>

#include "imap/types/mail_date.hpp"
#include "message/header_scan.hpp"

namespace mailhaul::sync {
namespace {

std::optional<imap::InternalDate> usable(std::string_view value, const DateRange& range) {
    std::string line(value);
    std::erase_if(line, [](char c) { return c == '\r' || c == '\n'; });
    const auto date = imap::parse_mail_date(message::trimmed(line));
    return date && range.holds(date->epoch_seconds) ? date : std::nullopt;
}

}  // namespace

std::optional<imap::InternalDate> date_in_header(std::string_view message, const DateRange& range) {
    message::FieldReader reader(message);
    std::optional<imap::InternalDate> received;
    while (const auto field = reader.next()) {
        if (message::same_name(field->name, "Date")) {
            if (const auto date = usable(field->value, range)) return date;
        } else if (message::same_name(field->name, "Received")) {
            const std::size_t semicolon = field->value.rfind(';');  // the oldest stands last
            if (semicolon == std::string_view::npos) continue;
            if (const auto date = usable(field->value.substr(semicolon + 1), range)) received = date;
        }
    }
    return received;
}

}  // namespace mailhaul::sync
