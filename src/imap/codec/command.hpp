// SPDX-License-Identifier: Apache-2.0
// Commands → octets, in parts, because a synchronising literal must wait for the server's `+`.
//
// A Command is data: no tag, no I/O. The session adds the tag and decides when each part may go.
// Grammar: RFC 9051 section 9, `command`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imap/types/flag.hpp"
#include "imap/types/ids.hpp"
#include "imap/types/internal_date.hpp"
#include "imap/types/mailbox.hpp"
#include "imap/types/uid_set.hpp"

namespace mailhaul::imap {

/// How a literal may be sent on this connection (RFC 7888).
enum class LiteralMode : std::uint8_t {
    synchronising,  ///< `{n}` and wait
    minus,          ///< LITERAL-: `{n+}` up to 4096 octets
    plus,           ///< LITERAL+: `{n+}` always
};

/// What the session must know of a command to keep the pipelining rules (RFC 9051 section 5.5).
enum class CommandKind : std::uint8_t {
    exclusive,  ///< nothing else may be outstanding: LOGIN, AUTHENTICATE, STARTTLS, COMPRESS, UNAUTHENTICATE
    select,     ///< SELECT, EXAMINE, UNSELECT, CLOSE: behind `other`, and only Command::follows_select behind it
    append,
    uid,    ///< UID FETCH, STORE, SEARCH, COPY: freely with each other
    other,  ///< STATUS, LIST, CREATE, NAMESPACE, ID, ENABLE ...: freely with each other
    logout,
};

/// Octets that a command co-owns with its sender: a body is not copied to be sent, nor to be sent again.
using SharedOctets = std::shared_ptr<const std::string>;

/// One stretch of a command.
struct CommandPart {
    std::string text;                    ///< octets to send as they are
    bool wait_for_continuation = false;  ///< only after the server's `+`
    /// Set: instead of `text`, this many octets come from outside (a body streamed through) at this place.
    std::optional<Octets> external;
    SharedOctets shared = nullptr;  ///< set: these octets instead of `text`
    bool held = false;              ///< only after Session::release() or cancel()
};

/// What makes a server that reads it in place of a held end refuse the whole APPEND (RFC 3502 section 6.3.11).
inline constexpr std::string_view append_cancelled = " {0+}\r\n\r\n";

struct Command {
    std::string name;  ///< for errors and logs, no secrets: `APPEND "Archive"`, `LOGIN`
    CommandKind kind = CommandKind::other;
    std::vector<CommandPart> parts;  ///< the first begins right after the tag and blank; the last ends with CRLF
    bool secret = false;             ///< its octets never reach a log
    bool follows_select = false;     ///< goes out behind a SELECT not answered yet, and is in vain where that is refused
    bool follows_append = false;     ///< a SELECT of the mailbox that is open: goes out behind APPENDs not answered yet
};

/// One message of an APPEND: what goes between the mailbox and the literal.
struct AppendMeta {
    FlagSet flags;
    std::optional<InternalDate> date;
    bool binary = false;  ///< holds NUL; needs BINARY (RFC 3516)
};

/// Builds one command piece by piece.
class CommandBuilder {
public:
    CommandBuilder(std::string_view verb, CommandKind kind, LiteralMode literals);

    CommandBuilder& atom(std::string_view text);                       ///< blank and `text` as it is
    CommandBuilder& raw(std::string_view text);                        ///< `text` without a blank
    CommandBuilder& astring(std::string_view value);                   ///< blank and atom, quoted or literal, as needed
    CommandBuilder& mailbox(const MailboxName& name);                  ///< as astring, never a bare NIL
    CommandBuilder& secret_astring(std::string_view value);            ///< as astring; marks the command secret
    CommandBuilder& literal(std::string octets, bool binary);          ///< blank and `{n}` or `~{n}`, always a literal
    CommandBuilder& shared_literal(SharedOctets octets, bool binary);  ///< as literal, not copied
    CommandBuilder& external_literal(Octets size, bool binary);        ///< as literal, octets supplied while sending
    CommandBuilder& append_meta(const AppendMeta& meta);               ///< ` (flags) "date"`, each only where there is one
    Command build() &&;
    /// As build(), but the end of the command waits for Session::release(), so that it cannot be carried out before. For
    /// APPEND where the server takes `{n+}`.
    Command build_held() &&;

private:
    /// Writes `{n}` and returns whether its octets must wait for the server's `+`.
    bool announce(std::uint64_t size, bool binary);
    void end_part();
    Command command_;
    LiteralMode literals_;
    std::string pending_;
    bool pending_waits_ = false;
};

// The commands mailhaul sends. Names in errors are the verb and the mailbox. Lists (items, returns, parameters,
// modifiers) may come with their outer parentheses or without, and are left out where empty. APPEND is built where
// it is sent: its body comes from outside.
Command capability_command();
Command noop_command();
Command logout_command();
Command starttls_command();
Command compress_command();
Command id_command(const std::vector<std::pair<std::string, std::string>>& fields);
Command login_command(std::string_view user, std::string_view password, LiteralMode literals);
/// PROXYAUTH and X-SETUSER: `verb` takes a user's name and changes whose session it is.
Command become_user_command(std::string_view verb, std::string_view user, LiteralMode literals);
/// Kerio's X-MASTERAUTH: the server's challenge is a continuation request, the answer to it one line that is not base64.
Command master_auth_command();
/// `initial` is unencoded; empty optional: no SASL-IR. An empty initial response is sent as `=`.
Command authenticate_command(std::string_view mechanism, const std::optional<std::string>& initial);
Command enable_command(const std::vector<std::string>& capabilities);
Command namespace_command();
/// Plain `LIST "" pattern` where `returns` is empty, else `LIST "" pattern RETURN (returns)`.
Command list_command(std::string_view reference, std::string_view pattern, std::string_view returns, LiteralMode literals);
Command lsub_command(std::string_view reference, std::string_view pattern, LiteralMode literals);
Command status_command(const MailboxName& mailbox, std::string_view items, LiteralMode literals);
enum class SelectMode : std::uint8_t { select, examine };
Command select_command(const MailboxName& mailbox, SelectMode mode, std::string_view parameters, LiteralMode literals);
Command unselect_command();
Command close_command();
Command create_command(const MailboxName& mailbox, std::optional<SpecialUse> use, LiteralMode literals);
Command delete_command(const MailboxName& mailbox, LiteralMode literals);
Command rename_command(const MailboxName& from, const MailboxName& to, LiteralMode literals);
Command subscribe_command(const MailboxName& mailbox, LiteralMode literals);
Command unsubscribe_command(const MailboxName& mailbox, LiteralMode literals);
Command get_quota_root_command(const MailboxName& mailbox, LiteralMode literals);
/// `UID FETCH set (items)` and modifiers such as `(CHANGEDSINCE 12)`.
Command uid_fetch_command(std::string_view set, std::string_view items, std::string_view modifiers);
Command uid_search_command(std::string_view returns, std::string_view criteria);
enum class StoreMode : std::uint8_t { add, remove, replace };
Command uid_store_command(std::string_view set, StoreMode mode, const FlagSet& flags);
/// Gmail's `UID STORE set +X-GM-LABELS (labels)`. Labels that begin with a backslash go as they are, others quoted: printable
/// ASCII, as modified UTF-7 is.
Command uid_add_labels_command(std::string_view set, const std::vector<std::string>& labels);
Command uid_copy_command(std::string_view set, const MailboxName& mailbox, LiteralMode literals);
/// RFC 6851.
Command uid_move_command(std::string_view set, const MailboxName& mailbox, LiteralMode literals);
Command uid_expunge_command(std::string_view set);
Command expunge_command();

}  // namespace mailhaul::imap
