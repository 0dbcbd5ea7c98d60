#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is said to be proven on real servers is so, and one octet that a disk changed is found, named and certified."""
import json
import os
import subprocess
from pathlib import Path

from support import PASSWORD, Lab, Mailhaul, Run, mailhaul_path, main

SOURCE, DESTINATION = "dovecot-new", "dovecot-old"  # the destination keeps Maildirs: one file a message
USER, MESSAGES = "userverify", 120


class Verifier:
    def __init__(self, mailhaul, lab, ledger):
        self.mailhaul, self.lab, self.ledger = mailhaul, lab, ledger
        self.folder = mailhaul.folder
        self.environment = {**os.environ, "MAILHAUL_SOURCE_PASSWORD": PASSWORD, "MAILHAUL_DESTINATION_PASSWORD": PASSWORD,
                            "HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder / "state")}

    def run(self, *words):
        done = subprocess.run([str(self.mailhaul.path), *map(str, words)], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=90)
        run = Run(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), 0)
        run.report = next((event for event in run.events if event["type"] in ("verify_report", "certificate")), {})
        return run

    def verify(self, *options):
        source, destination = (f"imap+insecure://{USER}@127.0.0.1:{self.lab.port(name)}" for name in (SOURCE, DESTINATION))
        return self.run("verify", source, "--to", destination, "--ledger", self.mailhaul.ledger(self.ledger), "--json", *options)

    def check(self, *options):
        return self.run("certificate", "check", "--json", *options)


def message_with_text(lab, least):
    """A message file of the destination and the place of an octet in its text."""
    for path in sorted(Path(lab.place).rglob(f"home/{USER}/mail/**/cur/*")):
        content = path.read_bytes()
        end = max(content.find(b"\n\n"), content.find(b"\r\n\r\n"))
        if 0 < end and end + least < len(content) and content[-10:-9].isalnum():
            return path, len(content) - 10
    raise RuntimeError("no message of the destination is to be found on disk")


def test(checks):
    lab = Lab([SOURCE, DESTINATION])
    lab.seed(SOURCE, USER, "--messages", MESSAGES, "--folders", 4)
    mailhaul = Mailhaul(mailhaul_path(), Path(lab.place) / "ledgers")
    run = mailhaul.sync((USER, lab.port(SOURCE)), (USER, lab.port(DESTINATION)), "verify")
    checks.that(run.status == 0, f"the sync is complete: {run}")
    verifier = Verifier(mailhaul, lab, "verify")

    for level in ("counted", "listed", "headers", "bodies"):
        run = verifier.verify(f"--{level}")
        checks.that(run.status == 0 and run.total("proven") == MESSAGES, f"--{level} proves all {MESSAGES}: {run}")
        checks.that(PASSWORD not in run.out + run.err, f"--{level} prints no password")
        checks.section(f"--{level}: {run.report.get('totals')}")

    document, page = mailhaul.folder / "c.json", mailhaul.folder / "c.html"
    run = verifier.verify("--bodies", "--certificate", document, "--html", page)
    checks.that(run.status == 0 and page.read_text().startswith("<!DOCTYPE html>"), f"a certificate is issued: {run}")
    checked = verifier.check(document)
    signer = checked.report.get("signer_fingerprint", "")
    checks.that(checked.status == 0 and len(signer) == 64, f"it is checked offline: {checked}")
    run = verifier.check(document, "--trust", signer, "--ledger", mailhaul.ledger("verify"))
    checks.that(run.status == 0 and run.report.get("ledger_compared"), f"against the ledger and a pinned signer too: {run}")
    run = verifier.check(document, "--trust", "0" * 64)
    checks.that(run.status == 20, f"another signer is refused: {run}")

    content = document.read_bytes()
    for place in range(0, len(content), 97):
        altered = mailhaul.folder / "altered.json"
        altered.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1:])
        run = verifier.check(altered)
        if not checks.that(run.status == 20, f"altered at octet {place} it is refused: {run}"):
            break
    checks.section(f"a certificate of {len(content)} octets, altered in every 97th, is refused")

    path, place = message_with_text(lab, 20)
    octets = bytearray(path.read_bytes())
    octets[place] ^= 1
    with open(path, "r+b") as file:  # in place: the name, the owner and the size stay
        file.write(octets)
    checks.that(verifier.verify("--listed").status == 0, "a listing does not show a changed octet")
    for options in ((), ("--without-source",)):
        run = verifier.verify("--bodies", "--certificate", document, *options)
        findings = run.report.get("findings", [])
        checks.that(run.status == 3 and [one["verdict"] for one in findings] == ["different"], f"one octet is found: {run}")
        checks.that(run.total("proven") == MESSAGES - 1, f"and nothing else: {run}")
    run = verifier.check(document)
    checks.that(run.status == 3 and run.report.get("intact") and not run.report.get("holds"),
                f"the certificate of that is intact and no success: {run}")
    text = json.loads(document.read_text())["certificate"]
    checks.that(text["result"] == "differences" and len(text["findings"]) == 1, f"it names the message: {text['findings']}")
    checks.section(f"one octet of {path.name} is found: {findings}")


main(test)
