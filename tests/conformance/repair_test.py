#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Messages that Cyrus refuses: without --repair each is named with what would help; with it each arrives mended, and whatever
Cyrus takes as it is stays octet for octet. What mended means is written here once more, in another language.

The source is the server of `mailhaul demo`, which keeps every octet it is given: Dovecot shows no bare LF and no NUL.
"""
import contextlib
import json
import subprocess
from pathlib import Path

from support import PASSWORD, Lab, Mailhaul, imap, mailhaul_path, main

CYRUS, DESTINATION, MAILBOX = "cyrus", "userrepairto", b"Repair"


def message(number, body, line_end=b"\r\n"):
    head = [b"Message-ID: <repair.%d@mail.example>" % number, b"Subject: repair %d" % number, b"From: a@mail.example", b""]
    return line_end.join(head) + line_end + body


# Without NUL in a text: as literal8 (BINARY) Cyrus takes that, and encodes it anew.
TAKEN = [message(1, b"as it should be\r\n"), message(2, b"a long line " + b"x" * 5000 + b"\r\n"),
         message(3, b"no last line end"), message(4, b"a bare\rCR\r\n")]
REFUSED = [message(11, b"one\ntwo\n" + b"a long line that Cyrus does not mind " + b"y" * 2000 + b"\n"),
           message(12, b"unix everywhere\n", b"\n"), message(13, b"three\nno end"),
           b"X-Nul: a\0b\r\n" + message(14, b"N\0U\0L\n"), b"Subject: no Message-ID\r\nFrom: a@mail.example\r\n\r\nunix\n"]
EVERYTHING = sorted(TAKEN + REFUSED)


def mended(octets):
    """Of these messages: no bare CR is among them, and Cyrus asks for no shorter lines."""
    octets = octets.replace(b"\0", b"").replace(b"\r\n", b"\n")
    return (octets if octets.endswith(b"\n") else octets + b"\n").replace(b"\n", b"\r\n")


@contextlib.contextmanager
def keeping_server(mailhaul):
    """The facts of a server with our messages in MAILBOX."""
    process = subprocess.Popen([str(mailhaul), "demo", "--serve", "--json"], stdout=subprocess.PIPE, text=True)
    try:
        facts = json.loads(process.stdout.readline())["destination"]
        connection = imap.Connection(facts["host"], facts["port"], facts["user"], facts["password"])
        connection.ask(b"CREATE " + MAILBOX)
        for octets in TAKEN + REFUSED:
            connection.wait(connection.send(b"APPEND " + MAILBOX + b" ~{%d+}\r\n" % len(octets) + octets))
        connection.close()
        yield facts
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def bodies(connection):
    """Sorted octets of MAILBOX."""
    found = []
    if [b"0", b"EXISTS"] not in connection.ask(b"EXAMINE " + MAILBOX):
        for response in connection.ask(b"UID FETCH 1:* (UID BODY.PEEK[])"):
            if response[1:2] == [b"FETCH"] and b"BODY[]" in response[2]:
                found.append(bytes(response[2][response[2].index(b"BODY[]") + 1]))
    connection.close()
    return sorted(found)


def test(checks):
    lab = Lab([CYRUS])
    mailhaul = Mailhaul(mailhaul_path(), Path(lab.place) / "ledgers")
    with keeping_server(mailhaul.path) as source:
        check_repairs(checks, lab, mailhaul, source)


def check_repairs(checks, lab, mailhaul, source):
    def kept():
        return bodies(imap.Connection(source["host"], source["port"], source["user"], source["password"]))

    def arrived():
        return bodies(lab.login(CYRUS, DESTINATION))

    def sync(*options, ledger="one"):
        return mailhaul.sync((source["user"], source["port"]), (DESTINATION, lab.port(CYRUS)), ledger, "--folder",
                             MAILBOX.decode(), *options, passwords=(source["password"], PASSWORD))

    checks.that(kept() == EVERYTHING, "the source holds what was stored")
    run = sync()
    named = run.report["exceptions"]
    checks.that(run.status == 3 and len(named) == len(REFUSED), f"each refused message is named: {run}; {named}")
    checks.that(all(("bare LF" in each["reason"] or "NUL" in each["reason"]) and "--repair" in each["reason"] for each in named),
                f"with what would help: {named}")
    checks.that(arrived() == sorted(TAKEN), "the others arrived as they were")
    checks.section("without --repair")

    run = sync("--repair")
    checks.that(run.status == 0 and run.total("repaired") == len(REFUSED) == len(run.report["repaired"]),
                f"with --repair all arrive, and are named: {run}")
    checks.that(arrived() == sorted(TAKEN + [mended(octets) for octets in REFUSED]),
                "mended where they were refused, octet for octet elsewhere")
    checks.that(kept() == EVERYTHING, "the source is as it was")
    checks.section("with --repair")

    run = sync("--repair")
    checks.that(run.status == 0 and run.total("copied") == 0, f"a second run does nothing: {run}")
    run = sync("--repair", ledger="two")
    checks.that(run.status == 0 and run.total("copied") == 0 and run.total("adopted") == len(EVERYTHING),
                f"a run without the ledger recognises everything: {run}")
    exported = subprocess.run([str(mailhaul.path), "ledger", "export", str(mailhaul.ledger("one"))], capture_output=True,
                              text=True, check=True)
    rows = [json.loads(line) for line in exported.stdout.splitlines()]
    checks.that(sum("repaired" in row for row in rows) == len(REFUSED), f"the ledger knows which: {rows}")
    run = sync("--repair", "--delete-source")
    checks.that(run.status == 0 and kept() == sorted(REFUSED), f"the originals of repaired ones stay: {run}")
    checks.section("afterwards")


main(test)
