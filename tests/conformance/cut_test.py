#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The connection cut at random points between mailhaul and real servers: nothing is lost and nothing is doubled.

Each cut takes one side, one direction and one octet of what goes there, chosen evenly; sometimes several connections in a
row are cut there, sometimes with a reset, and both a server with UIDPLUS and MULTIAPPEND and one without are copied to. What
the run then said must be true; running again without the cut completes it.

MAILHAUL_TEST_CUTS says how many (12 unless told, 300 for the whole campaign); MAILHAUL_TEST_SEED repeats the same ones.
"""
import collections
import os
import queue
import random
import threading
import traceback
from pathlib import Path

from support import Lab, Mailhaul, fault_proxy, mailhaul_path, main
from rig import ports as free

OLD, DESTINATIONS = "dovecot-old", ("dovecot-new", "dovecot-poor")
CUTS = int(os.environ.get("MAILHAUL_TEST_CUTS", "12"))
SEED = int(os.environ.get("MAILHAUL_TEST_SEED") or random.SystemRandom().randrange(1 << 32))
AT_ONCE = 4  # a run that was cut waits a little before it tries again
MAILBOX = ["--messages", 60, "--folders", 2, "--inbox", "--duplicates", 0.1,
           "--odd-kinds", "no Message-ID;empty Message-ID;shared Message-ID;shared Message-ID, other body;twin: first body;"
           "twin: other body;draft: version 1;draft: version 2;draft: version 3;no header;one octet;4097 octets"]

Cut = collections.namedtuple("Cut", "number server side direction octets connections first reset")


class Campaign:
    def __init__(self, checks, lab, mailhaul):
        self.checks, self.lab, self.mailhaul = checks, lab, mailhaul
        self.lock = threading.Lock()
        self.free_ports = free.free_ports()
        self.happened, self.survived, self.seen = 0, 0, collections.Counter()
        self.most = {}  # octets of an undisturbed copy over one connection

    def sync(self, user, ledger, ports, *options):
        return self.mailhaul.sync(("usersource", ports[0]), (user, ports[1]), ledger, "--timeout", "5s", *options)

    def measure(self, server):
        user = f"usermeasure{DESTINATIONS.index(server)}"
        with fault_proxy(self.lab.port(OLD)) as (source, source_counts), \
                fault_proxy(self.lab.port(server)) as (destination, destination_counts):
            run = self.sync(user, user, (source, destination), "--connections", 1)
            for side, counts in (("source", source_counts()), ("destination", destination_counts())):
                for direction in ("up", "down"):
                    self.most[server, side, direction] = counts[f"octets_{direction}"]
        self.checks.that(run.status == 0, f"{server}: an undisturbed copy works: {run}")
        self.checks.section(f"{server}: octets " + ", ".join(f"{side} {direction} {count}" for (each, side, direction), count
                                                             in self.most.items() if each == server))

    def choose(self, number, chance):
        server, side = DESTINATIONS[number % 2], ("source", "destination")[number // 2 % 2]
        direction = ("up", "down")[number // 4 % 2]
        connections = chance.choice((1, 1, 4))
        # Over four connections each has less to say; one that ends before the cut is chosen again.
        most = self.most[server, side, direction] // (1 if connections == 1 else 2)
        return Cut(number, server, side, direction, chance.randint(1, most), connections, chance.choice((1, 1, 2, 5)),
                   chance.random() < 0.25)

    def try_cut(self, cut, attempt):
        """True where it happened; then all must hold."""
        user = ledger = f"usercut{cut.number}x{attempt}"
        breaks = [f"--cut-{cut.direction}", cut.octets, "--only-first", cut.first, *(["--reset"] if cut.reset else [])]
        at_source, at_destination = (breaks, []) if cut.side == "source" else ([], breaks)
        with self.lock:  # to a ledger another port is another server, so both runs find them at the same
            ports = next(self.free_ports), next(self.free_ports)
        with fault_proxy(self.lab.port(OLD), "--listen", ports[0], *at_source) as (_, source_counts), \
                fault_proxy(self.lab.port(cut.server), "--listen", ports[1], *at_destination) as (_, destination_counts):
            broken = self.sync(user, ledger, ports, "--connections", cut.connections)
            counts = source_counts(), destination_counts()
        if not sum(count.get("cut", 0) for count in counts):
            return False
        that, held = self.checks.that, True
        where = (OLD, "usersource"), (cut.server, user)
        found = self.lab.differences(*where, "--automap")
        held &= that(broken.status != 0 or not found, f"{cut}: it said all is well, and it is not: {found[:3]}")
        doubled = [each for each in found if each["kind"] == "extra"]
        held &= that(not doubled, f"{cut}: nothing is doubled: {doubled[:3]}")
        held &= that(broken.status == 0 or broken.report.get("error"), f"{cut}: it tells what happened: {broken}")
        with fault_proxy(self.lab.port(OLD), "--listen", ports[0]), fault_proxy(self.lab.port(cut.server), "--listen", ports[1]):
            ended = self.sync(user, ledger, ports)
        held &= that(ended.status == 0, f"{cut}: running again completes it: {ended}")
        found = self.lab.differences(*where, "--automap")
        held &= that(not found, f"{cut}: nothing lost, nothing doubled; {len(found)} differences: {found[:4]}; it said {ended}")
        with self.lock:
            self.happened += 1
            self.survived += held
            self.seen[f"{cut.server} {cut.side} {cut.direction}"] += 1
            self.seen["ended well by itself" if broken.status == 0 else "needed another run"] += 1
        return True

    def work(self, numbers):
        while True:
            try:
                number = numbers.get_nowait()
            except queue.Empty:
                return
            chance = random.Random(f"{SEED} {number}")
            try:
                if not any(self.try_cut(self.choose(number, chance), attempt) for attempt in range(20)):
                    self.checks.that(False, f"cut {number} did not happen in 20 attempts")
            except Exception:
                self.checks.that(False, f"cut {number}: the test itself broke:\n{traceback.format_exc()}")

    def run(self):
        numbers = queue.Queue()
        for number in range(CUTS):
            numbers.put(number)
        workers = [threading.Thread(target=self.work, args=(numbers,)) for _ in range(AT_ONCE)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.checks.that(self.happened == CUTS, f"{self.happened} cuts happened, {CUTS} wanted")
        seen = ", ".join(f"{words}: {count}" for words, count in sorted(self.seen.items()))
        self.checks.section(f"{self.survived} of {self.happened} cuts survived; {seen}")


def test(checks):
    path = mailhaul_path()
    print(f"MAILHAUL_TEST_SEED={SEED}", flush=True)
    lab = Lab([OLD, *DESTINATIONS])
    campaign = Campaign(checks, lab, Mailhaul(path, Path(lab.place) / "ledgers"))
    lab.seed(OLD, "usersource", *MAILBOX)
    for server in DESTINATIONS:
        campaign.measure(server)
    campaign.run()


main(test)
