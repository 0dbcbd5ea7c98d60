#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests the tests: the judge sees every kind of difference, the seeder repeats itself, the proxy does what it is told.

A judge that finds all equal when nothing is, makes every other test here worthless. Needs no mailhaul.
"""
import socket
import time

from support import Lab, fault_proxy, imap, main


def append(connection, mailbox, octets, flags="", date="01-Jan-2001 00:00:00 +0000"):
    connection.ask(b"APPEND %s (%s) \"%s\" {%d+}\r\n%s" % (imap.quoted(mailbox), flags.encode(), date.encode(), len(octets), octets))


def message(text, size=0):
    return f"Message-ID: <{text}@mail.example>\r\n\r\n{text}\r\n".encode() + b"x" * size + b"\r\n"


def kinds(differences):
    return sorted({each["kind"] for each in differences})


def judge_sees_differences(checks, lab):
    old, new = "dovecot-old", "dovecot-new"
    one, two = lab.login(old, "userjudge"), lab.login(new, "userjudge")
    one.ask(b"CREATE INBOX.a.b")
    two.ask(b"CREATE a/b")
    judged = lambda *options: lab.differences((old, "userjudge"), (new, "userjudge"), "--automap", *options)
    checks.that(judged() == [], "two empty accounts are equal")

    def both(text, *facts):
        append(one, "INBOX.a.b", message(text), *facts)
        append(two, "a/b", message(text), *facts)
    both("same", "\\Seen k1", "05-May-2014 10:00:00 +0200")
    append(one, "INBOX", message("zone"), "", "05-May-2014 10:00:00 +0200")
    append(two, "INBOX", message("zone"), "", "05-May-2014 04:00:00 -0400")
    checks.that(judged("--order") == [], "the same instant told in two zones is equal")

    append(one, "INBOX.a.b", message("lost"))
    found = judged()
    checks.that(kinds(found) == ["missing"] and found[0]["uid1"] == 2 and found[0]["folder1"] == "a/b",
                f"a message only the source has is missing, with its folder and UID: {found}")
    checks.that(judged("--missing-ok") == [], "--missing-ok allows that")
    append(two, "a/b", message("lost"))
    append(two, "a/b", message("lost"))
    checks.that(kinds(judged()) == ["extra"], "a message that is there twice is extra once")
    checks.that(judged("--duplicates-once") == [] and judged("--extra-ok") == [], "--duplicates-once and --extra-ok allow that")
    append(one, "INBOX.a.b", message("lost"))

    append(one, "INBOX.a.b", message("flags"), "\\Seen")
    append(two, "a/b", message("flags"), "\\Seen \\Flagged")
    checks.that(kinds(judged()) == ["flags"], "other flags are a difference")
    checks.that(judged("--ignore-flag", "\\Flagged") == [] and judged("--no-flags") == [], "unless they are to be ignored")
    append(one, "INBOX.a.b", message("dates"), "", "05-May-2014 10:00:00 +0000")
    append(two, "a/b", message("dates"), "", "05-May-2014 10:00:01 +0000")
    checks.that(kinds(judged("--no-flags")) == ["dates"], "a second is a difference")
    checks.that(judged("--no-flags", "--no-dates") == [], "unless dates are to be ignored")
    append(one, "INBOX.a.b", message("octet"))
    append(two, "a/b", message("octet").replace(b"octet\r\n\r\n", b"octet\r\n\r\n "))
    checks.that(kinds(judged("--no-flags", "--no-dates")) == ["extra", "missing"], "one octet is a difference")

    for number in (1, 2):
        append(one, "INBOX", message(f"order {number}"))
        append(two, "INBOX", message(f"order {3 - number}"))
    checks.that(judged("--folder", "INBOX") == [] and kinds(judged("--folder", "INBOX", "--order")) == ["order"],
                "order counts where it is asked for")
    one.ask(b"CREATE INBOX.only")
    checks.that("no folder" in kinds(judged()), "a folder that is not there is a difference, though empty")
    two.ask(b"CREATE renamed")
    checks.that("no folder" not in kinds(judged("--rename", "only=renamed")), "unless it was renamed")
    append(two, "Sent", message("sent"))
    append(one, "INBOX.Sent Items", message("sent"))
    checks.that(judged("--folder", "Sent Items") == [], "folders with the same special use belong together")
    checks.that(kinds(lab.differences((old, "userjudge"), (new, "userjudge"), "--folder", "Sent Items")) == ["missing", "no folder"],
                "but only with --automap")
    one.ask(b"SUBSCRIBE INBOX.a.b")
    checks.that(kinds(judged("--subscriptions", "--folder", "a/b", "--no-flags", "--no-dates", "--missing-ok", "--extra-ok"))
                == ["not subscribed"], "subscriptions count where asked for")


def seeder_repeats_itself(checks, lab):
    for server in ("dovecot-old", "dovecot-new"):
        lab.seed(server, "userseed", "--messages", 100, "--folders", 2, "--odd", "--duplicates", 0.1)
    found = lab.differences(("dovecot-old", "userseed"), ("dovecot-new", "userseed"), "--automap", "--exclude", "~|/$|slash")
    checks.that(not [each for each in found if each["folder2"].startswith("Folder")], f"two servers are given the same: {found[:3]}")
    before = lab.message_count("dovecot-old", "userseed")
    lab.seed("dovecot-old", "userseed", "--messages", 0, "--folders", 0, "--change-flags", 10, "--expunge", 5)
    checks.that(lab.message_count("dovecot-old", "userseed") == before - 5, "--expunge 5 removes five")
    found = lab.differences(("dovecot-old", "userseed"), ("dovecot-new", "userseed"), "--automap")
    checks.that({"extra", "flags"} <= set(kinds(found)), "--change-flags changes flags")


def refusal(connection, command):
    try:
        connection.ask(command)
    except imap.Refused as refused:
        return str(refused)
    except (imap.Lost, OSError) as lost:
        return f"lost: {type(lost).__name__}"
    return ""


def proxy_obeys(checks, lab):
    port = lab.port("dovecot-new")
    connect = lambda proxy: imap.Connection("127.0.0.1", proxy, "userproxy", timeout=5)
    octets = message("proxy", 3000)

    def count():
        connection = lab.login("dovecot-new", "userproxy")
        return int(connection.ask(b"STATUS INBOX (MESSAGES)")[0][2][1])

    with fault_proxy(port, "--fault", "APPEND 2: NO [OVERQUOTA] full", "--fault", "NOOP 1-2: BAD no", "--fault",
                     "APPEND 3: cut-after", "--fault", "APPEND 4: cut-inside 1000", "--fault", "APPEND 5: cut") as (proxy, counts):
        connection = connect(proxy)
        answers = []
        for _ in range(2):
            try:
                append(connection, "INBOX", octets)
                answers.append("")
            except imap.Refused as refused:
                answers.append(str(refused))
        checks.that(answers == ["", "NO [OVERQUOTA] full"] and count() == 1, f"the second APPEND is refused, and not stored: {answers}")
        checks.that([bool(refusal(connection, b"NOOP")) for _ in range(3)] == [True, True, False], "a range of commands is refused")
        for words, stored in (("cut-after: stored, the answer lost", 2), ("cut-inside: not stored", 2), ("cut: not stored", 2)):
            try:
                append(connection, "INBOX", octets)
                checks.that(False, words)
            except (imap.Lost, OSError):
                time.sleep(0.05)
                checks.that(count() == stored, f"{words}: {count()} stored")
            connection = connect(proxy)
        told = counts()
        checks.that(told["commands"]["APPEND"] == 5 and told["connections"] == 4 and told["cut"] == 3, f"all is counted: {told}")

    with fault_proxy(port, "--fault", "UID FETCH 1: cut-answer 1500") as (proxy, counts):
        connection = connect(proxy)
        connection.ask(b"SELECT INBOX")
        tag = connection.send(b"UID FETCH 1:* (BODY.PEEK[])")
        read = 0
        try:
            while read < 10000:
                read += len(b"".join(connection.octets(1)))
            checks.that(False, "an answer is cut")
        except (imap.Lost, OSError):
            checks.that(read == 1500, f"an answer is cut after 1500 octets: {read} ({tag})")

    with fault_proxy(port, "--rtt", 60) as (proxy, counts):
        started = time.monotonic()
        connection = connect(proxy)
        opened = time.monotonic()
        connection.ask(b"NOOP")
        one = time.monotonic() - opened
        tags = [connection.send(b"NOOP") for _ in range(20)]
        for tag in tags:
            connection.wait(tag)
        twenty = time.monotonic() - opened - one
        checks.that(0.055 < one < 0.2 and twenty < 0.4 and opened - started > 0.2,
                    f"a round trip takes 60 ms ({one:.3f}), twenty pipelined ones about as long ({twenty:.3f})")

    with fault_proxy(port, "--max-connections", 1, "--strip-caps", "LITERAL+,MULTIAPPEND", "--fault", "NOOP 1: freeze") as (proxy, counts):
        connection = connect(proxy)
        checks.that(not connection.capabilities & {"LITERAL+", "MULTIAPPEND"} and "UIDPLUS" in connection.capabilities,
                    "capabilities are hidden")
        try:
            connect(proxy)
            checks.that(False, "a second connection is refused")
        except imap.Refused as refused:
            checks.that("BYE" in str(refused), f"a second connection hears BYE: {refused}")
        connection.socket.settimeout(0.3)
        try:
            connection.ask(b"NOOP")
            checks.that(False, "a frozen connection says nothing")
        except (socket.timeout, TimeoutError):
            checks.that(True, "")


def poor_is_poor(checks, lab):
    connection = lab.login("dovecot-poor", "userpoor")
    checks.that(connection.capabilities == {"IMAP4REV1"}, f"dovecot-poor tells of nothing: {connection.capabilities}")
    for command in (b"ENABLE CONDSTORE", b"NAMESPACE", b"SELECT INBOX (CONDSTORE)", b"UID EXPUNGE 1", b"UNSELECT", b"MOVE 1 a",
                    b"APPEND INBOX {3+}\r\nabc", b'LIST (SUBSCRIBED) "" "*"', b"STATUS INBOX (SIZE)", b"UID FETCH 1 (MODSEQ)"):
        checks.that(refusal(connection, command).startswith("BAD"), f"and refuses {command[:30]}")
    tag = connection.send(b"APPEND INBOX {5}")
    connection.response()
    connection.socket.sendall(b"a: b\n {5}\r\n")
    try:
        connection.wait(tag)
        checks.that(False, "and a second message in an APPEND")
    except imap.Refused:
        checks.that(True, "")
    tag = connection.send(b"APPEND INBOX {5}")
    connection.response()
    connection.socket.sendall(b"a: b\n\r\n")
    connection.wait(tag)
    checks.that(b"APPENDUID" not in connection.last, "and does not say under which UID it stored")


def test(checks):
    lab = Lab(["dovecot-old", "dovecot-new", "dovecot-poor"])
    for part in (judge_sees_differences, seeder_repeats_itself, proxy_obeys, poor_is_poor):
        checks.section(part.__name__.replace("_", " "))
        part(checks, lab)


main(test)
