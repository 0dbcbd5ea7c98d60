// SPDX-License-Identifier: Apache-2.0
#include "sync/planner/settled.hpp"

#include <optional>

namespace mailhaul::sync {
namespace {

template <typename Counter>
bool stands_at(const std::optional<Counter>& now, const std::optional<Counter>& then) {
    return now && then && *now == *then;
}

}  // namespace

bool is_settled(const imap::MailboxStatus& source, const imap::MailboxStatus& destination, const store::Settled& then,
                const Rules& rules) {
    const bool same_messages = stands_at(source.messages, then.source_messages) &&
                               stands_at(source.uid_next, then.source_uid_next) &&
                               stands_at(destination.messages, then.destination_messages) &&
                               stands_at(destination.uid_next, then.destination_uid_next);
    if (rules.skip_crossed) return false;     // what it holds must be known to the others
    if (rules.labels.of_known) return false;  // they change without a counter
    if (!same_messages || then.entries != *then.source_messages) return false;
    if (rules.delete_source && then.entries > 0) return false;
    if ((rules.delete_destination || rules.delete_duplicates) && then.entries != *then.destination_messages) return false;
    switch (rules.flags) {
        case FlagMode::leave: return true;
        case FlagMode::three_way: return stands_at(source.highest_mod_seq, then.source_mod_seq);
        case FlagMode::exact: return false;  // whether both sides agreed then is not known
    }
    return false;
}

}  // namespace mailhaul::sync
