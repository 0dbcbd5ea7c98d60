// SPDX-License-Identifier: Apache-2.0
// RFC 9525: the chain, then the name among the subject alternative names only, then the pin.
//
// Judged during the handshake, so that a rejected server learns no more than that it was rejected.
#include "net/peer_check.hpp"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include <boost/asio/ip/address.hpp>

#include "async/task.hpp"
#include "net/certificate.hpp"

namespace mailhaul::net {
namespace {

constexpr int judge_index = 0;  // of the SSL's application data

std::string without_final_dot(std::string name) {
    if (name.ends_with('.')) name.pop_back();
    return name;
}

bool is_address(const std::string& name) {
    boost::system::error_code not_a_literal;
    asio::ip::make_address(name, not_a_literal);
    return !not_a_literal;
}

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

}  // namespace

PeerCheck::PeerCheck(const std::string& host, const TlsOptions& options)
    : verification_(options.verification),
      name_(without_final_dot(options.server_name.empty() ? host : options.server_name)),
      is_address_(is_address(name_)),
      pin_(lower_case(options.pin_sha256)) {}

Result<void> PeerCheck::check_options() const {
    const bool is_hex = std::ranges::all_of(pin_, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (pin_.empty() ? verification_ == Verification::pin_only : pin_.size() != 64 || !is_hex) {
        return Error(Errc::usage, Scope::account, Retry::never,
                     "the pin is \"" + pin_ + "\", wanted the 64 hex digits of the SHA-256 of the server's public key");
    }
    return {};
}

void PeerCheck::attach_to(SSL* connection) {
    if (!is_address_) SSL_set_tlsext_host_name(connection, const_cast<char*>(name_.c_str()));
    X509_VERIFY_PARAM* rules = SSL_get0_param(connection);
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (verification_ == Verification::full) {
        if (is_address_) {
            X509_VERIFY_PARAM_set1_ip_asc(rules, name_.c_str());
        } else {
            X509_VERIFY_PARAM_set1_host(rules, name_.data(), name_.size());
        }
    }
    SSL_set_ex_data(connection, judge_index, this);
    SSL_CTX_set_cert_verify_callback(SSL_get_SSL_CTX(connection), &PeerCheck::judge, nullptr);  // the same for every client
    SSL_set_verify(connection, SSL_VERIFY_PEER, nullptr);
}

int PeerCheck::judge(X509_STORE_CTX* chain, void* /*unused*/) {
    const void* connection = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
    auto* self = static_cast<PeerCheck*>(SSL_get_ex_data(static_cast<const SSL*>(connection), judge_index));
    return self->accepts(chain) ? 1 : 0;
}

bool PeerCheck::accepts(X509_STORE_CTX* chain) {
    const X509* leaf = X509_STORE_CTX_get0_cert(chain);
    if (verification_ == Verification::full && X509_verify_cert(chain) != 1) {
        const int why = X509_STORE_CTX_get_error(chain);
        rejection_ = X509_verify_cert_error_string(why);
        if (why == X509_V_ERR_HOSTNAME_MISMATCH || why == X509_V_ERR_IP_ADDRESS_MISMATCH) {
            rejection_ = "it is not for \"" + name_ + "\"";
        }
    } else if (!pin_.empty() && spki_sha256(leaf) != pin_) {
        X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
        rejection_ = "its public key is not the pinned " + pin_;
    }
    if (rejection_.empty()) {
        X509_STORE_CTX_set_error(chain, X509_V_OK);
        return true;
    }
    rejection_ += "; the certificate is " + describe(leaf);
    return false;
}

Error PeerCheck::error(const std::string& peer) const {
    return {
        Errc::certificate_rejected, Scope::account, Retry::never,
        "the certificate of " + peer + " is not accepted: " + rejection_ +
            ": check the host name, or accept it with --ca FILE (its issuer or itself), --source-pin or --destination-pin HEX "
            "(the SPKI SHA-256 above, once you know that it is right) or --insecure (anything)"};
}

}  // namespace mailhaul::net
