// SPDX-License-Identifier: Apache-2.0
// Where passwords and tokens come from: a file, a variable, a command, a descriptor or a person.
//
// Leaves out keeping them: nothing is written anywhere, and no error or warning holds a secret.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "client/access.hpp"

namespace mailhaul::app {

/// Gives one secret as often as asked. It is a client::SecretSource; copies share what was learnt.
class SecretReader {
public:
    class Origin;
    explicit SecretReader(std::shared_ptr<Origin> origin) : origin_(std::move(origin)) {}

    /// Every failure is credential_unavailable (scope: account) and says what was tried and what to do.
    Result<Secret> operator()() const;

    /// The server refused what was given: the next call runs the command or asks the person again. A file is read anew
    /// by every call; a variable or a descriptor has nothing new to give.
    void forget() const;

private:
    std::shared_ptr<Origin> origin_;  // shared by the connections of one account, which outlive each other in any order
};

/// Told what an operator should mend though it worked, such as a password file that others can read.
using Warn = std::function<void(const std::string&)>;

/// Understands a description of where the secret is:
///
///   file:PATH    first line, without its line end
///   env:NAME     value of the variable, which commands run from here no longer see
///   cmd:COMMAND  first line that COMMAND prints; words split by blanks, with '...', "..." and \ as quotes; no shell
///   cred:NAME    a credential that systemd gave to this service ($CREDENTIALS_DIRECTORY)
///   fd:NUMBER    next line of an open descriptor; two secrets may follow each other in one
///   prompt       asked on the terminal, without echo
///
/// `what` names the secret in questions and messages: `password of the source`. Nothing is read before the first call.
/// Errc::usage (scope: run) where `spec` is none of these; it is not quoted, as it may be the secret itself.
Result<SecretReader> secret_source(std::string_view spec, std::string what, Warn warn = {});

}  // namespace mailhaul::app
