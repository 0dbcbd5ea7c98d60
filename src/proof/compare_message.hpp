// SPDX-License-Identifier: Apache-2.0
// The same message on two servers: equal, equal but for line ends, equal but for these header lines, or different.
//
// Servers rewrite what they store (Exchange adds headers to every message, others turn LF into CRLF), and an honest report
// says exactly what. Pure, and flat in memory: of the text only its digest is kept. Leaves out MIME: a part that was
// encoded anew is different.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "message/fingerprint.hpp"
#include "proof/verification.hpp"

namespace mailhaul::proof {

/// What is kept of a message to compare it.
struct MessageShape {
    message::Sha256 octets{};   ///< of all of it, exactly
    message::Sha256 header{};   ///< CRLF, CR and LF being one
    message::Sha256 text{};     ///< what follows the header, likewise; line ends at its end do not count
    std::string header_octets;  ///< empty where longer than longest_kept_header
};

/// Longer headers are compared by digest only.
inline constexpr std::size_t longest_kept_header = 128u << 10;

/// SHA-256 of a text in which CRLF, CR and LF are one; those at its end do not count.
class LinesDigest {
public:
    void update(std::string_view octets);
    [[nodiscard]] message::Sha256 finish();

private:
    message::Sha256Stream stream_;
    std::uint64_t breaks_ = 0;  // seen, and not yet known to be followed by anything
    bool after_cr_ = false;
};

/// Reads a message in pieces.
class ShapeReader {
public:
    void update(std::string_view octets);
    [[nodiscard]] MessageShape finish();

private:
    std::size_t length_of_header_in(std::string_view octets);

    message::Sha256Stream octets_;
    LinesDigest header_;
    LinesDigest text_;
    std::string header_octets_;
    bool header_is_kept_ = true;
    bool in_text_ = false;
    bool line_is_empty_ = true;
};

struct Comparison {
    Verdict verdict = Verdict::different;  ///< proven: octet for octet
    std::vector<std::string> header_lines;
};

/// Of the destination's message with the source's.
Comparison compare(const MessageShape& source, const MessageShape& destination);

/// Header lines that differ, `added X-Spam-Status`, `changed Date`, `missing Received`, each field name once for each
/// kind; line ends do not count.
std::vector<std::string> differing_lines(std::string_view source, std::string_view destination);

/// Of two headers alone.
Comparison compare_headers(std::string_view source, std::string_view destination);

}  // namespace mailhaul::proof
