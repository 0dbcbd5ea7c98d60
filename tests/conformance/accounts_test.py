#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many accounts from one file: twenty users moved by Dovecot's master and Cyrus's administrator, rows that are wrong, logins that
must not get locked, a run that is stopped."""
import csv
import json
import os
import signal
import subprocess
import time
from pathlib import Path

from support import PASSWORD, Lab, accounts, fault_proxy, mailhaul_path, main

NEW, CYRUS = "dovecot-new", "cyrus"
MASTER, SECRET = accounts.MASTER_USER, accounts.MASTER_PASSWORD


class Runs:
    def __init__(self, lab, path):
        self.lab, self.path = lab, path
        self.folder = Path(lab.place) / "accounts"
        self.folder.mkdir()

    def end(self, server, user=MASTER, port=None):
        return f"imap+insecure://{user}@127.0.0.1:{port or self.lab.port(server)}"

    def file(self, name, rows, mode=0o600):
        path = self.folder / name
        with open(path, "w", newline="") as out:
            csv.writer(out).writerows(rows)
        path.chmod(mode)
        return path

    def command(self, file, *options, source=None, destination=None):
        return list(map(str, [self.path, "sync", source or self.end(NEW), "--to", destination or self.end(CYRUS), "--accounts", file,
                              "--source-password", "env:S", "--destination-password", "env:D", "--ledgers", self.folder / "ledgers", "--json",
                              *options]))

    def environment(self, source=SECRET, destination=SECRET):
        return {**os.environ, "S": source, "D": destination, "HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state")}

    def __call__(self, file, *options, secrets=(SECRET, SECRET), **ends):
        done = subprocess.run(self.command(file, *options, **ends), env=self.environment(*secrets), text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=180)
        return Outcome(done.returncode, done.stdout, done.stderr)


class Outcome:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err
        self.events = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
        self.accounts = {event["line"]: event["report"] for event in self.events if event["type"] == "account"}
        self.summary = next((event for event in self.events if event["type"] == "accounts"), {})
        self.mistakes = [event["message"] for event in self.events if event["type"] == "usage_error"]

    def __str__(self):
        return f"status {self.status}; {json.dumps(self.summary)}; {[r.get('error') for r in self.accounts.values()]}; {self.mistakes}; {self.err[-600:]}"


def check_twenty(checks, lab, run):
    users = [f"usermany{number:02}" for number in range(1, 21)]
    for number, user in enumerate(users):
        lab.seed(NEW, user, "--messages", 5 + number, "--folders", "3", "--seed", number)
    file = run.file("twenty.csv", [["source", "destination"], *([user, user] for user in users)])
    dry = run(file, "--dry-run")
    checks.that(dry.status == 0 and dry.summary["copied"] > 0, f"a dry run: {dry}")
    done = run(file, "--at-once", "5")
    checks.that(done.status == 0 and done.summary["complete"] == 20 and len(done.accounts) == 20, f"twenty accounts: {done}")
    for line, user in enumerate(users, 2):
        report = done.accounts.get(line, {})
        checks.that(report.get("source", {}).get("label", "").startswith(f"{user}@"), f"line {line} is {user}: {report}")
        found = lab.differences((NEW, user), (CYRUS, user), "--automap")
        checks.that(not found, f"{user} arrived, in their own mailbox: {found}")
    ledgers = list((run.folder / "ledgers").glob("*.ledger"))
    checks.that(len(ledgers) == 20, f"a ledger for each: {ledgers}")
    again = run(file)
    checks.that(again.status == 0 and again.summary["copied"] == 0, f"a second run finds nothing to do: {again}")
    text = subprocess.run([word for word in run.command(file) if word != "--json"], env=run.environment(), text=True, capture_output=True)
    lines = text.stdout.splitlines()
    checks.that(len(lines) == 21 and "20 accounts in" in lines[-1] and "20 complete" in lines[-1], f"a line for each, and for all: {text.stdout}")
    said = done.out + done.err + text.stdout + text.stderr
    checks.that(SECRET not in said and PASSWORD not in said, "no password is shown")
    checks.section("twenty users from one file")


def check_wrong_rows(checks, lab, run):
    for user in ("userrowa", "userrowb", "userrowc"):
        lab.seed(NEW, user, "--messages", "4")
    own = run.folder / "own-password"
    own.write_text(f"{PASSWORD}\n")
    file = run.file("mixed.csv", [
        ["source", "destination", "source_password", "destination_password", "source_password_from", "destination_host"],
        ["userrowa", "userrowa", "", "", "", ""],
        ["userrowb", "userrowx", "", "not it either", "", ""],
        ["userrowb", "userrowb", "not it", PASSWORD, "", ""],
        ["userrowb", "userrowd", "", PASSWORD, f"file:{own}", ""],
        ["userrowc", "userrowc", "", "", "", "127.0.0.1:1"],
    ])
    done = run(file, "--at-once", "2")
    states = {line: report["ending"] for line, report in done.accounts.items()}
    checks.that(states.get(2) == "complete" and states.get(5) == "complete", f"right rows are done, whatever others are: {done}")
    checks.that(all(done.accounts[line].get("error", {}).get("code") == "login_refused" for line in (3, 4)),
                f"a wrong password on either side: {done}")
    checks.that(done.accounts[6]["error"]["code"] == "connect_failed", f"a server that is not there: {done}")
    checks.that(done.status == 13 and done.summary["exit_status"] == 13, f"the status is the worst one: {done}")
    checks.that(not lab.differences((NEW, "userrowb"), (CYRUS, "userrowd"), "--automap"), "the row with its own passwords arrived")
    checks.that("not it" not in done.out + done.err and PASSWORD not in done.out + done.err, "no password is shown")
    checks.section("rows that fail beside rows that do not")


def check_mistakes(checks, lab, run):
    file = run.file("wrong.csv", [["source", "destination", "source_password_from"], ["usera", "userx", ""], ["", "userb", ""],
                                  ["userc", "userx", ""], ["userd", "userd", "file:/nowhere/at/all"], ["usere", "usere", "guess"],
                                  ["imaps://u@", "userf", ""]])
    with fault_proxy(lab.port(CYRUS), "--count") as (port, counts):
        done = run(file, destination=run.end(CYRUS, port=port))
        checks.that(counts()["connections"] == 0 if "connections" in counts() else True, "nobody was connected")
    checks.that(done.status == 64 and not done.accounts, f"nothing is done: {done}")
    for words in (":3: source is empty", ":4: the destination userx@", "that of line 2", ":5: ", "/nowhere/at/all", ":6: source_password_from",
                  ":7: source"):
        checks.that(any(words in mistake for mistake in done.mistakes), f"{words}: {done.mistakes}")
    readable = run.file("readable.csv", [["source", "source_password"], ["usera", "secret-1"]], mode=0o644)
    done = run(readable)
    checks.that(done.status == 64 and "chmod 600" in done.out and "secret-1" not in done.out + done.err, f"passwords for all to read: {done}")
    done = run(run.folder / "none.csv")
    checks.that(done.status == 64 and "cannot be read" in done.out, f"no such file: {done}")
    done = run(file, "--ledger", "x", "--source-authorize-as", "y", "--at-once", "0")
    checks.that(done.status == 64 and len(done.mistakes) == 3, f"options that make no sense with many accounts: {done}")
    checks.section("mistakes in the file, all at once")


def check_lock_out(checks, lab, run):
    file = run.file("many.csv", [["source"], *([f"userlock{number}"] for number in range(12))])
    with fault_proxy(lab.port(NEW), "--count") as (port, counts):
        done = run(file, source=run.end(NEW, port=port), secrets=("wrong", SECRET))
        commands = counts()["commands"]
    sent = sum(count for name, count in commands.items() if name.startswith(("LOGIN", "AUTHENTICATE")))
    checks.that(done.status == 10 and done.summary["needs_person"] == 12, f"a wrong master password: {done}")
    checks.that(sent == 3, f"is sent for three accounts and no more: {commands}")
    checks.that("so that it does not get locked" in done.out, f"and it is said why: {done}")
    checks.section("an administrator's login does not get locked")


def check_star(checks, lab, run):
    lab.seed(NEW, "userstar", "--messages", "6")
    file = run.file("star.csv", [["source"], ["userstar"]])
    done = run(file, source=run.end(NEW, "{user}*master"))
    checks.that(done.status == 0 and not lab.differences((NEW, "userstar"), (CYRUS, "userstar"), "--automap"), f"user*master: {done}")
    old = run.folder / "imapsync.txt"
    row = [f"127.0.0.1:{lab.port(NEW)}", "userstar", PASSWORD, f"127.0.0.1:{lab.port(CYRUS)}", "userstar2", PASSWORD, ""]
    old.write_text("# as imapsync's users have it\n" + ";".join(row) + "\n")
    old.chmod(0o600)
    done = run(old)
    checks.that(done.status == 0 and not lab.differences((NEW, "userstar"), (CYRUS, "userstar2"), "--automap"), f"imapsync's file: {done}")
    checks.section("other forms of logins and files")


def check_stop(checks, lab, run):
    users = [f"userstop{number}" for number in range(6)]
    for user in users:
        lab.seed(NEW, user, "--messages", "40")
    file = run.file("stop.csv", [["source"], *([user] for user in users)])
    process = subprocess.Popen(run.command(file, "--at-once", "1", "--max-messages-per-second", "20"), env=run.environment(), text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    first = process.stdout.readline()  # one is done, the next under way
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    done = Outcome(process.returncode, first + out, err)
    checks.that(done.status == 130 and done.summary["not_begun"] >= 4 and done.summary["complete"] == 1, f"stopped: {done}")
    done = run(file)
    checks.that(done.status == 0, f"and gone on with: {done}")
    for user in users:
        checks.that(not lab.differences((NEW, user), (CYRUS, user), "--automap"), f"{user} is there once")
    checks.section("a run that is stopped")


def test(checks):
    path = mailhaul_path()
    lab = Lab([NEW, CYRUS])
    run = Runs(lab, path)
    began = time.monotonic()
    for check in (check_twenty, check_wrong_rows, check_mistakes, check_lock_out, check_star, check_stop):
        check(checks, lab, run)
    checks.section(f"all of it in {time.monotonic() - began:.0f} s")


main(test)
