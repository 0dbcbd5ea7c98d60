// SPDX-License-Identifier: Apache-2.0
// Which messages are looked at (behaviour 8), which are copied, and what makes two of them one (behaviour 3).
#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include "cli/imapsync_reading.hpp"
#include "perl/regular_expression.hpp"

namespace mailhaul::cli {
namespace {

/// `26-Nov-2026`, in the process's time zone, as imapsync asks for dates.
std::string search_date(std::int64_t time) {
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = time;
    std::tm local{};
    ::localtime_r(&seconds, &local);
    return std::to_string(local.tm_mday) + "-" + months.at(static_cast<std::size_t>(local.tm_mon)) + "-" +
           std::to_string(1900 + local.tm_year);
}

/// An option of the operator's goes to the server as it stands, so it must end where it ends.
void refuse_unsendable(ImapsyncOrder& order, const std::string& option, const std::string& criteria) {
    const bool is_literal = criteria.ends_with("}") && criteria.contains('{');
    const bool has_line_end = criteria.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos;
    if (criteria.empty() || is_literal || has_line_end)
        refuse(order, "--" + option + " \"" + criteria + "\": wanted words of IMAP's SEARCH such as UNSEEN, on one line");
}

std::optional<std::string> search_of(ImapsyncOrder& order, const ParsedLine& line, const char* digit) {
    for (const std::string& option : {std::string("search") + digit, std::string("search")}) {
        const auto criteria = line.last(option);
        if (!criteria) continue;
        refuse_unsendable(order, option, *criteria);
        return criteria;
    }
    return std::nullopt;
}

bool is_without_search(const ParsedLine& line) {
    return !line.is_on("abletosearch", true) || !line.is_on("abletosearch1", true) || !line.is_on("abletosearch2", true);
}

void read_ages(ImapsyncOrder& order, const ParsedLine& line, std::int64_t now) {
    sync::Rules& rules = order.request.rules;
    const auto ago = [now](double age) { return now - std::llround(std::min(age, 1e6) * seconds_a_day); };
    const auto maxage = number_of(line, "maxage");
    const auto minage = number_of(line, "minage");
    const bool is_union = maxage && minage && *minage > *maxage;
    if (!maxage && !minage) return;
    if (is_without_search(line)) {
        if (maxage) rules.newer_than = ago(*maxage);
        if (minage) rules.older_than = ago(*minage) + 1;  // imapsync's limit is inside
        rules.ages_are_union = is_union;
        return;
    }
    std::string criteria = is_union ? "OR" : "";
    const auto add = [&](const std::string& words) { criteria += (criteria.empty() ? "" : " ") + words; };
    if (maxage) add("SENTSINCE " + search_date(ago(*maxage)));
    if (minage) add("SENTBEFORE " + search_date(ago(*minage)));
    rules.search_source = rules.search_destination = criteria;
}

/// imapsync lists these alone where it does not search. Which option it is for, and that it is no UID, nobody remembers: a set
/// of numbers as in a FETCH.
void read_fetch_set(ImapsyncOrder& order, const ParsedLine& line) {
    const auto set = line.last("fetch_hash_set");
    if (!set || *set == "1:*") return;
    if (set->empty() || set->find_first_not_of("0123456789:,*") != std::string::npos) {
        refuse(order, "--fetch_hash_set " + *set + ": wanted a set of UIDs such as 1:100,200:*");
        return;
    }
    if (!is_without_search(line)) {
        order.notes.emplace_back("--fetch_hash_set counts with --noabletosearch only, as with imapsync");
        return;
    }
    order.request.rules.search_source = order.request.rules.search_destination = "UID " + *set;
}

void read_identity(ImapsyncOrder& order, const ParsedLine& line) {
    sync::Rules& rules = order.request.rules;
    rules.identity_has_size = !line.is_on("skipsize", true);
    rules.identity.message_id_without_domain = line.is_on("messageidnodomain");
    if (const auto headers = line.all("useheader"); !headers.empty()) rules.identity.headers = headers;
    if (const auto text = line.last("skipheader")) {
        auto pattern = perl::RegularExpression::compile(*text, "ix");
        if (!pattern.ok()) refuse(order, "--skipheader " + *text + ": " + pattern.error().message);
        else
            rules.identity.is_ignored = [pattern = std::move(pattern).value()](std::string_view header_line) {
                const auto found = pattern.find(header_line, 0, false);
                return found.ok() && found.value().has_value();
            };
    }
    if (line.is_on("useuid") && !line.is_on("usecache", true))
        refuse(order, "--useuid --nousecache copies everything again each time: leave one of them out");
}

/// Gmail's labels: the view of all mail is taken first, and the folders one after the other find their messages then.
void read_labels(ImapsyncOrder& order, const ParsedLine& line) {
    sync::LabelRules& labels = order.request.rules.labels;
    labels.of_copied = line.is_on("synclabels");
    labels.of_known = line.is_on("resynclabels");
    if (!labels.is_anything()) return;
    order.request.in_order = true;
    order.request.connections = 1;
}

/// Folders are then taken one after the other: which of two equal messages is the first must not be left to chance.
void read_crossed(ImapsyncOrder& order, const ParsedLine& line) {
    if (!line.is_on("skipcrossduplicates")) return;
    if (line.is_on("usecache"))
        refuse(order, "--usecache and --skipcrossduplicates together: what the cache knows is not compared with other folders");
    order.request.rules.skip_crossed = true;
    order.request.in_order = true;
    order.request.connections = 1;
    order.request.first = line.all("folderfirst");
    order.request.last = line.all("folderlast");
}

void read_limits(app::SyncRequest& request, const ParsedLine& line) {
    const auto above_zero = [&](const char* name) {
        const auto number = number_of(line, name);
        return number && *number > 0 ? number : std::nullopt;
    };
    if (const auto octets = above_zero("maxbytespersecond"))
        request.most_octets_a_second = Octets{static_cast<std::uint64_t>(std::max(1.0, *octets))};
    if (const auto free = octets_of(line, "maxbytesafter")) request.free_octets = *free;
    request.most_messages_a_second = above_zero("maxmessagespersecond");
    if (const auto most = octets_of(line, "exitwhenover"); most && most->value() > 0) request.allowance.in_all = *most;
    if (const auto most = number_of(line, "errorsmax")) {
        constexpr double otherwise = 50;
        request.rules.max_failures = static_cast<std::uint32_t>(*most >= 1 ? std::min(*most, 4e9) : otherwise);
    }
}

}  // namespace

void read_selection(ImapsyncOrder& order, const ParsedLine& line, std::int64_t now) {
    sync::Rules& rules = order.request.rules;
    rules.max_size = octets_of(line, "maxsize");
    if (const auto limit = octets_of(line, "appendlimit"); limit && (!rules.max_size || *limit < *rules.max_size))
        rules.max_size = limit;
    if (const auto least = octets_of(line, "minsize"))
        rules.min_size = Octets{least->value() + 1};  // imapsync skips the limit itself
    read_fetch_set(order, line);
    read_ages(order, line, now);
    if (auto criteria = search_of(order, line, "1")) rules.search_source = std::move(criteria);
    if (auto criteria = search_of(order, line, "2")) rules.search_destination = std::move(criteria);
    rules.flags = line.is_on("resyncflags", true) ? sync::FlagMode::exact : sync::FlagMode::leave;
    rules.copy_source_duplicates = line.is_on("syncduplicates") || line.is_on("useuid");
    rules.add_header = line.is_on("addheader");
    rules.keep_internal_date = line.is_on("syncinternaldates", true) || line.is_on("idatefromheader");
    rules.restore_removed = true;  // imapsync remembers nothing: what is not there is copied
    order.request.on_rename = sync::OnRename::copy_again;
    read_identity(order, line);
    read_labels(order, line);
    read_crossed(order, line);
    read_limits(order.request, line);
}

}  // namespace mailhaul::cli
