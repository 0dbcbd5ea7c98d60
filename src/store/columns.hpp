// SPDX-License-Identifier: Apache-2.0
// What the columns of a row say, as the ledger's values: for whoever writes a ledger and whoever only reads it. Private to
// store/.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "store/checksum.hpp"
#include "store/ledger.hpp"
#include "store/segment.hpp"
#include "store/sqlite.hpp"

namespace mailhaul::store {

/// What FlagSet::to_string() wrote.
inline imap::FlagSet flags_from(std::string_view text) {
    imap::FlagSet flags;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0) flags.insert(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return flags;
}

/// Empty where the column is NULL. `T` is a number or one of the strong ones.
template <typename T>
std::optional<T> optional_column(const Rows& rows, int column) {
    if (rows.is_null(column)) return std::nullopt;
    if constexpr (requires { typename T::value_type; }) return T{static_cast<typename T::value_type>(rows.number(column))};
    else return static_cast<T>(rows.number(column));
}

inline imap::Uid uid_column(const Rows& rows, int column) { return imap::Uid{static_cast<std::uint32_t>(rows.number(column))}; }

/// Two columns from `first` on: name and UIDVALIDITY.
inline MailboxKey mailbox_columns(const Rows& rows, int first) {
    return {imap::MailboxName(std::string(rows.text(first))),
            imap::UidValidity{static_cast<std::uint32_t>(rows.number(first + 1))}};
}

/// The columns source_uid, at, reason, message_id, subject, size.
inline Exception exception_columns(const Rows& rows) {
    return {.source = uid_column(rows, 0),
            .at = rows.number(1),
            .reason = std::string(rows.text(2)),
            .message_id = std::string(rows.text(3)),
            .subject = std::string(rows.text(4)),
            .size = static_cast<std::uint64_t>(rows.number(5))};
}

inline std::int64_t checksum_of(std::int64_t pair, const Settled& state) {
    return Checksum()
        .add(pair)
        .add(state.source_uid_next)
        .add(state.destination_uid_next)
        .add(state.source_messages)
        .add(state.destination_messages)
        .add(state.source_mod_seq)
        .add(state.destination_mod_seq)
        .add(std::int64_t{state.entries})
        .value();
}

/// The columns of `settled` in the order of the table, without the first.
inline Settled settled_columns(const Rows& rows) {
    return {.source_uid_next = optional_column<imap::Uid>(rows, 0),
            .destination_uid_next = optional_column<imap::Uid>(rows, 1),
            .source_messages = optional_column<std::uint32_t>(rows, 2),
            .destination_messages = optional_column<std::uint32_t>(rows, 3),
            .source_mod_seq = optional_column<imap::ModSeq>(rows, 4),
            .destination_mod_seq = optional_column<imap::ModSeq>(rows, 5),
            .entries = static_cast<std::uint32_t>(rows.number(6))};
}

/// `change` is an entry.
inline Entry entry_from(const Change& change, imap::FlagSet flags) {
    return {.source = change.source,
            .destination = change.destination,
            .origin = change.kind == Change::Kind::copied ? Origin::copied : Origin::adopted,
            .sha256 = change.sha256,
            .message_id = change.message_id,
            .flags = std::move(flags),
            .at = change.at,
            .repair = change.repair};
}

}  // namespace mailhaul::store
