// SPDX-License-Identifier: Apache-2.0
// ServerOptions: what kind of server the embedded one is.
//
// A capability that is not listed is truly absent: its commands, arguments and response codes are refused or left out, so
// that a client which relies on what was not offered fails here as it would elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "demo/mail_store.hpp"
#include "imap/types/capability.hpp"

namespace mailhaul::demo {

/// Blank-separated words, such as `IMAP4rev1 LITERAL+ UIDPLUS`.
imap::CapabilitySet capabilities_of(std::string_view words);

enum class Greeting : std::uint8_t {
    ok,
    preauth,  ///< logged in as `preauth_user` from the start
    bye,
};

/// What becomes of keywords: flags that do not begin with `\`.
enum class Keywords : std::uint8_t { kept, dropped };

/// What an APPEND with NUL in a plain literal meets.
enum class NulPolicy : std::uint8_t { refused, taken };

struct ServerOptions {
    ServerOptions() = default;

    /// Honoured where listed: LITERAL+ LITERAL- MULTIAPPEND BINARY UIDPLUS CONDSTORE QRESYNC ENABLE ESEARCH LIST-EXTENDED
    /// LIST-STATUS STATUS=SIZE CHILDREN SPECIAL-USE CREATE-SPECIAL-USE NAMESPACE ID MOVE UNSELECT QUOTA APPENDLIMIT OBJECTID
    /// (of mailboxes alone) X-GM-EXT-1 (labels) SASL-IR AUTH=PLAIN AUTH=LOGIN LOGINDISABLED. Others are advertised and nothing
    /// more.
    imap::CapabilitySet capabilities = everything();
    StoreOptions store;

    Greeting greeting = Greeting::ok;
    std::string greeting_words = "mailhaul demo server ready";
    std::string preauth_user;
    Keywords keywords = Keywords::kept;
    NulPolicy nul = NulPolicy::refused;
    std::optional<std::size_t> most_connections;  ///< one more is greeted with BYE
    /// Of more messages in one FETCH, STORE, COPY or MOVE only the newest so many are meant, without a word. Empty: of any.
    std::optional<std::size_t> messages_each;
    std::string id_name = "mailhaul demo";  ///< in the answer to ID
    /// For messages that come without a date: seconds since 1970. Empty: the system's clock.
    std::function<std::int64_t()> clock;

    /// Every capability honoured.
    static imap::CapabilitySet everything();
    /// IMAP4rev1 and nothing else.
    static ServerOptions poor();
    /// As servers were twenty years ago: `.` between levels, everything below `INBOX.`, synchronising literals.
    static ServerOptions old_style();
    /// As they are now: LITERAL+ MULTIAPPEND UIDPLUS CONDSTORE and kin.
    static ServerOptions new_style();
    /// Gmail's dialect, as far as a move of mail meets it: labels, one copy of equal messages, its folders and limits.
    static ServerOptions gmail();
    /// That of Exchange and Microsoft 365: no roles, no keywords, no counters with LIST, names without backslashes.
    static ServerOptions exchange();
};

}  // namespace mailhaul::demo
