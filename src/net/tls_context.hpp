// SPDX-License-Identifier: Apache-2.0
// TLS contexts: what connections with the same trust share. Reading the system's authorities costs tens of
// milliseconds, so a context is made once per thread and kind of trust.
#pragma once

#include <openssl/ssl.h>

#include "base/result.hpp"
#include "net/dial.hpp"

namespace mailhaul::net {

/// A context for `options`, owned by this thread's cache; take SSL_new() from it before the next call. A CA file is
/// read again when it has changed. Errors: usage (CA file unreadable), internal.
Result<SSL_CTX*> tls_context(const TlsOptions& options);

}  // namespace mailhaul::net
