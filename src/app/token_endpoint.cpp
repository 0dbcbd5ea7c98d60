// SPDX-License-Identifier: Apache-2.0
#include "app/token_endpoint.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "async/pause.hpp"
#include "http/client/exchange.hpp"

namespace mailhaul::app {
namespace {

constexpr int most_tries = 5;
constexpr std::chrono::milliseconds longest_wait{60'000};

/// 1, 2, 4, 8 seconds, up to half of it taken off at random; what the server asked for goes before.
std::chrono::milliseconds pause_before(int try_number, std::optional<std::chrono::seconds> asked) {
    if (asked) return std::min<std::chrono::milliseconds>(*asked, longest_wait);
    thread_local std::minstd_rand random{std::random_device{}()};
    const std::int64_t longest = std::int64_t{1000} << (try_number - 1);
    return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(longest / 2, longest)(random));
}

bool is_passing(const Error& error) {
    return error.code == Errc::timed_out || error.code == Errc::connection_lost || error.code == Errc::connect_failed;
}

}  // namespace

Task<Result<EndpointAnswer>> ask_endpoint(std::string endpoint, Secret body, EndpointAccess access) {
    MH_CO_TRY(url, http::url_from(endpoint));
    for (int tries = 1;; ++tries) {
        http::Request request;
        request.url = url;
        request.method = "POST";
        request.content_type = "application/x-www-form-urlencoded";
        request.body = body;
        request.tls = access.tls;
        request.proxy = access.proxy;
        auto answered = co_await http::exchange(std::move(request));
        std::optional<std::chrono::seconds> asked;
        if (answered.ok()) {
            const http::Answer& answer = answered.value();
            const bool is_refused_for_now = answer.status == 429 || answer.status >= 500;
            if (!is_refused_for_now || tries == most_tries) {
                EndpointAnswer result;
                result.status = answer.status;
                result.body = answer.body;
                if (answer.date)
                    result.clock_offset =
                        *answer.date - std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
                co_return result;
            }
            asked = answer.retry_after;
        } else if (!is_passing(answered.error()) || tries == most_tries) {
            co_return std::move(answered).error().while_doing("asking " + endpoint + " for a token");
        }
        co_await pause_for(pause_before(tries, asked));
    }
}

}  // namespace mailhaul::app
