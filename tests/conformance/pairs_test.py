#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""From every server to every other: an account full of oddities arrives whole, or what did not is named and truly refused.

For each ordered pair of the lab's servers: copy; judge; copy again, which must do nothing; forget the ledger and copy again,
which must recognise everything. What should have arrived is found out by storing every message once more, one by one and
as it is, in mailboxes beside: servers refuse some, and rewrite others. mailhaul's copy must be equal to that one, and what
its report names must be exactly what was refused there.
"""
import json
import os
import tempfile
import time
from pathlib import Path

from support import Lab, LabMissing, Mailhaul, mailhaul_path, main, names, plain_copy

SERVERS = ["dovecot-old", "dovecot-new", "dovecot-poor", "cyrus"]
SEED = ["--messages", 200, "--folders", 3, "--odd"]
SUM_OF = ("already", "adopted", "copied", "filtered", "duplicates", "withheld", "failed")


class Pair:
    """A source account, its copy, and the copy made beside for comparison."""

    def __init__(self, lab, mailhaul, source, destination):
        self.lab, self.mailhaul, self.servers = lab, mailhaul, (source, destination)
        self.name = f"{source} -> {destination}"
        self.users = ("userodd", f"userfrom{SERVERS.index(source)}")
        self.control = f"usercontrol{SERVERS.index(source)}"
        self.ledger = f"{source}-to-{destination}"
        self.here, self.there = (names.Naming(lab.servers[server]["prefix"], lab.servers[server]["separator"])
                                 for server in self.servers)

    def copy(self):
        return self.mailhaul.sync(*((user, self.lab.port(server)) for user, server in zip(self.users, self.servers)), self.ledger)

    def mailboxes(self, run):
        """[(its report, source path, destination path, whether that is the plain translation)]"""
        for mailbox in run.report["mailboxes"]:
            source, destination = self.here.path(mailbox["source_raw"]), self.there.path(mailbox["destination_raw"])
            plain = tuple(level.replace(self.there.separator, "_") for level in source)
            yield mailbox, source, destination, destination == plain

    def differences(self, source, destination, renames, *options):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump([[list(old), list(new)] for old, new in renames], file)
            file.flush()
            return self.lab.differences(source, destination, "--rename-file", file.name, *options)

    def copy_beside(self, run):
        """Stores everything once more, one mailbox for each of the source's; gives (renames for the judge, what was refused)."""
        mailboxes = list(self.mailboxes(run))
        places = {mailbox["source_raw"]: f"{self.there.prefix}c{number}" for number, (mailbox, *_) in enumerate(mailboxes)}
        source, destination = self.lab.login(self.servers[0], self.users[0]), self.lab.login(self.servers[1], self.control)
        refused = plain_copy(source, destination, places)
        source.close()
        destination.close()
        return [((f"c{number}",), place) for number, (_, _, place, _) in enumerate(mailboxes)], refused


def check_report(checks, pair, run, source_count):
    """What the report says of itself."""
    named = run.report["exceptions"]
    checks.that((run.status == 3) == bool(named), f"{pair.name}: status 3 is for named exceptions, and there are {len(named)}: {run}")
    checks.that(all(each["reason"] for each in named), f"{pair.name}: each exception has a reason")
    failed = [mailbox for mailbox in run.report["mailboxes"] if mailbox.get("error")]
    checks.that(not failed, f"{pair.name}: no mailbox fails: {[(each['source'], each['error']) for each in failed][:4]}")
    checks.that(run.total("source_messages") == source_count,
                f"{pair.name}: it saw all {source_count} messages, and tells of {run.total('source_messages')}")
    for counts in [run.report["totals"], *run.report["mailboxes"]]:
        checks.that(sum(counts[each] for each in SUM_OF) == counts["source_messages"],
                    f"{pair.name}: every message is counted once: {counts}")


def check_places(checks, pair, run):
    """Every mailbox is where it belongs, in its order; a name that had to change is told."""
    warnings = "\n".join(run.report["warnings"])
    renames, silent = [], []
    for mailbox, source, destination, is_plain in pair.mailboxes(run):
        if not is_plain and not mailbox["rule"].startswith("special"):
            renames.append((source, destination))
            if mailbox["source"] not in warnings and mailbox["source_raw"] not in warnings:
                silent.append(f"{'/'.join(source)} -> {'/'.join(destination)} ({mailbox['rule']})")
    checks.that(not silent, f"{pair.name}: nothing is renamed without a word: {silent}")
    found = pair.differences(*zip(pair.servers, pair.users), renames, "--automap", "--order", "--subscriptions")
    found = [each for each in found if each["kind"] in ("no folder", "order", "not subscribed")]
    checks.that(not found, f"{pair.name}: every mailbox is there, subscribed, and in order: {found[:6]}")


def check_pair(checks, pair, source_count):
    started = int(time.time())
    first = pair.copy()
    checks.section(f"{pair.name}: {first.seconds:.1f} s, copied {first.total('copied')}, refused {first.total('failed')}")
    if not checks.that(first.report and first.status in (0, 3), f"{pair.name}: it ends well: {first}"):
        return
    check_report(checks, pair, first, source_count)
    check_places(checks, pair, first)

    renames, refused = pair.copy_beside(first)
    named = {(each["mailbox_raw"], each["uid"]): each["reason"] for each in first.report["exceptions"]}
    checks.that(not named.keys() - refused.keys(), f"{pair.name}: what it names as refused was refused; these the server takes: "
                                                   f"{[(key, named[key]) for key in sorted(named.keys() - refused.keys())][:4]}")

    def judged():
        found = pair.differences((pair.servers[1], pair.control), (pair.servers[1], pair.users[1]), renames)
        # Where the server does not keep a date (Cyrus: 1 January 1970, midnight), both have the time of their storing.
        return [each for each in found if each["kind"] != "dates" or min(each["date1"], each["date2"]) < started]

    found = judged()
    checks.that(not found, f"{pair.name}: the copy is what it should be; {len(found)} differences: {found[:6]}")

    stored = pair.lab.message_count(pair.servers[1], pair.users[1])
    second = pair.copy()
    checks.that(second.status == first.status, f"{pair.name}: a second run ends as the first: {second}")
    checks.that((second.total("copied"), second.total("adopted")) == (0, 0), f"{pair.name}: a second run copies nothing: {second}")
    pair.mailhaul.forget(pair.ledger)
    third = pair.copy()
    checks.that(third.status == first.status and third.total("copied") == 0,
                f"{pair.name}: without its ledger it recognises everything: {third}")
    check_report(checks, pair, third, source_count)
    count = pair.lab.message_count(pair.servers[1], pair.users[1])
    checks.that(count == stored, f"{pair.name}: nothing is doubled: {stored} messages before, {count} now")
    if count != stored or third.total("flags_changed") or second.total("flags_changed"):
        found = judged()
        checks.that(not found, f"{pair.name}: it is still what it should be; {len(found)} differences: {found[:6]}")


def start_lab(checks):
    """All servers; without Cyrus where that cannot be fetched, for it alone comes over the network. CI takes no excuse."""
    try:
        return Lab(SERVERS), SERVERS
    except LabMissing as missing:
        if os.environ.get("CI") or "apt-get" not in str(missing):
            raise
        print(f"NOT TESTED: cyrus, for it could not be fetched: {missing}")
        return Lab(SERVERS[:-1]), SERVERS[:-1]


def test(checks):
    path = mailhaul_path()
    lab, servers = start_lab(checks)
    mailhaul = Mailhaul(path, Path(lab.place) / "ledgers")
    for server in servers:
        said = lab.seed(server, "userodd", *SEED)
        checks.section(f"{server}: {said.strip()}")
    only = os.environ.get("MAILHAUL_TEST_PAIRS", "")  # "dovecot-old:cyrus,..." while looking for a fault
    for source in servers:
        count = lab.message_count(source, "userodd")
        for destination in servers:
            if source != destination and (not only or f"{source}:{destination}" in only.split(",")):
                check_pair(checks, Pair(lab, mailhaul, source, destination), count)


main(test)
