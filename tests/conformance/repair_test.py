#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Messages that Cyrus refuses: without --repair each is named with what would help; with it each arrives mended, and whatever
Cyrus takes as it is stays octet for octet. What mended means is written here once more, in another language."""
import json
import subprocess
from pathlib import Path

from support import Lab, Mailhaul, mailhaul_path, main

OLD, NEW = "dovecot-old", "cyrus"
SOURCE, DESTINATION = "userrepairfrom", "userrepairto"


def message(number, body, line_end=b"\r\n"):
    head = [b"Message-ID: <repair.%d@mail.example>" % number, b"Subject: repair %d" % number, b"From: a@mail.example", b""]
    return line_end.join(head) + line_end + body


TAKEN = [message(1, b"as it should be\r\n"), message(2, b"a long line " + b"x" * 5000 + b"\r\n"),
         message(3, b"no last line end")]
REFUSED = [message(11, b"one\ntwo\n" + b"a long line that Cyrus minds not " + b"y" * 2000 + b"\n"),
           message(12, b"unix everywhere\n", b"\n"), message(13, b"three\nno end"),
           b"Subject: no Message-ID\r\nFrom: a@mail.example\r\n\r\nunix\n"]


def mended(octets):
    """Of these messages: no bare CR is among them, and Cyrus asks for no shorter lines."""
    octets = octets.replace(b"\r\n", b"\n")
    return (octets if octets.endswith(b"\n") else octets + b"\n").replace(b"\n", b"\r\n")


def fill(lab):
    connection = lab.login(OLD, SOURCE)
    for octets in TAKEN + REFUSED:
        connection.wait(connection.send(b'APPEND INBOX () "05-May-2014 10:00:00 +0200" {%d+}\r\n' % len(octets) + octets))
    connection.close()


def bodies(lab, server, user):
    """Sorted octets of INBOX."""
    connection = lab.login(server, user)
    found = []
    if [b"0", b"EXISTS"] not in connection.ask(b"EXAMINE INBOX"):
        for response in connection.ask(b"UID FETCH 1:* (UID BODY.PEEK[])"):
            if response[1:2] == [b"FETCH"] and b"BODY[]" in response[2]:
                found.append(response[2][response[2].index(b"BODY[]") + 1])
    connection.close()
    return sorted(found)


def test(checks):
    lab = Lab([OLD, NEW])
    fill(lab)
    original = bodies(lab, OLD, SOURCE)
    # An mdbox or Maildir may keep line ends otherwise; what the source shows is what counts.
    refused = sorted(octets for octets in original if octets.replace(b"\r\n", b"").find(b"\n") >= 0)
    checks.that(len(original) == len(TAKEN + REFUSED) and refused, f"the source shows what was stored: {len(original)}, {len(refused)} bare")
    mailhaul = Mailhaul(mailhaul_path(), Path(lab.place) / "ledgers")

    def sync(*options, ledger="one"):
        return mailhaul.sync((SOURCE, lab.port(OLD)), (DESTINATION, lab.port(NEW)), ledger, *options)

    run = sync()
    checks.that(run.status == 3 and len(run.report["exceptions"]) == len(refused), f"each refused message is named: {run}")
    checks.that(all("bare LF" in each["reason"] and "--repair" in each["reason"] for each in run.report["exceptions"]),
                f"with what would help: {run.report['exceptions']}")
    checks.that(bodies(lab, NEW, DESTINATION) == sorted(set(original) - set(refused)), "the others arrived as they were")
    checks.section("without --repair")

    run = sync("--repair")
    checks.that(run.status == 0 and run.total("repaired") == len(refused) == len(run.report["repaired"]),
                f"with --repair all arrive, and are named: {run}")
    wanted = sorted([octets for octets in original if octets not in refused] + [mended(octets) for octets in refused])
    checks.that(bodies(lab, NEW, DESTINATION) == wanted, "mended where they were refused, octet for octet elsewhere")
    checks.that(bodies(lab, OLD, SOURCE) == original, "the source is as it was")
    checks.section("with --repair")

    run = sync("--repair")
    checks.that(run.status == 0 and run.total("copied") == 0, f"a second run does nothing: {run}")
    run = sync("--repair", ledger="two")
    checks.that(run.status == 0 and run.total("copied") == 0 and run.total("adopted") == len(original),
                f"a run without the ledger recognises everything: {run}")
    rows = [json.loads(line) for line in subprocess.run([str(mailhaul.path), "ledger", "export", str(mailhaul.ledger("one"))],
                                                        capture_output=True, text=True, check=True).stdout.splitlines()]
    checks.that(sum("repaired" in row for row in rows) == len(refused), f"the ledger knows which: {rows}")
    run = sync("--repair", "--delete-source")
    checks.that(run.status == 0 and bodies(lab, OLD, SOURCE) == refused, f"the originals of repaired ones stay: {run}")
    checks.section("afterwards")


main(test)
