// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_options.hpp"

#include <algorithm>
#include <array>

namespace mailhaul::cli {
namespace {

using enum Fate;

constexpr std::string_view own_tests =
    "a migration between two servers inside the program is carried out and compared, in place of imapsync's self-tests";
constexpr std::string_view library = "a setting of imapsync's library";
constexpr std::string_view traces = "--debugimap shows the dialogue";

constexpr std::array connection{
    ImapsyncOption{"host1=s"},
    ImapsyncOption{"host2=s"},
    ImapsyncOption{"port1=i"},
    ImapsyncOption{"port2=i"},
    ImapsyncOption{"user1=s"},
    ImapsyncOption{"user2=s"},
    ImapsyncOption{"password1=s"},
    ImapsyncOption{"password2=s"},
    ImapsyncOption{"passfile1=s"},
    ImapsyncOption{"passfile2=s"},
    ImapsyncOption{"showpasswords!", inert, "passwords are never printed"},
    ImapsyncOption{"sanitize!"},
    ImapsyncOption{"inet4|ipv4"},
    ImapsyncOption{"inet6|ipv6"},
    ImapsyncOption{"timeout=f"},
    ImapsyncOption{"timeout1=f"},
    ImapsyncOption{"timeout2=f"},
    ImapsyncOption{"keepalive1!", inert, "deadlines notice a dead peer"},
    ImapsyncOption{"keepalive2!", inert, "deadlines notice a dead peer"},
    ImapsyncOption{"reconnectretry1=i", inert, "lost connections are replaced, nothing is sent twice"},
    ImapsyncOption{"reconnectretry2=i", inert, "lost connections are replaced, nothing is sent twice"},
    ImapsyncOption{"compress1!"},
    ImapsyncOption{"compress2!"},
    ImapsyncOption{"fastio1!", inert, library},
    ImapsyncOption{"fastio2!", inert, library},
    ImapsyncOption{"buffersize=i", inert, library},
    ImapsyncOption{"id!"},
};

constexpr std::array encryption{
    ImapsyncOption{"ssl1!"},
    ImapsyncOption{"ssl2!"},
    ImapsyncOption{"tls1!"},
    ImapsyncOption{"tls2!"},
    ImapsyncOption{"sslcheck!"},
    ImapsyncOption{"sslargs1=s%"},
    ImapsyncOption{"sslargs2=s%"},
    ImapsyncOption{"ssl1_ssl_version=s"},
    ImapsyncOption{"ssl2_ssl_version=s"},
    ImapsyncOption{"debugssl=i", inert, library},
};

constexpr std::array authentication{
    ImapsyncOption{"authmech1=s"},
    ImapsyncOption{"authmech2=s"},
    ImapsyncOption{"authuser1=s"},
    ImapsyncOption{"authuser2=s"},
    ImapsyncOption{"proxyauth1"},
    ImapsyncOption{"proxyauth2"},
    ImapsyncOption{"authmd5!"},
    ImapsyncOption{"authmd51!"},
    ImapsyncOption{"authmd52!"},
    ImapsyncOption{"domain1=s"},
    ImapsyncOption{"domain2=s"},
    ImapsyncOption{"trylogin!"},
    ImapsyncOption{"oauthaccesstoken1=s"},
    ImapsyncOption{"oauthaccesstoken2=s"},
    ImapsyncOption{"oauthdirect1=s"},
    ImapsyncOption{"oauthdirect2=s"},
};

constexpr std::array folders{
    ImapsyncOption{"folder=s@"},
    ImapsyncOption{"folderrec=s@"},
    ImapsyncOption{"folderfirst=s@", inert, "the order of folders matters with --skipcrossduplicates only, where it is kept"},
    ImapsyncOption{"folderlast=s@", inert, "the order of folders matters with --skipcrossduplicates only, where it is kept"},
    ImapsyncOption{"include=s@"},
    ImapsyncOption{"exclude=s@"},
    ImapsyncOption{"noexclude"},
    ImapsyncOption{"subscribed"},
    ImapsyncOption{"subscribe!"},
    ImapsyncOption{"subscribeall|subscribe_all!"},
    ImapsyncOption{"prefix1=s"},
    ImapsyncOption{"prefix2=s"},
    ImapsyncOption{"sep1=s"},
    ImapsyncOption{"sep2=s"},
    ImapsyncOption{"automap!"},
    ImapsyncOption{"justautomap!"},
    ImapsyncOption{"f1f2=s@"},
    ImapsyncOption{"nof1f2"},
    ImapsyncOption{"f1f2h=s%", inert, "internal to imapsync"},
    ImapsyncOption{"regextrans2=s@"},
    ImapsyncOption{"subfolder2=s"},
    ImapsyncOption{"subfolder1=s"},
    ImapsyncOption{"fixslash2!"},
    ImapsyncOption{"fixInboxINBOX!", inert, "INBOX in any case is the INBOX (RFC 9051)"},
    ImapsyncOption{"mixfolders!"},
    ImapsyncOption{"skipemptyfolders!"},
    ImapsyncOption{"checkselectable!", inert, "the listing says it"},
    ImapsyncOption{"checkfoldersexist!"},
    ImapsyncOption{"create_folder_old!", inert, "parents are made as servers want them"},
    ImapsyncOption{"justfolders!"},
    ImapsyncOption{"justfolderlists!"},
    ImapsyncOption{"syncacls!", refused, "access rights name users by what host1 calls them, and host2 may call others so",
                   "0"},
};

constexpr std::array sizes{
    ImapsyncOption{"foldersizes!", inert, "sizes come with the listing; --justfoldersizes prints them"},
    ImapsyncOption{"foldersizesatend!", inert, "the destination is verified in any case"},
    ImapsyncOption{"justfoldersizes!"},
};

constexpr std::array processes{
    ImapsyncOption{"tmpdir=s"}, ImapsyncOption{"pidfile=s"},   ImapsyncOption{"pidfilelocking!"},
    ImapsyncOption{"abort"},    ImapsyncOption{"abortbyfile"}, ImapsyncOption{"tail!"},
};

constexpr std::array logging{
    ImapsyncOption{"log!"},
    ImapsyncOption{"logfile=s"},
    ImapsyncOption{"logdir=s"},
    ImapsyncOption{"errorsmax=i"},
    ImapsyncOption{"errorsdump!", inert, "errors are always listed at the end"},
    ImapsyncOption{"releasecheck!", inert, "nobody is asked"},
    ImapsyncOption{"modulesversion|modules_version!", inert, "there are no modules"},
    ImapsyncOption{"emailreport1!"},
    ImapsyncOption{"emailreport2!"},
    ImapsyncOption{"emailreportfrom=s"},
    ImapsyncOption{"justbanner!"},
    ImapsyncOption{"var=s@", inert, "shown by imapsync's web page only"},
    ImapsyncOption{"dockercontext!", inert, "changes file places only"},
};

constexpr std::array messages{
    ImapsyncOption{"skipmess=s@"},
    ImapsyncOption{"regexmess=s@"},
    ImapsyncOption{"noregexmess"},
    ImapsyncOption{"disarmreadreceipts!"},
    ImapsyncOption{"pipemess=s@"},
    ImapsyncOption{"pipemesscheck!"},
    ImapsyncOption{"truncmess=i"},
    ImapsyncOption{"maxlinelength=i"},
    ImapsyncOption{"maxlinelengthcmd=s"},
    ImapsyncOption{"minmaxlinelength=i"},
    ImapsyncOption{"maxsize=i"},
    ImapsyncOption{"minsize=i"},
    ImapsyncOption{"appendlimit=i"},
    ImapsyncOption{"checkmessageexists!", inert, "a message gone meanwhile is noticed"},
    ImapsyncOption{"allowsizemismatch!", inert, "without effect in imapsync"},
};

constexpr std::array flags{
    ImapsyncOption{"resyncflags!"},
    ImapsyncOption{"regexflag=s@"},
    ImapsyncOption{"noregexflag"},
    ImapsyncOption{"filterflags!"},
    ImapsyncOption{"filterbuggyflags!", inert, "flags no server accepts are always left out"},
    ImapsyncOption{"flagscase!", inert, "flags are compared without regard to case"},
    ImapsyncOption{"syncflagsaftercopy!", told, "flags travel with the message; the next run carries later changes"},
    ImapsyncOption{"synclabels!"},
    ImapsyncOption{"resynclabels!", told, "labels are given and never taken away: those of host2's user stay", "0"},
    ImapsyncOption{"skipcrossduplicates!"},
    ImapsyncOption{"debugcrossduplicates!", inert, traces},
    ImapsyncOption{"debuglabels!", inert, traces},
};

constexpr std::array deletions{
    ImapsyncOption{"delete1|delete!"},
    ImapsyncOption{"expunge1|expunge!", told, "only what is on host2 is expunged: imapsync expunges what was never copied",
                   "0"},
    ImapsyncOption{"expungeaftereach!", inert, "only messages whose copy is confirmed are removed, in batches"},
    ImapsyncOption{"delete1emptyfolders"},
    ImapsyncOption{"delete2!"},
    ImapsyncOption{"delete2duplicates!", told, "only second copies equal octet for octet are removed"},
    ImapsyncOption{"delete2folders!"},
    ImapsyncOption{"delete2foldersonly=s"},
    ImapsyncOption{"delete2foldersbutnot=s"},
    ImapsyncOption{"expunge2!", told, "only the messages --delete2 marks are removed", "0"},
    ImapsyncOption{"uidexpunge2!", inert, "only the messages --delete2 marks are removed"},
};

constexpr std::array selection{
    ImapsyncOption{"syncinternaldates!"},
    ImapsyncOption{"idatefromheader!"},
    ImapsyncOption{"maxage=f"},
    ImapsyncOption{"minage=f"},
    ImapsyncOption{"search=s"},
    ImapsyncOption{"search1=s"},
    ImapsyncOption{"search2=s"},
    ImapsyncOption{"abletosearch!"},
    ImapsyncOption{"abletosearch1!"},
    ImapsyncOption{"abletosearch2!"},
    ImapsyncOption{"checknoabletosearch!", inert, "SEARCH is not relied upon"},
    ImapsyncOption{"fetch_hash_set=s"},
    ImapsyncOption{"useheader=s@"},
    ImapsyncOption{"skipheader=s"},
    ImapsyncOption{"messageidnodomain!"},
    ImapsyncOption{"wholeheaderifneeded!", inert, "always so"},
    ImapsyncOption{"skipsize!"},
    ImapsyncOption{"addheader!"},
    ImapsyncOption{"syncduplicates!"},
    ImapsyncOption{"usecache!"},
    ImapsyncOption{"cacheaftercopy!", inert, "the ledger always does"},
    ImapsyncOption{"useuid!", told, "the ledger remembers by UID; at first contact headers recognise what is there already"},
    ImapsyncOption{"uid1!", inert, "UIDs are always used"},
    ImapsyncOption{"uid2!", inert, "UIDs are always used"},
};

constexpr std::array behaviour{
    ImapsyncOption{"dry!"},
    ImapsyncOption{"dry1!"},
    ImapsyncOption{"justlogin!"},
    ImapsyncOption{"justconnect!"},
    ImapsyncOption{"maxmessagespersecond=f"},
    ImapsyncOption{"maxbytespersecond=i"},
    ImapsyncOption{"maxbytesafter=i"},
    ImapsyncOption{"maxsleep=f", inert, "limits are kept without long pauses"},
    ImapsyncOption{"exitwhenover=i", told, "some messages more may be copied, as several are asked for at once"},
    ImapsyncOption{"split1=i", inert, "commands are cut by size"},
    ImapsyncOption{"split2=i", inert, "commands are cut by size"},
    ImapsyncOption{"exitonload!", inert, "of imapsync's web page only"},
};

constexpr std::array debugging{
    ImapsyncOption{"debug!", inert, traces},
    ImapsyncOption{"debugimap!"},
    ImapsyncOption{"debugimap1!"},
    ImapsyncOption{"debugimap2!"},
    ImapsyncOption{"debugflags!", inert, traces},
    ImapsyncOption{"debugcontent!", inert, "message texts are never printed"},
    ImapsyncOption{"debugfolders!", inert, traces},
    ImapsyncOption{"debugmemory!", inert, traces},
    ImapsyncOption{"debugcache!", inert, traces},
    ImapsyncOption{"debuglist!", inert, traces},
    ImapsyncOption{"debugmaxlinelength!", inert, traces},
    ImapsyncOption{"debugsleep=f", inert, traces},
    ImapsyncOption{"debugenv!", inert, traces},
    ImapsyncOption{"debugsig!", inert, traces},
    ImapsyncOption{"debugdev!", inert, traces},
    ImapsyncOption{"debugcgi!", inert, traces},
    ImapsyncOption{"simulong=f"},
    ImapsyncOption{"tests!", told, own_tests, "0"},
    ImapsyncOption{"testsdebug|tests_debug!", told, own_tests, "0"},
    ImapsyncOption{"testsunit=s@", told, own_tests},
    ImapsyncOption{"testslive!", told, own_tests, "0"},
    ImapsyncOption{"testslive6!", told, own_tests, "0"},
    ImapsyncOption{"memorystress!", refused, "memory is bounded by a budget, whatever is asked for", "0"},
    ImapsyncOption{"sigexit=s@", told, "SIGINT and SIGTERM always end the run cleanly"},
    ImapsyncOption{"sigreconnect=s@", told, "SIGINT and SIGTERM always end the run cleanly"},
    ImapsyncOption{"sigignore=s@", told, "SIGINT and SIGTERM always end the run cleanly"},
    ImapsyncOption{"fixcolonbug!", inert, "concerns imapsync's cache"},
    ImapsyncOption{"version"},
    ImapsyncOption{"help"},
};

constexpr std::array presets{
    ImapsyncOption{"gmail1"},
    ImapsyncOption{"gmail2", told, "host1 is not expunged: that would remove messages that were never copied"},
    ImapsyncOption{"office1"},
    ImapsyncOption{"office2"},
    ImapsyncOption{"exchange1"},
    ImapsyncOption{"exchange2"},
    ImapsyncOption{"domino1"},
    ImapsyncOption{"domino2"},
};

constexpr std::array sections{
    ImapsyncSection{"Credentials and connection", connection},
    ImapsyncSection{"Encryption", encryption},
    ImapsyncSection{"Authentication", authentication},
    ImapsyncSection{"Folders", folders},
    ImapsyncSection{"Sizes", sizes},
    ImapsyncSection{"Temporary files and processes", processes},
    ImapsyncSection{"Log and report", logging},
    ImapsyncSection{"Messages", messages},
    ImapsyncSection{"Flags and labels", flags},
    ImapsyncSection{"Deletions", deletions},
    ImapsyncSection{"Dates, selection, identity", selection},
    ImapsyncSection{"Behaviour", behaviour},
    ImapsyncSection{"Debugging", debugging},
    ImapsyncSection{"Presets", presets},
};

/// `--delete1`, `--host1 TEXT`, `--sslargs1 KEY=TEXT`.
std::string spelt(const LongOption& option) {
    std::string text = "--" + option.spellings.front();
    for (std::size_t i = 1; i < option.spellings.size(); ++i) text += ", --" + option.spellings[i];
    switch (option.kind) {
        case ValueKind::none: return text;
        case ValueKind::text: return text + (option.keyed ? " KEY=TEXT" : " TEXT");
        case ValueKind::integer:
        case ValueKind::real: return text + " NUMBER";
    }
    return text;
}

std::string fate_words(const ImapsyncOption& option, const std::string& name) {
    switch (option.fate) {
        case honoured: return "yes";
        case inert: return "accepted, not needed";
        case told: return "accepted with a note";
        case refused: return option.harmless == "1" ? "`--no" + name + "` is refused" : "refused";
    }
    return {};
}

const ImapsyncOption* find_option(std::string_view name) {
    for (const ImapsyncSection& section : sections)
        for (const ImapsyncOption& option : section.options)
            if (read_specification(option.specification).spellings.front() == name) return &option;
    return nullptr;
}

}  // namespace

std::span<const ImapsyncSection> imapsync_sections() { return sections; }

std::vector<LongOption> imapsync_long_options() {
    std::vector<LongOption> all;
    for (const ImapsyncSection& section : sections)
        for (const ImapsyncOption& option : section.options) all.push_back(read_specification(option.specification));
    return all;
}

std::string imapsync_options_markdown() {
    std::string text;
    for (const ImapsyncSection& section : sections) {
        text += "\n### " + std::string(section.title) + "\n\n| option | taken | remark |\n| --- | --- | --- |\n";
        for (const ImapsyncOption& option : section.options) {
            const LongOption spelling = read_specification(option.specification);
            text += "| `" + spelt(spelling) + "` | " + fate_words(option, spelling.spellings.front()) + " | " +
                    std::string(option.words) + " |\n";
        }
    }
    return text;
}

OptionVerdicts judge_imapsync_options(const ParsedLine& line) {
    OptionVerdicts verdicts;
    const auto add = [](std::vector<std::string>& list, std::string words) {
        if (std::ranges::find(list, words) == list.end()) list.push_back(std::move(words));
    };
    for (const Given& given : line.given) {
        const ImapsyncOption* option = find_option(given.name);
        if (option == nullptr || (!option->harmless.empty() && given.value == option->harmless)) continue;
        const bool negated = read_specification(option->specification).kind == ValueKind::none && given.value == "0";
        const std::string name = std::string(negated ? "--no" : "--") + given.name;
        if (option->fate == told) add(verdicts.notes, name + ": " + std::string(option->words));
        if (option->fate == refused)
            add(verdicts.refusals, name + " is refused by mailhaul's imapsync mode: " + std::string(option->words));
    }
    return verdicts;
}

}  // namespace mailhaul::cli
