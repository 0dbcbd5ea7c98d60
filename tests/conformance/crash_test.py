#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""mailhaul killed at any moment of a copy between real servers: run again, nothing is lost and nothing is doubled.

SIGKILL, at moments spread evenly over the time that an undisturbed copy takes, measured first: to a server with UIDPLUS and
MULTIAPPEND and to one without, every fifth with --delete-source, every third time the next run is killed as well. Then it
runs to its end, at once and with the ledger as it was left, and the judge compares; one more run must find nothing to do.

MAILHAUL_TEST_KILLS says how many (12 unless told, 300 for the whole campaign); MAILHAUL_TEST_SEED repeats the same moments.
"""
import collections
import os
import random
import signal
import statistics
from pathlib import Path

from support import Lab, Mailhaul, mailhaul_path, main

OLD, DESTINATIONS = "dovecot-old", ("dovecot-new", "dovecot-poor")
KILLS = int(os.environ.get("MAILHAUL_TEST_KILLS", "12"))
SEED = int(os.environ.get("MAILHAUL_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
MAILBOX = ["--messages", 150, "--folders", 12, "--inbox", "--duplicates", 0.1,
           # Those that are hard to recognise again: no Message-ID, a shared one, no header, versions of one draft.
           "--odd-kinds", "no Message-ID;empty Message-ID;shared Message-ID;shared Message-ID, other body;twin: first body;"
           "twin: other body;draft: version 1;draft: version 2;draft: version 3;no header;header only;one octet;bare LF"]


class Campaign:
    """Kills of copies to one destination."""

    def __init__(self, checks, lab, mailhaul, server, chance):
        self.checks, self.lab, self.mailhaul, self.server, self.chance = checks, lab, mailhaul, server, chance
        self.number = 0
        self.kills, self.ended_before, self.survived = 0, 0, 0
        self.stood_at = collections.Counter()  # how much of the account was there when it was killed
        self.messages = lab.message_count(OLD, "usersource")
        self.seconds = statistics.median(self.undisturbed() for _ in range(3))
        checks.section(f"{server}: a copy of {self.messages} messages takes {self.seconds:.2f} s")

    def names(self):
        self.number += 1
        name = f"{self.server.removeprefix('dovecot-')}{self.number}"
        self.mailhaul.forget(name)
        return f"user{name}", name

    def sync(self, source, user, ledger, *options, seconds=None):
        return self.mailhaul.sync((source, self.lab.port(OLD)), (user, self.lab.port(self.server)), ledger, *options,
                                  signal_after=None if seconds is None else (seconds, signal.SIGKILL))

    def undisturbed(self):
        user, ledger = self.names()
        run = self.sync("usersource", user, ledger)
        self.checks.that(run.status == 0, f"{self.server}: an undisturbed copy works: {run}")
        return run.seconds

    def differences(self, user):
        return self.lab.differences((OLD, "usersource"), (self.server, user), "--automap")

    def kill_at(self, seconds, moves, twice):
        """True where the run still went when it was killed."""
        user, ledger = self.names()
        source, options = "usersource", []
        if moves:
            source, options = f"usermoved{user}", ["--delete-source"]
            self.lab.seed(OLD, source, *MAILBOX)
        killed = self.sync(source, user, ledger, *options, seconds=seconds)
        if killed.status != -signal.SIGKILL:
            self.ended_before += 1
            self.seconds += (killed.seconds - self.seconds) / 4  # the machine is less busy now
            return False
        what = f"{self.server}, {user}, killed after {seconds:.4f} s{', moving' if moves else ''}"
        self.kills += 1
        there = self.lab.message_count(self.server, user)
        self.stood_at["nothing" if not there else "everything" if there == self.messages else "a part"] += 1
        doubled = [each for each in self.differences(user) if each["kind"] == "extra"]
        held = self.checks.that(not doubled, f"{what}: nothing is doubled: {doubled[:3]}")
        if twice:
            again = self.chance.uniform(0, self.seconds)
            self.sync(source, user, ledger, *options, seconds=again)
            what += f" and again after {again:.4f} s"
        ended = self.sync(source, user, ledger, *options)
        held &= self.checks.that(ended.status == 0, f"{what}: the next run ends it: {ended}")
        found = self.differences(user)
        held &= self.checks.that(not found, f"{what}: with {there} messages there; nothing lost, nothing doubled; "
                                            f"{len(found)} differences: {found[:4]}; it said {ended}")
        if moves:
            left = self.lab.message_count(OLD, source)
            held &= self.checks.that(left == 0, f"{what}: {left} messages are left on the source")
        else:
            idle = self.sync(source, user, ledger)
            held &= self.checks.that((idle.status, idle.total("copied"), idle.total("adopted"), idle.total("flags_changed"))
                                     == (0, 0, 0, 0), f"{what}: and the one after it finds nothing to do: {idle}")
        self.survived += held
        return True

    def run(self, wanted):
        kinds = [(number % 5 == 4, number % 3 == 2) for number in range(wanted)]  # moves, twice
        self.chance.shuffle(kinds)
        for number, (moves, twice) in enumerate(kinds):
            at = (number + self.chance.random()) / wanted
            for _ in range(20):  # one that had ended already is no kill: at another moment then
                if self.kill_at(at * self.seconds, moves, twice):
                    break
                at = self.chance.random()
        self.checks.that(self.kills == wanted, f"{self.server}: {self.kills} runs killed, {wanted} wanted")
        stood = ", ".join(f"{count} with {words} there" for words, count in sorted(self.stood_at.items()))
        self.checks.section(f"{self.server}: {self.survived} of {self.kills} kills survived: {stood}; "
                            f"{self.ended_before} more had ended before the kill")


def test(checks):
    path = mailhaul_path()
    print(f"MAILHAUL_TEST_SEED={SEED}", flush=True)
    chance = random.Random(SEED)
    lab = Lab([OLD, *DESTINATIONS])
    mailhaul = Mailhaul(path, Path(lab.place) / "ledgers")
    lab.seed(OLD, "usersource", *MAILBOX)
    for number, server in enumerate(DESTINATIONS):
        Campaign(checks, lab, mailhaul, server, chance).run((KILLS + number) // len(DESTINATIONS))


main(test)
