// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_machine.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace mailhaul::cli {

Octets resident_memory() {
    std::ifstream file("/proc/self/statm");  // pages: in all, resident, shared ...
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    if (!(file >> all >> resident)) return Octets{};
    return Octets{resident * static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_PAGESIZE)))};
}

MachineUse machine_use(Octets memory_at_start) {
    MachineUse use;
    use.memory_at_start = memory_at_start;
    use.memory_at_end = resident_memory();
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    use.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
    std::array<double, 3> load{};
    if (::getloadavg(load.data(), static_cast<int>(load.size())) == static_cast<int>(load.size())) use.load = load;
    use.cores = std::max(1U, std::thread::hardware_concurrency());
    return use;
}

}  // namespace mailhaul::cli
