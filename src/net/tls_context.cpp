// SPDX-License-Identifier: Apache-2.0
// Protocol versions, ciphers, modes and authorities of a TLS client. Names and pins belong to each connection.
#include "net/tls_context.hpp"

#include <openssl/err.h>

#include <filesystem>
#include <map>
#include <tuple>

#include "net/openssl_pointer.hpp"

namespace mailhaul::net {
namespace {

constexpr std::size_t most_contexts = 32;  // some 100 kB each once the authorities are in; a run has one or two

// What a context depends on: CA file, when it was written, whether authorities matter, legacy, our certificate and key.
using Trust = std::tuple<std::string, std::filesystem::file_time_type, bool, bool, std::string, std::string>;

Trust trust_of(const TlsOptions& options) {
    std::filesystem::file_time_type written;
    std::error_code unreadable;  // loading it will say so
    if (!options.ca_file.empty()) written = std::filesystem::last_write_time(options.ca_file, unreadable);
    return {options.ca_file,          written,         options.verification == Verification::full, options.legacy,
            options.certificate_file, options.key_file};
}

/// What we show to a server that asks who we are.
Result<void> show_certificate(SSL_CTX* context, const TlsOptions& options) {
    if (options.certificate_file.empty()) return {};
    if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1)
        return Error(Errc::credential_unavailable, Scope::account, Retry::never,
                     "cannot read a certificate from " + options.certificate_file + " (" + take_openssl_reason() +
                         "): wanted a file in PEM form, the certificate before those that vouch for it");
    const std::string& key = options.key_file.empty() ? options.certificate_file : options.key_file;
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        return Error(Errc::credential_unavailable, Scope::account, Retry::never,
                     "cannot read the private key of the certificate from " + key + " (" + take_openssl_reason() +
                         "): wanted a file in PEM form, without a passphrase");
    return {};
}

void allow_legacy(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_cipher_list(context, "DEFAULT:@SECLEVEL=0");
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
}

Result<SslContextPointer> make_context(const TlsOptions& options) {
    SslContextPointer context(SSL_CTX_new(TLS_client_method()));
    if (!context) return Error(Errc::internal, Scope::run, Retry::never, "no TLS context: " + take_openssl_reason());

    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    if (options.legacy) allow_legacy(context.get());
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);

    if (options.verification == Verification::full) {
        SSL_CTX_set_default_verify_paths(context.get());  // none at all shows as "unable to get local issuer certificate"
        ERR_clear_error();
        if (!options.ca_file.empty() && SSL_CTX_load_verify_file(context.get(), options.ca_file.c_str()) != 1) {
            return Error(Errc::usage, Scope::account, Retry::never,
                         "cannot read certificates from " + options.ca_file + " (" + take_openssl_reason() +
                             "): --ca wants a file in PEM form");
        }
        // Whatever the operator put into the CA file is an anchor, also a server's own certificate.
        X509_STORE_set_flags(SSL_CTX_get_cert_store(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
    }
    MH_TRY_VOID(show_certificate(context.get(), options));
    return context;
}

}  // namespace

Result<SSL_CTX*> tls_context(const TlsOptions& options) {
    thread_local std::map<Trust, SslContextPointer> contexts;
    const Trust trust = trust_of(options);
    const auto known = contexts.find(trust);
    if (known != contexts.end()) return known->second.get();
    MH_TRY(fresh, make_context(options));
    if (contexts.size() >= most_contexts) contexts.clear();  // connections hold on to theirs
    return contexts.emplace(trust, std::move(fresh)).first->second.get();
}

}  // namespace mailhaul::net
