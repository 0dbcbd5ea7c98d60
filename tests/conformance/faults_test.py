#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Connections that break, servers that lose an answer, and mailhaul itself killed: nothing is lost and nothing is doubled.

Each scenario breaks one run, then runs again without the break, with the same ledger, and judges: both accounts hold the
same messages, each as often as the source has it. A broken run may end well (it tried again by itself) or not; what it must
not do is say that all is well when it is not.
"""
import signal
from pathlib import Path

from support import Lab, Mailhaul, fault_proxy, mailhaul_path, main

OLD, NEW, POOR = "dovecot-old", "dovecot-new", "dovecot-poor"
SEED = ["--messages", 120, "--folders", 3, "--inbox", "--duplicates", 0.05,
        # Those that are hard to recognise again: no Message-ID, a shared one, drafts in several versions.
        "--odd-kinds", "no Message-ID;empty Message-ID;shared Message-ID;shared Message-ID, other body;twin: first body;"
        "twin: other body;draft: version 1;draft: version 2;draft: version 3;no header;long line;65536 octets"]
# A line that stands still for a while is no slow one: nothing is to be tried on it.
QUICK = ["--timeout", "4s", "--no-source-compress", "--no-destination-compress"]

# Where it breaks: (name, destination server, options of the proxy before the source, of that before the destination)
BREAKS = [
    ("login cut at the source", NEW, ["--fault", "LOGIN 1: cut", "--fault", "AUTHENTICATE 1: cut"], []),
    ("first FETCH cut at once", NEW, ["--fault", "UID FETCH 1: cut"], []),
    ("FETCH cut in the middle of a body", NEW, ["--cut-down", 60000, "--only-first", 2], []),
    ("FETCH cut again and again", NEW, ["--cut-down", 90000, "--only-first", 6], []),
    ("FETCH refused once", NEW, ["--fault", "UID FETCH 4: NO [SERVERBUG] try again"], []),
    ("source says BYE", NEW, ["--fault", "UID FETCH 3: BYE maintenance, try later"], []),
    ("source falls silent", NEW, ["--freeze-down", 70000, "--only-first", 1], []),
    ("APPEND cut before the server sees it", NEW, [], ["--fault", "APPEND 2: cut"]),
    ("APPEND cut in its command line", NEW, [], ["--fault", "APPEND 1: cut-inside 30"]),
    ("APPEND cut in the body", NEW, [], ["--fault", "APPEND 2: cut-inside 3000"]),
    ("APPEND done, its answer lost", NEW, [], ["--fault", "APPEND 1: cut-after"]),
    ("a later APPEND done, its answer lost", NEW, [], ["--fault", "APPEND 3: cut-after"]),
    ("three answers lost", NEW, [], ["--fault", "APPEND 1-3: cut-after"]),
    ("answer lost, server without UIDPLUS", POOR, [], ["--fault", "APPEND 5: cut-after"]),
    ("cut in the body, server without LITERAL+", POOR, [], ["--fault", "APPEND 7: cut-inside 900"]),
    ("APPEND refused once", NEW, [], ["--fault", "APPEND 2: NO [SERVERBUG] internal error"]),
    ("APPEND refused as unavailable", NEW, [], ["--fault", "APPEND 2: NO [UNAVAILABLE] try again in 1 s"]),
    ("destination says BYE", NEW, [], ["--fault", "APPEND 2: BYE shutting down"]),
    ("destination falls silent", NEW, [], ["--fault", "APPEND 2: freeze"]),
    ("CREATE done, its answer lost", NEW, [], ["--fault", "CREATE 2: cut-after"]),
    ("both sides cut at random", NEW, ["--cut-random", 150000, "--only-first", 8], ["--cut-random", 150000, "--only-first", 8]),
    ("reset instead of a close", NEW, ["--cut-down", 100000, "--only-first", 2, "--reset"],
     ["--cut-up", 100000, "--only-first", 2, "--reset"]),
    ("one connection allowed", NEW, ["--max-connections", 1], ["--max-connections", 1]),
    ("throttled", NEW, [], ["--throttle", "12/1", "--throttle-text", "[LIMIT] too many commands, try again in 1 s"]),
]


class Scenario:
    def __init__(self, checks, lab, mailhaul, number, name, destination, source="usersource"):
        self.checks, self.lab, self.mailhaul, self.name, self.server = checks, lab, mailhaul, name, destination
        self.source, self.destination, self.ledger = source, f"userfault{number}", f"faults{number}"

    def sync(self, source_port=None, destination_port=None, **more):
        return self.mailhaul.sync((self.source, source_port or self.lab.port(OLD)),
                                  (self.destination, destination_port or self.lab.port(self.server)), self.ledger, *QUICK, **more)

    def differences(self):
        return self.lab.differences((OLD, self.source), (self.server, self.destination), "--automap")

    def judge(self, broken, source_port, destination_port):
        """After the broken run: what it said must be true. Then run again, and all must be there once. The ports stay the
        same, for to a ledger another port is another server."""
        checks, name = self.checks, self.name
        found = self.differences()
        if broken.status == 0:
            checks.that(not found, f"{name}: it said all is well, and it is not: {found[:3]}")
        doubled = [each for each in found if each["kind"] == "extra"]
        checks.that(not doubled, f"{name}: nothing is doubled: {doubled[:3]}")
        with fault_proxy(self.lab.port(OLD), "--listen", source_port), \
                fault_proxy(self.lab.port(self.server), "--listen", destination_port):
            again = self.sync(source_port, destination_port)
        checks.that(again.status == 0, f"{name}: running again completes it: {again}")
        found = self.differences()
        checks.that(not found, f"{name}: nothing lost, nothing doubled; {len(found)} differences: {found[:4]}")
        checks.section(f"{name}: status {broken.status} after {broken.seconds:.1f} s, then {again.status}, "
                       f"copied {again.total('copied')}, adopted {again.total('adopted')}")


def broken_by_the_network(checks, lab, mailhaul, number, name, destination, at_source, at_destination):
    scenario = Scenario(checks, lab, mailhaul, number, name, destination)
    with fault_proxy(lab.port(OLD), *at_source) as (source_port, source_counts), \
            fault_proxy(lab.port(destination), *at_destination) as (destination_port, destination_counts):
        broken = scenario.sync(source_port, destination_port)
        counts = [source_counts(), destination_counts()]
    happened = sum(count.get(what, 0) for count in counts for what in ("cut", "faults", "frozen", "refused"))
    checks.that(happened, f"{name}: the break did not happen, so this tests nothing: {counts}")
    checks.that(broken.seconds < 60, f"{name}: it comes to an end: {broken}")
    scenario.judge(broken, source_port, destination_port)


def broken_by_us(checks, lab, mailhaul, number, name, which, seconds):
    """mailhaul is killed, or told to stop, while the way is long enough to be in the middle of something."""
    scenario = Scenario(checks, lab, mailhaul, number, name, NEW, "userlonger")
    with fault_proxy(lab.port(OLD)) as (source_port, _), fault_proxy(lab.port(NEW), "--rtt", 10, "--rate", 300000) \
            as (destination_port, _):
        broken = scenario.sync(source_port, destination_port, signal_after=(seconds, which))
    if which == signal.SIGTERM and broken.status != 0:
        checks.that(broken.status == 130, f"{name}: told to stop, it says so with status 130: {broken}")
    scenario.judge(broken, source_port, destination_port)


def asleep(checks, lab, mailhaul, number, name, at_source):
    """mailhaul is stopped for longer than its deadlines, as by a laptop that is closed."""
    scenario = Scenario(checks, lab, mailhaul, number, name, NEW, "userlonger")
    with fault_proxy(lab.port(OLD), *at_source) as (source_port, source_counts), \
            fault_proxy(lab.port(NEW), "--rtt", 10, "--rate", 300000) as (destination_port, _):
        run = scenario.sync(source_port, destination_port, asleep=(0.7, 9))
        counts = source_counts()
    checks.that(run.seconds > 9.7, f"{name}: it slept, or this tests nothing: {run}")
    checks.that(run.status == 0 and run.seconds < 40, f"{name}: it goes on and completes: {run}")
    scenario.judge(run, source_port, destination_port)
    return counts


def test(checks):
    path = mailhaul_path()
    lab = Lab([OLD, NEW, POOR])
    mailhaul = Mailhaul(path, Path(lab.place) / "ledgers")
    lab.seed(OLD, "usersource", *SEED)
    lab.seed(OLD, "userlonger", "--messages", 700, "--sizes", "mean:2K", "--folders", 14)
    number = 0
    for name, destination, at_source, at_destination in BREAKS:
        number += 1
        broken_by_the_network(checks, lab, mailhaul, number, name, destination, at_source, at_destination)
    for word, which in (("killed", signal.SIGKILL), ("told to stop", signal.SIGTERM)):
        for seconds in (0.2, 0.5, 0.8, 1.1):
            number += 1
            broken_by_us(checks, lab, mailhaul, number, f"{word} after {seconds} s", which, seconds)
    number += 1
    counts = asleep(checks, lab, mailhaul, number, "stopped, and the servers wait", ["--count"])
    checks.that(counts["connections"] <= 8, f"living connections are kept: {counts}")
    number += 1
    counts = asleep(checks, lab, mailhaul, number, "stopped, and the connections die", ["--cut-seconds", 3, "--only-first", 4])
    checks.that(counts["cut"] > 0, f"they died: {counts}")
    number += 1
    counts = asleep(checks, lab, mailhaul, number, "stopped, and the network forgets", ["--freeze-seconds", 3, "--only-first", 4])
    checks.that(counts["frozen"] > 0, f"it forgot: {counts}")


main(test)
