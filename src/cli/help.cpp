// SPDX-License-Identifier: Apache-2.0
#include "cli/help.hpp"

#include <algorithm>
#include <vector>

namespace mailhaul::cli {
namespace {

constexpr std::size_t text_column = 30;  // where explanations start; longer options get a line of their own

std::string with_value(std::string text, const Option& option) {
    if (!option.value.empty()) text += " " + std::string(option.value);
    return text;
}

std::string left_part(const Option& option) {
    const std::string name{option.name};
    std::string text = option.letter != 0 ? std::string("  -") + option.letter + ", " : "      ";
    if (option.per_side) return with_value(text + "--{source,destination}-" + name, option);
    if (option.shown_negated) return text + "--no-" + name;
    return with_value(text + "--" + name, option);
}

/// Words of `text` in lines of at most `width` columns.
std::vector<std::string> wrap(std::string_view text, std::size_t width) {
    std::vector<std::string> lines(1);
    while (!text.empty()) {
        const std::size_t end = text.find(' ');
        const std::string_view word = text.substr(0, end);
        if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
        if (!lines.back().empty()) lines.back() += ' ';
        lines.back() += word;
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

std::string explain(const std::string& left, std::string_view words, std::size_t width) {
    std::string text = left;
    std::size_t column = left.size();
    if (column + 2 > text_column) {
        text += '\n';
        column = 0;
    }
    for (const std::string& line : wrap(words, width - text_column)) {
        text += std::string(text_column - column, ' ') + line + '\n';
        column = 0;
    }
    return text;
}

std::string_view first_sentence(std::string_view text) {
    const std::size_t end = text.find(". ");
    return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

}  // namespace

std::string overview(std::span<const CommandHelp* const> commands) {
    std::string text = "mailhaul copies e-mail accounts between IMAP servers.\n";
    std::string_view task;
    for (const CommandHelp* command : commands) {
        if (command->task != task) text += "\n" + std::string(task = command->task) + "\n";
        std::string left = "  mailhaul " + std::string(command->name);
        left.resize(std::max(left.size() + 2, std::size_t{24}), ' ');
        text += left + std::string(first_sentence(command->summary)) + '\n';
    }
    text += "\nNew here?  mailhaul demo\nOptions:   mailhaul <command> --help      Version: mailhaul --version\n";
    return text;
}

std::string help_text(const CommandHelp& command, std::size_t width) {
    width = std::max<std::size_t>(width, text_column + 10);
    std::string text;
    for (const std::string& line : wrap(command.summary, width)) text += line + '\n';
    text += "\n  mailhaul " + std::string(command.name) + " " + std::string(command.usage) + "\n";
    if (!command.examples.empty()) text += "\nFor example:\n";
    for (const std::string_view example : command.examples) text += "  " + std::string(example) + '\n';
    for (const OptionGroup& group : command.groups) {
        text += "\n" + std::string(group.title) + ":\n";
        for (const Option& option : group.options) text += explain(left_part(option), option.help, width);
    }
    text += '\n';
    for (const std::string& line : wrap(command.exit_status, width)) text += line + '\n';
    return text;
}

}  // namespace mailhaul::cli
