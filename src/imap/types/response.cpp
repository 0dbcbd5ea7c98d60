// SPDX-License-Identifier: Apache-2.0
// The names of response codes.
#include "imap/types/response.hpp"

namespace mailhaul::imap {
namespace {

struct NameOf {
    std::string operator()(const PlainCode& code) const { return code.name; }
    std::string operator()(const AppendUidCode&) const { return "APPENDUID"; }
    std::string operator()(const CopyUidCode&) const { return "COPYUID"; }
    std::string operator()(const PermanentFlagsCode&) const { return "PERMANENTFLAGS"; }
    std::string operator()(const UidNextCode&) const { return "UIDNEXT"; }
    std::string operator()(const UidValidityCode&) const { return "UIDVALIDITY"; }
    std::string operator()(const HighestModSeqCode&) const { return "HIGHESTMODSEQ"; }
    std::string operator()(const CapabilityCode&) const { return "CAPABILITY"; }
    std::string operator()(const ModifiedCode&) const { return "MODIFIED"; }
    std::string operator()(const MailboxIdCode&) const { return "MAILBOXID"; }
};

}  // namespace

std::string StatusResponse::code_name() const { return code ? std::visit(NameOf{}, *code) : std::string(); }

}  // namespace mailhaul::imap
