#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""imapsync's command line as its users write it: the scenarios of its own test functions, each under its name, against real
servers; wrappers as they are in use; and that --dry sends nothing that changes anything, as seen on the wire.

A is an old hoster (prefix `INBOX.`, separator `.`), B a new one (no prefix, separator `/`). Where mailhaul does otherwise
on purpose (docs/imapsync.md) the check says so. By hand: `imapsync_test.py PATH [NAME...]` runs some of them."""
import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from support import LAB, PASSWORD, Lab, fault_proxy, imap, mailhaul_path, main

A, B = "dovecot-old", "dovecot-new"
SCENARIOS = []
DATE = "Thu, 01 Jan 2026 12:00:00 +0000"
CHANGING = ("APPEND", "CREATE", "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "STORE", "UID STORE", "EXPUNGE",
            "UID EXPUNGE", "COPY", "UID COPY", "MOVE", "UID MOVE", "SETACL", "SELECT")


def scenario(number, *names):
    def register(function):
        SCENARIOS.append((number, names, function))
        return function
    return register


def mail(name, body=None, headers=(), received=True, identified=True, date=DATE):
    lines = [f"From: Anna <anna@old.example>", f"Date: {date}", f"Subject: {name}"]
    if identified:
        lines.append(f"Message-Id: <{name}@imapsync.example>")
    if received:
        lines.append(f"Received: from x by y; {name}")
    return "\r\n".join([*lines, *headers, "", body or f"hello {name}", ""]).encode()


class Done:
    def __init__(self, status, out):
        self.status, self.out = status, out

    def figure(self, label):
        """Of the final statistics, whose colon stands in column 41."""
        found = [line[42:] for line in self.out.splitlines() if line[:40].rstrip() == label and line[40:41] == ":"]
        return found[0] if found else None

    def number(self, label):
        return int(re.match(r"\d+", self.figure(label) or "-1x")[0]) if self.figure(label) else None

    def __str__(self):
        return f"status {self.status}: ...{self.out[-900:]}"


class World:
    """Accounts that nobody has used, and the program under the name imapsync."""

    def __init__(self, checks, lab, path):
        self.checks, self.lab = checks, lab
        self.folder = Path(lab.place) / "imapsync"
        self.folder.mkdir()
        self.program = self.folder / "imapsync"
        self.program.symlink_to(path)
        self.users = 0
        self.name = ""

    def fresh(self):
        self.users += 1
        self.user = f"usersync{self.users:03}"
        self.ledgers = self.folder / f"state{self.users}"
        self.ledgers.mkdir()
        return self.user

    def that(self, holds, words):
        return self.checks.that(holds, f"{self.name}: {words}")

    def put(self, server, mailbox, *texts, flags="", date=None, user=None):
        connection = self.lab.login(server, user or self.user)
        spelt = imap.quoted(mailbox)
        with contextlib.suppress(imap.Refused):
            connection.ask(b"CREATE " + spelt)
        for text in texts:
            when = f'"{date}" '.encode() if date else b""
            connection.ask(b"APPEND %s (%s) %s{%d+}\r\n%s" % (spelt, flags.encode(), when, len(text), text))
        connection.close()

    def messages(self, server, mailbox, user=None):
        """[(uid, flags, internal date, octets)]; None where there is no such mailbox."""
        connection = self.lab.login(server, user or self.user)
        found = []
        try:
            exists = connection.ask(b"EXAMINE " + imap.quoted(mailbox))
            if [b"0", b"EXISTS"] not in exists:
                for response in connection.responses(connection.send(b"UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])")):
                    if response[1:2] == [b"FETCH"] and b"BODY[]" in response[2]:
                        items = dict(zip(response[2][::2], response[2][1::2]))
                        flags = {flag.decode() for flag in items[b"FLAGS"]} - {"\\Recent"}
                        found.append((int(items[b"UID"]), flags, items[b"INTERNALDATE"].decode(), bytes(items[b"BODY[]"] or b"")))
        except imap.Refused:
            found = None
        connection.close()
        return found

    def subjects(self, server, mailbox, user=None):
        found = self.messages(server, mailbox, user)
        return None if found is None else [re.search(rb"Subject: (.*?)\r?\n", text)[1].decode() for *_, text in found]

    def names(self, server, user=None):
        connection = self.lab.login(server, user or self.user)
        found = {name.decode() if isinstance(name, bytes) else name for name, attributes, _ in connection.mailboxes()
                 if "\\noselect" not in {str(each).lower() for each in attributes}}
        connection.close()
        return found

    def ask(self, server, *commands, user=None):
        connection = self.lab.login(server, user or self.user)
        answers = [connection.ask(command) for command in commands]
        connection.close()
        return answers

    def sides(self, source=A, destination=B, user1=None, user2=None):
        host = "127.0.0.1"
        return ["--host1", host, "--port1", str(self.lab.port(source)), "--user1", user1 or self.user, "--password1", PASSWORD,
                "--host2", host, "--port2", str(self.lab.port(destination)), "--user2", user2 or self.user, "--password2", PASSWORD,
                "--notls1", "--notls2"]

    def environment(self, **more):
        return {**os.environ, "HOME": str(self.ledgers), "XDG_STATE_HOME": str(self.ledgers), "TZ": "UTC", **more}

    def raw(self, *arguments, text=None, cwd=None, **variables):
        done = subprocess.run([str(self.program), *map(str, arguments)], input=text, text=True, cwd=cwd or self.ledgers, timeout=60,
                              env=self.environment(**variables), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
                              stdin=None if text is not None else subprocess.DEVNULL)
        return Done(done.returncode, done.stdout)

    def run(self, *options, source=A, destination=B, **variables):
        quiet = [] if "--pidfile" in options else ["--pidfile", ""]
        return self.raw(*self.sides(source, destination), "--nolog", *quiet, *options, **variables)

    def start(self, *options, source=A, destination=B):
        command = [str(self.program), *self.sides(source, destination), "--nolog", *map(str, options)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.ledgers,
                                env=self.environment(), stdin=subprocess.DEVNULL)


# ---- the command line -----------------------------------------------------------------------------------------------------

@scenario(1, "no_args")
def _(world):
    done = world.raw()
    world.that(done.status == 0 and "usage" in done.out, f"usage, 0: {done}")


@scenario(2, "option_version")
def _(world):
    done = world.raw("--version")
    world.that(done.status == 0 and done.out == "2.229\n", f"the number only: {done}")


@scenario(3, "ll_unknow_option")
def _(world):
    done = world.run("--unknown_option")
    world.that(done.status == 64 and "Unknown option: unknown_option" in done.out, done)


@scenario(4, "option_bad_delete2")
def _(world):
    world.that(world.run("--delete", "2").status == 64, "--delete 2 is refused")


@scenario(5, "option_extra_arguments")
def _(world):
    done = world.run("stray")
    world.that(done.status == 64 and "extra arguments" in done.out, done)
    world.that(world.run("--justlogin", "").status == 0, "an empty word, as GNU parallel leaves it, is no mistake")


@scenario(6, "option_extra")
def _(world):
    (world.ledgers / "options_extra.txt").write_text("--debugimap1 --errorsmax 7\n--delete2\n")
    done = world.run("--justlogin")
    world.that(done.status == 0 and "0/7 nb_errors/max_errors" in done.out and "CAPABILITY" in done.out, f"read: {done}")
    (world.ledgers / "options_extra.txt").write_text("--delete2\n")
    world.that(world.run("--justlogin").status == 64, "and may not ask for anything")


@scenario(7, "passwords_masked", "passwords_not_masked")
def _(world):
    for spelling in (["--password1", "sesame"], ["--password1=sesame"], ["--password1", "sesame", "--showpasswords"]):
        done = world.raw("--justbanner", "--nolog", "--pidfile", "", *spelling)
        world.that(done.status == 0 and "MASKED" in done.out and "sesame" not in done.out, f"{spelling} is masked, always: {done}")


@scenario(8, "passfile1_noexist", "passfile2_noexist")
def _(world):
    for side in "12":
        world.that(world.run(f"--passfile{side}", "/nowhere/passfile").status == 66, f"passfile{side} that is not there")


@scenario(9, "ll_env_password")
def _(world):
    sides = [each for each in world.sides()]
    for option in ("--password1", "--password2"):
        at = sides.index(option)
        del sides[at:at + 2]
    done = world.raw(*sides, "--nolog", "--pidfile", "", "--justlogin", IMAPSYNC_PASSWORD1=PASSWORD, IMAPSYNC_PASSWORD2=PASSWORD)
    world.that(done.status == 0, done)


@scenario(10, "ll_ask_password")
def _(world):
    sides = [each for each in world.sides()]
    for option in ("--password1", "--password2"):
        at = sides.index(option)
        del sides[at:at + 2]
    done = world.raw(*sides, "--nolog", "--pidfile", "", "--justlogin", text=f"{PASSWORD}\n{PASSWORD}\n")
    world.that(done.status == 0 and PASSWORD not in done.out, done)


@scenario(11, "ll_host_sanitize")
def _(world):
    done = world.run("--host1", " 127.0 .0.1/", "--justlogin")
    world.that(done.status == 0, done)


@scenario(12, "ll_justlogin")
def _(world):
    done = world.run("--justlogin")
    world.that(done.status == 0 and len(re.findall(r"Host[12]: success login on \[127.0.0.1\] with user \[", done.out)) == 2, done)
    world.that("Exiting with return value 0 (EX_OK) 0/50 nb_errors/max_errors PID " in done.out, done)


@scenario(13, "ll_authentication_failure_user1", "ll_authentication_failure_user2", "ll_authentication_failure_user12")
def _(world):
    for wrong, status in ((["--password1", "x"], 161), (["--password2", "x"], 162), (["--password1", "x", "--password2", "x"], 161)):
        done = world.run("--justlogin", *wrong)
        world.that(done.status == status, f"{wrong}: {done}")


@scenario(14, "ll_bad_host1", "ll_bad_host2", "ll_bad_host12")
def _(world):
    for wrong, status in ((["--port1", "1"], 101), (["--port2", "1"], 102), (["--port1", "1", "--port2", "1"], 101)):
        done = world.run(*wrong)
        world.that(done.status == status, f"{wrong}: {done}")


@scenario(15, "ll_justhost1", "ll_justhost2")
def _(world):
    for side, server in (("1", A), ("2", B)):
        done = world.raw(f"--host{side}", "127.0.0.1", f"--port{side}", world.lab.port(server), "--nolog", "--pidfile", "")
        world.that(done.status == 0, f"host{side} alone is connected to: {done}")
    world.that(world.run("--justconnect", "--port1", "1").status == 10, "who cannot be connected to is 10 there")


@scenario(16, "ll_authmech_PLAIN", "ll_authmech_LOGIN", "ll_authmech_CRAMMD5")
def _(world):
    for mechanism in ("PLAIN", "LOGIN"):
        done = world.run("--justlogin", "--authmech1", mechanism, "--authmech2", mechanism)
        world.that(done.status == 0, f"{mechanism}: {done}")


@scenario(17, "ll_authmech_NTLM_trylogin_ok")
def _(world):
    world.that(world.run("--justlogin", "--authmech1", "NTLM").status == 0, "falls back")


@scenario(18, "ll_authmech_NTLM")
def _(world):
    done = world.run("--justlogin", "--authmech1", "NTLM", "--notrylogin")
    world.that(done.status == 64 and "NTLM" in done.out, f"known before anybody is connected, so 64 where imapsync has 161: {done}")


@scenario(19, "ll_authmech_PREAUTH")
def _(world):
    world.that(world.run("--justlogin", "--authmech1", "PREAUTH").status == 16, "16")


@scenario(20, "ll_authuser")
def _(world):
    admin = ["--authuser1", "master", "--password1", "master-pass", "--authuser2", "master", "--password2", "master-pass"]
    done = world.run("--justlogin", *admin)
    world.that(done.status == 0, done)


@scenario(21, "ll_proxyauth_missing_authuser")
def _(world):
    world.that(world.run("--proxyauth1").status == 64, "who logs in must be said")


@scenario(22, "ll_proxyauth_authuser")
def _(world):
    done = world.run("--justlogin", "--proxyauth2", "--authuser2", world.user, "--user2", "userother")
    world.that(done.status == 162, f"this server has no PROXYAUTH: {done}")


@scenario(23, "ll_ssl_justlogin", "ll_tls_justlogin")
def _(world):
    servers = world.lab.servers
    for options in (["--ssl1", "--ssl2", "--port1", servers[A]["tls_port"], "--port2", servers[B]["tls_port"]], ["--tls1", "--tls2"]):
        done = world.run("--justlogin", *options)
        world.that(done.status == 0, f"{options}: {done}")
        world.that("the certificate is not verified" in done.out, f"and it is said that nobody looked at the certificate: {done}")


@scenario(24, "ll_ssl1_tls2_justconnect")
def _(world):
    done = world.run("--justconnect", "--ssl1", "--port1", world.lab.servers[A]["tls_port"], "--tls2")
    world.that(done.status == 0, done)


@scenario(25, "ll_ssl_tls_justlogin")
def _(world):
    world.that(world.run("--justlogin", "--ssl1", "--tls1").status == 12, "a connection is encrypted once")


@scenario(26, "ll_ssl_justconnect_verify_mode1")
def _(world):
    verify = ["--sslargs1", "SSL_verify_mode=1", "--sslargs2", "SSL_verify_mode=1"]
    secure = ["--ssl1", "--ssl2", "--port1", world.lab.servers[A]["tls_port"], "--port2", world.lab.servers[B]["tls_port"]]
    world.that(world.run("--justconnect", *secure, *verify).status == 10, "in justconnect: 10")
    world.that(world.run(*secure, *verify).status == 101, "in a sync: 101")
    world.that(world.run("--tls1", "--tls2", *verify).status == 12, "under STARTTLS: 12")


@scenario(27, "ll_timeout_very_small")
def _(world):
    world.that(world.run("--timeout", "0.001").status != 0, "fails")


# ---- copying --------------------------------------------------------------------------------------------------------------

@scenario(28, "first_sync_dry", "first_sync", "ll")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("two"))
    world.put(A, "INBOX.Work.2019", mail("three"), flags="\\Seen")
    dry = world.run("--dry")
    world.that(dry.status == 0 and "0 (could be 3 without dry mode)" in (dry.figure("Messages transferred") or ""), dry)
    world.that(world.names(B) <= {"INBOX"} | world.names(B) and world.messages(B, "Work/2019") is None, "nothing is created")
    first = world.run()
    world.that(first.status == 0 and first.number("Messages transferred") == 3 and "The sync looks good" in first.out, first)
    world.that(world.subjects(B, "Work/2019") == ["three"] and sorted(world.subjects(B, "INBOX")) == ["one", "two"], "they arrived")
    again = world.run()
    world.that(again.number("Messages transferred") == 0 and again.number("Messages skipped") == 3 and "looks good" in again.out, again)


@scenario(29, "ll_dry_folder_missing")
def _(world):
    world.put(A, "INBOX.New", mail("one"), mail("two"))
    done = world.run("--dry", "--folder", "INBOX.New")
    world.that(done.status == 0 and "could be 2 without" in done.out and "New" not in world.names(B), done)


@scenario(30, "ll_dry_nodry1")
def _(world):
    world.put(A, "INBOX", mail("one"))
    done = world.run("--dry", "--nodry1", "--regexmess", "s/hello/bye/")
    world.that(done.status == 0 and world.messages(B, "INBOX") == [], f"nothing is stored: {done}")


@scenario(31, "ll_folder_noexist")
def _(world):
    done = world.run("--folder", "INBOX.nowhere")
    world.that(done.status == 0 and "no folder \"INBOX.nowhere\"" in done.out and "0/0 synced" in done.out and "looks good" not in done.out, done)


@scenario(32, "ll_folderrec", "ll_include", "ll_include_exclude", "ll_exclude")
def _(world):
    for folder in ("INBOX.a", "INBOX.a.b", "INBOX.c", "INBOX.abc"):
        world.put(A, folder, mail(folder))
    rows = [(["--folderrec", "INBOX.a"], {"INBOX.a", "INBOX.a.b"}), (["--include", "abc"], {"INBOX.abc"}),
            (["--include", "a", "--exclude", r"a\.b$"], {"INBOX.a", "INBOX.abc"}),
            (["--exclude", r"^INBOX\.a"], {"INBOX", "INBOX.c"})]
    for options, expected in rows:
        done = world.run("--dry", *options)
        found = set(re.findall(r"^Folder +\d+/\d+ \[(.*?)\]", done.out, re.M))
        found = {each for each in found if each in ("INBOX", "INBOX.a", "INBOX.a.b", "INBOX.c", "INBOX.abc")}
        world.that(done.status == 0 and found == expected, f"{options}: {found} {done}")


@scenario(33, "ll_folder_create")
def _(world):
    world.put(A, "INBOX.x.y.z", mail("deep"))
    done = world.run("--folder", "INBOX.x.y.z")
    world.that(done.status == 0 and world.subjects(B, "x/y/z") == ["deep"], done)


@scenario(34, "ll_folder_create_INBOX_Inbox")
def _(world):
    world.put(A, "INBOX", mail("one"))
    done = world.run("--f1f2", "INBOX=Inbox")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["one"], done)


@scenario(35, "names_of_a_slash_become_names_of_dots")
def _(world):
    world.put(B, "A/b.c", mail("one"))
    done = world.run(source=B, destination=A)
    world.that(done.status == 0 and world.subjects(A, "INBOX.A.b_c") == ["one"], done)


@scenario(36, "ll_f1f2_01")
def _(world):
    world.put(A, "INBOX.x", mail("one"))
    done = world.run("--folder", "INBOX.x", "--f1f2", "INBOX.x=~bad~")
    there = [name for name in world.names(B) if "bad" in name]
    world.that(done.status == 0 and len(there) == 1 and world.subjects(B, there[0]) == ["one"] and "refuses the name" in done.out,
               f"a name that is refused is made in another spelling and told, where imapsync gives up with 116: {there} {done}")


@scenario(37, "ll_regextrans2", "ll_tr", "ll_tr_delete", "ll_regextrans2_slash", "ll_regextrans2_dot", "ll_regextrans2_remove_space", "ll_regextrans2_ucfirst")
def _(world):
    world.put(A, "INBOX.my old.mail", mail("one"))
    rows = [("s/old/NEW/", "my NEW/mail"), ("tr/a-z/A-Z/", "MY OLD/MAIL"), ("tr/ol//d", "my d/mai"), ("s,/,_,g", "my old_mail"),
            ("s, ,,g", "myold/mail"), (r"s,([^/ ]+),\u\L$1\E,g", "My Old/Mail"), ("s,^${h2_prefix}(.*),Saved${h2_sep}$1,", "Saved/my old/mail"),
            ("s{my (.*)} {$1}", "old/mail")]
    for code, name in rows:
        done = world.run("--folder", "INBOX.my old.mail", "--regextrans2", code)
        world.that(done.status == 0 and world.subjects(B, name) == ["one"], f"{code}: {world.names(B)} {done}")
    for code in ("s/a/system('id')/e", "s/a/", "s/(/x/", "bare", "s/a/$unknown/"):
        done = world.run("--regextrans2", code)
        world.that(done.status == 64 and "--regextrans2" in done.out, f"{code} is refused: {done}")
    done = world.run("--folder", "INBOX.my old.mail", "--regextrans2", "s/.*//")
    world.that(done.status == 116, f"a name must be left: {done}")


@scenario(38, "ll_regextrans2_ALLIN")
def _(world):
    world.put(A, "INBOX.p", mail("one"))
    world.put(A, "INBOX.q", mail("two"))
    done = world.run("--folder", "INBOX.p", "--folder", "INBOX.q", "--regextrans2", "s/.*/All of it/")
    world.that(done.status == 0 and sorted(world.subjects(B, "All of it")) == ["one", "two"], done)
    again = world.run("--folder", "INBOX.p", "--folder", "INBOX.q", "--regextrans2", "s/.*/All of it/", "--delete2")
    world.that(again.number("Messages transferred") == 0 and len(world.subjects(B, "All of it")) == 2, f"once, and what is another folder's stays: {again}")


@scenario(39, "ll_subfolder2", "ll_subfolder1")
def _(world):
    world.put(A, "INBOX", mail("in"))
    world.put(A, "INBOX.Sent.2019", mail("sent"))
    done = world.run("--subfolder2", "OLD")
    world.that(done.status == 0 and world.subjects(B, "OLD/INBOX") == ["in"] and world.subjects(B, "OLD/Sent/2019") == ["sent"], done)
    back = world.raw(*world.sides(B, A, user2=world.user + "r"), "--nolog", "--pidfile", "", "--subfolder1", "OLD")
    there = world.user + "r"
    world.that(back.status == 0 and world.subjects(A, "INBOX", there) == ["in"] and world.subjects(A, "INBOX.Sent.2019", there) == ["sent"], back)


@scenario(40, "ll_subfolder1_DOES_NOT_EXIST")
def _(world):
    world.that(world.run("--subfolder1", "DOES_NOT_EXIST").status == 21, "21")


@scenario(41, "ll_automap", "ll_justautomap")
def _(world):
    world.put(A, "INBOX.Sent Items", mail("sent"))
    done = world.run("--automap", "--justautomap")
    world.that(done.status == 0 and "[INBOX.Sent Items] -> [Sent] (special use" in done.out, done)
    world.that(world.messages(B, "Sent Items") is None, "nothing is made")
    done = world.run("--automap")
    world.that(done.status == 0 and world.subjects(B, "Sent") == ["sent"], done)
    lists = world.run("--justfolderlists")
    world.that(lists.status == 0 and "Host1: found" in lists.out and "[INBOX.Sent Items]" in lists.out, lists)


@scenario(42, "ll_justfolders", "ll_justfolders_skipemptyfolders")
def _(world):
    world.put(A, "INBOX.full", mail("one"))
    world.put(A, "INBOX.void")
    done = world.run("--justfolders", "--skipemptyfolders")
    world.that(done.status == 0 and "full" in world.names(B) and "void" not in world.names(B), done)
    done = world.run("--justfolders")
    world.that(done.status == 0 and "void" in world.names(B) and world.messages(B, "full") == [], done)


@scenario(43, "ll_delete1_delete1emptyfolders")
def _(world):
    world.put(A, "INBOX", mail("in"))
    world.put(A, "INBOX.e.f.g")
    world.put(A, "INBOX.work", mail("one"))
    dry = world.run("--delete1", "--delete1emptyfolders", "--dry")
    world.that(dry.status == 0 and "INBOX.e.f.g" in world.names(A), f"a dry run keeps them: {dry}")
    done = world.run("--delete1", "--delete1emptyfolders")
    world.that(done.status == 0 and "INBOX" in world.names(A) and not any(name.startswith("INBOX.e") or name == "INBOX.work" for name in world.names(A)), f"{world.names(A)} {done}")
    world.that(world.subjects(B, "work") == ["one"] and "e/f/g" not in world.names(B), "what was in them arrived; the empty ones are not made")


@scenario(44, "ll_delete2folders", "ll_delete2foldersonly", "ll_delete2foldersbutnot", "ll_delete2folders_subfolder2")
def _(world):
    world.put(A, "INBOX", mail("one"))
    for name in ("Old/1", "Old/2", "Keep/3"):
        world.put(B, name, mail(name))
    done = world.run("--delete2folders", "--delete2foldersonly", "/^Old/", "--delete2foldersbutnot", "/2$/")
    world.that(done.status == 0 and "Old/1" not in world.names(B) and {"Old/2", "Keep/3"} <= world.names(B), f"{world.names(B)} {done}")
    world.that(world.run("--delete2foldersonly", "Old").status == 64, "a bare word would delete everything")
    done = world.run("--delete2folders")
    world.that(done.status == 0 and not {"Old/2", "Keep/3"} & world.names(B), f"{world.names(B)} {done}")


@scenario(45, "ll_subscribed", "ll_nosubscribe")
def _(world):
    world.put(A, "INBOX.s", mail("one"))
    world.put(A, "INBOX.t", mail("two"))
    world.ask(A, b'SUBSCRIBE "INBOX.s"')
    done = world.run("--subscribed", "--nosubscribe")
    world.that(done.status == 0 and world.subjects(B, "s") == ["one"] and world.messages(B, "t") is None, done)
    world.that(not any(b"s" in response for response in world.ask(B, b'LSUB "" s')[0] if response[:1] == [b"LSUB"]), "not subscribed on B")
    world.run()
    world.that(any(response[:1] == [b"LSUB"] for response in world.ask(B, b'LSUB "" s')[0]), "now it is")


# ---- deletions ------------------------------------------------------------------------------------------------------------

@scenario(46, "ll_delete1", "ll_delete1_twoemails")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("two"))
    done = world.run("--delete1")
    world.that(done.status == 0 and world.messages(A, "INBOX") == [] and len(world.messages(B, "INBOX")) == 2, done)
    world.that(done.number("Messages deleted on host1") == 2, done)
    back = world.run("--delete1", source=B, destination=A)
    world.that(back.status == 0 and len(world.messages(A, "INBOX")) == 2 and world.messages(B, "INBOX") == [], f"and back: {back}")


@scenario(47, "ll_delete1_delete2")
def _(world):
    world.that(world.run("--delete1", "--delete2").status == 64, "choose one")


@scenario(48, "ll_delete2")
def _(world):
    world.put(A, "INBOX", mail("one"))
    world.put(B, "INBOX", mail("stranger"))
    done = world.run("--delete2")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["one"] and done.number("Messages deleted on host2") == 1, done)


@scenario(49, "ll_delete2_minage")
def _(world):
    world.put(A, "INBOX", mail("old"))
    today = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    world.put(B, "INBOX", mail("old stranger"), mail("new stranger", date=today))
    done = world.run("--delete2", "--minage", "1")
    world.that(done.status == 0 and sorted(world.subjects(B, "INBOX")) == ["new stranger", "old"], f"{world.subjects(B, 'INBOX')} {done}")


@scenario(50, "ll_delete2duplicates", "ll_remove_duplicates")
def _(world):
    world.put(A, "INBOX", mail("one"))
    world.put(B, "INBOX", mail("one"), mail("one"))
    done = world.run("--delete2duplicates")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["one"], done)


@scenario(51, "ll_syncduplicates")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("one"), mail("one"))
    done = world.run()
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["one"] and done.number("Messages found duplicate on host1") == 2, done)
    done = world.run("--syncduplicates")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["one"] * 3, done)


@scenario(52, "ll_duplicates_across_folders")
def _(world):
    world.put(A, "INBOX.all", mail("one"), mail("two"))
    world.put(A, "INBOX.label", mail("one"))
    done = world.run("--skipcrossduplicates", "--folderlast", "INBOX.all")
    world.that(done.status == 0 and world.subjects(B, "label") == ["one"] and world.subjects(B, "all") == ["two"], done)
    world.that(done.number("Messages found crossduplicate on host2") == 1, done)
    again = world.run("--skipcrossduplicates", "--folderlast", "INBOX.all")
    world.that(again.number("Messages transferred") == 0 and "looks good" in again.out, again)


@scenario(53, "ll_skipcrossduplicates_usecache")
def _(world):
    world.that(world.run("--skipcrossduplicates", "--usecache").status == 64, "64")


# ---- identity and selection -----------------------------------------------------------------------------------------------

@scenario(54, "ll_noheader", "ll_addheader")
def _(world):
    world.put(A, "INBOX", mail("bare", received=False, identified=False))
    done = world.run("--addheader")
    found = world.messages(B, "INBOX")
    world.that(done.status == 0 and len(found) == 1 and b"@imapsync>" in found[0][3], done)
    again = world.run("--addheader")
    world.that(again.number("Messages transferred") == 0 and len(world.messages(B, "INBOX")) == 1, again)


@scenario(55, "ll_useheader", "ll_skipheader", "ll_skipsize")
def _(world):
    world.put(A, "INBOX", mail("one"))
    for options in (["--useheader", "Message-Id"], ["--useheader", "ALL", "--skipheader", "^X-Added"], ["--skipsize"], ["--messageidnodomain"]):
        world.run(*options)
        again = world.run(*options)
        world.that(again.status == 0 and again.number("Messages transferred") == 0 and len(world.messages(B, "INBOX")) == 1, f"{options}: {again}")
    world.fresh()
    world.put(A, "INBOX", mail("one"))
    world.put(B, "INBOX", mail("one", headers=("X-Added: by the server",)))
    done = world.run("--useheader", "ALL", "--skipheader", "^X-Added")
    world.that(done.number("Messages transferred") == 0, f"a header that is skipped makes no difference: {done}")


@scenario(56, "ll_usecache", "ll_useuid", "ll_useuid_nousecache")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("two"))
    world.that(world.run("--useuid").number("Messages transferred") == 2, "the first run copies")
    world.that(world.run("--useuid").number("Messages transferred") == 0, "the second does not")
    world.that(world.run("--useuid", "--nousecache").status == 64, "and what doubles everything is refused, unlike in imapsync")


@scenario(57, "ll_maxage", "ll_minage_0", "ll_maxage_10000_minage_9999", "ll_maxage_9999_minage_10000")
def _(world):
    ago = lambda days: time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(time.time() - days * 86400))  # noqa: E731
    world.put(A, "INBOX", mail("new", date=ago(1)), mail("middle", date=ago(50)), mail("old", date=ago(500)))
    rows = [(["--maxage", "10"], {"new"}), (["--minage", "100"], {"old"}), (["--maxage", "100", "--minage", "10"], {"middle"}),
            (["--maxage", "10", "--minage", "100"], {"new", "old"})]
    for options, expected in rows:
        done = world.run(*options, "--regextrans2", f"s/.*/{'_'.join(options).replace('-', '')}/", "--folder", "INBOX")
        name = "_".join(options).replace("-", "")
        world.that(done.status == 0 and set(world.subjects(B, name) or ()) == expected, f"{options}: {done}")
        world.that("looks good" in done.out, f"what is not looked at is not missing: {done}")


@scenario(58, "ll_noabletosearch")
def _(world):
    world.put(A, "INBOX", mail("old"), date=" 1-Jan-2020 00:00:00 +0000")
    world.put(A, "INBOX", mail("new"))
    done = world.run("--noabletosearch", "--maxage", "10")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["new"], done)


@scenario(59, "ll_search_ALL", "ll_search_FLAGGED", "ll_search_SENTSINCE", "ll_search_HEADER", "ll_search_NOT", "ll_search_OR", "ll_search_UID", "ll_search1_search2")
def _(world):
    world.put(A, "INBOX", mail("one", headers=("X-Kind: a",)), flags="\\Flagged")
    world.put(A, "INBOX", mail("two", date="Mon, 01 Jan 2018 12:00:00 +0000"))
    rows = [("ALL", {"one", "two"}), ("FLAGGED", {"one"}), ("SENTSINCE 1-Jan-2020", {"one"}), ("HEADER X-Kind a", {"one"}),
            ("NOT FLAGGED", {"two"}), ("OR FLAGGED SUBJECT two", {"one", "two"}), ("UID 2", {"two"})]
    for criteria, expected in rows:
        name = re.sub(r"\W", "", criteria)
        done = world.run("--search1", criteria, "--folder", "INBOX", "--regextrans2", f"s/.*/{name}/")
        world.that(done.status == 0 and set(world.subjects(B, name) or ()) == expected, f"{criteria}: {done}")
    world.put(B, "INBOX", mail("stranger"))
    for criteria in ("NONSENSE", "SENTSINCE yesterday"):
        done = world.run("--search1", criteria, "--delete2", "--folder", "INBOX")
        world.that(done.status != 0 and world.subjects(B, "INBOX") == ["stranger"], f"a refused SEARCH empties nothing: {done}")
    for criteria in ("ALL\r\nA1 DELETE x", "SUBJECT {3}", ""):
        world.that(world.run("--search", criteria).status == 64, f"{criteria!r} is not sent")


# ---- messages on their way ------------------------------------------------------------------------------------------------

@scenario(60, "ll_maxsize", "ll_minsize", "ll_maxlinelength", "ll_truncmess")
def _(world):
    world.put(A, "INBOX", mail("small"), mail("large", body="x" * 70 + "\r\n" + "y" * 900))
    done = world.run("--maxsize", "500")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["small"] and "not finished" in done.out, done)
    world.fresh()
    world.put(A, "INBOX", mail("small"), mail("large", body="y" * 900))
    done = world.run("--minsize", "500")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["large"], done)
    for options, expected in ((["--maxlinelength", "500"], ["small"]), (["--minmaxlinelength", "500"], ["large"])):
        world.fresh()
        world.put(A, "INBOX", mail("small"), mail("large", body="y" * 900))
        done = world.run(*options)
        world.that(done.status == 0 and world.subjects(B, "INBOX") == expected and "skipped (longest line of" in done.out, f"{options}: {done}")
    done = world.run("--maxlinelength", "500", "--maxlinelengthcmd", "fold -s -w 100")
    world.that(done.status == 0 and max(map(len, world.messages(B, "INBOX")[-1][3].split(b"\n"))) <= 902, done)
    world.fresh()
    world.put(A, "INBOX", mail("long", body="z" * 5000))
    done = world.run("--truncmess", "400")
    found = world.messages(B, "INBOX")
    world.that(done.status == 0 and len(found[0][3]) in (400, 402), f"{len(found[0][3])} {done}")


@scenario(61, "ll_regexmess", "ll_regexmess_bad_regex", "ll_skipmess", "ll_skipmess_8bits", "ll_disarmreadreceipts", "ll_pipemess", "ll_pipemess_bad", "ll_pipemess_false")
def _(world):
    def only(*options, texts=(mail("one"),), status=0):
        world.fresh()
        world.put(A, "INBOX", *texts)
        done = world.run(*options)
        world.that(done.status == status, f"{options}: {done}")
        return done, [text for *_, text in world.messages(B, "INBOX")]

    done, (text,) = only("--regexmess", "s/hello (one)/bye $1/", "--regexmess", "tr/A-Z/a-z/")
    world.that(b"bye one" in text and b"subject: one" in text, text)
    again = world.run("--regexmess", "s/hello (one)/bye $1/", "--regexmess", "tr/A-Z/a-z/")
    world.that(again.number("Messages transferred") == 0 and len(world.messages(B, "INBOX")) == 1, f"not twice: {again}")
    done, (text,) = only("--regexmess", "s/\\A/X-Path: $h1_fold of $sync->{user1}\\r\\n/")
    world.that(text.startswith(f"X-Path: INBOX of {world.user}\r\n".encode()), text)
    for code in ("s/a/", "bare", "s/a/b/e", "m/a/"):
        world.that(world.run("--regexmess", code).status == 64, f"--regexmess {code}")
    done, texts = only("--skipmess", "m/^Subject: one/m", texts=(mail("one"), mail("two")))
    world.that(len(texts) == 1 and b"two" in texts[0] and "skipped (matched by --skipmess" in done.out and done.status == 0, done)
    _, texts = only("--skipmess", "m/[\\x80-\\xff]/", texts=(mail("one", body="caf\u00e9"), mail("two")))
    world.that(len(texts) == 1, texts)
    world.that(world.run("--skipmess", "m/(/").status == 64, "--skipmess m/(/")
    _, (text,) = only("--disarmreadreceipts", texts=(mail("one", headers=("disposition-notification-to: x@y",)),))
    world.that(b"X-disposition-notification-to: x@y" in text, text)
    _, (text,) = only("--pipemess", "sed s/hello/bye/", "--pipemess", "cat | sed 's/bye/good day,/'")
    world.that(b"good day, one" in text, text)
    world.that(world.run("--pipemess", "false").status == 64, "a command that fails on a blank")
    world.that(world.run("--pipemess", "/nowhere/command").status == 64, "a command that is not there")
    done, texts = only("--pipemess", "false", "--nopipemesscheck", status=111)
    world.that(not texts and "failed with exit status 1" in done.out, f"named, and an error, where imapsync drops it in silence: {done}")
    done, texts = only("--pipemess", "sleep 0", "--nopipemesscheck", status=111)
    world.that(not texts and "printed nothing" in done.out, done)


@scenario(61, "a_kill_does_not_double_what_is_changed")
def _(world):
    world.put(A, "INBOX", *[mail(f"m{n}") for n in range(40)])
    # The very lines by which a message is recognised.
    options = ["--regexmess", "s/^Subject: /Subject: changed /m", "--regexmess", "s/imapsync.example>/changed.example>/", "--pidfile", ""]
    with fault_proxy(world.lab.port(B), "--fault", "APPEND 9: cut-after", "--strip-caps", "MULTIAPPEND") as (port, _):
        run = world.start(*options, "--port2", port)
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.communicate(timeout=0.7)
        run.kill()
        run.communicate()
        done = world.run(*options, "--port2", port)  # the same address, so the same ledger
        verify = subprocess.run([str(world.program.resolve()), "verify", f"imap+insecure://{world.user}@127.0.0.1:{world.lab.port(A)}", "--to",
                                 f"imap+insecure://{world.user}@127.0.0.1:{port}", "--source-password", "env:P", "--destination-password",
                                 "env:P", "--bodies"], capture_output=True, text=True, env=world.environment(P=PASSWORD))
    found = world.subjects(B, "INBOX")
    world.that(done.status == 0 and sorted(found) == sorted(f"changed m{n}" for n in range(40)), f"{len(found)} {done}")
    world.that("what the operator wanted changed" in verify.stdout + verify.stderr, f"verify says why they differ: {verify.stdout[-900:]} {verify.stderr[-300:]}")


@scenario(62, "ll_regex_flag", "ll_resyncflags", "ll_noresyncflags", "ll_syncflagsaftercopy")
def _(world):
    world.put(A, "INBOX", mail("one"), flags="\\Seen \\Flagged NonJunk")
    done = world.run("--regexflag", r"s/\\Flagged//g", "--regexflag", "s/NonJunk/Good/")
    world.that(done.status == 0 and world.messages(B, "INBOX")[0][1] == {"\\Seen", "Good"}, f"{world.messages(B, 'INBOX')} {done}")
    again = world.run("--regexflag", r"s/\\Flagged//g", "--regexflag", "s/NonJunk/Good/")
    world.that(world.messages(B, "INBOX")[0][1] == {"\\Seen", "Good"}, again)
    world.run("--noresyncflags")
    world.that(world.messages(B, "INBOX")[0][1] == {"\\Seen", "Good"}, "left alone")
    world.run()
    world.that(world.messages(B, "INBOX")[0][1] == {"\\Seen", "\\Flagged", "NonJunk"}, "exactly host1's")
    keep = r"s/.*?(?:(\\(?:Answered|Flagged|Deleted|Seen|Draft)\s?)|$)/defined($1)?$1:q()/eg"
    done = world.run("--regexflag", keep)
    world.that(done.status == 0 and world.messages(B, "INBOX")[0][1] == {"\\Seen", "\\Flagged"}, f"the published recipe: {done}")
    world.that(world.run("--regexflag", "s/a/").status == 64, "a bad one is 64")


@scenario(63, "ll_errorsmax")
def _(world):
    world.put(A, "INBOX", *[mail(f"m{n}") for n in range(30)])
    with fault_proxy(world.lab.port(B), "--fault", "APPEND: NO no", "--strip-caps", "MULTIAPPEND") as (port, _):
        done = world.run("--port2", port, "--errorsmax", "5")
    world.that(done.status == 114 and re.search(r"\d+/5 nb_errors/max_errors", done.out), done)


@scenario(64, "ll_idatefromheader", "ll_nosyncinternaldates")
def _(world):
    for options, expected in (([], "03-Mar-2019"), (["--idatefromheader"], "01-Jan-2026"), (["--nosyncinternaldates"], time.strftime("%d-%b-%Y"))):
        world.fresh()
        world.put(A, "INBOX", mail("one"), date=" 3-Mar-2019 10:00:00 +0000")
        done = world.run(*options)
        world.that(done.status == 0 and world.messages(B, "INBOX")[0][2].strip().startswith(expected), f"{options}: {world.messages(B, 'INBOX')} {done}")


@scenario(65, "ll_exitwhenover")
def _(world):
    world.put(A, "INBOX", *[mail(f"m{n}", body="x" * 5000) for n in range(60)])
    done = world.run("--exitwhenover", "50000")
    world.that(done.status == 118 and 0 < len(world.messages(B, "INBOX")) < 60, done)


@scenario(66, "ll_maxmessagespersecond", "ll_maxbytespersecond", "ll_maxbytesafter")
def _(world):
    world.put(A, "INBOX", *[mail(f"m{n}") for n in range(8)])
    started = time.monotonic()
    done = world.run("--maxmessagespersecond", "4")
    world.that(done.status == 0 and time.monotonic() - started > 0.9, f"paced: {time.monotonic() - started:.1f} s {done}")


@scenario(67, "ll_bigmail")
def _(world):
    world.put(A, "INBOX", mail("big", body=("x" * 70 + "\r\n") * 400_000))
    done = world.run()
    world.that(done.status == 0 and len(world.messages(B, "INBOX")[0][3]) > 28_000_000, done)
    world.ask(B, b"SELECT INBOX", b"STORE 1 +FLAGS (\\Deleted)", b"EXPUNGE")
    done = world.run("--regexmess", "s/^Subject: big/Subject: huge/m")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["huge"], f"also where it is changed: {done}")


# ---- processes ------------------------------------------------------------------------------------------------------------

@scenario(68, "pidfile_well_removed", "pidfile_bad", "ll_pidfilelocking", "test_tail")
def _(world):
    pid_file = world.ledgers / "run.pid"
    done = world.run("--justlogin", "--pidfile", pid_file)
    world.that(done.status == 0 and not pid_file.exists(), f"removed: {done}")
    world.that(world.run("--justlogin", "--pidfile", "/nowhere/run.pid").status == 8, "not writable")
    pid_file.write_text(f"{os.getpid()}\nlog\n")
    world.that(world.run("--justlogin", "--pidfile", pid_file, "--pidfilelocking").status == 8, "of a live process")
    pid_file.write_text("no number\n")
    world.that(world.run("--justlogin", "--pidfile", pid_file, "--pidfilelocking").status == 8, "not a number")
    world.that(pid_file.read_text() == "no number\n", "left alone")
    pid_file.write_text("999999999\nlog\n")
    world.that(world.run("--justlogin", "--pidfile", pid_file, "--pidfilelocking").status == 0, "a stale one is replaced")
    log = world.ledgers / "other.log"
    log.write_text("a line of the other run\n")
    other = subprocess.Popen(["sleep", "1"])
    reaper = threading.Thread(target=other.wait)
    reaper.start()
    pid_file.write_text(f"{other.pid}\n{log}\n")
    done = world.run("--pidfile", pid_file, "--pidfilelocking", "--tail")
    reaper.join()
    world.that(done.status == 0 and "a line of the other run" in done.out, f"tail ends with it: {done}")


@scenario(69, "ll_abort_basic", "ll_abort_byfile", "ll_abort_no_process_running", "ll_abort_pidfile_no_exist")
def _(world):
    pid_file = world.ledgers / "abort.pid"
    world.put(A, "INBOX", *[mail(f"m{n}") for n in range(30)])
    for option, expected in (("--abort", 131), ("--abortbyfile", 7)):
        run = world.start("--pidfile", pid_file, "--maxmessagespersecond", "2")
        for _ in range(100):
            if pid_file.exists() and world.messages(B, "INBOX"):
                break
            time.sleep(0.05)
        aborter = world.raw(option, "--pidfile", pid_file)
        out, _ = run.communicate(timeout=20)
        world.that(aborter.status == 0, f"{option}: {aborter}")
        world.that(run.returncode == expected and not list(world.ledgers.glob("abort.pid*")), f"{option}: {run.returncode} {out[-500:]}")
    world.that(world.raw("--abort", "--pidfile", world.ledgers / "none.pid").status == 0, "nobody to abort: 0")
    done = world.run()
    world.that(done.status == 0 and len(world.messages(B, "INBOX")) == 30, f"and the rest follows, once: {done}")


@scenario(70, "ll_sigreconnect_INT")
def _(world):
    world.put(A, "INBOX", *[mail(f"m{n}") for n in range(30)])
    run = world.start("--pidfile", "", "--maxmessagespersecond", "3")
    time.sleep(1)
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=20)
    world.that(run.returncode == 130, f"the first one ends it, cleanly, where imapsync reconnects: {run.returncode} {out[-500:]}")


@scenario(71, "ll_diff_log_stdout")
def _(world):
    world.put(A, "INBOX", mail("one"))
    done = world.raw(*world.sides(), "--logdir", world.ledgers / "logs", "--logfile", "x.txt", "--pidfile", "")
    log = (world.ledgers / "logs/x.txt").read_text()
    world.that(done.status == 0 and log.strip() == done.out.strip(), f"{log[-300:]} {done}")


@scenario(72, "ll_reconnect_host2")
def _(world):
    world.put(A, "INBOX", *[mail(f"m{n}") for n in range(40)])
    with fault_proxy(world.lab.port(B), "--fault", "APPEND 5: cut-after", "--strip-caps", "MULTIAPPEND") as (port, _):
        done = world.run("--port2", port)
    world.that(done.status == 0 and len(world.messages(B, "INBOX")) == 40, f"{len(world.messages(B, 'INBOX'))} {done}")


@scenario(73, "ll_delself")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("two"))
    done = world.run("--delete1", destination=A)
    world.that(done.status == 0 and world.messages(A, "INBOX") == [], done)


@scenario(74, "ll_folder_backslash", "ll_folder_blanks", "ll_folder_quotes", "ll_folder_star", "ll_folder_brackets")
def _(world):
    for name in ("back\\slash", "two  blanks", "it's \"quoted\"", "st*r", "[brackets]"):
        world.put(A, "INBOX." + name, mail("one"))
    done = world.run()
    there = world.names(B)
    world.that(done.status == 0 and {"back\\slash", "two  blanks", "it's \"quoted\"", "[brackets]"} <= there, f"{there} {done}")


# ---- sizes, reports, presets ----------------------------------------------------------------------------------------------

@scenario(0, "explain")
def _(world):
    done = world.raw("--version")
    program = str(world.program.resolve())
    done = subprocess.run([program, "explain", "imapsync", *world.sides(), "--delete2", "--gmail1"], capture_output=True, text=True, env=world.environment())
    world.that(done.returncode == 0 and "DANGEROUS: what it removes\n  --delete2\n" in done.stdout and PASSWORD not in done.stdout, done.stdout)
    world.that(re.search(r"mailhaul sync imaps://\S+ --to imap\+insecure://\S+ --delete-destination", done.stdout), done.stdout)


@scenario(0, "justfoldersizes")
def _(world):
    texts = [mail("one"), mail("two", body="x" * 1000)]
    world.put(A, "INBOX.s", *texts)
    done = world.run("--justfoldersizes", "--folder", "INBOX.s")
    total, biggest = sum(map(len, texts)), max(map(len, texts))
    line = next((each for each in done.out.splitlines() if each.startswith("Host1 folder") and "[INBOX.s]" in each), "")
    world.that(done.status == 0 and re.search(rf"Size: +{total} Messages: +2 Biggest: +{biggest}", line), f"{line} {done}")
    world.that("does not exist yet" in done.out and f"Host1 Total size:      {total} bytes" in done.out and "s" not in world.names(B), done)


@scenario(0, "emailreport")
def _(world):
    world.put(A, "INBOX.s", mail("one"))
    done = world.run("--emailreport1", "--emailreport2", "--folder", "INBOX.s")
    for server in (A, B):
        found = world.messages(server, "INBOX")
        world.that(len(found) == 1 and b"Subject: Report of a mail migration" in found[0][3], f"{server}: {found} {done}")


@scenario(0, "presets")
def _(world):
    world.put(A, "INBOX.[Gmail].Sent", mail("one", headers=("Disposition-Notification-To: a@b",)), flags="\\Flagged")
    here = ["--host1", "127.0.0.1", "--host2", "127.0.0.1", "--nossl1", "--nossl2"]
    rows = [(["--gmail1"], "Sent"), (["--gmail2"], "Sent"), (["--office1", "--regextrans2", "s/.*/o1/"], "o1"), (["--exchange1", "--regextrans2", "s/.*/e1/"], "e1"),
            (["--office2", "--regextrans2", "s/.*/o2/"], "o2"), (["--exchange2", "--regextrans2", "s/.*/e2/"], "e2")]
    for options, name in rows:
        done = world.run(*here, "--folder", "INBOX.[Gmail].Sent", *options, *(["--sep1", ".", "--prefix1", "INBOX."] if "gmail" in options[0] else []))
        world.that(done.status == 0 and world.subjects(B, name) == ["one"], f"{options}: {world.names(B)} {done}")
    world.that(b"X-Disposition-Notification-To" in world.messages(B, "o2")[0][3], "office2 disarms receipts")
    world.that(world.messages(B, "e2")[0][1] == set(), "exchange2 takes \\Flagged away")
    world.that(world.run("--gmail1", "--usecache").status == 64, "the conflict imapsync has")


# ---- wrappers, and what --dry sends ---------------------------------------------------------------------------------------

@scenario(0, "a_csv_loop_with_xargs")
def _(world):
    """Six columns, a line each, several at once; the seventh column holds further options."""
    users = [world.fresh() for _ in range(4)]
    for user in users:
        world.put(A, "INBOX", mail(f"of {user}"), user=user)
    table = "".join(f"127.0.0.1;{user};{PASSWORD};127.0.0.1;{user};{PASSWORD};--automap\n" for user in users)
    script = world.folder / "loop.sh"
    script.write_text(f"""#!/bin/bash
# The loop that imapsync's own examples show.
one() {{ IFS=';' read -r h1 u1 p1 h2 u2 p2 extra <<< "$1"
  {world.program} --host1 "$h1" --user1 "$u1" --password1 "$p1" --host2 "$h2" --user2 "$u2" --password2 "$p2" \\
    --port1 {world.lab.port(A)} --port2 {world.lab.port(B)} --notls1 --notls2 --pidfile "{world.folder}/$u1.pid" --pidfilelocking $extra ""; }}
export -f one
tr '\\n' '\\0' | xargs -0 -P 3 -I ROW bash -c 'one "ROW"'
""")
    done = subprocess.run(["bash", script], input=table, text=True, capture_output=True, cwd=world.folder, env=world.environment())
    world.that(done.returncode == 0 and done.stdout.count("The sync looks good") == 4, f"{done.returncode} {done.stdout[-800:]} {done.stderr[-300:]}")
    for user in users:
        world.that(world.subjects(B, "INBOX", user) == [f"of {user}"], f"each has its own: {user}")


@scenario(0, "a_script_that_greps_the_statistics")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("two"))
    script = r"""
out=$("$@" 2>&1) || exit 9
moved=$(echo "$out" | grep '^Messages transferred' | cut -d: -f2 | awk '{print $1}')
errors=$(echo "$out" | sed -n 's/^Detected \([0-9]*\) errors$/\1/p')
bytes=$(echo "$out" | grep '^Total bytes transferred' | awk -F: '{print $2}' | awk '{print $1}')
folders=$(echo "$out" | grep '^Folders synced' | grep -o '[0-9]*/[0-9]*')
echo "$moved $errors $folders $((bytes > 0))"
"""
    done = subprocess.run(["bash", "-c", script, "bash", str(world.program), *world.sides(), "--nolog", "--pidfile", ""], text=True, capture_output=True,
                          env=world.environment(), cwd=world.ledgers)
    world.that(re.fullmatch(r"2 0 (\d+)/\1 1\n", done.stdout), f"{done.stdout!r} {done.returncode}")


@scenario(0, "a_script_that_acts_on_statuses")
def _(world):
    script = """
"$@" >/dev/null 2>&1
case $? in 0) echo done;; 10|101|102) echo later;; 16|161|162) echo password;; 111|113|114|117) echo look;; *) echo unknown;; esac
"""
    def outcome(*options):
        command = ["bash", "-c", script, "bash", str(world.program), *world.sides(), "--nolog", "--pidfile", "", *options]
        return subprocess.run(command, text=True, capture_output=True, env=world.environment(), cwd=world.ledgers).stdout.strip()
    world.that(outcome() == "done", "done")
    world.that(outcome("--port2", "1") == "later", "later")
    world.that(outcome("--justconnect", "--port1", "1") == "later", "later, of justconnect")
    world.that(outcome("--password2", "x") == "password", "password")
    world.that(outcome("--pipemess", "false", "--nopipemesscheck") == "done", "nothing to change")
    world.put(A, "INBOX", mail("one"))
    world.that(outcome("--pipemess", "false", "--nopipemesscheck") == "look", "look")


@scenario(0, "dry_changes_nothing_on_the_wire")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("two"))
    world.put(A, "INBOX.new.deep", mail("three"))
    world.put(A, "INBOX.void")
    world.put(B, "INBOX", mail("stranger"), mail("one"), mail("one"))
    world.put(B, "gone", mail("lost"))
    rows = [["--delete1", "--delete1emptyfolders"], ["--delete2"], ["--delete2duplicates"], ["--delete2folders"], ["--delete2foldersonly", "/gone/"],
            ["--justfolders"], ["--subscribeall"], ["--regexflag", "s/$/ New/"], ["--regexmess", "s/a/b/"], ["--emailreport1", "--emailreport2"],
            ["--subfolder2", "Below"], ["--addheader", "--syncduplicates"], ["--skipcrossduplicates"], ["--search", "ALL"], ["--pipemess", "cat"],
            ["--justfoldersizes"], ["--justautomap", "--automap"], ["--justfolderlists"]]
    for options in rows:
        commands = set()
        with fault_proxy(world.lab.port(A), "--count") as (port1, counts1), fault_proxy(world.lab.port(B), "--count") as (port2, counts2):
            done = world.run("--dry", "--port1", port1, "--port2", port2, *options)
            for counts in (counts1, counts2):
                commands |= {name.upper() for name in counts()["commands"]}
        wrong = commands & set(CHANGING)
        world.that(done.status == 0 and commands and not wrong, f"{options}: {wrong or commands} {done}")


def test(checks):
    lab = Lab([A, B])
    world = World(checks, lab, mailhaul_path())
    wanted = set(sys.argv[2:])
    for number, names, function in SCENARIOS:
        if wanted and not wanted & {str(number), *names}:
            continue
        world.name = f"{number} {names[0]}" if number else names[0]
        world.fresh()
        began = time.monotonic()
        try:
            function(world)
        except Exception as broken:  # noqa: BLE001: the others are still worth running
            world.that(False, f"the scenario broke: {type(broken).__name__}: {broken}")
        checks.section(f"{world.name} ({time.monotonic() - began:.1f} s)")


main(test)
