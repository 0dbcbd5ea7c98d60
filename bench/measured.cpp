// SPDX-License-Identifier: Apache-2.0
// Runs a program and says what it cost: seconds, CPU seconds and peak memory, as the kernel counted them.
//
//   measured FILE PROGRAM [ARGUMENT]...      writes JSON to FILE; returns the program's exit status
//
// `memory` holds what the program itself had resident, in KiB, twice a second; a program it started is not in that.
//
// This is a small program of its own because the kernel counts the memory of whoever starts a program into that program's
// peak: started from a script, everything seems to need as much as the script's interpreter.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr timespec between_looks{.tv_sec = 0, .tv_nsec = 500'000'000};

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

/// KiB; zero where the process is gone.
long resident(pid_t process) {
    long pages = 0;
    if (std::FILE* file = std::fopen(("/proc/" + std::to_string(process) + "/statm").c_str(), "r")) {
        if (std::fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
        std::fclose(file);
    }
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

constexpr std::size_t most_looks = 20 * 60 * 2;  // twenty minutes: who needs longer hangs

/// Looks at the memory of `child` until it ends, and ends it where it never does.
std::vector<long> watch(pid_t child, const sigset_t& ended) {
    std::vector<long> memory;
    siginfo_t found{};
    while (waitid(P_PID, static_cast<id_t>(child), &found, WEXITED | WNOHANG | WNOWAIT) == 0 && found.si_pid == 0)
        if (sigtimedwait(&ended, nullptr, &between_looks) < 0 && errno == EAGAIN) {
            memory.push_back(resident(child));
            if (memory.size() == most_looks) (void)kill(child, SIGKILL);
        }
    return memory;
}

}  // namespace

int main(int count, char** words) {
    if (count < 3) {
        std::fprintf(stderr, "usage: measured FILE PROGRAM [ARGUMENT]...\n");
        return 64;
    }
    sigset_t ended, before;
    sigemptyset(&ended);
    sigaddset(&ended, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ended, &before);
    const auto started = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child == 0) {
        sigprocmask(SIG_SETMASK, &before, nullptr);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execvp(words[2], words + 2);
        std::perror(words[2]);
        _exit(127);
    }
    const std::vector<long> memory = watch(child, ended);
    int status = 0;
    rusage usage{};
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        std::perror("measured");
        return 1;
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
    const int exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (std::FILE* file = std::fopen(words[1], "w")) {
        std::fprintf(file, R"({"seconds": %.3f, "user": %.3f, "system": %.3f, "peak_kib": %ld, "status": %d, "memory": [)",
                     elapsed.count(), seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss, exit_status);
        for (std::size_t index = 0; index < memory.size(); ++index)
            std::fprintf(file, "%s%ld", index ? ", " : "", memory[index]);
        std::fprintf(file, "]}");
        std::fclose(file);
    }
    return exit_status;
}
