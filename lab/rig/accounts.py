# SPDX-License-Identifier: Apache-2.0
"""Who may log in to the lab's servers. One place, because three programs must agree on it."""
PASSWORD = "lab-pass"
QUOTA_USER, QUOTA_OCTETS = "quota", 2 << 20
ODD_USER, ODD_PASSWORD = "odd", 'a "b" \\c ü'  # blanks, quotes, a backslash and UTF-8, for whoever writes a LOGIN
# Passwords that whoever writes one on the wire, or in a file, gets wrong somewhere.
RUDE_PASSWORDS = {
    ODD_USER: ODD_PASSWORD,
    "odd-ascii": "".join(map(chr, range(0x20, 0x7F))),
    "odd-edges": "  blanks at both ends  ",
    "odd-quotes": '"quoted" \\back\slash\ \"',
    "odd-literal": "{3}abc {10+}",
    "odd-utf8": "pässwörd–пароль–パスワード",
    "odd-long": "long " * 60,
    "odd-star": "*",
}
MASTER_USER, MASTER_PASSWORD = "master", "master-pass"  # may log in as any other user


def is_right(user, password):
    if user == MASTER_USER:
        return password == MASTER_PASSWORD
    if user in RUDE_PASSWORDS:
        return password == RUDE_PASSWORDS[user]
    return (user == QUOTA_USER or user.startswith("user")) and password == PASSWORD
