// SPDX-License-Identifier: Apache-2.0
// Rules: what the operator allows and wants of messages. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/octets.hpp"
#include "message/fingerprint.hpp"

namespace mailhaul::sync {

enum class FlagMode : std::uint8_t {
    three_way,  ///< carry what changed on the source since the last pass; leave what changed on the destination
    exact,      ///< the destination's flags become the source's (imapsync --resyncflags)
    leave,      ///< never touch flags of messages already there
};

struct Rules {
    Rules() = default;
    std::optional<Octets> max_size;          ///< larger ones are left out
    std::optional<Octets> min_size;          ///< smaller ones are left out
    std::optional<std::int64_t> newer_than;  ///< epoch seconds; INTERNALDATE at or after
    std::optional<std::int64_t> older_than;  ///< epoch seconds; INTERNALDATE before
    bool ages_are_union = false;             ///< imapsync: minage > maxage means everything but the gap
    FlagMode flags = FlagMode::three_way;
    bool copy_source_duplicates = true;  ///< n equal messages on the source are n on the destination
    bool delete_source = false;          ///< --delete1: after the copy is confirmed
    bool delete_destination = false;     ///< --delete2: what the source does not hold
    bool restore_removed = false;        ///< copy again what was removed on the destination (imapsync does)
    bool add_header = false;             ///< give header-less messages a Message-Id (imapsync --addheader)
    bool keep_internal_date = true;
    message::IdentityRules identity;
};

}  // namespace mailhaul::sync
