// SPDX-License-Identifier: Apache-2.0
#include "app/certificate_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "imap/codec/modified_utf7.hpp"
#include "proof/certificate_page.hpp"
#include "store/ledger.hpp"

namespace mailhaul::app {
namespace {

Error file_error(const std::string& doing, const std::string& path, int cause) {
    return {Errc::store_failed, Scope::run, Retry::never, doing + " " + path + ": " + std::strerror(cause)};
}

Error refused(std::string why) { return {Errc::certificate_refused, Scope::run, Retry::never, std::move(why)}; }

Result<std::string> content_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return file_error("reading", path, errno);
    std::string content{std::istreambuf_iterator<char>(in), {}};
    if (in.bad()) return file_error("reading", path, EIO);
    return content;
}

/// A file of its own first, then its name: nobody ever sees half of it. With Replace::no a file that is there stays, and
/// EEXIST is the error.
enum class Replace : std::uint8_t { no, yes };

int write_whole(const std::string& path, const std::string& content, mode_t mode, Replace replace) {
    std::string temporary = path + ".XXXXXX";
    const int file = ::mkstemp(temporary.data());
    if (file < 0) return errno;
    int cause = 0;
    std::string_view rest = content;
    while (!rest.empty() && cause == 0) {
        const ssize_t written = ::write(file, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) cause = errno;
        else rest.remove_prefix(static_cast<std::size_t>(written));
    }
    if (cause == 0 && ::fchmod(file, mode) != 0) cause = errno;
    if (cause == 0 && ::fsync(file) != 0) cause = errno;
    if (::close(file) != 0 && cause == 0) cause = errno;
    if (cause == 0 && replace == Replace::no && ::link(temporary.c_str(), path.c_str()) != 0) cause = errno;
    if (cause == 0 && replace == Replace::yes && ::rename(temporary.c_str(), path.c_str()) == 0) return 0;
    if (cause == 0 && replace == Replace::yes) cause = errno;
    ::unlink(temporary.c_str());
    return cause;
}

Result<proof::SigningKey> read_key(const std::string& path) {
    MH_TRY(pem, content_of(path));
    const Secret text(std::move(pem));
    auto key = proof::SigningKey::from_pem(text.reveal());
    if (!key) return refused(path + " is not an Ed25519 key in PEM without a passphrase: name another with --signing-key");
    return std::move(*key);
}

/// Of every pair the ledger stands by: as many messages, and the same root.
Result<void> compare_with_ledger(const proof::Verification& found, const std::string& path) {
    std::error_code unreadable;
    if (!std::filesystem::exists(path, unreadable)) return file_error("reading", path, ENOENT);
    MH_TRY(ledger, store::open_sqlite_ledger(path, found.accounts));
    MH_TRY(recorded, ledger->pairs());
    const std::vector<store::PairKey> pairs = proof::current_pairs(recorded).first;
    const std::string otherwise = ": a later sync changed it, or it is not the one that was verified";
    if (pairs.size() != found.mailboxes.size())
        return refused("the ledger holds " + std::to_string(pairs.size()) + " mailboxes, the certificate " +
                       std::to_string(found.mailboxes.size()) + otherwise);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        MH_TRY(entries, ledger->entries(pairs[i]));
        proof::MerkleTree tree;
        for (const store::Entry& entry : entries) tree.add(proof::leaf_of(entry));
        const proof::MailboxResult& certified = found.mailboxes[i];
        if (pairs[i] == certified.pair && tree.size() == certified.tally.entries && tree.root() == certified.root) continue;
        return refused("of \"" + imap::display_name(pairs[i].source.name.raw()) +
                       "\" the ledger says other than the certificate" + otherwise);
    }
    return {};
}

}  // namespace

std::string default_signing_key_path() {
    return std::filesystem::path(store::default_ledger_path({})).replace_filename("signing.key").string();
}

Result<proof::SigningKey> signing_key_at(const std::string& path) {
    if (::access(path.c_str(), F_OK) == 0) return read_key(path);
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    if (!folder.empty() && ::access(folder.c_str(), F_OK) != 0) {
        std::error_code cause;
        std::filesystem::create_directories(folder, cause);
        if (!cause) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, cause);
        if (cause) return file_error("making", folder.string(), cause.value());
    }
    const proof::SigningKey key = proof::SigningKey::generate();
    const int cause = write_whole(path, key.to_pem().reveal(), S_IRUSR | S_IWUSR, Replace::no);
    if (cause != 0 && cause != EEXIST) return file_error("writing", path, cause);
    return read_key(path);  // where another process was quicker, its key is the one
}

Result<proof::Certificate> issue_certificate(const proof::Verification& found, const CertificateRequest& request) {
    MH_TRY(key, signing_key_at(request.signing_key.empty() ? default_signing_key_path() : request.signing_key));
    const std::string document = proof::write_certificate(found, request.tool, request.issued, key);
    MH_TRY(certificate, proof::read_certificate(document));  // what is handed out is what anybody would read
    constexpr mode_t for_everybody = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
    if (const int cause = write_whole(request.document, document, for_everybody, Replace::yes); cause != 0)
        return file_error("writing", request.document, cause);
    if (!request.page.empty())
        if (const int cause = write_whole(request.page, proof::page_of(certificate, document), for_everybody, Replace::yes);
            cause != 0)
            return file_error("writing", request.page, cause);
    return std::move(certificate);
}

Result<proof::Certificate> check_certificate(const CertificateCheck& check) {
    MH_TRY(document, content_of(check.document));
    MH_TRY(certificate, proof::read_certificate(document));
    const std::string signer = proof::hex_from(proof::fingerprint_of(certificate.signer));
    if (check.trusted && *check.trusted != signer)
        return refused("signed by " + signer + ", which is not the signer you trust");
    if (!check.ledger.empty()) MH_TRY_VOID(compare_with_ledger(certificate.verification, check.ledger));
    return std::move(certificate);
}

}  // namespace mailhaul::app
