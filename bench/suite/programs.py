# SPDX-License-Identifier: Apache-2.0
"""The programs that are measured: each knows its command line, and what its output says that no clock does.

A program is made for one case, and run again and again, each time with the ways to the servers, the source and a user of
the destination. Where a case has several accounts, source and user stand for `<source>1`, `<source>2` ... and `<user>a1` ...
"""
import datetime
import json
import shutil
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROCESSES = 4  # of those that move one account each, when there are many


class Trouble(Exception):
    pass


@dataclass
class Tools:
    """Where the programs are that this project builds."""
    mailhaul: Path
    folder: Path  # of the others


class Program:
    name = ""
    check = ()          # how to compare its copy with the source (lab/compare)
    remembers = True    # a second pass finds what the first one copied
    tries = False       # several ways in the first round, so what passes the links then is not one run's

    def __init__(self, tools, lab, case):
        self.tools, self.lab, self.case = tools, lab, case
        self.accounts = case.mail.accounts
        self.output = lab.folder / "output.txt"
        if missing := self.missing(tools):
            raise Trouble(missing)

    @staticmethod
    def missing(_tools):
        """What is not there without which it cannot run, in words."""
        return ""

    def command(self, ways, source, user, variant):
        raise NotImplementedError

    def facts(self):
        """What its output says of the run."""
        return {}

    def run(self, ways, source, user, variant):
        """{"seconds", "cpu", "peak_kib", "memory", ...}, where the program ended well."""
        return {**self.measured(self.command(ways, source, user, variant)), **self.facts()}

    def measured(self, command):
        costs = self.lab.folder / "costs.json"
        servers_before = self.lab.processor_seconds()
        with open(self.output, "wb") as file:
            done = subprocess.run([self.tools.folder / "measured", costs, *map(str, command)], stdin=subprocess.DEVNULL,
                                  stdout=file, stderr=subprocess.STDOUT, env=self.lab.environment)
        if done.returncode and not self.case.may_end_early:
            tail = self.output.read_bytes()[-2000:].decode("utf-8", "replace").strip().splitlines()
            raise Trouble(f"exit status {done.returncode}: {tail[-1][:300] if tail else 'no word'}")
        costs = json.loads(costs.read_text())
        run = {"seconds": costs["seconds"], "cpu": costs["user"] + costs["system"], "peak_kib": costs["peak_kib"],
               "memory": costs["memory"], "servers_cpu": self.lab.processor_seconds() - servers_before}
        ending = f"exit status {done.returncode}" if done.returncode else "complete"
        return run | ({"ending": ending} if self.case.may_end_early else {})

    def one_process_each(self, command):
        """The command for many accounts; `{}` in it stands for an account's number."""
        return ["xargs", "-a", self.numbers(), "-P", PROCESSES, "-I", "{}", *command]

    def numbers(self):
        file = self.lab.folder / "numbers.txt"
        file.write_text("".join(f"{number + 1}\n" for number in range(self.accounts)))
        return file


class Ceiling(Program):
    """The raw prober; the fastest of its configurations counts. Which that is the first round finds out: the faster of two runs
    each time would be luck that nobody else has."""
    name, check, remembers = "ceiling", ("--no-flags", "--no-dates"), False
    tries = True
    further = ()  # options

    def __init__(self, tools, lab, case):
        super().__init__(tools, lab, case)
        self.best = {}  # configuration: seconds

    def configurations(self):
        return sorted(self.best, key=self.best.get)[:1] or [
            (connections, batch) for connections in self.case.connections.split(",") for batch in self.case.batches.split(",")]

    def run(self, ways, source, user, variant):
        fastest = None
        for configuration in self.configurations():
            connections, batch = configuration
            mine = f"{user}c{connections}b{batch}n"
            self.lab.settle()
            run = self.measured([
                self.tools.folder / "ceiling", "--source", f"{source.user}@{ways.source_port}",
                "--destination", f"{mine}@{ways.destination_port}", "--connections", connections, "--batches", batch,
                *(["--ca", ways.authority] if ways.authority else []), *(["--accounts", self.accounts] if self.accounts else []),
                *self.further])
            self.best[configuration] = min(run["seconds"], self.best.get(configuration, run["seconds"]))
            run |= {"user": f"{mine}1", "best": f"connections: {connections}, batches of {batch}"}
            loser = run if fastest and fastest["seconds"] <= run["seconds"] else fastest
            fastest = fastest if loser is run else run
            if loser:
                self.lab.forget(self.lab.new, loser["user"])
        return fastest


class CeilingWithDigests(Ceiling):
    """The same with the SHA-256 of each message, which the ledger keeps."""
    name, further = "ceiling-sha256", ("--digests", 1)


class Mailhaul(Program):
    name = "mailhaul"

    @staticmethod
    def missing(tools):
        return "" if tools.mailhaul.exists() else f"no {tools.mailhaul}: build it"

    def command(self, ways, source, user, variant):
        further = self.case.variants.get(variant, [])
        if self.accounts:
            ledgers = self.lab.folder / f"{user}.ledgers"
            ledgers.mkdir()
            return [self.tools.folder / "accounts", "--source", f"{source.user}@{ways.source_port}", "--destination",
                    f"{user}@{ways.destination_port}", "--ledgers", ledgers, "--accounts", self.accounts, *further]
        scheme = "imaps" if ways.authority else "imap+insecure"
        return [self.tools.mailhaul, "sync", f"{scheme}://{source.user}@127.0.0.1:{ways.source_port}",
                "--to", f"{scheme}://{user}@127.0.0.1:{ways.destination_port}", "--source-password", "env:LAB_PASSWORD",
                "--destination-password", "env:LAB_PASSWORD", "--ledger", self.lab.folder / f"{user}.ledger", "--json",
                *(["--ca", ways.authority] if ways.authority else []), *further]

    def facts(self):
        if self.accounts:
            return self.facts_of_accounts()
        events = [json.loads(line) for line in self.output.read_text().splitlines() if line.startswith("{")]
        report = next((event for event in reversed(events) if event["type"] == "report"), {})
        facts = {"ending": report.get("ending", "no report")} if self.case.may_end_early else {}
        return facts | (tenths(events) if self.case.mail.folders == 1 else {})

    def facts_of_accounts(self):
        ended = [account["ended"] for account in json.loads(self.output.read_text())["accounts"]]
        return {"first_account": min(ended), "median_account": statistics.median(ended), "last_account": max(ended)}


def tenths(events):
    """Messages a second in the first and the last tenth of the copy."""
    points = [(datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp(), event["messages_copied"])
              for event in events if event["type"] == "progress" and event["phase"] in ("copying", "verifying", "done")]
    if len(points) < 3:
        return {}
    most = points[-1][1]

    def moment(count):  # when so many were copied, between two events in proportion
        for (before, fewer), (after, more) in zip(points, points[1:]):
            if fewer <= count <= more and more > fewer:
                return before + (after - before) * (count - fewer) / (more - fewer)
        return points[-1][0]
    spans = {"first_tenth": moment(most / 10) - moment(0), "last_tenth": moment(most) - moment(most * 9 / 10)}
    return {name: most / 10 / span for name, span in spans.items() if span > 0}


class Mbsync(Program):
    # It adds a header to find its own messages by, and leaves most keywords behind.
    name = "mbsync"
    check = ("--ignore-header", "X-TUID", *(word for flag in ("$Changed", "$Label1", "$MDNSent", "NonJunk", "Projekt-X")
                                            for word in ("--ignore-flag", flag)))

    @staticmethod
    def missing(_tools):
        return "" if shutil.which("mbsync") else "mbsync (Debian's isync) is not installed"

    def command(self, ways, source, user, variant):
        if not self.accounts:
            return ["mbsync", "-q", "-c", self.configuration(ways, source.user, user), "-a"]
        files = [self.configuration(ways, f"{source.user}{number + 1}", f"{user}a{number + 1}") for number in range(self.accounts)]
        return self.one_process_each(["mbsync", "-q", "-c", files[0].parent.parent / f"{user}a{{}}.mbsync/rc", "-a"])

    def configuration(self, ways, source_user, user):
        state = self.lab.folder / f"{user}.mbsync"
        state.mkdir(exist_ok=True)
        security = f"SSLType IMAPS\nCertificateFile {ways.authority}" if ways.authority else "SSLType None"
        accounts = "".join(f"""
IMAPAccount {side}
Host localhost
Port {port}
User {name}
Pass {self.lab.password}
{security}
AuthMechs LOGIN
DisableExtension COMPRESS=DEFLATE

IMAPStore {side}
Account {side}
""" for side, port, name in (("old", ways.source_port, source_user), ("new", ways.destination_port, user)))
        (state / "rc").write_text(f"""{accounts}
Channel move
Far :old:
Near :new:
Patterns *
Create Near
Sync Pull
CopyArrivalDate yes
SyncState {state}/
""")
        return state / "rc"


class Dsync(Program):
    """doveadm reads the source by IMAP and writes the destination's store itself, without its server."""
    name = "dsync"

    @staticmethod
    def missing(_tools):
        return "" if shutil.which("doveadm") else "doveadm (Debian's dovecot-core) is not installed"

    def command(self, ways, source, user, variant):
        further = ["imapc_ssl=imaps", f"ssl_client_ca_file={ways.authority}"] if ways.authority else []
        settings = ["imapc_host=127.0.0.1", f"imapc_port={ways.source_port}",
                    f"imapc_user={source.user}{'{}' if self.accounts else ''}", f"imapc_password={self.lab.password}",
                    "imapc_features=rfc822.size fetch-headers", "imapc_list_prefix=INBOX", *further]
        command = ["doveadm", "-c", self.lab.new_configuration, *(word for setting in settings for word in ("-o", setting)),
                   "backup", "-R", "-u", f"{user}a{{}}" if self.accounts else user, "imapc:"]
        return self.one_process_each(command) if self.accounts else command


PROGRAMS = {program.name: program for program in (Ceiling, CeilingWithDigests, Mailhaul, Mbsync, Dsync)}
