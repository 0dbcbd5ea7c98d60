// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_self_test.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "app/run_demo.hpp"
#include "cli/demo_text.hpp"
#include "cli/imapsync_text.hpp"
#include "cli/plain_text.hpp"

namespace mailhaul::cli {

ImapsyncVerdict imapsync_self_test(const Surroundings& surroundings) {
    ImapsyncVerdict verdict;
    const auto fail = [&](std::string words) {
        verdict.status = 254;
        verdict.symbol = "EXIT_TESTS_FAILED";
        verdict.errors.push_back({"ERR_TESTS_FAILED", verdict.status, verdict.symbol, std::move(words)});
    };
    sync::Observer nobody;
    const auto outcome = app::run_demo(app::DemoOptions(), nobody);
    if (!outcome.ok()) {
        fail(outcome.error().describe());
        surroundings.err(printable(outcome.error().describe()) + "\n");
        return verdict;
    }
    surroundings.out(demo_text(outcome.value()));
    for (const sync::Report* pass : {&outcome->first, &outcome->second})
        if (pass->ending != sync::Ending::complete) fail("a pass of the self-test did not end well");
    if (!outcome->holds()) fail("both servers of the self-test do not hold the same");
    return verdict;
}

void imapsync_simulation(double seconds, const Surroundings& surroundings) {
    constexpr std::chrono::milliseconds between_lines{200};
    constexpr double longest = 7 * 86'400.0;
    const auto lines = static_cast<std::uint64_t>(std::ceil(std::min(seconds, longest) * 5));
    sync::Progress progress;
    progress.messages_total = lines;
    surroundings.out("Simulating a run: nothing is copied\n");
    for (std::uint64_t line = 1; line <= lines; ++line) {
        std::this_thread::sleep_for(between_lines);
        progress.messages_done = line;
        const auto left = std::chrono::duration_cast<std::chrono::seconds>((lines - line) * between_lines);
        surroundings.out(imapsync_eta_line(surroundings.wall_now(), left, progress));
    }
}

}  // namespace mailhaul::cli
