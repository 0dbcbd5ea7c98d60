// SPDX-License-Identifier: Apache-2.0
#include "imap/codec/request_parser.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "imap/codec/request_cursor.hpp"

namespace mailhaul::imap {
namespace {

using Arguments = Result<RequestArguments>;

// id-params = "(" *(string SP nstring) ")" / nil
Arguments parse_id(RequestCursor& cursor) {
    IdRequest request;
    MH_TRY_VOID(cursor.expect(' '));
    if (!cursor.skip('(')) {
        MH_TRY(nil, cursor.upper_atom());
        if (nil != "NIL") return cursor.wanted("NIL or a list of fields");
        return RequestArguments(request);
    }
    while (!cursor.skip(')')) {
        if (!request.fields.empty()) MH_TRY_VOID(cursor.expect(' '));
        MH_TRY(field, cursor.string());
        MH_TRY_VOID(cursor.expect(' '));
        std::optional<std::string> value;
        if (cursor.peek() == 'N' || cursor.peek() == 'n') {
            MH_TRY(nil, cursor.upper_atom());
            if (nil != "NIL") return cursor.wanted("NIL or a string");
        } else {
            MH_TRY(text, cursor.string());
            value = std::move(text);
        }
        request.fields.emplace_back(std::move(field), std::move(value));
    }
    return RequestArguments(std::move(request));
}

Arguments parse_login(RequestCursor& cursor) {
    LoginRequest request;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(user, cursor.astring());
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(password, cursor.astring());
    request.user = std::move(user);
    request.password = Secret(std::move(password));
    return RequestArguments(std::move(request));
}

Arguments parse_authenticate(RequestCursor& cursor) {
    AuthenticateRequest request;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(mechanism, cursor.upper_atom());
    request.mechanism = std::move(mechanism);
    if (cursor.skip(' ')) {
        MH_TRY(initial, cursor.atom());
        request.initial = Secret(std::move(initial));
    }
    return RequestArguments(std::move(request));
}

Arguments parse_enable(RequestCursor& cursor) {
    EnableRequest request;
    do {
        MH_TRY_VOID(cursor.expect(' '));
        MH_TRY(capability, cursor.upper_atom());
        request.capabilities.push_back(std::move(capability));
    } while (!cursor.at_end());
    return RequestArguments(std::move(request));
}

struct StatusWord {
    std::string_view word;
    StatusItem item;
};
constexpr std::array status_words{StatusWord{"MESSAGES", StatusItem::messages},
                                  StatusWord{"RECENT", StatusItem::recent},
                                  StatusWord{"UIDNEXT", StatusItem::uid_next},
                                  StatusWord{"UIDVALIDITY", StatusItem::uid_validity},
                                  StatusWord{"UNSEEN", StatusItem::unseen},
                                  StatusWord{"DELETED", StatusItem::deleted},
                                  StatusWord{"SIZE", StatusItem::size},
                                  StatusWord{"HIGHESTMODSEQ", StatusItem::highest_mod_seq},
                                  StatusWord{"APPENDLIMIT", StatusItem::append_limit},
                                  StatusWord{"MAILBOXID", StatusItem::mailbox_id}};

Result<std::vector<StatusItem>> parse_status_items(RequestCursor& cursor) {
    std::vector<StatusItem> items;
    MH_TRY_VOID(cursor.expect('('));
    do {
        MH_TRY(word, cursor.upper_atom());
        const auto* known =
            std::find_if(status_words.begin(), status_words.end(), [&](const auto& row) { return row.word == word; });
        if (known == status_words.end()) return cursor.wanted("a STATUS item instead of " + word);
        items.push_back(known->item);
    } while (cursor.skip(' '));
    MH_TRY_VOID(cursor.expect(')'));
    return items;
}

Arguments parse_status(RequestCursor& cursor) {
    StatusRequest request;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(mailbox, cursor.mailbox());
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(items, parse_status_items(cursor));
    request.mailbox = std::move(mailbox);
    request.items = std::move(items);
    return RequestArguments(std::move(request));
}

// list-select-opts of RFC 5258; empty is allowed.
Result<void> parse_list_selection(RequestCursor& cursor, ListRequest& request) {
    request.extended = true;
    while (!cursor.skip(')')) {
        if (cursor.peek() == ' ') MH_TRY_VOID(cursor.expect(' '));
        MH_TRY(option, cursor.upper_atom());
        if (option == "SUBSCRIBED") {
            request.select_subscribed = true;
        } else if (option == "SPECIAL-USE") {
            request.select_special_use = true;
        } else if (option != "REMOTE" && option != "RECURSIVEMATCH") {
            return cursor.wanted("a LIST selection option instead of " + option);
        }
    }
    return {};
}

Result<void> parse_list_return(RequestCursor& cursor, ListRequest& request) {
    request.extended = true;
    MH_TRY(keyword, cursor.upper_atom());
    if (keyword != "RETURN") return cursor.wanted("RETURN instead of " + keyword);
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY_VOID(cursor.expect('('));
    while (!cursor.skip(')')) {
        if (cursor.peek() == ' ') MH_TRY_VOID(cursor.expect(' '));
        MH_TRY(option, cursor.upper_atom());
        if (option == "SUBSCRIBED") {
            request.return_subscribed = true;
        } else if (option == "CHILDREN") {
            request.return_children = true;
        } else if (option == "SPECIAL-USE") {
            request.return_special_use = true;
        } else if (option == "STATUS") {
            MH_TRY_VOID(cursor.expect(' '));
            MH_TRY(items, parse_status_items(cursor));
            request.return_status = std::move(items);
        } else {
            return cursor.wanted("a LIST return option instead of " + option);
        }
    }
    return {};
}

Arguments parse_list(RequestCursor& cursor) {
    ListRequest request;
    MH_TRY_VOID(cursor.expect(' '));
    if (cursor.skip('(')) {
        MH_TRY_VOID(parse_list_selection(cursor, request));
        MH_TRY_VOID(cursor.expect(' '));
    }
    MH_TRY(reference, cursor.astring());
    request.reference = std::move(reference);
    MH_TRY_VOID(cursor.expect(' '));
    if (cursor.skip('(')) {
        request.extended = true;
        do {
            MH_TRY(pattern, cursor.list_pattern());
            request.patterns.push_back(std::move(pattern));
        } while (cursor.skip(' '));
        MH_TRY_VOID(cursor.expect(')'));
    } else {
        MH_TRY(pattern, cursor.list_pattern());
        request.patterns.push_back(std::move(pattern));
    }
    if (cursor.skip(' ')) MH_TRY_VOID(parse_list_return(cursor, request));
    return RequestArguments(std::move(request));
}

Arguments parse_lsub(RequestCursor& cursor) {
    ListRequest request;
    request.kind = ListRequest::Kind::lsub;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(reference, cursor.astring());
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(pattern, cursor.list_pattern());
    request.reference = std::move(reference);
    request.patterns.push_back(std::move(pattern));
    return RequestArguments(std::move(request));
}

// RFC 7162 section 7: "QRESYNC" SP "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"
Result<QresyncParameters> parse_qresync(RequestCursor& cursor) {
    QresyncParameters parameters;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY_VOID(cursor.expect('('));
    MH_TRY(uid_validity, cursor.number());
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(mod_seq, cursor.mod_seq());
    parameters.uid_validity = UidValidity(static_cast<std::uint32_t>(uid_validity));
    parameters.mod_seq = mod_seq;
    while (cursor.skip(' ')) {
        if (cursor.skip('(')) {
            MH_TRY_VOID(cursor.sequence_set());
            MH_TRY_VOID(cursor.expect(' '));
            MH_TRY_VOID(cursor.sequence_set());
            MH_TRY_VOID(cursor.expect(')'));
        } else {
            MH_TRY(known, cursor.sequence_set());
            parameters.known_uids = std::move(known);
        }
    }
    MH_TRY_VOID(cursor.expect(')'));
    return parameters;
}

Arguments parse_select(RequestCursor& cursor, SelectMode mode) {
    SelectRequest request;
    request.mode = mode;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(mailbox, cursor.mailbox());
    request.mailbox = std::move(mailbox);
    if (cursor.skip(' ')) {
        MH_TRY_VOID(cursor.expect('('));
        do {
            MH_TRY(parameter, cursor.upper_atom());
            if (parameter == "CONDSTORE") {
                request.condstore = true;
            } else if (parameter == "QRESYNC") {
                MH_TRY(qresync, parse_qresync(cursor));
                request.qresync = std::move(qresync);
            } else {
                return cursor.wanted("a SELECT parameter instead of " + parameter);
            }
        } while (cursor.skip(' '));
        MH_TRY_VOID(cursor.expect(')'));
    }
    return RequestArguments(std::move(request));
}

// create-param of RFC 6154: "USE" SP "(" [use-attr *(SP use-attr)] ")"
Arguments parse_create(RequestCursor& cursor) {
    CreateRequest request;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(mailbox, cursor.mailbox());
    request.mailbox = std::move(mailbox);
    if (cursor.skip(' ')) {
        MH_TRY_VOID(cursor.expect('('));
        MH_TRY(word, cursor.upper_atom());
        if (word != "USE") return cursor.wanted("USE instead of " + word);
        MH_TRY_VOID(cursor.expect(' '));
        MH_TRY_VOID(cursor.expect('('));
        while (!cursor.skip(')')) {
            if (!request.uses.empty()) MH_TRY_VOID(cursor.expect(' '));
            MH_TRY(attribute, cursor.flag());
            const auto use = special_use_from(attribute);
            if (!use) return cursor.wanted("a special use instead of " + attribute);
            request.uses.push_back(*use);
        }
        MH_TRY_VOID(cursor.expect(')'));
    }
    return RequestArguments(std::move(request));
}

template <typename T>
Arguments parse_mailbox(RequestCursor& cursor) {
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(mailbox, cursor.mailbox());
    T request;
    request.mailbox = std::move(mailbox);
    return RequestArguments(std::move(request));
}

Arguments parse_rename(RequestCursor& cursor) {
    RenameRequest request;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(from, cursor.mailbox());
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(to, cursor.mailbox());
    request.from = std::move(from);
    request.to = std::move(to);
    return RequestArguments(std::move(request));
}

// append-message of RFC 3502: [SP flag-list] [SP date-time] SP literal
Result<AppendMessage> parse_append_message(RequestCursor& cursor) {
    AppendMessage message;
    MH_TRY_VOID(cursor.expect(' '));
    if (cursor.peek() == '(') {
        MH_TRY(flags, cursor.flag_list());
        message.flags = std::move(flags);
        MH_TRY_VOID(cursor.expect(' '));
    }
    if (cursor.peek() == '"') {
        MH_TRY(text, cursor.string());
        // Fixed width: what the lenient reader takes but spells otherwise is refused. `01` and ` 1` are both the first.
        message.date = parse_internal_date(text);
        if (text.starts_with('0')) text.front() = ' ';
        if (!message.date || message.date->to_string() != text)
            return cursor.wanted("a date-time before this instead of " + text);
        MH_TRY_VOID(cursor.expect(' '));
    }
    MH_TRY(literal, cursor.literal());
    message.binary = literal.binary;
    message.octets = std::move(literal.octets);
    return message;
}

Arguments parse_append(RequestCursor& cursor) {
    AppendRequest request;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(mailbox, cursor.mailbox());
    request.mailbox = std::move(mailbox);
    do {
        MH_TRY(message, parse_append_message(cursor));
        request.messages.push_back(std::move(message));
    } while (!cursor.at_end());
    return RequestArguments(std::move(request));
}

Arguments parse_uid_expunge(RequestCursor& cursor) {
    ExpungeRequest request;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(set, cursor.sequence_set());
    request.uids = std::move(set);
    return RequestArguments(std::move(request));
}

// "<" number "." nz-number ">"
Result<void> parse_partial(RequestCursor& cursor, SectionItem& item) {
    if (!cursor.skip('<')) return {};
    SectionItem::Partial partial;
    MH_TRY(origin, cursor.number(0x7FFFFFFFFFFFFFFF));
    MH_TRY_VOID(cursor.expect('.'));
    MH_TRY(count, cursor.number());
    MH_TRY_VOID(cursor.expect('>'));
    partial.origin = origin;
    partial.count = count;
    item.partial = partial;
    return {};
}

Result<void> parse_header_fields(RequestCursor& cursor, SectionItem& item) {
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY_VOID(cursor.expect('('));
    do {
        MH_TRY(field, cursor.astring());
        item.label += item.fields.empty() ? " (" : " ";
        item.label += field;
        item.fields.push_back(std::move(field));
    } while (cursor.skip(' '));
    item.label += ")";
    return cursor.expect(')');
}

// "[" [section-msgtext] "]", after BODY or BODY.PEEK
Result<SectionItem> parse_section(RequestCursor& cursor) {
    SectionItem item;
    item.label = "BODY[";
    MH_TRY_VOID(cursor.expect('['));
    if (cursor.peek() != ']') {
        MH_TRY(word, cursor.upper_atom());
        item.label += word;
        if (word == "HEADER") {
            item.part = SectionItem::Part::header;
        } else if (word == "TEXT") {
            item.part = SectionItem::Part::text;
        } else if (word == "HEADER.FIELDS" || word == "HEADER.FIELDS.NOT") {
            item.part = word.ends_with("NOT") ? SectionItem::Part::header_fields_not : SectionItem::Part::header_fields;
            MH_TRY_VOID(parse_header_fields(cursor, item));
        } else {
            return cursor.wanted("HEADER, HEADER.FIELDS or TEXT instead of " + word);
        }
    }
    MH_TRY_VOID(cursor.expect(']'));
    item.label += "]";
    MH_TRY_VOID(parse_partial(cursor, item));
    return item;
}

SectionItem old_section(std::string label, SectionItem::Part part, bool peek) {
    SectionItem item;
    item.label = std::move(label);
    item.part = part;
    item.peek = peek;
    return item;
}

struct MetaWord {
    std::string_view word;
    MetaItem item;
};
constexpr std::array meta_words{MetaWord{"UID", MetaItem::uid},
                                MetaWord{"FLAGS", MetaItem::flags},
                                MetaWord{"INTERNALDATE", MetaItem::internal_date},
                                MetaWord{"RFC822.SIZE", MetaItem::size},
                                MetaWord{"MODSEQ", MetaItem::mod_seq},
                                MetaWord{"X-GM-LABELS", MetaItem::labels}};

Result<FetchItem> parse_fetch_item(RequestCursor& cursor) {
    MH_TRY(word, cursor.upper_word_before("[ )"));
    for (const auto& [name, item] : meta_words)
        if (word == name) return FetchItem(item);
    if (word == "RFC822") return FetchItem(old_section(word, SectionItem::Part::everything, false));
    if (word == "RFC822.HEADER") return FetchItem(old_section(word, SectionItem::Part::header, true));
    if (word == "RFC822.TEXT") return FetchItem(old_section(word, SectionItem::Part::text, false));
    if (word != "BODY" && word != "BODY.PEEK") return cursor.wanted("a FETCH item instead of " + word);
    MH_TRY(section, parse_section(cursor));
    section.peek = word == "BODY.PEEK";
    return FetchItem(std::move(section));
}

Result<std::vector<FetchItem>> parse_fetch_items(RequestCursor& cursor) {
    std::vector<FetchItem> items;
    const bool several = cursor.skip('(');
    do {
        MH_TRY(item, parse_fetch_item(cursor));
        items.push_back(std::move(item));
    } while (several && cursor.skip(' '));
    if (several) MH_TRY_VOID(cursor.expect(')'));
    return items;
}

// RFC 7162: "(" "CHANGEDSINCE" SP mod-sequence-value [SP "VANISHED"] ")"
Result<void> parse_fetch_modifiers(RequestCursor& cursor, FetchRequest& request) {
    MH_TRY_VOID(cursor.expect('('));
    do {
        MH_TRY(word, cursor.upper_atom());
        if (word == "CHANGEDSINCE") {
            MH_TRY_VOID(cursor.expect(' '));
            MH_TRY(mod_seq, cursor.mod_seq());
            if (mod_seq == ModSeq(0)) return cursor.wanted("CHANGEDSINCE above 0");
            request.changed_since = mod_seq;
        } else if (word == "VANISHED") {
            request.vanished = true;
        } else {
            return cursor.wanted("a FETCH modifier instead of " + word);
        }
    } while (cursor.skip(' '));
    return cursor.expect(')');
}

Arguments parse_fetch(RequestCursor& cursor, Numbering numbering) {
    FetchRequest request;
    request.numbering = numbering;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(set, cursor.sequence_set());
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(items, parse_fetch_items(cursor));
    request.set = std::move(set);
    request.items = std::move(items);
    if (cursor.skip(' ')) MH_TRY_VOID(parse_fetch_modifiers(cursor, request));
    return RequestArguments(std::move(request));
}

Result<void> parse_store_modifiers(RequestCursor& cursor, StoreRequest& request) {
    MH_TRY_VOID(cursor.expect('('));
    MH_TRY(word, cursor.upper_atom());
    if (word != "UNCHANGEDSINCE") return cursor.wanted("UNCHANGEDSINCE instead of " + word);
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(mod_seq, cursor.mod_seq());
    request.unchanged_since = mod_seq;
    MH_TRY_VOID(cursor.expect(')'));
    return cursor.expect(' ');
}

// Gmail: "X-GM-LABELS" SP "(" [label *(SP label)] ")", where a label is an astring or begins with a backslash.
Result<std::vector<std::string>> parse_labels(RequestCursor& cursor) {
    std::vector<std::string> labels;
    MH_TRY_VOID(cursor.expect('('));
    while (!cursor.skip(')')) {
        if (!labels.empty()) MH_TRY_VOID(cursor.expect(' '));
        MH_TRY(label, cursor.peek() == '\\' ? cursor.flag() : cursor.astring());
        labels.push_back(std::move(label));
    }
    return labels;
}

// store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
Arguments parse_store(RequestCursor& cursor, Numbering numbering) {
    StoreRequest request;
    request.numbering = numbering;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(set, cursor.sequence_set());
    MH_TRY_VOID(cursor.expect(' '));
    request.set = std::move(set);
    if (cursor.peek() == '(') MH_TRY_VOID(parse_store_modifiers(cursor, request));
    if (cursor.skip('+')) {
        request.mode = StoreMode::add;
    } else if (cursor.skip('-')) {
        request.mode = StoreMode::remove;
    }
    MH_TRY(word, cursor.upper_atom());
    if (word == "X-GM-LABELS") {
        MH_TRY_VOID(cursor.expect(' '));
        MH_TRY(labels, parse_labels(cursor));
        request.labels = std::move(labels);
        return RequestArguments(std::move(request));
    }
    request.silent = word == "FLAGS.SILENT";
    if (word != "FLAGS" && !request.silent) return cursor.wanted("FLAGS instead of " + word);
    MH_TRY_VOID(cursor.expect(' '));
    if (cursor.peek() == '(') {
        MH_TRY(flags, cursor.flag_list());
        request.flags = std::move(flags);
    } else {
        do {
            MH_TRY(flag, cursor.flag());
            request.flags.insert(flag);
        } while (cursor.skip(' '));
    }
    return RequestArguments(std::move(request));
}

Result<SearchReturn> parse_search_return(RequestCursor& cursor) {
    SearchReturn wanted;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY_VOID(cursor.expect('('));
    if (cursor.peek() == ')') wanted.all = true;  // RFC 4731: nothing named means ALL
    while (!cursor.skip(')')) {
        if (cursor.peek() == ' ') MH_TRY_VOID(cursor.expect(' '));
        MH_TRY(word, cursor.upper_atom());
        if (word == "MIN") {
            wanted.min = true;
        } else if (word == "MAX") {
            wanted.max = true;
        } else if (word == "COUNT") {
            wanted.count = true;
        } else if (word == "ALL") {
            wanted.all = true;
        } else {
            return cursor.wanted("a SEARCH return option instead of " + word);
        }
    }
    return wanted;
}

Arguments parse_search(RequestCursor& cursor, Numbering numbering) {
    SearchRequest request;
    request.numbering = numbering;
    MH_TRY_VOID(cursor.expect(' '));
    if (cursor.skip_word("RETURN")) {
        MH_TRY(wanted, parse_search_return(cursor));
        request.returns = wanted;
        MH_TRY_VOID(cursor.expect(' '));
    }
    if (cursor.skip_word("CHARSET")) {
        MH_TRY_VOID(cursor.expect(' '));
        MH_TRY(charset, cursor.astring());
        request.charset = std::move(charset);
        MH_TRY_VOID(cursor.expect(' '));
    }
    MH_TRY(key, parse_search_program(cursor));
    request.key = std::move(key);
    return RequestArguments(std::move(request));
}

Arguments parse_copy(RequestCursor& cursor, Numbering numbering, CopyRequest::Kind kind) {
    CopyRequest request;
    request.numbering = numbering;
    request.kind = kind;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(set, cursor.sequence_set());
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(mailbox, cursor.mailbox());
    request.set = std::move(set);
    request.mailbox = std::move(mailbox);
    return RequestArguments(std::move(request));
}

Arguments parse_get_quota(RequestCursor& cursor) {
    GetQuotaRequest request;
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(root, cursor.astring());
    request.root = std::move(root);
    return RequestArguments(std::move(request));
}

template <typename T>
Arguments parse_nothing(RequestCursor& /*cursor*/) {
    return RequestArguments(T{});
}

struct Verb {
    std::string_view name;
    Arguments (*parse)(RequestCursor&);
};
constexpr std::array verbs{
    Verb{"APPEND", parse_append},
    Verb{"AUTHENTICATE", parse_authenticate},
    Verb{"CAPABILITY", parse_nothing<CapabilityRequest>},
    Verb{"CHECK", parse_nothing<CheckRequest>},
    Verb{"CLOSE", parse_nothing<CloseRequest>},
    Verb{"COPY", [](RequestCursor& c) { return parse_copy(c, Numbering::position, CopyRequest::Kind::copy); }},
    Verb{"CREATE", parse_create},
    Verb{"DELETE", parse_mailbox<DeleteRequest>},
    Verb{"ENABLE", parse_enable},
    Verb{"EXAMINE", [](RequestCursor& c) { return parse_select(c, SelectMode::examine); }},
    Verb{"EXPUNGE", parse_nothing<ExpungeRequest>},
    Verb{"FETCH", [](RequestCursor& c) { return parse_fetch(c, Numbering::position); }},
    Verb{"GETQUOTA", parse_get_quota},
    Verb{"GETQUOTAROOT", parse_mailbox<GetQuotaRootRequest>},
    Verb{"ID", parse_id},
    Verb{"LIST", parse_list},
    Verb{"LOGIN", parse_login},
    Verb{"LOGOUT", parse_nothing<LogoutRequest>},
    Verb{"LSUB", parse_lsub},
    Verb{"MOVE", [](RequestCursor& c) { return parse_copy(c, Numbering::position, CopyRequest::Kind::move); }},
    Verb{"NAMESPACE", parse_nothing<NamespaceRequest>},
    Verb{"NOOP", parse_nothing<NoopRequest>},
    Verb{"RENAME", parse_rename},
    Verb{"SEARCH", [](RequestCursor& c) { return parse_search(c, Numbering::position); }},
    Verb{"SELECT", [](RequestCursor& c) { return parse_select(c, SelectMode::select); }},
    Verb{"STARTTLS", parse_nothing<StartTlsRequest>},
    Verb{"STATUS", parse_status},
    Verb{"STORE", [](RequestCursor& c) { return parse_store(c, Numbering::position); }},
    Verb{"SUBSCRIBE", parse_mailbox<SubscribeRequest>},
    Verb{"UID COPY", [](RequestCursor& c) { return parse_copy(c, Numbering::uid, CopyRequest::Kind::copy); }},
    Verb{"UID EXPUNGE", parse_uid_expunge},
    Verb{"UID FETCH", [](RequestCursor& c) { return parse_fetch(c, Numbering::uid); }},
    Verb{"UID MOVE", [](RequestCursor& c) { return parse_copy(c, Numbering::uid, CopyRequest::Kind::move); }},
    Verb{"UID SEARCH", [](RequestCursor& c) { return parse_search(c, Numbering::uid); }},
    Verb{"UID STORE", [](RequestCursor& c) { return parse_store(c, Numbering::uid); }},
    Verb{"UNSELECT", parse_nothing<UnselectRequest>},
    Verb{"UNSUBSCRIBE", parse_mailbox<UnsubscribeRequest>},
};

Result<RequestHead> parse_head(RequestCursor& cursor) {
    RequestHead head;
    MH_TRY(tag, cursor.atom("]"));
    if (tag.find('+') != std::string::npos) return cursor.wanted("a tag without `+`");
    head.tag = std::move(tag);
    MH_TRY_VOID(cursor.expect(' '));
    MH_TRY(verb, cursor.upper_atom());
    head.verb = std::move(verb);
    if (head.verb == "UID") {
        MH_TRY_VOID(cursor.expect(' '));
        MH_TRY(rest, cursor.upper_atom());
        head.verb += " " + rest;
    }
    return head;
}

Arguments parse_arguments(RequestCursor& cursor, const std::string& verb) {
    const auto* known = std::find_if(verbs.begin(), verbs.end(), [&](const Verb& row) { return row.name == verb; });
    if (known == verbs.end()) return RequestArguments(UnknownRequest{});
    MH_TRY(arguments, known->parse(cursor));
    MH_TRY_VOID(cursor.expect_end());
    return std::move(arguments);
}

}  // namespace

RequestHead request_head(std::string_view text) {
    // Nothing past the verb is needed; a whole APPEND line would be copied for it otherwise.
    RequestCursor cursor(std::string(text.substr(0, 200)), {});
    auto head = parse_head(cursor);
    return head.ok() ? std::move(head).value() : RequestHead{};
}

Request parse_request(RawRequest raw) {
    Request request;
    const bool bare_line_feed = raw.bare_line_feed;
    const std::string tag_alone = raw.text.substr(0, raw.text.find(' '));
    RequestCursor cursor(std::move(raw.text), std::move(raw.literals));
    auto head = parse_head(cursor);
    if (!head.ok()) {
        if (RequestCursor(tag_alone, {}).atom().ok() && tag_alone.size() <= 100) request.tag = tag_alone;
        request.arguments = BadRequest{head.error().message};
        return request;
    }
    request.tag = std::move(head->tag);
    request.verb = std::move(head->verb);
    if (bare_line_feed) {
        request.arguments = BadRequest{"wanted CRLF, seen LF alone"};
        return request;
    }
    auto arguments = parse_arguments(cursor, request.verb);
    if (arguments.ok()) {
        request.arguments = std::move(arguments).value();
    } else {
        request.arguments = BadRequest{arguments.error().message};
    }
    return request;
}

}  // namespace mailhaul::imap
