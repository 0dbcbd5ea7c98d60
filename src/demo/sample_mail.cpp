// SPDX-License-Identifier: Apache-2.0
#include "demo/sample_mail.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "demo/dice.hpp"
#include "demo/sample_message.hpp"
#include "demo/sample_text.hpp"

namespace mailhaul::demo {
namespace {

enum class Kind : std::uint8_t { letters, newsletters, attachments, sent, drafts };

struct MailboxPlan {
    std::vector<std::string> levels;
    Kind kind = Kind::letters;
    std::size_t messages = 0;
    int first_year = 2009;
    int last_year = 2024;
    std::optional<imap::SpecialUse> use;
};

std::vector<MailboxPlan> mailbox_plans() {
    using imap::SpecialUse;
    return {
        {{"INBOX"}, Kind::letters, 140, 2021, 2024, {}},
        {{"Archive", "2012"}, Kind::letters, 60, 2012, 2012, {}},
        {{"Archive", "2016"}, Kind::letters, 60, 2016, 2016, {}},
        {{"Drafts"}, Kind::drafts, 4, 2024, 2024, SpecialUse::drafts},
        {{"Deleted Items"}, Kind::letters, 25, 2023, 2024, SpecialUse::trash},
        {{"Family", "Urlaub am Gardasee"}, Kind::attachments, 8, 2014, 2019, {}},
        {{"Family", "受信箱", "旅行"}, Kind::letters, 15, 2018, 2020, {}},
        {{"Newsletters"}, Kind::newsletters, 90, 2015, 2024, {}},
        {{"Notes, not used"}, Kind::letters, 0, 2020, 2020, {}},
        {{"Sent Items"}, Kind::sent, 80, 2012, 2024, SpecialUse::sent},
        {{"Work"}, Kind::letters, 12, 2011, 2020, {}},
        {{"Work", "Budget 2019/2020"}, Kind::attachments, 6, 2019, 2020, {}},
        {{"Work", "Projects", "Café Sommerterrasse"}, Kind::letters, 30, 2018, 2022, {}},
        {{"Work", "Projects", "Ärger mit der Heizung"}, Kind::letters, 40, 2009, 2013, {}},
        {{"Work", "R&D"}, Kind::attachments, 10, 2016, 2021, {}},
    };
}

constexpr std::int64_t day = 86'400;

// Some second of the years given, in a zone people of this account write from.
imap::InternalDate pick_date(Dice& dice, int first_year, int last_year) {
    constexpr std::array<std::int16_t, 6> zones{60, 60, 120, 0, -300, 330};
    constexpr std::int64_t first_of_2000 = 946'684'800;
    const auto days = static_cast<std::size_t>(last_year - first_year + 1) * 365;
    imap::InternalDate date;
    date.epoch_seconds = first_of_2000 + static_cast<std::int64_t>((first_year - 2000) * 365.25) * day +
                         static_cast<std::int64_t>(dice.below(days)) * day + static_cast<std::int64_t>(dice.below(day));
    date.zone_minutes = dice.pick(zones);
    return date;
}

imap::FlagSet pick_flags(Dice& dice, Kind kind) {
    if (kind == Kind::drafts) return {"\\Draft", "\\Seen"};
    imap::FlagSet flags;
    if (kind == Kind::sent || dice.chance(80)) flags.insert("\\Seen");
    if (kind != Kind::sent && dice.chance(20)) flags.insert("\\Answered");
    if (dice.chance(8)) flags.insert("\\Flagged");
    if (dice.chance(6)) flags.insert("$Forwarded");
    if (dice.chance(4)) flags.insert("ToDo");
    return flags;
}

// Half of the letters answer the one before them in the same mailbox.
Letter next_letter(Dice& dice, Kind kind, const imap::InternalDate& date, const std::optional<Letter>& before) {
    Letter letter;
    letter.sent = date;
    letter.was_delivered = kind != Kind::sent && kind != Kind::drafts;
    if (letter.was_delivered) {
        letter.from = kind == Kind::newsletters ? pick_newsletter(dice) : pick_person(dice);
    } else {
        letter.to = pick_person(dice);
    }
    letter.subject = kind == Kind::newsletters ? pick_newsletter_subject(dice) : pick_subject(dice);
    if (before && kind == Kind::letters && dice.chance(50)) {
        letter.subject = before->subject.starts_with("Re: ") ? before->subject : "Re: " + before->subject;
        letter.references = before->references;
        letter.references.push_back(before->message_id);
    }
    letter.message_id = new_message_id(dice, letter.from.address.substr(letter.from.address.find('@') + 1));
    return letter;
}

std::string write_out(Dice& dice, Kind kind, const Letter& letter) {
    switch (kind) {
        case Kind::newsletters: return newsletter(dice, letter, dice.between(12'000, 40'000));
        case Kind::attachments: return letter_with_attachment(dice, letter, dice.between(40'000, 380'000));
        case Kind::letters:
            if (dice.chance(4)) return letter_with_attachment(dice, letter, dice.between(20'000, 200'000));
            return plain_letter(dice, letter, dice.between(200, 3'000));
        case Kind::sent:
        case Kind::drafts: return plain_letter(dice, letter, dice.between(100, 2'000));
    }
    return {};
}

std::vector<NewMessage> messages_of(Dice& dice, const MailboxPlan& plan) {
    std::vector<imap::InternalDate> dates;
    dates.reserve(plan.messages);
    for (std::size_t i = 0; i < plan.messages; ++i) dates.push_back(pick_date(dice, plan.first_year, plan.last_year));
    std::ranges::sort(dates, {}, &imap::InternalDate::epoch_seconds);
    std::vector<NewMessage> messages;
    std::optional<Letter> before;
    for (const imap::InternalDate& date : dates) {
        const Letter letter = next_letter(dice, plan.kind, date, before);
        std::string octets = write_out(dice, plan.kind, letter);
        messages.emplace_back(std::move(octets), pick_flags(dice, plan.kind), date);
        before = letter;
    }
    return messages;
}

SampleMailbox odd_mailbox(Dice& dice) {
    SampleMailbox mailbox;
    mailbox.levels = {"Archive", "Odds and ends"};
    const imap::InternalDate date = pick_date(dice, 2010, 2011);
    std::int64_t later = 0;
    for (std::string& octets : odd_messages(dice, date)) {
        imap::InternalDate arrived = date;
        arrived.epoch_seconds += day * ++later;
        mailbox.messages.emplace_back(std::move(octets), pick_flags(dice, Kind::letters), arrived);
    }
    return mailbox;
}

}  // namespace

std::vector<SampleMailbox> sample_mail(std::uint64_t seed) {
    Dice dice(seed);
    std::vector<SampleMailbox> mail;
    for (const MailboxPlan& plan : mailbox_plans()) {
        SampleMailbox mailbox;
        mailbox.levels = plan.levels;
        mailbox.use = plan.use;
        mailbox.is_subscribed = plan.messages > 0;
        mailbox.messages = messages_of(dice, plan);
        mail.push_back(std::move(mailbox));
    }
    mail.push_back(odd_mailbox(dice));
    return mail;
}

Result<void> fill(MailStore& store, std::vector<SampleMailbox> mail) {
    for (SampleMailbox& mailbox : mail) {
        const std::string name = store.name_of(mailbox.levels);
        std::vector<imap::SpecialUse> uses;
        if (mailbox.use) uses.push_back(*mailbox.use);
        if (name != "INBOX") MH_TRY_VOID(store.create(name, std::move(uses)));
        if (mailbox.is_subscribed) store.subscribe(name);
        MH_TRY_VOID(store.append(name, std::move(mailbox.messages)));
    }
    return {};
}

Result<void> make_role_mailboxes(MailStore& store) {
    using imap::SpecialUse;
    const std::vector<std::pair<std::string, SpecialUse>> roles{{"Archive", SpecialUse::archive},
                                                                {"Drafts", SpecialUse::drafts},
                                                                {"Junk", SpecialUse::junk},
                                                                {"Sent", SpecialUse::sent},
                                                                {"Trash", SpecialUse::trash}};
    for (const auto& [name, use] : roles) {
        std::vector<SpecialUse> uses;
        uses.push_back(use);
        std::vector<std::string> levels;
        levels.push_back(name);
        MH_TRY_VOID(store.create(store.name_of(levels), std::move(uses)));
        store.subscribe(store.name_of(levels));
    }
    return {};
}

}  // namespace mailhaul::demo
