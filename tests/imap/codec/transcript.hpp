// SPDX-License-Identifier: Apache-2.0
// Reads tests/transcripts/*.txt: golden dialogues with servers. The notation is described in
// tests/transcripts/README.md.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace mailhaul::imap::testing {

/// What the server sends up to an assertion, and the assertion.
struct TranscriptStep {
    std::string octets;
    std::vector<std::string> expected;  ///< of the last lines read; empty: nothing is unreadable
    int line = 0;                       ///< in the file, of the last `S:`
};

struct Transcript {
    std::string name;
    std::vector<TranscriptStep> steps;

    [[nodiscard]] std::string wire() const {
        std::string all;
        for (const auto& step : steps) all += step.octets;
        return all;
    }
};

/// Puts the control octets behind their Unicode pictures.
inline std::string with_control_octets(std::string text) {
    constexpr std::pair<std::string_view, char> pictures[] = {{"\u2400", '\0'}, {"\u240D", '\r'}};
    for (const auto& [picture, octet] : pictures)
        for (auto at = text.find(picture); at != std::string::npos; at = text.find(picture, at + 1))
            text.replace(at, picture.size(), 1, octet);
    return text;
}

class TranscriptReader {
public:
    static Transcript read(const std::filesystem::path& path) {
        TranscriptReader reader;
        reader.transcript_.name = path.stem().string();
        std::ifstream file(path);
        int number = 0;
        for (std::string line; std::getline(file, line);) reader.take(line, ++number);
        reader.end_literal();
        reader.end_step();
        return std::move(reader.transcript_);
    }

private:
    void take(std::string_view line, int number) {
        const auto starts = [&](std::string_view prefix) {
            if (!line.starts_with(prefix)) return false;
            line.remove_prefix(prefix.size());
            return true;
        };
        if (line == "L:") line = "L: ";
        if (line == "S:") line = "S: ";
        if (starts("L: ")) {
            literal_ += with_control_octets(std::string(line)) + "\r\n";
            return;
        }
        if (starts("L. ")) {
            literal_ += with_control_octets(std::string(line));
            return;
        }
        end_literal();
        if (starts("expect ")) {
            expecting_ = true;
            step_.expected.emplace_back(line);
        } else if (starts("S: ")) {
            if (expecting_) end_step();
            step_.line = number;
            add_line(with_control_octets(std::string(line)));
        } else if (starts("C: ")) {
            ++commands_;
        }
    }

    /// A line that begins with OK, NO or BAD answers the last command: its tag is implicit.
    void add_line(std::string line) {
        for (const std::string_view status : {"OK", "NO", "BAD"})
            if (line == status || line.starts_with(std::string(status) + " "))
                line.insert(0, "A" + std::to_string(commands_) + " ");
        constexpr std::string_view line_feed_picture = "\u240A";
        const bool bare_line_feed = line.ends_with(line_feed_picture);
        if (bare_line_feed) line.resize(line.size() - line_feed_picture.size());
        if (line.ends_with("{}")) {
            announcement_ = line.substr(0, line.size() - 1);
            return;
        }
        step_.octets += line + (bare_line_feed ? "\n" : "\r\n");
    }

    void end_literal() {
        if (!announcement_.empty()) step_.octets += announcement_ + std::to_string(literal_.size()) + "}\r\n";
        step_.octets += literal_;
        announcement_.clear();
        literal_.clear();
    }

    void end_step() {
        if (!step_.octets.empty()) transcript_.steps.push_back(std::move(step_));
        step_ = {};
        expecting_ = false;
    }

    Transcript transcript_;
    TranscriptStep step_;
    std::string announcement_;  // `... {`, its count still unknown
    std::string literal_;
    bool expecting_ = false;
    int commands_ = 0;
};

/// All of them, in the order of their names.
inline std::vector<Transcript> all_transcripts() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(MAILHAUL_SOURCE_DIR "/tests/transcripts"))
        if (entry.path().extension() == ".txt") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<Transcript> transcripts;
    for (const auto& path : paths) transcripts.push_back(TranscriptReader::read(path));
    return transcripts;
}

}  // namespace mailhaul::imap::testing
