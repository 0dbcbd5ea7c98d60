# SPDX-License-Identifier: Apache-2.0
"""Who may log in to the lab's servers. One place, because three programs must agree on it."""
PASSWORD = "lab-pass"
QUOTA_USER, QUOTA_OCTETS = "quota", 2 << 20
ODD_USER, ODD_PASSWORD = "odd", 'a "b" \\c ü'  # blanks, quotes, a backslash and UTF-8, for whoever writes a LOGIN
MASTER_USER, MASTER_PASSWORD = "master", "master-pass"  # may log in as any other user


def is_right(user, password):
    if user == MASTER_USER:
        return password == MASTER_PASSWORD
    if user == ODD_USER:
        return password == ODD_PASSWORD
    return (user == QUOTA_USER or user.startswith("user")) and password == PASSWORD
