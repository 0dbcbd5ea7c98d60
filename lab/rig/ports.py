# SPDX-License-Identifier: Apache-2.0
"""Finds free TCP ports on loopback, and waits for servers to answer on them."""
import random
import socket
import time
from pathlib import Path


def lowest_outgoing_port():
    """Connections take their own end's port from here on, so a port above may be gone when the server wants it."""
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 32768


def free_ports():
    """Endlessly many different ports that nobody listens on now."""
    given = set()
    chance = random.SystemRandom()
    top = max(lowest_outgoing_port(), 12000)
    while True:
        port = chance.randrange(10000, top)
        if port in given:
            continue
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError:
                continue
        given.add(port)
        yield port


def greets(port, timeout=5):
    """Whether something there talks first, as an IMAP server does."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout) as connection:
            return connection.recv(16).startswith(b"* ")
    except OSError:
        return False


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 2).close()
        return True
    except OSError:
        return False


def wait_until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)
    return True
