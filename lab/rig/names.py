# SPDX-License-Identifier: Apache-2.0
"""Mailbox names: modified UTF-7 (RFC 3501 section 5.1.3), and paths of levels as each server spells them."""
import base64
import re

ENCODED_RUN = re.compile(r"&([^-]*)-")
PLAIN_OR_NOT = re.compile(r"[ -~]+|[^ -~]+")


def encoded(text):
    """Modified UTF-7 of `text`."""
    def run(part):
        if " " <= part[0] <= "~":
            return part.replace("&", "&-")
        return "&" + base64.b64encode(part.encode("utf-16-be", "surrogatepass"), b"+,").decode().rstrip("=") + "-"
    return "".join(map(run, PLAIN_OR_NOT.findall(text)))


def decoded(name):
    """The text that `name` stands for; what is no modified UTF-7 stays as it is, for some servers take such names."""
    def run(match):
        if not match[1]:
            return "&"
        try:
            octets = base64.b64decode(match[1] + "=" * (-len(match[1]) % 4), b"+,", validate=True)
            return octets.decode("utf-16-be", "surrogatepass")
        except ValueError:
            return match[0]
    return ENCODED_RUN.sub(run, name)


class Naming:
    """How one server spells a mailbox: its prefix and its separator."""

    def __init__(self, prefix, separator):
        self.prefix, self.separator = prefix, separator

    def path(self, name):
        """The levels of a mailbox, decoded and without the prefix. INBOX in any case is one level `INBOX`."""
        if name.upper() == "INBOX":
            return ("INBOX",)
        rest = name[len(self.prefix):] if self.prefix and name.startswith(self.prefix) else name
        levels = rest.split(self.separator) if self.separator else [rest]
        if not self.prefix and len(levels) > 1 and levels[0].upper() == "INBOX":
            levels[0] = "INBOX"
        return tuple(map(decoded, levels))

    def name(self, path):
        """The server's name for `path`, or nothing where a level holds the separator and so cannot be said."""
        if tuple(path) == ("INBOX",):
            return "INBOX"
        if self.separator and any(self.separator in level for level in path):
            return None
        return self.prefix + self.separator.join(map(encoded, path))
