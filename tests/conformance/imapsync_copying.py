# SPDX-License-Identifier: Apache-2.0
"""Scenarios of imapsync_test.py. Copying, and where folders go."""
import re

from imapsync_world import A, B, mail, scenario


@scenario(28, "first_sync_dry", "first_sync", "ll")
def _(world):
    world.put(A, "INBOX", mail("one"), mail("two"))
    world.put(A, "INBOX.Work.2019", mail("three"), flags="\\Seen")
    dry = world.run("--dry")
    world.that(dry.status == 0 and "0 (could be 3 without dry mode)" in (dry.figure("Messages transferred") or ""), dry)
    world.that(world.names(B) <= {"INBOX"} | world.names(B) and world.messages(B, "Work/2019") is None, "nothing is created")
    first = world.run()
    world.that(first.status == 0 and first.number("Messages transferred") == 3 and "The sync looks good" in first.out, first)
    world.that(world.subjects(B, "Work/2019") == ["three"] and sorted(world.subjects(B, "INBOX")) == ["one", "two"], "they arrived")
    again = world.run()
    world.that(again.number("Messages transferred") == 0 and again.number("Messages skipped") == 3 and "looks good" in again.out, again)


@scenario(29, "ll_dry_folder_missing")
def _(world):
    world.put(A, "INBOX.New", mail("one"), mail("two"))
    done = world.run("--dry", "--folder", "INBOX.New")
    world.that(done.status == 0 and "could be 2 without" in done.out and "New" not in world.names(B), done)


@scenario(30, "ll_dry_nodry1")
def _(world):
    world.put(A, "INBOX", mail("one"))
    done = world.run("--dry", "--nodry1", "--regexmess", "s/hello/bye/")
    world.that(done.status == 0 and world.messages(B, "INBOX") == [], f"nothing is stored: {done}")
    world.put(A, "INBOX", mail("two", body="poison"))
    command = 't=$(cat); case $t in *poison*) exit 1;; esac; echo "$t"'
    done = world.run("--dry", "--nodry1", "--pipemess", command)
    world.that(done.status == 111 and '"two"' in done.out and "could be 1 without" in done.out, f"what a command fails on is named before the run: {done}")
    world.that(world.messages(B, "INBOX") == [] and world.run("--dry", "--pipemess", command).status == 0, "a dry run alone reads no message")


@scenario(31, "ll_folder_noexist")
def _(world):
    done = world.run("--folder", "INBOX.nowhere")
    world.that(done.status == 0 and "no folder \"INBOX.nowhere\"" in done.out and "0/0 synced" in done.out and "looks good" not in done.out, done)


@scenario(32, "ll_folderrec", "ll_include", "ll_include_exclude", "ll_exclude")
def _(world):
    for folder in ("INBOX.a", "INBOX.a.b", "INBOX.c", "INBOX.abc"):
        world.put(A, folder, mail(folder))
    rows = [(["--folderrec", "INBOX.a"], {"INBOX.a", "INBOX.a.b"}), (["--include", "abc"], {"INBOX.abc"}),
            (["--include", "a", "--exclude", r"a\.b$"], {"INBOX.a", "INBOX.abc"}),
            (["--exclude", r"^INBOX\.a"], {"INBOX", "INBOX.c"})]
    for options, expected in rows:
        done = world.run("--dry", *options)
        found = set(re.findall(r"^Folder +\d+/\d+ \[(.*?)\]", done.out, re.M))
        found = {each for each in found if each in ("INBOX", "INBOX.a", "INBOX.a.b", "INBOX.c", "INBOX.abc")}
        world.that(done.status == 0 and found == expected, f"{options}: {found} {done}")


@scenario(33, "ll_folder_create")
def _(world):
    world.put(A, "INBOX.x.y.z", mail("deep"))
    done = world.run("--folder", "INBOX.x.y.z")
    world.that(done.status == 0 and world.subjects(B, "x/y/z") == ["deep"], done)


@scenario(34, "ll_folder_create_INBOX_Inbox")
def _(world):
    world.put(A, "INBOX", mail("one"))
    done = world.run("--f1f2", "INBOX=Inbox")
    world.that(done.status == 0 and world.subjects(B, "INBOX") == ["one"], done)


@scenario(35, "names_of_a_slash_become_names_of_dots")
def _(world):
    world.put(B, "A/b.c", mail("one"))
    done = world.run(source=B, destination=A)
    world.that(done.status == 0 and world.subjects(A, "INBOX.A.b_c") == ["one"], done)


@scenario(36, "ll_f1f2_01")
def _(world):
    world.put(A, "INBOX.x", mail("one"))
    done = world.run("--folder", "INBOX.x", "--f1f2", "INBOX.x=~bad~")
    there = [name for name in world.names(B) if "bad" in name]
    world.that(done.status == 0 and len(there) == 1 and world.subjects(B, there[0]) == ["one"] and "refuses the name" in done.out,
               f"a name that is refused is made in another spelling and told, where imapsync gives up with 116: {there} {done}")


@scenario(37, "ll_regextrans2", "ll_tr", "ll_tr_delete", "ll_regextrans2_slash", "ll_regextrans2_dot", "ll_regextrans2_remove_space", "ll_regextrans2_ucfirst")
def _(world):
    world.put(A, "INBOX.my old.mail", mail("one"))
    rows = [("s/old/NEW/", "my NEW/mail"), ("tr/a-z/A-Z/", "MY OLD/MAIL"), ("tr/ol//d", "my d/mai"), ("s,/,_,g", "my old_mail"),
            ("s, ,,g", "myold/mail"), (r"s,([^/ ]+),\u\L$1\E,g", "My Old/Mail"), ("s,^${h2_prefix}(.*),Saved${h2_sep}$1,", "Saved/my old/mail"),
            ("s{my (.*)} {$1}", "old/mail")]
    for code, name in rows:
        done = world.run("--folder", "INBOX.my old.mail", "--regextrans2", code)
        world.that(done.status == 0 and world.subjects(B, name) == ["one"], f"{code}: {world.names(B)} {done}")
    for code in ("s/a/system('id')/e", "s/a/", "s/(/x/", "bare", "s/a/$unknown/"):
        done = world.run("--regextrans2", code)
        world.that(done.status == 64 and "--regextrans2" in done.out, f"{code} is refused: {done}")
    done = world.run("--folder", "INBOX.my old.mail", "--regextrans2", "s/.*//")
    world.that(done.status == 116, f"a name must be left: {done}")


@scenario(38, "ll_regextrans2_ALLIN")
def _(world):
    world.put(A, "INBOX.p", mail("one"))
    world.put(A, "INBOX.q", mail("two"))
    done = world.run("--folder", "INBOX.p", "--folder", "INBOX.q", "--regextrans2", "s/.*/All of it/")
    world.that(done.status == 0 and sorted(world.subjects(B, "All of it")) == ["one", "two"], done)
    again = world.run("--folder", "INBOX.p", "--folder", "INBOX.q", "--regextrans2", "s/.*/All of it/", "--delete2")
    world.that(again.number("Messages transferred") == 0 and len(world.subjects(B, "All of it")) == 2, f"once, and what is another folder's stays: {again}")


@scenario(39, "ll_subfolder2", "ll_subfolder1")
def _(world):
    world.put(A, "INBOX", mail("in"))
    world.put(A, "INBOX.Sent.2019", mail("sent"))
    done = world.run("--subfolder2", "OLD")
    world.that(done.status == 0 and world.subjects(B, "OLD/INBOX") == ["in"] and world.subjects(B, "OLD/Sent/2019") == ["sent"], done)
    back = world.raw(*world.sides(B, A, user2=world.user + "r"), "--nolog", "--pidfile", "", "--subfolder1", "OLD")
    there = world.user + "r"
    world.that(back.status == 0 and world.subjects(A, "INBOX", there) == ["in"] and world.subjects(A, "INBOX.Sent.2019", there) == ["sent"], back)


@scenario(40, "ll_subfolder1_DOES_NOT_EXIST")
def _(world):
    world.that(world.run("--subfolder1", "DOES_NOT_EXIST").status == 21, "21")


@scenario(41, "ll_automap", "ll_justautomap")
def _(world):
    world.put(A, "INBOX.Sent Items", mail("sent"))
    done = world.run("--automap", "--justautomap")
    world.that(done.status == 0 and "[INBOX.Sent Items] -> [Sent] (special use" in done.out, done)
    world.that(world.messages(B, "Sent Items") is None, "nothing is made")
    done = world.run("--automap")
    world.that(done.status == 0 and world.subjects(B, "Sent") == ["sent"], done)
    lists = world.run("--justfolderlists")
    world.that(lists.status == 0 and "Host1: found" in lists.out and "[INBOX.Sent Items]" in lists.out, lists)


@scenario(42, "ll_justfolders", "ll_justfolders_skipemptyfolders")
def _(world):
    world.put(A, "INBOX.full", mail("one"))
    world.put(A, "INBOX.void")
    done = world.run("--justfolders", "--skipemptyfolders")
    world.that(done.status == 0 and "full" in world.names(B) and "void" not in world.names(B), done)
    done = world.run("--justfolders")
    world.that(done.status == 0 and "void" in world.names(B) and world.messages(B, "full") == [], done)


@scenario(43, "ll_delete1_delete1emptyfolders")
def _(world):
    world.put(A, "INBOX", mail("in"))
    world.put(A, "INBOX.e.f.g")
    world.put(A, "INBOX.work", mail("one"))
    dry = world.run("--delete1", "--delete1emptyfolders", "--dry")
    world.that(dry.status == 0 and "INBOX.e.f.g" in world.names(A), f"a dry run keeps them: {dry}")
    done = world.run("--delete1", "--delete1emptyfolders")
    world.that(done.status == 0 and "INBOX" in world.names(A) and not any(name.startswith("INBOX.e") or name == "INBOX.work" for name in world.names(A)), f"{world.names(A)} {done}")
    world.that(world.subjects(B, "work") == ["one"] and "e/f/g" not in world.names(B), "what was in them arrived; the empty ones are not made")


@scenario(44, "ll_delete2folders", "ll_delete2foldersonly", "ll_delete2foldersbutnot", "ll_delete2folders_subfolder2")
def _(world):
    world.put(A, "INBOX", mail("one"))
    for name in ("Old/1", "Old/2", "Keep/3"):
        world.put(B, name, mail(name))
    done = world.run("--delete2folders", "--delete2foldersonly", "/^Old/", "--delete2foldersbutnot", "/2$/")
    world.that(done.status == 0 and "Old/1" not in world.names(B) and {"Old/2", "Keep/3"} <= world.names(B), f"{world.names(B)} {done}")
    world.that(world.run("--delete2foldersonly", "Old").status == 64, "a bare word would delete everything")
    done = world.run("--delete2folders")
    world.that(done.status == 0 and not {"Old/2", "Keep/3"} & world.names(B), f"{world.names(B)} {done}")


@scenario(45, "ll_subscribed", "ll_nosubscribe")
def _(world):
    world.put(A, "INBOX.s", mail("one"))
    world.put(A, "INBOX.t", mail("two"))
    world.ask(A, b'SUBSCRIBE "INBOX.s"')
    done = world.run("--subscribed", "--nosubscribe")
    world.that(done.status == 0 and world.subjects(B, "s") == ["one"] and world.messages(B, "t") is None, done)
    world.that(not any(b"s" in response for response in world.ask(B, b'LSUB "" s')[0] if response[:1] == [b"LSUB"]), "not subscribed on B")
    world.run()
    world.that(any(response[:1] == [b"LSUB"] for response in world.ask(B, b'LSUB "" s')[0]), "now it is")
