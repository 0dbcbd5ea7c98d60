// SPDX-License-Identifier: Apache-2.0
// From the options about one account (where it is, how to log in, how to connect) to the client::Access they mean. Touches
// no network; secrets are not read here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/seal_keys.hpp"
#include "app/secret_source.hpp"
#include "cli/console.hpp"
#include "cli/option.hpp"
#include "client/access.hpp"

namespace mailhaul::cli {

/// How one account's options are called, and what it is called in messages.
struct AccountNaming {
    std::string_view prefix;    ///< of its options: `source-`, or nothing where there is only one account
    std::string_view noun;      ///< `source`, `account`
    std::string_view variable;  ///< holds its password, where set
};
inline constexpr AccountNaming source_naming{"source-", "source", "MAILHAUL_SOURCE_PASSWORD"};
inline constexpr AccountNaming destination_naming{"destination-", "destination", "MAILHAUL_DESTINATION_PASSWORD"};
inline constexpr AccountNaming only_naming{"", "account", "MAILHAUL_PASSWORD"};

/// Of --seal-key, else $MAILHAUL_SEAL_KEY; none where neither is there.
app::SharedSealKeys read_seal_keys(const ParsedLine& line, std::vector<std::string>& mistakes,
                                   const Surroundings& surroundings);

/// One account: the URL, then what the options add to it. Borrows all it is given.
class AccountReader {
public:
    AccountReader(const ParsedLine& line, std::vector<std::string>& mistakes, AccountNaming naming, client::Access& access,
                  app::SharedSealKeys keys)
        : line_(line), mistakes_(mistakes), naming_(naming), access_(access), keys_(std::move(keys)) {}

    /// The folder the URL names, if any.
    std::optional<std::string> read_account(const std::string& text);
    void read_credentials(const Surroundings& surroundings);
    void read_connection();
    /// Of --oauth, for the mailbox that `access` names now; read_connection() does so as well.
    void read_tokens();

private:
    [[nodiscard]] std::string name_of(std::string_view option) const {
        return std::string(naming_.prefix) + std::string(option);
    }
    [[nodiscard]] std::optional<std::string> option(std::string_view name) const { return line_.last(name_of(name)); }
    void read_impersonation();
    void read_mechanism();
    void read_tls();
    void read_password(const std::string& spec, const Surroundings& surroundings);
    std::optional<app::SecretReader> secret(const std::string& what, const std::string& spec, const Surroundings& surroundings);
    void mistake(std::string words) { mistakes_.push_back(std::move(words)); }

    const ParsedLine& line_;
    std::vector<std::string>& mistakes_;
    AccountNaming naming_;
    client::Access& access_;
    app::SharedSealKeys keys_;
};

}  // namespace mailhaul::cli
