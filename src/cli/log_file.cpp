// SPDX-License-Identifier: Apache-2.0
#include "cli/log_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>

namespace mailhaul::cli {
namespace {

/// An open file; the sinks copied from one another share it and the last closes it.
class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() { ::close(descriptor_); }
    void write(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t written = ::write(descriptor_, text.data(), text.size());
            if (written <= 0) return;  // a full disk is no reason to stop a copy
            text.remove_prefix(static_cast<std::size_t>(written));
        }
    }

private:
    int descriptor_;
};

std::string name_part(std::string_view user) {
    std::string part;
    for (const char letter : user) {
        if (letter == ' ') continue;
        const bool harmless = static_cast<unsigned char>(letter) > 0x20 && static_cast<unsigned char>(letter) < 0x7F &&
                              std::string_view("/*|?:\"<>'\\`").find(letter) == std::string_view::npos;
        part += harmless ? letter : '_';
    }
    return part;
}

Error cannot_open(const std::string& path, const std::string& why) {
    return {Errc::store_failed, Scope::run, Retry::never,
            "cannot write the log file " + path + ": " + why + ": use --logdir or --nolog"};
}

}  // namespace

std::string imapsync_log_name(WallTime now, const std::string& user1, const std::string& user2) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(now);
    const std::time_t seconds = whole.time_since_epoch().count();
    std::tm local{};
    ::localtime_r(&seconds, &local);
    std::array<char, 64> text{};
    std::strftime(text.data(), text.size(), "%Y_%m_%d_%H_%M_%S", &local);
    std::string milliseconds = std::to_string((now - whole).count());
    milliseconds.insert(0, 3 - milliseconds.size(), '0');
    return std::string(text.data()) + "_" + milliseconds + "_" + name_part(user1) + "_" + name_part(user2) + ".txt";
}

Result<TextSink> open_log_file(const std::string& path) {
    std::error_code failure;
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty()) std::filesystem::create_directories(folder, failure);
    if (failure) return cannot_open(path, failure.message());
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) return cannot_open(path, std::strerror(errno));
    // Shared by the copies std::function makes of the sink.
    auto file = std::make_shared<File>(descriptor);
    return TextSink([file](std::string_view text) { file->write(text); });
}

}  // namespace mailhaul::cli
