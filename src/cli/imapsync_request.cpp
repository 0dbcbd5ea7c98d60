// SPDX-License-Identifier: Apache-2.0
#include "cli/imapsync_request.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <tuple>

#include "app/secret_source.hpp"
#include "cli/imapsync_match.hpp"
#include "cli/imapsync_options.hpp"
#include "cli/quantities.hpp"
#include "sync/mapping/pattern.hpp"

namespace mailhaul::cli {
namespace {

constexpr int status_usage = 64;
constexpr int status_tls = 12;
constexpr std::uint16_t port_imap = 143;
constexpr std::uint16_t port_imaps = 993;
constexpr double seconds_a_day = 86'400;

std::string upper(std::string text) {
    for (char& letter : text)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 32);
    return text;
}

std::string trimmed(std::string text) {
    text.erase(0, text.find_first_not_of(' '));
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

void refuse(ImapsyncOrder& order, std::string words, int status = status_usage) {
    order.refusals.push_back({status, std::move(words)});
}

std::optional<double> number_of(const ParsedLine& line, const std::string& name) {
    const auto text = line.last(name);
    return text ? std::optional(std::strtod(text->c_str(), nullptr)) : std::nullopt;
}

/// A count of octets; a negative one is taken as none.
std::optional<Octets> octets_of(const ParsedLine& line, const std::string& name) {
    const auto number = number_of(line, name);
    if (!number || *number < 0) return std::nullopt;
    return Octets{static_cast<std::uint64_t>(std::min(*number, 9e18))};
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
          number_(side + 1),
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
        if (access_.host.empty() && number_ == 1 && line_.has("office1")) access_.host = "outlook.office365.com";
        std::erase_if(access_.host, [](char letter) { return letter == ' ' || letter == '/'; });
        side_.given = !access_.host.empty();
        access_.user = sane(option("user").value_or(""));
        if (const auto admin = option("authuser"); admin && !admin->empty()) {
            access_.authorize_as = access_.user;
            access_.user = *admin;
        }
    }

    // Nothing said: try port 993, else 143 with STARTTLS where offered, as imapsync does.
    void read_encryption() {
        const auto port = line_.last("port" + digit_);
        const bool office = number_ == 1 && line_.has("office1");
        const bool ssl = on("ssl", office);
        const bool tls = on("tls", false);
        if (ssl && tls)
            refuse(order_,
                   "Host" + digit_ + ": " + named("ssl") + " and " + named("tls") + " together: a connection is encrypted once",
                   status_tls);
        side_.probe = !port && !option("ssl") && !option("tls") && !office && line_.is_on("sslcheck", true) && side_.given;
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
        } else if (name == "SSL_HOSTNAME" || name == "SSL_VERIFYCN_NAME") {
            access_.tls.server_name = value;
        } else if (name == "SSL_VERSION") {
            access_.tls.legacy = value == "TLSv1" || value == "TLSv1_0" || value == "TLSv1_1";
        } else if (name == "SSL_CIPHER_LIST") {
            access_.tls.legacy = access_.tls.legacy || value.contains("SECLEVEL");
            order_.notes.push_back(named("sslargs") + " SSL_cipher_list: the library's own list is used");
        } else {
            refuse(order_, named("sslargs") + " " + key + " is not supported yet by mailhaul's imapsync mode");
        }
    }

    void read_mechanism() {
        std::string wanted = upper(option("authmech").value_or(""));
        if (wanted.empty() && (line_.is_on("authmd5") || on("authmd5", false))) wanted = "CRAM-MD5";
        if (wanted.empty()) wanted = access_.authorize_as.empty() ? "" : "PLAIN";
        if (wanted == "LOGIN") wanted = "LOGIN-COMMAND";  // imapsync's LOGIN is the command, not the SASL mechanism
        const auto known = auth::known_mechanisms();
        if (wanted.empty() || wanted == "LOGIN-COMMAND" || std::ranges::find(known, wanted) != known.end()) {
            access_.mechanism = wanted == "XOAUTH2" && !option("oauthaccesstoken") ? unsupported_mechanism(wanted) : wanted;
            return;
        }
        access_.mechanism = unsupported_mechanism(wanted);
    }

    /// The best offered one in its place, where imapsync would fall back on LOGIN; a refusal where it would not.
    std::string unsupported_mechanism(const std::string& wanted) {
        const bool falls_back =
            line_.is_on("trylogin", true) && wanted != "PREAUTH" && wanted != "XOAUTH2" && access_.authorize_as.empty();
        if (falls_back)
            order_.notes.push_back(named("authmech") + " " + wanted + " is not spoken: the best mechanism offered is used");
        else refuse(order_, named("authmech") + " " + wanted + " is not supported yet by mailhaul's imapsync mode");
        return {};
    }

    // Password file, then environment, then option, then prompt.
    void read_secret() {
        if (const auto token = option("oauthaccesstoken")) {
            access_.token = token_or_file(*token);
            return;
        }
        const std::string variable = "IMAPSYNC_PASSWORD" + digit_;
        if (const auto file = option("passfile"); file && !file->empty()) {
            access_.password = from_specification("file:" + *file);
        } else if (const auto value = surroundings_.variable(variable)) {
            access_.password = constant(*value);
        } else if (const auto password = option("password")) {
            access_.password = constant(sane(*password));
        } else {
            access_.password = from_specification("prompt");
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
    std::size_t number_;
    std::string digit_;
    ImapsyncSide& side_;
    client::Access& access_;
};

/// `text` as imapsync cleans sub-folder names: blanks trimmed, letters, digits and `-_./ ` kept.
std::string sub_folder(const ParsedLine& line, const std::string& name) {
    std::string text = trimmed(line.last(name).value_or(""));
    std::erase_if(text, [](unsigned char letter) {
        const bool plain =
            (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z');
        return !plain && std::string_view("-_./ ").find(static_cast<char>(letter)) == std::string_view::npos;
    });
    return text;
}

std::optional<char> separator(ImapsyncOrder& order, const ParsedLine& line, const std::string& name) {
    const auto text = line.last(name);
    if (!text) return std::nullopt;
    if (text->size() == 1) return text->front();
    refuse(order,
           "--" + name + " " + *text + ": wanted one character; longer ones are not supported yet by mailhaul's imapsync mode");
    return std::nullopt;
}

void read_mapping(ImapsyncOrder& order, const ParsedLine& line) {
    sync::MappingRules& rules = order.request.mapping;
    rules.imapsync_names = true;
    rules.skip_virtual = false;
    rules.folders = line.all("folder");
    rules.folders_recursive = line.all("folderrec");
    rules.include = line.all("include");
    rules.exclude = line.all("exclude");
    if (line.has("office1") && !line.has("noexclude")) rules.exclude.emplace_back("^Files$");
    rules.subscribed_only = line.has("subscribed");
    if (rules.subscribed_only && !(rules.folders.empty() && rules.folders_recursive.empty()))
        refuse(order, "--subscribed together with --folder or --folderrec is not supported yet by mailhaul's imapsync mode");
    for (const std::string& pair : line.all("f1f2")) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos || equals + 1 == pair.size()) continue;  // as imapsync: no target, no mapping
        rules.overrides.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
    }
    rules.sub_folder_source = sub_folder(line, "subfolder1");
    rules.sub_folder_destination = sub_folder(line, "subfolder2");
    const bool automap = line.is_on("automap") && rules.sub_folder_source.empty() && rules.sub_folder_destination.empty();
    rules.map_special_use = automap;
    rules.guess_special_use = automap;
    rules.prefix_source = line.last("prefix1");
    rules.prefix_destination = line.last("prefix2");
    rules.separator_source = separator(order, line, "sep1");
    rules.separator_destination = separator(order, line, "sep2");
    if (line.has("domino1")) {
        rules.separator_source = '\\';
        rules.prefix_source = "";
    }
    order.request.subscribe = line.is_on("subscribe", true);
    order.request.subscribe_all = line.is_on("subscribeall");
    order.request.skip_empty_folders = line.is_on("skipemptyfolders");
}

void read_ages(ImapsyncOrder& order, const ParsedLine& line, std::int64_t now) {
    sync::Rules& rules = order.request.rules;
    const auto days = [&](const std::string& name) { return number_of(line, name); };
    const auto ago = [now](double age) { return now - std::llround(std::min(age, 1e6) * seconds_a_day); };
    const auto maxage = days("maxage");
    const auto minage = days("minage");
    if (maxage) rules.newer_than = ago(*maxage);
    if (minage) rules.older_than = ago(*minage) + 1;  // imapsync's limit is inside
    rules.ages_are_union = maxage && minage && *minage > *maxage;
    const bool by_arrival = !line.is_on("abletosearch", true) || !line.is_on("abletosearch1", true);
    if ((maxage || minage) && !by_arrival)
        order.notes.emplace_back("--maxage and --minage count from the arrival date, to the second, as with --noabletosearch");
}

void read_rules(ImapsyncOrder& order, const ParsedLine& line, std::int64_t now) {
    sync::Rules& rules = order.request.rules;
    rules.max_size = octets_of(line, "maxsize");
    if (const auto limit = octets_of(line, "appendlimit"); limit && (!rules.max_size || *limit < *rules.max_size))
        rules.max_size = limit;
    if (const auto least = octets_of(line, "minsize"))
        rules.min_size = Octets{least->value() + 1};  // imapsync skips the limit itself
    read_ages(order, line, now);
    rules.flags = line.is_on("resyncflags", true) ? sync::FlagMode::exact : sync::FlagMode::leave;
    rules.copy_source_duplicates = line.is_on("syncduplicates") || line.is_on("useuid");
    rules.add_header = line.is_on("addheader");
    rules.keep_internal_date = line.is_on("syncinternaldates", true);
    rules.restore_removed = true;  // imapsync remembers nothing: what is not there is copied
    order.request.on_rename = sync::OnRename::copy_again;
    rules.identity.message_id_without_domain = line.is_on("messageidnodomain") || line.has("domino1");
    if (const auto headers = line.all("useheader"); !headers.empty()) rules.identity.headers = headers;
    if (line.is_on("useuid") && !line.is_on("usecache", true))
        refuse(order, "--useuid --nousecache copies everything again each time: leave one of them out");
}

void read_limits(app::SyncRequest& request, const ParsedLine& line) {
    const auto above_zero = [&](const char* name) {
        const auto number = number_of(line, name);
        return number && *number > 0 ? number : std::nullopt;
    };
    if (const auto octets = above_zero("maxbytespersecond"))
        request.most_octets_a_second = Octets{static_cast<std::uint64_t>(std::max(1.0, *octets))};
    if (const auto free = octets_of(line, "maxbytesafter")) request.free_octets = *free;
    request.most_messages_a_second = above_zero("maxmessagespersecond");
    if (const auto most = octets_of(line, "exitwhenover"); most && most->value() > 0) request.allowance.in_all = *most;
}

/// imapsync's documented way to empty an account: name it twice, with --delete1 (behaviour 7.2). Under two names it is an
/// accident, and is refused.
bool names_one_account(const app::SyncRequest& request) {
    const auto named = [](const client::Access& side) { return std::tie(side.host, side.port, side.user, side.authorize_as); };
    return named(request.source) == named(request.destination);
}

std::string match_option(ImapsyncOrder& order, const ParsedLine& line, const std::string& name) {
    const auto text = line.last(name);
    if (!text) return {};
    auto match = parse_perl_match(*text);
    if (!match) {
        refuse(order,
               "--" + name + " " + *text + ": wanted a match such as /^Old/ or m{^Old/}i; nothing is guessed from a bare word");
        return {};
    }
    const auto compiled = sync::Pattern::compile("--" + name, *match);
    if (!compiled.ok()) refuse(order, compiled.error().describe());
    return std::move(*match);
}

void read_folder_deletions(ImapsyncOrder& order, const ParsedLine& line) {
    sync::FolderRules& folders = order.request.delete_folders;
    const bool only = line.has("delete2foldersonly");
    const bool but_not = line.has("delete2foldersbutnot");
    if (line.is_on("delete2folders", only || but_not)) folders.which = sync::DeleteFolders::unmapped;
    folders.only = match_option(order, line, "delete2foldersonly");
    folders.but_not = match_option(order, line, "delete2foldersbutnot");
}

void read_deletions(ImapsyncOrder& order, const ParsedLine& line) {
    sync::Rules& rules = order.request.rules;
    rules.delete_source = line.is_on("delete1");
    rules.delete_unproven = true;
    rules.delete_duplicates = line.is_on("delete2duplicates");
    rules.delete_destination = line.is_on("delete2");
    // Who writes --delete2 expects it to delete, and has no option to insist. A source that lost its mail still refuses.
    rules.guard.max_deletions = sync::GuardRules::unlimited;
    rules.delete_for_good = true;
    rules.guard.on_activity = sync::OnActivity::warn;
    read_folder_deletions(order, line);
    order.request.allow_same_account = rules.delete_source && names_one_account(order.request);
    if (rules.delete_source && rules.delete_destination)
        refuse(order, "--delete1 and --delete2 together would empty both sides over two runs: choose one");
    if (!rules.delete_source && line.is_on("expunge1"))
        refuse(
            order,
            "--expunge1 without --delete1 is not supported yet by mailhaul's imapsync mode: it removes messages never copied");
    if (rules.delete_source && !line.is_on("expunge1", true))
        refuse(order, "--delete1 --noexpunge1 is not supported yet by mailhaul's imapsync mode: removed messages are expunged");
}

void read_extent(ImapsyncOrder& order, const ParsedLine& line) {
    app::SyncRequest& request = order.request;
    request.dry_run = line.is_on("dry");
    if (line.is_on("justfolders")) request.extent = app::Extent::folders_only;
    if (line.is_on("justlogin")) request.extent = app::Extent::login_only;
    const bool complete = std::ranges::all_of(order.sides, &ImapsyncSide::given) && !request.source.user.empty() &&
                          !request.destination.user.empty();
    if (line.is_on("justconnect") || !complete) request.extent = app::Extent::connect_only;
    request.protocol_log = line.is_on("debugimap") || line.is_on("debugimap1") || line.is_on("debugimap2");
}

void read_output(ImapsyncOrder& order, const ParsedLine& line) {
    order.help = line.has("help");
    order.version = line.has("version");
    order.banner_only = line.is_on("justbanner");
    order.log = line.is_on("log", true);
    order.log_folder = line.last("logdir").value_or(order.log_folder);
    order.log_name = line.last("logfile").value_or("");
}

/// GNU parallel leaves an empty word behind; imapsync lets that pass, and so do we.
void refuse_words(ImapsyncOrder& order, const ParsedLine& line) {
    if (line.words.empty() || line.words.front().empty()) return;
    std::string words;
    for (const std::string& word : line.words) words += " [" + word + "]";
    refuse(order, "Found " + std::to_string(line.words.size()) + " extra arguments :" + words);
}

/// `--delete 2` would be --delete1 and a word.
void refuse_split_delete2(ImapsyncOrder& order, std::span<const std::string> arguments) {
    for (std::size_t i = 0; i + 1 < arguments.size(); ++i)
        if (arguments[i].ends_with("-delete") && arguments[i + 1].starts_with('2'))
            refuse(order, "--delete 2: write --delete2, without a blank; --delete removes messages from host1");
}

void warn_about_certificates(ImapsyncOrder& order) {
    for (std::size_t side = 0; side < 2; ++side) {
        if (!order.sides.at(side).given || order.sides.at(side).verified_tls ||
            order.access(side).security == client::Security::plaintext)
            continue;
        const std::string digit = std::to_string(side + 1);
        order.notes.push_back("Host" + digit +
                              ": the certificate is not verified, as imapsync does it: somebody in between could " +
                              "read the mail; --sslargs" + digit + " SSL_verify_mode=1 verifies it");
    }
}

}  // namespace

ImapsyncOrder order_imapsync(std::span<const std::string> arguments, const Surroundings& surroundings) {
    ImapsyncOrder order;
    const std::vector<LongOption> options = imapsync_long_options();
    const ParsedLine line = parse_getopt_long(arguments, options);
    read_output(order, line);
    refuse_split_delete2(order, arguments);
    for (const std::string& mistake : line.mistakes) refuse(order, mistake);
    refuse_words(order, line);
    auto verdicts = judge_imapsync_options(line);
    for (std::string& words : verdicts.refusals) refuse(order, std::move(words));
    order.notes = std::move(verdicts.notes);

    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) SideReader(order, line, surroundings, side).read();
    const auto now = std::chrono::floor<std::chrono::seconds>(surroundings.wall_now()).time_since_epoch().count();
    read_mapping(order, line);
    read_rules(order, line, now);
    read_limits(order.request, line);
    read_deletions(order, line);
    read_extent(order, line);
    warn_about_certificates(order);
    return order;
}

}  // namespace mailhaul::cli
