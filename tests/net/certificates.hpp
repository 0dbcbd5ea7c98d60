// SPDX-License-Identifier: Apache-2.0
// Certificates made on the spot: an authority and what it signs, good or bad in one chosen way.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "net/openssl_pointer.hpp"

namespace mailhaul::net {

using KeyPointer = std::unique_ptr<EVP_PKEY, OpensslDeleter<EVP_PKEY_free>>;

struct Identity {
    KeyPointer key;
    X509Pointer certificate;
};

struct CertificateRequest {
    std::string common_name = "mailhaul test";
    std::string alternative_names;  ///< `DNS:a.example,IP:127.0.0.1`; empty: none
    bool is_authority = false;
    int first_day = -1;  ///< from today
    int last_day = 30;
};

inline void add_extension(X509* certificate, int which, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, which, value.c_str());
    ASSERT_NE(extension, nullptr) << value;
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

/// Signed by `issuer`, by itself where there is none.
inline Identity issue(const CertificateRequest& request, const Identity* issuer = nullptr) {
    Identity made{KeyPointer(EVP_EC_gen("P-256")), X509Pointer(X509_new())};
    X509* certificate = made.certificate.get();
    static long serial = 1;
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_time_adj_ex(X509_getm_notBefore(certificate), request.first_day, 0, nullptr);
    X509_time_adj_ex(X509_getm_notAfter(certificate), request.last_day, 0, nullptr);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(request.common_name.data()),
                               static_cast<int>(request.common_name.size()), -1, 0);
    X509_set_issuer_name(certificate, issuer != nullptr ? X509_get_subject_name(issuer->certificate.get()) : subject);
    X509_set_pubkey(certificate, made.key.get());
    add_extension(certificate, NID_basic_constraints, request.is_authority ? "critical,CA:TRUE" : "CA:FALSE");
    if (!request.alternative_names.empty()) add_extension(certificate, NID_subject_alt_name, request.alternative_names);
    X509_sign(certificate, issuer != nullptr ? issuer->key.get() : made.key.get(), EVP_sha256());
    return made;
}

inline Identity make_authority() {
    CertificateRequest request;
    request.common_name = "mailhaul test authority";
    request.is_authority = true;
    return issue(request);
}

/// The certificate in PEM form, in a file of its own that goes with this.
class PemFile {
public:
    explicit PemFile(const Identity& identity) {
        static int files = 0;
        path_ = testing::TempDir() + "mailhaul_net_" + std::to_string(getpid()) + "_" + std::to_string(files++) + ".pem";
        const BioPointer file(BIO_new_file(path_.c_str(), "w"));
        PEM_write_bio_X509(file.get(), identity.certificate.get());
    }
    PemFile(const PemFile&) = delete;
    PemFile& operator=(const PemFile&) = delete;
    ~PemFile() { std::remove(path_.c_str()); }

    const std::string& path() const { return path_; }

private:
    std::string path_;
};

}  // namespace mailhaul::net
