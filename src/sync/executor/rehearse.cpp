// SPDX-License-Identifier: Apache-2.0
// A dry run that goes as far as it can without changing anything: what would be copied is read and changed as asked, and
// dropped. So what the source does not deliver, and what a command of the operator's fails on, is known before the run.
#include <algorithm>
#include <utility>

#include "base/octets.hpp"
#include "sync/executor/mailbox_sync.hpp"
#include "sync/executor/read_bodies.hpp"
#include "sync/executor/rewriting.hpp"

namespace mailhaul::sync {

Task<Result<void>> MailboxSync::rehearse() {
    MH_CO_TRY(rewriting, Rewriting::make(run_.rules.rewrite, work_.report.source, work_.report.destination));
    const auto size_of = [this](imap::Uid uid) { return from_.find(uid)->size; };
    const std::uint64_t most = limits_for_rewriting().hold;
    std::vector<imap::Uid> wanted;
    std::uint64_t not_read = 0;
    for (const imap::Uid uid : plan_.append) {
        if (size_of(uid) <= most) wanted.push_back(uid);
        else ++not_read;
    }
    if (not_read > 0)
        run_.warn(spell_messages(not_read) + " of " + name() + " are above the " + spell(Octets{most}) +
                  " that are held whole: not read in this dry run");
    const std::size_t failed_before = failures_.size();
    std::uint32_t left_out = 0;
    for (std::size_t begin = 0; begin < wanted.size() && !run_.must_stop();) {
        const std::size_t first = begin;
        MH_CO_TRY(bodies, co_await read_bodies(source_, next_to_hold(wanted, begin, size_of)));
        for (std::size_t i = first; i < begin; ++i) {
            const auto body = bodies.find(wanted[i]);
            if (body == bodies.end()) {
                failures_.push_back({wanted[i], Error{Errc::message_unreadable, Scope::message, Retry::never,
                                                      "the source does not deliver this message"}});
                continue;
            }
            auto message = std::make_shared<const std::string>(std::move(body->second));
            std::string no_prefix;
            auto changed = co_await rewriting->rewrite(std::move(message), std::move(no_prefix));
            if (!changed.ok()) {
                failures_.push_back({wanted[i], std::move(changed).error()});
            } else if (!changed.value().left_out.empty()) {
                ++left_out;
                run_.observer.on_left_out(
                    {work_.report.source, wanted[i], Octets{size_of(wanted[i])}, std::move(changed.value().left_out)});
            }
        }
    }
    work_.report.copied -= left_out + static_cast<std::uint32_t>(failures_.size() - failed_before);
    work_.report.filtered += left_out;
    co_return co_await name_messages();
}

}  // namespace mailhaul::sync
