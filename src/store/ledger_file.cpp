// SPDX-License-Identifier: Apache-2.0
#include "store/ledger_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "store/schema.hpp"

namespace mailhaul::store {
namespace {

Error cannot_use(const std::string& path, int why) {
    return {Errc::store_failed, Scope::account, Retry::never,
            "ledger \"" + path + "\" cannot be opened (" + std::strerror(why) +
                "): allow this user to write there, or name another"};
}

struct File {
    explicit File(int descriptor) : number(descriptor) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (number >= 0) close(number);
    }
    int number;
};

Error foreign_file(const std::string& path, const std::string& seen) {
    return {Errc::store_foreign, Scope::account, Retry::never,
            "\"" + path + "\" is not a ledger (" + seen + ") and stays as it is: name another file for the ledger"};
}

enum class Content : std::uint8_t { none, ledger };

/// store_foreign where it is neither. The application id stands in the file itself from its first octets on, as the
/// schema is made before WAL is switched on.
Result<Content> look_into(const File& file, const std::string& path) {
    struct stat status{};
    if (fstat(file.number, &status) != 0) return cannot_use(path, errno);
    if (!S_ISREG(status.st_mode)) return foreign_file(path, "not a regular file");
    if (status.st_size == 0) return Content::none;

    constexpr std::string_view magic("SQLite format 3\0", 16);  // https://www.sqlite.org/fileformat.html section 1.3
    constexpr std::size_t application_id_offset = 68;
    std::array<char, 100> header{};
    const ssize_t size = pread(file.number, header.data(), header.size(), 0);
    if (size < 0) return cannot_use(path, errno);
    if (size < std::ssize(header) || std::string_view(header.data(), magic.size()) != magic)
        return foreign_file(path, "it does not begin as an SQLite file does");
    std::uint32_t id = 0;
    for (std::size_t i = 0; i < 4; ++i) id = id << 8 | static_cast<std::uint8_t>(header[application_id_offset + i]);
    if (id != application_id)
        return foreign_file(path, "an SQLite file of another program: application id " + std::to_string(id) + ", wanted " +
                                      std::to_string(application_id));
    return Content::ledger;
}

}  // namespace

Result<void> make_folders(const std::filesystem::path& path) {
    std::filesystem::path folder;
    for (const auto& component : path.parent_path()) {
        folder /= component;
        if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST && !std::filesystem::is_directory(folder))
            return cannot_use(path.string(), errno);
    }
    return {};
}

/// Opening is enough for SQLite to replay a journal into a file that is not ours.
Result<void> recognise_file(const std::string& path) {
    const File file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600));
    if (file.number < 0) return cannot_use(path, errno);
    MH_TRY(content, look_into(file, path));
    static_cast<void>(content);  // an empty file becomes a ledger
    return {};
}

Result<void> recognise_existing_file(const std::string& path) {
    const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.number < 0)
        return Error{Errc::store_failed, Scope::account, Retry::never,
                     "ledger \"" + path + "\" cannot be read (" + std::strerror(errno) + ")"};
    MH_TRY(content, look_into(file, path));
    if (content == Content::none)
        return Error{Errc::store_failed, Scope::account, Retry::later,
                     "ledger \"" + path + "\" is empty: a run makes it one when it has connected to both sides"};
    return {};
}

bool was_closed_cleanly(const std::string& path) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(path + "-wal", missing);
    return missing || size == 0;
}

Result<void> check_integrity(Database& database, const std::string& path) {
    MH_TRY(finding, database.ask_text("PRAGMA quick_check(1)"));
    if (finding && *finding != "ok") return damaged(path, *finding);
    return {};
}

}  // namespace mailhaul::store
