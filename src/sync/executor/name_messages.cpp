// SPDX-License-Identifier: Apache-2.0
// Who exactly was repaired, and who could not be copied: named so that a person recognises the message.
#include <map>
#include <string>
#include <utility>

#include "client/mailbox_commands.hpp"
#include "sync/executor/mailbox_sync.hpp"

namespace mailhaul::sync {

/// Reads what people recognise a message by.
Task<Result<std::map<imap::Uid, std::string>>> MailboxSync::read_names(imap::UidSet uids) {
    std::map<imap::Uid, std::string> headers;
    if (uids.empty() || !source_.is_open()) co_return headers;
    std::vector<std::string> sets;
    for (const imap::UidSet& part : uids.split(900)) sets.push_back(part.to_string());
    auto keep = [&](imap::FetchResponse&& fetch) {
        for (imap::BodySection& section : fetch.sections)
            if (section.section.starts_with("HEADER")) headers[*fetch.uid] = std::move(section.text);
    };
    auto read =
        co_await client::fetch_items(source_, std::move(sets), "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID SUBJECT)])", keep);
    if (!read.ok() && read.error().scope >= Scope::account) co_return std::move(read).error();
    co_return headers;
}

Task<Result<void>> MailboxSync::name_messages() {
    imap::UidSet unnamed;
    for (const Failure& failure : failures_) unnamed.insert(failure.uid);
    for (const auto& [uid, mended] : work_.repaired_now) unnamed.insert(uid);
    MH_CO_TRY(headers, co_await read_names(std::move(unnamed)));
    name_repaired(headers);
    co_return name_failures(headers);
}

void MailboxSync::name_repaired(std::map<imap::Uid, std::string>& headers) {
    for (const auto& [uid, mended] : work_.repaired_now) {
        RepairedMessage message;
        message.mailbox = work_.report.source;
        message.uid = uid;
        if (const ListedMessage* listed = from_.find(uid)) message.size = Octets{listed->size};
        message.message_id = message::display_message_id(headers[uid]);
        message.subject = message::display_subject(headers[uid]);
        message.mended = mended;
        run_.name_repaired(std::move(message));
    }
    work_.repaired_now.clear();
}

/// The next mailboxes' larger ones are not read for nothing.
void MailboxSync::learn_refused_size(Octets size, Error& why) {
    if (!run_.refused_size || size < *run_.refused_size) run_.refused_size = size;
    const DestinationKnowledge& there = run_.rules.of_destination;
    if (there.usually_takes)
        why.message +=
            " (" + there.server + " usually takes " + spell(*there.usually_takes) + ": its administrator can allow more)";
}

Result<void> MailboxSync::name_failures(std::map<imap::Uid, std::string>& headers) {
    std::vector<store::Exception> remembered;
    for (Failure& failure : failures_) {
        if (!work_.failed_now.insert(failure.uid).second) continue;
        MessageException exception;
        exception.mailbox = work_.report.source;
        exception.uid = failure.uid;
        if (const ListedMessage* message = from_.find(failure.uid)) exception.size = Octets{message->size};
        exception.message_id = message::display_message_id(headers[failure.uid]);
        exception.subject = message::display_subject(headers[failure.uid]);
        const bool is_servers_word = failure.why.code == Errc::too_big && !failure.why.server_text.empty();
        if (is_servers_word) learn_refused_size(exception.size, failure.why);
        exception.code = failure.why.code;
        exception.reason = failure.why.describe();
        remembered.push_back({.source = failure.uid,
                              .at = run_.now(),
                              .reason = exception.reason,
                              .message_id = exception.message_id,
                              .subject = exception.subject,
                              .size = exception.size.value()});
        run_.name_exception(std::move(exception));
    }
    if (pair_ && !run_.dry_run && !remembered.empty()) MH_TRY_VOID(run_.ledger.record_exceptions(*pair_, remembered));
    work_.report.failed = static_cast<std::uint32_t>(work_.failed_now.size());
    return {};
}

}  // namespace mailhaul::sync
