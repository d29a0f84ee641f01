"""Receivers for tests: another system behind HTTP that also fails, and a mail server."""

from __future__ import annotations

import json
import random
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """What another system got: every request, and what it took on, once a key.

    `behave` tells for each request what is done: `ok`; `500`, `404` and other answers without taking it on; `drop` and `late`
    take it on and then break the connection, or answer after `slow` seconds; `lost` breaks it before; `turn` redirects.
    """

    def __init__(self, behave: Callable[[], str] = lambda: "ok", slow: float = 0.0) -> None:
        self.behave = behave
        self.slow = slow
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.taken: dict[str, Any] = {}
        self.arrivals: dict[str, int] = {}
        self.lock = threading.Lock()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/orders"

    def take(self, key: str, body: bytes) -> None:
        with self.lock:
            self.arrivals[key] = self.arrivals.get(key, 0) + 1
            self.taken.setdefault(key, json.loads(body))


@contextmanager
def receiver(behave: Callable[[], str] = lambda: "ok", slow: float = 0.0) -> Iterator[Receiver]:
    """A receiver that listens on 127.0.0.1."""
    made = Receiver(behave, slow)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with made.lock:
                made.requests.append((dict(self.headers.items()), body))
            how, key = made.behave(), self.headers["Idempotency-Key"]
            if how == "lost":
                self._break()
                return
            if how in ("ok", "drop", "late"):
                made.take(key, body)
            if how == "drop":
                self._break()
                return
            if how == "late":
                time.sleep(made.slow)
            self.send_response({"ok": 200, "late": 200, "turn": 307}.get(how) or int(how))
            if how == "turn":
                self.send_header("Location", made.url)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def _break(self) -> None:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:  # senders that are killed break connections
            pass

    with Quiet(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


def failing(chance: random.Random) -> Callable[[], str]:
    """A receiver that does what it should four times of ten."""
    return lambda: chance.choices(["ok", "500", "503", "drop", "lost"], [4, 1, 1, 2, 2])[0]


class Mailbox:
    """What a mail server was given; `answers` are what it says to the next recipients, else that it takes them."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: list[str] = []
        self.port = 0


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A small SMTP server on 127.0.0.1."""
    box = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 mail.example.edu.cn")
            while line := self.rfile.readline():
                word, rest = line[:4].upper().strip(), line.decode().strip()
                if word == b"DATA":
                    self._say("354 go on")
                    self._data()
                elif word == b"RCPT":
                    answer = box.answers.pop(0) if box.answers else "250 OK"
                    box.recipients += [rest.partition(":")[2].strip("<> ")] if answer.startswith("250") else []
                    self._say(answer)
                elif word == b"QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 OK")

        def _data(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line[1:] if line.startswith(b"..") else line)
            box.mails.append(message_from_bytes(b"".join(lines), policy=default))  # type: ignore[arg-type]
            self._say("250 taken")

        def _say(self, text: str) -> None:
            self.wfile.write(text.encode() + b"\r\n")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
