// SPDX-License-Identifier: Apache-2.0
// One line that is a secret, read from a descriptor; what files, open descriptors and terminals have in common.
#pragma once

#include <csignal>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace mailhaul::app {

/// Longest secret in octets: access tokens have some thousands, and a mistaken file should not fill memory.
inline constexpr std::size_t max_secret = 64 * 1024;

/// The next line of a descriptor.
struct SecretLine {
    Secret text;    ///< without its line end, LF or CR LF; the last line may lack one
    int error = 0;  ///< errno of the read that failed; EMSGSIZE where the line exceeds max_secret
};

/// Takes the line and its end from `descriptor`, and nothing of what follows. A signal does not end it, unless
/// `interrupted` is there and its handler made it other than 0: then the error is EINTR.
SecretLine read_secret_line(int descriptor, const volatile std::sig_atomic_t* interrupted = nullptr);

/// A secret that could not be had. `message` says what was tried and what to do.
Error unavailable(std::string message);

/// The same where the system said no: `<subject> (<words of errno>)<advice>`.
Error unavailable(const std::string& subject, int error, std::string_view advice);

}  // namespace mailhaul::app
