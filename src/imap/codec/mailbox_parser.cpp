// SPDX-License-Identifier: Apache-2.0
// STATUS, NAMESPACE, FLAGS, QUOTA and QUOTAROOT: what is told about mailboxes without listing them
// (RFC 9051 sections 7.3.3 to 7.3.5, RFC 9208).
#include <algorithm>
#include <array>
#include <limits>

#include "imap/codec/response_parsers.hpp"
#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

constexpr std::array<std::string_view, 10> status_items{"MESSAGES", "UIDNEXT", "UIDVALIDITY", "HIGHESTMODSEQ", "SIZE",
                                                        "UNSEEN",   "RECENT",  "DELETED",     "APPENDLIMIT",   "MAILBOXID"};

bool starts_like_status_items(std::string_view list) {
    Lexer in(list);
    if (in.accept(')')) return true;
    return std::ranges::count(status_items, upper_from(in.take_word())) > 0;
}

/// A name before a list. Where the server quotes it badly, or not at all, it ends where the items begin.
std::optional<std::string> read_name_before_items(Lexer& in) {
    in.skip_blanks();
    const std::size_t start = in.position();
    auto name = in.astring();
    in.skip_blanks();
    if (name && (in.peek() == '(' || in.at_end())) return name;
    in.move_to(start);
    std::string_view rest = in.rest();
    for (auto open = rest.find(" ("); open != std::string_view::npos; open = rest.find(" (", open + 1)) {
        if (!starts_like_status_items(rest.substr(open + 2))) continue;
        in.move_to(start + open);
        std::string_view bare = rest.substr(0, open);
        if (bare.size() >= 2 && bare.starts_with('"') && bare.ends_with('"')) bare = bare.substr(1, bare.size() - 2);
        return std::string(bare);
    }
    return std::nullopt;
}

template <typename Identifier>
std::optional<Identifier> read_identifier(Lexer& in) {
    const auto value = as_identifier(in.number());
    if (!value) return std::nullopt;
    return Identifier{*value};
}

std::optional<Octets> read_octets(Lexer& in) {
    const auto value = in.number();
    if (!value) return std::nullopt;
    return Octets{*value};
}

// status-att-val = ("MESSAGES" SP number) / ("UIDNEXT" SP nz-number) ...
void read_status_item(Lexer& in, std::string_view item, MailboxStatus& status) {
    const auto is = [&](std::string_view name) { return equal_ignoring_case(item, name); };
    in.skip_blanks();
    const std::size_t value_at = in.position();
    if (is("MESSAGES")) status.messages = in.number32();
    else if (is("UIDNEXT")) status.uid_next = read_identifier<Uid>(in);
    else if (is("UIDVALIDITY")) status.uid_validity = read_identifier<UidValidity>(in);
    else if (is("HIGHESTMODSEQ")) status.highest_mod_seq = read_mod_seq(in);
    else if (is("SIZE")) status.size = read_octets(in);
    else if (is("UNSEEN")) status.unseen = in.number32();
    else if (is("RECENT")) status.recent = in.number32();
    else if (is("DELETED")) status.deleted = in.number32();
    else if (is("APPENDLIMIT")) status.append_limit = read_octets(in);
    else if (is("MAILBOXID")) status.mailbox_id = read_parenthesised_id(in);
    if (in.position() == value_at) in.skip_value();
}

// namespace = nil / "(" 1*Namespace-Descr ")" / Namespace-Descr = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil) ... ")"
bool read_namespaces(Lexer& in, std::vector<Namespace>& group) {
    if (in.accept_nil()) return true;
    if (!in.accept('(')) return false;
    while (in.accept('(')) {
        auto prefix = in.astring();
        if (!prefix) return false;
        Namespace entry{std::move(*prefix), std::nullopt};
        if (!in.accept_nil()) {
            const auto separator = in.astring();
            if (!separator || separator->size() > 1) return false;
            if (!separator->empty()) entry.separator = separator->front();
        }
        while (!in.accept(')'))
            if (in.at_end() || !in.skip_value()) return false;
        group.push_back(std::move(entry));
    }
    return in.accept(')');
}

}  // namespace

// mailbox-data =/ "STATUS" SP mailbox SP "(" [status-att-list] ")"
std::optional<Response> parse_mailbox_status(Lexer& in) {
    auto name = read_name_before_items(in);
    if (!name || !is_usable_mailbox_name(*name)) return in.fail("a mailbox name");
    MailboxStatusResponse response;
    response.status.name = MailboxName(std::move(*name));
    if (!in.accept('(')) return in.fail("a list of STATUS items");
    while (!in.accept(')') && !in.at_end()) {
        const std::string_view item = in.take_word();
        if (item.empty()) return in.fail("a STATUS item");
        read_status_item(in, item, response.status);
    }
    return response;
}

std::optional<Response> parse_namespace(Lexer& in) {
    NamespaceResponse response;
    auto& groups = response.namespaces;
    for (auto* group : {&groups.personal, &groups.other_users, &groups.shared}) {
        in.skip_blanks();
        if (in.at_end()) break;
        if (!read_namespaces(in, *group)) return in.fail("NIL or a list of (prefix separator)");
    }
    return response;
}

std::optional<Response> parse_flags(Lexer& in) {
    auto flags = read_flag_list(in);
    if (!flags) return std::nullopt;
    return FlagsResponse{std::move(*flags)};
}

// quota-response = "QUOTA" SP quota-root-name SP "(" [resource-name SP usage SP limit ...] ")"
std::optional<Response> parse_quota(Lexer& in) {
    QuotaResponse response;
    in.skip_blanks();
    if (in.peek() != '(') {
        auto root = in.astring();
        if (!root) return in.fail("a quota root");
        response.root = std::move(*root);
    }
    if (!in.accept('(')) return in.fail("a list of resources");
    while (!in.accept(')') && !in.at_end()) {
        const std::string_view name = in.take_word();
        const auto used = in.number();
        const auto limit = in.number();
        if (name.empty() || !used || !limit) return in.fail("a resource, its usage and its limit");
        response.resources.push_back({upper_from(name), *used, *limit});
    }
    return response;
}

// quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name)
std::optional<Response> parse_quota_root(Lexer& in) {
    auto mailbox = in.astring();
    if (!mailbox || !is_usable_mailbox_name(*mailbox)) return in.fail("a mailbox name");
    QuotaRootResponse response;
    response.mailbox = MailboxName(std::move(*mailbox));
    for (in.skip_blanks(); !in.at_end(); in.skip_blanks()) {
        if (in.accept_nil()) continue;
        auto root = in.astring();
        if (!root) return in.fail("a quota root");
        response.roots.push_back(std::move(*root));
    }
    return response;
}

// flag-list = "(" [flag *(SP flag)] ")"
std::optional<FlagSet> read_flag_list(Lexer& in) {
    FlagSet flags;
    if (in.accept_nil()) return flags;
    if (!in.accept('(')) return in.fail("a list of flags");
    while (!in.accept(')') && !in.at_end()) {
        const auto flag = in.astring();
        if (!flag) return in.fail("a flag or `)`");
        if (*flag != "\\") flags.insert(*flag);
        if (flags.size() > most_list_words) return in.fail("at most " + std::to_string(most_list_words) + " flags");
    }
    return flags;
}

std::optional<std::string> read_parenthesised_id(Lexer& in) {
    if (!in.accept('(')) return std::nullopt;
    auto id = in.astring();
    in.accept(')');
    return id;
}

std::optional<std::uint32_t> as_identifier(std::optional<std::uint64_t> number) {
    if (number.value_or(0) == 0 || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

std::optional<ModSeq> read_mod_seq(Lexer& in) {
    const bool parenthesised = in.accept('(');
    const auto value = in.number();
    if (parenthesised) in.accept(')');
    if (value.value_or(0) == 0) return std::nullopt;
    return ModSeq{*value};
}

}  // namespace mailhaul::imap
