// SPDX-License-Identifier: Apache-2.0
// Which folders are taken, and where they go (behaviour 4).
#include <algorithm>

#include "cli/imapsync_reading.hpp"
#include "perl/operators.hpp"

namespace mailhaul::cli {
namespace {

/// `text` as imapsync cleans sub-folder names: blanks trimmed, letters, digits and `-_./ ` kept.
std::string sub_folder(const ParsedLine& line, const std::string& name) {
    std::string text = trimmed(line.last(name).value_or(""));
    std::erase_if(text, [](unsigned char letter) {
        const bool plain =
            (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z');
        return !plain && std::string_view("-_./ ").find(static_cast<char>(letter)) == std::string_view::npos;
    });
    return text;
}

std::optional<std::string> separator(ImapsyncOrder& order, const ParsedLine& line, const std::string& name) {
    auto text = line.last(name);
    if (text && text->empty()) refuse(order, "--" + name + " \"\": wanted what stands between the levels of a name, such as /");
    return text && text->empty() ? std::nullopt : std::move(text);
}

/// Only their form: what separators and prefixes are is known once both sides were listed.
void read_substitutions(ImapsyncOrder& order, const ParsedLine& line) {
    sync::MappingRules& rules = order.request.mapping;
    const auto who = [](const client::Access& side) { return side.mailbox_user(); };
    rules.variables = {{"user1", who(order.request.source)},
                       {"user2", who(order.request.destination)},
                       {"host1", order.request.source.host},
                       {"host2", order.request.destination.host}};
    rules.substitutions = line.all("regextrans2");
    perl::Variables variables = rules.variables;
    for (const char* name : {"h1_sep", "h2_sep", "h1_prefix", "h2_prefix"}) variables[name] = "/";
    if (const auto read = perl::parse_substitutions("--regextrans2", rules.substitutions, variables); !read.ok())
        refuse(order, read.error().message);
}

}  // namespace

void read_mapping(ImapsyncOrder& order, const ParsedLine& line) {
    sync::MappingRules& rules = order.request.mapping;
    rules.imapsync_names = true;
    rules.skip_virtual = false;
    rules.folders = line.all("folder");
    rules.folders_recursive = line.all("folderrec");
    rules.include = line.all("include");
    rules.exclude = line.all("exclude");
    rules.take_unlisted = !line.is_on("checkfoldersexist", true);
    rules.subscribed_only = line.has("subscribed");
    for (const std::string& pair : line.all("f1f2")) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos || equals + 1 == pair.size()) continue;  // as imapsync: no target, no mapping
        rules.overrides.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    rules.sub_folder_source = sub_folder(line, "subfolder1");
    rules.sub_folder_destination = sub_folder(line, "subfolder2");
    const bool automap = line.is_on("automap") && rules.sub_folder_source.empty() && rules.sub_folder_destination.empty();
    rules.map_special_use = automap;
    rules.guess_special_use = automap;
    rules.prefix_source = line.last("prefix1");
    rules.prefix_destination = line.last("prefix2");
    rules.separator_source = separator(order, line, "sep1");
    rules.separator_destination = separator(order, line, "sep2");
    rules.fix_slash = line.is_on("fixslash2", true);
    read_substitutions(order, line);
    order.request.subscribe = line.is_on("subscribe", true);
    order.request.subscribe_all = line.is_on("subscribeall");
    order.request.skip_empty_folders = line.is_on("skipemptyfolders");
    order.request.mix_folders = line.is_on("mixfolders", true);
}

}  // namespace mailhaul::cli
