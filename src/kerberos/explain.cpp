// SPDX-License-Identifier: Apache-2.0
// The words are MIT krb5's (1.20). First match wins.
#include "kerberos/explain.hpp"

#include <array>

namespace mailhaul::kerberos {
namespace {

struct Words {
    std::string_view said;
    std::string_view means;
    std::string_view next_step;
    Retry retry = Retry::never;
};

constexpr std::array table{
    Words{"expired", "the Kerberos ticket has expired", "get a new one with kinit, then run again"},
    Words{"No Kerberos credentials available", "there is no Kerberos ticket",
          "get one with kinit; klist shows which there are"},
    Words{"No credentials cache found", "there is no Kerberos ticket", "get one with kinit; klist shows which there are"},
    Words{"not yet valid", "the Kerberos ticket is not valid yet", "compare this machine's clock with the KDC's"},
    Words{"Clock skew too great", "this machine's clock and the Kerberos server's differ too much",
          "set the clock (5 minutes are the usual limit)"},
    Words{"not found in Kerberos database", "Kerberos does not know this mail server",
          "give the server's full host name as its administrator registered it (imap/HOST), not an alias or an address"},
    Words{"Cannot contact any KDC", "no Kerberos server (KDC) answers", "check the network, and the realm in krb5.conf",
          Retry::later},
    Words{"Cannot find KDC", "it is not known where the realm's Kerberos server (KDC) is",
          "name it in krb5.conf, or in DNS (_kerberos._udp)"},
    Words{"Cannot resolve network address", "the Kerberos server's (KDC's) name does not resolve",
          "check the realm in krb5.conf"},
    Words{"default realm", "no Kerberos realm is configured", "set default_realm in krb5.conf"},
    Words{"Wrong principal in request", "the mail server's Kerberos key is for another name",
          "use the host name that the server has its key (keytab) for"},
    Words{"No key table entry found", "the mail server has no Kerberos key for this name",
          "use the host name that the server has its key (keytab) for"},
};

}  // namespace

Error explained(std::string_view words, const std::string& host) {
    const std::string said = " (the Kerberos library says: " + std::string(words) + ")";
    for (const Words& row : table)
        if (words.find(row.said) != std::string_view::npos)
            return {Errc::credential_unavailable, Scope::account, row.retry,
                    std::string(row.means) + ", for imap/" + host + ": " + std::string(row.next_step) + said};
    return {Errc::credential_unavailable, Scope::account, Retry::never,
            "Kerberos does not get to imap/" + host + ": see what klist and kvno imap/" + host + " say" + said};
}

}  // namespace mailhaul::kerberos
