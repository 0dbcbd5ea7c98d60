# SPDX-License-Identifier: Apache-2.0
"""The questions: which mail, between which servers, over which links."""
from dataclasses import dataclass, field

ALL = ("ceiling", "mailhaul", "mbsync", "dsync")
WITH_DIGESTS = ("ceiling", "ceiling-sha256", "mailhaul", "mbsync", "dsync")
# dsync writes into the destination's store itself, past the link and what it limits; and it waits a round trip or two for
# each message, which with 40 ms and 10,000 messages is more than six minutes.
BY_IMAP = ("ceiling", "mailhaul", "mbsync")
COPY, PASS = "copy", "pass"


@dataclass(frozen=True)
class Mail:
    """What an account holds, or where `accounts` is given, each of so many."""
    messages: int
    sizes: str
    folders: int = 20
    accounts: int = 0

    def scaled(self, scale):
        return Mail(max(self.folders, round(self.messages * scale)), self.sizes, self.folders, self.accounts)

    def seed_options(self):
        return ["--messages", self.messages, "--sizes", self.sizes, "--folders", self.folders]

    @property
    def all_messages(self):
        return self.messages * max(1, self.accounts)


@dataclass(frozen=True)
class Links:
    """What lies between: lab/fault-proxy's options for both links, and for one of them alone."""
    both: tuple = ()
    source: tuple = ()
    destination: tuple = ()
    counted: bool = False  # commands and octets are, by a proxy that does nothing else
    rate: int = 0          # octets a second of each link

    @property
    def are_direct(self):
        return not (self.both or self.source or self.destination or self.counted or self.rate)


@dataclass(frozen=True)
class Case:
    question: str
    mail: Mail
    links: Links = Links()
    on_disk: bool = False
    store: str = "maildir"   # the destination's
    tls: bool = False
    measured: str = COPY     # or PASS: a later pass over what was copied before
    changes: tuple = ()      # to the source before each such pass: lab/seed's options; empty: nothing is new
    programs: tuple = ALL
    variants: dict = field(default_factory=dict)  # of mailhaul: label -> further options
    connections: str = "1,2,4"  # what the ceiling tries; with several accounts, how many of them at once
    batches: str = "100,1000"
    may_end_early: bool = False  # how a program ends is part of the answer
    usual: bool = True
    seconds: tuple = (30, 15)    # about: the first round with all before it, and each further one


SMALL = Mail(10000, "mean:8K")
LARGE = Mail(1000, "fixed:1M", 10)
FEW = Mail(2000, "mean:8K")
TEXT = Mail(5000, "fixed:8K", 10)
NEWS = ("--messages", 100, "--sizes", "mean:8K", "--folders", 20, "--change-flags", 100)
RTT_40 = Links(both=("--rtt", 40))
COMPRESSED = ["--source-compress", "--destination-compress"]

CASES = {
    # On disk. Cases with the same mail and place follow each other: the source is filled once.
    "small": Case("10,000 messages, mean 8 KB, 20 mailboxes, on disk", SMALL, on_disk=True, programs=WITH_DIGESTS, seconds=(95, 55)),
    "small-tls": Case("the same over TLS", SMALL, on_disk=True, tls=True, seconds=(100, 60)),
    "latency": Case("as small, 40 ms round trip to both servers", SMALL, RTT_40, on_disk=True, programs=BY_IMAP,
                    seconds=(90, 50)),
    "latency-200": Case("the same with 200 ms, mailhaul alone", SMALL, Links(both=("--rtt", 200)), on_disk=True,
                        programs=("mailhaul",), seconds=(30, 12)),
    "large": Case("1,000 messages of 1 MB, 10 mailboxes, on disk", LARGE, on_disk=True, batches="10,100", programs=WITH_DIGESTS,
                  seconds=(130, 55)),
    "large-tls": Case("the same over TLS", LARGE, on_disk=True, tls=True, batches="10,100", seconds=(150, 80)),
    # In memory, to mdbox.
    "small-ram": Case("as small, in memory, to mdbox", SMALL, store="mdbox", programs=WITH_DIGESTS, seconds=(55, 16)),
    "small-tls-ram": Case("the same over TLS", SMALL, store="mdbox", tls=True, seconds=(60, 25)),
    # Not to Maildir, where each APPEND reads the whole folder.
    "long": Case("one mailbox of 200,000 messages, mean 2 KB, in memory, to mdbox", Mail(200000, "mean:2K", 1), store="mdbox",
                 batches="1000", seconds=(480, 270)),
    # In memory.
    "large-ram": Case("as large, in memory", LARGE, batches="10,100", programs=WITH_DIGESTS, seconds=(95, 32)),
    "large-tls-ram": Case("the same over TLS", LARGE, tls=True, batches="10,100", seconds=(150, 80)),
    "unchanged": Case("a pass over 10,000 messages with nothing new", SMALL, Links(counted=True), measured=PASS,
                      seconds=(40, 8)),
    "unchanged-latency": Case("the same with 40 ms round trip", SMALL, RTT_40, measured=PASS, programs=BY_IMAP,
                              seconds=(30, 4)),
    "changed": Case("a pass that finds 100 new messages and 100 changed flags among 10,000", SMALL, Links(counted=True),
                    measured=PASS, changes=NEWS, seconds=(45, 12)),
    "changed-latency": Case("the same with 40 ms round trip", SMALL, RTT_40, measured=PASS, changes=NEWS,
                            programs=BY_IMAP, seconds=(35, 10)),
    "accounts": Case("50 accounts of 200 messages, mean 8 KB", Mail(200, "mean:8K", 5, accounts=50), connections="4,10,25",
                     batches="100", variants={f"{number} at once": ["--accounts-at-once", number] for number in (4, 8, 50)},
                     seconds=(70, 40)),
    "slow-link": Case("5,000 messages of 8 KB text, 2 MB/s on each link", TEXT, Links(rate=2_000_000), programs=BY_IMAP,
                      connections="1,4", batches="100", variants={"": [], "compressed": COMPRESSED}, seconds=(110, 100)),
    "one-mailbox": Case("5,000 messages of 8 KB in one mailbox, 1 MB/s for each connection to the source", Mail(5000, "mean:8K", 1),
                        Links(source=("--rate", 1_000_000)), programs=("mailhaul", "mbsync"),
                        variants={"": [], "one connection": ["--connections", 1]}, seconds=(110, 100)),
    "limit-connections": Case("2,000 messages to a server that refuses above 4 connections", FEW,
                              Links(destination=("--max-connections", 4)), programs=BY_IMAP, may_end_early=True,
                              variants={"": [], "8 wanted": ["--connections", 8]}, batches="100", seconds=(15, 5)),
    "limit-wait": Case("2,000 messages to a server that takes 60 commands in 20 s and then says to try again in 20 s", FEW,
                       Links(destination=("--throttle", "60/20", "--throttle-text",
                                          "[LIMIT] Too many commands, try again in 20 seconds")),
                       programs=("mailhaul", "mbsync"), may_end_early=True, seconds=(5, 1)),
    "limit-rate": Case("300 messages to a server that takes 10 a second", Mail(300, "mean:8K", 5),
                       Links(destination=("--append-rate", 10)), programs=BY_IMAP, connections="1", batches="100",
                       may_end_early=True, seconds=(100, 95)),
    # Not among the usual ones.
    "giant": Case("40 messages of 25 MB, 4 mailboxes", Mail(40, "fixed:25M", 4), batches="1,10", usual=False, seconds=(60, 25)),
    "many": Case("100,000 messages, mean 2 KB, 20 mailboxes", Mail(100000, "mean:2K"), connections="2,4", batches="1000",
                 usual=False, seconds=(200, 120)),
    "unchanged-many": Case("a pass over 100,000 messages in 400 mailboxes with nothing new", Mail(100000, "mean:1K", 400),
                           Links(counted=True), measured=PASS, usual=False, seconds=(250, 10)),
}
USUAL = [name for name, case in CASES.items() if case.usual]
