// SPDX-License-Identifier: Apache-2.0
// Fetched: one message between the source and the destination.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "imap/codec/command.hpp"
#include "imap/types/internal_date.hpp"
#include "message/fingerprint.hpp"
#include "message/repair.hpp"
#include "sync/executor/body_pipe.hpp"

namespace mailhaul::sync {

/// A message on its way: held whole, or a pipe.
struct Fetched {
    std::size_t item = 0;
    std::uint64_t credit = 0;  ///< to be given back
    std::uint64_t size = 0;    ///< octets the source announced
    imap::SharedOctets body;   ///< whole, where there is no pipe; prefix included
    std::optional<imap::InternalDate> date;
    std::optional<std::uint64_t> message_id;  ///< digest; for a pipe, known at its end
    message::Sha256 sha256{};                 ///< of the body as served; for a pipe, known at its end
    bool has_nul = false;                     ///< in `body`, which then needs BINARY (RFC 3516)
    std::optional<message::Repair> repair;    ///< `body` is not what was fetched
    std::shared_ptr<BodyPipe> pipe;           ///< co-owned by the fetcher, the appender and the writer of the connection
};

}  // namespace mailhaul::sync
