// SPDX-License-Identifier: Apache-2.0
#include "cli/sync_request.hpp"

#include <algorithm>

#include "cli/account_request.hpp"
#include "cli/quantities.hpp"
#include "govern/quiet_hours.hpp"

namespace mailhaul::cli {
namespace {

/// Reads values out of a line and collects what is wrong with them.
class Reader {
public:
    Reader(const ParsedLine& line, std::vector<std::string>& mistakes) : line_(line), mistakes_(mistakes) {}

    /// The option's value through `parse`; `wanted` says what would have been right.
    template <typename Parse>
    auto value(const std::string& name, Parse parse, const char* wanted) -> decltype(parse(std::string_view{})) {
        const auto text = line_.last(name);
        if (!text) return std::nullopt;
        auto parsed = parse(*text);
        if (!parsed) mistake("--" + name + " " + *text + ": wanted " + wanted);
        return parsed;
    }

    std::string text(const std::string& name) { return line_.last(name).value_or(""); }
    void mistake(std::string words) { mistakes_.push_back(std::move(words)); }
    [[nodiscard]] const ParsedLine& line() const { return line_; }

private:
    const ParsedLine& line_;
    std::vector<std::string>& mistakes_;
};

constexpr const char* a_size = "a size such as 25MB or 10MiB";
constexpr const char* a_time_past = "an age such as 30d, 6w or 2y, or a date such as 2024-01-31";

/// A URL may name a folder: only that one is taken, and goes to the other URL's where that names one too.
void read_folders_of_urls(Reader& reader, sync::MappingRules& rules, const std::optional<std::string>& source,
                          const std::optional<std::string>& destination) {
    if (source) rules.folders.push_back(*source);
    if (source && destination) rules.overrides.emplace_back(*source, *destination);
    if (destination && !source)
        reader.mistake("the destination names the folder " + *destination +
                       " but the source names none: use --map OLD=NEW or --sub-folder");
}

constexpr std::uint64_t most_at_once = 200;

/// Whose mail it is stands in the file, so an account of the command line may only say where, and who logs in.
void read_accounts_file(Reader& reader, SyncOrder& order) {
    const ParsedLine& line = reader.line();
    order.accounts_file = line.last("accounts");
    order.has_source = !line.words.empty();
    order.has_destination = line.has("to");
    order.ledgers = reader.text("ledgers");
    const auto at_once = [](std::string_view text) -> std::optional<std::uint32_t> {
        const auto number = parse_number(text);
        return number && *number >= 1 && *number <= most_at_once ? std::optional(static_cast<std::uint32_t>(*number))
                                                                 : std::nullopt;
    };
    if (const auto number = reader.value("at-once", at_once, "a number from 1 to 200")) order.at_once = *number;
    for (const char* alone : {"at-once", "ledgers"})
        if (line.has(alone) && !order.accounts_file)
            reader.mistake("--" + std::string(alone) + " is for many accounts: add --accounts FILE");
    if (!order.accounts_file) return;
    for (const char* name : {"source-authorize-as", "destination-authorize-as"})
        if (line.has(name)) reader.mistake("--" + std::string(name) + ": with --accounts, whose mail it is stands in the file");
    if (line.has("ledger")) reader.mistake("--ledger is one account's: with --accounts, name a folder with --ledgers");
}

void read_accounts(Reader& reader, SyncOrder& order, const Surroundings& surroundings) {
    read_accounts_file(reader, order);
    order.seal_keys = read_seal_keys(reader.line(), order.mistakes, surroundings);
    AccountReader source(reader.line(), order.mistakes, source_naming, order.request.source, order.seal_keys);
    AccountReader destination(reader.line(), order.mistakes, destination_naming, order.request.destination, order.seal_keys);
    std::optional<std::string> source_folder;
    std::optional<std::string> destination_folder;
    const auto& words = reader.line().words;
    if (!words.empty()) source_folder = source.read_account(words.front());
    else if (!order.accounts_file) reader.mistake("no source: write SOURCE --to DESTINATION");
    for (std::size_t i = 1; i < words.size(); ++i) reader.mistake("one source at a time: what is '" + words[i] + "'?");
    const auto to = reader.line().last("to");
    if (to) destination_folder = destination.read_account(*to);
    else if (!order.accounts_file) reader.mistake("no destination: add --to user@host");
    read_folders_of_urls(reader, order.request.mapping, source_folder, destination_folder);
    if (order.accounts_file)  // somebody, so that what only goes with an administrator's login is taken
        for (client::Access* side : {&order.request.source, &order.request.destination}) side->authorize_as = "{user}";
    for (AccountReader* side : {&source, &destination}) {
        side->read_credentials(surroundings);
        side->read_connection();
    }
}

void read_deadlines(Reader& reader, app::SyncRequest& request) {
    const auto timeout = reader.value("timeout", parse_duration, "a time such as 30s or 2m");
    if (!timeout) return;
    for (client::Access* access : {&request.source, &request.destination}) {
        access->deadlines.connect = std::min(access->deadlines.connect, *timeout);
        access->deadlines.greeting = std::min(access->deadlines.greeting, *timeout);
        access->deadlines.command = *timeout;
        access->deadlines.slow = *timeout;
    }
}

void read_mapping(Reader& reader, sync::MappingRules& rules) {
    const ParsedLine& line = reader.line();
    for (std::string& folder : line.all("folder")) rules.folders.push_back(std::move(folder));
    rules.folders_recursive = line.all("folder-recursive");
    rules.include = line.all("include");
    rules.exclude = line.all("exclude");
    for (const std::string& pair : line.all("map")) {
        const std::size_t equals = pair.find('=');
        if (equals == 0 || equals == std::string::npos || equals + 1 == pair.size())
            reader.mistake("--map " + pair + ": wanted OLD=NEW");
        else rules.overrides.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    rules.skip_virtual = line.is_on("skip-folders", true);
    rules.map_special_use = line.is_on("special-use", true);
    rules.prefix_source = line.last("source-prefix");
    rules.prefix_destination = line.last("destination-prefix");
    rules.sub_folder_destination = reader.text("sub-folder");
}

std::optional<sync::FlagMode> parse_flag_mode(std::string_view text) {
    if (text == "three-way") return sync::FlagMode::three_way;
    if (text == "exact") return sync::FlagMode::exact;
    if (text == "leave") return sync::FlagMode::leave;
    return std::nullopt;
}

std::optional<std::uint64_t> parse_ceiling(std::string_view text) {
    return text == "unlimited" ? sync::GuardRules::unlimited : parse_number(text);
}

void read_deletions(Reader& reader, sync::Rules& rules) {
    const ParsedLine& line = reader.line();
    rules.delete_source = line.is_on("delete-source");
    rules.delete_destination = line.is_on("delete-destination");
    rules.delete_for_good = line.is_on("delete-for-good");
    rules.delete_duplicates = line.is_on("delete-duplicates");
    if (rules.delete_source && rules.delete_destination)
        reader.mistake("--delete-source and --delete-destination together would empty both sides over two runs: choose one");
    rules.guard.max_deletions = reader.value("max-deletions", parse_ceiling, "a number of messages, or unlimited");
    rules.guard.allow_shrunken_source = line.is_on("allow-shrunken-source");
    if (line.is_on("delete-despite-activity")) rules.guard.on_activity = sync::OnActivity::warn;
}

void read_rules(Reader& reader, sync::Rules& rules, std::int64_t now) {
    rules.restore_removed = reader.line().is_on("restore-removed");
    rules.repair = reader.line().is_on("repair");
    const auto past = [now](std::string_view text) { return parse_past(text, now); };
    rules.max_size = reader.value("max-size", parse_size, a_size);
    rules.min_size = reader.value("min-size", parse_size, a_size);
    rules.newer_than = reader.value("newer-than", past, a_time_past);
    rules.older_than = reader.value("older-than", past, a_time_past);
    if (rules.newer_than && rules.older_than && *rules.newer_than >= *rules.older_than)
        reader.mistake("--newer-than and --older-than leave no message between them: swap them");
    if (rules.min_size && rules.max_size && rules.min_size->value() > rules.max_size->value())
        reader.mistake("--min-size is above --max-size, which leaves no message: swap them");
    if (const auto mode = reader.value("flags", parse_flag_mode, "three-way, exact or leave")) rules.flags = *mode;
    read_deletions(reader, rules);
}

std::optional<sync::CopyOrder> parse_order(std::string_view text) {
    if (text == "kept") return sync::CopyOrder::kept;
    if (text == "any") return sync::CopyOrder::any;
    if (text == "newest") return sync::CopyOrder::newest;
    return std::nullopt;
}

/// A size that is not nothing.
std::optional<Octets> parse_some(std::string_view text) {
    const auto size = parse_size(text);
    return size && size->value() > 0 ? size : std::nullopt;
}

/// How much a day, and at which hours.
void read_limits_of_time(Reader& reader, app::SyncRequest& request) {
    constexpr const char* some = "a size above 0 for each 24 hours, like 500MB or 2.5GB";
    sync::AllowanceRules& allowance = request.allowance;
    allowance.source_a_day = reader.value("source-daily-limit", parse_some, some);
    allowance.destination_a_day = reader.value("destination-daily-limit", parse_some, some);
    if (const auto when = reader.line().last("quiet-hours")) {
        auto quiet = govern::QuietHours::parse(*when);
        if (quiet.ok()) allowance.quiet = std::move(quiet).value();
        else reader.mistake("--quiet-hours: " + quiet.error().message);
    }
    if (!reader.line().is_on("wait")) return;
    request.on_pause = app::OnPause::wait;
    if (!allowance.source_a_day && !allowance.destination_a_day && !reader.line().has("quiet-hours"))
        reader.mistake("--wait has nothing to wait for: give --source-daily-limit, --destination-daily-limit or --quiet-hours");
}

constexpr std::uint64_t most_connections = 32;
constexpr Octets least_budget{1U << 20};

void read_running(Reader& reader, app::SyncRequest& request, const Surroundings& surroundings) {
    const auto budget = [](std::string_view text) -> std::optional<Octets> {
        const auto size = parse_size(text);
        return size && *size >= least_budget ? size : std::nullopt;
    };
    const auto connections = [](std::string_view text) -> std::optional<std::uint32_t> {
        const auto number = parse_number(text);
        return number && *number >= 1 && *number <= most_connections ? std::optional(static_cast<std::uint32_t>(*number))
                                                                     : std::nullopt;
    };
    if (const auto number = reader.value("connections", connections, "a number from 1 to 32")) request.connections = *number;
    if (const auto variable = surroundings.variable("MAILHAUL_BUDGET")) {
        if (const auto size = budget(*variable)) request.budget = *size;
        else reader.mistake("$MAILHAUL_BUDGET is " + *variable + ": wanted a size of at least 1MiB");
    }
    if (const auto size = reader.value("budget", budget, "a size of at least 1MiB")) request.budget = *size;
    request.most_octets_a_second = reader.value("max-bytes-per-second", parse_some, "a size above 0, like 500kB");
    request.most_messages_a_second = reader.value("max-messages-per-second", parse_rate, "a number above 0, like 4 or 0.5");
    if (const auto copy_order = reader.value("order", parse_order, "kept, any or newest")) request.order = *copy_order;
    read_limits_of_time(reader, request);
    request.ledger_path = reader.text("ledger");
    request.dry_run = reader.line().is_on("dry-run");
    request.subscribe = reader.line().is_on("subscribe", true);
    request.protocol_log = reader.line().is_on("protocol");
    if (reader.line().is_on("delete-folders")) request.delete_folders.which = sync::DeleteFolders::ours;
    if (reader.line().is_on("copy-renamed")) request.on_rename = sync::OnRename::copy_again;
}

}  // namespace

SyncOrder order_sync(const ParsedLine& line, const Surroundings& surroundings) {
    SyncOrder order;
    order.mistakes = line.mistakes;
    Reader reader(line, order.mistakes);
    const auto now = std::chrono::floor<std::chrono::seconds>(surroundings.wall_now()).time_since_epoch().count();
    read_accounts(reader, order, surroundings);
    read_deadlines(reader, order.request);
    read_mapping(reader, order.request.mapping);
    read_rules(reader, order.request.rules, now);
    read_running(reader, order.request, surroundings);
    const sync::MappingRules& mapping = order.request.mapping;
    const bool in_part = !mapping.folders.empty() || !mapping.folders_recursive.empty() || !mapping.include.empty();
    if (order.request.delete_folders.which != sync::DeleteFolders::no && in_part)
        reader.mistake(
            "--delete-folders looks for what is gone from the whole account: leave out --folder, --folder-recursive "
            "and --include, or name with --exclude what is to stay");
    order.json = line.is_on("json");
    if (line.is_on("verbose")) order.chattiness = Chattiness::verbose;
    if (line.is_on("quiet")) order.chattiness = Chattiness::quiet;
    return order;
}

}  // namespace mailhaul::cli
