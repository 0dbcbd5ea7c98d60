// SPDX-License-Identifier: Apache-2.0
// Receiving what an authorization server sends back through the person's browser (RFC 8252 section 7.3).
#pragma once

#include <chrono>
#include <string>

#include "async/task.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "net/loopback_listener.hpp"

namespace mailhaul::http {

/// The query of the first request whose query holds `state=`, which the browser is thanked for. Others (for an icon, by a
/// port scanner) are answered 404 and forgotten. Error timed_out (scope account) after `patience`. The caller awaits it
/// while `listener` lives.
Task<Result<Secret>> receive_redirect(net::LoopbackListener& listener, std::chrono::milliseconds patience);

}  // namespace mailhaul::http
