# SPDX-License-Identifier: Apache-2.0
"""Scenarios of imapsync_test.py. Pid files, signals, logs, broken connections."""
import os
import signal
import subprocess
import threading
import time

from imapsync_world import A, B, mail, scenario
from support import fault_proxy


@scenario(68, "pidfile_well_removed", "pidfile_bad", "ll_pidfilelocking", "test_tail")
def _(world):
    pid_file = world.ledgers / "run.pid"
    done = world.run("--justlogin", "--pidfile", pid_file)
    world.that(done.status == 0 and not pid_file.exists(), f"removed: {done}")
    world.that(world.run("--justlogin", "--pidfile", "/nowhere/run.pid").status == 8, "not writable")
    pid_file.write_text(f"{os.getpid()}\nlog\n")
    world.that(world.run("--justlogin", "--pidfile", pid_file, "--pidfilelocking").status == 8, "of a live process")
    pid_file.write_text("no number\n")
    world.that(world.run("--justlogin", "--pidfile", pid_file, "--pidfilelocking").status == 8, "not a number")
    world.that(pid_file.read_text() == "no number\n", "left alone")
    pid_file.write_text("999999999\nlog\n")
    world.that(world.run("--justlogin", "--pidfile", pid_file, "--pidfilelocking").status == 0, "a stale one is replaced")
    log = world.ledgers / "other.log"
    log.write_text("a line of the other run\n")
    other = subprocess.Popen(["sleep", "3"])
    reaper = threading.Thread(target=other.wait)
    reaper.start()
    pid_file.write_text(f"{other.pid}\n{log}\n")
    done = world.run("--pidfile", pid_file, "--pidfilelocking", "--tail")
    reaper.join()
    world.that(done.status == 0 and "a line of the other run" in done.out, f"tail ends with it: {done}")


def wait_until(holds):
    """For something that a real server shows; nothing tells of it."""
    end = time.monotonic() + 20
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)


@scenario(69, "ll_abort_basic", "ll_abort_byfile", "ll_abort_no_process_running", "ll_abort_pidfile_no_exist")
def _(world):
    for option, expected in (("--abort", 131), ("--abortbyfile", 7)):
        world.fresh()  # what is under way is finished, which may be all there is
        pid_file = world.ledgers / "abort.pid"
        world.put(A, "INBOX", *[mail(f"m{n}") for n in range(30)])
        run = world.start("--pidfile", pid_file, "--maxmessagespersecond", "2")
        wait_until(lambda: pid_file.exists() and world.messages(B, "INBOX"))
        aborter = world.raw(option, "--pidfile", pid_file)
        out, _ = run.communicate(timeout=20)
        world.that(aborter.status == 0, f"{option}: {aborter}")
        world.that(run.returncode == expected and not list(world.ledgers.glob("abort.pid*")), f"{option}: {run.returncode} {out[-500:]}")
    world.that(world.raw("--abort", "--pidfile", world.ledgers / "none.pid").status == 0, "nobody to abort: 0")
    stranger = subprocess.Popen(["sleep", "100"])
    pid_file.write_text(f"{stranger.pid}\n")
    aborter = world.raw("--abort", "--pidfile", pid_file)
    world.that(stranger.poll() is None and "another program's" in aborter.out, f"a pid that is another's now is left alone: {aborter}")
    stranger.kill()
    stranger.wait()
    pid_file.unlink()
    done = world.run()
    world.that(done.status == 0 and len(world.messages(B, "INBOX")) == 30, f"and the rest follows, once: {done}")


@scenario(70, "ll_sigreconnect_INT")
def _(world):
    world.put(A, "INBOX", *[mail(f"m{n}") for n in range(30)])
    run = world.start("--pidfile", "", "--maxmessagespersecond", "3")
    wait_until(lambda: world.messages(B, "INBOX"))
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=20)
    world.that(run.returncode == 130, f"the first one ends it, cleanly, where imapsync reconnects: {run.returncode} {out[-500:]}")


@scenario(71, "ll_diff_log_stdout")
def _(world):
    world.put(A, "INBOX", mail("one"))
    done = world.raw(*world.sides(), "--logdir", world.ledgers / "logs", "--logfile", "x.txt", "--pidfile", "")
    log = (world.ledgers / "logs/x.txt").read_text()
    world.that(done.status == 0 and log.strip() == done.out.strip(), f"{log[-300:]} {done}")


@scenario(72, "ll_reconnect_host2")
def _(world):
    world.put(A, "INBOX", *[mail(f"m{n}") for n in range(40)])
    with fault_proxy(world.lab.port(B), "--fault", "APPEND 5: cut-after", "--strip-caps", "MULTIAPPEND") as (port, _):
        done = world.run("--port2", port)
    world.that(done.status == 0 and len(world.messages(B, "INBOX")) == 40, f"{len(world.messages(B, 'INBOX'))} {done}")


@scenario(73, "ll_delself")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("two"))
    done = world.run("--delete1", destination=A)
    world.that(done.status == 0 and world.messages(A, "INBOX") == [], done)


@scenario(74, "ll_folder_backslash", "ll_folder_blanks", "ll_folder_quotes", "ll_folder_star", "ll_folder_brackets")
def _(world):
    for name in ("back\\slash", "two  blanks", "it's \"quoted\"", "st*r", "[brackets]"):
        world.put(A, "INBOX." + name, mail("one"))
    done = world.run()
    there = world.names(B)
    world.that(done.status == 0 and {"back\\slash", "two  blanks", "it's \"quoted\"", "[brackets]"} <= there, f"{there} {done}")
