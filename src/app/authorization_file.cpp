// SPDX-License-Identifier: Apache-2.0
#include "app/authorization_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>
#include <string_view>

#include "app/secret_line.hpp"
#include "oauth/form.hpp"
#include "oauth/jwt.hpp"

namespace mailhaul::app {
namespace {

/// A descriptor that is closed when this goes.
class File {
public:
    File(const std::string& path, int flags) : number_(open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (number_ >= 0) close(number_);
    }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// 144 bits, for an assertion that is used once.
std::string random_text() {
    std::random_device random;  // the kernel's generator
    std::string octets;
    for (int i = 0; i < 18; ++i) octets += static_cast<char>(random() & 0xFFU);
    return oauth::url_base64_from(octets);
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<Secret> read_secret_file(const std::string& path) {
    const File file(path, O_RDONLY | O_NOCTTY);
    if (!file.is_open()) return unavailable("file \"" + path + "\" cannot be opened", errno, ": mailhaul login writes it");
    std::string text;
    text.reserve(max_secret + 1);  // never moved while it grows, so no copy is left behind
    std::array<char, 4096> piece{};
    for (;;) {
        const ssize_t size = read(file.number(), piece.data(), piece.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return unavailable("file \"" + path + "\" cannot be read", errno, ": name another file");
        if (size == 0) break;
        if (text.size() + static_cast<std::size_t>(size) > max_secret)
            return unavailable("file \"" + path + "\" is larger than " + std::to_string(max_secret) +
                               " octets: is it the right file?");
        text.append(piece.data(), static_cast<std::size_t>(size));
    }
    explicit_bzero(piece.data(), piece.size());
    return Secret(std::move(text));
}

Result<KeptAuthorization> read_authorization(const std::string& path, const SealKeys& keys) {
    MH_TRY(file, read_secret_file(path));
    MH_TRY(text, keys.open(file, path));
    MH_TRY(authorization, oauth::authorization_from(text.reveal(), "file \"" + path + "\""));
    return KeptAuthorization{std::move(authorization), keys.is_outdated(file)};
}

Result<void> write_authorization(const std::string& path, const oauth::Authorization& authorization, const SealKeys& keys) {
    const std::string beside = path + ".new";
    MH_TRY(text, keys.seal(oauth::json_from(authorization), path));
    const std::string_view advice = ": the renewed authorization would be lost; make room or choose another place for it";
    {
        const File file(beside, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
        const bool written = file.is_open() && fchmod(file.number(), S_IRUSR | S_IWUSR) == 0 &&
                             write_all(file.number(), text.reveal()) && fsync(file.number()) == 0;
        if (!written) return unavailable("file \"" + beside + "\" cannot be written", errno, advice);
    }
    if (std::rename(beside.c_str(), path.c_str()) != 0)
        return unavailable("file \"" + path + "\" cannot be replaced", errno, advice);
    const File folder(folder_of(path), O_RDONLY | O_DIRECTORY);
    if (!folder.is_open() || fsync(folder.number()) != 0)
        return unavailable("the folder of \"" + path + "\" cannot be written", errno, advice);
    return {};
}

Result<Secret> client_assertion_by(const std::string& path, const std::string& client_id, const std::string& endpoint,
                                   std::chrono::seconds correction) {
    MH_TRY(pem, read_secret_file(path));
    oauth::ClientClaims claims;
    claims.client_id = client_id;
    claims.audience = endpoint;
    claims.id = random_text();
    claims.issued = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) + correction;
    auto assertion = oauth::client_assertion(claims, pem);
    if (!assertion.ok()) return std::move(assertion).error().while_doing("file \"" + path + "\"");
    return assertion;
}

AuthorizationLock::AuthorizationLock(const std::string& path)
    : file_(open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)) {}

AuthorizationLock::~AuthorizationLock() {
    if (file_ >= 0) close(file_);
}

bool AuthorizationLock::try_lock() { return file_ < 0 || flock(file_, LOCK_EX | LOCK_NB) == 0; }

}  // namespace mailhaul::app
