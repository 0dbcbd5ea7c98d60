// SPDX-License-Identifier: Apache-2.0
// One side of imapsync's command line: where the server is, how the connection is protected, who logs in and how.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/secret_source.hpp"
#include "base/base64.hpp"
#include "cli/imapsync_reading.hpp"
#include "cli/quantities.hpp"
#include "kerberos/open_context.hpp"

namespace mailhaul::cli {
namespace {

constexpr int status_tls = 12;
constexpr std::uint16_t port_imap = 143;
constexpr std::uint16_t port_imaps = 993;

std::string upper(std::string text) {
    for (char& letter : text)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 32);
    return text;
}

client::SecretSource constant(std::string text) {
    return [secret = Secret(std::move(text))]() -> Result<Secret> { return secret; };
}

/// The options of one side.
class SideReader {
public:
    SideReader(ImapsyncOrder& order, const ParsedLine& line, const Surroundings& surroundings, std::size_t side)
        : order_(order),
          line_(line),
          surroundings_(surroundings),
          digit_(std::to_string(side + 1)),
          side_(order.sides.at(side)),
          access_(order.access(side)) {}

    void read() {
        read_identity();
        read_encryption();
        read_tls_arguments();
        read_mechanism();
        read_secret();
        read_timeouts();
        access_.compress = on("compress", false);
        access_.send_id = line_.is_on("id", true);
        if (line_.has("inet4")) access_.family = net::AddressFamily::ipv4;
        if (line_.has("inet6")) access_.family = net::AddressFamily::ipv6;
    }

private:
    [[nodiscard]] std::optional<std::string> option(const std::string& name) const { return line_.last(name + digit_); }
    [[nodiscard]] bool on(const std::string& name, bool otherwise) const { return line_.is_on(name + digit_, otherwise); }
    [[nodiscard]] std::string named(const std::string& name) const { return "--" + name + digit_; }

    /// Leading and trailing blanks of what people paste.
    [[nodiscard]] std::string sane(std::string text) const {
        return line_.is_on("sanitize", true) ? trimmed(std::move(text)) : text;
    }

    void read_identity() {
        access_.host = option("host").value_or("");
        std::erase_if(access_.host, [](char letter) { return letter == ' ' || letter == '/'; });
        side_.given = !access_.host.empty();
        access_.user = sane(option("user").value_or(""));
        const auto admin = option("authuser");
        const bool has_admin = admin && !admin->empty();
        if (line_.has("proxyauth" + digit_)) {
            if (!has_admin) refuse(order_, named("proxyauth") + " without " + named("authuser") + ": say who logs in");
            access_.impersonation = client::Impersonation::proxyauth;
        }
        if (has_admin) {
            access_.authorize_as = access_.user;
            access_.user = *admin;
        }
    }

    // Nothing said: try port 993, else 143 with STARTTLS where offered, as imapsync does.
    void read_encryption() {
        const auto port = line_.last("port" + digit_);
        const bool ssl = on("ssl", false);
        const bool tls = on("tls", false);
        if (ssl && tls)
            refuse(order_,
                   "Host" + digit_ + ": " + named("ssl") + " and " + named("tls") + " together: a connection is encrypted once",
                   status_tls);
        side_.probe = !port && !option("ssl") && !option("tls") && line_.is_on("sslcheck", true) && side_.given;
        if (ssl || port == std::to_string(port_imaps)) {
            access_.security = client::Security::implicit_tls;
            if (!ssl)
                order_.notes.push_back(named("port") + " 993 is TLS from the start: taken as if " + named("ssl") +
                                       " was given");
        } else if (tls) {
            access_.security = client::Security::starttls;
        } else {
            access_.security = option("tls") ? client::Security::plaintext : client::Security::starttls_if_offered;
        }
        access_.port = access_.security == client::Security::implicit_tls ? port_imaps : port_imap;
        if (!port) return;
        const auto number = parse_number(*port);
        if (number && *number >= 1 && *number <= 65'535) access_.port = static_cast<std::uint16_t>(*number);
        else refuse(order_, named("port") + " " + *port + ": wanted a number from 1 to 65535");
    }

    void read_tls_arguments() {
        access_.tls.verification = net::Verification::none;  // imapsync's default; a note says so
        for (const Given& given : line_.given)
            if (given.name == "sslargs" + digit_) read_tls_argument(given.key, given.value);
        if (const auto version = line_.last("ssl" + digit_ + "_ssl_version")) read_tls_argument("SSL_version", *version);
        side_.verified_tls = access_.tls.verification == net::Verification::full;
    }

    void read_tls_argument(const std::string& key, const std::string& value) {
        const std::string name = upper(key);
        if (name == "SSL_VERIFY_MODE") {
            access_.tls.verification =
                value == "0" || value == "SSL_VERIFY_NONE" ? net::Verification::none : net::Verification::full;
        } else if (name == "SSL_CA_FILE") {
            access_.tls.ca_file = value;
        } else if (name == "SSL_CERT_FILE") {
            access_.tls.certificate_file = value;
        } else if (name == "SSL_KEY_FILE") {
            access_.tls.key_file = value;
        } else if (name == "SSL_HOSTNAME" || name == "SSL_VERIFYCN_NAME") {
            access_.tls.server_name = value;
        } else if (name == "SSL_VERSION") {
            access_.tls.legacy = value == "TLSv1" || value == "TLSv1_0" || value == "TLSv1_1";
        } else if (name == "SSL_CIPHER_LIST") {
            access_.tls.legacy = access_.tls.legacy || value.contains("SECLEVEL");
            order_.notes.push_back(named("sslargs") + " SSL_cipher_list: the library's own list is used");
        } else {
            refuse(order_, named("sslargs") + " " + key +
                               " is refused by mailhaul's imapsync mode: it is not known what it would change");
        }
    }

    void read_mechanism() {
        std::string wanted = upper(option("authmech").value_or(""));
        if (wanted.empty() && (line_.is_on("authmd5") || on("authmd5", false))) wanted = "CRAM-MD5";
        if (wanted.empty() && access_.impersonation == client::Impersonation::proxyauth) wanted = "LOGIN";
        if (wanted.empty()) wanted = access_.authorize_as.empty() ? "" : "PLAIN";
        if (wanted == "LOGIN") wanted = "LOGIN-COMMAND";  // imapsync's LOGIN is the command, not the SASL mechanism
        if (wanted == "PREAUTH") {                        // no mechanism: the server lets in whoever connects, or the run ends
            access_.mechanism = wanted;
            return;
        }
        if (wanted == "GSSAPI") {
            read_kerberos();
            return;
        }
        const auto known = auth::known_mechanisms();
        if (wanted.empty() || wanted == "LOGIN-COMMAND" || std::ranges::find(known, wanted) != known.end()) {
            access_.mechanism = wanted == "XOAUTH2" && !option("oauthaccesstoken") ? unsupported_mechanism(wanted) : wanted;
            const auto domain = option("domain");
            if (wanted == "NTLM" && domain && !domain->empty()) access_.user.insert(0, *domain + "\\");
            access_.mechanism_is_wish = !wanted.empty() && falls_back(wanted);
            return;
        }
        access_.mechanism = unsupported_mechanism(wanted);
    }

    void read_kerberos() {
        if (kerberos::is_built_in()) {
            access_.mechanism = "GSSAPI";
            access_.mechanism_is_wish = falls_back(access_.mechanism);
            access_.security_context = kerberos::open_context;
        } else {
            access_.mechanism = unsupported_mechanism("GSSAPI (build with -DMAILHAUL_WITH_GSSAPI=ON)");
        }
    }

    /// Where imapsync would fall back on LOGIN.
    [[nodiscard]] bool falls_back(const std::string& wanted) const {
        return line_.is_on("trylogin", true) && wanted != "PREAUTH" && wanted != "XOAUTH2" && access_.authorize_as.empty();
    }

    /// The best offered one in its place where imapsync would fall back; a refusal where it would not.
    std::string unsupported_mechanism(const std::string& wanted) {
        if (falls_back(wanted))
            order_.notes.push_back(named("authmech") + " " + wanted + " is not spoken: the best mechanism offered is used");
        else
            refuse(order_, named("authmech") + " " + wanted +
                               " is refused by mailhaul's imapsync mode: that mechanism is not spoken here");
        return {};
    }

    // Password file, then environment, then option, then prompt.
    void read_secret() {
        if (access_.mechanism == "PREAUTH") return;
        if (const auto token = option("oauthaccesstoken")) {
            access_.token = token_or_file(*token);
            return;
        }
        if (const auto direct = option("oauthdirect")) {
            access_.token = token_within(token_or_file(*direct));
            access_.mechanism = "XOAUTH2";
            return;
        }
        const std::string variable = "IMAPSYNC_PASSWORD" + digit_;
        if (const auto file = option("passfile"); file && !file->empty()) {
            access_.password = from_specification("file:" + *file);
        } else if (const auto value = surroundings_.variable(variable)) {
            access_.password = constant(*value);
        } else if (const auto password = option("password")) {
            access_.password = constant(sane(*password));
        } else if (access_.mechanism != "GSSAPI") {  // where the ticket is asked for nothing else
            // As imapsync does: a question where somebody can answer, else the next line of the input.
            access_.password = from_specification(::isatty(STDIN_FILENO) == 1 ? "prompt" : "fd:0");
        }
    }

    client::SecretSource from_specification(const std::string& specification) {
        auto source = app::secret_source(specification, "password of host" + digit_);
        if (source.ok()) return std::move(source).value();
        refuse(order_, source.error().describe());
        return {};
    }

    /// imapsync takes the token itself or the name of a file whose first line it is.
    client::SecretSource token_or_file(const std::string& text) {
        return [text, what = "token of host" + digit_]() -> Result<Secret> {
            std::error_code ignored;  // a token too long for a file name is no file
            if (!std::filesystem::is_regular_file(text, ignored)) return Secret(text);
            auto source = app::secret_source("file:" + text, what);
            if (!source.ok()) return std::move(source).error();
            return source.value()();
        };
    }

    /// The token in a ready-made XOAUTH2 string: base64 of `user=...^Aauth=Bearer <token>^A^A`.
    client::SecretSource token_within(client::SecretSource ready_made) {
        return [ready_made = std::move(ready_made), name = named("oauthdirect")]() -> Result<Secret> {
            MH_TRY(text, ready_made());
            constexpr std::string_view before = "auth=Bearer ";
            const auto decoded = octets_from_base64(text.reveal());
            const std::size_t at = decoded ? decoded->find(before) : std::string::npos;
            if (at == std::string::npos)
                return Error{
                    Errc::credential_unavailable, Scope::account, Retry::never,
                    name + ": wanted the base64 of an XOAUTH2 answer, or a file that holds it: the token alone goes into " +
                        "--oauthaccesstoken"};
            const std::size_t begin = at + before.size();
            return Secret(decoded->substr(begin, decoded->find('\1', begin) - begin));
        };
    }

    void read_timeouts() {
        auto seconds = number_of(line_, "timeout" + digit_);
        if (!seconds) seconds = number_of(line_, "timeout");
        if (!seconds || *seconds < 0) return;
        constexpr double none = 365 * seconds_a_day;  // imapsync's 0: wait for ever
        const std::chrono::milliseconds deadline{std::max(1LL, std::llround((*seconds == 0 ? none : *seconds) * 1000))};
        access_.deadlines.connect = deadline;
        access_.deadlines.greeting = deadline;
        access_.deadlines.command = deadline;
        access_.deadlines.slow = deadline;
    }

    ImapsyncOrder& order_;
    const ParsedLine& line_;
    const Surroundings& surroundings_;
    std::string digit_;
    ImapsyncSide& side_;
    client::Access& access_;
};

}  // namespace

void read_side(ImapsyncOrder& order, const ParsedLine& line, const Surroundings& surroundings, std::size_t side) {
    SideReader(order, line, surroundings, side).read();
}

}  // namespace mailhaul::cli
