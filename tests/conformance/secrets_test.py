#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Passwords from every place they may come from, right and wrong, and then everything that the runs produced is searched for
them: what they printed, the dialogue, the ledger, their home, and what the system shows of a running process."""
import base64
import os
import subprocess
import time
from pathlib import Path

from support import Lab, accounts, mailhaul_path, main

NEW, CYRUS = "dovecot-new", "cyrus"
USER, PASSWORD = "odd-literal", accounts.RUDE_PASSWORDS["odd-literal"]
WRONG = "Wrong-But-Secret-42"


def forms_of(secret, user):
    """The secret as it may show: bare, and in base64 as SASL and HTTP write it."""
    octets = secret.encode()
    encoded = [base64.b64encode(octets), base64.b64encode(b"\0" + user.encode() + b"\0" + octets), octets.hex().encode()]
    return [octets, *(form.rstrip(b"=") for form in encoded)]


class Runs:
    def __init__(self, lab, path):
        self.lab, self.path, self.produced = lab, path, []
        self.home = Path(lab.place) / "home"
        self.home.mkdir()
        self.sources = Path(lab.place) / "secrets"
        (self.sources / "credentials").mkdir(parents=True)
        for name, secret in (("right", PASSWORD), ("wrong", WRONG)):
            for place in (self.sources / name, self.sources / "credentials" / name):
                place.write_text(secret + "\n")
                place.chmod(0o600)

    def environment(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "XDG_STATE_HOME": str(self.home / "state"),
                "CREDENTIALS_DIRECTORY": str(self.sources / "credentials"), "RIGHT": PASSWORD, "WRONG": WRONG,
                "TMPDIR": str(self.home)}

    def sync(self, source, destination, *options, port=None):
        command = [self.path, "sync", f"imaps://{USER}@127.0.0.1:{self.lab.servers[NEW]['tls_port']}", "--to",
                   f"imap+insecure://{USER}@127.0.0.1:{port or self.lab.port(CYRUS)}", "--ca", self.lab.facts["ca"], "--source-password", source,
                   "--destination-password", destination, "--protocol", "--verbose", *options]
        process = subprocess.Popen(list(map(str, command)), env=self.environment(), stdin=open(self.sources / "right"),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(0.05)
        for name in ("cmdline", "status", "comm"):
            try:
                self.produced.append((f"/proc/{name}", Path(f"/proc/{process.pid}/{name}").read_bytes()))
            except OSError:
                pass  # it was quicker
        out, err = process.communicate(timeout=90)
        self.produced.append((f"output of {source} and {destination}", out + err))
        return process.returncode

    def leaks(self):
        found = []
        places = [*self.produced]
        for path in self.home.rglob("*"):
            if path.is_file():
                places.append((str(path), path.read_bytes()))
        for secret in (PASSWORD, WRONG):
            for form in forms_of(secret, USER):
                found += [f"{name}: {form!r}" for name, text in places if form in text]
        return found, len(places)


def test(checks):
    lab = Lab([NEW, CYRUS])
    runs = Runs(lab, mailhaul_path())
    lab.seed(NEW, USER, "--messages", "10", "--folders", "2", password=PASSWORD)
    sources = {"file": f"file:{runs.sources / 'right'}", "variable": "env:RIGHT", "command": f"cmd:cat {runs.sources / 'right'}",
               "descriptor": "fd:0", "systemd's credentials": "cred:right"}
    for kind, spec in sources.items():
        status = runs.sync(spec, f"file:{runs.sources / 'right'}")
        checks.that(status == 0, f"a password from a {kind}: status {status}: {runs.produced[-1][1][-400:]}")
    checks.section("passwords from everywhere")
    for spec in (f"file:{runs.sources / 'wrong'}", "env:WRONG", f"cmd:cat {runs.sources / 'wrong'}", "cred:wrong"):
        status = runs.sync(f"file:{runs.sources / 'right'}", spec)
        checks.that(status == 10, f"a wrong one by {spec}: status {status}")
    status = runs.sync("cred:missing", "env:RIGHT")
    checks.that(status == 66, f"a credential that is not there: status {status}")
    status = runs.sync(PASSWORD, WRONG)  # in the place of a SPEC
    checks.that(status == 64, f"a password where its place should be named: status {status}")
    text = runs.produced.pop()[1] + b"".join(text for _, text in runs.produced[-3:])
    checks.that(PASSWORD.encode() not in text.replace(b"\0", b" ").split(b"mailhaul sync:", 1)[-1], "and it is not shown in the mistake")
    runs.produced = [(name, text) for name, text in runs.produced if name != "/proc/cmdline"]
    checks.section("wrong ones")
    found, places = runs.leaks()
    checks.that(places > 10, f"there is something to search: {places}")
    checks.that(not found, f"no secret in {places} places: {found[:5]}")
    checks.section("nothing is left of them")


main(test)
