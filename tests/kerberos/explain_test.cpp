// SPDX-License-Identifier: Apache-2.0
#include "kerberos/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailhaul::kerberos {
namespace {

using testing::AllOf;
using testing::HasSubstr;

struct Row {
    const char* said;
    const char* means;
    const char* advice;
    Retry retry = Retry::never;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.said; }

class KerberosWords : public testing::TestWithParam<Row> {};

TEST_P(KerberosWords, are_explained_and_kept) {
    const Row& row = GetParam();
    const Error error = explained(row.said, "mail.example");
    EXPECT_EQ(error.code, Errc::credential_unavailable);
    EXPECT_EQ(error.retry, row.retry);
    EXPECT_THAT(error.message,
                AllOf(HasSubstr(row.means), HasSubstr(row.advice), HasSubstr("imap/mail.example"), HasSubstr(row.said)));
}

// As krb5 1.20 says them.
INSTANTIATE_TEST_SUITE_P(
    table, KerberosWords,
    testing::Values(
        Row{"No credentials were supplied, or the credentials were unavailable or inaccessible: No Kerberos credentials "
            "available "
            "(default cache: FILE:/tmp/krb5cc_0)",
            "no Kerberos ticket", "kinit"},
        Row{"Unspecified GSS failure.  Minor code may provide more information: Ticket expired", "has expired", "kinit"},
        Row{"The referenced credential has expired: Success", "has expired", "kinit"},
        Row{"Unspecified GSS failure.  Minor code may provide more information: Server imap/x@R not found in Kerberos database",
            "does not know this mail server", "full host name"},
        Row{"Unspecified GSS failure.  Minor code may provide more information: Cannot contact any KDC for realm 'R'",
            "no Kerberos server (KDC) answers", "krb5.conf", Retry::later},
        Row{"Unspecified GSS failure.  Minor code may provide more information: Clock skew too great", "differ too much",
            "set the clock"},
        Row{"Something new", "does not get to", "klist"}));

}  // namespace
}  // namespace mailhaul::kerberos
