# SPDX-License-Identifier: Apache-2.0
"""What the conformance tests share: a lab of their own, programs run as a user would, and one way to say what failed.

A test is a program: argv[1] is the mailhaul to test; it exits 0 where all held and prints each thing that did not.
"""
import atexit
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAB = ROOT / "lab"
sys.path.insert(0, str(LAB))
from rig import accounts, imap, names, places  # noqa: E402, F401

PASSWORD = accounts.PASSWORD
# The wall a run must never reach: a test that hangs says nothing.
LONGEST_RUN = float(os.environ.get("MAILHAUL_TEST_TIMEOUT", "90"))


def mailhaul_path():
    if len(sys.argv) < 2 or not Path(sys.argv[1]).exists():
        sys.exit(f"usage: {sys.argv[0]} PATH_OF_MAILHAUL")
    return Path(sys.argv[1]).resolve()


class Lab:
    """Real servers for one test, gone when it ends, however it ends."""

    def __init__(self, servers=None, profile=None, fsync="never", options=()):
        self.place = str(places.new_folder("mailhaul-test-"))
        self.environment = {**os.environ, "LAB_DIR": f"{self.place}/lab"}
        command = [LAB / "lab", "up", "--fsync", fsync]
        command += ["--only", ",".join(servers)] if servers else []
        command += ["--profile", profile] if profile else []
        command += options
        atexit.register(self.down)
        for number in (signal.SIGTERM, signal.SIGHUP):  # so that atexit runs
            signal.signal(number, lambda *_: sys.exit("ended by a signal"))
        self.up = subprocess.run(command, env=self.environment, text=True, capture_output=True)
        if self.up.returncode:
            raise LabMissing(self.up.stderr.strip())
        self.facts = json.loads((Path(self.place) / "lab/lab.json").read_text())
        self.servers = self.facts["servers"]

    def down(self):
        if Path(self.place).exists():
            subprocess.run([LAB / "lab", "down"], env=self.environment, capture_output=True)
            subprocess.run(["rm", "-rf", "--", self.place])

    def port(self, server):
        return self.servers[server]["port"]

    def seed(self, server, user, *options, password=PASSWORD):
        return run_tool("seed", "--port", self.port(server), "--user", user, "--password", password, *options)

    def login(self, server, user, password=PASSWORD):
        return imap.Connection("127.0.0.1", self.port(server), user, password)

    def message_count(self, server, user):
        """Of the whole account."""
        connection = self.login(server, user)
        total = 0
        for name, attributes, _ in connection.mailboxes():
            if not attributes & {"\\noselect", "\\nonexistent"}:
                for response in connection.ask(b"STATUS " + imap.quoted(name) + b" (MESSAGES)"):
                    if response[:1] == [b"STATUS"]:
                        total += int(response[2][1])
        connection.close()
        return total

    def differences(self, source, destination, *options, ports=(None, None)):
        """What the judge finds between (server, user) and (server, user)."""
        sides = []
        for suffix, (server, user), port in zip("12", (source, destination), ports):
            sides += [f"--port{suffix}", port or self.port(server), f"--user{suffix}", user]
        command = [LAB / "compare", *sides, "--json", *options]
        done = subprocess.run(list(map(str, command)), text=True, capture_output=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(f"the judge failed: {done.stderr.strip()}")
        return json.loads(done.stdout)["differences"]


def plain_copy(source, destination, places):
    """What a destination makes of messages that are simply stored there one by one, exactly as the source shows them: the
    control to judge mailhaul by, for servers refuse and rewrite things. `places` says into which mailbox of `destination`
    each of `source` goes, both as spelled there. Gives {(source mailbox, UID): the server's words} of what was refused."""
    refused, in_flight = {}, []

    def settle(keep):
        while len(in_flight) > keep:
            tag, which = in_flight.pop(0)
            try:
                destination.wait(tag)
            except imap.Refused as refusal:
                refused[which] = str(refusal)

    for old, new in places.items():
        with contextlib.suppress(imap.Refused):
            destination.ask(b"CREATE " + imap.quoted(new))
        if [b"0", b"EXISTS"] in source.ask(b"EXAMINE " + imap.quoted(old)):
            continue
        for response in source.responses(source.send(b"UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])")):
            if response[1:2] != [b"FETCH"] or b"BODY[]" not in response[2]:
                continue
            items = dict(zip(response[2][::2], response[2][1::2]))
            octets, which = items[b"BODY[]"] or b"", (old, int(items[b"UID"]))
            flags = b" ".join(flag for flag in items[b"FLAGS"] if flag != b"\\Recent")
            head = b'APPEND %s (%s) "%s" {%d' % (imap.quoted(new), flags, items[b"INTERNALDATE"], len(octets))
            if "LITERAL+" in destination.capabilities:
                in_flight.append((destination.send(head + b"+}\r\n" + octets), which))
                settle(30)
                continue
            tag = destination.send(head + b"}")
            first, text, _ = destination.response()
            while first == b"*":
                first, text, _ = destination.response()
            if first == b"+":
                destination.socket.sendall(octets + b"\r\n")
                in_flight.append((tag, which))
                settle(0)
            else:
                refused[which] = text.decode("utf-8", "replace")
        settle(0)
    return refused


class LabMissing(Exception):
    """The servers could not be had; the text says why."""


def run_tool(name, *arguments):
    done = subprocess.run([str(LAB / name), *map(str, arguments)], text=True, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"lab/{name}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


@contextlib.contextmanager
def fault_proxy(port, *options):
    """A proxy in front of `port`; gives (its port, a function that ends it and gives its counts)."""
    with tempfile.NamedTemporaryFile(suffix=".json") as stats:
        process = subprocess.Popen([str(LAB / "fault-proxy"), "--to", str(port), "--stats", stats.name, *map(str, options)],
                                   stdout=subprocess.PIPE, text=True)
        try:
            listening = int(process.stdout.readline().split()[2])

            def counts():
                process.terminate()
                process.wait(10)
                return json.loads(Path(stats.name).read_text())
            yield listening, counts
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


class Run:
    """One run of mailhaul: its exit status, the events it printed, and its report."""

    def __init__(self, status, out, err, seconds):
        self.status, self.out, self.err, self.seconds = status, out, err, seconds
        self.events = []
        for line in out.splitlines():
            with contextlib.suppress(ValueError):
                self.events.append(json.loads(line))
        reports = [event for event in self.events if isinstance(event, dict) and event.get("type") == "report"]
        self.report = reports[-1] if reports else {}

    def total(self, what):
        return self.report.get("totals", {}).get(what)

    def said(self, *patterns):
        """Whether all of these were said to the operator somewhere, case aside."""
        return all(re.search(pattern, self.out + self.err, re.I) for pattern in patterns)

    def __str__(self):
        words = [f"exit status {self.status} after {self.seconds:.1f} s"]
        if self.report:
            words.append(json.dumps({key: self.report.get(key) for key in ("ending", "totals", "error")}))
        elif self.out.strip():
            words.append(f"its output: {self.out.strip()[-800:]}")
        if self.err.strip():
            words.append(f"it said: {self.err.strip()[-800:]}")
        return "; ".join(words)


class Mailhaul:
    """Runs `mailhaul sync` between accounts of a lab, each test with a ledger of its own."""

    def __init__(self, path, ledger_folder):
        self.path, self.folder = path, Path(ledger_folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def ledger(self, name):
        return self.folder / f"{name}.ledger"

    def forget(self, name):
        for path in self.folder.glob(f"{name}.ledger*"):  # and what the database keeps beside it
            path.unlink()

    def sync(self, source, destination, ledger, *options, passwords=(PASSWORD, PASSWORD), signal_after=None,
             asleep=None, oauth=False):
        """`source` and `destination` are (user, port) on loopback, or whole URLs. `signal_after` is (seconds, signal),
        `asleep` (seconds until it is stopped, seconds until it goes on)."""
        urls = [side if isinstance(side, str) else f"imap+insecure://{side[0]}@127.0.0.1:{side[1]}"
                for side in (source, destination)]
        environment = {**os.environ, "TEST_SOURCE": passwords[0], "TEST_DESTINATION": passwords[1],
                       "HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state")}
        secrets = ["--source-password", "env:TEST_SOURCE", "--destination-password", "env:TEST_DESTINATION"]
        command = [str(self.path), "sync", urls[0], "--to", urls[1], *([] if oauth else secrets), "--ledger", str(self.ledger(ledger)), "--json",
                   *map(str, options)]
        started = time.monotonic()
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        try:
            if signal_after:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    out, err = process.communicate(timeout=signal_after[0])
                if process.poll() is None:
                    process.send_signal(signal_after[1])
            if asleep:
                time.sleep(asleep[0])
                if process.poll() is None:
                    process.send_signal(signal.SIGSTOP)
                    time.sleep(asleep[1])
                    process.send_signal(signal.SIGCONT)
            out, err = process.communicate(timeout=LONGEST_RUN)
            status = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            status = "none: it did not end and was killed"
        return Run(status, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), time.monotonic() - started)


class Checks:
    """Collects what failed; `done` ends the program accordingly."""

    def __init__(self):
        self.failed, self.passed, self.started = [], 0, time.monotonic()

    def that(self, holds, words):
        if holds:
            self.passed += 1
        else:
            self.failed.append(words)
            print(f"FAILED: {words if len(words) < 1500 else words[:1500] + ' ...'}", flush=True)
        return bool(holds)

    def section(self, words):
        print(f"{time.monotonic() - self.started:6.1f} s  {words}", flush=True)

    def done(self):
        print(f"{self.passed} checks held, {len(self.failed)} failed; {time.monotonic() - self.started:.1f} s")
        sys.exit(1 if self.failed else 0)


def main(test):
    """Runs `test(checks)`, and ends the program with what it found; a broken test is a failed one."""
    checks = Checks()
    try:
        test(checks)
    except LabMissing as missing:
        print(f"the lab could not be started: {missing}")
        sys.exit(1)
    except Exception:
        checks.that(False, f"the test itself broke:\n{traceback.format_exc()}")
    checks.done()
