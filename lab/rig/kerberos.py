# SPDX-License-Identifier: Apache-2.0
"""The lab's Kerberos realm: a KDC of MIT's, run from where it was unpacked, and a key for imap/localhost.

Everything lies in one folder: the database, the servers' key (keytab), krb5.conf for whoever sets KRB5_CONFIG to it, and
`kinit`, a script that runs the unpacked one.
"""
import os
import shutil
import subprocess

from rig import accounts, packages

REALM = "LAB.TEST"
SERVICE = "imap/localhost"
# `master` may open anybody's mail; Dovecot learns that by user, Cyrus knows its administrators.
PRINCIPALS = {"user001": accounts.PASSWORD, "user002": accounts.PASSWORD, accounts.MASTER_USER: accounts.MASTER_PASSWORD}


def principal(user):
    return f"{user}@{REALM}"


def find_programs(say):
    """(their root, folders of their libraries, folder of the database's plugins)"""
    root = packages.unpack_beside(["krb5-kdc", "krb5-admin-server", "krb5-user"], wanted=lambda name: name.startswith("lib"), say=say)
    libraries = next(folder for folder in sorted((root / "usr/lib").glob("*-linux-gnu*")))
    return root, [libraries, root / "lib" / libraries.name], libraries / "krb5/plugins/kdb"


def written(sections, indent=""):
    """krb5.conf's syntax: settings, and settings in braces."""
    lines = []
    for key, value in sections.items():
        lines += [f"{indent}{key} = {{", *written(value, indent + "  "), f"{indent}}}"] if isinstance(value, dict) else [f"{indent}{key} = {value}"]
    return lines


def configuration_of(folder, port, database_plugins):
    sections = {
        "libdefaults": {"default_realm": REALM, "dns_lookup_kdc": "false", "dns_lookup_realm": "false", "rdns": "false",
                        "dns_canonicalize_hostname": "false", "default_ccache_name": f"FILE:{folder}/no-ticket"},
        "realms": {REALM: {"kdc": f"127.0.0.1:{port}", "database_name": f"{folder}/principal", "key_stash_file": f"{folder}/stash",
                           "acl_file": f"{folder}/acl", "kdc_listen": f"127.0.0.1:{port}", "kdc_tcp_listen": f"127.0.0.1:{port}",
                           "max_life": "10h"}},
        "domain_realm": {"localhost": REALM},
        "dbmodules": {"db_module_dir": database_plugins},
    }
    return "".join(f"[{name}]\n" + "\n".join(written(settings, "  ")) + "\n" for name, settings in sections.items())


def prepare(folder, port, say):
    """Makes the realm; gives the command that runs its KDC, and what servers and clients need to know."""
    root, libraries, plugins = find_programs(say)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    configuration, keytab = folder / "krb5.conf", folder / "imap.keytab"
    configuration.write_text(configuration_of(folder, port, plugins))
    environment = {"KRB5_CONFIG": str(configuration), "KRB5_KDC_PROFILE": str(configuration),
                   "LD_LIBRARY_PATH": ":".join(map(str, libraries))}

    def run(program, *arguments):
        done = subprocess.run([root / "usr/sbin" / program, *arguments], env={**os.environ, **environment}, text=True, capture_output=True)
        if done.returncode:
            raise packages.PackageError(f"{program}: {done.stderr.strip() or done.stdout.strip()}")

    run("kdb5_util", "create", "-r", REALM, "-s", "-P", "lab-master-key")
    for user, password in PRINCIPALS.items():
        run("kadmin.local", "-r", REALM, "addprinc", "-pw", password, principal(user))
    run("kadmin.local", "-r", REALM, "addprinc", "-randkey", f"{SERVICE}@{REALM}")
    run("kadmin.local", "-r", REALM, "ktadd", "-k", str(keytab), f"{SERVICE}@{REALM}")
    shutil.chown(keytab, "mail", "mail")
    keytab.chmod(0o644)  # Cyrus reads it as `mail`, Dovecot as a user of its own; nothing but this lab believes it
    kinit = folder / "kinit"
    kinit.write_text(f"#!/bin/sh\nexport KRB5_CONFIG={configuration} LD_LIBRARY_PATH={environment['LD_LIBRARY_PATH']}\n"
                     f'exec {root}/usr/bin/kinit "$@"\n')
    kinit.chmod(0o755)
    return {"command": [root / "usr/sbin/krb5kdc", "-n", "-r", REALM], "environment": environment,
            "facts": {"realm": REALM, "config": str(configuration), "kinit": str(kinit), "keytab": str(keytab), "port": port}}
