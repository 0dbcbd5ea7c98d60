// SPDX-License-Identifier: Apache-2.0
// Every option that imapsync takes, in a line that uses it: what it changes of the run, and nothing besides; or the note or the
// refusal it meets. An option without a row here fails, and so does one that is said to change nothing and does.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "cli/getopt_long.hpp"
#include "cli/imapsync_options.hpp"
#include "cli/imapsync_request.hpp"
#include "testkit/cli/order_facts.hpp"
#include "testkit/cli/surroundings.hpp"

namespace mailhaul::cli {
namespace {

struct Effect {
    std::string option;              ///< its first name
    std::vector<std::string> words;  ///< the line, beside two accounts
    std::string changes = {};        ///< against the line without them; empty: nothing
    std::string note = {};           ///< a part of the one it makes
    std::string refusal = {};        ///< a part of it
};

const std::vector<Effect>& effects() {
    static const std::vector<Effect> table{
        Effect{"host1", {"--host1", "other"}, "host1=other"},
        Effect{"port1", {"--port1", "1143"}, "port1=1143; probe1=no"},
        Effect{"port1", {"--port1", "70000"}, "", "", "--port1 70000: wanted a number from 1 to 65535"},
        Effect{"user1", {"--user1", "other"}, "user1=other"},
        Effect{"password1", {"--password1", "other"}, "password1=other"},
        Effect{"passfile1", {"--passfile1", "/nowhere/at/all"}, "password1=unreadable"},
        Effect{"timeout1", {"--timeout1", "5"}, "command_limit1=5000ms; connect_limit1=5000ms; slow_limit1=5000ms"},
        Effect{"keepalive1", {"--keepalive1"}},
        Effect{"reconnectretry1", {"--reconnectretry1", "7"}},
        Effect{"compress1", {"--compress1"}, "compress1=yes"},
        Effect{"fastio1", {"--fastio1"}},
        Effect{"host2", {"--host2", "other"}, "host2=other"},
        Effect{"port2", {"--port2", "1143"}, "port2=1143; probe2=no"},
        Effect{"port2", {"--port2", "70000"}, "", "", "--port2 70000: wanted a number from 1 to 65535"},
        Effect{"user2", {"--user2", "other"}, "user2=other"},
        Effect{"password2", {"--password2", "other"}, "password2=other"},
        Effect{"passfile2", {"--passfile2", "/nowhere/at/all"}, "password2=unreadable"},
        Effect{"timeout2", {"--timeout2", "5"}, "command_limit2=5000ms; connect_limit2=5000ms; slow_limit2=5000ms"},
        Effect{"keepalive2", {"--keepalive2"}},
        Effect{"reconnectretry2", {"--reconnectretry2", "7"}},
        Effect{"compress2", {"--compress2"}, "compress2=yes"},
        Effect{"fastio2", {"--fastio2"}},
        Effect{"showpasswords", {"--showpasswords"}},
        Effect{"sanitize", {"--nosanitize", "--user1", " u "}, "user1= u "},
        Effect{"inet4", {"--ipv4"}, "family1=1; family2=1"},
        Effect{"inet6", {"--inet6"}, "family1=2; family2=2"},
        Effect{"timeout",
               {"--timeout", "0.5"},
               "command_limit1=500ms; command_limit2=500ms; connect_limit1=500ms; connect_limit2=500ms; slow_limit1=500ms; "
               "slow_limit2=500ms"},
        Effect{"buffersize", {"--buffersize", "8192"}},
        Effect{"id", {"--noid"}, "send_id1=no; send_id2=no"},
        Effect{"ssl1", {"--ssl1"}, "port1=993; probe1=no; security1=0"},
        Effect{"tls1", {"--tls1"}, "probe1=no; security1=1"},
        Effect{"tls1", {"--notls1"}, "probe1=no; security1=3"},
        Effect{"sslargs1", {"--sslargs1", "SSL_verify_mode=1"}, "verification1=0"},
        Effect{"sslargs1",
               {"--sslargs1", "SSL_cert_file=c", "--sslargs1", "SSL_key_file=k", "--sslargs1", "SSL_ca_file=a"},
               "ca_file1=a; certificate1=c; key1=k"},
        Effect{"sslargs1", {"--sslargs1", "SSL_fingerprint=x"}, "", "", "--sslargs1 SSL_fingerprint is refused"},
        Effect{"ssl1_ssl_version", {"--ssl1_ssl_version", "TLSv1_1"}, "legacy_tls1=yes"},
        Effect{"ssl2", {"--ssl2"}, "port2=993; probe2=no; security2=0"},
        Effect{"tls2", {"--tls2"}, "probe2=no; security2=1"},
        Effect{"tls2", {"--notls2"}, "probe2=no; security2=3"},
        Effect{"sslargs2", {"--sslargs2", "SSL_verify_mode=1"}, "verification2=0"},
        Effect{"sslargs2",
               {"--sslargs2", "SSL_cert_file=c", "--sslargs2", "SSL_key_file=k", "--sslargs2", "SSL_ca_file=a"},
               "ca_file2=a; certificate2=c; key2=k"},
        Effect{"sslargs2", {"--sslargs2", "SSL_fingerprint=x"}, "", "", "--sslargs2 SSL_fingerprint is refused"},
        Effect{"ssl2_ssl_version", {"--ssl2_ssl_version", "TLSv1_1"}, "legacy_tls2=yes"},
        Effect{"sslcheck", {"--nosslcheck"}, "probe1=no; probe2=no"},
        Effect{"debugssl", {"--debugssl", "4"}},
        Effect{"authmech1", {"--authmech1", "LOGIN"}, "mechanism1=LOGIN-COMMAND or another"},
        Effect{"authmech1", {"--authmech1", "DIGEST-MD5"}, "", "--authmech1 DIGEST-MD5 is not spoken"},
        Effect{"authuser1", {"--authuser1", "admin"}, "authorize_as1=u1; mechanism1=PLAIN; user1=admin"},
        Effect{"proxyauth1",
               {"--proxyauth1", "--authuser1", "admin"},
               "authorize_as1=u1; impersonation1=1; mechanism1=LOGIN-COMMAND; user1=admin"},
        Effect{"authmd51", {"--authmd51"}, "mechanism1=CRAM-MD5 or another"},
        Effect{"domain1", {"--authmech1", "NTLM", "--domain1", "CORP"}, R"(mechanism1=NTLM or another; user1=CORP\u1)"},
        Effect{"oauthaccesstoken1", {"--oauthaccesstoken1", "t0k"}, "password1=-; token1=t0k"},
        Effect{"oauthdirect1",
               {"--oauthdirect1", "dXNlcj11AWF1dGg9QmVhcmVyIHQwawEB"},
               "mechanism1=XOAUTH2; password1=-; token1=t0k"},
        Effect{"authmech2", {"--authmech2", "LOGIN"}, "mechanism2=LOGIN-COMMAND or another"},
        Effect{"authmech2", {"--authmech2", "DIGEST-MD5"}, "", "--authmech2 DIGEST-MD5 is not spoken"},
        Effect{"authuser2", {"--authuser2", "admin"}, "authorize_as2=u2; mechanism2=PLAIN; user2=admin"},
        Effect{"proxyauth2",
               {"--proxyauth2", "--authuser2", "admin"},
               "authorize_as2=u2; impersonation2=1; mechanism2=LOGIN-COMMAND; user2=admin"},
        Effect{"authmd52", {"--authmd52"}, "mechanism2=CRAM-MD5 or another"},
        Effect{"domain2", {"--authmech2", "NTLM", "--domain2", "CORP"}, R"(mechanism2=NTLM or another; user2=CORP\u2)"},
        Effect{"oauthaccesstoken2", {"--oauthaccesstoken2", "t0k"}, "password2=-; token2=t0k"},
        Effect{"oauthdirect2",
               {"--oauthdirect2", "dXNlcj11AWF1dGg9QmVhcmVyIHQwawEB"},
               "mechanism2=XOAUTH2; password2=-; token2=t0k"},
        Effect{"authmd5", {"--authmd5"}, "mechanism1=CRAM-MD5 or another; mechanism2=CRAM-MD5 or another"},
        Effect{"trylogin", {"--notrylogin", "--authmech1", "DIGEST-MD5"}, "", "", "--authmech1 DIGEST-MD5 is refused"},
        Effect{"folder", {"--folder", "A", "--folder", "B"}, "folders=[A|B]"},
        Effect{"folderrec", {"--folderrec", "A"}, "folders_recursive=[A]"},
        Effect{"folderfirst", {"--folderfirst", "A"}},
        Effect{"folderfirst",
               {"--folderfirst", "A", "--skipcrossduplicates"},
               "connections=1; first=[A]; in_order=yes; skip_crossed=yes"},
        Effect{"folderlast", {"--folderlast", "A"}},
        Effect{"folderlast",
               {"--folderlast", "A", "--skipcrossduplicates"},
               "connections=1; in_order=yes; last=[A]; skip_crossed=yes"},
        Effect{"include", {"--include", "^A"}, "include=[^A]"},
        Effect{"exclude", {"--exclude", "^A"}, "exclude=[^A]"},
        Effect{"noexclude", {"--office1", "--noexclude"}, "port1=993; probe1=no; security1=0"},
        Effect{"subscribed", {"--subscribed", "--folder", "A"}, "folders=[A]; subscribed_only=yes"},
        Effect{"subscribe", {"--nosubscribe"}, "subscribe=no"},
        Effect{"subscribeall", {"--subscribe_all"}, "subscribe_all=yes"},
        Effect{"prefix1", {"--prefix1", "INBOX."}, "prefix1=INBOX."},
        Effect{"sep1", {"--sep1", "//"}, "separator1=//"},
        Effect{"sep1", {"--sep1", ""}, "", "", "--sep1 \"\": wanted"},
        Effect{"prefix2", {"--prefix2", "INBOX."}, "prefix2=INBOX."},
        Effect{"sep2", {"--sep2", "//"}, "separator2=//"},
        Effect{"sep2", {"--sep2", ""}, "", "", "--sep2 \"\": wanted"},
        Effect{"automap", {"--automap"}, "roles=yes"},
        Effect{"justautomap", {"--justautomap"}, "dry_run=yes; extent=3; show=1"},
        Effect{"f1f2", {"--f1f2", "A=B=C"}, "overrides=[A=>B=C]"},
        Effect{
            "nof1f2",
            {"--office2", "--nof1f2", "--noregexmess"},
            "budget=201326592; disarm_receipts=yes; max_size=45000000; messages_a_second=4; port2=993; probe2=no; security2=0"},
        Effect{"f1f2h", {"--f1f2h", "a=b"}},
        Effect{"regextrans2", {"--regextrans2", "s/a/b/"}, "substitutions=[s/a/b/]"},
        Effect{"regextrans2", {"--regextrans2", "s/a/b/e"}, "", "", "never run"},
        Effect{"subfolder2", {"--subfolder2", "OLD"}, "sub_folder2=OLD"},
        Effect{"subfolder1", {"--subfolder1", "OLD"}, "sub_folder1=OLD"},
        Effect{"fixslash2", {"--nofixslash2"}, "fix_slash=no"},
        Effect{"fixinboxinbox", {"--nofixInboxINBOX"}},
        Effect{"mixfolders", {"--nomixfolders"}, "mix_folders=no"},
        Effect{"skipemptyfolders", {"--skipemptyfolders"}, "skip_empty=yes"},
        Effect{"checkselectable", {"--nocheckselectable"}},
        Effect{"checkfoldersexist", {"--nocheckfoldersexist"}, "take_unlisted=yes"},
        Effect{"create_folder_old", {"--create_folder_old"}},
        Effect{"justfolders", {"--justfolders"}, "extent=3"},
        Effect{"justfolderlists", {"--justfolderlists"}, "dry_run=yes; extent=3; show=2"},
        Effect{"syncacls", {"--syncacls"}, "", "", "--syncacls is refused"},
        Effect{"foldersizes", {"--nofoldersizes"}},
        Effect{"foldersizesatend", {"--nofoldersizesatend"}},
        Effect{"justfoldersizes", {"--justfoldersizes"}, "extent=4"},
        Effect{"tmpdir", {"--tmpdir", "/var/x"}, "pid_file=/var/x/imapsync.pid"},
        Effect{"pidfile", {"--pidfile", "/run/x.pid"}, "pid_file=/run/x.pid; pid_file_given=yes"},
        Effect{"pidfilelocking", {"--pidfilelocking"}, "pid_locking=yes"},
        Effect{"abort", {"--abort"}, "abort=yes"},
        Effect{"abortbyfile", {"--abortbyfile"}, "abort_by_file=yes"},
        Effect{"tail", {"--tail"}, "tail=yes"},
        Effect{"log", {"--nolog"}, "log=no"},
        Effect{"logfile", {"--logfile", "x.txt"}, "log_name=x.txt"},
        Effect{"logdir", {"--logdir", "L"}, "log_folder=L"},
        Effect{"errorsmax", {"--errorsmax", "3"}, "errors_max=3; max_failures=3"},
        Effect{"errorsdump", {"--noerrorsdump"}},
        Effect{"releasecheck", {"--releasecheck"}},
        Effect{"modulesversion", {"--modules_version"}},
        Effect{"emailreport1", {"--emailreport1"}, "report1=yes"},
        Effect{"emailreport2", {"--emailreport2"}, "report2=yes"},
        Effect{"emailreportfrom", {"--emailreportfrom", "a@b"}, "report_from=a@b"},
        Effect{"justbanner", {"--justbanner"}, "banner_only=yes"},
        Effect{"var", {"--var", "A=b"}},
        Effect{"dockercontext", {"--dockercontext"}},
        Effect{"skipmess", {"--skipmess", "m/x/"}, "budget=201326592; skip_matches=[m/x/]"},
        Effect{"regexmess", {"--regexmess", "s/a/b/"}, "budget=201326592; message_substitutions=[s/a/b/]"},
        Effect{"noregexmess",
               {"--exchange2", "--noregexmess", "--noregexflag"},
               "budget=201326592; disarm_receipts=yes; max_size=10000000; messages_a_second=4"},
        Effect{"disarmreadreceipts", {"--disarmreadreceipts"}, "budget=201326592; disarm_receipts=yes"},
        Effect{"pipemess", {"--pipemess", "cat"}, "budget=201326592; filters_to_try=[[cat]]; pipes=[[cat]]"},
        Effect{"pipemesscheck", {"--nopipemesscheck", "--pipemess", "cat"}, "budget=201326592; pipes=[[cat]]"},
        Effect{"truncmess", {"--truncmess", "100"}, "budget=201326592; truncate=100"},
        Effect{"maxlinelength", {"--maxlinelength", "998"}, "budget=201326592; longest_line=998"},
        Effect{"maxlinelengthcmd",
               {"--maxlinelengthcmd", "fold", "--maxlinelength", "998"},
               "budget=201326592; filters_to_try=[[fold]]; long_line_pipe=[fold]; longest_line=998"},
        Effect{"minmaxlinelength", {"--minmaxlinelength", "5"}, "budget=201326592; least_longest_line=5"},
        Effect{"maxsize", {"--maxsize", "1_000"}, "max_size=1000"},
        Effect{"minsize", {"--minsize", "10"}, "min_size=11"},
        Effect{"appendlimit", {"--appendlimit", "500", "--maxsize", "1000"}, "max_size=500"},
        Effect{"checkmessageexists", {"--checkmessageexists"}},
        Effect{"allowsizemismatch", {"--noallowsizemismatch"}},
        Effect{"resyncflags", {"--noresyncflags"}, "flags=2"},
        Effect{"regexflag", {"--regexflag", "s/a/b/"}, "flag_rewrites=1"},
        Effect{"noregexflag",
               {"--exchange2", "--noregexflag", "--noregexmess"},
               "budget=201326592; disarm_receipts=yes; max_size=10000000; messages_a_second=4"},
        Effect{"filterflags", {"--nofilterflags"}, "filter_flags=no"},
        Effect{"filterbuggyflags", {"--filterbuggyflags"}},
        Effect{"flagscase", {"--noflagscase"}},
        Effect{"syncflagsaftercopy", {"--syncflagsaftercopy"}, "", "flags travel with the message"},
        Effect{"synclabels", {"--synclabels"}, "connections=1; in_order=yes; labels_of_copied=yes"},
        Effect{"resynclabels", {"--resynclabels"}, "connections=1; in_order=yes; labels_of_known=yes", "never taken away"},
        Effect{"skipcrossduplicates", {"--skipcrossduplicates"}, "connections=1; in_order=yes; skip_crossed=yes"},
        Effect{"debugcrossduplicates", {"--debugcrossduplicates"}},
        Effect{"debuglabels", {"--debuglabels"}},
        Effect{"delete1", {"--delete"}, "delete_source=yes"},
        Effect{"expunge1", {"--expunge1"}, "delete_only_marked=yes; delete_source=yes", "only what is on host2 is expunged"},
        Effect{"expunge1", {"--noexpunge1", "--delete1"}, "delete_source=yes", "", "--delete1 --noexpunge1 is refused"},
        Effect{"expungeaftereach", {"--noexpungeaftereach"}},
        Effect{"delete1emptyfolders", {"--delete1emptyfolders"}, "delete_empty_source=yes"},
        Effect{"delete2", {"--delete2"}, "delete_destination=yes"},
        Effect{
            "delete2duplicates", {"--delete2duplicates"}, "delete_duplicates=yes", "only second copies equal octet for octet"},
        Effect{"delete2folders", {"--delete2folders"}, "delete_folders=2"},
        Effect{"delete2foldersonly", {"--delete2foldersonly", "/x/"}, "delete_folders=2; delete_folders_only=x"},
        Effect{"delete2foldersbutnot", {"--delete2foldersbutnot", "/x/"}, "delete_folders=2; delete_folders_but_not=x"},
        Effect{"expunge2", {"--expunge2"}, "", "only the messages --delete2 marks"},
        Effect{"uidexpunge2", {"--nouidexpunge2"}},
        Effect{"syncinternaldates", {"--nosyncinternaldates"}, "keep_date=no"},
        Effect{"idatefromheader", {"--idatefromheader"}, "budget=201326592; date_from_header=yes"},
        Effect{"maxage", {"--maxage", "3"}, "search1=SENTSINCE 20-Nov-2026; search2=SENTSINCE 20-Nov-2026"},
        Effect{"minage", {"--minage", "3"}, "search1=SENTBEFORE 20-Nov-2026; search2=SENTBEFORE 20-Nov-2026"},
        Effect{"search", {"--search", "UNSEEN"}, "search1=UNSEEN; search2=UNSEEN"},
        Effect{"search1", {"--search1", "UNSEEN"}, "search1=UNSEEN"},
        Effect{"search2", {"--search2", "UNSEEN"}, "search2=UNSEEN"},
        Effect{"abletosearch", {"--noabletosearch", "--maxage", "1"}, "newer_than=1795370125"},
        Effect{"abletosearch1", {"--noabletosearch1", "--maxage", "1"}, "newer_than=1795370125"},
        Effect{"abletosearch2", {"--noabletosearch2", "--maxage", "1"}, "newer_than=1795370125"},
        Effect{"checknoabletosearch", {"--nochecknoabletosearch"}},
        Effect{
            "fetch_hash_set", {"--fetch_hash_set", "1:5,9:*", "--noabletosearch"}, "search1=UID 1:5,9:*; search2=UID 1:5,9:*"},
        Effect{"fetch_hash_set", {"--fetch_hash_set", "1:5"}, "", "--fetch_hash_set counts with --noabletosearch only"},
        Effect{"fetch_hash_set", {"--fetch_hash_set", "ALL"}, "", "", "--fetch_hash_set ALL: wanted a set of UIDs"},
        Effect{"useheader", {"--useheader", "Message-Id"}, "identity=[Message-Id]"},
        Effect{"skipheader", {"--skipheader", "^X-"}, "ignores_lines=yes"},
        Effect{"messageidnodomain", {"--messageidnodomain"}, "without_domain=yes"},
        Effect{"wholeheaderifneeded", {"--nowholeheaderifneeded"}},
        Effect{"skipsize", {"--noskipsize"}, "identity_has_size=yes"},
        Effect{"addheader", {"--addheader"}, "add_header=yes"},
        Effect{"syncduplicates", {"--syncduplicates"}, "copy_duplicates=yes"},
        Effect{"usecache", {"--usecache"}, "claims=yes"},
        Effect{"cacheaftercopy", {"--nocacheaftercopy"}},
        Effect{"useuid", {"--useuid"}, "claims=yes; copy_duplicates=yes", "the ledger remembers by UID"},
        Effect{"useuid",
               {"--useuid", "--nousecache"},
               "copy_duplicates=yes",
               "the ledger remembers by UID",
               "--useuid --nousecache"},
        Effect{"uid1", {"--nouid1"}},
        Effect{"uid2", {"--nouid2"}},
        Effect{"dry", {"--dry"}, "dry_run=yes"},
        Effect{"dry1", {"--dry", "--nodry1"}, "dry_run=yes; rehearse=yes"},
        Effect{"dry1", {"--dry1"}, "dry_run=yes", "--dry1 without --dry is taken as --dry"},
        Effect{"justlogin", {"--justlogin"}, "extent=2"},
        Effect{"justconnect", {"--justconnect"}, "extent=1"},
        Effect{"maxmessagespersecond", {"--maxmessagespersecond", "2.5"}, "messages_a_second=2.5"},
        Effect{"maxbytespersecond", {"--maxbytespersecond", "1000"}, "octets_a_second=1000"},
        Effect{"maxbytesafter", {"--maxbytesafter", "500"}, "free_octets=500"},
        Effect{"maxsleep", {"--maxsleep", "9"}},
        Effect{"exitwhenover", {"--exitwhenover", "1000"}, "octets_in_all=1000", "some messages more may be copied"},
        Effect{"split1", {"--split1", "9"}},
        Effect{"split2", {"--split2", "9"}},
        Effect{"exitonload", {"--exitonload"}},
        Effect{"debug", {"--debug"}},
        Effect{"debugflags", {"--debugflags"}},
        Effect{"debugcontent", {"--debugcontent"}},
        Effect{"debugfolders", {"--debugfolders"}},
        Effect{"debugmemory", {"--debugmemory"}},
        Effect{"debugcache", {"--debugcache"}},
        Effect{"debuglist", {"--debuglist"}},
        Effect{"debugmaxlinelength", {"--debugmaxlinelength"}},
        Effect{"debugenv", {"--debugenv"}},
        Effect{"debugsig", {"--debugsig"}},
        Effect{"debugdev", {"--debugdev"}},
        Effect{"debugcgi", {"--debugcgi"}},
        Effect{"debugimap", {"--debugimap"}, "protocol_log=yes"},
        Effect{"debugimap1", {"--debugimap1"}, "protocol_log=yes"},
        Effect{"debugimap2", {"--debugimap2"}, "protocol_log=yes"},
        Effect{"debugsleep", {"--debugsleep", "0.1"}},
        Effect{"simulong", {"--simulong", "5"}, "simulated_seconds=5"},
        Effect{"tests", {"--tests"}, "self_test=yes", "in place of imapsync's self-tests"},
        Effect{"testsdebug", {"--testsdebug"}, "self_test=yes", "in place of imapsync's self-tests"},
        Effect{"testslive", {"--testslive"}, "self_test=yes", "in place of imapsync's self-tests"},
        Effect{"testslive6", {"--testslive6"}, "self_test=yes", "in place of imapsync's self-tests"},
        Effect{"testsunit", {"--testsunit", "tests_x"}, "self_test=yes", "in place of imapsync's self-tests"},
        Effect{"memorystress", {"--memorystress"}, "", "", "--memorystress is refused"},
        Effect{"sigexit", {"--sigexit", "INT"}, "", "SIGINT and SIGTERM always end the run cleanly"},
        Effect{"sigreconnect", {"--sigreconnect", "INT"}, "", "SIGINT and SIGTERM always end the run cleanly"},
        Effect{"sigignore", {"--sigignore", "INT"}, "", "SIGINT and SIGTERM always end the run cleanly"},
        Effect{"fixcolonbug", {"--nofixcolonbug"}},
        Effect{"version", {"--version"}, "version=yes"},
        Effect{"help", {"--help"}, "help=yes"},
        Effect{"gmail1",
               {"--gmail1"},
               "connections=1; free_octets=3000000000; identity=[X-Gmail-Received|Message-Id]; in_order=yes; last=[[Gmail]/All "
               "Mail]; octets_a_second=40000; port1=993; probe1=no; roles=yes; security1=0; skip_crossed=yes; "
               "substitutions=[s,\\[Gmail\\].,,]"},
        Effect{"gmail2",
               {"--gmail2", "--regextrans2", "s/a/b/"},
               "add_header=yes; exclude=[\\[Gmail\\]$]; free_octets=1000000000; identity=[Message-Id]; octets_a_second=20000; "
               "port2=993; probe2=no; roles=yes; security2=0; substitutions=[s/a/b/|s,\\[Gmail\\].,,|s,^ +| +$,,g|s,/ +| "
               "+/,/,g|s/['\\\\^\"]/_/g]",
               "host1 is not expunged"},
        Effect{"gmail2",
               {"--gmail2", "--gmail1"},
               "connections=1; exclude=[\\[Gmail\\]$]; free_octets=1000000000; identity=[X-Gmail-Received|Message-Id]; "
               "in_order=yes; labels_of_copied=yes; labels_of_known=yes; octets_a_second=20000; port1=993; port2=993; "
               "probe1=no; probe2=no; roles=yes; security1=0; security2=0",
               "host1 is not expunged"},
        Effect{"office1", {"--office1"}, "exclude=[^Files$]; port1=993; probe1=no; security1=0"},
        Effect{"office2",
               {"--office2"},
               "budget=201326592; disarm_receipts=yes; max_size=45000000; message_substitutions=[s,(.{10239}),$1\\r\\n,g]; "
               "messages_a_second=4; overrides=[Files=>Files_renamed_by_imapsync]; port2=993; probe2=no; security2=0"},
        Effect{"exchange1", {"--exchange1"}},
        Effect{"exchange2",
               {"--exchange2"},
               "budget=201326592; disarm_receipts=yes; flag_rewrites=1; max_size=10000000; "
               "message_substitutions=[s,(.{10239}),$1\\r\\n,g]; messages_a_second=4"},
        Effect{"domino1", {"--domino1"}, "prefix1=; separator1=\\; without_domain=yes"},
        Effect{"domino2", {"--domino2"}, "prefix2=; separator2=\\; substitutions=[s,^Inbox\\\\(.*),$1,i]; without_domain=yes"},
    };
    return table;
}

ImapsyncOrder order_with(const std::vector<std::string>& words) {
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
    std::vector<std::string> line{"--host1", "h1", "--user1", "u1", "--password1", "p1",
                                  "--host2", "h2", "--user2", "u2", "--password2", "p2"};
    line.insert(line.end(), words.begin(), words.end());
    testkit::FakeProcess process;
    return order_imapsync(line, process.surroundings());
}

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all += text + "\n";
    return all;
}

/// But for the certificates that are not verified, of which every line is told.
std::string notes_of(const ImapsyncOrder& order) {
    std::vector<std::string> notes = order.notes;
    std::erase_if(notes, [](const std::string& note) { return note.contains("the certificate is not verified"); });
    return joined(notes);
}

std::string refusals_of(const ImapsyncOrder& order) {
    std::vector<std::string> words;
    for (const Refusal& refusal : order.refusals) words.push_back(refusal.words);
    return joined(words);
}

void expect_words(const std::string& said, const std::string& wanted, const std::string& line) {
    if (wanted.empty()) EXPECT_EQ(said, "") << line;
    else EXPECT_THAT(said, testing::HasSubstr(wanted)) << line;
}

std::string changes_by(const ImapsyncOrder& order) {
    static const testkit::Facts without = testkit::facts_of(order_with({}));
    return testkit::differences(without, testkit::facts_of(order));
}

TEST(ImapsyncEffects, are_those_of_the_table_and_nothing_besides) {
    for (const Effect& row : effects()) {
        const std::string line = joined(row.words);
        const ImapsyncOrder order = order_with(row.words);
        const ParsedLine parsed = parse_getopt_long(row.words, imapsync_long_options());
        EXPECT_TRUE(parsed.has(row.option)) << line << "does not use --" << row.option;
        EXPECT_THAT(parsed.mistakes, testing::IsEmpty()) << line;
        expect_words(refusals_of(order), row.refusal, line);
        expect_words(notes_of(order), row.note, line);
        if (row.refusal.empty()) EXPECT_EQ(changes_by(order), row.changes) << line;
    }
}

TEST(ImapsyncEffects, have_a_row_for_each_option) {
    for (const LongOption& option : imapsync_long_options())
        EXPECT_EQ(std::ranges::count(effects(), option.spellings.front(), &Effect::option) > 0, true)
            << "--" << option.spellings.front() << ": say in this table what it does";
}

/// What an option is said to be, and what it is seen to be, must agree.
TEST(ImapsyncEffects, are_as_the_documentation_says) {
    for (const ImapsyncSection& section : imapsync_sections()) {
        for (const ImapsyncOption& option : section.options) {
            const LongOption spelling = read_specification(option.specification);
            const std::string& name = spelling.spellings.front();
            bool has_effect = false;
            bool is_told = false;
            bool is_refused = false;
            for (const Effect& row : effects()) {
                if (row.option != name) continue;
                const bool is_alone = std::ranges::count_if(row.words, [](const auto& w) { return w.starts_with('-'); }) == 1;
                has_effect = has_effect || (is_alone && !row.changes.empty());
                is_told = is_told || !row.note.empty();
                is_refused = is_refused || !row.refusal.empty();
            }
            if (option.fate == Fate::inert) EXPECT_FALSE(has_effect || is_refused) << name;
            if (option.fate == Fate::told) EXPECT_TRUE(is_told) << name;
            if (option.fate == Fate::refused) EXPECT_TRUE(is_refused) << name;
        }
    }
}

TEST(ImapsyncEffects, of_options_that_change_nothing_are_none_where_they_are_negated_either) {
    for (const ImapsyncSection& section : imapsync_sections()) {
        for (const ImapsyncOption& option : section.options) {
            const LongOption spelling = read_specification(option.specification);
            if (option.fate != Fate::inert || !spelling.negatable) continue;
            for (const char* dashes : {"--", "--no"}) {
                const ImapsyncOrder order = order_with({dashes + spelling.spellings.front()});
                EXPECT_EQ(changes_by(order), "") << spelling.spellings.front();
                EXPECT_EQ(refusals_of(order) + notes_of(order), "") << spelling.spellings.front();
            }
        }
    }
}

}  // namespace
}  // namespace mailhaul::cli
