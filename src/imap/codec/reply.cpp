// SPDX-License-Identifier: Apache-2.0
#include "imap/codec/reply.hpp"

#include <algorithm>

#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

bool can_be_quoted(std::string_view value) {
    return value.size() <= 1000 && std::ranges::all_of(value, [](char c) { return c >= ' ' && c < '\x7F'; });
}

std::string_view word_of(StatusKind kind) {
    switch (kind) {
        case StatusKind::ok: return "OK";
        case StatusKind::no: return "NO";
        case StatusKind::bad: return "BAD";
        case StatusKind::bye: return "BYE";
        case StatusKind::preauth: return "PREAUTH";
    }
    return "BAD";
}

// Sets are upper case inside; the protocol's own name has a customary spelling and place that some clients look for.
std::string words_of(const CapabilitySet& capabilities) {
    std::string words = capabilities.has("IMAP4rev1") ? " IMAP4rev1" : "";
    for (const std::string& capability : capabilities)
        if (capability != "IMAP4REV1") words += " " + capability;
    return words;
}

// nstring
std::string nstring_token(const std::optional<std::string>& value) { return value ? string_token(*value) : "NIL"; }

std::string separator_token(std::optional<char> separator) {
    return separator ? string_token(std::string(1, *separator)) : "NIL";
}

// namespace = nil / "(" 1*namespace-descr ")"
std::string namespace_token(const std::vector<Namespace>& spaces) {
    if (spaces.empty()) return "NIL";
    std::string token = "(";
    for (const Namespace& space : spaces)
        token += "(" + string_token(space.prefix) + " " + separator_token(space.separator) + ")";
    return token + ")";
}

std::string_view word_of(ListResponse::Kind kind) {
    switch (kind) {
        case ListResponse::Kind::list: return "LIST";
        case ListResponse::Kind::lsub: return "LSUB";
        case ListResponse::Kind::xlist: return "XLIST";
    }
    return "LIST";
}

void add_item(std::string& items, std::string_view name, std::uint64_t value) {
    if (!items.empty()) items += ' ';
    items += std::string(name) + " " + std::to_string(value);
}

}  // namespace

std::string string_token(std::string_view value) {
    if (!can_be_quoted(value)) return "{" + std::to_string(value.size()) + "}\r\n" + std::string(value);
    std::string token = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') token += '\\';
        token += c;
    }
    return token + "\"";
}

std::string astring_token(std::string_view value) {
    const bool plain = !value.empty() && !equal_ignoring_case(value, "NIL") && std::ranges::all_of(value, is_atom_char);
    return plain ? std::string(value) : string_token(value);
}

std::string status_reply(std::string_view tag, StatusKind kind, std::string_view words) {
    std::string line = tag.empty() ? "*" : std::string(tag);
    line += " " + std::string(word_of(kind)) + " ";
    for (const char c : words) line += c >= '\0' && c < ' ' ? '?' : c;
    return line + "\r\n";
}

std::string continuation_reply(std::string_view words) { return "+ " + std::string(words) + "\r\n"; }

std::string capability_words(const CapabilitySet& capabilities) { return "CAPABILITY" + words_of(capabilities); }

std::string capability_reply(const CapabilitySet& capabilities) { return "* " + capability_words(capabilities) + "\r\n"; }

std::string enabled_reply(const CapabilitySet& capabilities) { return "* ENABLED" + words_of(capabilities) + "\r\n"; }

std::string id_reply(const std::vector<std::pair<std::string, std::optional<std::string>>>& fields) {
    if (fields.empty()) return "* ID NIL\r\n";
    std::string list;
    for (const auto& [name, value] : fields) {
        list += list.empty() ? "(" : " ";
        list += string_token(name) + " " + nstring_token(value);
    }
    return "* ID " + list + ")\r\n";
}

std::string namespace_reply(const Namespaces& namespaces) {
    return "* NAMESPACE " + namespace_token(namespaces.personal) + " " + namespace_token(namespaces.other_users) + " " +
           namespace_token(namespaces.shared) + "\r\n";
}

std::string list_reply(const ListResponse& list) {
    std::string attributes;
    for (const std::string& attribute : list.info.attributes) attributes += (attributes.empty() ? "" : " ") + attribute;
    return "* " + std::string(word_of(list.kind)) + " (" + attributes + ") " + separator_token(list.info.separator) + " " +
           astring_token(list.info.name.raw()) + "\r\n";
}

std::string mailbox_status_reply(const MailboxStatus& status) {
    std::string items;
    if (status.messages) add_item(items, "MESSAGES", *status.messages);
    if (status.recent) add_item(items, "RECENT", *status.recent);
    if (status.uid_next) add_item(items, "UIDNEXT", status.uid_next->value());
    if (status.uid_validity) add_item(items, "UIDVALIDITY", status.uid_validity->value());
    if (status.unseen) add_item(items, "UNSEEN", *status.unseen);
    if (status.deleted) add_item(items, "DELETED", *status.deleted);
    if (status.size) add_item(items, "SIZE", status.size->value());
    if (status.highest_mod_seq) add_item(items, "HIGHESTMODSEQ", status.highest_mod_seq->value());
    if (status.append_limit) add_item(items, "APPENDLIMIT", status.append_limit->value());
    if (status.mailbox_id) items += std::string(items.empty() ? "" : " ") + "MAILBOXID (" + *status.mailbox_id + ")";
    return "* STATUS " + astring_token(status.name.raw()) + " (" + items + ")\r\n";
}

std::string flags_reply(const FlagSet& flags) { return "* FLAGS (" + flags.to_string() + ")\r\n"; }

std::string exists_reply(std::uint32_t count) { return "* " + std::to_string(count) + " EXISTS\r\n"; }

std::string recent_reply(std::uint32_t count) { return "* " + std::to_string(count) + " RECENT\r\n"; }

std::string expunge_reply(SeqNum seq) { return "* " + std::to_string(seq.value()) + " EXPUNGE\r\n"; }

std::string vanished_reply(const VanishedResponse& vanished) {
    return std::string("* VANISHED ") + (vanished.earlier ? "(EARLIER) " : "") + vanished.uids.to_string() + "\r\n";
}

std::string search_reply(const SearchResponse& search) {
    std::string line = "* SEARCH";
    for (const std::uint32_t number : search.numbers) line += " " + std::to_string(number);
    if (search.mod_seq) line += " (MODSEQ " + std::to_string(search.mod_seq->value()) + ")";
    return line + "\r\n";
}

std::string esearch_reply(const ESearchResponse& search) {
    std::string line = "* ESEARCH";
    if (!search.tag.empty()) line += " (TAG " + string_token(search.tag) + ")";
    if (search.uid) line += " UID";
    if (search.min) line += " MIN " + std::to_string(*search.min);
    if (search.max) line += " MAX " + std::to_string(*search.max);
    if (search.count) line += " COUNT " + std::to_string(*search.count);
    if (!search.all.empty()) line += " ALL " + search.all.to_string();
    if (search.mod_seq) line += " MODSEQ " + std::to_string(search.mod_seq->value());
    return line + "\r\n";
}

std::string quota_root_reply(const QuotaRootResponse& quota) {
    std::string line = "* QUOTAROOT " + astring_token(quota.mailbox.raw());
    for (const std::string& root : quota.roots) line += " " + astring_token(root);
    return line + "\r\n";
}

std::string quota_reply(const QuotaResponse& quota) {
    std::string resources;
    for (const QuotaResource& resource : quota.resources)
        resources += (resources.empty() ? "" : " ") + resource.name + " " + std::to_string(resource.used) + " " +
                     std::to_string(resource.limit);
    return "* QUOTA " + astring_token(quota.root) + " (" + resources + ")\r\n";
}

FetchReply::FetchReply(SeqNum seq) : text_("* " + std::to_string(seq.value()) + " FETCH (") {}

FetchReply& FetchReply::item(std::string_view name) {
    if (!first_) text_ += ' ';
    first_ = false;
    text_ += name;
    text_ += ' ';
    return *this;
}

FetchReply& FetchReply::uid(Uid uid) {
    item("UID").text_ += std::to_string(uid.value());
    return *this;
}

FetchReply& FetchReply::flags(const FlagSet& flags) {
    item("FLAGS").text_ += "(" + flags.to_string() + ")";
    return *this;
}

FetchReply& FetchReply::internal_date(const InternalDate& date) {
    item("INTERNALDATE").text_ += "\"" + date.to_string() + "\"";
    return *this;
}

FetchReply& FetchReply::size(Octets size) {
    item("RFC822.SIZE").text_ += std::to_string(size.value());
    return *this;
}

FetchReply& FetchReply::mod_seq(ModSeq mod_seq) {
    item("MODSEQ").text_ += "(" + std::to_string(mod_seq.value()) + ")";
    return *this;
}

FetchReply& FetchReply::labels(const std::vector<std::string>& labels) {
    std::string list;
    for (const std::string& label : labels) list += (list.empty() ? "" : " ") + string_token(label);
    item("X-GM-LABELS").text_ += "(" + list + ")";
    return *this;
}

FetchReply& FetchReply::section(std::string_view label, std::optional<std::uint64_t> origin, Octets size) {
    std::string name(label);
    if (origin) name += "<" + std::to_string(*origin) + ">";
    item(name).text_ += "{" + std::to_string(size.value()) + "}" + "\r\n";
    return *this;
}

std::string FetchReply::finish() && { return std::move(text_) + ")" + "\r\n"; }

}  // namespace mailhaul::imap
