#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Logging in to real servers: by every mechanism they have, with passwords that are hard to write, as an administrator for
others; and a wrong password is sent once."""
import json
import os
import subprocess

from support import PASSWORD, Lab, Mailhaul, accounts, fault_proxy, mailhaul_path, main

NEW, CYRUS = "dovecot-new", "cyrus"
DOVECOT_MECHANISMS = ["PLAIN", "LOGIN", "LOGIN-COMMAND", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"]
CYRUS_MECHANISMS = [*DOVECOT_MECHANISMS, "SCRAM-SHA-512", "NTLM"]


class Logins:
    def __init__(self, lab, path):
        self.lab, self.path = lab, path

    def __call__(self, server, user, password, *options, tls=True, port=None, environment=None):
        port = port or (self.lab.servers[server]["tls_port"] if tls else self.lab.port(server))
        scheme = "imaps" if tls else "imap+insecure"
        command = [self.path, "login", f"{scheme}://{user}@127.0.0.1:{port}", "--ca", self.lab.facts["ca"], "--json",
                   "--protocol", "--password", "env:LOGIN_PASSWORD", *options]
        done = subprocess.run(list(map(str, command)), env={**os.environ, **(environment or {}), "LOGIN_PASSWORD": password}, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL)
        answer = json.loads(done.stdout) if done.stdout else {}
        return {**answer, "status": done.returncode, "said": done.stdout + done.stderr}


def check_mechanisms(checks, lab, login):
    for server, mechanisms in ((NEW, DOVECOT_MECHANISMS), (CYRUS, CYRUS_MECHANISMS)):
        for mechanism in mechanisms:
            good = login(server, "userhash", PASSWORD, "--auth", mechanism)
            checks.that(good["status"] == 0 and good["mechanism"] == mechanism, f"{server} {mechanism}: {good}")
            bad = login(server, "userhash", "not it", "--auth", mechanism)
            checks.that(bad["status"] == 10 and bad["error"]["code"] == "login_refused", f"{server} {mechanism} wrong: {bad}")
    best = login(NEW, "userhash", PASSWORD)
    checks.that(best["mechanism"] == "SCRAM-SHA-256", f"the best Dovecot has: {best}")
    best = login(CYRUS, "userhash", PASSWORD)
    checks.that(best["mechanism"].startswith("SCRAM-SHA-512"), f"the best Cyrus has: {best}")
    # A user without a hashed password there: the one fall-forward, and to a verified server only.
    stored = login(CYRUS, "userplain", PASSWORD)
    checks.that(stored["status"] == 0 and stored["mechanism"] == "PLAIN", f"a user SCRAM does not know: {stored}")
    open_to_all = login(CYRUS, "userplain", PASSWORD, "--insecure")
    checks.that(open_to_all["status"] == 10 and "not shown in clear" in open_to_all["said"], f"no clear password to a server nobody verified: {open_to_all}")
    folder = f"{lab.facts['dir']}/certificates"
    external = login(NEW, "user001", "unused", "--auth", "EXTERNAL", "--certificate", f"{folder}/user.pem", "--key", f"{folder}/user.key")
    checks.that(external["status"] == 0 and external["mechanism"] == "EXTERNAL", f"a client certificate: {external}")
    checks.section("every mechanism, right and wrong")


def check_channel_binding(checks, lab, login):
    """Cyrus binds SCRAM to TLS by tls-unique, which ends with TLS 1.2: OpenSSL's own configuration keeps mailhaul below 1.3."""
    configuration = f"{lab.place}/tls12.cnf"
    with open(configuration, "w") as file:
        file.write("openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = tls\n[tls]\nMaxProtocol = TLSv1.2\n")
    for mechanism in ("SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"):
        got = login(CYRUS, "userhash", PASSWORD, "--auth", mechanism, environment={"OPENSSL_CONF": configuration})
        checks.that(got["status"] == 0 and got["mechanism"] == mechanism and got["transport"].startswith("TLSv1.2"),
                    f"{mechanism} bound by tls-unique: {got}")
        bad = login(CYRUS, "userhash", "not it", "--auth", mechanism, environment={"OPENSSL_CONF": configuration})
        checks.that(bad["status"] == 10, f"{mechanism}, a wrong password: {bad}")
    best = login(CYRUS, "userhash", PASSWORD, environment={"OPENSSL_CONF": configuration})
    checks.that(best["mechanism"] == "SCRAM-SHA-512-PLUS", f"it is the first choice there: {best}")
    checks.section("SCRAM bound to TLS 1.2")


def check_domains(checks, login):
    """Of NTLM: Cyrus takes any, but reckons with it in capitals."""
    for user in ("CORP\\userhash", "corp\\userhash", "cOrP%5Cuserhash"):
        got = login(CYRUS, user, PASSWORD, "--auth", "NTLM")
        checks.that(got["status"] == 0 and got["mechanism"] == "NTLM", f"{user} by NTLM: {got}")
    bad = login(CYRUS, "CORP\\userhash", "not it", "--auth", "NTLM")
    checks.that(bad["status"] == 10 and bad["error"]["code"] == "login_refused", f"with a domain by NTLM, wrong: {bad}")
    plain = login(CYRUS, "userhash", PASSWORD, "--auth", "NTLM", tls=False)
    checks.that(plain["status"] == 0, f"NTLM shows no password and needs no TLS: {plain}")
    other = login(CYRUS, accounts.MASTER_USER, accounts.MASTER_PASSWORD, "--auth", "NTLM", "--authorize-as", "user001")
    checks.that(other["status"] == 10 and "use PLAIN" in other["said"], f"NTLM cannot name another's mailbox: {other}")
    checks.section("users with a domain, by NTLM")


def check_passwords(checks, lab, login):
    for server, mechanisms in ((NEW, DOVECOT_MECHANISMS), (CYRUS, CYRUS_MECHANISMS)):
        for user, password in accounts.RUDE_PASSWORDS.items():
            for mechanism in mechanisms:
                if mechanism == "NTLM" and not password.isascii():
                    continue  # Cyrus SASL makes UTF-16 of each octet, as if it were Latin-1
                # SASLprep, which Cyrus does and we do not, changes none of these but for servers that store them prepared.
                got = login(server, user, password, "--auth", mechanism)
                checks.that(got["status"] == 0, f"{server} {user} {mechanism}: {got}")
                checks.that(len(password) < 4 or password not in got["said"], f"{server} {user} {mechanism}: it shows the password")
    for server in (NEW, CYRUS):
        got = login(server, "odd-ascii", accounts.RUDE_PASSWORDS["odd-ascii"], "--auth", "LOGIN-COMMAND", tls=False)
        checks.that(got["status"] == 0, f"{server}: in a plaintext LOGIN: {got}")
    checks.section("passwords that are hard to write")


def check_wrong_password(checks, lab, login):
    for server in (NEW, CYRUS):
        with fault_proxy(lab.port(server), "--count") as (port, counts):
            bad = login(server, "userplain", "not it", "--auth", "PLAIN", tls=False, port=port)
            checks.that(bad["status"] == 10, f"{server}: a wrong password has status 10: {bad}")
            checks.that(bad["error"]["cause"] == "wrong_secret" and "userplain%40DOMAIN@" in bad["said"], f"{server}: what to do: {bad}")
            commands = counts()["commands"]
            sent = {name: count for name, count in commands.items() if name.startswith(("LOGIN", "AUTHENTICATE"))}
            checks.that(sum(sent.values()) == 1, f"{server}: a wrong password is sent once: {commands}")
    bad = login(NEW, accounts.MASTER_USER, "not it", "--authorize-as", "user001")
    checks.that(bad["status"] == 10 and "check the password of master, and that master may act for others" in bad["said"],
                f"an administrator's wrong password: {bad}")
    absent = login(NEW, "userplain", PASSWORD, "--auth", "NTLM")
    checks.that(absent["status"] == 10 and absent["error"]["code"] == "login_unavailable" and " PLAIN " in absent["said"].split("it offers")[-1],
                f"a mechanism that Dovecot has not: {absent}")
    unknown = login(NEW, "userplain", PASSWORD, "--auth", "DIGEST-MD5")
    checks.that(unknown["status"] == 64 and "wanted one of SCRAM-SHA-512-PLUS" in unknown["said"],
                f"a mechanism that mailhaul has not: {unknown}")
    checks.section("a wrong password")


def check_administrators(checks, lab, login, mailhaul):
    master, secret = accounts.MASTER_USER, accounts.MASTER_PASSWORD
    got = login(NEW, master, secret, "--authorize-as", "user001")
    checks.that(got["status"] == 0 and got["account"].startswith("user001@") and "master has no mailbox" in got["proof"],
                f"Dovecot's master by PLAIN, proven: {got}")
    got = login(NEW, f"user001*{master}", secret)
    checks.that(got["status"] == 0, f"Dovecot's master by user*master: {got}")
    got = login(CYRUS, master, secret, "--authorize-as", "user001")
    checks.that(got["status"] == 0 and got["proof"], f"Cyrus's administrator, proven: {got}")
    got = login(CYRUS, "user001", PASSWORD, "--authorize-as", "user002")
    checks.that(got["status"] == 10, f"who is no administrator is refused: {got}")
    for user in ("useradmin1", "useradmin2", "useradmin3"):
        lab.seed(NEW, user, "--messages", "20", "--folders", "3")
        ends = [f"imaps://{master}@127.0.0.1:{lab.servers[server]['tls_port']}" for server in (NEW, CYRUS)]
        run = mailhaul.sync(*ends, user, "--source-authorize-as", user, "--destination-authorize-as", user, "--ca", lab.facts["ca"],
                            passwords=(secret, secret))
        checks.that(run.status == 0 and run.total("copied") > 0, f"{user} is copied by administrators alone: {run}")
        found = lab.differences((NEW, user), (CYRUS, user), "--automap")
        checks.that(not found, f"{user} arrived in their own mailbox: {found}")
    checks.section("administrators for others")


def test(checks):
    path = mailhaul_path()
    lab = Lab([NEW, CYRUS], options=["--all-logins"])
    login = Logins(lab, path)
    check_mechanisms(checks, lab, login)
    check_channel_binding(checks, lab, login)
    check_domains(checks, login)
    check_passwords(checks, lab, login)
    check_wrong_password(checks, lab, login)
    check_administrators(checks, lab, login, Mailhaul(path, f"{lab.place}/ledgers"))


main(test)
