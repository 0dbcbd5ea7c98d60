// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/read_bodies.hpp"

#include <utility>

#include "client/mailbox_commands.hpp"
#include "sync/executor/uid_sets.hpp"

namespace mailhaul::sync {
namespace {

constexpr std::uint64_t held_at_once = 8U << 20;  // octets

}  // namespace

Task<Result<Bodies>> read_bodies(client::Connection& connection, imap::UidSet uids) {
    Bodies bodies;
    std::string body;
    client::BodyVisitor visit;
    visit.begin = [&](const imap::BodyBegin&) { body.clear(); };
    visit.data = [&](std::string_view octets) { body.append(octets); };
    visit.end = [&](imap::Uid uid) { bodies.insert_or_assign(uid, std::exchange(body, {})); };
    auto read = co_await client::fetch_bodies(connection, wire_sets(uids), std::move(visit));
    if (!read.ok()) co_return std::move(read).error();
    co_return bodies;
}

imap::UidSet next_to_hold(std::span<const imap::Uid> uids, std::size_t& begin,
                          const std::function<std::uint64_t(imap::Uid)>& size_of) {
    imap::UidSet group;
    for (std::uint64_t octets = 0; begin < uids.size() && (group.empty() || octets < held_at_once); ++begin) {
        octets += size_of(uids[begin]);
        group.insert(uids[begin]);
    }
    return group;
}

}  // namespace mailhaul::sync
