// SPDX-License-Identifier: Apache-2.0
#include "sync/executor/run_state.hpp"

#include <utility>

namespace mailhaul::sync {

void RunState::warn(std::string words) {
    if (!warned_.insert(words).second) return;
    observer.on_warning(words);
    report.warnings.push_back(std::move(words));
}

void RunState::note(std::string words) {
    if (!warned_.insert(words).second) return;
    observer.on_note(words);
    report.notes.push_back(std::move(words));
}

Error RunState::why_stopping() const {
    if (stopping)
        return {Errc::cancelled, Scope::run, Retry::now, "stopped; what was under way is finished: run again to go on"};
    if (has_failed_too_often())
        return {Errc::command_refused, Scope::run, Retry::never,
                "ended after " + std::to_string(progress.failed) + " errors, as many as were to be borne"};
    return allowance.why();
}

void RunState::name_exception(MessageException exception) {
    observer.on_exception(exception);
    report.exceptions.push_back(std::move(exception));
    ++progress.failed;
}

void RunState::name_repaired(RepairedMessage message) {
    observer.on_repaired(message);
    report.repaired.push_back(std::move(message));
}

void RunState::enter(Progress::Phase phase) {
    if (phase <= progress.phase) return;  // never backwards: lanes are not in step
    progress.phase = phase;
    show_progress();
}

}  // namespace mailhaul::sync
