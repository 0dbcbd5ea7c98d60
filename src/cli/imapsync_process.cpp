// SPDX-License-Identifier: Apache-2.0
// Log, pid file, reports, and where a run ends early.
#include <algorithm>
#include <filesystem>

#include "cli/imapsync_reading.hpp"

namespace mailhaul::cli {
namespace {

bool names_both_accounts(const ImapsyncOrder& order) {
    return std::ranges::all_of(order.sides, &ImapsyncSide::given) && !order.request.source.user.empty() &&
           !order.request.destination.user.empty();
}

void read_extent(ImapsyncOrder& order, const ParsedLine& line) {
    app::SyncRequest& request = order.request;
    request.dry_run = line.is_on("dry");
    request.rules.rehearse = request.dry_run && !line.is_on("dry1", true);
    if (!request.dry_run && line.is_on("dry1")) {  // imapsync reads nothing then, so it has nothing to store
        request.dry_run = true;
        order.notes.emplace_back("--dry1 without --dry is taken as --dry: what is not read cannot be stored");
    }
    if (line.is_on("justfolders")) request.extent = app::Extent::folders_only;
    if (line.is_on("justfoldersizes")) request.extent = app::Extent::sizes_only;
    if (line.is_on("justautomap")) order.show = ImapsyncShow::mapping;
    if (line.is_on("justfolderlists")) order.show = ImapsyncShow::folders;
    if (order.show != ImapsyncShow::run) {
        request.extent = app::Extent::folders_only;
        request.dry_run = true;  // the mapping is known, and nothing is made
    }
    if (line.is_on("justlogin")) request.extent = app::Extent::login_only;
    if (line.is_on("justconnect") || !names_both_accounts(order)) request.extent = app::Extent::connect_only;
    request.protocol_log = line.is_on("debugimap") || line.is_on("debugimap1") || line.is_on("debugimap2");
}

std::string default_pid_file(const ParsedLine& line) {
    return (std::filesystem::path(temporary_folder_of(line)) / "imapsync.pid").string();
}

bool asks_for_self_test(const ParsedLine& line) {
    return line.is_on("tests") || line.is_on("testsdebug") || line.has("testsunit") || line.is_on("testslive") ||
           line.is_on("testslive6");
}

}  // namespace

std::string temporary_folder_of(const ParsedLine& line) {
    std::error_code ignored;
    return line.last("tmpdir").value_or(std::filesystem::temp_directory_path(ignored).string());
}

void read_process(ImapsyncOrder& order, const ParsedLine& line) {
    order.help = line.has("help");
    order.version = line.has("version");
    order.banner_only = line.is_on("justbanner");
    order.log = line.is_on("log", true);
    order.log_folder = line.last("logdir").value_or(order.log_folder);
    order.log_name = line.last("logfile").value_or("");
    order.pid_file = line.last("pidfile").value_or(default_pid_file(line));
    order.pid_file_given = line.has("pidfile");
    order.pid_locking = line.is_on("pidfilelocking");
    order.abort = line.has("abort");
    order.abort_by_file = line.has("abortbyfile");
    order.tail = line.is_on("tail");
    order.errors_max = order.request.rules.max_failures.value_or(order.errors_max);
    order.email_report = {line.is_on("emailreport1"), line.is_on("emailreport2")};
    order.email_from = line.last("emailreportfrom").value_or("");
    order.self_test = asks_for_self_test(line);
    if (const auto seconds = number_of(line, "simulong"); seconds && *seconds > 0) order.simulated_seconds = seconds;
    read_extent(order, line);
}

}  // namespace mailhaul::cli
