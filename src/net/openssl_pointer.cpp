// SPDX-License-Identifier: Apache-2.0
// Words from OpenSSL's error queue.
#include "net/openssl_pointer.hpp"

#include <openssl/err.h>

#include <system_error>

namespace mailhaul::net {

std::string take_openssl_reason() {
    const unsigned long first = ERR_get_error();
    ERR_clear_error();
    if (first != 0 && ERR_SYSTEM_ERROR(first)) return std::generic_category().message(ERR_GET_REASON(first));
    const char* reason = first == 0 ? nullptr : ERR_reason_error_string(first);
    return reason == nullptr ? "unknown TLS failure" : reason;
}

}  // namespace mailhaul::net
