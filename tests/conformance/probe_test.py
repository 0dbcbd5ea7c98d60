#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`mailhaul probe` against the lab's servers, and against a domain of its own: SRV and MX from a name server in this file,
autoconfig from a web server in this file."""
import http.server
import json
import socket
import struct
import subprocess
import threading
from pathlib import Path

from support import Lab, mailhaul_path, main

OLD, NEW, POOR, CYRUS = "dovecot-old", "dovecot-new", "dovecot-poor", "cyrus"


def name_in(packet, at):
    labels = []
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode().lower())
        at += 1 + packet[at]
    return ".".join(labels), at + 1


def wire(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


class NameServer(threading.Thread):
    """Answers SRV (33) and MX (15) from a table; everything else does not exist."""

    def __init__(self, records):
        super().__init__(daemon=True)
        self.records, self.asked = records, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            packet, peer = self.socket.recvfrom(2048)
            name, end = name_in(packet, 12)
            kind = struct.unpack("!H", packet[end:end + 2])[0]
            self.asked.append((name, kind))
            answers = b""
            found = self.records.get((name, kind), [])
            for data in found:
                answers += b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data
            code = 0x8180 if found else 0x8183
            self.socket.sendto(packet[:2] + struct.pack("!HHHHH", code, 1, len(found), 0, 0) + packet[12:end + 4] + answers, peer)


class WebServer(http.server.BaseHTTPRequestHandler):
    page = ""

    def do_GET(self):
        octets = self.page.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_):
        pass


class Probes:
    def __init__(self, path, lab):
        self.path, self.lab = path, lab

    def __call__(self, target, *options):
        command = [self.path, "probe", target, "--ca", self.lab.facts["ca"], "--json", "--timeout", "5s", *options]
        done = subprocess.run(list(map(str, command)), text=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=90)
        return {**(json.loads(done.stdout) if done.stdout else {}), "status": done.returncode, "err": done.stderr}


def check_servers(checks, lab, probe):
    for server, profile in ((OLD, "dovecot"), (NEW, "dovecot"), (CYRUS, "cyrus")):
        for url in (f"imaps://127.0.0.1:{lab.servers[server]['tls_port']}", f"imap://localhost:{lab.port(server)}"):
            got = probe(url)
            checks.that(got["status"] == 0 and got["profile"]["id"] == profile and got["profile"]["sureness"] == "certain",
                        f"{server} at {url}: {got}")
            checks.that(got["transport"].startswith("TLS") and "IMAP4REV1" in got["capabilities"], f"{server}: what it can do: {got}")
    got = probe(f"127.0.0.1:{lab.port(NEW)}")
    checks.that(got["status"] == 0 and len(got["attempts"]) == 2 and got["transport"].startswith("TLS"),
                f"a port that wants STARTTLS, which nobody said: {got}")
    got = probe(f"imap+insecure://127.0.0.1:{lab.port(POOR)}")
    checks.that(got["status"] == 0 and got["profile"]["id"] == "dovecot", f"the poor one, which tells only its greeting: {got}")
    got = probe(f"imaps://127.0.0.1:{lab.servers[POOR]['tls_port']}")
    checks.that(got["status"] == 12 and "certificate" in got and got["profile"]["id"] == "dovecot",
                f"a certificate for somebody else: {got}")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        got = probe(f"imaps://127.0.0.1:{nobody.getsockname()[1]}")
        checks.that(got["status"] == 13 and got["answered"] is False, f"nobody there: {got}")
    checks.section("the lab's servers")


def check_discovery(checks, lab, probe):
    new, old = lab.servers[NEW], lab.servers[OLD]
    srv = struct.pack("!HHH", 0, 1, new["tls_port"]) + wire("localhost")
    worse = struct.pack("!HHH", 9, 1, 1) + wire("localhost")
    mx = struct.pack("!H", 10) + wire("mx.mail.protection.outlook.com")
    names = NameServer({("_imaps._tcp.old.example", 33): [worse, srv], ("old.example", 15): [mx]})
    got = probe("ann@old.example", "--dns", names.address)
    found = got["attempts"][-1]
    checks.that(got["status"] == 0 and "SRV record" in found["source"] and found["user"] == "ann@old.example", f"by SRV: {got}")
    checks.that(got["exchangers"] == ["mx.mail.protection.outlook.com"], f"who takes the domain's mail: {got}")
    checks.that(got["profile"]["id"] == "dovecot", f"what the server says goes before the exchanger's name: {got}")

    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), WebServer)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    WebServer.page = (f"<clientConfig><incomingServer type='imap'><hostname>localhost</hostname><port>{old['port']}</port>"
                      "<socketType>STARTTLS</socketType><username>%EMAILLOCALPART%</username></incomingServer></clientConfig>")
    got = probe("ann@new.example", "--dns", names.address, "--autoconfig", f"http://127.0.0.1:{web.server_port}/config.xml")
    found = got["attempts"][-1]
    checks.that(got["status"] == 0 and "autoconfig" in found["source"] and found["user"] == "ann", f"by autoconfig: {got}")
    web.shutdown()

    got = probe("ann@nowhere.invalid", "--no-dns")
    checks.that(got["status"] == 13 and len(got["attempts"]) == 3, f"nothing known but the name: {got}")
    checks.section("a domain's server")


def check_own_profiles(checks, lab, probe):
    own = Path(lab.place) / "own.txt"
    own.write_text("[ours]\nname Our Old Server\ngreeting Dovecot (Debian) ready\nnote switched off in March\n")
    got = probe(f"imaps://127.0.0.1:{lab.servers[OLD]['tls_port']}", "--profiles", own)
    checks.that(got["status"] == 0 and got["profile"]["id"] in ("ours", "dovecot"), f"a profile of one's own: {got}")
    own.write_text("[ours]\nname Our Old Server\ngreeting Dovecot (Debian) ready\nid Dovecot\nhost 127.0.0.1\nnote moves in March\n")
    got = probe(f"imaps://127.0.0.1:{lab.servers[OLD]['tls_port']}", "--profiles", own)
    checks.that(got["profile"]["id"] == "ours" and "moves in March" in got["profile"]["consequences"], f"with more signs: {got}")
    own.write_text("[ours]\ncolour red\n")
    got = probe("imaps://127.0.0.1", "--profiles", own)
    checks.that(got["status"] == 64 and 'own.txt:2: "colour" is no key' in got["err"], f"one in no form: {got}")
    checks.section("profiles of one's own")


def test(checks):
    lab = Lab()
    probe = Probes(mailhaul_path(), lab)
    check_servers(checks, lab, probe)
    check_discovery(checks, lab, probe)
    check_own_profiles(checks, lab, probe)


main(test)
