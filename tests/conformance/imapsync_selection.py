# SPDX-License-Identifier: Apache-2.0
"""Scenarios of imapsync_test.py. What makes two messages one, and which messages are looked at."""
import re
import time

from imapsync_world import A, B, mail, scenario


@scenario(54, "ll_noheader", "ll_addheader")
def _(world):
    world.put(A, "INBOX", mail("bare", received=False, identified=False))
    done = world.run("--addheader")
    found = world.messages(B, "INBOX")
    world.that(done.status == 0 and len(found) == 1 and b"@imapsync>" in found[0][3], done)
    again = world.run("--addheader")
    world.that(again.number("Messages transferred") == 0 and len(world.messages(B, "INBOX")) == 1, again)


@scenario(55, "ll_useheader", "ll_skipheader", "ll_skipsize")
def _(world):
    world.put(A, "INBOX", mail("one"))
    for options in (["--useheader", "Message-Id"], ["--useheader", "ALL", "--skipheader", "^X-Added"], ["--skipsize"], ["--messageidnodomain"]):
        world.run(*options)
        again = world.run(*options)
        world.that(again.status == 0 and again.number("Messages transferred") == 0 and len(world.messages(B, "INBOX")) == 1, f"{options}: {again}")
    world.fresh()
    world.put(A, "INBOX", mail("one"))
    world.put(B, "INBOX", mail("one", headers=("X-Added: by the server",)))
    done = world.run("--useheader", "ALL", "--skipheader", "^X-Added")
    world.that(done.number("Messages transferred") == 0, f"a header that is skipped makes no difference: {done}")


@scenario(56, "ll_usecache", "ll_useuid", "ll_useuid_nousecache")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("two"))
    world.that(world.run("--useuid").number("Messages transferred") == 2, "the first run copies")
    world.that(world.run("--useuid").number("Messages transferred") == 0, "the second does not")
    world.that(world.run("--useuid", "--nousecache").status == 64, "and what doubles everything is refused, unlike in imapsync")


@scenario(57, "ll_maxage", "ll_minage_0", "ll_maxage_10000_minage_9999", "ll_maxage_9999_minage_10000")
def _(world):
    ago = lambda days: time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(time.time() - days * 86400))  # noqa: E731
    world.put(A, "INBOX", mail("new", date=ago(1)), mail("middle", date=ago(50)), mail("old", date=ago(500)))
    rows = [(["--maxage", "10"], {"new"}), (["--minage", "100"], {"old"}), (["--maxage", "100", "--minage", "10"], {"middle"}),
            (["--maxage", "10", "--minage", "100"], {"new", "old"})]
    for options, expected in rows:
        done = world.run(*options, "--regextrans2", f"s/.*/{'_'.join(options).replace('-', '')}/", "--folder", "INBOX")
        name = "_".join(options).replace("-", "")
        world.that(done.status == 0 and set(world.subjects(B, name) or ()) == expected, f"{options}: {done}")
        world.that("looks good" in done.out, f"what is not looked at is not missing: {done}")


@scenario(58, "ll_noabletosearch")
def _(world):
    world.put(A, "INBOX", mail("old"), date=" 1-Jan-2020 00:00:00 +0000")
    world.put(A, "INBOX", mail("new"))
    done = world.run("--noabletosearch", "--maxage", "10")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["new"], done)


@scenario(59, "ll_search_ALL", "ll_search_FLAGGED", "ll_search_SENTSINCE", "ll_search_HEADER", "ll_search_NOT", "ll_search_OR", "ll_search_UID", "ll_search1_search2")
def _(world):
    world.put(A, "INBOX", mail("one", headers=("X-Kind: a",)), flags="\\Flagged")
    world.put(A, "INBOX", mail("two", date="Mon, 01 Jan 2018 12:00:00 +0000"))
    rows = [("ALL", {"one", "two"}), ("FLAGGED", {"one"}), ("SENTSINCE 1-Jan-2020", {"one"}), ("HEADER X-Kind a", {"one"}),
            ("NOT FLAGGED", {"two"}), ("OR FLAGGED SUBJECT two", {"one", "two"}), ("UID 2", {"two"})]
    for criteria, expected in rows:
        name = re.sub(r"\W", "", criteria)
        done = world.run("--search1", criteria, "--folder", "INBOX", "--regextrans2", f"s/.*/{name}/")
        world.that(done.status == 0 and set(world.subjects(B, name) or ()) == expected, f"{criteria}: {done}")
    world.put(B, "INBOX", mail("stranger"))
    for criteria in ("NONSENSE", "SENTSINCE yesterday"):
        done = world.run("--search1", criteria, "--delete2", "--folder", "INBOX")
        world.that(done.status != 0 and world.subjects(B, "INBOX") == ["stranger"], f"a refused SEARCH empties nothing: {done}")
    for criteria in ("ALL\r\nA1 DELETE x", "SUBJECT {3}", ""):
        world.that(world.run("--search", criteria).status == 64, f"{criteria!r} is not sent")
