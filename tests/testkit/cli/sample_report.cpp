// SPDX-License-Identifier: Apache-2.0
#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli::testkit {

sync::Report sample_report() {
    sync::Report report;
    report.source.label = "u1@old.example:993";
    report.source.server = "Dovecot ready.";
    report.source.transport = "TLSv1.3";
    report.source.mechanism = "PLAIN";
    report.destination.label = "u1@new.example:993";

    sync::MailboxReport inbox;
    inbox.source = inbox.destination = imap::MailboxName("INBOX");
    inbox.rule = sync::MappingRule::inbox;
    inbox.source_messages = 1234;
    inbox.already = 1033;
    inbox.copied = 200;
    inbox.copied_octets = Octets{81'900'000};
    inbox.failed = 1;

    sync::MailboxReport drafts;
    drafts.source = imap::MailboxName("Entw&APw-rfe");
    drafts.destination = imap::MailboxName("Drafts");
    drafts.rule = sync::MappingRule::special_use;
    drafts.created = true;
    drafts.source_messages = drafts.copied = 2;
    drafts.copied_octets = Octets{4096};
    drafts.verified = true;

    sync::MailboxReport quiet;
    quiet.source = quiet.destination = imap::MailboxName("Archive");
    quiet.source_messages = quiet.already = 5000;
    quiet.verified = true;
    report.mailboxes = {inbox, drafts, quiet};

    report.left_out = {{imap::MailboxName("Spam"), "excluded by --exclude ^Spam"}};
    sync::MessageException exception;
    exception.mailbox = imap::MailboxName("INBOX");
    exception.uid = imap::Uid{4711};
    exception.size = Octets{52'000'000};
    exception.message_id = "<big@old.example>";
    exception.subject = "Holiday photos";
    exception.code = Errc::too_big;
    exception.reason = "APPEND: NO [TOOBIG] larger than 50 MB";
    report.exceptions = {exception};
    report.warnings = {"keyword $Label1 cannot be held by the destination"};
    report.elapsed = std::chrono::milliseconds{185'000};
    report.ending = sync::Ending::complete_with_exceptions;
    return report;
}

}  // namespace mailhaul::cli::testkit
