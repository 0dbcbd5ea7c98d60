// SPDX-License-Identifier: Apache-2.0
#include "app/secret_line.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace mailhaul::app {

SecretLine read_secret_line(int descriptor, const volatile std::sig_atomic_t* interrupted) {
    std::string line;
    line.reserve(max_secret);  // never moved while it grows, so no copy is left behind
    int error = 0;
    for (;;) {
        char octet = 0;
        const ssize_t size = read(descriptor, &octet, 1);  // one at a time: what follows the line is not ours
        if (size < 0 && errno == EINTR && (interrupted == nullptr || *interrupted == 0)) continue;
        if (size < 0) error = errno;
        if (size <= 0 || octet == '\n') break;
        if (line.size() == max_secret) {
            error = EMSGSIZE;
            break;
        }
        line += octet;
    }
    if (line.ends_with('\r')) line.pop_back();
    return {Secret(std::move(line)), error};
}

Error unavailable(std::string message) {
    return {Errc::credential_unavailable, Scope::account, Retry::never, std::move(message)};
}

Error unavailable(const std::string& subject, int error, std::string_view advice) {
    return unavailable(subject + " (" + std::strerror(error) + ")" + std::string(advice));
}

}  // namespace mailhaul::app
