// SPDX-License-Identifier: Apache-2.0
// The server's half of the codec: commands as a client sends them, in any chunks, good and bad.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "imap/codec/command.hpp"
#include "imap/codec/framer.hpp"
#include "imap/codec/parser.hpp"
#include "imap/codec/reply.hpp"
#include "imap/codec/request_parser.hpp"
#include "imap/codec/request_reader.hpp"

namespace mailhaul::imap {
namespace {

/// Every request in `octets`, fed `chunk` octets at a time; each announced literal is accepted.
std::vector<Request> requests_in(std::string_view octets, std::size_t chunk) {
    RequestReader reader;
    std::vector<Request> requests;
    while (true) {
        auto event = reader.next();
        if (!event.ok()) {
            ADD_FAILURE() << event.error().message;
            return requests;
        }
        if (!event->has_value()) {
            if (octets.empty()) return requests;
            reader.feed(octets.substr(0, chunk));
            octets.remove_prefix(std::min(chunk, octets.size()));
        } else if (std::holds_alternative<LiteralAnnounced>(**event)) {
            reader.accept_literal();
        } else {
            requests.push_back(parse_request(std::get<RawRequest>(std::move(**event))));
        }
    }
}

Request only_request(std::string_view octets) {
    auto requests = requests_in(octets, 1000);
    EXPECT_EQ(requests.size(), 1U);
    return requests.empty() ? Request() : std::move(requests.front());
}

template <typename T>
T arguments_of(const std::string& line) {
    const Request request = only_request("a1 " + line + "\r\n");
    EXPECT_EQ(request.tag, "a1");
    if (const auto* bad = std::get_if<BadRequest>(&request.arguments)) ADD_FAILURE() << line << ": " << bad->reason;
    const T* arguments = std::get_if<T>(&request.arguments);
    EXPECT_NE(arguments, nullptr) << line;
    return arguments == nullptr ? T() : *arguments;
}

TEST(Request, is_read_the_same_in_chunks_of_any_size) {
    const std::string octets =
        "a1 LOGIN {3}\r\nann \"se\\\"cret\"\r\n"
        "a2 APPEND Sent (\\Seen $Work) \" 2-Feb-2021 10:00:00 +0100\" {5+}\r\nab}\r\n (\\Draft) ~{2}\r\nxy\r\n"
        "a3 NOOP\r\n";
    for (std::size_t chunk = 1; chunk <= octets.size(); ++chunk) {
        const auto requests = requests_in(octets, chunk);
        ASSERT_EQ(requests.size(), 3U) << "chunks of " << chunk;
        const auto* login = std::get_if<LoginRequest>(&requests[0].arguments);
        ASSERT_NE(login, nullptr);
        EXPECT_EQ(login->user, "ann");
        EXPECT_EQ(login->password.reveal(), "se\"cret");
        const auto* append = std::get_if<AppendRequest>(&requests[1].arguments);
        ASSERT_NE(append, nullptr);
        ASSERT_EQ(append->messages.size(), 2U);
        EXPECT_EQ(append->messages[0].octets, "ab}\r\n");
        EXPECT_EQ(append->messages[0].flags, (FlagSet{"\\Seen", "$Work"}));
        EXPECT_EQ(append->messages[0].date->to_string(), " 2-Feb-2021 10:00:00 +0100");
        EXPECT_FALSE(append->messages[0].binary);
        EXPECT_TRUE(append->messages[1].binary);
        EXPECT_FALSE(append->messages[1].date);
        EXPECT_EQ(requests[2].verb, "NOOP");
    }
}

TEST(Request, announces_each_literal_before_its_octets) {
    RequestReader reader;
    reader.feed("a1 LOGIN {3}\r\n");
    auto event = reader.next();
    ASSERT_TRUE(event.ok() && event->has_value());
    const auto& announced = std::get<LiteralAnnounced>(**event);
    EXPECT_EQ(announced.size, 3U);
    EXPECT_TRUE(announced.synchronising);
    EXPECT_EQ(request_head(announced.text).tag, "a1");
    EXPECT_EQ(request_head(announced.text).verb, "LOGIN");
    reader.drop_request();
    reader.feed("a2 NOOP\r\n");
    event = reader.next();
    ASSERT_TRUE(event.ok() && event->has_value());
    EXPECT_EQ(std::get<RawRequest>(**event).text, "a2 NOOP");
    EXPECT_TRUE(reader.is_idle());
}

TEST(Request, that_breaks_a_bound_costs_the_connection) {
    RequestLimits limits;
    limits.line = 100;
    limits.literal = 1000;
    limits.request = 1500;
    const std::vector<std::string> greedy{"a1 " + std::string(200, 'x'), "a1 APPEND x {1001+}\r\n",
                                          "a1 APPEND x {1000+}\r\n" + std::string(1000, 'm') + " {1000+}\r\n"};
    for (const std::string& octets : greedy) {
        RequestReader reader(limits);
        reader.feed(octets);
        auto event = reader.next();
        while (event.ok() && event->has_value()) {
            reader.accept_literal();
            event = reader.next();
        }
        EXPECT_FALSE(event.ok()) << octets.substr(0, 40);
    }
}

TEST(Request, reads_the_sets_a_client_may_write) {
    using Ranges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
    const auto resolved = [](const std::string& set) {
        return arguments_of<FetchRequest>("UID FETCH " + set + " FLAGS").set.resolve(20);
    };
    EXPECT_EQ(resolved("5"), (Ranges{{5, 5}}));
    EXPECT_EQ(resolved("9:7,1"), (Ranges{{1, 1}, {7, 9}}));
    EXPECT_EQ(resolved("3:*"), (Ranges{{3, 20}}));
    EXPECT_EQ(resolved("30:*"), (Ranges{{20, 30}})) << "`*` is the largest there is, even below the other bound";
    EXPECT_EQ(resolved("*,1:3,2:4"), (Ranges{{1, 4}, {20, 20}}));
}

TEST(Request, reads_fetch_items_with_sections_and_modifiers) {
    const auto fetch = arguments_of<FetchRequest>(
        "uid fetch 1:* (UID FLAGS INTERNALDATE RFC822.SIZE MODSEQ BODY.PEEK[]<5.10> BODY[HEADER] "
        "BODY.PEEK[HEADER.FIELDS (Message-ID \"DATE\")] BODY[TEXT]) (CHANGEDSINCE 7 VANISHED)");
    EXPECT_EQ(fetch.numbering, Numbering::uid);
    ASSERT_EQ(fetch.items.size(), 9U);
    const auto& body = std::get<SectionItem>(fetch.items[5]);
    EXPECT_TRUE(body.peek);
    EXPECT_EQ(body.label, "BODY[]");
    EXPECT_EQ(body.partial->origin, 5U);
    EXPECT_EQ(body.partial->count, 10U);
    const auto& fields = std::get<SectionItem>(fetch.items[7]);
    EXPECT_EQ(fields.label, "BODY[HEADER.FIELDS (Message-ID DATE)]");
    EXPECT_EQ(fields.fields, (std::vector<std::string>{"Message-ID", "DATE"}));
    EXPECT_FALSE(std::get<SectionItem>(fetch.items[8]).peek);
    EXPECT_EQ(fetch.changed_since, ModSeq(7));
    EXPECT_TRUE(fetch.vanished);
}

TEST(Request, reads_list_in_its_plain_and_extended_forms) {
    const auto plain = arguments_of<ListRequest>("LIST \"\" *");
    EXPECT_FALSE(plain.extended);
    EXPECT_EQ(plain.patterns, std::vector<std::string>{"*"});
    const auto extended = arguments_of<ListRequest>(
        "LIST (SUBSCRIBED) \"\" (\"INBOX\" \"Work/%\") RETURN (SPECIAL-USE CHILDREN SUBSCRIBED STATUS (MESSAGES UIDNEXT "
        "SIZE))");
    EXPECT_TRUE(extended.extended && extended.select_subscribed && extended.return_special_use && extended.return_children);
    EXPECT_EQ(extended.patterns.size(), 2U);
    EXPECT_EQ(extended.return_status, (std::vector<StatusItem>{StatusItem::messages, StatusItem::uid_next, StatusItem::size}));
    EXPECT_TRUE(arguments_of<ListRequest>("LIST () \"\" *").extended);
}

TEST(Request, reads_select_parameters) {
    EXPECT_TRUE(arguments_of<SelectRequest>("SELECT inbox (CONDSTORE)").condstore);
    const auto select =
        arguments_of<SelectRequest>("EXAMINE \"a b\" (QRESYNC (67890007 20050715194045000 41,43:211 (1:3 41,43:44)))");
    EXPECT_EQ(select.mode, SelectMode::examine);
    EXPECT_EQ(select.mailbox.raw(), "a b");
    ASSERT_TRUE(select.qresync);
    EXPECT_EQ(select.qresync->mod_seq, ModSeq(20050715194045000));
    EXPECT_TRUE(select.qresync->known_uids);
}

TEST(Request, reads_store_search_copy_and_the_rest) {
    const auto store = arguments_of<StoreRequest>("UID STORE 4,6 (UNCHANGEDSINCE 12) +FLAGS.SILENT (\\Deleted $Done)");
    EXPECT_EQ(store.mode, StoreMode::add);
    EXPECT_TRUE(store.silent);
    EXPECT_EQ(store.unchanged_since, ModSeq(12));
    EXPECT_EQ(arguments_of<StoreRequest>("STORE 1 FLAGS \\Seen \\Draft").flags, (FlagSet{"\\Seen", "\\Draft"}));
    const auto search = arguments_of<SearchRequest>(
        "UID SEARCH RETURN (MIN COUNT) CHARSET UTF-8 OR (UNSEEN SINCE 1-Feb-2021) NOT HEADER Message-ID <x@y> UID 5:9");
    EXPECT_TRUE(search.returns->min && search.returns->count && !search.returns->all);
    EXPECT_EQ(search.charset, "UTF-8");
    ASSERT_EQ(search.key.keys.size(), 2U);
    EXPECT_EQ(search.key.keys[0].kind, SearchKey::Kind::any_of);
    EXPECT_EQ(search.key.keys[0].keys[0].keys[1].day, 18659);
    EXPECT_EQ(search.key.keys[1].kind, SearchKey::Kind::uids);
    EXPECT_EQ(arguments_of<CopyRequest>("UID MOVE 1:3 Trash").kind, CopyRequest::Kind::move);
    EXPECT_EQ(arguments_of<CreateRequest>("CREATE Sent (USE (\\Sent))").uses, std::vector<SpecialUse>{SpecialUse::sent});
    EXPECT_TRUE(arguments_of<ExpungeRequest>("UID EXPUNGE 4,6").uids);
    EXPECT_FALSE(arguments_of<ExpungeRequest>("EXPUNGE").uids);
    EXPECT_EQ(arguments_of<EnableRequest>("ENABLE CONDSTORE QRESYNC").capabilities.size(), 2U);
    EXPECT_EQ(arguments_of<IdRequest>("ID (\"name\" \"x\" \"os\" NIL)").fields.size(), 2U);
    EXPECT_TRUE(arguments_of<IdRequest>("ID NIL").fields.empty());
    EXPECT_EQ(arguments_of<AuthenticateRequest>("AUTHENTICATE plain AGFubgBz").initial->reveal(), "AGFubgBz");
    EXPECT_EQ(arguments_of<GetQuotaRootRequest>("GETQUOTAROOT \"nil\"").mailbox.raw(), "nil");
}

TEST(Request, takes_the_first_of_a_month_with_a_blank_and_with_a_nought) {
    for (const std::string& day : std::vector<std::string>{" 1", "01", "31"}) {
        const auto request = only_request("a1 APPEND x \"" + day + "-Jan-2021 10:00:00 +0100\" {1}\r\nx\r\n");
        EXPECT_TRUE(std::holds_alternative<AppendRequest>(request.arguments)) << day;
    }
}

class Refused : public testing::TestWithParam<const char*> {};

TEST_P(Refused, is_answered_with_its_tag_and_a_reason) {
    const Request request = only_request(std::string("a1 ") + GetParam() + "\r\n");
    EXPECT_EQ(request.tag, "a1");
    const auto* bad = std::get_if<BadRequest>(&request.arguments);
    ASSERT_NE(bad, nullptr) << GetParam();
    EXPECT_TRUE(bad->reason.starts_with("wanted ")) << bad->reason;
}

INSTANTIATE_TEST_SUITE_P(request, Refused,
                         testing::Values("", "NOOP x", "LOGIN ann", "LOGIN  ann x", "LOGIN \"ann x", "LOGIN a\"b c", "SELECT",
                                         "SELECT \"a\\b\"", "STATUS x ()", "STATUS x (MESSAGES WRONG)", "UID FETCH 0 FLAGS",
                                         "UID FETCH 1, FLAGS", "UID FETCH 5000000000 FLAGS", "UID FETCH 1 (FLAGS",
                                         "UID FETCH 1 BODY[HEADER.FIELDS ()]", "UID FETCH 1 FLAGS (CHANGEDSINCE 0)",
                                         "UID FETCH 1 ()", "UID STORE 1 FLAGS (\\Recent)", "UID STORE 1 FLAG (\\Seen)",
                                         "UID SEARCH", "UID SEARCH WRONG", "UID SEARCH NOT", "UID SEARCH SINCE yesterday",
                                         "APPEND x", "APPEND x (\\Seen)", "APPEND x \"2-Feb-2021 10:00:00 +0100\" {1}\r\nx",
                                         "UID", "LIST \"\" * RETURN (WRONG)", "ID", "ID ()x",
                                         "APPEND x {99999999999999999999}"));

TEST(Request, made_of_any_octets_is_read_or_refused) {
    const std::vector<std::string> seeds{
        "a1 APPEND Sent (\\Seen $Work) \" 2-Feb-2021 10:00:00 +0100\" {5+}\r\nab}\r\n (\\Draft) ~{2}\r\nxy\r\n",
        "a2 UID FETCH 1:*,4 (UID BODY.PEEK[HEADER.FIELDS (DATE \"x\")]<5.10>) (CHANGEDSINCE 7 VANISHED)\r\n",
        "a3 UID SEARCH RETURN (ALL) OR (UNSEEN SINCE 1-Feb-2021) NOT HEADER {3}\r\nabc <x@y>\r\n",
        "a4 LIST (SUBSCRIBED) \"\" (\"INBOX\" a/%) RETURN (STATUS (MESSAGES))\r\n",
        "a5 SELECT x (QRESYNC (1 2 3:4 (5 6)))\r\n"};
    using namespace std::string_view_literals;
    constexpr std::string_view telling = "(){}[]<>\"\\ \r\n\0*%,:+~0a\xFF"sv;
    std::mt19937 dice(1);  // the same octets every time
    for (int i = 0; i < 20'000; ++i) {
        std::string octets = seeds[dice() % seeds.size()];
        for (auto changes = dice() % 4; changes > 0; --changes) {
            const std::size_t place = dice() % octets.size();
            if (dice() % 3 == 0) {
                octets.erase(place, 1 + dice() % 5);
            } else {
                octets.insert(place, 1, telling[dice() % telling.size()]);
            }
            octets += ' ';
        }
        RequestReader reader;
        reader.feed(octets);
        auto event = reader.next();
        while (event.ok() && event->has_value()) {
            if (std::holds_alternative<LiteralAnnounced>(**event)) {
                reader.accept_literal();
            } else {
                parse_request(std::get<RawRequest>(std::move(**event)));
            }
            event = reader.next();
        }
    }
}

TEST(Request, nested_deeper_than_anyone_needs_is_refused) {
    std::string line = "UID SEARCH ";
    for (int i = 0; i < 1000; ++i) line += "(";
    EXPECT_TRUE(std::holds_alternative<BadRequest>(only_request("a1 " + line + "ALL\r\n").arguments));
}

TEST(Request, ended_by_a_bare_line_feed_is_refused) {
    const Request request = only_request("a1 NOOP\n");
    EXPECT_EQ(request.tag, "a1");
    EXPECT_TRUE(std::holds_alternative<BadRequest>(request.arguments));
}

TEST(Request, of_an_unknown_verb_keeps_its_tag) {
    const Request request = only_request("a1 XYZZY \"plugh\"\r\n");
    EXPECT_EQ(request.tag, "a1");
    EXPECT_TRUE(std::holds_alternative<UnknownRequest>(request.arguments));
}

/// The octets of `command` as they would go over the wire, tagged.
std::string wire_of(const Command& command) {
    std::string octets = "a1 ";
    for (const CommandPart& part : command.parts) octets += part.text;
    return octets;
}

TEST(Request, built_by_the_client_is_read_back) {
    const MailboxName odd("Entw&APw-rfe \"2021\"");
    EXPECT_EQ(
        std::get<SelectRequest>(only_request(wire_of(select_command(odd, SelectMode::select, "", LiteralMode::plus))).arguments)
            .mailbox,
        odd);
    const auto login = only_request(wire_of(login_command("änn", "p{3}\\", LiteralMode::plus)));
    EXPECT_EQ(std::get<LoginRequest>(login.arguments).user, "änn");
    EXPECT_EQ(std::get<LoginRequest>(login.arguments).password.reveal(), "p{3}\\");
    const auto store = only_request(wire_of(uid_store_command("1:5", StoreMode::remove, FlagSet{"\\Seen", "$Forwarded"})));
    EXPECT_EQ(std::get<StoreRequest>(store.arguments).flags.size(), 2U);
    const auto create = only_request(wire_of(create_command(odd, SpecialUse::drafts, LiteralMode::synchronising)));
    EXPECT_EQ(std::get<CreateRequest>(create.arguments).uses.size(), 1U);
}

/// What the client's parser makes of one reply.
Response parsed(const std::string& octets) {
    Framer framer;
    framer.feed(octets);
    auto frame = framer.next();
    EXPECT_TRUE(frame.ok() && frame->has_value()) << octets;
    if (!frame.ok() || !frame->has_value()) return UnreadableResponse{};
    return parse_response(std::get<RawResponse>(**frame));
}

TEST(Reply, is_read_back_by_the_client) {
    const auto status = std::get<StatusResponse>(parsed(status_reply("a7", StatusKind::no, "[TRYCREATE] no\r\nsuch thing")));
    EXPECT_EQ(status.tag, "a7");
    EXPECT_EQ(status.code_name(), "TRYCREATE");
    EXPECT_EQ(status.text, "no??such thing");

    ListResponse row;
    row.info.name = MailboxName("&AMQ-rger \"x\"");
    row.info.separator = '\\';
    row.info.attributes = {"\\HasNoChildren", "\\Sent"};
    const auto list = std::get<ListResponse>(parsed(list_reply(row)));
    EXPECT_EQ(list.info.name, row.info.name);
    EXPECT_EQ(list.info.separator, '\\');
    EXPECT_EQ(list.info.attributes, row.info.attributes);

    MailboxStatus counts;
    counts.name = MailboxName("NIL");
    counts.messages = 3;
    counts.uid_next = Uid(9);
    counts.size = Octets(5'000'000'000);
    const auto read = std::get<MailboxStatusResponse>(parsed(mailbox_status_reply(counts))).status;
    EXPECT_EQ(read.name, counts.name);
    EXPECT_EQ(read.messages, 3U);
    EXPECT_EQ(read.size, counts.size);
    EXPECT_FALSE(read.uid_validity);

    ESearchResponse search;
    search.tag = "a9";
    search.uid = true;
    search.count = 4;
    search.all.insert(Uid(2));
    search.all.insert(Uid(10), Uid(12));
    const auto found = std::get<ESearchResponse>(parsed(esearch_reply(search)));
    EXPECT_EQ(found.tag, "a9");
    EXPECT_EQ(found.all, search.all);

    FetchReply fetch{SeqNum(4)};
    fetch.uid(Uid(77)).flags(FlagSet{"\\Seen"}).mod_seq(ModSeq(5)).section("BODY[HEADER]", std::nullopt, Octets(4));
    const std::string text = fetch.take() + "a: b" + std::move(fetch).finish();
    const auto message = std::get<FetchResponse>(parsed(text));
    EXPECT_EQ(message.uid, Uid(77));
    EXPECT_EQ(message.mod_seq, ModSeq(5));
    ASSERT_EQ(message.sections.size(), 1U);
    EXPECT_EQ(message.sections[0].text, "a: b");
}

}  // namespace
}  // namespace mailhaul::imap
