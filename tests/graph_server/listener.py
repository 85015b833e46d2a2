"""The socket: one thread for each connection, which may be cut, kept waiting, or refused."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader
from threading import Event, Lock, Thread
from typing import Any

from tests.fresh_port import at_a_fresh_port
from tests.graph_server.engine import Cut, Wait
from tests.graph_server.front import HttpAnswer

Answering = Callable[[str, str, dict[str, str], bytes, Wait], HttpAnswer]
PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Lines(BufferedReader):
    """Knows whether the last line that was read ended the headers, or the connection did."""

    ended = False

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        self.ended = line in (b"\r\n", b"\n")
        return line


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Sockets
    rfile: Lines

    def setup(self) -> None:
        super().setup()
        self.rfile = Lines(self.rfile.detach())
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        data = self.rfile.read(length) if length else b""
        if len(data) < length or not self.rfile.ended:
            self.close_connection = True  # its client was killed half-way: it has asked for nothing
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            answer = self.server.answering(self.command, self.path, headers, data, self.server.wait)
        except Cut:
            self.close_connection = True
            return
        lines = [f"HTTP/1.1 {answer.status} {PHRASES.get(answer.status, '')}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.status != HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {len(answer.payload)}")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + answer.payload)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer

    def handle(self) -> None:
        """A client that is gone (a killed one, or one that gave up) is no fault of the server's."""
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the log is an object of its own."""


class Sockets(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them
    request_queue_size = 128

    def __init__(self, port: int, answering: Answering, connected: Callable[[], None]) -> None:
        self.answering = answering
        self._connected = connected
        self._released = Event()
        self._open: set[socket.socket] = set()
        self._guard = Lock()
        super().__init__(("127.0.0.1", port), Handler)

    def wait(self, seconds: float) -> None:
        """Raises Cut when the server goes away meanwhile: what waited is not done."""
        if self._released.wait(seconds):
            raise Cut

    def opened(self, connection: socket.socket) -> None:
        self._connected()
        with self._guard:
            self._open.add(connection)
            if self._released.is_set():  # it was accepted just before we went away
                cut(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._guard:
            self._open.discard(connection)

    def cut_all(self) -> None:
        with self._guard:
            self._released.set()
            for connection in self._open:
                cut(connection)


def cut(connection: socket.socket) -> None:
    with suppress(OSError):  # its client was quicker
        connection.shutdown(socket.SHUT_RDWR)


class Listener:
    """`start` again after `stop` takes the same port."""

    def __init__(self, answering: Answering, connected: Callable[[], None]) -> None:
        self.port = 0
        self._answering, self._connected = answering, connected
        self._sockets: Sockets | None = None
        self._thread: Thread | None = None

    def start(self) -> None:
        if self._sockets is not None:
            return
        self._sockets = self._open(self.port) if self.port else at_a_fresh_port(self._open)
        self.port = self._sockets.server_address[1]
        self._thread = Thread(target=self._sockets.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def _open(self, port: int) -> Sockets:
        return Sockets(port, self._answering, self._connected)

    def stop(self) -> None:
        sockets, self._sockets = self._sockets, None
        if sockets is None or self._thread is None:
            return
        sockets.shutdown()
        self._thread.join()
        sockets.socket.close()
        sockets.cut_all()
        sockets.server_close()
