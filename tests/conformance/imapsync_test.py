#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""imapsync's command line as its users write it: the scenarios of its own test functions, each under its name, against real
servers; wrappers as they are in use; and that --dry sends nothing that changes anything, as seen on the wire.

A is an old hoster (prefix `INBOX.`, separator `.`), B a new one (no prefix, separator `/`). Where mailhaul does otherwise
on purpose (docs/imapsync.md) the check says so. By hand: `imapsync_test.py PATH [NAME...]` runs some of them."""
import sys
import time

import imapsync_line  # noqa: F401
import imapsync_copying  # noqa: F401
import imapsync_deletions  # noqa: F401
import imapsync_selection  # noqa: F401
import imapsync_messages  # noqa: F401
import imapsync_processes  # noqa: F401
import imapsync_presets  # noqa: F401
import imapsync_wrappers  # noqa: F401
from imapsync_world import A, B, SCENARIOS, World
from support import Lab, mailhaul_path, main


def test(checks):
    lab = Lab([A, B])
    world = World(checks, lab, mailhaul_path())
    wanted = set(sys.argv[2:])
    for number, names, function in SCENARIOS:
        if wanted and not wanted & {str(number), *names}:
            continue
        world.name = f"{number} {names[0]}" if number else names[0]
        world.fresh()
        began = time.monotonic()
        try:
            function(world)
        except Exception as broken:  # noqa: BLE001: the others are still worth running
            world.that(False, f"the scenario broke: {type(broken).__name__}: {broken}")
        checks.section(f"{world.name} ({time.monotonic() - began:.1f} s)")


main(test)
