#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What operators get wrong, and servers refuse: each has its exit status, says what happened and what to do, and leaves
nothing half done. The statuses are those of docs/exit-codes.md."""
import os
import signal
import socket
import tempfile
from pathlib import Path

from support import PASSWORD, ROOT, Lab, Mailhaul, imap, mailhaul_path, main

WRONG = "wr0ng-s3cret-nobody-may-see"
OLD, NEW, POOR = "dovecot-old", "dovecot-new", "dovecot-poor"


def refused(checks, run, status, what, *patterns):
    """A run that must end with `status`, and words that match every pattern."""
    checks.that(run.status == status, f"{what}: exit status {status} expected: {run}")
    for pattern in patterns:
        checks.that(run.said(pattern), f"{what}: it should say something like /{pattern}/: {run}")
    for secret in (PASSWORD, WRONG):
        checks.that(secret not in run.out + run.err, f"{what}: a password is printed")
    checks.that(not run.said("traceback|terminate called|segmentation|sanitizer"), f"{what}: it crashed: {run}")
    checks.section(f"{what}: status {run.status}, {run.seconds:.1f} s")


class Inputs:
    def __init__(self, checks, lab, mailhaul):
        self.checks, self.lab, self.mailhaul = checks, lab, mailhaul
        self.number = 0

    def source(self, user="usersource"):
        return user, self.lab.port(OLD)

    def destination(self, user="userdestination"):
        return user, self.lab.port(NEW)

    def sync(self, source=None, destination=None, *options, **more):
        self.number += 1
        return self.mailhaul.sync(source or self.source(), destination or self.destination(), f"inputs{self.number}", *options, **more)

    def nothing_arrived(self, what):
        connection = self.lab.login(NEW, "userdestination")
        found = [name for name, _, _ in connection.mailboxes() if name.startswith(("Folder", "Été"))]
        connection.close()
        self.checks.that(not found and self.lab.message_count(NEW, "userdestination") == 0,
                         f"{what}: the destination is untouched: {found}")

    def logins(self):
        for side, passwords in (("source", (WRONG, PASSWORD)), ("destination", (PASSWORD, WRONG))):
            what = f"wrong password for the {side}"
            refused(self.checks, self.sync(passwords=passwords), 10, what, side, "login|password|authentic")
            self.nothing_arrived(what)
        run = self.sync(("nobody", self.lab.port(OLD)))
        refused(self.checks, run, 10, "unknown user", "source")
        run = self.sync(None, None, "--source-password", "env:NO_SUCH_VARIABLE_HERE")
        refused(self.checks, run, 66, "password variable that is not set", "NO_SUCH_VARIABLE_HERE")
        run = self.sync(None, None, "--destination-password", "file:/nonexistent/password")
        refused(self.checks, run, 66, "password file that is not there", "/nonexistent/password")

    def connections(self):
        run = self.sync("imap+insecure://usersource@no-such-host.invalid:143")
        refused(self.checks, run, 15, "unknown host", "no-such-host.invalid")
        with socket.socket() as closed:  # bound, so nobody else takes it; not listening, so it refuses
            closed.bind(("127.0.0.1", 0))
            run = self.sync(("usersource", closed.getsockname()[1]))
            refused(self.checks, run, 13, "closed port", "refused|connect", str(closed.getsockname()[1]))
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            run = self.sync(("usersource", silent.getsockname()[1]), None, "--timeout", "2s")
            self.checks.that(run.seconds < 60, f"a server that says nothing is given up: {run.seconds:.1f} s")
            self.checks.that(run.status in (1, 13), f"a server that says nothing: exit status 13 or 1: {run}")
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            pid = os.fork()
            if pid == 0:  # a server of another kind
                try:
                    for _ in range(20):
                        connection, _address = other.accept()
                        connection.sendall(b"SSH-2.0-Other\r\n")
                        connection.close()
                finally:
                    os._exit(0)
            run = self.sync(("usersource", other.getsockname()[1]), None, "--timeout", "5s")
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            self.checks.that(run.status in (1, 13), f"no IMAP server: exit status 1 or 13: {run}")
        self.nothing_arrived("no connection")

    def certificates(self):
        tls = lambda server: self.lab.servers[server]["tls_port"]
        authority = self.lab.facts["ca"]
        url = f"imaps://usersource@127.0.0.1:{tls(POOR)}"
        refused(self.checks, self.sync(url, None, "--ca", authority), 12, "self-signed certificate for another name", "certificate",
                "source")
        refused(self.checks, self.sync(f"imaps://usersource@127.0.0.1:{tls(OLD)}"), 12, "certificate of an unknown authority",
                "certificate")
        refused(self.checks, self.sync(f"imap://usersource@127.0.0.1:{self.lab.port(OLD)}"), 12, "the same after STARTTLS",
                "certificate")
        refused(self.checks, self.sync(f"imap://usersource@127.0.0.1:{self.lab.port(POOR)}", None, "--ca", authority), 12,
                "no TLS where it was asked for", "TLS|certificate")
        self.nothing_arrived("bad certificate")
        for name, source, destination in (("imaps", f"imaps://usersource@localhost:{tls(OLD)}",
                                           f"imaps://usertls1@127.0.0.1:{tls(NEW)}"),
                                          ("STARTTLS", f"imap://usersource@localhost:{self.lab.port(OLD)}",
                                           f"imap://usertls2@127.0.0.1:{self.lab.port(NEW)}")):
            run = self.sync(source, destination, "--ca", authority)
            self.checks.that(run.status == 0, f"{name} with the lab's authority works: {run}")
            self.checks.that("TLS" in run.report.get("source", {}).get("transport", ""), f"{name} is TLS, and told so: "
                                                                                        f"{run.report.get('source')}")

    def wishes(self):
        refused(self.checks, self.sync(None, None, "--folder", "Folder 1"), 16, "folder that is not there", "Folder 1")
        refused(self.checks, self.sync(None, None, "--no-such-option"), 64, "unknown option", "no-such-option")
        refused(self.checks, self.sync(None, None, "--exclude", "(("), 64, "pattern that is none")
        refused(self.checks, self.sync(None, None, "--max-size", "many"), 64, "size that is none", "max-size")
        refused(self.checks, self.sync("no-account-at-all"), 64, "account that is none", "no-account-at-all")
        self.nothing_arrived("wrong command line")
        with tempfile.TemporaryDirectory() as folder:
            blocked = Path(folder) / "file"
            blocked.write_text("this is no folder")
            run = self.sync(None, None, "--ledger", blocked / "ledger")
            refused(self.checks, run, 14, "ledger in a place that cannot be", "ledger")
            refused(self.checks, self.sync(None, None, "--ledger", blocked), 14, "ledger that is another file", "ledger")
            self.checks.that(blocked.read_text() == "this is no folder", "a file that is no ledger is left alone")
        self.nothing_arrived("ledger that cannot be used")
        run = self.sync(None, None, "--dry-run")
        self.checks.that(run.status == 0 and run.total("copied") == 60, f"a dry run tells what it would do: {run}")
        self.nothing_arrived("dry run")

    def one_account(self):
        """The same account under two names of its host. Each would be safe from a second copy, none from being emptied."""
        port, before = self.lab.port(OLD), self.lab.message_count(OLD, "usersource")
        def folders():
            connection = self.lab.login(OLD, "usersource")
            found = sorted(name for name, _, _ in connection.mailboxes())
            connection.close()
            return found

        names = folders()
        here, there = f"imap+insecure://usersource@127.0.0.1:{port}", f"imap+insecure://usersource@localhost:{port}"
        for options in ((), ("--delete-source",), ("--dry-run",)):
            what = f"one account on both sides {' '.join(options)}".strip()
            refused(self.checks, self.sync(here, there, *options), 17, what, "one account", "name another account")
            self.checks.that(self.lab.message_count(OLD, "usersource") == before, f"{what}: every message is still there")
            self.checks.that(folders() == names, f"{what}: no folder is left: {folders()}")

    def full_destination(self):
        """The quota user may store 2 MB, and the source has more."""
        lab, checks = self.lab, self.checks
        said = lab.seed(OLD, "userbig", "--messages", 3000, "--sizes", "fixed:4K", "--folders", 2)
        run = self.sync(self.source("userbig"), self.destination("quota"), passwords=(PASSWORD, PASSWORD))
        refused(checks, run, 11, "destination full", "quota|full|space", "destination")
        stored = lab.message_count(NEW, "quota")
        checks.that(100 < stored < 3000, f"what fits is stored: {stored} ({said.strip()})")
        found = [each for each in lab.differences((OLD, "userbig"), (NEW, "quota"), "--missing-ok", "--automap")
                 if each["kind"] != "no folder"]
        checks.that(not found, f"and each of those is whole and there once: {found[:4]}")
        ledger = f"inputs{self.number}"
        run = self.mailhaul.sync(self.source("userbig"), self.destination("quota"), ledger)
        checks.that(run.status == 11 and lab.message_count(NEW, "quota") in range(stored, stored + 10),
                    f"running again while it is full changes nothing: {run}")
        # The user makes room.
        connection = lab.login(NEW, "quota")
        for name, _, _ in connection.mailboxes():
            selected = connection.ask(b"SELECT " + imap.quoted(name))
            count = int(next(response[0] for response in selected if response[1:] == [b"EXISTS"]))
            if count > 1:
                connection.ask(b"STORE 1:%d +FLAGS.SILENT (\\Deleted)" % (count - count // 10))
                connection.ask(b"EXPUNGE")
        connection.close()
        before = lab.message_count(NEW, "quota")
        run = self.mailhaul.sync(self.source("userbig"), self.destination("quota"), ledger)
        checks.that(lab.message_count(NEW, "quota") > before, f"with room again it goes on: {run}")
        found = [each for each in lab.differences((OLD, "userbig"), (NEW, "quota"), "--missing-ok", "--automap")
                 if each["kind"] == "extra"]
        checks.that(not found, f"and doubles nothing: {found[:4]}")


def test(checks):
    mailhaul = mailhaul_path()
    documented = (ROOT / "docs/exit-codes.md").read_text()
    for status in (0, 10, 11, 12, 13, 14, 15, 16, 17, 64, 66):
        checks.that(f"| {status} |" in documented, f"docs/exit-codes.md tells of status {status}")
    lab = Lab([OLD, NEW, POOR])
    lab.seed(OLD, "usersource", "--messages", 60, "--folders", 3)
    inputs = Inputs(checks, lab, Mailhaul(mailhaul, Path(lab.place) / "ledgers"))
    for part in (inputs.logins, inputs.connections, inputs.certificates, inputs.wishes, inputs.one_account, inputs.full_destination):
        part()


main(test)
