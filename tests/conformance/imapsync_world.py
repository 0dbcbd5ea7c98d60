# SPDX-License-Identifier: Apache-2.0
"""What imapsync_test.py works with: accounts that nobody has used, the program under the name imapsync, and what is on the
servers, read without any code of ours."""
import contextlib
import os
import re
import subprocess
from pathlib import Path

from support import PASSWORD, imap

A, B = "dovecot-old", "dovecot-new"
SCENARIOS = []
DATE = "Thu, 01 Jan 2026 12:00:00 +0000"


def scenario(number, *names):
    """Registers a scenario by its number in the table (0: not of the table) and the names of imapsync's own functions."""
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
