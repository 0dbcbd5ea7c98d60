#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""OAuth 2.0 from one end to the other: mailhaul gets tokens from a token server over HTTP by every flow, and Dovecot asks that
server whether they are good."""
import base64
import hashlib
import json
import os
import re
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

from support import Lab, Mailhaul, mailhaul_path, main

OLD, NEW = "dovecot-old", "dovecot-new"


class TokenServer:
    def __init__(self, lab):
        self.base = lab.facts["tokens"]["base"]
        self.client = lab.facts["tokens"]

    def control(self, **fields):
        body = urllib.parse.urlencode(fields).encode()
        return json.load(urllib.request.urlopen(f"{self.base}/control", body))

    def count(self, what):
        return self.control()["counts"].get(what, 0)


class Logins:
    """Runs `mailhaul login`, with a person who does what they are told."""

    def __init__(self, lab, path, folder):
        self.lab, self.path, self.folder = lab, path, Path(folder)
        self.folder.mkdir()
        self.tokens = TokenServer(lab)
        (self.folder / "client-secret").write_text(self.tokens.client["client_secret"] + "\n")

    def endpoints(self):
        base = self.tokens.base
        return ["--authorize-endpoint", f"{base}/authorize", "--token-endpoint", f"{base}/token", "--device-endpoint", f"{base}/device"]

    def file(self, name):
        return self.folder / f"{name}.json"

    def __call__(self, name, *options, user="user001", server=NEW, browser=None, stdin=None, environment=None):
        command = [self.path, "login", f"imaps://{user}@127.0.0.1:{self.lab.servers[server]['tls_port']}", "--ca", self.lab.facts["ca"],
                   "--json", "--protocol", "--oauth", self.file(name), *options]
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env={**os.environ, **(environment or {})})
        said = []

        def listen():
            for line in process.stderr:
                said.append(line)
                address = re.match(r"http://\S+/authorize\?\S+", line)
                if address and browser:
                    browser(address.group(), process)
        listener = threading.Thread(target=listen)
        listener.start()
        if stdin is not None:
            process.stdin.write(stdin)
            process.stdin.flush()
        out = process.stdout.read()
        process.wait(60)
        listener.join()
        return {**(json.loads(out) if out else {}), "status": process.returncode, "said": out + "".join(said)}


def in_browser(address, _process):
    urllib.request.urlopen(address).read()  # follows the redirect to mailhaul


def elsewhere(address, process):
    """A browser on another computer: the redirect leads nowhere, and the person pastes where it led."""
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None
    try:
        urllib.request.build_opener(Stay).open(address)
    except urllib.error.HTTPError as redirect:
        process.stdin.write(redirect.headers["Location"] + "\n")
        process.stdin.flush()


def check_flows(checks, lab, login):
    own = [*login.endpoints(), "--client-id", "lab", "--scope", "imap"]
    got = login("browser", "--authorize", "lab", *own, browser=in_browser)
    checks.that(got["status"] == 0 and got["mechanism"] in ("XOAUTH2", "OAUTHBEARER"), f"a browser here: {got}")
    checks.that(login.file("browser").stat().st_mode & 0o777 == 0o600, "the authorization is for its owner alone")
    got = login("paste", "--authorize", "lab", "--paste", *own, browser=elsewhere)
    checks.that(got["status"] == 0, f"a browser elsewhere: {got}")
    login.tokens.control(pending=2)
    got = login("device", "--authorize", "lab", "--device", *own)
    checks.that(got["status"] == 0 and "LAB-CODE" in got["said"], f"a device code: {got}")
    secret = ["--client-secret", f"file:{login.folder / 'client-secret'}"]
    got = login("application", "--authorize", "lab", "--application", *own, *secret)
    checks.that(got["status"] == 0, f"client credentials: {got}")
    for mechanism in ("XOAUTH2", "OAUTHBEARER"):
        got = login("browser", "--auth", mechanism)
        checks.that(got["status"] == 0 and got["mechanism"] == mechanism, f"the same again by {mechanism}: {got}")
    checks.section("every flow with a person or a client")


def check_refusals(checks, lab, login):
    own = [*login.endpoints(), "--client-id", "lab", "--scope", "imap"]
    login.tokens.control(decline=1)
    got = login("declined", "--authorize", "lab", *own, browser=in_browser)
    checks.that(got["status"] == 10 and "the person said no" in got["said"], f"declined in the browser: {got}")
    got = login("declined", "--authorize", "lab", "--device", *own)
    checks.that(got["status"] == 10 and "the person said no" in got["said"], f"declined on the device: {got}")
    login.tokens.control(decline=0)
    checks.that(not login.file("declined").exists(), "nothing is kept of what was declined")
    (login.folder / "wrong").write_text("not it\n")
    got = login("wrong", "--authorize", "lab", "--application", *own, "--client-secret", f"file:{login.folder / 'wrong'}")
    checks.that(got["status"] == 10 and "check the client id and secret" in got["said"], f"a wrong client secret: {got}")

    def forged(address, process):
        back = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["redirect_uri"][0]
        urllib.request.urlopen(f"{back}/?code=stolen&state=guessed").read()
    got = login("forged", "--authorize", "lab", *own, browser=forged)
    checks.that(got["status"] == 10 and "another state" in got["said"], f"an answer to no question of ours: {got}")
    login.tokens.control(fail=2)
    got = login("browser")
    checks.that(got["status"] == 0, f"a token server that is busy twice: {got}")
    checks.section("refusals")


def check_rotation(checks, lab, login):
    first = json.loads(login.file("browser").read_text())["refresh_token"]
    got = login("browser")
    second = json.loads(login.file("browser").read_text())["refresh_token"]
    checks.that(got["status"] == 0 and first != second, f"a refresh token that was replaced is kept: {got}")
    runs = [threading.Thread(target=lambda: results.append(login("browser")["status"])) for _ in range(4)]
    results = []
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    checks.that(results == [0] * 4, f"four processes with one authorization do not use up each other's: {results}")
    old = json.loads(login.file("browser").read_text())
    login.file("dead").write_text(json.dumps({**old, "refresh_token": first}))
    got = login("dead")
    checks.that(got["status"] == 10 and "run mailhaul login again" in got["said"], f"a dead refresh token: {got}")
    checks.section("refresh tokens that are replaced")


def check_service_account(checks, lab, login):
    key = login.folder / "robot.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", key], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", f"{key}.pub"], check=True)
    account = login.folder / "key.json"
    account.write_text(json.dumps({"type": "service_account", "client_email": "robot@lab.example", "private_key_id": "1",
                                   "private_key": key.read_text(), "token_uri": f"{login.tokens.base}/token"}))
    login.tokens.control(key=f"{key}.pub")
    for user in ("user001", "user002"):
        got = login("robot", "--authorize", "google", "--service-account", account, "--token-endpoint", f"{login.tokens.base}/token",
                    user=user)
        checks.that(got["status"] == 0 and got["account"].startswith(user), f"a service account for {user}: {got}")
    for skew in (600, -600):
        login.tokens.control(skew=skew)
        got = login("robot")
        checks.that(got["status"] == 0, f"a clock that is {skew} s off is corrected by the server's: {got}")
    login.tokens.control(skew=0)
    checks.section("a service account")


def check_client_certificate(checks, lab, login):
    """Microsoft's app-only access without a secret: the registration proves itself by its certificate."""
    both, key, certificate = (login.folder / name for name in ("app.pem", "app.key", "app.crt"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=app",
                    "-days", "2"], check=True, capture_output=True)
    both.write_text(certificate.read_text() + key.read_text())
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", f"{key}.pub"], check=True)
    der = subprocess.run(["openssl", "x509", "-in", certificate, "-outform", "DER"], check=True, capture_output=True).stdout
    thumbprint = base64.urlsafe_b64encode(hashlib.sha1(der).digest()).rstrip(b"=").decode()
    login.tokens.control(key=f"{key}.pub", thumbprint=thumbprint)
    own = ["--authorize", "lab", "--application", *login.endpoints(), "--client-id", "lab", "--scope", "imap"]
    got = login("signed", *own, "--client-certificate", both)
    checks.that(got["status"] == 0, f"client credentials by a certificate: {got}")
    checks.that("PRIVATE KEY" not in login.file("signed").read_text(), "the authorization names the key's file and holds no key")
    login.tokens.control(skew=900)
    got = login("signed")
    checks.that(got["status"] == 0, f"a clock that is 900 s off is corrected by the server's: {got}")
    login.tokens.control(skew=0, thumbprint="another")
    got = login("signed")
    checks.that(got["status"] == 10 and "check the client id and secret" in got["said"], f"a certificate nobody registered: {got}")
    got = login("unpaired", *own, "--client-certificate", certificate)
    checks.that(got["status"] == 66 and "no such key" in got["said"], f"a certificate without its key: {got}")
    checks.section("a registration that proves itself by a certificate")


def check_sealed(checks, lab, login):
    """Authorizations sealed at rest: with a key, without, with another, with the next."""
    keys = Path(lab.place) / "keys"
    keys.mkdir()
    for name in ("first", "second"):
        (keys / name).write_text(base64.b64encode(os.urandom(32)).decode() + "\n")
    first, second = (["--seal-key", f"file:{keys / name}"] for name in ("first", "second"))
    own = [*login.endpoints(), "--client-id", "lab", "--scope", "imap"]
    sealed = login.file("sealed")
    got = login("sealed", "--authorize", "lab", *own, *first, browser=in_browser)
    checks.that(got["status"] == 0, f"an authorization that is sealed from the start: {got}")
    held = sealed.read_text()
    checks.that("mailhaul sealed 1" in held and "refresh" not in held and "token" not in held and sealed.stat().st_mode & 0o777 == 0o600,
                f"nothing can be read in it: {held}")
    got = login("sealed", *first)
    checks.that(got["status"] == 0 and sealed.read_text() != held and "refresh" not in sealed.read_text(),
                f"its replaced refresh token is sealed as well: {got}")
    for options, words in (((), "is sealed: give its key with --seal-key"), (second, "was sealed with another key"),
                           (["--seal-key", f"file:{keys / 'none'}"], "none"), (["--seal-key", "env:SHORT_KEY"], "16 or more")):
        before = sealed.read_text()
        got = login("sealed", *options, environment={"SHORT_KEY": "short"})
        checks.that(got["status"] == 66 and words in got["said"] and sealed.read_text() == before, f"{options}: {words}: {got}")
    beside = login.folder / "key-beside"
    beside.write_text((keys / "first").read_text())
    got = login("sealed", "--seal-key", f"file:{beside}")
    checks.that(got["status"] == 66 and "lies beside" in got["said"], f"a key beside what it seals: {got}")
    got = login("sealed", *second, *first)
    checks.that(got["status"] == 0, f"the next key, and the one before it: {got}")
    got = login("sealed", environment={"MAILHAUL_SEAL_KEY": (keys / "second").read_text().strip()})
    checks.that(got["status"] == 0, f"from then on the next one does, from the environment: {got}")
    got = login("sealed", *first)
    checks.that(got["status"] == 66 and "another key" in got["said"], f"and the former one does not: {got}")
    got = login("plain", "--authorize", "lab", *own, browser=in_browser)
    checks.that("refresh_token" in login.file("plain").read_text(), f"without a key it is as it was: {got}")
    got = login("plain", "--seal-key", f"cmd:cat {keys / 'first'}")
    checks.that(got["status"] == 0 and "refresh_token" not in login.file("plain").read_text(), f"one in clear is read, and sealed: {got}")
    altered = json.loads(sealed.read_text())
    altered["sealed"] = altered["sealed"][:-8] + "AAAAAAA="
    sealed.write_text(json.dumps(altered))
    got = login("sealed", *second)
    checks.that(got["status"] == 66 and "is altered" in got["said"], f"one that was altered: {got}")
    checks.section("sealed authorizations")


def check_long_copy(checks, lab, login, mailhaul):
    """The copy takes longer than a token lives, and Dovecot is told to cut what is slow."""
    lab.seed(OLD, "userlong", "--messages", "600", "--folders", "6")
    login.tokens.control(user="userlong")
    own = [*login.endpoints(), "--client-id", "lab", "--scope", "imap"]
    for name, server in (("from", OLD), ("to", NEW)):
        got = login(name, "--authorize", "lab", *own, user="userlong", server=server, browser=in_browser)
        checks.that(got["status"] == 0, f"login of userlong: {got}")
    login.tokens.control(ttl=4)
    before = login.tokens.control()["counts"]
    options = ["--source-oauth", login.file("from"), "--destination-oauth", login.file("to"), "--max-messages-per-second", "30"]
    run = mailhaul.sync(("userlong", lab.port(OLD)), ("userlong", lab.port(NEW)), "long", *options, oauth=True)
    after = login.tokens.control()["counts"]
    checks.that(run.status == 0 and run.total("copied") >= 590, f"a copy longer than its tokens live completes: {run}")
    renewals = after["refresh_token"] - before.get("refresh_token", 0)
    logins = after["introspect"] - before.get("introspect", 0)
    checks.that(renewals >= 3 and logins >= 6, f"tokens were renewed ({renewals}) and connections replaced ({logins})")
    found = lab.differences((OLD, "userlong"), (NEW, "userlong"), "--automap")
    checks.that(not found, f"nothing is lost or doubled by it: {found}")
    login.tokens.control(ttl=3600, revoke=1)
    run = mailhaul.sync(("userlong", lab.port(OLD)), ("userlong", lab.port(NEW)), "long", *options[:4], oauth=True)
    checks.that(run.status == 0 and run.total("copied") == 0, f"again, after every access token was revoked: {run}")
    checks.section("a copy longer than its tokens live")


def check_given_tokens(checks, lab, login):
    """A token file that somebody else keeps fresh, and a command."""
    fresh = login.tokens.control(user="user001", grant=1)["refresh_token"]
    body = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": fresh}).encode()
    token = json.load(urllib.request.urlopen(f"{login.tokens.base}/token", body))["access_token"]
    (login.folder / "token").write_text(token + "\n")
    (login.folder / "token").chmod(0o600)
    command = [login.path, "login", f"imaps://user001@127.0.0.1:{lab.servers[NEW]['tls_port']}", "--ca", lab.facts["ca"], "--json",
               "--protocol"]
    for spec in (f"file:{login.folder / 'token'}", f"cmd:cat {login.folder / 'token'}",
                 f"cmd:printf '{{\"access_token\":\"%s\",\"expires_in\":3600}}' {token}"):
        done = subprocess.run([*map(str, command), "--token", spec], text=True, capture_output=True)
        checks.that(done.returncode == 0, f"a token by {spec.partition(' ')[0]}: {done.stdout}{done.stderr}")
        checks.that(token not in done.stdout + done.stderr, f"{spec.partition(' ')[0]}: the token is shown")
    login.tokens.control(revoke=1)
    done = subprocess.run([*map(str, command), "--token", f"file:{login.folder / 'token'}"], text=True, capture_output=True)
    checks.that(done.returncode == 10, f"a revoked token: {done.stdout}")
    checks.section("tokens that are given")


def check_secrets(checks, login, lab):
    """Whatever was printed or written on the way holds no token; authorization files alone hold refresh tokens."""
    place = Path(lab.place)
    for path in [*place.rglob("ledgers/**/*"), *place.rglob("state/**/*")]:
        if path.is_file():
            text = path.read_bytes()
            checks.that(b"access-" not in text and b"refresh-" not in text, f"{path} holds a token")
    checks.section("what was left behind")


def test(checks):
    path = mailhaul_path()
    lab = Lab([OLD, NEW], options=["--all-logins"])
    login = Logins(lab, path, f"{lab.place}/authorizations")
    said = []
    ask = Logins.__call__

    def remembered(self, *arguments, **options):
        got = ask(self, *arguments, **options)
        said.append(got["said"])
        return got
    Logins.__call__ = remembered
    check_flows(checks, lab, login)
    check_refusals(checks, lab, login)
    check_rotation(checks, lab, login)
    check_service_account(checks, lab, login)
    check_client_certificate(checks, lab, login)
    check_sealed(checks, lab, login)
    check_long_copy(checks, lab, login, Mailhaul(path, f"{lab.place}/ledgers"))
    check_given_tokens(checks, lab, login)
    check_secrets(checks, login, lab)
    leaks = [text for text in said if re.search(r"access-\w|refresh-\w|lab-secret", text)]
    checks.that(not leaks, f"no output of {len(said)} logins shows a token: {leaks[:1]}")


main(test)
