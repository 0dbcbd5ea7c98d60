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

/// How a file tells that it is a ledger: three marks, of which damage takes one at a time. Two make a damaged ledger, one
/// makes nothing.
struct Marks {
    bool is_sqlite = false;
    bool has_our_id = false;
    bool has_our_tables = false;
    [[nodiscard]] bool are_two() const { return int{is_sqlite} + int{has_our_id} + int{has_our_tables} >= 2; }
};

Error foreign_file(const std::string& path, const std::string& seen) {
    return {Errc::store_foreign, Scope::account, Retry::never,
            "\"" + path + "\" is not a ledger (" + seen + ") and stays as it is: name another file for the ledger"};
}

enum class Content : std::uint8_t { none, ledger };

/// store_foreign where it is neither, store_damaged where it was a ledger. The application id stands in the file itself from
/// its first octets on, as the schema is made before WAL is switched on.
Result<Content> look_into(const File& file, const std::string& path, NamedBy named_by) {
    struct stat status{};
    if (fstat(file.number, &status) != 0) return cannot_use(path, errno);
    if (!S_ISREG(status.st_mode)) return foreign_file(path, "not a regular file");
    if (status.st_size == 0) return Content::none;

    constexpr std::string_view magic("SQLite format 3\0", 16);  // https://www.sqlite.org/fileformat.html section 1.3
    constexpr std::size_t application_id_offset = 68;
    constexpr std::size_t write_version_offset = 18;
    std::array<char, 4096> page{};
    const ssize_t size = pread(file.number, page.data(), page.size(), 0);
    if (size < 0) return cannot_use(path, errno);
    const std::string_view seen(page.data(), static_cast<std::size_t>(size));
    std::uint32_t id = 0;
    for (std::size_t i = 0; i < 4; ++i) id = id << 8 | static_cast<std::uint8_t>(page[application_id_offset + i]);
    const Marks marks{.is_sqlite = seen.starts_with(magic),
                      .has_our_id = id == application_id,
                      .has_our_tables = seen.contains(mark_in_first_page)};
    if (marks.is_sqlite && marks.has_our_id) {
        // SQLite would open it, and for reading only; it knows 1 and 2.
        if (page[write_version_offset] != 1 && page[write_version_offset] != 2) return damaged(path, "its header is wrong");
        return Content::ledger;
    }
    if (marks.are_two() || named_by == NamedBy::account) return damaged(path, "its header is wrong");
    if (!marks.is_sqlite) return foreign_file(path, "it does not begin as an SQLite file does");
    return foreign_file(path, "an SQLite file of another program: application id " + std::to_string(id) + ", wanted " +
                                  std::to_string(application_id));
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

std::string one_name_of(const std::string& path) {
    std::error_code unresolved;
    const std::filesystem::path resolved = std::filesystem::weakly_canonical(path, unresolved);
    return unresolved ? path : resolved.string();
}

/// Opening is enough for SQLite to replay a journal into a file that is not ours.
Result<void> recognise_file(const std::string& path, NamedBy named_by) {
    const File file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600));
    if (file.number < 0) return cannot_use(path, errno);
    MH_TRY(content, look_into(file, path, named_by));
    static_cast<void>(content);  // an empty file becomes a ledger
    return {};
}

Result<void> recognise_existing_file(const std::string& path) {
    const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.number < 0)
        return Error{Errc::store_failed, Scope::account, Retry::never,
                     "ledger \"" + path + "\" cannot be read (" + std::strerror(errno) + ")"};
    MH_TRY(content, look_into(file, path, NamedBy::user));
    if (content == Content::none)
        return Error{Errc::store_failed, Scope::account, Retry::later,
                     "ledger \"" + path + "\" is empty: a run makes it one when it has connected to both sides"};
    return {};
}

Result<void> check_integrity(Database& database, const std::string& path) {
    MH_TRY(finding, database.ask_text("PRAGMA integrity_check(1)"));
    if (!finding || *finding == "ok") return {};
    return damaged(path, std::string_view(*finding).substr(finding->rfind('\n') + 1));  // after a headline
}

}  // namespace mailhaul::store
