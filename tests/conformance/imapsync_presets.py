# SPDX-License-Identifier: Apache-2.0
"""Scenarios of imapsync_test.py. Sizes, reports, presets, and what a line means."""
import re
import subprocess

from imapsync_world import A, B, mail, scenario
from support import PASSWORD


@scenario(0, "explain")
def _(world):
    done = world.raw("--version")
    program = str(world.program.resolve())
    done = subprocess.run([program, "explain", "imapsync", *world.sides(), "--delete2", "--gmail1"], capture_output=True, text=True, env=world.environment())
    world.that(done.returncode == 0 and "DANGEROUS: what it removes\n  --delete2\n" in done.stdout and PASSWORD not in done.stdout, done.stdout)
    world.that(re.search(r"mailhaul sync imaps://\S+ --to imap\+insecure://\S+ --delete-destination", done.stdout), done.stdout)


@scenario(0, "explain_folders")
def _(world):
    world.put(A, "INBOX.a", mail("one"), mail("two"))
    world.put(A, "INBOX.no", mail("three"))
    world.put(B, "strange", mail("four"))
    program = str(world.program.resolve())
    line = [*world.sides(), "--exclude", "no$", "--f1f2", "INBOX.a=b", "--delete2folders"]
    done = subprocess.run([program, "explain", "--folders", "imapsync", *line], capture_output=True, text=True, env=world.environment())
    world.that(done.returncode == 0 and "[INBOX.a] -> [b] (override, to be created), 2 messages on host1" in done.stdout, done.stdout)
    world.that("[INBOX.no]: excluded by --exclude no$" in done.stdout and "[strange] of host2, with 1 message\n" in done.stdout, done.stdout)
    world.that(PASSWORD not in done.stdout and "b" not in world.names(B) and "strange" in world.names(B), "nothing is changed, no password printed")


@scenario(0, "tests", "simulong")
def _(world):
    done = world.raw("--testslive")
    world.that(done.status == 0 and "EX_OK" in done.out, done)
    done = world.raw("--simulong", "0.4")
    world.that(done.status == 0 and done.out.count("ETA: ") == 2 and "0/2 msgs left" in done.out, done)


@scenario(0, "statistics")
def _(world):
    world.put(A, "INBOX.s", mail("one"), mail("two"))
    world.put(B, "s", mail("two"), mail("mine"))
    done = world.run("--folder", "INBOX.s")
    world.that(done.number("Messages found in host2 not in host1") == 1 and "The sync is not strict, there are 1 among 3" in done.out, done)
    world.that(done.figure("Start difference host2 - host1").startswith("0 messages, ") and done.figure("Final difference host2 - host1").startswith("1 messages, "), done)
    world.that(done.number("Total bytes skipped") == len(mail("two")) and done.number("Reconnections to host1") == 0, done)
    world.that(re.fullmatch(r"\d+\.\d MiB \(\*time \d+\.\d MiB\*h\) \(started with \d+\.\d MiB\)", done.figure("Memory consumption at the end") or ""), done)


@scenario(0, "justfoldersizes")
def _(world):
    texts = [mail("one"), mail("two", body="x" * 1000)]
    world.put(A, "INBOX.s", *texts)
    done = world.run("--justfoldersizes", "--folder", "INBOX.s")
    total, biggest = sum(map(len, texts)), max(map(len, texts))
    line = next((each for each in done.out.splitlines() if each.startswith("Host1 folder") and "[INBOX.s]" in each), "")
    world.that(done.status == 0 and re.search(rf"Size: +{total} Messages: +2 Biggest: +{biggest}", line), f"{line} {done}")
    world.that("does not exist yet" in done.out and f"Host1 Total size:      {total} bytes" in done.out and "s" not in world.names(B), done)


@scenario(0, "emailreport")
def _(world):
    world.put(A, "INBOX.s", mail("one"))
    done = world.run("--emailreport1", "--emailreport2", "--folder", "INBOX.s")
    for server in (A, B):
        found = world.messages(server, "INBOX")
        world.that(len(found) == 1 and b"Subject: Report of a mail migration" in found[0][3], f"{server}: {found} {done}")


@scenario(0, "presets")
def _(world):
    world.put(A, "INBOX.[Gmail].Sent", mail("one", headers=("Disposition-Notification-To: a@b",)), flags="\\Flagged")
    here = ["--host1", "127.0.0.1", "--host2", "127.0.0.1", "--nossl1", "--nossl2"]
    rows = [(["--gmail1"], "Sent"), (["--gmail2"], "Sent"), (["--office1", "--regextrans2", "s/.*/o1/"], "o1"), (["--exchange1", "--regextrans2", "s/.*/e1/"], "e1"),
            (["--office2", "--regextrans2", "s/.*/o2/"], "o2"), (["--exchange2", "--regextrans2", "s/.*/e2/"], "e2")]
    for options, name in rows:
        done = world.run(*here, "--folder", "INBOX.[Gmail].Sent", *options, *(["--sep1", ".", "--prefix1", "INBOX."] if "gmail" in options[0] else []))
        world.that(done.status == 0 and world.subjects(B, name) == ["one"], f"{options}: {world.names(B)} {done}")
    world.that(b"X-Disposition-Notification-To" in world.messages(B, "o2")[0][3], "office2 disarms receipts")
    world.that(world.messages(B, "e2")[0][1] == set(), "exchange2 takes \\Flagged away")
    world.that(world.run("--gmail1", "--usecache").status == 64, "the conflict imapsync has")
