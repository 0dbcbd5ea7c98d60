// SPDX-License-Identifier: Apache-2.0
// Fingerprints: how a message is recognised when the ledger is silent.
//
// Compatible with imapsync's default identity (reference: docs/formats/fingerprint.md), so an account half
// moved by imapsync is adopted, not doubled. Rungs, cheapest first: the Message-ID alone; Message-ID and
// Received lines; the whole header where neither is there; a digest of the body.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailhaul::message {

/// 128 bits; equal means the same for our purpose.
struct Digest128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    auto operator<=>(const Digest128&) const = default;
};
using Sha256 = std::array<std::uint8_t, 32>;

/// One header field as it stands: name and raw value with its folding; borrowed from the header.
struct HeaderField {
    std::string_view name;
    std::string_view value;
};

/// Fields of a header block, in order, at most `max_fields`. Tolerates LF-only lines, a leading mbox `From `
/// line, lines without a colon (skipped), a missing end. Stops at the empty line. Never allocates by peer number.
std::vector<HeaderField> scan_header(std::string_view header, std::size_t max_fields = 10'000);

/// Octets of the header block at the start of `text`, the empty line included; `text.size()` where it never ends.
std::size_t header_length(std::string_view text);

/// imapsync's normal form of one line: name, `: `, value; 0x80-0xFF as `X`, runs of whitespace one blank, trimmed, upper case.
std::string normalize_field(std::string_view name, std::string_view value);

/// Which header lines make the identity.
struct IdentityRules {
    IdentityRules() : headers{"Message-Id", "Received"} {}
    std::vector<std::string> headers;        ///< imapsync's --useheader; `ALL` for every header
    bool message_id_without_domain = false;  ///< cut Message-Id at `@`
    std::function<bool(std::string_view)> is_ignored;  ///< of a line in its normal form; empty: none is
};

/// What the header tells. Empty optionals: nothing of the kind there.
struct HeaderIdentity {
    std::optional<Digest128> message_id;    ///< of the normalised Message-ID lines, not empty ones, if they are wanted
    std::optional<Digest128> fingerprint;   ///< of the sorted wanted lines (imapsync's key); empty where none has a value
    std::optional<Digest128> whole_header;  ///< of every line, sorted; only where asked for a complete header
};

/// `header` holds the wanted fields only (a HEADER.FIELDS answer).
HeaderIdentity identity_of_fields(std::string_view header, const IdentityRules& rules);
/// `header` is the complete header.
HeaderIdentity identity_of_header(std::string_view header, const IdentityRules& rules);

/// The key imapsync computes for the wanted lines: base64 of MD5; for tests against it and its cache.
std::string imapsync_key(std::string_view header, const IdentityRules& rules);

/// Digest of a whole message that neither rewritten line ends nor a repair (repair.hpp) change: CR, LF and NUL are left out.
class BodyDigest {
public:
    BodyDigest();
    ~BodyDigest();
    BodyDigest(BodyDigest&&) noexcept;
    BodyDigest& operator=(BodyDigest&&) noexcept;
    void update(std::string_view octets);
    [[nodiscard]] Digest128 finish();

private:
    struct State;
    State* state_;
};

/// SHA-256 of exactly these octets, fed in pieces.
class Sha256Stream {
public:
    Sha256Stream();
    ~Sha256Stream();
    Sha256Stream(Sha256Stream&&) noexcept;
    Sha256Stream& operator=(Sha256Stream&&) noexcept;
    void update(std::string_view octets);
    [[nodiscard]] Sha256 finish();

private:
    struct State;
    State* state_;
};

/// For people in reports: decoded Subject (RFC 2047, any charset it can, else raw), at most `max` code points, one line.
std::string display_subject(std::string_view header, std::size_t max = 60);
/// The Message-ID as written, trimmed; empty where there is none.
std::string display_message_id(std::string_view header);

}  // namespace mailhaul::message
