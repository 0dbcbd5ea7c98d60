# SPDX-License-Identifier: Apache-2.0
"""Scenarios of imapsync_test.py. What is changed on the way, flags and dates, limits."""
import contextlib
import re
import subprocess
import time

from imapsync_world import A, B, mail, scenario
from support import PASSWORD, fault_proxy


@scenario(60, "ll_maxsize", "ll_minsize", "ll_maxlinelength", "ll_truncmess")
def _(world):
    world.put(A, "INBOX", mail("small"), mail("large", body="x" * 70 + "\r\n" + "y" * 900))
    done = world.run("--maxsize", "500")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["small"] and "not finished" in done.out, done)
    world.fresh()
    world.put(A, "INBOX", mail("small"), mail("large", body="y" * 900))
    done = world.run("--minsize", "500")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["large"], done)
    for options, expected in ((["--maxlinelength", "500"], ["small"]), (["--minmaxlinelength", "500"], ["large"])):
        world.fresh()
        world.put(A, "INBOX", mail("small"), mail("large", body="y" * 900))
        done = world.run(*options)
        world.that(done.status == 0 and world.subjects(B, "INBOX") == expected and "skipped (longest line of" in done.out, f"{options}: {done}")
    done = world.run("--maxlinelength", "500", "--maxlinelengthcmd", "fold -s -w 100")
    world.that(done.status == 0 and max(map(len, world.messages(B, "INBOX")[-1][3].split(b"\n"))) <= 902, done)
    world.fresh()
    world.put(A, "INBOX", mail("long", body="z" * 5000))
    done = world.run("--truncmess", "400")
    found = world.messages(B, "INBOX")
    world.that(done.status == 0 and len(found[0][3]) in (400, 402), f"{len(found[0][3])} {done}")


@scenario(61, "ll_regexmess", "ll_regexmess_bad_regex", "ll_skipmess", "ll_skipmess_8bits", "ll_disarmreadreceipts", "ll_pipemess", "ll_pipemess_bad", "ll_pipemess_false")
def _(world):
    def only(*options, texts=(mail("one"),), status=0):
        world.fresh()
        world.put(A, "INBOX", *texts)
        done = world.run(*options)
        world.that(done.status == status, f"{options}: {done}")
        return done, [text for *_, text in world.messages(B, "INBOX")]

    done, (text,) = only("--regexmess", "s/hello (one)/bye $1/", "--regexmess", "tr/A-Z/a-z/")
    world.that(b"bye one" in text and b"subject: one" in text, text)
    again = world.run("--regexmess", "s/hello (one)/bye $1/", "--regexmess", "tr/A-Z/a-z/")
    world.that(again.number("Messages transferred") == 0 and len(world.messages(B, "INBOX")) == 1, f"not twice: {again}")
    done, (text,) = only("--regexmess", "s/\\A/X-Path: $h1_fold of $sync->{user1}\\r\\n/")
    world.that(text.startswith(f"X-Path: INBOX of {world.user}\r\n".encode()), text)
    for code in ("s/a/", "bare", "s/a/b/e", "m/a/"):
        world.that(world.run("--regexmess", code).status == 64, f"--regexmess {code}")
    done, texts = only("--skipmess", "m/^Subject: one/m", texts=(mail("one"), mail("two")))
    world.that(len(texts) == 1 and b"two" in texts[0] and "skipped (matched by --skipmess" in done.out and done.status == 0, done)
    _, texts = only("--skipmess", "m/[\\x80-\\xff]/", texts=(mail("one", body="caf\u00e9"), mail("two")))
    world.that(len(texts) == 1, texts)
    world.that(world.run("--skipmess", "m/(/").status == 64, "--skipmess m/(/")
    _, (text,) = only("--disarmreadreceipts", texts=(mail("one", headers=("disposition-notification-to: x@y",)),))
    world.that(b"X-disposition-notification-to: x@y" in text, text)
    _, (text,) = only("--pipemess", "sed s/hello/bye/", "--pipemess", "cat | sed 's/bye/good day,/'")
    world.that(b"good day, one" in text, text)
    world.that(world.run("--pipemess", "false").status == 64, "a command that fails on a blank")
    world.that(world.run("--pipemess", "/nowhere/command").status == 64, "a command that is not there")
    done, texts = only("--pipemess", "false", "--nopipemesscheck", status=111)
    world.that(not texts and "failed with exit status 1" in done.out, f"named, and an error, where imapsync drops it in silence: {done}")
    done, texts = only("--pipemess", "sleep 0", "--nopipemesscheck", status=111)
    world.that(not texts and "printed nothing" in done.out, done)


@scenario(61, "a_kill_does_not_double_what_is_changed")
def _(world):
    world.put(A, "INBOX", *[mail(f"m{n}") for n in range(40)])
    # The very lines by which a message is recognised.
    options = ["--regexmess", "s/^Subject: /Subject: changed /m", "--regexmess", "s/imapsync.example>/changed.example>/", "--pidfile", ""]
    with fault_proxy(world.lab.port(B), "--fault", "APPEND 9: cut-after", "--strip-caps", "MULTIAPPEND") as (port, _):
        run = world.start(*options, "--port2", port)
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.communicate(timeout=0.7)
        run.kill()
        run.communicate()
        done = world.run(*options, "--port2", port)  # the same address, so the same ledger
        verify = subprocess.run([str(world.program.resolve()), "verify", f"imap+insecure://{world.user}@127.0.0.1:{world.lab.port(A)}", "--to",
                                 f"imap+insecure://{world.user}@127.0.0.1:{port}", "--source-password", "env:P", "--destination-password",
                                 "env:P", "--bodies"], capture_output=True, text=True, env=world.environment(P=PASSWORD))
    found = world.subjects(B, "INBOX")
    world.that(done.status == 0 and sorted(found) == sorted(f"changed m{n}" for n in range(40)), f"{len(found)} {done}")
    world.that("changed before it was stored, as the operator asked" in verify.stdout + verify.stderr, f"verify says why they differ: {verify.stdout[-900:]} {verify.stderr[-300:]}")


@scenario(62, "ll_regex_flag", "ll_resyncflags", "ll_noresyncflags", "ll_syncflagsaftercopy")
def _(world):
    world.put(A, "INBOX", mail("one"), flags="\\Seen \\Flagged NonJunk")
    done = world.run("--regexflag", r"s/\\Flagged//g", "--regexflag", "s/NonJunk/Good/")
    world.that(done.status == 0 and world.messages(B, "INBOX")[0][1] == {"\\Seen", "Good"}, f"{world.messages(B, 'INBOX')} {done}")
    again = world.run("--regexflag", r"s/\\Flagged//g", "--regexflag", "s/NonJunk/Good/")
    world.that(world.messages(B, "INBOX")[0][1] == {"\\Seen", "Good"}, again)
    world.run("--noresyncflags")
    world.that(world.messages(B, "INBOX")[0][1] == {"\\Seen", "Good"}, "left alone")
    world.run()
    world.that(world.messages(B, "INBOX")[0][1] == {"\\Seen", "\\Flagged", "NonJunk"}, "exactly host1's")
    keep = r"s/.*?(?:(\\(?:Answered|Flagged|Deleted|Seen|Draft)\s?)|$)/defined($1)?$1:q()/eg"
    done = world.run("--regexflag", keep)
    world.that(done.status == 0 and world.messages(B, "INBOX")[0][1] == {"\\Seen", "\\Flagged"}, f"the published recipe: {done}")
    world.that(world.run("--regexflag", "s/a/").status == 64, "a bad one is 64")


@scenario(63, "ll_errorsmax")
def _(world):
    world.put(A, "INBOX", *[mail(f"m{n}") for n in range(30)])
    with fault_proxy(world.lab.port(B), "--fault", "APPEND: NO no", "--strip-caps", "MULTIAPPEND") as (port, _):
        done = world.run("--port2", port, "--errorsmax", "5")
    world.that(done.status == 114 and re.search(r"\d+/5 nb_errors/max_errors", done.out), done)


@scenario(64, "ll_idatefromheader", "ll_nosyncinternaldates")
def _(world):
    for options, expected in (([], "03-Mar-2019"), (["--idatefromheader"], "01-Jan-2026"), (["--nosyncinternaldates"], time.strftime("%d-%b-%Y"))):
        world.fresh()
        world.put(A, "INBOX", mail("one"), date=" 3-Mar-2019 10:00:00 +0000")
        done = world.run(*options)
        world.that(done.status == 0 and world.messages(B, "INBOX")[0][2].strip().startswith(expected), f"{options}: {world.messages(B, 'INBOX')} {done}")


@scenario(65, "ll_exitwhenover")
def _(world):
    world.put(A, "INBOX", *[mail(f"m{n}", body="x" * 5000) for n in range(60)])
    done = world.run("--exitwhenover", "50000")
    world.that(done.status == 118 and 0 < len(world.messages(B, "INBOX")) < 60, done)


@scenario(66, "ll_maxmessagespersecond", "ll_maxbytespersecond", "ll_maxbytesafter")
def _(world):
    world.put(A, "INBOX", *[mail(f"m{n}") for n in range(8)])
    started = time.monotonic()
    done = world.run("--maxmessagespersecond", "4")
    world.that(done.status == 0 and time.monotonic() - started > 0.9, f"paced: {time.monotonic() - started:.1f} s {done}")


@scenario(67, "ll_bigmail")
def _(world):
    world.put(A, "INBOX", mail("big", body=("x" * 70 + "\r\n") * 400_000))
    done = world.run()
    world.that(done.status == 0 and len(world.messages(B, "INBOX")[0][3]) > 28_000_000, done)
    world.ask(B, b"SELECT INBOX", b"STORE 1 +FLAGS (\\Deleted)", b"EXPUNGE")
    done = world.run("--regexmess", "s/^Subject: big/Subject: huge/m")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["huge"], f"also where it is changed: {done}")
