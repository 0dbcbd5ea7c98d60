// SPDX-License-Identifier: Apache-2.0
// Stream: an ordered, full-duplex run of octets. TCP, TLS and DEFLATE all look like this.
//
// One reader coroutine and one writer coroutine may be active at once, both on the stream's own thread.
// No deadlines here: whoever owns the stream closes it when a deadline passes (abandon).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "async/task.hpp"
#include "base/result.hpp"

namespace mailhaul::net {

class Stream {
public:
    Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    virtual ~Stream() = default;

    /// Reads at least one octet, at most `into.size()`; 0 only at the orderly end. A TLS stream cut without
    /// close_notify ends in Errc::connection_lost.
    virtual Task<Result<std::size_t>> read_some(std::span<char> into) = 0;

    /// A hint: so many octets are still to come before the peer waits for anything from us. A read may then wait until a good
    /// part of them is there, instead of being woken for each packet. Zero takes it back, at once: a read that waits gets
    /// what has come. Where too much was promised, that is what wakes it.
    virtual void expect(std::uint64_t /*octets*/) {}

    /// Writes everything. `octets` must stay alive until it returns.
    virtual Task<Result<void>> write_all(std::string_view octets) = 0;

    /// Abandons the stream at once; pending reads and writes return Errc::connection_lost. May be called twice.
    virtual void close() = 0;

    /// For reports: `TLSv1.3 TLS_AES_256_GCM_SHA384`, `plaintext`, `... + DEFLATE`.
    [[nodiscard]] virtual std::string describe() const = 0;

    /// tls-unique (below TLS 1.3), tls-exporter or tls-server-end-point binding data for SCRAM-PLUS; empty where there is none.
    [[nodiscard]] virtual std::string channel_binding(std::string_view /*type*/) const { return {}; }
};

}  // namespace mailhaul::net
