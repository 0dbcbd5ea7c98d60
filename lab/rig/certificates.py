# SPDX-License-Identifier: Apache-2.0
"""Certificates for the lab, made by openssl: an authority, a server certificate it vouches for, and one nobody should
accept (self-signed, and for another name)."""
import shutil
import subprocess

GOOD_NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1"
LIFETIME = ["-days", "3650", "-sha256"]
NEW_KEY = ["-newkey", "rsa:2048", "-nodes"]


def openssl(*words, **options):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, text=True, **options)


def make(folder):
    folder.mkdir(exist_ok=True)
    if (folder / "server.pem").exists():
        return
    openssl("req", "-x509", *NEW_KEY, *LIFETIME, "-subj", "/CN=mailhaul test authority",
            "-keyout", folder / "authority.key", "-out", folder / "authority.pem")
    openssl("req", *NEW_KEY, "-subj", "/CN=localhost", "-keyout", folder / "server.key", "-out", folder / "request.pem")
    (folder / "names").write_text(GOOD_NAMES + "\n")
    openssl("x509", "-req", "-in", folder / "request.pem", "-CA", folder / "authority.pem", "-CAkey", folder / "authority.key",
            "-CAcreateserial", *LIFETIME, "-extfile", folder / "names", "-out", folder / "server.pem")
    openssl("req", "-x509", *NEW_KEY, *LIFETIME, "-subj", "/CN=wrong.example", "-addext", "subjectAltName=DNS:wrong.example",
            "-keyout", folder / "wrong.key", "-out", folder / "wrong.pem")
    # Somebody's, for logging in by EXTERNAL.
    openssl("req", *NEW_KEY, "-subj", "/CN=user001", "-keyout", folder / "user.key", "-out", folder / "request.pem")
    openssl("x509", "-req", "-in", folder / "request.pem", "-CA", folder / "authority.pem", "-CAkey", folder / "authority.key",
            *LIFETIME, "-out", folder / "user.pem")
    for key in ("server.key", "wrong.key"):
        shutil.chown(folder / key, "root", "mail")  # Cyrus reads it as user mail
        (folder / key).chmod(0o640)
