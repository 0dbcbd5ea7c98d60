// SPDX-License-Identifier: Apache-2.0
// Arrival dates that the destination's kind does not keep: another is given, and said so, before it makes one up.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "client/mailbox_commands.hpp"
#include "sync/executor/header_date.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/observe.hpp"
#include "sync/executor/uid_sets.hpp"

namespace mailhaul::sync {
namespace {

using Dates = std::map<imap::Uid, imap::InternalDate>;

Task<Result<Dates>> read_header_dates(client::Connection& source, imap::UidSet uids, DateRange range) {
    Dates dates;
    auto keep = [&](imap::FetchResponse&& fetch) {
        for (const imap::BodySection& section : fetch.sections)
            if (const auto date = date_in_header(section.text, range)) dates.insert_or_assign(*fetch.uid, *date);
    };
    auto read = co_await client::fetch_items(source, wire_sets(uids), "(UID BODY.PEEK[HEADER.FIELDS (DATE RECEIVED)])", keep);
    if (!read.ok()) co_return std::move(read).error().while_doing("reading dates in headers");
    co_return dates;
}

}  // namespace

/// Of items_. Asks for INTERNALDATE in advance, which costs a round trip, and so only where the destination needs it.
Task<Result<void>> MailboxSync::repair_dates() {
    const std::optional<DateRange> range = run_.rules.of_destination.dates;
    if (!range || !run_.rules.keep_internal_date) co_return Result<void>{};
    imap::UidSet unknown;
    for (const TransferItem& item : items_)
        if (item.takes_served_date) unknown.insert(item.source);
    Dates served;
    if (!unknown.empty()) {
        MH_CO_TRY(listed, co_await list_dates(source_, std::move(unknown)));
        served = std::move(listed);
    }
    imap::UidSet outside;
    for (TransferItem& item : items_) {
        if (const auto found = served.find(item.source); found != served.end()) item.date = found->second;
        if (item.date && !range->holds(item.date->epoch_seconds)) outside.insert(item.source);
    }
    if (outside.empty()) co_return Result<void>{};
    const std::uint64_t count = outside.size();
    MH_CO_TRY(written, co_await read_header_dates(source_, outside, *range));
    for (TransferItem& item : items_) {
        if (!outside.contains(item.source)) continue;
        const auto found = written.find(item.source);
        if (found != written.end()) item.date = found->second;
        else item.date->epoch_seconds = std::clamp(item.date->epoch_seconds, range->first, range->last);
    }
    run_.warn(run_.rules.of_destination.server + " cannot keep the arrival dates of " + spell_messages(count) + " in " +
              name() + ": each gets the date in its header, or else the nearest one possible");
    co_return Result<void>{};
}

}  // namespace mailhaul::sync
