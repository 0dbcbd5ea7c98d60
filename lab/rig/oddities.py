# SPDX-License-Identifier: Apache-2.0
"""What real mailboxes hold and no specification wishes for: names, messages, flags and dates that break careless programs.

Each is here because a server stores it and a migration must therefore carry it, or name it when the other server refuses.
"""
import random
import zlib

# Levels of a path are separated by "/"; a level that holds one itself is written with SLASH.
SLASH = "\0"
FOLDERS = [
    # Scripts and normal forms. The two é are different names to some servers and the same to others.
    "Entwürfe", "Été & Co", "Привет", "日本語/メール/受信", "😀 mail", "עברית", "العربية", "हिन्दी", "\u00e9 composed",
    "e\u0301 decomposed", "zero\u200bwidth", "soft\u00adhyphen", "fullwidth／slash",
    # Modified UTF-7's own letters, also where they look encoded already.
    "& alone", "R&D", "&AOk-", "&&", "minus-", "&-",
    # IMAP's syntax.
    'with "quotes"', "back\\slash", "per%cent", "star*", "(parens)", "[brackets]", "{3}", "{3+}", "~{3}", "NIL", "OK", "]", '"',
    # Blanks.
    " leading", "trailing ", "two  blanks", "tab\there",
    # Case.
    "CaseTwin", "casetwin", "InBoX copy", "Archive/INBOX",
    # File systems.
    "~tilde", "~/x", "a.b.c", ".hidden", "trailing.", "cur", "new/tmp", "dovecot.index", "con", "a:b", "a|b", "q?mark", "<angle>",
    "back`tick", "dollar$HOME", "semi;colon,comma", "'single'", "-dash", "#hash", "!bang", "^caret", "equal=sign", "plus+", "at@sign",
    f"slash{SLASH}inside", f"{SLASH}", "..", "...",
    # Length and depth.
    "x" * 90, "ü" * 60, "Deep/1/2/3/4/5/6/7/8/9", "Parent without mail/child",
    # Beside folders that have a special use elsewhere, and below INBOX.
    "Sent", "Archives", "INBOX/child", "INBOX/child/grandchild",
]
EMPTY_FOLDERS = ["Empty folder", "Empty parent/empty child"]
SUBSCRIBED_THEN_DELETED = "Deleted but subscribed"

DATES = ["01-Jan-1970 00:00:00 +0000", "02-Jan-1970 13:59:59 +1400", "31-Dec-1999 23:59:59 -1200", "29-Feb-2000 12:00:00 -0330",
         "09-Sep-2001 01:46:40 +0000", " 1-Apr-2001 02:30:00 +0100", "28-Mar-2021 02:30:00 +0200", "01-Jan-2001 00:00:00 +0545",
         "18-Jan-2019 03:14:07 +0000"]
FLAGS = [[], ["\\Seen", "\\Answered", "\\Flagged", "\\Draft", "\\Deleted"], ["\\Deleted"], ["Junk", "NonJunk"],
         ["$Forwarded", "$MDNSent", "$SubmitPending"], ["lower", "LOWER2", "dots.and-dashes_", "a/b", "k" * 40],
         [f"keyword{number}" for number in range(20)], ["\\Draft", "$label-ü".encode("ascii", "ignore").decode()]]

EACH_ITS_OWN = b"????????"  # stands for what tells one kind from the others
ADDRESS = b"From: Odd <odd@mail.example>\r\nTo: someone@mail.example\r\n"
DATE = b"Date: Mon, 5 May 2014 10:00:00 +0200\r\n"


def sized(head, size):
    """A message of exactly `size` octets, for where buffers end."""
    line = b"0123456789" * 7 + b"abcd\r\n"
    body = (line * (size // len(line) + 1))[:size - len(head) - 4]
    return head + b"\r\n" + body.replace(b"\r", b"-").replace(b"\n", b"-") + b"\r\n"


def messages(mark):
    """{kind: octets}. `mark` makes them differ between mailboxes, so that no two are equal by accident."""
    key = mark.encode()
    noise = random.Random(f"noise {mark}").randbytes(4000)
    no_lines = noise.translate(None, b"\0\r\n")
    subject = b"Subject: odd " + key + b"\r\n"
    head = ADDRESS + subject + DATE
    ident = b"Message-ID: <odd." + EACH_ITS_OWN + b"." + key + b"@mail.example>\r\n"
    full = head + ident
    made = {
        # What a message is recognised by is absent, twice there, or not unique.
        "no Message-ID": head + b"\r\nnothing to know me by " + key + b"\r\n",
        "empty Message-ID": head + b"Message-ID:\r\n\r\n" + key + b"\r\n",
        "blank Message-ID": head + b"Message-ID:   \t \r\n\r\n" + key + b"\r\n",
        "shared Message-ID": head + b"Message-ID: <shared@mail.example>\r\n\r\nbody " + key + b"\r\n",
        "shared Message-ID, other body": head + b"Message-ID: <shared@mail.example>\r\n\r\nanother " + key + b"\r\n",
        "twin: first body": full + b"\r\nfirst\r\n",
        "twin: other body": full + b"\r\nother\r\n",
        "twin: broken header": full + b"no colon here\r\n\r\nfirst\r\n",
        "twin: one more field": full + b"X-More: yes\r\n\r\nfirst\r\n",
        # Drafts as programs save them. Cyrus refuses the second, and must not be thought to have it for having the others.
        "draft: version 1": full + b"\r\nDear all,\r\n",
        "draft: version 2": full + b"\r\nDear all,\nfrom another program\r\n",
        "draft: version 3": full + b"\r\nDear all,\r\nthis is\r\n",
        "draft: version 4": full + b"\r\nDear all,\r\nthis is the end.\r\n",
        "draft: version 4 with another date": ADDRESS + subject + DATE.replace(b"10:00", b"11:30") + ident
                                              + b"\r\nDear all,\r\nthis is the end.\r\n",
        "two Message-IDs": full + b"Message-ID: <second." + key + b"@mail.example>\r\n\r\nbody\r\n",
        "folded Message-ID": head + b"Message-ID:\r\n\t<odd.folded." + key + b"@mail.example>\r\n\r\nbody\r\n",
        "Message-ID without brackets": head + b"Message-ID: odd.bare." + key + b"@mail.example\r\n\r\nbody\r\n",
        "Message-ID with blanks": head + b"Message-ID: < odd . " + key + b" @ mail.example >\r\n\r\nbody\r\n",
        "Message-ID with 8 bits": head + b"Message-ID: <\xfcber." + key + b"@mail.example>\r\n\r\nbody\r\n",
        "long Message-ID": head + b"Message-ID: <" + b"m" * 3000 + key + b"@mail.example>\r\n\r\nbody\r\n",
        "Message-ID in other case": head + b"MESSAGE-id: <Odd.CASE." + key + b"@Mail.Example>\r\n\r\nbody\r\n",
        "blank before the colon": head + b"Message-ID : <odd.colon." + key + b"@mail.example>\r\n\r\nbody\r\n",
        "Message-ID only in the body": head + b"\r\n" + ident + b"\r\nbody\r\n",
        "Received only": b"Received: from a by b; Mon, 5 May 2014 10:00:00 +0200\r\nX: " + key + b"\r\n\r\nbody\r\n",
        # Where the header ends.
        "no header": b"\r\nonly a body " + key + b"\r\n",
        "header only": full + b"\r\n",
        "header without an end": full,
        "blank line is not blank": full + b" \t\r\nbody?\r\n",
        "line without a colon": full + b"no colon here\r\nX-After: 1\r\n\r\nbody\r\n",
        "mbox line first": b"From odd@mail.example Mon May  5 10:00:00 2014\r\n" + full + b"\r\nbody\r\n",
        "quoted mbox line first": b">From odd@mail.example Mon May  5 10:00:00 2014\r\n" + full + b"\r\nbody\r\n",
        "starts folded": b" folded into nothing " + key + b"\r\n" + full + b"\r\nbody\r\n",
        "byte order mark": b"\xef\xbb\xbf" + full + b"\r\nbody\r\n",
        # Octets.
        "8 bits in the header": full + b"X-Latin: Gr\xfc\xdfe\r\nX-Utf: Gr\xc3\xbc\xc3\x9fe\r\n\r\nbody\r\n",
        "8 bits in a header's name": full + b"X-\xfcml\xe4ut: yes\r\n\r\nbody\r\n",
        "UTF-8 body": full + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "Grüße 日本 😀\r\n".encode() * 30,
        "UTF-16 body": full + b"Content-Type: text/plain; charset=utf-16\r\n\r\n" + "wide text ü".encode("utf-16-le")
                       .replace(b"\0", b"\x01") + b"\r\n",
        "control characters": full + b"\r\n" + bytes(range(1, 9)) + b"\x0b\x0c" + bytes(range(14, 32)) + b"\x7f\r\n",
        "noise in the body": full + b"\r\n" + no_lines + b"\r\n",
        "noise only": no_lines,
        "NUL in the body": full + b"\r\nbefore\0after\r\n",
        # Line ends.
        "bare LF": full + b"\r\none\ntwo\n" + key + b"\n\r\n",
        "bare LF everywhere": (full + b"\r\nunix " + key + b"\r\n").replace(b"\r\n", b"\n"),
        "bare CR": full + b"\r\none\rtwo\r\r\n" + key + b"\r\n",
        "LF CR": full + b"\r\none\n\rtwo\n\r" + key + b"\r\n",
        "ends in CR": full + b"\r\nlast line " + key + b"\r",
        "no last line end": full + b"\r\nlast line " + key,
        "many blank lines": full + b"\r\n" * 80,
        "blanks before line ends": full + b"\r\nthree   \r\ntab\t\r\n \r\n\t\r\n",
        "form feeds": full + b"\r\npage\x0c\r\n\x0cpage\r\n",
        # Sizes.
        "one octet": b"x",
        "one line end": b"\r\n",
        "long line": full + b"\r\n" + b"x" * 150000 + key + b"\r\n",
        "long header line": head + b"X-Long: " + b"y" * 90000 + b"\r\n" + ident + b"\r\nbody\r\n",
        "many header lines": full + b"".join(b"X-Line-%d: %d\r\n" % (line, line) for line in range(2500)) + b"\r\nbody\r\n",
        "many recipients": full + b"Cc: " + b",\r\n\t".join(b"u%d@mail.example" % number for number in range(2000)) + b"\r\n\r\nx\r\n",
        **{f"{size} octets": sized(full, size) for size in (1023, 1024, 4095, 4096, 4097, 8192, 16384, 65536)},
        # Looks like protocol.
        "IMAP inside": full + b"\r\nL1 OK done\r\n* 1 FETCH (UID 1 FLAGS ())\r\n)\r\n{7}\r\n{7+}\r\n* BYE\r\n+ go on\r\n",
        "IMAP in the subject": ADDRESS + b'Subject: ") {12}\r\n * BYE " \\ ( ' + key + b"\r\n" + DATE + ident + b"\r\nbody\r\n",
        "ends like a response": full + b"\r\nbody)\r\n* 2 FETCH (UID 99999 BODY[] {4}\r\n",
        "SMTP inside": full + b"\r\n.\r\n..\r\n.dot\r\nFrom the start\r\n>From quoted\r\n.\r\n",
        # MIME.
        "nested messages": full + b"Content-Type: message/rfc822\r\n\r\n" + (head + b"Content-Type: message/rfc822\r\n\r\n") * 25
                           + head + b"\r\ninnermost\r\n",
        "boundary never closed": full + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n",
        "boundary missing": full + b"Content-Type: multipart/mixed\r\n\r\nno parts\r\n",
        "many parts": full + b"Content-Type: multipart/mixed; boundary=p\r\n\r\n" + b"--p\r\n\r\npart\r\n" * 800 + b"--p--\r\n",
        "broken encoded word": ADDRESS + b"Subject: =?utf-8?B?%%%?= =?nosuch?Q?a?= =?utf-8?Q?=C3?= " + key + b"\r\n" + ident
                               + b"\r\nbody\r\n",
        "bad Date": ADDRESS + subject + b"Date: the day before yesterday\r\n" + ident + b"\r\nbody\r\n",
        "Date far away": ADDRESS + subject + b"Date: Thu, 31 Dec 2099 23:59:60 +9999\r\n" + ident + b"\r\nbody\r\n",
        "asks for a receipt": full + b"Disposition-Notification-To: <odd@mail.example>\r\n\r\nbody\r\n",
    }
    # Those of one family (what is before the colon) share their Message-ID.
    families = {kind: b"%08x" % zlib.crc32(kind.partition(":")[0].encode()) for kind in made}
    return {kind: octets.replace(EACH_ITS_OWN, families[kind]) for kind, octets in made.items()}


KINDS = list(messages("x"))
