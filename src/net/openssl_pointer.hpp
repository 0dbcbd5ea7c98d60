// SPDX-License-Identifier: Apache-2.0
// Owning pointers for OpenSSL's objects, and its error queue as words.
#pragma once

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace mailhaul::net {

template <auto release>
struct OpensslDeleter {
    template <typename T>
    void operator()(T* object) const {
        release(object);
    }
};

using SslPointer = std::unique_ptr<SSL, OpensslDeleter<SSL_free>>;
using SslContextPointer = std::unique_ptr<SSL_CTX, OpensslDeleter<SSL_CTX_free>>;
using BioPointer = std::unique_ptr<BIO, OpensslDeleter<BIO_free_all>>;
using BioMethodPointer = std::unique_ptr<BIO_METHOD, OpensslDeleter<BIO_meth_free>>;
using X509Pointer = std::unique_ptr<X509, OpensslDeleter<X509_free>>;

/// The first reason in this thread's error queue, which is emptied; a general phrase where there is none.
std::string take_openssl_reason();

}  // namespace mailhaul::net
