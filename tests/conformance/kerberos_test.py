#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Logging in with Kerberos tickets (GSSAPI) to real servers, by a KDC of the test's own: a good ticket, none, one that has
expired, somebody else's, an administrator's; and a copy of an account that needs no password at all."""
import base64
import json
import os
import subprocess
import time

from support import PASSWORD, Lab, Mailhaul, accounts, mailhaul_path, main

NEW, CYRUS = "dovecot-new", "cyrus"
LONGEST_WAIT = 20  # seconds, for a ticket of one second to end


class Tickets:
    """One person's tickets, as mailhaul and the Kerberos tools see them."""

    def __init__(self, lab):
        self.kinit, self.cache = lab.facts["kerberos"]["kinit"], f"{lab.place}/tickets"
        self.environment = {"KRB5_CONFIG": lab.facts["kerberos"]["config"], "KRB5CCNAME": f"FILE:{self.cache}"}

    def get(self, user, password=PASSWORD, *options):
        subprocess.run([self.kinit, *options, user], env={**os.environ, **self.environment}, input=password + "\n", text=True,
                       check=True, capture_output=True)

    def forget(self):
        if os.path.exists(self.cache):
            os.remove(self.cache)


class Logins:
    def __init__(self, lab, path, tickets):
        self.lab, self.path, self.tickets = lab, path, tickets

    def __call__(self, server, user, *options, host="localhost", environment=None):
        command = [self.path, "login", f"imaps://{user}@{host}:{self.lab.servers[server]['tls_port']}", "--ca", self.lab.facts["ca"],
                   "--json", "--protocol", "--auth", "GSSAPI", *options]
        done = subprocess.run(list(map(str, command)), env={**os.environ, **self.tickets.environment, **(environment or {})}, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL)
        answer = json.loads(done.stdout) if done.stdout else {}
        return {**answer, "status": done.returncode, "said": done.stdout + done.stderr}


def check_tickets(checks, login, tickets):
    for server in (NEW, CYRUS):
        tickets.forget()
        none = login(server, "user001")
        checks.that(none["status"] == 66 and none["error"]["code"] == "credential_unavailable" and "get one with kinit" in none["said"],
                    f"{server} without a ticket: {none}")
        tickets.get("user001")
        good = login(server, "user001")
        checks.that(good["status"] == 0 and good["mechanism"] == "GSSAPI", f"{server} with a ticket: {good}")
        tokens = [word for word in good["said"].split() if len(word) > 40 and not word.startswith(("[", "{"))]
        checks.that("<redacted>" in good["said"] and not any(map(is_ticket, tokens)), f"{server}: no ticket in what is said: {tokens}")
        another = login(server, "user002")
        checks.that(another["status"] == 66 and "is of user001@LAB.TEST, not of user002" in another["said"],
                    f"{server} with somebody else's ticket: {another}")
    checks.section("a ticket, none, somebody else's")


def is_ticket(word):
    """GSS-API's first token begins so (RFC 2743 section 3.1)."""
    try:
        return base64.b64decode(word)[:1] == b"\x60"
    except ValueError:
        return False


def check_expired(checks, login, tickets):
    tickets.get("user001", PASSWORD, "-l", "1s")
    until = time.monotonic() + LONGEST_WAIT
    got = login(NEW, "user001")
    while got["status"] == 0 and time.monotonic() < until:
        got = login(NEW, "user001")
    checks.that(got["status"] == 66 and "has expired" in got["said"] and "get a new one with kinit" in got["said"], f"expired: {got}")
    checks.section("a ticket that has expired")


def check_mistakes(checks, lab, login, tickets):
    tickets.get("user001")
    address = login(NEW, "user001", host="127.0.0.1")
    checks.that(address["status"] == 66 and "full host name" in address["said"], f"an address in place of the name: {address}")
    empty = f"{lab.place}/empty.conf"
    open(empty, "w").close()
    nowhere = login(NEW, "user001", environment={"KRB5_CONFIG": empty})
    checks.that(nowhere["status"] == 66 and "KDC" in nowhere["said"], f"no KDC is known: {nowhere}")
    checks.section("mistakes")


def check_administrators(checks, lab, login, tickets):
    tickets.get("user001")
    for server in (NEW, CYRUS):
        refused = login(server, "user001", "--authorize-as", "user002")
        checks.that(refused["status"] == 10 and "does not open the mailbox of user002" in refused["said"]
                    and refused["error"]["cause"] == "mailbox_permission", f"{server}: who is no administrator: {refused}")
    lab.seed(NEW, "user002", "--messages", "20", "--folders", "3")
    tickets.get(accounts.MASTER_USER, accounts.MASTER_PASSWORD)
    for server in (NEW, CYRUS):
        got = login(server, accounts.MASTER_USER, "--authorize-as", "user002")
        checks.that(got["status"] == 0 and got["proof"], f"{server}: an administrator, proven: {got}")
    checks.section("administrators")


def check_copy(checks, lab, mailhaul, tickets):
    os.environ.update(tickets.environment)  # for the copy
    options = ["--source-auth", "GSSAPI", "--destination-auth", "GSSAPI", "--ca", lab.facts["ca"]]
    url = {server: f"imaps://{{}}@localhost:{lab.servers[server]['tls_port']}" for server in (NEW, CYRUS)}
    tickets.get("user001")
    lab.seed(NEW, "user001", "--messages", "300", "--folders", "4")
    run = mailhaul.sync(url[NEW].format("user001"), url[CYRUS].format("user001"), "own", *options, oauth=True)
    checks.that(run.status == 0 and run.total("copied") >= 300, f"one's own, by ticket: {run}")
    checks.that(not lab.differences((NEW, "user001"), (CYRUS, "user001"), "--automap"), "all of it arrived")
    master = accounts.MASTER_USER
    tickets.get(master, accounts.MASTER_PASSWORD)
    run = mailhaul.sync(url[NEW].format(master), url[CYRUS].format(master), "users", *options, "--source-authorize-as", "user002",
                        "--destination-authorize-as", "user002", oauth=True)
    checks.that(run.status == 0 and run.total("copied") > 0, f"another's, by the administrator's ticket: {run}")
    checks.that(not lab.differences((NEW, "user002"), (CYRUS, "user002"), "--automap"), "all of it arrived in user002's mail")
    tickets.forget()
    run = mailhaul.sync(url[NEW].format("user001"), url[CYRUS].format("user001"), "own", *options, oauth=True)
    checks.that(run.status == 66 and run.said("kinit"), f"without a ticket: {run}")
    checks.section("copying by tickets alone")


def check_imapsync(checks, lab, path, tickets):
    tickets.get("user001")
    line = [path, "imapsync", "--justlogin", "--host1", "localhost", "--port1", lab.servers[NEW]["tls_port"], "--ssl1", "--user1", "user001",
            "--authmech1", "GSSAPI", "--host2", "localhost", "--port2", lab.servers[CYRUS]["tls_port"], "--ssl2", "--user2", "user001",
            "--password2", PASSWORD, "--nolog", "--noreleasecheck"]
    done = subprocess.run(list(map(str, line)), env={**os.environ, **tickets.environment}, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, cwd=lab.place)
    checks.that(done.returncode == 0 and "GSSAPI" in done.stdout, f"--authmech1 GSSAPI: {done.stdout[-1500:]} {done.stderr}")
    checks.section("imapsync's --authmech1 GSSAPI")


def test(checks):
    path = mailhaul_path()
    lab = Lab([NEW, CYRUS], options=["--kerberos"])
    tickets = Tickets(lab)
    login = Logins(lab, path, tickets)
    without = login(NEW, "user001")
    if "MAILHAUL_WITH_GSSAPI=ON" in without["said"]:
        checks.that(without["status"] == 10, f"a mailhaul without Kerberos: {without}")
        checks.that(not os.environ.get("CI"), "the build under test has no Kerberos: ./test builds one that has")
        print("this mailhaul was built without Kerberos, and says so: nothing else is tested")
        return
    check_tickets(checks, login, tickets)
    check_expired(checks, login, tickets)
    check_mistakes(checks, lab, login, tickets)
    check_administrators(checks, lab, login, tickets)
    check_copy(checks, lab, Mailhaul(path, f"{lab.place}/ledgers"), tickets)
    check_imapsync(checks, lab, path, tickets)


main(test)
