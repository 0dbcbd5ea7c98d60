# SPDX-License-Identifier: Apache-2.0
"""Runs the programs of a case in turn, so that what disturbs the machine disturbs all alike, and keeps what each run cost."""
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace

from suite import cases, servers
from suite.programs import PROGRAMS, Trouble

SECONDS_FOR_ONCE = 100   # who takes longer runs in the first round only
MANY_MESSAGES = 100_000  # from here on it is told how memory grew
SPREAD_TO_TELL = 1.3     # slowest by fastest round, from which on the table calls a case noisy


def say(words):
    print(f"bench: {words}", file=sys.stderr, flush=True)


@dataclass
class Result:
    """One program in one case, over the rounds."""
    runs: list = field(default_factory=list)  # {"seconds", "cpu", "peak_kib", ...}: numbers, and some words
    trouble: str = ""

    def median(self, what):
        values = [run[what] for run in self.runs if run.get(what) is not None]
        return statistics.median(values) if values else None

    def words(self, what):
        return ", ".join(dict.fromkeys(run[what] for run in self.runs if run.get(what)))

    @property
    def spread(self):
        seconds = [run["seconds"] for run in self.runs]
        return (min(seconds), max(seconds)) if seconds else (0, 0)

    @property
    def is_noisy(self):
        least, most = self.spread
        return most > least * SPREAD_TO_TELL and most - least > 0.1


@dataclass
class Contestant:
    program: object
    variant: str
    result: Result
    user: str = ""  # of the destination, where a later pass needs what the first one copied

    @property
    def label(self):
        return f"{self.program.name}, {self.variant}" if self.variant else self.program.name


class CaseRun:
    """One case in one lab."""

    def __init__(self, name, case, lab, tools, options):
        self.name, self.case, self.lab, self.tools, self.options = name, case, lab, tools, options
        self.results = {}  # (program, variant): Result
        self.contestants = []
        for program in options.programs:
            if program in case.programs and (case.measured == cases.COPY or PROGRAMS[program].remembers):
                self.enter(program)

    def enter(self, name):
        for variant in (self.case.variants or [""]) if name == "mailhaul" else [""]:
            result = self.results[name, variant] = Result()
            try:
                self.contestants.append(Contestant(PROGRAMS[name](self.tools, self.lab, self.case), variant, result))
            except Trouble as trouble:
                result.trouble = str(trouble)
                say(f"{self.name}: {trouble}")

    def measure(self):
        began = time.monotonic()
        say(f"{self.name}: {self.case.question}")
        self.source = self.lab.source(self.case.mail)
        if self.case.measured == cases.PASS:
            with self.lab.ways(replace(self.case, links=cases.Links(counted=True))) as swift:
                self.prepare(swift)
            with self.lab.ways(self.case, through=swift) as ways:  # for a ledger knows its servers by their ports
                self.passes(ways)
        else:
            for number in range(1, self.options.rounds + 1):
                for contestant in list(self.contestants):
                    with self.lab.ways(self.case) as ways:  # anew: some of them count what they let pass
                        contestant.user = self.lab.new_user()
                        self.attempt(contestant, number, ways)
                        self.lab.forget(self.lab.new, contestant.user)
        say(f"{self.name}: took {time.monotonic() - began:.0f} s in all")
        return self.results

    def prepare(self, ways):
        for contestant in list(self.contestants):
            contestant.user = self.lab.new_user()
            try:
                contestant.program.run(ways, self.source, contestant.user, contestant.variant)
            except Trouble as trouble:
                self.give_up(contestant, trouble)

    def passes(self, ways):
        for number in range(1, self.options.rounds + 1):
            if self.case.changes:
                self.lab.change(self.source, self.case.changes)
            for contestant in list(self.contestants):
                self.attempt(contestant, number, ways)
        self.lab.forget(self.lab.new, "userbench")

    def attempt(self, contestant, number, ways):
        try:
            self.lab.settle()
            ways.traffic()
            run = contestant.program.run(ways, self.source, contestant.user, contestant.variant)
            if not contestant.program.tries:
                run |= ways.traffic()
            contestant.result.runs.append(run | self.derived(run))
            say(f"{self.name}: round {number}: {contestant.label}: {run['seconds']:.2f} s")
            if number == 1 and self.options.check and run.get("ending", "complete") == "complete":
                self.compare(contestant.program, run.get("user", contestant.user))
            if run["seconds"] > SECONDS_FOR_ONCE and number < self.options.rounds:
                say(f"{self.name}: {contestant.label} takes so long that it runs once only")
                self.contestants.remove(contestant)
        except Trouble as trouble:
            self.give_up(contestant, trouble)

    def give_up(self, contestant, trouble):
        say(f"{self.name}: {contestant.label}: {trouble}")
        contestant.result.trouble = str(trouble)
        self.contestants.remove(contestant)

    def derived(self, run):
        facts = {}
        if self.case.links.rate:
            facts["link_share"] = self.source.octets / run["seconds"] / self.case.links.rate
        memory = run["memory"]
        if self.case.mail.messages >= MANY_MESSAGES and len(memory) >= 10:
            facts |= {"memory_early": memory[len(memory) // 10], "memory_late": memory[-1]}
        return facts

    def compare(self, program, user):
        """A fast copy that is wrong is no copy."""
        accounts = self.case.mail.accounts
        pairs = [(f"{self.source.user}{number}", f"{user}a{number}") for number in (1, accounts)] if accounts else [
            (self.source.user, user)]
        for source_user, destination_user in pairs:
            command = [servers.ROOT / "lab/compare", "--port1", self.lab.old["port"], "--user1", source_user,
                       "--port2", self.lab.new["port"], "--user2", destination_user, *program.check]
            done = subprocess.run(list(map(str, command)), text=True, capture_output=True)
            if done.returncode:
                raise Trouble(f"its copy is wrong: {(done.stdout + done.stderr).strip().splitlines()[-1]}")


def memory_slope(results):
    """KiB that each further account at the same time takes, from two variants "N at once"; nothing where there are none."""
    peaks = sorted((int(variant.split()[0]), result.median("peak_kib")) for (_program, variant), result in results.items()
                   if variant.endswith(" at once") and result.runs)
    if len(peaks) < 2:
        return None
    (few, least), (many, most) = peaks[0], peaks[-1]
    return (most - least) / (many - few)
