// SPDX-License-Identifier: Apache-2.0
#include "async/on_thread.hpp"

namespace mailhaul {

asio::thread_pool& waiting_threads() {
    constexpr std::size_t threads = 4;
    static asio::thread_pool pool(threads);
    return pool;
}

}  // namespace mailhaul
