// SPDX-License-Identifier: Apache-2.0
// TwoServers: a source and a destination inside this program and one account on each, for tests of a whole run.
//
// What a run did is judged by the stores themselves, side by side and without IMAP; of its report only what it claims.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "app/sync_account.hpp"
#include "demo/server.hpp"
#include "testkit/scratch_folder.hpp"

namespace mailhaul::sync {

/// Octets, flags, seconds and zone of a message.
using MessageTruth = std::tuple<std::string, std::string, std::int64_t, std::int16_t>;
/// By mailbox, spelt without prefix and with `/` between its levels; mailboxes without messages included.
using AccountTruth = std::map<std::string, std::multiset<MessageTruth>>;

inline AccountTruth truth_of(const demo::MailStore& store) {
    AccountTruth truth;
    for (const auto& [name, mailbox] : store.mailboxes()) {
        if (mailbox.no_select) continue;
        std::string spelt = name;
        const std::string& prefix = store.options().prefix;
        if (!prefix.empty() && spelt.starts_with(prefix)) spelt.erase(0, prefix.size());
        std::ranges::replace(spelt, store.options().separator, '/');
        auto& messages = truth[spelt];
        for (const demo::StoredMessage& one : mailbox.messages())
            messages.emplace(*one.octets, one.flags.to_string(), one.date.epoch_seconds, one.date.zone_minutes);
    }
    return truth;
}

inline std::size_t messages_in(const AccountTruth& truth) {
    std::size_t sum = 0;
    for (const auto& [name, messages] : truth) sum += messages.size();
    return sum;
}

/// A small message of its own; `words` stand in its text.
inline std::string mail(int number, std::string_view words = "hello") {
    const std::string n = std::to_string(number);
    return "Message-ID: <" + n + "@old.example>\r\nSubject: number " + n + "\r\n\r\n" + std::string(words) + " " + n + "\r\n";
}

inline demo::NewMessage dated(std::string text, imap::FlagSet flags = {}, std::int64_t seconds = 1'600'000'000,
                              std::int16_t zone = 120) {
    return demo::NewMessage(std::move(text), std::move(flags), imap::InternalDate{seconds, zone});
}

inline void put(demo::MailStore& store, const std::string& mailbox, demo::NewMessage message) {
    auto stored = store.append(mailbox, std::move(message));
    if (!stored.ok()) throw std::logic_error(stored.error().describe());
}

inline void put_many(demo::MailStore& store, const std::string& mailbox, int count) {
    for (int i = 1; i <= count; ++i) put(store, mailbox, dated(mail(i), {}, 1'600'000'000 + i));
}

inline std::string make_mailbox(demo::MailStore& store, const std::vector<std::string>& levels) {
    const std::string name = store.name_of(levels);
    auto made = store.create(name);
    if (!made.ok()) throw std::logic_error(made.error().describe());
    return name;
}

inline void expunge(demo::MailStore& store, const std::string& mailbox, std::uint32_t uid) {
    imap::UidSet uids;
    uids.insert(imap::Uid(uid));
    store.find(mailbox)->expunge(uids);
}

/// A little of everything that makes copying hard: equal messages, none or a shared Message-ID, no header at all,
/// 8-bit, bare line ends, every flag, keywords, dates before 1970, nested and non-ASCII names, an empty mailbox.
inline void fill_with_oddities(demo::MailStore& store) {
    put(store, "INBOX", dated(mail(1), {"\\Seen"}));
    put(store, "INBOX", dated(mail(1), {"\\Seen"}));
    put(store, "INBOX", dated(mail(2), {"\\Answered", "\\Flagged", "$Forwarded"}, -86'400, -570));
    put(store, "INBOX", dated("Message-ID: <1@old.example>\r\nSubject: another\r\n\r\nshares its identity\r\n", {"\\Draft"}));
    put(store, "INBOX", dated("just words, no header"));
    put(store, "INBOX", dated("\r\nno header but an end of it\r\n"));
    put(store, "INBOX", dated("Subject: no identity\r\n\r\ncaf\xc3\xa9 \xff\r\n", {"\\Deleted"}, 951'827'696, 0));
    put(store, "INBOX", dated("Subject: bare\n\nline ends\n.\nand a point\n"));
    put(store, "INBOX", dated("Subject: long\r\n\r\n" + std::string(5000, 'x') + "\r\n"));
    const std::string nested = make_mailbox(store, {"Work", "B\xc3\xbcro", "2019"});
    put(store, nested, dated(mail(3), {"\\Seen"}, 1'500'000'000));
    put(store, nested, dated(mail(4), {"$Junk"}, 1'500'000'001));
    make_mailbox(store, {"Empty"});
    store.subscribe(nested);
}

/// Keeps what an operator would see.
class Watcher : public Observer {
public:
    void on_progress(const Progress& progress) override { last = progress; }
    void on_mailbox_started(const MailboxReport& mailbox) override { started.push_back(mailbox.source.raw()); }
    Progress last;
    std::vector<std::string> started;
};

class TwoServers {
public:
    explicit TwoServers(demo::ServerOptions of_source = demo::ServerOptions::new_style(),
                        demo::ServerOptions of_destination = demo::ServerOptions::new_style())
        : source(io_.get_executor(), std::move(of_source)), destination(io_.get_executor(), std::move(of_destination)) {
        // Two servers of one kind are not twins: what stands on them was not made in the same second.
        imap::UidValidity& first = destination.options().store.first_uid_validity;
        if (first == source.options().store.first_uid_validity) first = imap::UidValidity(first.value() + 4000);
        source.add_account("ann", "secret");
        destination.add_account("ann", "secret");
        if (!source.start().ok() || !destination.start().ok()) throw std::runtime_error("no port to listen on");
        request.source = access_to(source);
        request.destination = access_to(destination);
        request.ledger_path = ledger_path();
        request.first_pause = std::chrono::milliseconds(1);
        request.connections = 2;
        request.rules.delete_for_good = true;  // so that both sides can be equal afterwards
    }
    TwoServers(const TwoServers&) = delete;
    TwoServers& operator=(const TwoServers&) = delete;
    ~TwoServers() {
        asio::co_spawn(io_, stop(), asio::detached);
        io_.restart();
        io_.run_for(std::chrono::seconds(10));
    }

    [[nodiscard]] demo::MailStore& from() { return source.store_of("ann"); }
    [[nodiscard]] demo::MailStore& to() { return destination.store_of("ann"); }
    [[nodiscard]] std::string ledger_path() const { return folder_.file("ledger"); }

    /// One run of `request`. A run that has not ended after 20 seconds hangs: throws.
    Report sync() {
        watcher = std::make_unique<Watcher>();
        return run(app::sync_account(request, *watcher));
    }

    /// The same of anything else that talks to these servers.
    template <typename T>
    T run(Task<T> task) {
        const auto result = std::make_shared<std::optional<T>>();  // also the task's, which may outlast our patience
        asio::co_spawn(io_, std::move(task), [result](const std::exception_ptr& thrown, T done) {
            if (thrown) std::rethrow_exception(thrown);
            *result = std::move(done);
        });
        io_.restart();
        const auto latest =
            std::chrono::steady_clock::now() + std::chrono::seconds(60);  // a run that hangs, on however slow a machine
        while (!*result && std::chrono::steady_clock::now() < latest) io_.run_one_until(latest);
        if (!*result) throw std::runtime_error("the run does not end");
        return std::move(**result);
    }

    /// Serves another process until `descriptor` can be read, its end included, then until nobody is
    /// connected. Closes it. Throws as sync().
    void serve_until_end_of(int descriptor) {
        asio::posix::stream_descriptor end(io_, descriptor);
        const auto is_ended = std::make_shared<bool>(false);
        end.async_wait(asio::posix::stream_descriptor::wait_read,
                       [is_ended](const boost::system::error_code&) { *is_ended = true; });
        const auto is_busy = [&] {
            return !*is_ended || source.counters().open_connections > 0 || destination.counters().open_connections > 0;
        };
        io_.restart();
        const auto latest =
            std::chrono::steady_clock::now() + std::chrono::seconds(60);  // a run that hangs, on however slow a machine
        while (is_busy() && std::chrono::steady_clock::now() < latest) io_.run_one_until(latest);
        if (is_busy()) throw std::runtime_error("the other process does not end");
    }

    /// Whether the destination holds exactly what the source does.
    [[nodiscard]] bool equal() { return truth_of(from()) == truth_of(to()); }

    /// The n-th message of a mailbox, from 0.
    static const demo::StoredMessage& message(demo::MailStore& store, const std::string& mailbox, std::size_t n) {
        return store.find(mailbox)->messages().at(n);
    }

private:
    asio::io_context io_;
    testkit::ScratchFolder folder_;

    static client::Access access_to(const demo::Server& server) {
        client::Access access;
        access.host = "127.0.0.1";
        access.port = server.port();
        access.security = client::Security::plaintext;
        access.user = "ann";
        access.password = [] { return Result<Secret>(Secret("secret")); };
        return access;
    }
    Task<void> stop() {
        co_await source.stop();
        co_await destination.stop();
    }

public:
    demo::Server source;
    demo::Server destination;
    app::SyncRequest request;
    std::unique_ptr<Watcher> watcher = std::make_unique<Watcher>();
};

/// What the report says in a few words, to be printed where a test fails.
inline std::string in_words(const Report& report) {
    std::string words(to_string(report.ending));
    if (report.error) words += "; error: " + report.error->describe();
    for (const MailboxReport& one : report.mailboxes)
        if (one.error) words += "; " + one.source.raw() + ": " + one.error->describe();
    for (const MessageException& one : report.exceptions)
        words += "; uid " + std::to_string(one.uid.value()) + ": " + one.reason;
    for (const std::string& warning : report.warnings) words += "; warning: " + warning;
    return words;
}

/// Every source message is in exactly one count of its mailbox.
inline void expect_counts_add_up(const Report& report) {
    for (const MailboxReport& one : report.mailboxes)
        EXPECT_EQ(one.source_messages,
                  one.already + one.adopted + one.copied + one.filtered + one.duplicates + one.withheld + one.failed)
            << one.source.raw() << ": already " << one.already << ", adopted " << one.adopted << ", copied " << one.copied
            << ", failed " << one.failed;
}

inline void expect_complete(const Report& report) {
    EXPECT_EQ(report.ending, Ending::complete) << in_words(report);
    expect_counts_add_up(report);
}

}  // namespace mailhaul::sync
