// SPDX-License-Identifier: Apache-2.0
// What the commands mean: each function is one question or one change, whatever the server's extensions are.
// Pipelined where the rules allow. All borrow the connection until they return; one at a time per connection.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/task.hpp"
#include "base/result.hpp"
#include "client/classify.hpp"
#include "client/connection.hpp"
#include "imap/codec/command.hpp"
#include "imap/types/mailbox.hpp"
#include "imap/types/response.hpp"
#include "imap/types/uid_set.hpp"

namespace mailhaul::client {

/// A mailbox as listed, with its counters where they could be had.
struct ListedMailbox {
    imap::MailboxInfo info;
    std::optional<imap::MailboxStatus> status;  ///< empty: \Noselect, or the server would not say
};

/// What an account looks like from outside.
struct AccountListing {
    imap::Namespaces namespaces;  ///< from NAMESPACE, or what LIST "" "" tells where the server has no NAMESPACE
    std::vector<ListedMailbox> mailboxes;
};

/// Namespaces and list_mailboxes() at once.
Task<Result<AccountListing>> list_account(Connection& connection);

/// Every mailbox with roles, subscription and counters: one round trip with LIST-EXTENDED and LIST-STATUS, else
/// LIST, LSUB and STATUS pipelined. A listing the server broke off is an Error, never a short list.
Task<Result<std::vector<ListedMailbox>>> list_mailboxes(Connection& connection);

/// Waits for every answer, also behind a refusal, so that none is left to come; the first trouble is returned, a lost
/// connection before any refusal.
Task<Result<void>> await_all(Connection& connection, std::vector<imap::CommandId> asked, Doing doing, const char* what);

/// SELECT or EXAMINE. Errors: mailbox_missing, mailbox_refused, no_permission (scope mailbox).
Task<Result<imap::SelectedMailbox>> open_mailbox(Connection& connection, imap::MailboxName name, imap::SelectMode mode);

/// Told each FETCH response that carries a UID.
using FetchVisitor = std::function<void(imap::FetchResponse&&)>;

/// open_mailbox() and `UID FETCH 1:* items` in one round trip. What is refused of an empty mailbox is no error.
Task<Result<imap::SelectedMailbox>> open_and_list(Connection& connection, imap::MailboxName name, imap::SelectMode mode,
                                                  std::string items, FetchVisitor visit);

/// STATUS of one mailbox.
Task<Result<imap::MailboxStatus>> ask_status(Connection& connection, imap::MailboxName name);

/// True where a refused CREATE says that the mailbox is there already (RFC 5530, or in words).
bool says_already_exists(const imap::StatusResponse& status);

/// CREATE, with the role where the server can take it. An existing mailbox is fine.
Task<Result<void>> create_mailbox(Connection& connection, imap::MailboxName name, std::optional<imap::SpecialUse> use);
Task<Result<void>> subscribe_mailbox(Connection& connection, imap::MailboxName name);
/// Also of a name that is no mailbox any more.
Task<Result<void>> unsubscribe_mailbox(Connection& connection, imap::MailboxName name);
/// DELETE, with all that is in it. Errors: mailbox_refused, no_permission (scope mailbox).
Task<Result<void>> delete_mailbox(Connection& connection, imap::MailboxName name);
/// RENAME; mailboxes below go along (RFC 9051 section 6.3.6). Errors: mailbox_refused, no_permission (scope mailbox).
Task<Result<void>> rename_mailbox(Connection& connection, imap::MailboxName from, imap::MailboxName to);

/// One UID FETCH: a set in wire form, the items to fetch, and modifiers such as `CHANGEDSINCE 12`.
struct FetchRequest {
    FetchRequest(std::string of, std::string what, std::string how = {})
        : set(std::move(of)), items(std::move(what)), modifiers(std::move(how)) {}
    std::string set;
    std::string items;
    std::string modifiers;
};
/// Each of `requests`, all pipelined. An empty answer for a UID is no error.
Task<Result<void>> fetch_items(Connection& connection, std::vector<FetchRequest> requests, FetchVisitor visit);
/// The same items of all `sets`.
Task<Result<void>> fetch_items(Connection& connection, std::vector<std::string> sets, std::string items, FetchVisitor visit);

/// Every UID of the selected mailbox; as ranges where the server has ESEARCH (RFC 4731), so that a mailbox of a hundred
/// thousand is one short line.
Task<Result<imap::UidSet>> list_uids(Connection& connection);

/// What `criteria` find in the selected mailbox, sent as they stand: no line end and no literal in them. Errors:
/// command_refused and command_rejected (scope mailbox) where the server does not understand them.
Task<Result<imap::UidSet>> search_uids(Connection& connection, std::string criteria);

/// Told the octets of bodies as they come; `end` with the UID once the response is complete.
struct BodyVisitor {
    BodyVisitor() = default;
    std::function<void(const imap::BodyBegin&)> begin;
    std::function<void(std::string_view)> data;
    std::function<void(imap::Uid)> end;
};
/// Whole bodies (BODY.PEEK[]), one command a set, pipelined; kept by nobody but the visitor.
Task<Result<void>> fetch_bodies(Connection& connection, std::vector<std::string> sets, BodyVisitor visit);

/// One change of flags, of as many messages as need it.
struct StoreRequest {
    imap::StoreMode mode = imap::StoreMode::add;
    imap::FlagSet flags;
    imap::UidSet uids;
};
/// UID STORE ... .SILENT, in as few commands as the lengths allow, all pipelined. The first refusal is returned, after the
/// others were answered.
Task<Result<void>> store_flags(Connection& connection, std::vector<StoreRequest> requests);
Task<Result<void>> store_flags(Connection& connection, imap::UidSet uids, imap::StoreMode mode, imap::FlagSet flags);

/// Removes exactly these messages: \Deleted and UID EXPUNGE. Without UIDPLUS by EXPUNGE, and only where nothing else in
/// the mailbox is marked \Deleted, as that would go with them. Returns true where they are gone; false where they must
/// stay, and are then not marked either.
Task<Result<bool>> remove_messages(Connection& connection, const imap::UidSet& uids);

/// True where move_messages() can be had.
bool can_move_messages(const Connection& connection);
/// Moves exactly these messages into another mailbox: MOVE, or COPY and remove_messages() under UIDPLUS.
Task<Result<void>> move_messages(Connection& connection, const imap::UidSet& uids, imap::MailboxName to);

}  // namespace mailhaul::client
