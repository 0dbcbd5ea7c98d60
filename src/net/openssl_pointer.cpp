// SPDX-License-Identifier: Apache-2.0
// Words from OpenSSL's error queue.
#include "net/openssl_pointer.hpp"

#include <openssl/err.h>

namespace mailhaul::net {

std::string take_openssl_reason() {
    const unsigned long first = ERR_get_error();
    ERR_clear_error();
    const char* reason = first == 0 ? nullptr : ERR_reason_error_string(first);
    return reason == nullptr ? "unknown TLS failure" : reason;
}

}  // namespace mailhaul::net
