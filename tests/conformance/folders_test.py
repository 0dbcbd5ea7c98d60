#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Folders renamed and deleted on the source between two runs: a server with OBJECTID and one without, judged by both
servers. Nothing is copied a second time; what was deleted is found in "Removed by mailhaul"."""
from pathlib import Path

from support import Lab, LabMissing, Mailhaul, imap, mailhaul_path, main

OLD, NEW, CYRUS = "dovecot-old", "dovecot-new", "cyrus"


def names(lab, server, user):
    connection = lab.login(server, user)
    found = {name for name, attributes, _ in connection.mailboxes() if "\\noselect" not in attributes}
    connection.close()
    return found


def rename_and_delete(checks, lab, mailhaul, source, destination, prefix, separator):
    """`prefix` and `separator` are the source's."""
    user, what = f"userfolders{source.replace('-', '')}", f"{source} to {destination}"
    from_, to = (user, lab.port(source)), (user, lab.port(destination))

    def spelt(levels):
        return imap.quoted((prefix + separator.join(levels)).encode())

    def ask(*commands):
        connection = lab.login(source, user)
        for verb, *mailboxes in commands:
            connection.ask(b" ".join([verb.encode(), *map(spelt, mailboxes)]))
        connection.close()

    ask(("CREATE", ["Work"]), ("CREATE", ["Work", "2019"]), ("CREATE", ["Gone"]), ("CREATE", ["Empty"]))
    lab.seed(source, user, "--messages", 60, "--folders", 2, "--inbox")
    connection = lab.login(source, user)
    for number, levels in enumerate((["Work"], ["Work"], ["Work", "2019"], ["Gone"])):
        text = f"From: a@old.example\r\nDate: Thu, 1 Jan 2026 12:00:00 +0000\r\nMessage-ID: <{number}@folders.example>\r\nSubject: {number}\r\n\r\nhello {number}\r\n".encode()
        connection.ask(b"APPEND %s {%d+}\r\n%s" % (spelt(levels), len(text), text))
    connection.close()
    count = lab.message_count(source, user)
    run = mailhaul.sync(from_, to, what)
    checks.that(run.status == 0 and run.total("copied") == count, f"{what}: the first run copies all: {run}")

    ask(("RENAME", ["Work"], ["Job"]), ("RENAME", ["Empty"], ["Void"]))
    known = 3 if source == CYRUS else 2  # an empty folder is known again by its MAILBOXID alone
    dry = mailhaul.sync(from_, to, what, "--dry-run")
    checks.that(len(dry.report["renamed"]) == known and dry.total("copied") == 0, f"{what}: a dry run foretells it: {dry}")
    run = mailhaul.sync(from_, to, what)
    checks.that(run.status == 0 and run.total("copied") == 0 and len(run.report["renamed"]) == known, f"{what}: it is followed: {run}")
    there = names(lab, destination, user)
    checks.that(any(name.endswith("Job") for name in there) and not any("Work" in name for name in there), f"{what}: {there}")
    checks.that(lab.message_count(destination, user) == count, f"{what}: no second copy")
    run = mailhaul.sync(from_, to, what)
    checks.that(run.status == 0 and run.total("copied") == 0 and run.total("adopted") == 0, f"{what}: nothing is left: {run}")
    checks.section(f"{what}: a rename is followed")

    ask(("DELETE", ["Gone"]))
    run = mailhaul.sync(from_, to, what)
    checks.that(run.status == 0 and any(name.endswith("Gone") for name in names(lab, destination, user)), f"{what}: stays: {run}")
    run = mailhaul.sync(from_, to, what, "--delete-folders")
    removed = run.report.get("removed_mailboxes", [])
    gone = {each["mailbox"]: each["messages"] for each in removed}
    expected = {"Gone": 1} if known == 3 else {"Empty": 0, "Gone": 1}
    checks.that(run.status == 0 and gone == expected, f"{what}: it goes: {run} {removed}")
    there = names(lab, destination, user)
    checks.that(any("Removed by mailhaul" in name and name.endswith("Gone") for name in there), f"{what}: aside: {there}")
    checks.that(lab.message_count(destination, user) == count, f"{what}: nothing is lost")
    run = mailhaul.sync(from_, to, what, "--delete-folders")
    checks.that(run.status == 0 and not run.report["removed_mailboxes"], f"{what}: once: {run}")
    checks.section(f"{what}: a deleted folder goes when asked to")


def test(checks):
    try:
        lab = Lab([OLD, NEW, CYRUS])
        servers = (OLD, CYRUS)
    except LabMissing:
        lab, servers = Lab([OLD, NEW]), (OLD,)
        print("no Cyrus here: only Dovecot is tested")
    mailhaul = Mailhaul(mailhaul_path(), Path(lab.place) / "ledgers")
    for source in servers:
        facts = lab.servers[source]
        rename_and_delete(checks, lab, mailhaul, source, NEW, facts["prefix"], facts["separator"])
    if CYRUS in servers:
        facts = lab.servers[NEW]
        rename_and_delete(checks, lab, mailhaul, NEW, CYRUS, facts["prefix"], facts["separator"])


main(test)
