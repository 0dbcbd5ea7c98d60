// SPDX-License-Identifier: Apache-2.0
// main: takes the arguments from the process list before anybody looks, and turns what is thrown into words.
#include <malloc.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/secret_arguments.hpp"

namespace {

/// Bodies come and go by the thousand. By default the heap gives their memory back at every lull and has it cleared
/// page by page at the next message, which costs a tenth of a run; so up to this much is kept.
void keep_freed_memory() {
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
    mallopt(M_MMAP_THRESHOLD, 4 << 20);
}

/// A core dump would hold every password and token of the run. Whoever looks for a bug sets MAILHAUL_CORE.
void leave_no_core_dump() {
    if (std::getenv("MAILHAUL_CORE") != nullptr) return;
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

}  // namespace

int main(int argc, char** argv) {
    using namespace mailhaul::cli;
    if (argc < 1) return exit_usage;  // started without even a name
    keep_freed_memory();
    leave_no_core_dump();
    try {
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        hide_secret_arguments(std::span(argv, static_cast<std::size_t>(argc)));
        return run_program(argv[0], arguments, process_surroundings());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mailhaul: a bug, please report it: %s\n", error.what());
        return exit_software;
    }
}
