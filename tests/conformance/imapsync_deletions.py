# SPDX-License-Identifier: Apache-2.0
"""Scenarios of imapsync_test.py. What is deleted on both sides."""
import time

from imapsync_world import A, B, mail, scenario


@scenario(46, "ll_delete1", "ll_delete1_twoemails")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("two"))
    done = world.run("--delete1")
    world.that(done.status == 0 and world.messages(A, "INBOX") == [] and len(world.messages(B, "INBOX")) == 2, done)
    world.that(done.number("Messages deleted on host1") == 2, done)
    back = world.run("--delete1", source=B, destination=A)
    world.that(back.status == 0 and len(world.messages(A, "INBOX")) == 2 and world.messages(B, "INBOX") == [], f"and back: {back}")


@scenario(47, "ll_delete1_delete2")
def _(world):
    world.that(world.run("--delete1", "--delete2").status == 64, "choose one")


@scenario(48, "ll_delete2")
def _(world):
    world.put(A, "INBOX", mail("one"))
    world.put(B, "INBOX", mail("stranger"))
    done = world.run("--delete2")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["one"] and done.number("Messages deleted on host2") == 1, done)


@scenario(49, "ll_delete2_minage")
def _(world):
    world.put(A, "INBOX", mail("old"))
    today = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    world.put(B, "INBOX", mail("old stranger"), mail("new stranger", date=today))
    done = world.run("--delete2", "--minage", "1")
    world.that(done.status == 0 and sorted(world.subjects(B, "INBOX")) == ["new stranger", "old"], f"{world.subjects(B, 'INBOX')} {done}")


@scenario(50, "ll_delete2duplicates", "ll_remove_duplicates")
def _(world):
    world.put(A, "INBOX", mail("one"))
    world.put(B, "INBOX", mail("one"), mail("one"))
    done = world.run("--delete2duplicates")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["one"], done)


@scenario(51, "ll_syncduplicates")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("one"), mail("one"))
    done = world.run()
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["one"] and done.number("Messages found duplicate on host1") == 2, done)
    done = world.run("--syncduplicates")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["one"] * 3, done)


@scenario(52, "ll_duplicates_across_folders")
def _(world):
    world.put(A, "INBOX.all", mail("one"), mail("two"))
    world.put(A, "INBOX.label", mail("one"))
    done = world.run("--skipcrossduplicates", "--folderlast", "INBOX.all")
    world.that(done.status == 0 and world.subjects(B, "label") == ["one"] and world.subjects(B, "all") == ["two"], done)
    world.that(done.number("Messages found crossduplicate on host2") == 1, done)
    again = world.run("--skipcrossduplicates", "--folderlast", "INBOX.all")
    world.that(again.number("Messages transferred") == 0 and "looks good" in again.out, again)


@scenario(53, "ll_skipcrossduplicates_usecache")
def _(world):
    world.that(world.run("--skipcrossduplicates", "--usecache").status == 64, "64")


@scenario(0, "expunge1")
def _(world):
    world.put(A, "INBOX.s", mail("kept"))
    world.put(A, "INBOX.s", mail("gone"), flags="\\Deleted")
    done = world.run("--folder", "INBOX.s", "--expunge1")
    world.that(done.status == 0 and world.subjects(A, "INBOX.s") == ["kept"], f"{world.subjects(A, 'INBOX.s')} {done}")
    world.that(sorted(world.subjects(B, "s")) == ["gone", "kept"], f"nothing goes that is not on host2: {world.subjects(B, 's')}")
