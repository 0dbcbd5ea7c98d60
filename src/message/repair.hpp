// SPDX-License-Identifier: Apache-2.0
// Repair: what some servers refuse a message for, and the message without it.
//
// Only CR, LF and NUL are put in or taken out; every other octet stays, in its order. So nothing anybody wrote is lost, and
// what a message is recognised by (fingerprint.hpp) stays the same. Pure. Leaves out when a message is repaired (only after
// a refusal: docs/decisions/0018-repair.md) and what would need words of our own: 8-bit headers, lines without a colon.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "message/fingerprint.hpp"

namespace mailhaul::message {

/// Kept as numbers in ledgers (docs/formats/ledger.md).
enum class Defect : std::uint8_t {
    bare_lf = 0x01,           ///< LF without CR
    bare_cr = 0x02,           ///< CR without LF
    nul = 0x04,               ///< RFC 9051 section 4.3: no literal may hold it
    no_last_line_end = 0x08,  ///< the last line has none
    long_line = 0x10,         ///< RFC 5322 section 2.1.1
    /// No defect: changed because the operator said so (docs/decisions/0031-messages-changed-on-their-way.md).
    rewritten = 0x20,
};

/// A set of them.
class Defects {
public:
    Defects() = default;
    explicit Defects(std::uint8_t bits) : bits_(bits) {}
    void insert(Defect defect) { bits_ |= static_cast<std::uint8_t>(defect); }
    [[nodiscard]] bool contains(Defect defect) const { return (bits_ & static_cast<std::uint8_t>(defect)) != 0; }
    [[nodiscard]] bool empty() const { return bits_ == 0; }
    [[nodiscard]] std::uint8_t bits() const { return bits_; }
    bool operator==(const Defects&) const = default;

private:
    std::uint8_t bits_ = 0;
};

/// Words for people, one for each; bits of a later version are `other`.
std::vector<std::string> words_for(Defects defects);
/// `bare LF, NUL`.
std::string spell(Defects defects);

/// Octets of a line, its end not counted, above which it is long.
inline constexpr std::size_t longest_line = 998;

/// Finds the defects of a message that streams by, whether repaired() can mend them or not.
class DefectScan {
public:
    void update(std::string_view octets);
    [[nodiscard]] Defects finish() const;

private:
    void add_to_line(std::string_view octets);
    void end_line();

    Defects found_;
    std::size_t line_ = 0;
    bool after_cr_ = false;
    bool in_line_ = false;
};

/// How much is mended.
enum class Mending : std::uint8_t {
    line_ends,   ///< and NUL: no line becomes two
    everything,  ///< long lines are broken as well
};

struct Repaired {
    std::string octets;
    Defects mended;
};

/// `message` without what can be mended of its defects; empty where nothing can, or nothing would be left. Repairing again
/// changes nothing. In order:
///   1. NUL goes. A header line of nothing else goes whole, as it would end the header.
///   2. LF becomes CRLF, and so does CR, where several before one LF are one line end. CR inside a header line stays: a
///      line end there would make another header.
///   3. A last line without an end gets one.
///   4. Mending::everything: a header line longer than `longest_line` is folded before white space (RFC 5322 section 2.2.3);
///      one without stays. Another line is broken before white space where there is some, else in the middle of what is
///      then most likely base64, but not inside a UTF-8 character or `=XX` of quoted-printable, nor where a MIME boundary
///      might begin.
std::optional<Repaired> repaired(std::string_view message, Mending mending);

/// What became of a message before it was stored.
struct Repair {
    Defects mended;
    Sha256 sha256{};  ///< of the octets that were stored
    /// Nothing was mended: the operator wants it so.
    [[nodiscard]] bool is_as_asked() const { return mended.bits() == static_cast<std::uint8_t>(Defect::rewritten); }
    bool operator==(const Repair&) const = default;
};

}  // namespace mailhaul::message
