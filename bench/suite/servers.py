# SPDX-License-Identifier: Apache-2.0
"""The two servers of a measurement, on a disk or in memory, their accounts, and the links to them."""
import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOM_NEEDED = 6 << 30  # the large cases: the source, and several copies
WARM_OCTETS = 1536 << 20  # more than a program writes in any case
STORED = re.compile(r"stored \d+ messages of (\d+) octets")


class NoRoom(Exception):
    pass


@dataclass
class Source:
    """Accounts that are filled: one, or `user`1, `user`2 ..."""
    user: str
    octets: int


@dataclass
class Ways:
    """How a program reaches both servers."""
    source_port: int
    destination_port: int
    authority: str  # PEM file; empty: no TLS
    proxies: tuple = ()

    def __post_init__(self):
        self.seen = {}

    def traffic(self):
        """What passed since the last call: {"commands", "octets", "refused", "connections"}; nothing where nobody counts.
        Connections are the most at once on the destination's link, since the beginning."""
        if not self.proxies:
            return {}
        counts = [proxy.counts() for proxy in self.proxies]
        now = {"commands": sum(sum(one["commands"].values()) for one in counts),
               "octets": sum(one["octets_up"] + one["octets_down"] for one in counts),
               "refused": sum(one.get("refused", 0) for one in counts)}
        since = {what: now[what] - self.seen.get(what, 0) for what in now}
        self.seen = now
        return {**since, "connections": counts[1].get("most_at_once", 0)}


class Lab:
    def __init__(self, place, store, fsync):
        if shutil.disk_usage(place).free < ROOM_NEEDED:
            raise NoRoom(f"{place} has less than {ROOM_NEEDED >> 30} GiB free: name another folder with --disk or --memory")
        self.folder = Path(tempfile.mkdtemp(prefix="mailhaul-bench-", dir=place))
        self.folder.chmod(0o755)
        self.on_disk = filesystem_of(self.folder) not in ("tmpfs", "ramfs")
        self.environment = {**os.environ, "LAB_DIR": f"{self.folder}/lab"}
        subprocess.run([ROOT / "lab/lab", "up", "--profile", "bench", "--fsync", fsync, "--store", f"dovecot-new={store}"],
                       env=self.environment, check=True, stdout=subprocess.DEVNULL)
        facts = json.loads((self.folder / "lab/lab.json").read_text())
        self.password, self.authority = facts["password"], facts["ca"]
        self.old, self.new = facts["servers"]["dovecot-old"], facts["servers"]["dovecot-new"]
        self.new_configuration = Path(self.new["homes"]).parent / "dovecot.conf"
        self.environment |= {"LAB_PASSWORD": self.password}
        state = json.loads((self.folder / "lab/state.json").read_text())
        self.masters = {process["pid"] for process in state["processes"].values()}
        self.users = 0
        self.mail = self.filled = None  # what the source holds now, and where

    def down(self):
        subprocess.run([ROOT / "lab/lab", "down"], env=self.environment, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def processor_seconds(self):
        """What both servers used since they began: their processes, and those that ended and were waited for."""
        processes = {}  # number: (parent, ticks)
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # ended meanwhile
                fields = stat.read_text().rpartition(")")[2].split()
                processes[int(stat.parent.name)] = int(fields[1]), sum(map(int, fields[11:15]))
        ticks = 0
        for number in processes:
            at = number
            while at in processes and at not in self.masters:
                at = processes[at][0]
            ticks += processes[number][1] if at in self.masters else 0
        return ticks / os.sysconf("SC_CLK_TCK")

    def seed(self, user, *what):
        """The octets that were stored."""
        command = [ROOT / "lab/seed", "--port", self.old["port"], "--user", user, *what]
        done = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True)
        return int(STORED.search(done.stdout)[1])

    def source(self, mail):
        """Accounts that hold `mail`: those of before, where they do."""
        if self.mail != mail:
            if self.filled:
                self.forget(self.old, self.filled.user)
            user = f"usersource{self.next_number()}x"
            users = [f"{user}{number + 1}" for number in range(mail.accounts)] or [user]
            octets = sum(self.seed(one, *mail.seed_options(), "--seed", number + 1) for number, one in enumerate(users))
            self.mail, self.filled = mail, Source(user, octets)
        return self.filled

    def change(self, source, options):
        self.seed(source.user, *options, "--seed", 100 + self.next_number())
        self.mail = None  # it is no longer what it was filled with

    def next_number(self):
        self.users += 1
        return self.users

    def new_user(self):
        return f"userbench{self.next_number()}x"

    def forget(self, server, prefix):
        for home in Path(server["homes"]).glob(f"{prefix}*"):
            shutil.rmtree(home, ignore_errors=True)

    def settle(self):
        """What others wrote is on the disk, and disturbs nobody any more. In memory, a page nobody used before costs a virtual
        machine several times what it costs afterwards: whoever runs first would pay for all, so they are used once."""
        if self.on_disk:
            os.sync()
            return
        page = b"." * (1 << 20)
        used = self.folder / "used"
        with open(used, "wb") as file:
            for _ in range(WARM_OCTETS >> 20):
                file.write(page)
        used.unlink()

    @contextlib.contextmanager
    def ways(self, case, through=None):
        """Ways as the case wants them, by the same ports as `through` where that is given."""
        which = "tls_port" if case.tls else "port"
        ports, authority, links = (self.old[which], self.new[which]), self.authority if case.tls else "", case.links
        if links.are_direct:
            yield Ways(*ports, authority)
            return
        listen = (through.source_port, through.destination_port) if through else (0, 0)
        common = [*links.both, *(["--link-rate", links.rate, "--window", 256 << 10] if links.rate else [])]
        with contextlib.ExitStack() as stack:
            proxies = [stack.enter_context(Proxy(port, [*common, *own, "--listen", at], self.folder / f"proxy{port}.json"))
                       for port, own, at in zip(ports, (links.source, links.destination), listen)]
            yield Ways(proxies[0].port, proxies[1].port, authority, tuple(proxies))


class Proxy:
    def __init__(self, port, options, stats):
        self.stats = stats
        self.process = subprocess.Popen([str(ROOT / "lab/fault-proxy"), "--to", str(port), "--count", "--stats", str(stats),
                                         *map(str, options)], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[2])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def counts(self):
        self.stats.unlink(missing_ok=True)
        self.process.send_signal(10)  # SIGUSR1
        while not self.stats.exists() or not self.stats.read_text().endswith("\n"):
            time.sleep(0.01)
        return json.loads(self.stats.read_text())


def filesystem_of(folder):
    done = subprocess.run(["stat", "-f", "-c", "%T", folder], text=True, capture_output=True)
    return done.stdout.strip()
