// SPDX-License-Identifier: Apache-2.0
// Runs a program and says what it cost: seconds, CPU seconds and peak memory, as the kernel counted them.
//
//   measured FILE PROGRAM [ARGUMENT]...      writes JSON to FILE; returns the program's exit status
//
// This is a small program of its own because the kernel counts the memory of whoever starts a program into that program's
// peak: started from a script, everything seems to need as much as the script's interpreter.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace {

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

}  // namespace

int main(int count, char** words) {
    if (count < 3) {
        std::fprintf(stderr, "usage: measured FILE PROGRAM [ARGUMENT]...\n");
        return 64;
    }
    const auto started = std::chrono::steady_clock::now();
    const pid_t child = fork();
    if (child == 0) {
        execvp(words[2], words + 2);
        std::perror(words[2]);
        _exit(127);
    }
    int status = 0;
    rusage usage{};
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        std::perror("measured");
        return 1;
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
    const int exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (std::FILE* file = std::fopen(words[1], "w")) {
        std::fprintf(file, R"({"seconds": %.3f, "user": %.3f, "system": %.3f, "peak_kib": %ld, "status": %d})", elapsed.count(),
                     seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss, exit_status);
        std::fclose(file);
    }
    return exit_status;
}
