# SPDX-License-Identifier: Apache-2.0
"""A small IMAP client for the lab's programs: sends commands, reads responses as nested lists.

A response is parsed as IMAP's own grammar has it, lists in parentheses, strings and atoms, so that octets in a mailbox or a
message are never mistaken for protocol. Literals can be given to somebody as they come (`take`), because a message may be
larger than anybody wants to hold.
"""
import base64
import re
import socket
import ssl

from rig import accounts, names

CHUNK = 1 << 20


class Refused(Exception):
    """The server's NO or BAD; the text is its line without the tag."""


class Lost(Exception):
    """The connection ended where it should not have."""


class Text(bytes):
    """A quoted string or a literal: octets that are nobody's syntax."""


def quoted(text):
    octets = text if isinstance(text, bytes) else text.encode()
    return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


# A parenthesis, a quoted string, or an atom, whose brackets may hold blanks: BODY[HEADER.FIELDS (SUBJECT)].
TOKEN = re.compile(rb'\s*(?:([()])|"((?:[^"\\]|\\.)*)"|((?:[^\s()"\[]|\[[^\]]*\]|\[)+))', re.S)
ESCAPED = re.compile(rb"\\(.)", re.S)


def parsed(pieces):
    """The values of a response as nested lists: atoms are bytes, strings are Text, NIL is None. `pieces` are octets of
    protocol, and between them literals (Text, or what their taker made of them)."""
    open_lists = [[]]
    for is_literal, piece in pieces:
        if is_literal:
            open_lists[-1].append(Text(piece) if isinstance(piece, bytes) else piece)
            continue
        for match in TOKEN.finditer(piece):
            kind = match.lastindex
            if kind == 3:
                open_lists[-1].append(None if match[3] == b"NIL" else match[3])
            elif kind == 2:
                open_lists[-1].append(Text(ESCAPED.sub(rb"\1", match[2])))
            elif match[1] == b"(":
                open_lists.append([])
            elif len(open_lists) > 1:
                done = open_lists.pop()
                open_lists[-1].append(done)
    return open_lists[0]


class Connection:
    """One connection, logged in if a user is given."""

    def __init__(self, host, port, user=None, password=accounts.PASSWORD, tls="none", timeout=300):
        self.commands = 0
        self.buffer, self.at = b"", 0
        self.socket = socket.create_connection((host, port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls == "imaps":
            self.secure(host)
        greeting = self.line()
        if not greeting.startswith((b"* OK", b"* PREAUTH")):
            raise Refused(greeting.decode("utf-8", "replace").strip())
        if tls == "starttls":
            self.ask(b"STARTTLS")
            self.secure(host)
        if user is not None:
            self.log_in(user, password)
        self.capabilities = {word.decode("ascii", "replace").upper() for response in self.ask(b"CAPABILITY")
                             if response[:1] == [b"CAPABILITY"] for word in response[1:]}

    def secure(self, host):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # a tool for a lab: it trusts the lab
        self.socket = context.wrap_socket(self.socket, server_hostname=host)

    def log_in(self, user, password):
        if user.isascii() and password.isascii():
            self.ask(b"LOGIN " + quoted(user) + b" " + quoted(password))
            return
        tag = self.send(b"AUTHENTICATE PLAIN")
        self.line()  # +
        self.socket.sendall(base64.b64encode(f"\0{user}\0{password}".encode()) + b"\r\n")
        self.wait(tag)

    # Octets
    def fill(self):
        octets = self.socket.recv(CHUNK)
        if not octets:
            raise Lost("the server closed the connection")
        self.buffer, self.at = self.buffer[self.at:] + octets, 0

    def line(self):
        while (end := self.buffer.find(b"\n", self.at)) < 0:
            self.fill()
        line = self.buffer[self.at:end + 1]
        self.at = end + 1
        return line

    def octets(self, count):
        """Yields exactly `count` octets in pieces as they come."""
        while count:
            if self.at == len(self.buffer):
                self.fill()
            piece = self.buffer[self.at:self.at + count]
            self.at += len(piece)
            count -= len(piece)
            yield piece

    # Commands
    def send(self, command):
        """Sends without waiting; gives the tag to wait for."""
        self.commands += 1
        tag = b"L%d" % self.commands
        self.socket.sendall(b"".join((tag, b" ", command, b"\r\n")))
        return tag

    def response(self, take=None):
        """The next response: (first word: tag, `*` or `+`; the line's own text; the pieces to parse)."""
        pieces, text = [], b""
        while True:
            line = self.line().rstrip(b"\r\n")
            size = self.literal_size(line)
            if size is None:
                pieces.append((False, line))
                break
            pieces.append((False, line[:line.rindex(b"{")]))
            content = self.octets(size)
            pieces.append((True, take(size, content) if take else b"".join(content)))
        text = pieces[0][1]
        return text.partition(b" ")[0], text, pieces

    @staticmethod
    def literal_size(line):
        if not line.endswith(b"}"):
            return None
        digits = line[line.rfind(b"{") + 1:-1]
        return int(digits) if digits.isdigit() else None

    def responses(self, tag, take=None):
        """Yields untagged responses, parsed and without the star, until the tagged one; raises Refused for NO and BAD."""
        while True:
            first, text, pieces = self.response(take)
            if first == tag:
                self.last = text[len(tag) + 1:]
                if not self.last.upper().startswith(b"OK"):
                    raise Refused(self.last.decode("utf-8", "replace"))
                return
            if first == b"*":
                if text[2:5].upper() in (b"OK ", b"NO ", b"BAD", b"BYE"):
                    yield [text[2:].partition(b" ")[0].upper(), text[2:]]
                else:
                    pieces[0] = (False, pieces[0][1][2:])
                    yield parsed(pieces)

    def wait(self, tag):
        return list(self.responses(tag))

    def ask(self, command):
        return self.wait(self.send(command))

    # What every tool asks
    def mailboxes(self):
        """[(name as the server spells it, attributes in lower case, separator or nothing)]"""
        found = []
        for response in self.ask(b'LIST "" "*"'):
            if response[:1] == [b"LIST"]:
                attributes = {attribute.decode().lower() for attribute in response[1]}
                name = b" ".join(response[3:]) if len(response) > 4 else response[3] or b"NIL"
                found.append((name.decode("utf-8", "surrogateescape"), attributes, response[2].decode() if response[2] else None))
        return found

    def naming(self):
        if "NAMESPACE" in self.capabilities:
            for response in self.ask(b"NAMESPACE"):
                if response[:1] == [b"NAMESPACE"] and response[1]:
                    prefix, separator = response[1][0][:2]
                    return names.Naming(prefix.decode(), separator.decode() if separator else "")
        return names.Naming("", next((separator for _, _, separator in self.mailboxes() if separator), "/"))

    def close(self):
        try:
            self.ask(b"LOGOUT")
        except (OSError, Lost, Refused):
            pass
        self.socket.close()


def add_options(parser, suffix="", whose=""):
    """The options that name an account, for every program alike."""
    parser.add_argument(f"--host{suffix}", default="127.0.0.1")
    parser.add_argument(f"--port{suffix}", type=int, required=True, help=f"port of {whose or 'the server'}")
    parser.add_argument(f"--user{suffix}", required=True)
    parser.add_argument(f"--password{suffix}", default=accounts.PASSWORD)
    parser.add_argument(f"--tls{suffix}", choices=["none", "starttls", "imaps"], default="none")


def connect(options, suffix=""):
    return Connection(*(getattr(options, name + suffix) for name in ("host", "port", "user", "password", "tls")))
