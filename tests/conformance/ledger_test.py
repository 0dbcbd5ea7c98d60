#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where is my mail? After a sync between two servers, `mailhaul ledger` answers for each message what both servers say,
without asking them."""
import csv
import io
import json
import os
import subprocess
import time
from pathlib import Path

from support import Lab, Mailhaul, Run, imap, mailhaul_path, main

OLD, NEW = "dovecot-old", "dovecot-new"
SOURCE, DESTINATION = "usersource", "userdestination"


class Asker:
    def __init__(self, mailhaul, ledger):
        self.path, self.file = mailhaul, Path(ledger)

    def __call__(self, verb, *options, ledger=None):
        started = time.monotonic()
        done = subprocess.run([str(self.path), "ledger", verb, *map(str, ledger or [self.file]), *map(str, options)],
                              capture_output=True, text=True, timeout=60,
                              env={**os.environ, "XDG_STATE_HOME": str(self.file.parent / "state")})
        return Run(done.returncode, done.stdout, done.stderr, time.monotonic() - started)


def message_ids(lab, server, user, mailbox):
    """{UID: Message-ID} as the server tells it."""
    connection = lab.login(server, user)
    connection.ask(b"EXAMINE " + imap.quoted(mailbox))
    found = {}
    for response in connection.ask(b"UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"):
        if response[1:2] == [b"FETCH"]:
            items = response[2]
            uid = int(items[items.index(b"UID") + 1])
            header = next(item for item in items if isinstance(item, bytes) and b":" in item)
            found[uid] = header.split(b":", 1)[1].strip().decode()
    connection.close()
    return found


def everything(checks, ask, count):
    """show, and export in both shapes, agree with the servers and with each other."""
    run = ask("show")
    checks.that(run.status == 0 and run.said(f"{SOURCE}@127", f"{count} messages on both sides"), f"show: {run}")
    run = ask("show", "--json")
    summary = json.loads(run.out)
    checks.that(summary["copied"] == count and all(each["settled"] for each in summary["mailboxes"]), f"show --json: {run}")
    rows = ask("export").events
    checks.that(len(rows) == count and all(row["how"] == "copied" and len(row["sha256"]) == 64 for row in rows),
                f"export: {len(rows)} rows, {count} expected")
    table = list(csv.DictReader(io.StringIO(ask("export", "--csv").out, newline="")))
    checks.that([(row["source_raw"], int(row["source_uid"]), row["sha256"]) for row in table] ==
                [(row["source_raw"], row["source_uid"], row["sha256"]) for row in rows], "export --csv tells the same")
    checks.section(f"show and export tell of {count} messages")
    return rows


def one_message(checks, lab, ask, rows):
    """Each message of one folder is found by its Message-ID where the destination has it."""
    mailbox = rows[0]["source_raw"]
    old = message_ids(lab, OLD, SOURCE, mailbox.encode())
    new = message_ids(lab, NEW, DESTINATION, rows[0]["destination_raw"].encode())
    asked = list(old.items())[:10]
    for uid, message_id in asked:
        run = ask("find", "--message-id", message_id, "--folder", mailbox, "--json")
        checks.that(run.status == 0 and any(hit["source_uid"] == uid and new.get(hit["destination_uid"]) == message_id
                                            for hit in run.events), f"{message_id} is where the ledger says: {run}")
    uid, message_id = asked[0]
    run = ask("find", "--uid", uid, "--folder", mailbox, "--date", time.strftime("%Y-%m-%d"))
    checks.that(run.status == 0 and run.said(f"uid {uid} ", "copied " + time.strftime("%Y")), f"by UID and day: {run}")
    run = ask("find", "--subject", "anything at all")
    checks.that(run.status == 1 and run.said("only of messages that could not be copied"), f"by subject: {run}")
    checks.section(f"{len(asked)} messages are found by their Message-ID")


def test(checks):
    lab = Lab([OLD, NEW])
    lab.seed(OLD, SOURCE, "--messages", 60, "--folders", 3)
    mailhaul = Mailhaul(mailhaul_path(), Path(lab.place) / "ledgers")
    run = mailhaul.sync((SOURCE, lab.port(OLD)), (DESTINATION, lab.port(NEW)), "one")
    checks.that(run.status == 0, f"the sync ends well: {run}")
    ask = Asker(mailhaul.path, mailhaul.ledger("one"))
    before = {path.name: path.read_bytes() for path in mailhaul.folder.glob("one.ledger*")}
    rows = everything(checks, ask, lab.message_count(OLD, SOURCE))
    one_message(checks, lab, ask, rows)
    checks.that(before == {path.name: path.read_bytes() for path in mailhaul.folder.glob("one.ledger*")},
                "asking changes nothing")
    account = [f"imap+insecure://{SOURCE}@127.0.0.1:{lab.port(OLD)}", "--to",
               f"imap+insecure://{DESTINATION}@127.0.0.1:{lab.port(NEW)}"]
    run = ask("show", ledger=[*account, "--ledger", mailhaul.ledger("one")])
    checks.that(run.status == 0, f"named by its accounts and its file: {run}")
    run = ask("show", ledger=account)
    checks.that(run.status == 14 and run.said("no ledger of", SOURCE), f"no ledger in the usual place: {run}")


main(test)
