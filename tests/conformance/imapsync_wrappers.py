# SPDX-License-Identifier: Apache-2.0
"""Scenarios of imapsync_test.py. Wrappers as they are in use, and what --dry sends."""
import re
import subprocess

from imapsync_world import A, B, mail, scenario
from support import PASSWORD, fault_proxy

CHANGING = ("APPEND", "CREATE", "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "STORE", "UID STORE", "EXPUNGE",
            "UID EXPUNGE", "COPY", "UID COPY", "MOVE", "UID MOVE", "SETACL", "SELECT")


@scenario(0, "a_csv_loop_with_xargs")
def _(world):
    """Six columns, a line each, several at once; the seventh column holds further options."""
    users = [world.fresh() for _ in range(4)]
    for user in users:
        world.put(A, "INBOX", mail(f"of {user}"), user=user)
    table = "".join(f"127.0.0.1;{user};{PASSWORD};127.0.0.1;{user};{PASSWORD};--automap\n" for user in users)
    script = world.folder / "loop.sh"
    script.write_text(f"""#!/bin/bash
# The loop that imapsync's own examples show.
one() {{ IFS=';' read -r h1 u1 p1 h2 u2 p2 extra <<< "$1"
  {world.program} --host1 "$h1" --user1 "$u1" --password1 "$p1" --host2 "$h2" --user2 "$u2" --password2 "$p2" \\
    --port1 {world.lab.port(A)} --port2 {world.lab.port(B)} --notls1 --notls2 --pidfile "{world.folder}/$u1.pid" --pidfilelocking $extra ""; }}
export -f one
tr '\\n' '\\0' | xargs -0 -P 3 -I ROW bash -c 'one "ROW"'
""")
    done = subprocess.run(["bash", script], input=table, text=True, capture_output=True, cwd=world.folder, env=world.environment())
    world.that(done.returncode == 0 and done.stdout.count("The sync looks good") == 4, f"{done.returncode} {done.stdout[-800:]} {done.stderr[-300:]}")
    for user in users:
        world.that(world.subjects(B, "INBOX", user) == [f"of {user}"], f"each has its own: {user}")


@scenario(0, "a_script_that_greps_the_statistics")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("two"))
    script = r"""
out=$("$@" 2>&1) || exit 9
moved=$(echo "$out" | grep '^Messages transferred' | cut -d: -f2 | awk '{print $1}')
errors=$(echo "$out" | sed -n 's/^Detected \([0-9]*\) errors$/\1/p')
bytes=$(echo "$out" | grep '^Total bytes transferred' | awk -F: '{print $2}' | awk '{print $1}')
folders=$(echo "$out" | grep '^Folders synced' | grep -o '[0-9]*/[0-9]*')
echo "$moved $errors $folders $((bytes > 0))"
"""
    done = subprocess.run(["bash", "-c", script, "bash", str(world.program), *world.sides(), "--nolog", "--pidfile", ""], text=True, capture_output=True,
                          env=world.environment(), cwd=world.ledgers)
    world.that(re.fullmatch(r"2 0 (\d+)/\1 1\n", done.stdout), f"{done.stdout!r} {done.returncode}")


@scenario(0, "a_script_that_acts_on_statuses")
def _(world):
    script = """
"$@" >/dev/null 2>&1
case $? in 0) echo done;; 10|101|102) echo later;; 16|161|162) echo password;; 111|113|114|117) echo look;; *) echo unknown;; esac
"""
    def outcome(*options):
        command = ["bash", "-c", script, "bash", str(world.program), *world.sides(), "--nolog", "--pidfile", "", *options]
        return subprocess.run(command, text=True, capture_output=True, env=world.environment(), cwd=world.ledgers).stdout.strip()
    world.that(outcome() == "done", "done")
    world.that(outcome("--port2", "1") == "later", "later")
    world.that(outcome("--justconnect", "--port1", "1") == "later", "later, of justconnect")
    world.that(outcome("--password2", "x") == "password", "password")
    world.that(outcome("--pipemess", "false", "--nopipemesscheck") == "done", "nothing to change")
    world.put(A, "INBOX", mail("one"))
    world.that(outcome("--pipemess", "false", "--nopipemesscheck") == "look", "look")


@scenario(0, "dry_changes_nothing_on_the_wire")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("two"))
    world.put(A, "INBOX.new.deep", mail("three"))
    world.put(A, "INBOX.void")
    world.put(B, "INBOX", mail("stranger"), mail("one"), mail("one"))
    world.put(B, "gone", mail("lost"))
    rows = [["--delete1", "--delete1emptyfolders"], ["--delete2"], ["--delete2duplicates"], ["--delete2folders"], ["--delete2foldersonly", "/gone/"],
            ["--justfolders"], ["--subscribeall"], ["--regexflag", "s/$/ New/"], ["--regexmess", "s/a/b/"], ["--emailreport1", "--emailreport2"],
            ["--subfolder2", "Below"], ["--addheader", "--syncduplicates"], ["--skipcrossduplicates"], ["--search", "ALL"], ["--pipemess", "cat"],
            ["--justfoldersizes"], ["--justautomap", "--automap"], ["--justfolderlists"]]
    with fault_proxy(world.lab.port(A), "--count") as (port1, counts1), fault_proxy(world.lab.port(B), "--count") as (port2, counts2):
        for options in rows:
            done = world.run("--dry", "--port1", port1, "--port2", port2, *options)
            world.that(done.status == 0, f"{options}: {done}")
        commands = {name.upper() for counts in (counts1, counts2) for name in counts()["commands"]}
    world.that("EXAMINE" in commands and not commands & set(CHANGING), f"of all these lines none changes anything: {commands}")
