#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A line of 1 MB/s to both servers, and mail that is text: mailhaul finds out by itself that COMPRESS helps, says so, and what it
leaves off to change the connections is there once. Told not to compress, it does not; on a fast line it never tries."""
from pathlib import Path

from support import Lab, Mailhaul, fault_proxy, mailhaul_path, main

OLD, NEW = "dovecot-old", "dovecot-new"
SOURCE = "userslowfrom"
LINE = ("--link-rate", 1_000_000, "--window", 64 << 10)
KEPT = r"the connections to both servers are compressed, which makes it \d+ % as fast"


def test(checks):
    lab = Lab([OLD, NEW])
    mailhaul = Mailhaul(mailhaul_path(), Path(lab.place) / "ledgers")
    lab.seed(OLD, SOURCE, "--messages", 1600, "--sizes", "fixed:8K", "--folders", 8)

    def sync(destination, ports, *options):
        return mailhaul.sync((SOURCE, ports[0]), (destination, ports[1]), destination, *options)

    with fault_proxy(lab.port(OLD), *LINE) as (old, counts), fault_proxy(lab.port(NEW), *LINE) as (new, _):
        run = sync("userslowa", (old, new))
        again = sync("userslowa", (old, new))
        carried = counts()["octets_down"]
    checks.that(run.status == 0, f"the run is complete: {run}")
    checks.that(run.said(KEPT), f"it compresses, and says so: {run.report['notes']}")
    found = lab.differences((OLD, SOURCE), (NEW, "userslowa"), "--automap")
    checks.that(not found, f"nothing is lost, nothing doubled: {found}")
    octets = run.report["source"]["octets_received"]
    checks.that(carried < octets * 0.8, f"the line carries less than was read: {carried} of {octets}")
    checks.that(again.status == 0 and again.total("copied") == 0, f"a second pass finds nothing to do: {again}")
    checks.section("a slow line")

    fast = sync("userslowb", (lab.port(OLD), lab.port(NEW)))
    checks.that(fast.status == 0 and not fast.said("compressing the|are compressed"), f"on a fast line it is not tried: {fast.report['notes']}")
    checks.section("a fast line")


main(test)
