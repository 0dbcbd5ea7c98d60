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


@scenario(0, "usecache_adopted")
def _(world):
    """A cache as imapsync leaves it, over an account that imapsync moved: host2 has added Received lines, and drafts have no
    identity at all."""
    drafts = [mail("draft", identified=False, received=False), mail("other", identified=False, received=False)]
    texts = [mail("one"), mail("two"), *drafts]
    world.put(A, "INBOX.s", *texts)
    world.put(B, "s", *[text if text in drafts else b"Received: by host2\r\n" + text for text in texts])
    before = world.messages(B, "s")
    cache = world.ledgers / "tmp" / "imapsync_cache" / "127.0.0.1" / world.user / "127.0.0.1" / world.user / "INBOX" / "s" / "s"
    cache.mkdir(parents=True)
    for source, destination in zip(world.messages(A, "INBOX.s"), before):
        (cache / f"{source[0]}_{destination[0]}").touch()
    line = ["--folder", "INBOX.s", "--tmpdir", str(world.ledgers / "tmp"), "--usecache"]
    done = world.run(*line)
    world.that(done.status == 0 and done.number("Messages transferred") == 0 and "looks good" in done.out, done)
    world.that([each[0::3] for each in world.messages(B, "s")] == [each[0::3] for each in before], "host2 is as it was")
    files = sorted(each.name for each in cache.iterdir())
    world.that(len(files) == 4, f"the cache is as it was: {files}")
    done = world.run("--folder", "INBOX.s")
    world.that(done.number("Messages transferred") == 0, f"the ledger knows it now: {done}")


@scenario(0, "usecache_of_another_folder")
def _(world):
    """The folder was made anew since: its UIDs are of other messages, which imapsync took for copied."""
    world.put(A, "INBOX.s", mail("new"))
    world.put(B, "s", mail("old"))
    cache = world.ledgers / "tmp" / "imapsync_cache" / "127.0.0.1" / world.user / "127.0.0.1" / world.user / "INBOX" / "s" / "s"
    cache.mkdir(parents=True)
    (cache / f"{world.messages(A, 'INBOX.s')[0][0]}_{world.messages(B, 's')[0][0]}").touch()
    done = world.run("--folder", "INBOX.s", "--tmpdir", str(world.ledgers / "tmp"), "--usecache", "--delete1")
    world.that(done.status == 0 and sorted(world.subjects(B, "s")) == ["new", "old"], f"nothing is lost: {world.subjects(B, 's')} {done}")


@scenario(0, "noskipsize")
def _(world):
    world.put(A, "INBOX.s", mail("one", body="longer than the other"))
    world.put(B, "s", mail("one"))
    world.that(world.run("--folder", "INBOX.s").number("Messages transferred") == 0, "by its headers it is one message")
    world.ledgers = world.ledgers / "afresh"
    world.ledgers.mkdir()
    world.that(world.run("--folder", "INBOX.s", "--noskipsize").number("Messages transferred") == 1, "with its size it is another")


@scenario(0, "fetch_hash_set")
def _(world):
    world.put(A, "INBOX.s", mail("one"), mail("two"), mail("three"))
    second = world.messages(A, "INBOX.s")[1][0]
    done = world.run("--folder", "INBOX.s", "--noabletosearch", "--fetch_hash_set", f"{second}:*")
    world.that(done.status == 0 and world.subjects(B, "s") == ["two", "three"], done)


@scenario(0, "nocheckfoldersexist")
def _(world):
    done = world.run("--folder", "INBOX.hidden", "--nocheckfoldersexist")
    world.that(done.status == 117 and "INBOX.hidden" in done.out, f"a folder asked for unlisted is opened, and its refusal told: {done}")
