// SPDX-License-Identifier: Apache-2.0
#include "app/apply_profiles.hpp"

#include <chrono>
#include <string_view>

#include "provider/recognise.hpp"

namespace mailhaul::app {
namespace {

/// Null where nothing fits, or where it would be a guess.
const provider::Profile* profile_of(const ServerSigns& server) {
    const auto found = provider::recognise_server(server.words, server.host, server.capabilities);
    return found.sureness >= provider::Sureness::likely ? found.profile : nullptr;
}

sync::SourceKnowledge knowledge_of_source(const provider::Profile& profile) {
    sync::SourceKnowledge source;
    source.server = profile.name;
    source.tells_no_roles = profile.tells_no_roles;
    for (const std::string& path : profile.skip)
        if (!path.starts_with('\\')) source.skip.push_back(path);  // roles are known everywhere
    return source;
}

sync::NameRules name_rules(const provider::Names& names) {
    sync::NameRules rules;
    rules.without = names.without;
    rules.only = names.only;
    rules.trims_blanks = names.trims_blanks;
    rules.joins_blanks = names.joins_blanks;
    rules.ignores_case = names.ignores_case;
    rules.parents_are_empty = names.parents_are_empty;
    rules.longest = names.longest;
    rules.reserved = names.reserved;
    return rules;
}

std::int64_t beginning_of(std::int32_t year) {
    return std::chrono::sys_seconds(std::chrono::sys_days(std::chrono::year(year) / 1 / 1)).time_since_epoch().count();
}

sync::DestinationKnowledge knowledge_of_destination(const provider::Profile& profile) {
    sync::DestinationKnowledge destination;
    destination.server = profile.name;
    if (profile.message_octets)
        (profile.message_octets_vary ? destination.usually_takes : destination.takes) = Octets(*profile.message_octets);
    for (const std::string& flag : profile.dropped_flags) destination.dropped_flags.insert(flag);
    destination.keyword_octets = profile.keyword_octets;
    destination.keywords_each = profile.keywords_each;
    if (profile.dates) destination.dates = {beginning_of(profile.dates->first), beginning_of(profile.dates->last + 1) - 1};
    return destination;
}

/// Courier names the mailbox whose messages it sends in a capability: `XCOURIEROUTBOX=INBOX.Outbox`.
void leave_outbox_alone(const imap::CapabilitySet& capabilities, sync::NameRules& names) {
    constexpr std::string_view sign = "XCOURIEROUTBOX=";
    for (const std::string& capability : capabilities)
        if (capability.starts_with(sign))
            names.never.emplace_back(capability.substr(sign.size()),
                                     "the destination would send every message that is stored in its outbox");
}

}  // namespace

std::vector<std::string> apply_profiles(const ServerSigns& source, const ServerSigns& destination, sync::MappingRules& mapping,
                                        sync::Rules& rules) {
    if (const provider::Profile* profile = profile_of(source)) {
        mapping.of_source = knowledge_of_source(*profile);
        rules.keyword_suffix = profile->keyword_suffix;
        rules.of_source.server = profile->name;
        rules.of_source.shows = profile->shows;
        rules.of_source.own_record = profile->own_record;
    }
    std::vector<std::string> warnings;
    if (const provider::Profile* profile = profile_of(destination)) {
        mapping.of_destination = name_rules(profile->names);
        mapping.destination_tells_no_roles = profile->tells_no_roles;
        rules.of_destination = knowledge_of_destination(*profile);
        warnings = profile->warnings;
    }
    leave_outbox_alone(destination.capabilities, mapping.of_destination);
    return warnings;
}

}  // namespace mailhaul::app
