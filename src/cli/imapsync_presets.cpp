// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_presets.hpp"

#include <array>
#include <span>
#include <string_view>

namespace mailhaul::cli {
namespace {

enum class How : std::uint8_t {
    unless_given,
    appended,
    in_place,  ///< of what the user gave
};

struct Setting {
    const char* option;
    const char* value;
    How how = How::unless_given;
    const char* unless = nullptr;  ///< not where this option is given
};

using enum How;

// A run of octets that no line end interrupts, cut into lines that Exchange takes.
constexpr const char* cut_long_lines = R"(s,(.{10239}),$1\r\n,g)";

constexpr std::array gmail1{
    Setting{"host1", "imap.gmail.com"},
    Setting{"ssl1", "1"},
    Setting{"automap", "1"},
    Setting{"skipcrossduplicates", "1"},
    Setting{"maxbytespersecond", "40000"},
    Setting{"maxbytesafter", "3000000000"},
    Setting{"useheader", "X-Gmail-Received", appended},
    Setting{"useheader", "Message-Id", appended},
    Setting{"regextrans2", R"(s,\[Gmail\].,,)", appended},
    Setting{"folderlast", "[Gmail]/All Mail", appended},
};

constexpr std::array gmail2{
    Setting{"host2", "imap.gmail.com"},
    Setting{"ssl2", "1"},
    Setting{"automap", "1"},
    Setting{"addheader", "1"},
    Setting{"maxbytespersecond", "20000"},
    Setting{"maxbytesafter", "1000000000"},
    Setting{"useheader", "Message-Id", appended},
    Setting{"exclude", R"(\[Gmail\]$)", appended, "noexclude"},
    Setting{"regextrans2", R"(s,\[Gmail\].,,)", appended},
    Setting{"regextrans2", R"(s,^ +| +$,,g)", appended},
    Setting{"regextrans2", R"(s,/ +| +/,/,g)", appended},
    Setting{"regextrans2", R"(s/['\\^"]/_/g)", appended},
    Setting{"folderlast", "[Gmail]/All Mail", appended},
};

constexpr std::array both_gmail{
    Setting{"host1", "imap.gmail.com"},
    Setting{"host2", "imap.gmail.com"},
    Setting{"ssl1", "1"},
    Setting{"ssl2", "1"},
    Setting{"automap", "1"},
    Setting{"synclabels", "1"},
    Setting{"resynclabels", "1"},
    Setting{"maxbytespersecond", "20000"},
    Setting{"maxbytesafter", "1000000000"},
    Setting{"useheader", "X-Gmail-Received", appended},
    Setting{"useheader", "Message-Id", appended},
    Setting{"exclude", R"(\[Gmail\]$)", appended},
    Setting{"folderlast", "[Gmail]/All Mail", appended},
};

constexpr std::array office1{
    Setting{"host1", "outlook.office365.com"},
    Setting{"ssl1", "1"},
    Setting{"exclude", "^Files$", appended, "noexclude"},
};

constexpr std::array office2{
    Setting{"host2", "outlook.office365.com"},
    Setting{"ssl2", "1"},
    Setting{"maxsize", "45000000"},
    Setting{"maxmessagespersecond", "4"},
    Setting{"disarmreadreceipts", "1"},
    Setting{"regexmess", cut_long_lines, appended, "noregexmess"},
    Setting{"f1f2", "Files=Files_renamed_by_imapsync", appended, "nof1f2"},
};

constexpr std::array exchange2{
    Setting{"maxsize", "10000000"},
    Setting{"maxmessagespersecond", "4"},
    Setting{"disarmreadreceipts", "1"},
    Setting{"regexflag", R"(s/\\Flagged//g)", appended, "noregexflag"},
    Setting{"regexmess", cut_long_lines, appended, "noregexmess"},
};

constexpr std::array domino1{
    Setting{"sep1", "\\", in_place},
    Setting{"prefix1", "", in_place},
    Setting{"messageidnodomain", "1"},
};

constexpr std::array domino2{
    Setting{"sep2", "\\", in_place},
    Setting{"prefix2", "", in_place},
    Setting{"messageidnodomain", "1"},
    Setting{"regextrans2", R"(s,^Inbox\\(.*),$1,i)", appended},
};

void put_into(ParsedLine& line, std::span<const Setting> settings) {
    for (const Setting& setting : settings) {
        if (setting.unless != nullptr && line.has(setting.unless)) continue;
        if (setting.how == unless_given && line.has(setting.option)) continue;
        if (setting.how == in_place)
            std::erase_if(line.given, [&](const Given& given) { return given.name == setting.option; });
        line.given.push_back({setting.option, {}, setting.value});
    }
}

}  // namespace

void apply_presets(ParsedLine& line) {
    const bool gmail_1 = line.has("gmail1");
    const bool gmail_2 = line.has("gmail2");
    if (gmail_1 && gmail_2) put_into(line, both_gmail);
    else if (gmail_1) put_into(line, gmail1);
    else if (gmail_2) put_into(line, gmail2);
    if (line.has("office1")) put_into(line, office1);
    if (line.has("office2")) put_into(line, office2);
    if (line.has("exchange2")) put_into(line, exchange2);
    if (line.has("domino1")) put_into(line, domino1);
    if (line.has("domino2")) put_into(line, domino2);
}

}  // namespace mailhaul::cli
