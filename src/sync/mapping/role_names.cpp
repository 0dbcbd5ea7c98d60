// SPDX-License-Identifier: Apache-2.0
// Two lists: what we recognise, which may grow, and what imapsync recognises, which may not.
#include "sync/mapping/role_names.hpp"

#include <array>
#include <string>
#include <unordered_map>

#include "imap/codec/modified_utf7.hpp"
#include "sync/mapping/unicode.hpp"

namespace mailhaul::sync {
namespace {

using imap::SpecialUse;

struct RoleName {
    SpecialUse use;
    std::string_view name;
};

/// No views (\\All, \\Flagged): a mailbox that is only called so holds mail of its own.
constexpr std::array well_known = std::to_array<RoleName>({
    // English
    {SpecialUse::sent, "Sent"},
    {SpecialUse::sent, "Sent Items"},
    {SpecialUse::sent, "Sent Mail"},
    {SpecialUse::sent, "Sent Messages"},
    {SpecialUse::drafts, "Drafts"},
    {SpecialUse::drafts, "Draft"},
    {SpecialUse::trash, "Trash"},
    {SpecialUse::trash, "Deleted"},
    {SpecialUse::trash, "Deleted Items"},
    {SpecialUse::trash, "Deleted Messages"},
    {SpecialUse::trash, "Bin"},
    {SpecialUse::junk, "Junk"},
    {SpecialUse::junk, "Junk E-mail"},
    {SpecialUse::junk, "Junk Email"},
    {SpecialUse::junk, "Spam"},
    {SpecialUse::junk, "Bulk Mail"},
    {SpecialUse::archive, "Archive"},
    {SpecialUse::archive, "Archives"},
    // German
    {SpecialUse::sent, "Gesendet"},
    {SpecialUse::sent, "Gesendete Elemente"},
    {SpecialUse::sent, "Gesendete Objekte"},
    {SpecialUse::drafts, "Entwürfe"},
    {SpecialUse::trash, "Papierkorb"},
    {SpecialUse::trash, "Gelöschte Elemente"},
    {SpecialUse::trash, "Gelöschte Objekte"},
    {SpecialUse::junk, "Spamverdacht"},
    {SpecialUse::junk, "Unerwünscht"},
    {SpecialUse::archive, "Archiv"},
    // French
    {SpecialUse::sent, "Envoyé"},
    {SpecialUse::sent, "Envoyés"},
    {SpecialUse::sent, "Éléments envoyés"},
    {SpecialUse::sent, "Messages envoyés"},
    {SpecialUse::sent, "Objets envoyés"},
    {SpecialUse::drafts, "Brouillons"},
    {SpecialUse::trash, "Corbeille"},
    {SpecialUse::trash, "Éléments supprimés"},
    {SpecialUse::junk, "Courrier indésirable"},
    {SpecialUse::junk, "Pourriel"},
    {SpecialUse::junk, "Indésirables"},
    // Spanish
    {SpecialUse::sent, "Enviados"},
    {SpecialUse::sent, "Elementos enviados"},
    {SpecialUse::drafts, "Borradores"},
    {SpecialUse::trash, "Papelera"},
    {SpecialUse::trash, "Elementos eliminados"},
    {SpecialUse::junk, "Correo no deseado"},
    {SpecialUse::archive, "Archivo"},
    // Portuguese
    {SpecialUse::sent, "Enviada"},
    {SpecialUse::sent, "Itens enviados"},
    {SpecialUse::drafts, "Rascunhos"},
    {SpecialUse::trash, "Lixeira"},
    {SpecialUse::trash, "Itens excluídos"},
    {SpecialUse::junk, "Lixo eletrônico"},
    // Italian
    {SpecialUse::sent, "Inviata"},
    {SpecialUse::sent, "Posta inviata"},
    {SpecialUse::drafts, "Bozze"},
    {SpecialUse::trash, "Cestino"},
    {SpecialUse::trash, "Posta eliminata"},
    {SpecialUse::junk, "Posta indesiderata"},
    {SpecialUse::archive, "Archiviati"},
    // Dutch
    {SpecialUse::sent, "Verzonden"},
    {SpecialUse::sent, "Verzonden items"},
    {SpecialUse::drafts, "Concepten"},
    {SpecialUse::trash, "Prullenbak"},
    {SpecialUse::trash, "Verwijderde items"},
    {SpecialUse::junk, "Ongewenste e-mail"},
    {SpecialUse::archive, "Archief"},
    // Polish
    {SpecialUse::sent, "Wysłane"},
    {SpecialUse::sent, "Elementy wysłane"},
    {SpecialUse::drafts, "Szkice"},
    {SpecialUse::drafts, "Kopie robocze"},
    {SpecialUse::drafts, "Wersje robocze"},
    {SpecialUse::trash, "Kosz"},
    {SpecialUse::junk, "Wiadomości-śmieci"},
    {SpecialUse::junk, "Potwierdzony spam"},
    {SpecialUse::archive, "Archiwum"},
    // Russian
    {SpecialUse::sent, "Отправленные"},
    {SpecialUse::drafts, "Черновики"},
    {SpecialUse::trash, "Корзина"},
    {SpecialUse::trash, "Удаленные"},
    {SpecialUse::junk, "Спам"},
    {SpecialUse::archive, "Архив"},
    // Japanese
    {SpecialUse::sent, "送信済み"},
    {SpecialUse::sent, "送信済みメール"},
    {SpecialUse::sent, "送信済みアイテム"},
    {SpecialUse::drafts, "下書き"},
    {SpecialUse::trash, "ゴミ箱"},
    {SpecialUse::trash, "削除済みアイテム"},
    {SpecialUse::junk, "迷惑メール"},
    {SpecialUse::archive, "アーカイブ"},
});

constexpr std::array imapsync = std::to_array<RoleName>({
    {SpecialUse::all, "All"},
    {SpecialUse::all, "All Messages"},
    {SpecialUse::all, "Все"},
    {SpecialUse::archive, "Archive"},
    {SpecialUse::archive, "Archives"},
    {SpecialUse::archive, "Архив"},
    {SpecialUse::drafts, "Drafts"},
    {SpecialUse::drafts, "DRAFTS"},
    {SpecialUse::drafts, "Черновики"},
    {SpecialUse::drafts, "Szkice"},
    {SpecialUse::drafts, "Wersje robocze"},
    {SpecialUse::flagged, "Flagged"},
    {SpecialUse::flagged, "Starred"},
    {SpecialUse::flagged, "Помеченные"},
    {SpecialUse::junk, "Junk"},
    {SpecialUse::junk, "junk"},
    {SpecialUse::junk, "Spam"},
    {SpecialUse::junk, "SPAM"},
    {SpecialUse::junk, "Спам"},
    {SpecialUse::junk, "Potwierdzony spam"},
    {SpecialUse::junk, "Wiadomości-śmieci"},
    {SpecialUse::junk, "Junk E-Mail"},
    {SpecialUse::junk, "Junk Email"},
    {SpecialUse::sent, "Sent"},
    {SpecialUse::sent, "Sent Messages"},
    {SpecialUse::sent, "Sent Items"},
    {SpecialUse::sent, "Gesendete Elemente"},
    {SpecialUse::sent, "Gesendete Objekte"},
    {SpecialUse::sent, "Éléments envoyés"},
    {SpecialUse::sent, "E\u0301le\u0301ments envoye\u0301s"},
    {SpecialUse::sent, "Envoyé"},
    {SpecialUse::sent, "Objets envoyés"},
    {SpecialUse::sent, "Elementos enviados"},
    {SpecialUse::sent, "Posta inviata"},
    {SpecialUse::sent, "送信済みアイテム"},
    {SpecialUse::sent, "Отправленные"},
    {SpecialUse::sent, "Elementy wysłane"},
    {SpecialUse::trash, "Trash"},
    {SpecialUse::trash, "TRASH"},
    {SpecialUse::trash, "Удаленные"},
    {SpecialUse::trash, "Корзина"},
    {SpecialUse::trash, "Kosz"},
    {SpecialUse::trash, "Deleted Items"},
    {SpecialUse::trash, "Deleted Messages"},
});

using Roles = std::unordered_map<std::string, SpecialUse>;

template <std::size_t size>
Roles table_of(const std::array<RoleName, size>& names, std::string (*spelling)(std::string_view)) {
    Roles roles;
    for (const RoleName& role : names) roles.try_emplace(spelling(role.name), role.use);
    return roles;
}

std::optional<SpecialUse> look_up(const Roles& roles, const std::string& name) {
    const auto found = roles.find(name);
    return found == roles.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<SpecialUse> well_known_role(std::string_view spoken) {
    static const Roles roles = table_of(well_known, folded);
    return look_up(roles, folded(spoken));
}

std::optional<SpecialUse> imapsync_role(std::string_view raw) {
    static const Roles roles = table_of(imapsync, imap::utf7_from_utf8);
    return look_up(roles, std::string(raw));
}

}  // namespace mailhaul::sync
