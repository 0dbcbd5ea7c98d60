// SPDX-License-Identifier: Apache-2.0
// PeerCheck: whether the server's certificate is accepted for one connection, and if not, why, in words that help.
#pragma once

#include <string>

#include <openssl/ssl.h>

#include "base/result.hpp"
#include "net/dial.hpp"

namespace mailhaul::net {

class PeerCheck {
public:
    /// `host`: the name dialed; options.server_name goes before it.
    PeerCheck(const std::string& host, const TlsOptions& options);
    PeerCheck(const PeerCheck&) = delete;
    PeerCheck& operator=(const PeerCheck&) = delete;

    /// Error `usage`: a pin that is not 64 hex digits, or none where the pin alone decides.
    [[nodiscard]] Result<void> check_options() const;

    /// Sets SNI and the name to match on `connection`, and this as the judge of its handshake; must outlive that.
    void attach_to(SSL* connection);

    [[nodiscard]] bool rejected() const { return !rejection_.empty(); }

    /// Precondition: rejected(). `peer` is host:port.
    [[nodiscard]] Error error(const std::string& peer) const;

private:
    static int judge(X509_STORE_CTX* chain, void* unused);
    bool accepts(X509_STORE_CTX* chain);

    Verification verification_;
    std::string name_;
    bool is_address_;
    std::string pin_;
    std::string rejection_;
};

}  // namespace mailhaul::net
