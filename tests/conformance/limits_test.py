#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Limits a day and quiet hours against real servers: the run ends with status 4 and says until when, no more is read than allowed,
nothing is asked before its time, and what is copied later is complete and there once. Nothing waits for a day to pass."""
import datetime
import json
import os
import signal
import subprocess
from pathlib import Path

from support import PASSWORD, Lab, Mailhaul, mailhaul_path, main

OLD, NEW = "dovecot-old", "dovecot-new"
SOURCE, DESTINATION = "userlimitfrom", "userlimitto"
LIMIT = 400_000


def now_quiet():
    """Quiet hours around this minute."""
    now = datetime.datetime.now()
    hours = datetime.timedelta(hours=2)
    return f"{now - hours:%H:%M}-{now + hours:%H:%M}"


def check_daily_limit(checks, lab, sync):
    run = sync("one", "--source-daily-limit", f"{LIMIT}B")
    report = run.report
    checks.that(run.status == 4 and report["ending"] == "paused", f"the limit ends the run with status 4: {run}")
    checks.that(report["source"]["octets_received"] <= LIMIT + 2000, f"no more is read than allowed: {report['source']}")
    pause = report["pause"]
    checks.that(pause["cause"] == "daily_limit" and "--source-daily-limit" in pause["reason"], f"it says why: {pause}")
    until = datetime.datetime.fromisoformat(pause["until"].replace("Z", "+00:00"))
    ahead = until - datetime.datetime.now(datetime.timezone.utc)
    checks.that(datetime.timedelta(hours=23) < ahead <= datetime.timedelta(hours=24), f"and until when: {pause}")
    checks.that(pause["octets_left"] > 0 and pause["finished"] >= pause["until"], f"and what is left: {pause}")
    checks.that(0 < run.total("copied") == lab.message_count(NEW, DESTINATION), f"what was under way arrived: {run}")
    checks.section("a run that reaches its limit")

    again = sync("one", "--source-daily-limit", f"{LIMIT}B")
    checks.that(again.status == 4 and not any(event["type"] == "connected" for event in again.events),
                f"before its time nobody is connected to: {again}")
    checks.section("a run before its time")

    rest = sync("one")
    checks.that(rest.status == 0 and rest.total("already") == run.total("copied"), f"the rest is copied, and only the rest: {rest}")
    found = lab.differences((OLD, SOURCE), (NEW, DESTINATION), "--automap")
    checks.that(not found, f"both accounts are equal: {found}")
    checks.section("the rest")


def check_quiet_hours(checks, lab, sync):
    run = sync("two", "--quiet-hours", now_quiet())
    checks.that(run.status == 4 and run.report["pause"]["cause"] == "quiet_hours", f"quiet hours end it with status 4: {run}")
    checks.that(not any(event["type"] == "connected" for event in run.events), f"nobody is connected to in them: {run}")
    for hours in ("8-18", "00:00-24:00"):
        wrong = sync("two", "--quiet-hours", hours)
        checks.that(wrong.status == 64 and wrong.said("--quiet-hours"), f"--quiet-hours {hours} is a mistake: {wrong}")
    checks.section("quiet hours")


def check_wait(checks, mailhaul, command):
    """A signal ends the wait at once: told by the event that says it waits, not by time."""
    process = subprocess.Popen([*command, "--quiet-hours", now_quiet(), "--wait", "--json"], stdout=subprocess.PIPE,
                               env={**os.environ, "TEST_PASSWORD": PASSWORD}, text=True)
    try:
        event = {}
        while event.get("type") != "waiting":
            event = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=30)
        checks.that(process.returncode == 130, f"a signal ends the wait: status {process.returncode}, {rest}")
        checks.that("while it waited" in json.loads(rest.splitlines()[-1])["error"]["message"], f"and says so: {rest}")
    finally:
        process.kill()
        process.wait()
    checks.section("a signal while it waits")


def check_words(checks, command):
    run = subprocess.run([*command, "--quiet-hours", now_quiet()], capture_output=True, text=True,
                         env={**os.environ, "TEST_PASSWORD": PASSWORD})
    checks.that(run.returncode == 4 and "Result: paused until " in run.stdout and "quiet hours" in run.stdout and
                "--wait" in run.stdout, f"people are told: {run.stdout}")


def check_exitwhenover(checks, lab, mailhaul):
    run = subprocess.run([str(mailhaul.path), "imapsync", "--host1", "127.0.0.1", "--port1", str(lab.port(OLD)), "--user1", SOURCE,
                          "--password1", PASSWORD, "--host2", "127.0.0.1", "--port2", str(lab.port(NEW)), "--user2",
                          "userlimitover", "--password2", PASSWORD, "--nossl1", "--nossl2", "--notls1", "--notls2", "--nolog",
                          "--exitwhenover", "200000"], capture_output=True, text=True,
                         env={**os.environ, "HOME": str(mailhaul.folder), "XDG_STATE_HOME": str(mailhaul.folder / "state")})
    checks.that(run.returncode == 118 and "Maximum bytes transferred reached" in run.stdout,
                f"--exitwhenover ends with 118: status {run.returncode}, {run.stdout[-1500:]}{run.stderr[-500:]}")
    copied = lab.message_count(NEW, "userlimitover")
    checks.that(0 < copied < lab.message_count(OLD, SOURCE), f"in the middle: {copied} copied")
    checks.section("imapsync --exitwhenover")


def test(checks):
    lab = Lab([OLD, NEW])
    mailhaul = Mailhaul(mailhaul_path(), Path(lab.place) / "ledgers")
    lab.seed(OLD, SOURCE, "--messages", 300, "--sizes", "mean:4K", "--folders", 4)

    def sync(ledger, *options):
        return mailhaul.sync((SOURCE, lab.port(OLD)), (DESTINATION, lab.port(NEW)), ledger, *options)

    def command(ledger):
        return [str(mailhaul.path), "sync", f"imap+insecure://{SOURCE}@127.0.0.1:{lab.port(OLD)}", "--to",
                f"imap+insecure://{DESTINATION}@127.0.0.1:{lab.port(NEW)}", "--source-password", "env:TEST_PASSWORD",
                "--destination-password", "env:TEST_PASSWORD", "--ledger", str(mailhaul.ledger(ledger))]

    check_daily_limit(checks, lab, sync)
    check_quiet_hours(checks, lab, sync)
    check_wait(checks, mailhaul, command("three"))
    check_words(checks, command("four"))
    check_exitwhenover(checks, lab, mailhaul)


main(test)
