# SPDX-License-Identifier: Apache-2.0
"""Makes ordinary messages that are always the same: message 17 of seed 3 depends on nothing but 17, 3 and the wished sizes.

Texts are cut from two pools made once, because drawing every word anew would take longer than storing it.
"""
import calendar
import email.utils
import math
import random
import time

LINE = 76
FIRST_DAY, LAST_DAY = 883612800, 1704067200  # 1998 to 2023: no server takes these for the future
ZONES = ["+0000", "+0100", "+0200", "-0500", "-0800", "+0530", "+0900", "-0330", "+1245"]
COMMON_FLAGS = {"\\Seen": 0.62, "\\Answered": 0.09, "\\Flagged": 0.05, "\\Draft": 0.01, "\\Deleted": 0.01, "$Forwarded": 0.03,
                "NonJunk": 0.08, "$Label1": 0.03, "Projekt-X": 0.02, "$MDNSent": 0.01}
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
SIZES_HELP = ("small (mean 4K), mixed (mostly small, attachments up to 5M), large (1M to 25M), mean:8K (spread around it), "
              "fixed:1M")


def octets(text):
    """8K, 1.5M or 300 as a number."""
    unit = UNITS.get(text[-1:].upper(), 1)
    return int(float(text[:-1] if unit > 1 else text) * unit)


def size_rule(wish):
    """A function from a random generator to a message's size."""
    smallest = 500

    def spread(mean, width=1.0):
        return lambda chance: max(smallest, int(chance.lognormvariate(math.log(mean) - width * width / 2, width)))

    def evenly(least, most):  # as many between 1 and 2 as between 2 and 4
        return lambda chance: int(least * (most / least) ** chance.random())

    def mixture(chance):
        kind = chance.random()
        return (spread(4000) if kind < 0.84 else spread(80000) if kind < 0.97 else evenly(400000, 5 << 20))(chance)

    kind, _, value = wish.partition(":")
    rules = {"small": lambda: spread(4 << 10), "mixed": lambda: mixture, "large": lambda: evenly(1 << 20, 25 << 20),
             "mean": lambda: spread(octets(value)), "fixed": lambda: lambda _chance: octets(value)}
    if kind not in rules or (kind in ("mean", "fixed")) != bool(value):
        raise ValueError(f"sizes {wish!r}: give {SIZES_HELP}")
    return rules[kind]()


def internal_date(seconds, zone):
    """An INTERNALDATE: that instant as a clock in `zone` shows it."""
    sign = -1 if zone[0] == "-" else 1
    shown = time.gmtime(seconds + sign * (int(zone[1:3]) * 3600 + int(zone[3:]) * 60))
    return f"{shown.tm_mday:2d}-{calendar.month_abbr[shown.tm_mon]}-{shown.tm_year} {time.strftime('%H:%M:%S', shown)} {zone}"


class Writer:
    def __init__(self, seed, sizes="small"):
        self.seed, self.size_of = seed, size_rule(sizes)
        chance = random.Random(f"{seed} pools")
        syllables = [first + second for first in "bcdfghklmnprstvw" for second in ("a", "e", "i", "o", "u", "ar", "en", "is")]
        self.words = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(3000)]
        self.prose = "".join(" ".join(chance.choices(self.words, k=chance.randint(2, 13)))[:LINE] + "\r\n"
                             for _ in range(12000)).encode()
        letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" * 4
        noise = chance.randbytes(LINE << 14).translate(letters)
        self.attachment = b"\r\n".join(noise[at:at + LINE] for at in range(0, len(noise), LINE)) + b"\r\n"

    def chance(self, *about):
        """Randomness that belongs to one thing only, so that no other thing shifts it."""
        return random.Random(" ".join(map(str, (self.seed, *about))))

    @staticmethod
    def excerpt(chance, pool, size):
        """Whole lines of `pool`, about `size` octets, from anywhere and around as often as it takes."""
        parts, left = [], size
        while left > 0:
            start = pool.index(b"\n", chance.randrange(len(pool) - 2 * LINE)) + 1
            part = pool[start:start + left]
            end = part.rfind(b"\r\n") + 2
            parts.append(part[:end] if end > 1 else part.rstrip(b"\r\n") + b"\r\n")
            left -= len(parts[-1])
        return b"".join(parts)

    def message(self, number):
        """(octets, INTERNALDATE) of an ordinary message."""
        chance = self.chance("message", number)
        size, sent = self.size_of(chance), chance.randint(FIRST_DAY, LAST_DAY)
        some = lambda count: chance.choices(self.words, k=count)
        sender = "{}.{}@{}.example".format(*some(3))
        subject = " ".join(some(chance.randint(1, 7)))
        if chance.random() < 0.1:
            subject = f"=?UTF-8?Q?Gr=C3=BC=C3=9Fe?= {subject}"
        date = email.utils.formatdate(sent)
        lines = [f"Return-Path: <{sender}>",
                 f"Received: from {some(1)[0]}.example (203.0.113.{chance.randint(1, 254)}) by mx{chance.randint(1, 4)}.example",
                 f"\twith ESMTPS id {chance.getrandbits(64):016x};",
                 f"\t{date}",
                 f"From: {' '.join(some(2)).title()} <{sender}>", "To: <someone@mail.example>", f"Subject: {subject}",
                 f"Date: {date}", f"Message-ID: <{chance.getrandbits(80):020x}.{number}@{some(1)[0]}.example>",
                 "MIME-Version: 1.0"]
        boundary = f"part-{chance.getrandbits(64):016x}"
        with_attachment = size > 16000
        lines.append(f'Content-Type: multipart/mixed; boundary="{boundary}"' if with_attachment
                     else "Content-Type: text/plain; charset=us-ascii")
        head = "\r\n".join([*lines, "", ""]).encode()
        if not with_attachment:
            body = self.excerpt(chance, self.prose, max(40, size - len(head)))
        else:
            text = self.excerpt(chance, self.prose, 2000)
            opening = f"--{boundary}\r\nContent-Type: text/plain\r\n\r\n".encode()
            between = (f"--{boundary}\r\nContent-Type: application/octet-stream; name=attachment\r\n"
                       "Content-Transfer-Encoding: base64\r\n\r\n").encode()
            closing = f"--{boundary}--\r\n".encode()
            rest = size - sum(map(len, (head, opening, text, between, closing)))
            body = opening + text + between + self.excerpt(chance, self.attachment, rest) + closing
        return head + body, internal_date(sent + chance.randint(0, 600), chance.choice(ZONES))

    def flags(self, number):
        chance = self.chance("flags", number)
        return [flag for flag, share in COMMON_FLAGS.items() if chance.random() < share]
