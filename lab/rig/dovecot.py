# SPDX-License-Identifier: Apache-2.0
"""The lab's Dovecots: one configuration as a tree of settings, and what makes each server different.

A server's folder holds its configuration, its log, its sockets and the users' mail; any user matching `user*` exists, and
gets a mailbox at the first login.
"""
import base64
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from rig import accounts, kerberos

STORES = {  # how mail lies on disk; Maildir++ spells levels with dots, LAYOUT=fs makes them folders
    "maildir++": "maildir:~/mail",
    "maildir": "maildir:~/mail:LAYOUT=fs",
    "mdbox": "mdbox:~/mail",
    "sdbox": "sdbox:~/mail",
}


@dataclass
class Personality:
    """What one Dovecot is like."""
    prefix: str = ""
    separator: str = "/"
    store: str = "maildir"
    special_use: dict = field(default_factory=dict)  # mailbox: attribute
    plugins: str = ""
    capabilities: str = ""  # where given, all that is announced
    certificate: str = "server"


PERSONALITIES = {
    # listescape lets names hold what Maildir++ has no place for: "/", and "~" at the start.
    "dovecot-old": Personality(prefix="INBOX.", separator=".", store="maildir++", plugins="quota listescape", special_use={
        "Sent Items": "Sent", "Deleted Items": "Trash", "Junk E-mail": "Junk", "Drafts": "Drafts"}),
    "dovecot-new": Personality(store="mdbox", plugins="quota", special_use={
        "Sent": "Sent", "Trash": "Trash", "Spam": "Junk", "Drafts": "Drafts", "Archive": "Archive"}),
    "dovecot-poor": Personality(store="maildir", capabilities="IMAP4rev1", certificate="wrong"),
}


def written(settings, indent=""):
    """A tree of settings as Dovecot reads it. A section's key is `type name`; lists repeat a section."""
    lines = []
    for key, value in settings.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                lines += [f"{indent}{key} {{", *written(each, indent + "  "), f"{indent}}}"]
            else:
                lines.append(f"{indent}{key} = {each}")
    return lines


def sockets_folder(folder):
    """A Unix socket's path has at most 107 octets; where the lab lies too deep, the sockets lie elsewhere."""
    here = folder / "run"
    if len(str(here)) <= 70:
        return here
    elsewhere = Path(tempfile.mkdtemp(prefix="mailhaul-lab-", dir="/tmp"))
    elsewhere.chmod(0o755)
    return elsewhere


def token_question(folder, tokens_port):
    """Dovecot asks the lab's token server about every token."""
    (folder / "tokens.conf").write_text(
        f"introspection_url = http://127.0.0.1:{tokens_port}/introspect\nintrospection_mode = post\n"
        "username_attribute = username\nactive_attribute = active\nactive_value = true\n")
    return {"driver": "oauth2", "mechanisms": "xoauth2 oauthbearer", "args": f"{folder}/tokens.conf"}


def ticket_settings(realm):
    """GSSAPI, by the lab's KDC. The processes get their Kerberos from the environment."""
    return {"auth_krb5_keytab": realm["keytab"], "auth_gssapi_hostname": "localhost",
            "import_environment": f"TZ KRB5_CONFIG={realm['config']} KRB5RCACHENAME=none:"} if realm else {}


def settings_of(personality, folder, ports, certificates, fsync, sockets, tokens_port, realm):
    home = f"{folder}/home/%u"
    owner = {"mail_uid": "mail", "mail_gid": "mail"}
    imap_plugins = [personality.plugins, "imap_quota" if "quota" in personality.plugins else "",
                    "" if personality.capabilities else "imap_zlib"]
    many = {"client_limit": 8000}
    return {
        "base_dir": sockets, "state_dir": f"{folder}/state", "log_path": f"{folder}/dovecot.log",
        "instance_name": f"mailhaul-lab-{ports['plain']}",
        "listen": "127.0.0.1", "protocols": "imap",
        "ssl": "yes", "disable_plaintext_auth": "no",
        "ssl_cert": f"<{certificates}/{personality.certificate}.pem",
        "ssl_key": f"<{certificates}/{personality.certificate}.key",
        "auth_mechanisms": "plain login" + (
            " cram-md5 scram-sha-1 scram-sha-256 xoauth2 oauthbearer external" if tokens_port else "") + (" gssapi" if realm else ""),
        **ticket_settings(realm),
        **({"ssl_ca": f"<{certificates}/authority.pem", "ssl_verify_client_cert": "yes", "ssl_require_crl": "no",
            "auth_ssl_username_from_cert": "yes"} if tokens_port else {}),
        "auth_master_user_separator": "*", "auth_failure_delay": "0",
        **owner, "first_valid_uid": 1, "mail_home": home, "mail_location": STORES[personality.store],
        "mail_fsync": fsync, "mailbox_list_index": "yes", "mail_max_userip_connections": 500,
        "mail_plugins": personality.plugins,
        **({"imap_capability": personality.capabilities} if personality.capabilities else {}),
        "protocol imap": {"mail_plugins": " ".join(filter(None, imap_plugins))},
        "plugin": {"quota": "count:User quota", "quota_vsizes": "yes", "quota_rule": "*:storage=1T"},
        "namespace inbox": {
            "inbox": "yes", "prefix": personality.prefix, "separator": personality.separator,
            **{f'mailbox "{name}"': {"special_use": f"\\{use}", "auto": "subscribe"}
               for name, use in personality.special_use.items()},
        },
        # The first that knows the user decides; users without a line of their own share one password.
        "passdb": [
            *([token_question(folder, tokens_port),
               {"driver": "static", "mechanisms": "external", "username_filter": "user*", "args": "nopassword=y"}]
              if tokens_port else []),
            {"driver": "passwd-file", "master": "yes", "args": f"{folder}/masters"},
            {"driver": "passwd-file", "args": f"{folder}/users"},
            {"driver": "static", "username_filter": "user*", "args": f"password={accounts.PASSWORD}" + (
                f" k5principals={kerberos.principal(accounts.MASTER_USER)}" if realm else "")},
        ],
        "userdb": [
            {"driver": "passwd-file", "args": f"{folder}/users", "default_fields": f"uid=mail gid=mail home={home}"},
            {"driver": "static", "args": f"uid=mail gid=mail home={home} allow_all_users=yes"},
        ],
        "service imap-login": {"service_count": 0, "process_min_avail": 1, "client_limit": 1000,
                               "inet_listener imap": {"port": ports["server"]}, "inet_listener imaps": {"port": ports["tls"]}},
        "service imap": {"process_limit": 1000},
        # Tests fail to log in on purpose and often; the growing penalty for that would only make them slow.
        "service anvil": {**many, "unix_listener anvil-auth-penalty": {"mode": 0}},
        "service auth": many, "service stats": many,
    }


def prepare(name, folder, ports, certificates, options):
    """Writes the server's files; gives the command that runs it."""
    personality = PERSONALITIES[name]
    store = options.get("stores", {}).get(name)
    bare = options.get("bare", False)
    personality = Personality(**{**vars(personality), **({"store": store} if store else {}),
                                 **({"plugins": "", "special_use": {}} if bare else {})})
    # passwd-file: user:password:uid:gid:(gecos):home:shell:extra
    rude = "".join(f"{user}:{{PLAIN.b64}}{base64.b64encode(password.encode()).decode()}::::::\n"
                   for user, password in accounts.RUDE_PASSWORDS.items())
    (folder / "users").write_text(
        rude + f"{accounts.QUOTA_USER}:{{PLAIN}}{accounts.PASSWORD}::::::userdb_quota_rule=*:storage={accounts.QUOTA_OCTETS >> 20}M\n")
    (folder / "masters").write_text(f"{accounts.MASTER_USER}:{{PLAIN}}{accounts.MASTER_PASSWORD}\n")
    settings = settings_of(personality, folder, ports, certificates, options.get("fsync", "optimized"), sockets_folder(folder),
                           options.get("tokens_port") if name != "dovecot-poor" else None, options.get("realm"))
    configuration = folder / "dovecot.conf"
    configuration.write_text("\n".join(["# Written by the lab; see lab/rig/dovecot.py.", *written(settings), ""]))
    homes = folder / "home"
    homes.mkdir(exist_ok=True)
    shutil.chown(homes, "mail", "mail")
    return {"command": ["/usr/sbin/dovecot", "-F", "-c", configuration], "prefix": personality.prefix,
            "separator": personality.separator, "homes": str(homes), "sockets": str(settings["base_dir"])}
