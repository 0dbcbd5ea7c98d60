// SPDX-License-Identifier: Apache-2.0
#include "testkit/cli/order_facts.hpp"

#include <optional>
#include <vector>

namespace mailhaul::cli::testkit {
namespace {

std::string words(const std::string& text) { return text; }
std::string words(bool value) { return value ? "yes" : "no"; }
std::string words(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}
template <typename T>
    requires std::is_enum_v<T>
std::string words(T value) {
    return std::to_string(static_cast<int>(value));
}
template <typename T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
std::string words(T value) {
    return std::to_string(value);
}
std::string words(Octets value) { return std::to_string(value.value()); }
std::string words(std::chrono::milliseconds value) { return std::to_string(value.count()) + "ms"; }
std::string words(const std::pair<std::string, std::string>& value) { return value.first + "=>" + value.second; }
template <typename T>
std::string words(const std::optional<T>& value) {
    return value ? words(*value) : "-";
}
template <typename T>
std::string words(const std::vector<T>& values) {
    std::string text;
    for (const T& value : values) text += (text.empty() ? "" : "|") + words(value);
    return "[" + text + "]";
}
std::string words(const client::SecretSource& source) {
    if (!source) return "-";
    const auto secret = source();
    return secret.ok() ? std::string(secret.value().reveal()) : "unreadable";
}

void add_side(Facts& facts, const std::string& digit, const client::Access& access, const ImapsyncSide& side) {
    const auto add = [&](const char* name, const auto& value) { facts[name + digit] = words(value); };
    add("given", side.given);
    add("probe", side.probe);
    add("host", access.host);
    add("port", access.port);
    add("security", access.security);
    add("family", access.family);
    add("verification", access.tls.verification);
    add("ca_file", access.tls.ca_file);
    add("server_name", access.tls.server_name);
    add("legacy_tls", access.tls.legacy);
    add("certificate", access.tls.certificate_file);
    add("key", access.tls.key_file);
    add("user", access.user);
    add("authorize_as", access.authorize_as);
    add("impersonation", access.impersonation);
    add("mechanism", access.mechanism + (access.mechanism_is_wish ? " or another" : ""));
    add("password", access.password);
    add("token", access.token);
    add("compress", access.compress);
    add("send_id", access.send_id);
    add("connect_limit", access.deadlines.connect);
    add("command_limit", access.deadlines.command);
    add("slow_limit", access.deadlines.slow);
}

void add_mapping(Facts& facts, const sync::MappingRules& rules) {
    const auto add = [&](const char* name, const auto& value) { facts[name] = words(value); };
    add("folders", rules.folders);
    add("folders_recursive", rules.folders_recursive);
    add("take_unlisted", rules.take_unlisted);
    add("include", rules.include);
    add("exclude", rules.exclude);
    add("overrides", rules.overrides);
    add("subscribed_only", rules.subscribed_only);
    add("roles", rules.map_special_use && rules.guess_special_use);
    add("skip_virtual", rules.skip_virtual);
    add("sub_folder1", rules.sub_folder_source);
    add("sub_folder2", rules.sub_folder_destination);
    add("prefix1", rules.prefix_source);
    add("prefix2", rules.prefix_destination);
    add("separator1", rules.separator_source);
    add("separator2", rules.separator_destination);
    add("substitutions", rules.substitutions);
    add("fix_slash", rules.fix_slash);
    add("imapsync_names", rules.imapsync_names);
}

void add_rewriting(Facts& facts, const sync::RewriteRules& rules) {
    const auto add = [&](const char* name, const auto& value) { facts[name] = words(value); };
    add("skip_matches", rules.skip_matches);
    add("message_substitutions", rules.substitutions);
    add("disarm_receipts", rules.disarm_read_receipts);
    add("pipes", rules.pipes);
    add("truncate", rules.truncate);
    add("longest_line", rules.longest_line);
    add("long_line_pipe", rules.long_line_pipe);
    add("least_longest_line", rules.least_longest_line);
    add("date_from_header", rules.date_from_header);
}

void add_rules(Facts& facts, const sync::Rules& rules) {
    const auto add = [&](const char* name, const auto& value) { facts[name] = words(value); };
    add("max_size", rules.max_size);
    add("min_size", rules.min_size);
    add("newer_than", rules.newer_than);
    add("older_than", rules.older_than);
    add("ages_are_union", rules.ages_are_union);
    add("flags", rules.flags);
    add("copy_duplicates", rules.copy_source_duplicates);
    add("delete_source", rules.delete_source);
    add("delete_only_marked", rules.delete_only_marked);
    add("delete_unproven", rules.delete_unproven);
    add("delete_for_good", rules.delete_for_good);
    add("delete_destination", rules.delete_destination);
    add("delete_duplicates", rules.delete_duplicates);
    add("guard_activity", rules.guard.on_activity);
    add("guard_shrunken", rules.guard.allow_shrunken_source);
    add("guard_deletions", rules.guard.max_deletions);
    add("restore_removed", rules.restore_removed);
    add("repair", rules.repair);
    add("add_header", rules.add_header);
    add("keep_date", rules.keep_internal_date);
    add("identity", rules.identity.headers);
    add("without_domain", rules.identity.message_id_without_domain);
    add("ignores_lines", static_cast<bool>(rules.identity.is_ignored));
    add("identity_has_size", rules.identity_has_size);
    add("search1", rules.search_source);
    add("search2", rules.search_destination);
    add("flag_rewrites", rules.flag_rewrites.size());
    add("filter_flags", rules.filter_flags);
    add("labels_of_copied", rules.labels.of_copied);
    add("labels_of_known", rules.labels.of_known);
    add("rehearse", rules.rehearse);
    add("skip_crossed", rules.skip_crossed);
    add("max_failures", rules.max_failures);
    add_rewriting(facts, rules.rewrite);
}

void add_request(Facts& facts, const app::SyncRequest& request) {
    const auto add = [&](const char* name, const auto& value) { facts[name] = words(value); };
    add("extent", request.extent);
    add("dry_run", request.dry_run);
    add("allow_same_account", request.allow_same_account);
    add("subscribe", request.subscribe);
    add("subscribe_all", request.subscribe_all);
    add("skip_empty", request.skip_empty_folders);
    add("mix_folders", request.mix_folders);
    add("claims", static_cast<bool>(request.claims));
    add("on_rename", request.on_rename);
    add("delete_folders", request.delete_folders.which);
    add("delete_folders_only", request.delete_folders.only);
    add("delete_folders_but_not", request.delete_folders.but_not);
    add("delete_empty_source", request.delete_empty_source);
    add("first", request.first);
    add("last", request.last);
    add("in_order", request.in_order);
    add("connections", request.connections);
    add("budget", request.budget);
    add("octets_a_second", request.most_octets_a_second);
    add("free_octets", request.free_octets);
    add("messages_a_second", request.most_messages_a_second);
    add("octets_in_all", request.allowance.in_all);
    add("protocol_log", request.protocol_log);
}

}  // namespace

Facts facts_of(const ImapsyncOrder& order) {
    Facts facts;
    add_side(facts, "1", order.request.source, order.sides[0]);
    add_side(facts, "2", order.request.destination, order.sides[1]);
    add_mapping(facts, order.request.mapping);
    add_rules(facts, order.request.rules);
    add_request(facts, order.request);
    const auto add = [&](const char* name, const auto& value) { facts[name] = words(value); };
    add("help", order.help);
    add("version", order.version);
    add("banner_only", order.banner_only);
    add("log", order.log);
    add("log_folder", order.log_folder);
    add("log_name", order.log_name);
    add("pid_file", order.pid_file);
    add("pid_file_given", order.pid_file_given);
    add("pid_locking", order.pid_locking);
    add("abort", order.abort);
    add("abort_by_file", order.abort_by_file);
    add("tail", order.tail);
    add("self_test", order.self_test);
    add("simulated_seconds", order.simulated_seconds);
    add("show", order.show);
    add("errors_max", order.errors_max);
    add("report1", order.email_report[0]);
    add("report2", order.email_report[1]);
    add("report_from", order.email_from);
    add("filters_to_try", order.filters_to_try);
    return facts;
}

std::string differences(const Facts& before, const Facts& after) {
    std::string text;
    for (const auto& [name, value] : after) {
        const auto was = before.find(name);
        if (was != before.end() && was->second == value) continue;
        text += (text.empty() ? "" : "; ") + name + "=" + value;
    }
    return text;
}

}  // namespace mailhaul::cli::testkit
