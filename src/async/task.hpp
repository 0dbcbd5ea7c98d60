// SPDX-License-Identifier: Apache-2.0
// Task<T>: the coroutine type of the whole program. One thread, one io_context; nobody locks.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mailhaul {

namespace asio = boost::asio;

template <typename T>
using Task = asio::awaitable<T>;

}  // namespace mailhaul
