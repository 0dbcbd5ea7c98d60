// SPDX-License-Identifier: Apache-2.0
// Looked at every few milliseconds instead of waited for: discovery asks three questions in all, and resolver.cpp, which
// every connection needs, has the machinery for more.
#include "net/dns_records.hpp"

#include <ares.h>
#include <arpa/nameser.h>

#include <algorithm>
#include <array>
#include <memory>
#include <tuple>
#include <utility>

#include "async/boot_clock.hpp"
#include "async/pause.hpp"

namespace mailhaul::net {
namespace {

constexpr std::chrono::milliseconds look{5};

struct DestroyChannel {
    void operator()(ares_channeldata* channel) const { ares_destroy(channel); }
};
using Channel = std::unique_ptr<ares_channeldata, DestroyChannel>;

/// One question, and its answer in wire form once `done`.
struct Question {
    bool done = false;
    int status = ARES_SUCCESS;
    std::vector<unsigned char> answer;
};

void on_answer(void* of, int status, int /*timeouts*/, unsigned char* octets, int length) {
    auto* question = static_cast<Question*>(of);
    question->status = status;
    if (status == ARES_SUCCESS) question->answer.assign(octets, octets + length);
    question->done = true;
}

Result<Channel> open_channel(const DnsOptions& options) {
    ares_options how{};
    how.timeout = 1'500;
    how.tries = 2;
    ares_channel raw = nullptr;
    if (ares_init_options(&raw, &how, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES) != ARES_SUCCESS)
        return Error(Errc::unknown_host, Scope::account, Retry::later, "no name servers are known: check /etc/resolv.conf");
    Channel channel(raw);
    if (!options.servers.empty() && ares_set_servers_ports_csv(raw, options.servers.c_str()) != ARES_SUCCESS)
        return Error(Errc::usage, Scope::run, Retry::never, "name servers " + options.servers + ": wanted address:port");
    return channel;
}

void process(ares_channeldata* channel) {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const int mask = ares_getsock(channel, sockets.data(), static_cast<int>(sockets.size()));
    bool any = false;
    for (std::size_t i = 0; i < sockets.size(); ++i) {
        const bool to_read = ARES_GETSOCK_READABLE(static_cast<unsigned>(mask), i) != 0;
        const bool to_write = ARES_GETSOCK_WRITABLE(static_cast<unsigned>(mask), i) != 0;
        if (!to_read && !to_write) continue;
        any = true;
        ares_process_fd(channel, to_read ? sockets.at(i) : ARES_SOCKET_BAD, to_write ? sockets.at(i) : ARES_SOCKET_BAD);
    }
    if (!any) ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // its timeouts
}

/// Empty where the domain has no such record.
Task<Result<std::vector<unsigned char>>> ask(std::string name, int type, DnsOptions options) {
    Question question;  // before the channel, whose end calls back
    MH_CO_TRY(channel, open_channel(options));
    ares_query(channel.get(), name.c_str(), ns_c_in, type, on_answer, &question);
    const auto end = BootClock::now() + options.timeout;
    while (!question.done && BootClock::now() < end) {
        co_await pause_for(look);
        process(channel.get());
    }
    if (!question.done) ares_cancel(channel.get());
    if (question.status == ARES_ENOTFOUND || question.status == ARES_ENODATA) co_return std::vector<unsigned char>();
    if (question.status != ARES_SUCCESS)
        co_return Error(Errc::unknown_host, Scope::account, Retry::later,
                        "the name servers gave no answer about " + name + " (" + ares_strerror(question.status) + ")");
    co_return std::move(question.answer);
}

}  // namespace

Task<Result<std::vector<SrvRecord>>> look_up_srv(std::string name, DnsOptions options) {
    auto answered = co_await ask(std::move(name), ns_t_srv, std::move(options));
    if (!answered.ok()) co_return std::move(answered).error();
    std::vector<SrvRecord> records;
    ares_srv_reply* first = nullptr;
    const auto& octets = answered.value();
    if (!octets.empty() && ares_parse_srv_reply(octets.data(), static_cast<int>(octets.size()), &first) == ARES_SUCCESS) {
        for (const auto* one = first; one != nullptr; one = one->next) {
            SrvRecord& record = records.emplace_back();
            record.priority = one->priority;
            record.weight = one->weight;
            record.port = one->port;
            record.target = one->host;
        }
        ares_free_data(first);
    }
    std::ranges::sort(records, {}, [](const SrvRecord& record) {
        return std::tuple(record.priority, -int{record.weight}, record.target, record.port);
    });
    co_return records;
}

Task<Result<std::vector<MxRecord>>> look_up_mx(std::string name, DnsOptions options) {
    auto answered = co_await ask(std::move(name), ns_t_mx, std::move(options));
    if (!answered.ok()) co_return std::move(answered).error();
    std::vector<MxRecord> records;
    ares_mx_reply* first = nullptr;
    const auto& octets = answered.value();
    if (!octets.empty() && ares_parse_mx_reply(octets.data(), static_cast<int>(octets.size()), &first) == ARES_SUCCESS) {
        for (const auto* one = first; one != nullptr; one = one->next) {
            MxRecord& record = records.emplace_back();
            record.priority = one->priority;
            record.exchanger = one->host;
        }
        ares_free_data(first);
    }
    std::ranges::sort(records, {}, [](const MxRecord& record) { return std::tuple(record.priority, record.exchanger); });
    co_return records;
}

}  // namespace mailhaul::net
