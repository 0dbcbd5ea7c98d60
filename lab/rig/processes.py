# SPDX-License-Identifier: Apache-2.0
"""Starts processes and later ends exactly those, children included.

A process is remembered as (pid, start time): pids come around again, the pair does not. Each is the leader of a session of
its own, which is how children that outlive it are still known.
"""
import os
import signal
import subprocess
import time
from pathlib import Path


def facts(pid):
    """(state, session, start time in ticks) of a process, or nothing where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[3]), int(fields[19])


def start(command, log, environment=None):
    with open(log, "ab") as output:
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                   start_new_session=True, env={**os.environ, **(environment or {})})
    return {"pid": process.pid, "started": facts(process.pid)[2]}


def is_running(entry):
    found = facts(entry["pid"])
    return bool(found) and found[0] != "Z" and found[2] == entry["started"]


def members(entry):
    """The processes of the session that `entry` began, itself included. A session's number is not given away again while
    it has members, so what came before our start is somebody else's."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            found = facts(folder.name)
            if found and found[0] != "Z" and found[1] == entry["pid"] and found[2] >= entry["started"]:
                yield int(folder.name)


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def stop(entries, patience=10):
    """Asks each to end, waits, and then ends what is left of it."""
    send([entry["pid"] for entry in entries if is_running(entry)], signal.SIGTERM)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(is_running(entry) for entry in entries):
        time.sleep(0.02)
    left = [pid for entry in entries for pid in members(entry)]
    if left:
        time.sleep(0.2)  # children may be on their way out
        send([pid for entry in entries for pid in members(entry)], signal.SIGKILL)
