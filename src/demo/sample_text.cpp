// SPDX-License-Identifier: Apache-2.0
#include "demo/sample_text.hpp"

#include <array>

namespace mailhaul::demo {
namespace {

constexpr Person owner{"Anna Lindqvist", "anna@old.example"};

constexpr std::array people{
    Person{"Jürgen Müller", "j.mueller@heizung-mueller.example"},
    Person{"Zoë Ødegård", "zoe@fjord.example"},
    Person{"Łukasz Nowak", "lukasz.nowak@biuro.example"},
    Person{"山田 花子", "hanako@tabi.example"},
    Person{"Ben Okafor", "ben@okafor.example"},
    Person{"Maria da Conceição", "maria@padaria.example"},
    Person{"Иван Петров", "ivan@dacha.example"},
    Person{"Priya Raman", "priya.raman@lab.example"},
    Person{"O'Brien, Siobhán", "siobhan@galway.example"},
    Person{"Tom \"Tinker\" Hale", "tom@shed.example"},
    Person{"Claire Dubois", "claire@atelier.example"},
    Person{"Accounts", "billing@power.example"},
};

constexpr std::array newsletters{
    Person{"The Weekly Loaf", "loaf@lists.example"},
    Person{"Bahn & Berg", "news@bahnundberg.example"},
    Person{"Repair Café Nord", "hallo@repaircafe.example"},
    Person{"Cycling Notes", "notes@cycling.example"},
};

constexpr std::array subjects{
    "Ärger mit der Heizung",
    "Offer for the new boiler",
    "Minutes of Tuesday's meeting",
    "Who brings the tent?",
    "Your invoice for March",
    "Photos from the lake 🏞",
    "Protokoll der Eigentümerversammlung",
    "Übergabe am Freitag",
    "Question about the floor plan",
    "旅行の予定",
    "Re-scheduling our call",
    "Grandma's recipe, finally",
    "Zusammenfassung: Kostenvoranschläge für die Sommerterrasse und die Überdachung",
    "Draft of the contract",
    "Lunch?",
    "Train tickets",
    "[urgent] The key is in the green box",
    "Café, demain à 15 h ?",
};

constexpr std::array newsletter_subjects{
    "Issue 112: rye, patience and cold ovens", "Zehn Wege über die Alpen",    "This month at the workshop",
    "Spring tours, and what to pack",          "Neue Züge, alte Strecken 🚆", "Five things we learnt",
};

constexpr std::array sentences{
    "I had another look at it this morning and it still drips.",
    "Could you send me the measurements by Thursday?",
    "The neighbours say they heard it too.",
    "Das Ersatzteil kommt frühestens nächste Woche.",
    "We can do it for the price we talked about, without the cover.",
    "There were more people than chairs, which is a good sign.",
    "Please do not forget the blue folder.",
    "If it rains we meet at the station instead.",
    "Ich habe die Unterlagen beigelegt, bitte kurz prüfen.",
    "The second page is the one that matters.",
    "I have not heard from them since.",
    "On y sera vers huit heures, comme d'habitude.",
    "That is all from my side for now.",
    "It took three of us to carry it up the stairs.",
    "See the table below for the exact figures.",
    "Nobody knows who ordered forty kilos of flour.",
    "The old number no longer works, use the one at the bottom.",
    "We should decide before the end of the month.",
    "I would rather wait one more winter than do it twice.",
    "Thank you for taking care of this!",
};

// Breaks `text` at blanks so that no line is longer than 76 octets.
std::string wrapped(std::string_view text) {
    constexpr std::size_t widest = 76;
    std::string lines;
    while (text.size() > widest) {
        const auto blank = text.rfind(' ', widest);
        lines += text.substr(0, blank);
        lines += "\r\n";
        text.remove_prefix(blank + 1);
    }
    lines += text;
    return lines + "\r\n";
}

}  // namespace

const Person& account_owner() { return owner; }

const Person& pick_person(Dice& dice) { return dice.pick(people); }

const Person& pick_newsletter(Dice& dice) { return dice.pick(newsletters); }

std::string pick_subject(Dice& dice) { return dice.pick(subjects); }

std::string pick_newsletter_subject(Dice& dice) { return dice.pick(newsletter_subjects); }

std::string write_paragraphs(Dice& dice, std::size_t octets) {
    std::string text;
    while (text.size() < octets) {
        std::string paragraph;
        for (std::size_t left = dice.between(2, 6); left > 0; --left) {
            if (!paragraph.empty()) paragraph += ' ';
            paragraph += dice.pick(sentences);
        }
        if (!text.empty()) text += "\r\n";
        text += wrapped(paragraph);
    }
    return text;
}

}  // namespace mailhaul::demo
