// SPDX-License-Identifier: Apache-2.0
// Reading certificates for people. A certificate is a stranger's text: everything printed is cut and cleaned.
#include "net/certificate.hpp"

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

#include <boost/asio/ip/address.hpp>

#include "async/task.hpp"
#include "net/openssl_pointer.hpp"

namespace mailhaul::net {
namespace {

constexpr std::size_t longest_text = 256;  // octets of one name; a real one is far below
constexpr int most_names = 10;             // a shared certificate can hold hundreds

std::string printable(std::string_view text) {
    std::string clean;
    for (char c : text.substr(0, longest_text)) clean += c >= ' ' && c <= '~' ? c : '?';
    return clean;
}

std::string name_as_text(const X509_NAME* name) {
    const BioPointer memory(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253);
    char* text = nullptr;
    const long length = BIO_get_mem_data(memory.get(), &text);
    return length > 0 ? printable({text, static_cast<std::size_t>(length)}) : "(nobody)";
}

std::string_view view(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_as_text(std::string_view octets) {
    if (octets.size() == 4) {
        asio::ip::address_v4::bytes_type bytes{};
        std::copy(octets.begin(), octets.end(), bytes.begin());
        return asio::ip::address_v4(bytes).to_string();
    }
    if (octets.size() == 16) {
        asio::ip::address_v6::bytes_type bytes{};
        std::copy(octets.begin(), octets.end(), bytes.begin());
        return asio::ip::address_v6(bytes).to_string();
    }
    return "?";
}

/// The subject alternative names that can match a host.
std::string alternative_names(const X509* certificate) {
    using Names = std::unique_ptr<GENERAL_NAMES, OpensslDeleter<GENERAL_NAMES_free>>;
    const Names names(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
    std::string text;
    for (int i = 0; i < count; ++i) {
        if (i == most_names) return text + " and " + std::to_string(count - i) + " more";
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        std::string one;
        if (name->type == GEN_DNS) one = printable(view(name->d.dNSName));
        if (name->type == GEN_IPADD) one = address_as_text(view(name->d.iPAddress));
        if (one.empty()) continue;
        if (!text.empty()) text += ", ";
        text += one;
    }
    return text.empty() ? "none" : text;
}

std::string date(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return "?";
    std::array<char, 16> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

std::string hex(std::string_view octets) {
    std::string text;
    for (char c : octets) {
        const auto value = static_cast<unsigned char>(c);
        text += "0123456789abcdef"[value >> 4];
        text += "0123456789abcdef"[value & 15];
    }
    return text;
}

}  // namespace

std::string spki_sha256(const X509* certificate) {
    unsigned char* der = nullptr;
    const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (length <= 0) return {};
    std::string digest(32, '\0');
    EVP_Digest(der, static_cast<std::size_t>(length), reinterpret_cast<unsigned char*>(digest.data()), nullptr, EVP_sha256(),
               nullptr);
    OPENSSL_free(der);
    return hex(digest);
}

std::string describe(const X509* certificate) {
    return "for " + name_as_text(X509_get_subject_name(certificate)) + "; names: " + alternative_names(certificate) +
           "; issued by " + name_as_text(X509_get_issuer_name(certificate)) + "; valid " +
           date(X509_get0_notBefore(certificate)) + " to " + date(X509_get0_notAfter(certificate)) + "; SPKI SHA-256 " +
           spki_sha256(certificate);
}

std::string server_end_point(const X509* certificate) {
    int hash = NID_undef;
    if (X509_get_signature_info(const_cast<X509*>(certificate), &hash, nullptr, nullptr, nullptr) != 1) return {};
    if (hash == NID_md5 || hash == NID_sha1) hash = NID_sha256;
    const EVP_MD* digest = EVP_get_digestbynid(hash);
    if (digest == nullptr) return {};  // Ed25519 and kin sign without a hash of their own
    std::string binding(static_cast<std::size_t>(EVP_MD_get_size(digest)), '\0');
    X509_digest(certificate, digest, reinterpret_cast<unsigned char*>(binding.data()), nullptr);
    return binding;
}

}  // namespace mailhaul::net
