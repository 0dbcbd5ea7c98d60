// SPDX-License-Identifier: Apache-2.0
#include "cli/json_events.hpp"

#include <fmt/core.h>
#include <cmath>

#include "cli/json.hpp"
#include "imap/codec/modified_utf7.hpp"

namespace mailhaul::cli {
namespace {

JsonObject event(std::string_view type, WallTime time) {
    JsonObject object;
    object.text("type", type).text("time", rfc3339(time));
    return object;
}

/// Two fields: the name for people, and as the server spells it.
void add_name(JsonObject& object, const std::string& key, const imap::MailboxName& name) {
    object.text(key, imap::display_name(name.raw())).text(key + "_raw", name.raw());
}

std::string error_object(const Error& error) {
    JsonObject object;
    object.text("code", name_of(error.code)).text("scope", name_of(error.scope)).text("message", error.message);
    object.text("server_text", error.server_text).texts("context", error.context);
    return object.str();
}

void add_counts(JsonObject& object, const sync::MailboxReport& mailbox) {
    object.number("source_messages", mailbox.source_messages)
        .number("already", mailbox.already)
        .number("adopted", mailbox.adopted)
        .number("copied", mailbox.copied)
        .number("copied_octets", mailbox.copied_octets.value())
        .number("repaired", mailbox.repaired)
        .number("filtered", mailbox.filtered)
        .number("duplicates", mailbox.duplicates)
        .number("withheld", mailbox.withheld)
        .number("failed", mailbox.failed)
        .number("flags_changed", mailbox.flags_changed)
        .number("labelled", mailbox.labelled)
        .number("deleted_on_source", mailbox.deleted_on_source)
        .number("deleted_on_destination", mailbox.deleted_on_destination)
        .number("deletions_refused", mailbox.deletions_refused)
        .flag("verified", mailbox.verified);
    if (mailbox.strangers) object.number("strangers", *mailbox.strangers);
}

void add_pair(JsonObject& object, const sync::MailboxReport& mailbox) {
    add_name(object, "source", mailbox.source);
    add_name(object, "destination", mailbox.destination);
    object.text("rule", sync::to_string(mailbox.rule)).flag("created", mailbox.created);
}

void add_mailbox(JsonObject& object, const sync::MailboxReport& mailbox) {
    add_pair(object, mailbox);
    add_counts(object, mailbox);
    if (mailbox.error) object.json("error", error_object(*mailbox.error));
}

template <typename Message>
void add_message(JsonObject& object, const Message& message) {
    add_name(object, "mailbox", message.mailbox);
    object.number("uid", message.uid.value())
        .number("size", message.size.value())
        .text("message_id", message.message_id)
        .text("subject", message.subject);
}

void add_exception(JsonObject& object, const sync::MessageException& exception) {
    add_message(object, exception);
    object.text("code", name_of(exception.code)).text("reason", exception.reason);
}

void add_repaired(JsonObject& object, const sync::RepairedMessage& message) {
    add_message(object, message);
    object.texts("mended", message::words_for(message.mended));
}

void add_server(JsonObject& object, const sync::SideReport& server) {
    object.text("label", server.label)
        .text("server", server.server)
        .text("transport", server.transport)
        .text("mechanism", server.mechanism)
        .texts("capabilities", server.capabilities);
}

std::string side_object(const sync::SideReport& side) {
    JsonObject object;
    add_server(object, side);
    object.number("connections", side.connections)
        .number("reconnections", side.reconnections)
        .number("octets_received", side.received.value())
        .number("octets_sent", side.sent.value());
    return object.str();
}

std::string verdict_object(const govern::Verdict& verdict) {
    JsonObject object;
    object.text("limited_by", govern::to_string(verdict.limit))
        .number("share_percent", static_cast<std::uint64_t>(std::lround(verdict.share * 100)))
        .number("cpu_percent", static_cast<std::uint64_t>(std::lround(verdict.cpu * 100)))
        .text("words", govern::spell(verdict));
    return object.str();
}

void add_pause(JsonObject& object, const sync::Pause& pause) {
    object.text("cause", sync::to_string(pause.cause)).text("reason", pause.reason);
    if (pause.until) object.text("until", rfc3339(*pause.until));
    if (pause.left) object.number("octets_left", pause.left->value());
    if (pause.finished) object.text("finished", rfc3339(*pause.finished));
}

template <typename Item, typename Add>
std::string objects(const std::vector<Item>& items, Add add) {
    std::vector<std::string> values;
    values.reserve(items.size());
    for (const Item& item : items) {
        JsonObject object;
        add(object, item);
        values.push_back(object.str());
    }
    return json_array(values);
}

}  // namespace

std::string rfc3339(WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{time - day};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::string json_connected(WallTime time, sync::SideName side, const sync::SideReport& server) {
    JsonObject object = event("connected", time);
    object.text("side", sync::to_string(side));
    add_server(object, server);
    return object.str();
}

std::string json_mailbox_started(WallTime time, const sync::MailboxReport& mailbox) {
    JsonObject object = event("mailbox_started", time);
    add_pair(object, mailbox);
    return object.number("source_messages", mailbox.source_messages).str();
}

std::string json_mailbox_done(WallTime time, const sync::MailboxReport& mailbox) {
    JsonObject object = event("mailbox_done", time);
    add_mailbox(object, mailbox);
    return object.str();
}

std::string json_progress(WallTime time, const sync::Progress& progress) {
    return event("progress", time)
        .text("phase", sync::to_string(progress.phase))
        .number("mailboxes_total", progress.mailboxes_total)
        .number("mailboxes_done", progress.mailboxes_done)
        .number("messages_total", progress.messages_total)
        .number("messages_done", progress.messages_done)
        .number("messages_to_copy", progress.messages_to_copy)
        .number("messages_copied", progress.messages_copied)
        .number("octets_to_copy", progress.octets_to_copy.value())
        .number("octets_copied", progress.octets_copied.value())
        .number("failed", progress.failed)
        .text("limited_by", govern::to_string(progress.limit))
        .str();
}

std::string json_exception(WallTime time, const sync::MessageException& exception) {
    JsonObject object = event("exception", time);
    add_exception(object, exception);
    return object.str();
}

std::string json_repaired(WallTime time, const sync::RepairedMessage& message) {
    JsonObject object = event("repaired", time);
    add_repaired(object, message);
    return object.str();
}

std::string json_note(WallTime time, const std::string& words) { return event("note", time).text("message", words).str(); }

std::string json_waiting(WallTime time, const sync::Pause& pause) {
    JsonObject object = event("waiting", time);
    add_pause(object, pause);
    return object.str();
}

std::string json_warning(WallTime time, const std::string& words) {
    return event("warning", time).text("message", words).str();
}

std::string json_usage_error(WallTime time, const std::string& words) {
    return event("usage_error", time).text("message", words).str();
}

std::string json_report(WallTime time, const sync::Report& report, int exit_status) {
    JsonObject totals;
    add_counts(totals, report.totals());
    JsonObject object = event("report", time);
    object.text("ending", sync::to_string(report.ending))
        .number("exit_status", static_cast<std::uint64_t>(exit_status))
        .flag("dry_run", report.dry_run)
        .number("elapsed_ms", static_cast<std::uint64_t>(report.elapsed.count()))
        .json("source", side_object(report.source))
        .json("destination", side_object(report.destination))
        .json("totals", totals.str())
        .json("mailboxes", objects(report.mailboxes, add_mailbox))
        .json("left_out", objects(report.left_out,
                                  [](JsonObject& to, const sync::LeftOut& left_out) {
                                      add_name(to, "mailbox", left_out.name);
                                      to.text("reason", left_out.reason);
                                  }))
        .json("renamed", objects(report.renamed,
                                 [](JsonObject& to, const sync::RenamedMailbox& one) {
                                     add_name(to, "source_before", one.source_before);
                                     add_name(to, "source", one.source);
                                     add_name(to, "destination_before", one.destination_before);
                                     add_name(to, "destination", one.destination);
                                 }))
        .json("removed_mailboxes", objects(report.removed_mailboxes,
                                           [](JsonObject& to, const sync::RemovedMailbox& one) {
                                               add_name(to, "mailbox", one.mailbox);
                                               to.number("messages", one.messages);
                                               if (one.now) add_name(to, "now", *one.now);
                                           }))
        .number("mailboxes_refused", report.mailboxes_refused)
        .json("exceptions", objects(report.exceptions, add_exception))
        .json("repaired", objects(report.repaired, add_repaired))
        .texts("notes", report.notes)
        .json("verdict", verdict_object(report.verdict))
        .texts("warnings", report.warnings);
    if (report.removed_mail) add_name(object, "removed_mail", *report.removed_mail);
    if (report.pause) {
        JsonObject pause;
        add_pause(pause, *report.pause);
        object.json("pause", pause.str());
    }
    if (report.error) object.json("error", error_object(*report.error));
    if (report.error_side) object.text("error_side", sync::to_string(*report.error_side));
    return object.str();
}

}  // namespace mailhaul::cli
