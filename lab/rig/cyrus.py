# SPDX-License-Identifier: Apache-2.0
"""The lab's Cyrus 3.6, run from where it was unpacked, and the password service it asks.

Cyrus lets SASL check passwords, and SASL asks a daemon over a Unix socket. The lab's daemon is this file, run as a program:
it knows the lab's users and nothing of the machine's.
"""
import os
import shutil
import socketserver
import struct
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from rig import accounts, packages  # noqa: E402

ROLES = {"sent": "Sent", "drafts": "Drafts", "trash": "Trash", "junk": "Spam"}
OWNED_FOLDERS = ["", "config", "config/socket", "config/proc", "config/db", "config/log", "config/sieve", "spool", "run"]


def find_programs(say):
    """(folder of Cyrus's programs, folders of libraries, folders of SASL's plugins)"""
    root = packages.unpack_beside(["cyrus-imapd", "libsasl2-modules"],
                                  wanted=lambda name: name.startswith(("lib", "cyrus-")), say=say)
    libraries = next(folder for folder in sorted((root / "usr/lib").glob("*-linux-gnu*")))
    return (root / "usr/lib/cyrus/bin", [libraries, root / "lib" / libraries.name, root / "usr/lib/cyrus"],
            [libraries / "sasl2", Path("/usr/lib") / libraries.name / "sasl2"])


def hashed_logins(folder, libraries, plugins, say):
    """SCRAM and CRAM-MD5 need the passwords themselves: SASL's own database, filled by SASL's own program."""
    root = packages.unpack_beside(["sasl2-bin"], wanted=lambda name: name.startswith("lib"), say=say)
    database = folder / "run" / "sasldb2"
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(map(str, libraries)), "SASL_PATH": str(plugins[0])}
    for user, password in {"userhash": accounts.PASSWORD, **accounts.RUDE_PASSWORDS}.items():
        subprocess.run([root / "usr/sbin/saslpasswd2", "-p", "-c", "-f", database, "-u", "localhost", user],
                       input=password, text=True, check=True, env=environment)
    shutil.chown(database, "mail", "mail")
    return {"servername": "localhost",  # SASL's realm, and so part of the names in its database
            "sasl_mech_list": "PLAIN LOGIN CRAM-MD5 NTLM SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512", "sasl_auxprop_plugin": "sasldb",
            "sasl_sasldb_path": str(database), "sasl_pwcheck_method": "saslauthd auxprop"}


def gssapi_plugins(say):
    root = packages.unpack_beside(["libsasl2-modules-gssapi-mit"], wanted=lambda name: name.startswith("lib"), say=say)
    return next(folder for folder in sorted((root / "usr/lib").glob("*-linux-gnu*"))) / "sasl2"


def prepare(folder, ports, certificates, say, all_logins=False, realm=None):
    """Writes the server's files; gives the commands that run it and its password service."""
    programs, libraries, plugins = find_programs(say)
    for name in OWNED_FOLDERS:
        (folder / name).mkdir(exist_ok=True)
        shutil.chown(folder / name, "mail", "mail")
    folders = "|".join(ROLES.values())
    settings = {
        "configdirectory": f"{folder}/config", "sievedir": f"{folder}/config/sieve",
        "defaultpartition": "default", "partition-default": f"{folder}/spool",
        "cyrus_user": "mail", "cyrus_group": "mail", "admins": accounts.MASTER_USER,
        "allowplaintext": "yes", "sasl_mech_list": "PLAIN LOGIN",
        "sasl_pwcheck_method": "saslauthd", "sasl_saslauthd_path": f"{folder}/run/passwords",
        "tls_server_cert": f"{certificates}/server.pem", "tls_server_key": f"{certificates}/server.key",
        "tls_session_timeout": 0,
        "altnamespace": "yes", "unixhierarchysep": "yes",
        "autocreate_users": "anyone", "autocreate_quota": 0,
        "autocreate_inbox_folders": folders, "autocreate_subscribe_folders": folders,
        **{f"xlist-{role}": name for role, name in ROLES.items()},
        "munge8bit": "no", "duplicatesuppression": "no", "conversations": "no",
        **(hashed_logins(folder, libraries, plugins, say) if all_logins else {}),
    }
    environment = {"LD_LIBRARY_PATH": ":".join(map(str, libraries))}
    if realm:  # GSSAPI, by the lab's KDC
        settings |= {"servername": "localhost", "sasl_mech_list": settings["sasl_mech_list"] + " GSSAPI"}
        environment |= {"KRB5_CONFIG": realm["config"], "KRB5_KTNAME": realm["keytab"], "KRB5RCACHENAME": "none:"}
        plugins.append(gssapi_plugins(say))
    environment["SASL_PATH"] = ":".join(map(str, plugins))  # in imapd.conf it would go unread
    configuration = folder / "imapd.conf"
    configuration.write_text("".join(f"{key}: {value}\n" for key, value in settings.items()))
    imapd = f"{programs}/imapd -C {configuration} -U 50"
    services = folder / "cyrus.conf"
    services.write_text(
        f'START {{\n  recover cmd="{programs}/ctl_cyrusdb -C {configuration} -r"\n}}\n'
        f'SERVICES {{\n  imap cmd="{imapd}" listen="127.0.0.1:{ports["server"]}" prefork=1 maxchild=300\n'
        f'  imaps cmd="{imapd} -s" listen="127.0.0.1:{ports["tls"]}" prefork=0 maxchild=300\n}}\nEVENTS {{\n}}\n')
    return {
        "command": [f"{programs}/master", "-C", configuration, "-M", services, "-p", folder / "run/master.pid"],
        "environment": environment,
        "password_service": [sys.executable, Path(__file__).resolve(), folder / "run/passwords"],
        "prefix": "", "separator": "/", "homes": str(folder / "spool"),
    }


class PasswordQuestion(socketserver.StreamRequestHandler):
    """One question of SASL's: user, password, service and realm, each with its length in two octets; the answer likewise."""

    def field(self):
        length, = struct.unpack("!H", self.rfile.read(2))
        return self.rfile.read(length).decode("utf-8", "replace")

    def handle(self):
        user, password, _service, _realm = self.field(), self.field(), self.field(), self.field()
        answer = b"OK" if accounts.is_right(user, password) else b"NO wrong user or password"
        self.wfile.write(struct.pack("!H", len(answer)) + answer)


class PasswordService(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 128


def main(path):
    Path(path).unlink(missing_ok=True)
    with PasswordService(path, PasswordQuestion) as service:
        os.chmod(path, 0o777)
        service.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
