// SPDX-License-Identifier: Apache-2.0
// Mailbox names and the roles mailboxes play.
#include "imap/types/mailbox.hpp"

#include <array>
#include <utility>

#include "imap/types/ascii.hpp"

namespace mailhaul::imap {
namespace {

struct RoleName {
    std::string_view attribute;
    SpecialUse use;
};

// The first spelling of each role is the RFC's, in the order of the enumeration; XLIST's own follow.
constexpr std::array<RoleName, 11> role_names{{{"\\All", SpecialUse::all},
                                               {"\\Archive", SpecialUse::archive},
                                               {"\\Drafts", SpecialUse::drafts},
                                               {"\\Flagged", SpecialUse::flagged},
                                               {"\\Important", SpecialUse::important},
                                               {"\\Junk", SpecialUse::junk},
                                               {"\\Sent", SpecialUse::sent},
                                               {"\\Trash", SpecialUse::trash},
                                               {"\\AllMail", SpecialUse::all},
                                               {"\\Spam", SpecialUse::junk},
                                               {"\\Starred", SpecialUse::flagged}}};

}  // namespace

MailboxName::MailboxName(std::string raw) : raw_(std::move(raw)) {
    std::erase_if(raw_, [](char c) { return c == '\0' || c == '\r' || c == '\n'; });
    if (equal_ignoring_case(raw_, "INBOX")) raw_ = "INBOX";
}

std::string_view to_string(SpecialUse use) { return role_names.at(static_cast<std::size_t>(use)).attribute; }

std::optional<SpecialUse> special_use_from(std::string_view attribute) {
    for (const auto& [name, use] : role_names)
        if (equal_ignoring_case(name, attribute)) return use;
    return std::nullopt;
}

}  // namespace mailhaul::imap
