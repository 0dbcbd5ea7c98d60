# SPDX-License-Identifier: Apache-2.0
"""The lab's OAuth 2.0 server: gives tokens in all the ways there are, and tells Dovecot whether one is good.

  POST /token       refresh_token (each is good once), authorization_code with PKCE, device_code, client_credentials,
                    jwt-bearer (signature, audience and times are checked)
  GET  /authorize   agrees at once: redirects to redirect_uri with code and state
  POST /device      a device code that is pending for `pending` polls
  POST /introspect  Dovecot asks here
  GET  /metadata    RFC 8414
  POST /control     makes trouble; its answer counts what happened. Names: ttl (seconds tokens live), skew (seconds this
                    server's clock is ahead), fail (so many answers of /token are 503), pending, slow_down, decline (of
                    device polls), revoke (every access token), key (path of the public key that assertions are checked with),
                    thumbprint (x5t of the registration's certificate), user (whom
                    /authorize, /device and client_credentials speak for), grant (hands out a refresh token for `user`)

Client `lab` with secret `lab-secret` for client_credentials and jwt-bearer; or, for client_credentials, an assertion
signed with its certificate. The others take any client.
"""
import argparse
import base64
import email.utils
import hashlib
import json
import secrets
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT_ID, CLIENT_SECRET = "lab", "lab-secret"
CLOCK_TOLERANCE = 300


def unpadded(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def from_unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Refused(Exception):
    pass


class Tokens:
    """Everything the server knows. One lock around all of it, held by whoever answers."""

    def __init__(self, base):
        self.base = base
        self.lock = threading.Lock()
        self.access, self.refresh, self.codes, self.devices = {}, {}, {}, {}
        self.settings = {"ttl": 3600.0, "skew": 0.0, "fail": 0, "pending": 1, "slow_down": 0, "decline": 0, "key": "",
                         "thumbprint": "",
                         "user": "user001"}
        self.counts = {}
        self.seen_assertions = set()

    def now(self):
        return time.time() + self.settings["skew"]

    def give(self, user, with_refresh=True):
        token = "access-" + secrets.token_urlsafe(24)
        self.access[token] = (user, time.time() + self.settings["ttl"])
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": int(self.settings["ttl"]), "scope": "imap"}
        if with_refresh:
            answer["refresh_token"] = self.new_refresh_token(user)
        return answer

    def new_refresh_token(self, user):
        token = "refresh-" + secrets.token_urlsafe(24)
        self.refresh[token] = user
        return token

    def by_refresh_token(self, fields):
        user = self.refresh.pop(fields.get("refresh_token"), None)
        if not user:
            raise Refused("invalid_grant")
        return self.give(user)

    def by_authorization_code(self, fields):
        user, challenge, redirect = self.codes.pop(fields.get("code"), (None, None, None))
        digest = unpadded(hashlib.sha256(fields.get("code_verifier", "").encode()).digest())
        if not user or digest != challenge or redirect != fields.get("redirect_uri"):
            raise Refused("invalid_grant")
        return self.give(user)

    def by_device_code(self, fields):
        device = self.devices.get(fields.get("device_code"))
        if not device:
            raise Refused("expired_token")
        if self.settings["decline"]:
            raise Refused("access_denied")
        if self.settings["slow_down"] > 0:
            self.settings["slow_down"] -= 1
            raise Refused("slow_down")
        if device["pending"] > 0:
            device["pending"] -= 1
            raise Refused("authorization_pending")
        del self.devices[fields["device_code"]]
        return self.give(device["user"])

    def by_client_credentials(self, fields):
        if "client_assertion" in fields:
            self.check_client_assertion(fields)
        elif (fields.get("client_id"), fields.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise Refused("invalid_client")
        return self.give(self.settings["user"], with_refresh=False)

    def check_client_assertion(self, fields):
        """As Microsoft's endpoint does: the header names the registration's certificate, whose key signed."""
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        header, claims = self.checked_jwt(fields["client_assertion"], "invalid_client: AADSTS700027: Client assertion failed signature validation.")
        ours = header.get("x5t") == self.settings["thumbprint"] and header.get("alg") == "RS256"
        who = {claims.get("iss"), claims.get("sub"), fields.get("client_id")}
        if fields.get("client_assertion_type") != kind or not ours or who != {CLIENT_ID} or claims.get("jti") in self.seen_assertions:
            raise Refused("invalid_client: AADSTS700027: Client assertion failed signature validation.")
        self.seen_assertions.add(claims.get("jti"))

    def by_assertion(self, fields):
        _, claims = self.checked_jwt(fields.get("assertion", ".."), "invalid_grant: Invalid JWT")
        return self.give(claims["sub"], with_refresh=False)

    def checked_jwt(self, jwt, refusal):
        """Header and claims of what `key` signed, for this endpoint and this time."""
        header, claims, signature = jwt.split(".")
        with tempfile.NamedTemporaryFile() as signed:
            signed.write(from_unpadded(signature))
            signed.flush()
            checked = subprocess.run(["openssl", "dgst", "-sha256", "-verify", self.settings["key"], "-signature", signed.name],
                                     input=f"{header}.{claims}".encode(), capture_output=True)
        header, claims = json.loads(from_unpadded(header)), json.loads(from_unpadded(claims))
        late = self.now() > claims["exp"] + CLOCK_TOLERANCE
        early = self.now() < claims["iat"] - CLOCK_TOLERANCE
        if checked.returncode or claims["aud"] != f"{self.base}/token" or late or early or claims["exp"] > claims["iat"] + 3600:
            raise Refused(refusal)
        return header, claims

    def token(self, fields):
        if self.settings["fail"] > 0:
            self.settings["fail"] -= 1
            return 503, {"error": "temporarily_unavailable"}
        grant = fields.get("grant_type", "").rpartition(":")[2]
        ways = {"refresh_token": self.by_refresh_token, "authorization_code": self.by_authorization_code,
                "device_code": self.by_device_code, "client_credentials": self.by_client_credentials,
                "jwt-bearer": self.by_assertion}
        self.counts[grant] = self.counts.get(grant, 0) + 1
        try:
            if grant not in ways:
                raise Refused("unsupported_grant_type")
            return 200, ways[grant](fields)
        except Refused as refusal:
            error, _, words = str(refusal).partition(": ")
            return 400, {"error": error, "error_description": words or f"the lab refuses {grant}"}

    def introspect(self, fields):
        user, end = self.access.get(fields.get("token"), (None, 0))
        self.counts["introspect"] = self.counts.get("introspect", 0) + 1
        return {"active": True, "username": user, "exp": int(end)} if user and time.time() < end else {"active": False}

    def control(self, fields):
        for name, value in fields.items():
            if name in self.settings:
                self.settings[name] = type(self.settings[name])(value)
        if "revoke" in fields:
            self.access.clear()
        granted = {"refresh_token": self.new_refresh_token(self.settings["user"])} if "grant" in fields else {}
        return {**self.settings, "counts": self.counts, **granted}


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tokens = None

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(self.tokens.now(), usegmt=True)

    def reply(self, status, body, **headers):
        octets = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(octets)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(octets)

    def do_POST(self):
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        fields = {name: values[0] for name, values in parse_qs(parts.query + "&" + body).items()}
        tokens = self.tokens
        with tokens.lock:
            if parts.path == "/token":
                return self.reply(*tokens.token(fields))
            if parts.path == "/introspect":
                return self.reply(200, tokens.introspect(fields))
            if parts.path == "/control":
                return self.reply(200, tokens.control(fields))
            if parts.path == "/device":
                code = secrets.token_urlsafe(16)
                tokens.devices[code] = {"user": tokens.settings["user"], "pending": tokens.settings["pending"]}
                return self.reply(200, {"device_code": code, "user_code": "LAB-CODE", "expires_in": 600, "interval": 1,
                                        "verification_uri": f"{tokens.base}/agree"})
            if parts.path == "/authorize":
                code = secrets.token_urlsafe(16)
                tokens.codes[code] = (tokens.settings["user"], fields.get("code_challenge"), fields["redirect_uri"])
                answer = {"error": "access_denied"} if tokens.settings["decline"] else {"code": code}
                back = urlencode({**answer, "state": fields.get("state", "")})
                return self.reply(302, {}, Location=f"{fields['redirect_uri']}?{back}")
            if parts.path == "/metadata":
                return self.reply(200, {"issuer": tokens.base, "token_endpoint": f"{tokens.base}/token"})
        self.reply(404, {"error": "not_found"})

    do_GET = do_POST

    def log_message(self, form, *args):
        print(time.strftime("%H:%M:%S"), self.path.partition("?")[0], args[1:2], flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    Answers.tokens = Tokens(f"http://127.0.0.1:{port}")
    ThreadingHTTPServer(("127.0.0.1", port), Answers).serve_forever()


if __name__ == "__main__":
    main()
