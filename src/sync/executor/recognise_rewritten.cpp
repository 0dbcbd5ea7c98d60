// SPDX-License-Identifier: Apache-2.0
// What a run that was cut short may have stored without its record, where messages are changed on their way: the change may be
// to the very lines a message is recognised by. So those it was about to send are read and changed once more, and compared
// whole with what stands on the destination since. They are few: see intents (docs/decisions/0016-intents.md).
#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "client/mailbox_commands.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/read_bodies.hpp"
#include "sync/executor/uid_sets.hpp"

namespace mailhaul::sync {
namespace {

message::Digest128 digest_of(std::string_view octets) {
    message::BodyDigest digest;
    digest.update(octets);
    return digest.finish();
}

using Places = std::multimap<message::Digest128, imap::Uid>;

Task<Result<Places>> digests_of(client::Connection& connection, std::vector<imap::Uid> uids) {
    Places places;
    imap::UidSet wanted;
    for (const imap::Uid uid : uids) wanted.insert(uid);
    message::BodyDigest digest;
    client::BodyVisitor visit;
    visit.begin = [&](const imap::BodyBegin&) { digest = message::BodyDigest(); };
    visit.data = [&](std::string_view octets) { digest.update(octets); };
    visit.end = [&](imap::Uid uid) { places.emplace(digest.finish(), uid); };
    auto read = co_await client::fetch_bodies(connection, wire_sets(wanted), std::move(visit));
    if (!read.ok()) co_return std::move(read).error();
    co_return places;
}

}  // namespace

Task<Result<void>> MailboxSync::reconcile_rewritten() {
    imap::UidSet sent;
    imap::Uid first{std::numeric_limits<std::uint32_t>::max()};
    for (const store::Intent& intent : intents_) {
        for (const imap::Uid uid : intent.source) sent.insert(uid);
        first = std::min(first, intent.destination_uid_next.value_or(imap::Uid{1}));
    }
    std::vector<imap::Uid> sources;
    std::vector<imap::Uid> strangers;
    const auto size_of = [this](imap::Uid uid) { return from_.find(uid)->size; };
    const std::uint64_t most = limits_for_rewriting().hold;
    std::ranges::copy_if(view_.unknown_source, std::back_inserter(sources),
                         [&](imap::Uid uid) { return sent.contains(uid) && from_.find(uid)->size <= most; });
    std::ranges::copy_if(view_.unknown_destination, std::back_inserter(strangers), [&](imap::Uid uid) { return uid >= first; });
    if (sources.empty() || strangers.empty()) co_return Result<void>{};
    MH_CO_TRY(places, co_await digests_of(destination_, strangers));
    MH_CO_TRY(rewriting, Rewriting::make(run_.rules.rewrite, work_.report.source, work_.report.destination));
    for (std::size_t begin = 0; begin < sources.size() && !places.empty();) {
        MH_CO_TRY(bodies, co_await read_bodies(source_, next_to_hold(sources, begin, size_of)));
        for (auto& [uid, body] : bodies) {
            auto message = std::make_shared<const std::string>(std::move(body));
            std::string no_prefix;
            auto changed = co_await rewriting->rewrite(std::move(message), std::move(no_prefix));
            if (!changed.ok() || !changed.value().left_out.empty()) continue;
            const auto place = places.find(digest_of(*changed.value().octets));
            if (place == places.end()) continue;
            matches_.pairs.emplace_back(uid, place->second);
            places.erase(place);
        }
    }
    std::ranges::sort(matches_.pairs);
    leave_out_matched();
    co_return Result<void>{};
}

}  // namespace mailhaul::sync
