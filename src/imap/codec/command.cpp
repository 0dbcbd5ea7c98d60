// SPDX-License-Identifier: Apache-2.0
// Commands, spelled: which string form is safe, and where a command must pause for the server.
//
// Strings take the plainest form that every server reads: atom, else quoted, else literal. A non-synchronising
// literal does not end a part, so a command over LITERAL+ goes out in one write.
#include "imap/codec/command.hpp"

#include <algorithm>
#include <utility>

#include "base/base64.hpp"
#include "imap/codec/modified_utf7.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

/// Some servers choke on longer quoted strings; none on a literal.
constexpr std::size_t longest_inline_string = 1000;
constexpr std::uint64_t longest_minus_literal = 4096;  // RFC 7888 section 5

/// ASTRING-CHAR = ATOM-CHAR / resp-specials. A bare NIL would be read as "no string".
bool fits_atom(std::string_view value) {
    return !value.empty() && !equal_ignoring_case(value, "NIL") &&
           std::ranges::all_of(value, [](char c) { return is_atom_char(c) || c == ']'; });
}

bool fits_quoted(std::string_view value) {
    return std::ranges::none_of(value, [](char c) { return c == '\0' || c == '\r' || c == '\n' || (c & 0x80) != 0; });
}

std::string quoted(std::string_view value) {
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out += '"';
}

/// `value` with `?` for every octet that a quoted string cannot hold.
std::string quotable(std::string value) {
    std::ranges::replace_if(value, [](char c) { return !fits_quoted({&c, 1}); }, '?');
    return value;
}

std::string parenthesised(std::string_view list) {
    if (list.starts_with('(') && list.ends_with(')')) return std::string(list);
    return "(" + std::string(list) + ")";
}

Command bare(std::string_view verb, CommandKind kind) { return CommandBuilder(verb, kind, LiteralMode::synchronising).build(); }

Command on_mailbox(std::string_view verb, CommandKind kind, const MailboxName& mailbox, LiteralMode literals) {
    return std::move(CommandBuilder(verb, kind, literals).mailbox(mailbox)).build();
}

}  // namespace

CommandBuilder::CommandBuilder(std::string_view verb, CommandKind kind, LiteralMode literals)
    : literals_(literals), pending_(verb) {
    command_.name = verb;
    command_.kind = kind;
}

CommandBuilder& CommandBuilder::atom(std::string_view text) {
    pending_ += ' ';
    return raw(text);
}

CommandBuilder& CommandBuilder::raw(std::string_view text) {
    pending_ += text;
    return *this;
}

// astring = 1*ASTRING-CHAR / string
CommandBuilder& CommandBuilder::astring(std::string_view value) {
    if (value.size() > longest_inline_string || !fits_quoted(value)) return literal(std::string(value), false);
    return fits_atom(value) ? atom(value) : atom(quoted(value));
}

CommandBuilder& CommandBuilder::mailbox(const MailboxName& name) {
    command_.name += " " + quoted(display_name(name.raw()));
    return astring(name.raw());
}

CommandBuilder& CommandBuilder::secret_astring(std::string_view value) {
    command_.secret = true;
    return astring(value);
}

CommandBuilder& CommandBuilder::literal(std::string octets, bool binary) {
    if (announce(octets.size(), binary)) {
        end_part();
        pending_waits_ = true;
    }
    return raw(octets);
}

CommandBuilder& CommandBuilder::shared_literal(SharedOctets octets, bool binary) {
    const bool waits = announce(octets->size(), binary);
    end_part();
    command_.parts.push_back({{}, waits, std::nullopt, std::move(octets)});
    return *this;
}

CommandBuilder& CommandBuilder::external_literal(Octets size, bool binary) {
    const bool waits = announce(size.value(), binary);
    end_part();
    command_.parts.push_back({{}, waits, size});
    return *this;
}

// append-opts = [SP flag-list] [SP date-time]
CommandBuilder& CommandBuilder::append_meta(const AppendMeta& meta) {
    if (!meta.flags.empty()) atom("(" + meta.flags.to_string() + ")");
    if (meta.date) atom(quoted(meta.date->to_string()));
    return *this;
}

Command CommandBuilder::build() && {
    raw("\r\n");
    end_part();
    return std::move(command_);
}

Command CommandBuilder::build_held() && {
    if (!pending_.empty()) end_part();
    raw("\r\n");
    end_part();
    command_.parts.back().held = true;
    return std::move(command_);
}

bool CommandBuilder::announce(std::uint64_t size, bool binary) {
    const bool waits =
        literals_ == LiteralMode::synchronising || (literals_ == LiteralMode::minus && size > longest_minus_literal);
    atom(binary ? "~{" : "{").raw(std::to_string(size)).raw(waits ? "}\r\n" : "+}\r\n");
    return waits;
}

void CommandBuilder::end_part() {
    command_.parts.push_back({std::exchange(pending_, {}), std::exchange(pending_waits_, false), std::nullopt});
}

Command capability_command() { return bare("CAPABILITY", CommandKind::other); }
Command noop_command() { return bare("NOOP", CommandKind::other); }
Command logout_command() { return bare("LOGOUT", CommandKind::logout); }
Command starttls_command() { return bare("STARTTLS", CommandKind::exclusive); }
Command namespace_command() { return bare("NAMESPACE", CommandKind::other); }
Command unselect_command() { return bare("UNSELECT", CommandKind::select); }
Command close_command() { return bare("CLOSE", CommandKind::select); }
Command expunge_command() { return bare("EXPUNGE", CommandKind::uid); }

Command compress_command() {
    return std::move(CommandBuilder("COMPRESS", CommandKind::exclusive, LiteralMode::synchronising).atom("DEFLATE")).build();
}

// id = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil): RFC 2971 wants strings, not atoms.
Command id_command(const std::vector<std::pair<std::string, std::string>>& fields) {
    CommandBuilder command("ID", CommandKind::other, LiteralMode::synchronising);
    if (fields.empty()) return std::move(command.atom("NIL")).build();
    std::string list;
    for (const auto& [name, value] : fields) {
        if (!list.empty()) list += ' ';
        list += quoted(quotable(name)) + ' ' + quoted(quotable(value));
    }
    return std::move(command.atom(parenthesised(list))).build();
}

Command login_command(std::string_view user, std::string_view password, LiteralMode literals) {
    CommandBuilder command("LOGIN", CommandKind::exclusive, literals);
    return std::move(command.secret_astring(user).secret_astring(password)).build();
}

Command become_user_command(std::string_view verb, std::string_view user, LiteralMode literals) {
    return std::move(CommandBuilder(verb, CommandKind::exclusive, literals).astring(user)).build();
}

Command master_auth_command() { return bare("X-MASTERAUTH", CommandKind::exclusive); }

// authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp]: RFC 4959
Command authenticate_command(std::string_view mechanism, const std::optional<std::string>& initial) {
    CommandBuilder command("AUTHENTICATE", CommandKind::exclusive, LiteralMode::synchronising);
    command.atom(mechanism);
    if (initial) command.atom(initial->empty() ? "=" : base64_from(*initial));
    Command built = std::move(command).build();
    built.name.append(" ").append(mechanism);
    built.secret = true;
    return built;
}

Command enable_command(const std::vector<std::string>& capabilities) {
    CommandBuilder command("ENABLE", CommandKind::other, LiteralMode::synchronising);
    for (const auto& capability : capabilities) command.atom(capability);
    return std::move(command).build();
}

Command list_command(std::string_view reference, std::string_view pattern, std::string_view returns, LiteralMode literals) {
    CommandBuilder command("LIST", CommandKind::other, literals);
    command.astring(reference).astring(pattern);
    if (!returns.empty()) command.atom("RETURN").atom(parenthesised(returns));
    return std::move(command).build();
}

Command lsub_command(std::string_view reference, std::string_view pattern, LiteralMode literals) {
    return std::move(CommandBuilder("LSUB", CommandKind::other, literals).astring(reference).astring(pattern)).build();
}

Command status_command(const MailboxName& mailbox, std::string_view items, LiteralMode literals) {
    return std::move(CommandBuilder("STATUS", CommandKind::other, literals).mailbox(mailbox).atom(parenthesised(items)))
        .build();
}

Command select_command(const MailboxName& mailbox, SelectMode mode, std::string_view parameters, LiteralMode literals) {
    CommandBuilder command(mode == SelectMode::select ? "SELECT" : "EXAMINE", CommandKind::select, literals);
    command.mailbox(mailbox);
    if (!parameters.empty()) command.atom(parenthesised(parameters));
    return std::move(command).build();
}

Command create_command(const MailboxName& mailbox, std::optional<SpecialUse> use, LiteralMode literals) {
    CommandBuilder command("CREATE", CommandKind::other, literals);
    command.mailbox(mailbox);
    if (use) command.atom("(USE (").raw(to_string(*use)).raw("))");
    return std::move(command).build();
}

Command delete_command(const MailboxName& mailbox, LiteralMode literals) {
    return on_mailbox("DELETE", CommandKind::other, mailbox, literals);
}

Command rename_command(const MailboxName& from, const MailboxName& to, LiteralMode literals) {
    CommandBuilder command("RENAME", CommandKind::other, literals);
    command.mailbox(from).mailbox(to);
    return std::move(command).build();
}

Command subscribe_command(const MailboxName& mailbox, LiteralMode literals) {
    return on_mailbox("SUBSCRIBE", CommandKind::other, mailbox, literals);
}

Command unsubscribe_command(const MailboxName& mailbox, LiteralMode literals) {
    return on_mailbox("UNSUBSCRIBE", CommandKind::other, mailbox, literals);
}

Command get_quota_root_command(const MailboxName& mailbox, LiteralMode literals) {
    return on_mailbox("GETQUOTAROOT", CommandKind::other, mailbox, literals);
}

Command uid_fetch_command(std::string_view set, std::string_view items, std::string_view modifiers) {
    CommandBuilder command("UID FETCH", CommandKind::uid, LiteralMode::synchronising);
    command.atom(set).atom(parenthesised(items));
    if (!modifiers.empty()) command.atom(parenthesised(modifiers));
    return std::move(command).build();
}

Command uid_search_command(std::string_view returns, std::string_view criteria) {
    CommandBuilder command("UID SEARCH", CommandKind::uid, LiteralMode::synchronising);
    if (!returns.empty()) command.atom("RETURN").atom(parenthesised(returns));
    return std::move(command.atom(criteria)).build();
}

Command uid_store_command(std::string_view set, StoreMode mode, const FlagSet& flags) {
    CommandBuilder command("UID STORE", CommandKind::uid, LiteralMode::synchronising);
    command.atom(set);
    switch (mode) {
        case StoreMode::add: command.atom("+FLAGS.SILENT"); break;
        case StoreMode::remove: command.atom("-FLAGS.SILENT"); break;
        case StoreMode::replace: command.atom("FLAGS.SILENT"); break;
    }
    return std::move(command.atom(parenthesised(flags.to_string()))).build();
}

Command uid_add_labels_command(std::string_view set, const std::vector<std::string>& labels) {
    std::string list;
    for (const std::string& label : labels) {
        list += list.empty() ? "" : " ";
        if (label.starts_with('\\')) {
            list += label;
            continue;
        }
        list += '"';
        for (const char c : label) list += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
        list += '"';
    }
    CommandBuilder command("UID STORE", CommandKind::uid, LiteralMode::synchronising);
    return std::move(command.atom(set).atom("+X-GM-LABELS").atom("(" + list + ")")).build();
}

Command uid_copy_command(std::string_view set, const MailboxName& mailbox, LiteralMode literals) {
    return std::move(CommandBuilder("UID COPY", CommandKind::uid, literals).atom(set).mailbox(mailbox)).build();
}

Command uid_move_command(std::string_view set, const MailboxName& mailbox, LiteralMode literals) {
    return std::move(CommandBuilder("UID MOVE", CommandKind::uid, literals).atom(set).mailbox(mailbox)).build();
}

Command uid_expunge_command(std::string_view set) {
    return std::move(CommandBuilder("UID EXPUNGE", CommandKind::uid, LiteralMode::synchronising).atom(set)).build();
}

}  // namespace mailhaul::imap
