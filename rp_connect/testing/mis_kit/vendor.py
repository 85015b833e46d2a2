"""A vendor over loopback HTTP: the author answers requests, the kit keeps the book and plays the faults."""

from __future__ import annotations

import json
import socket
import threading
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from rp_connect.testing.mis_kit.exchange import PLAYED, Answer, Ask
from rp_connect.testing.mis_kit.rig import Asked, MisUnderTest
from rp_connect.testing.mis_kit.words import Fault

TIMEOUT_S, SILENCE_S = 10.0, 0.3
"""How long an adapter under test waits for an answer: for long on a busy machine, hardly where none comes."""


class HttpMis(MisUnderTest):
    """The author writes `answer` and `settings`; `self.url` is where the vendor is to be found.

    Where the vendor knows an error that comes with 200, `carried` gives one (CARRY_ERRORS). `hollow` is an
    answer with 200 that says nothing: override it where that is another envelope than `{}`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._book: list[Asked] = []
        self._fault: Fault | None = None
        self._good_ones = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.connections: set[socket.socket] = set()
        self._server = self._serving(0)
        self._port: int = self._server.server_address[1]

    @abstractmethod
    def answer(self, ask: Ask) -> Answer:
        """What the vendor answers; one request at a time."""

    def carried(self) -> Answer:
        raise NotImplementedError

    def hollow(self) -> Answer:
        return Answer({})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def timeout_s(self) -> float:
        """What the adapter that is opened now should be told to wait for an answer."""
        return SILENCE_S if self._fault is Fault.SILENCE else TIMEOUT_S

    def asked(self) -> Sequence[Asked]:
        return tuple(self._book)

    def standing(self) -> object:
        return self.mis.school, tuple((one.external_id, one.text) for one in self.mis.outcomes)

    @contextmanager
    def failing(self, fault: Fault, after: int = 0) -> Iterator[None]:
        self._over.clear()
        self._fault, self._good_ones = fault, after
        closed = fault is Fault.REFUSED and not after
        if closed:
            self._close()
        try:
            yield
        finally:
            self._fault, self._good_ones = None, 0
            self._over.set()
            if closed:
                self._server = self._serving(self._port)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._close()
        super().__exit__(kind, error, trace)

    def _serving(self, port: int) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (Handler,), {"rig": self}))
        server.daemon_threads, server.block_on_close = True, False
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server

    def _close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        for connection in tuple(self.connections):
            with suppress(OSError):  # the other side was quicker
                connection.shutdown(socket.SHUT_RDWR)

    def play(self, ask: Ask) -> tuple[Answer, Fault | None]:
        """The answer, and what becomes of it on the way."""
        fault = self._fault_now()
        if fault is Fault.SILENCE:
            self._over.wait(20)
        if fault in (Fault.REFUSED, Fault.SILENCE):
            return Answer(), Fault.REFUSED
        if (instead := self._instead(fault)) is not None:
            return instead, None
        with self._lock:
            answer = self.answer(ask)
            self._book.append(Asked(answer.kind, answer.rows, answer.fields, answer.writes))
        return answer, None if fault is Fault.LOST_ANSWER and not answer.writes else fault

    def _fault_now(self) -> Fault | None:
        with self._lock:
            if not self._good_ones:
                return self._fault
            self._good_ones -= 1
            return None

    def _instead(self, fault: Fault | None) -> Answer | None:
        """What is answered whatever was asked; None where the author answers."""
        if fault is Fault.CARRIED:
            return self.carried()
        if fault is Fault.HOLLOW:
            return self.hollow()
        return PLAYED[fault]() if fault is not None and fault in PLAYED else None


class Handler(BaseHTTPRequestHandler):
    """One connection to the vendor that `rig` plays."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    rig: HttpMis

    def setup(self) -> None:
        super().setup()
        self.rig.connections.add(self.connection)

    def finish(self) -> None:
        self.rig.connections.discard(self.connection)
        with suppress(OSError):  # the other side was quicker
            super().finish()

    def handle(self) -> None:
        with suppress(OSError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        """The vendor's own log is nobody's business."""

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        answer, fault = self.rig.play(self._ask())
        if fault in (Fault.REFUSED, Fault.LOST_ANSWER):
            self.close_connection = True
        else:
            self._send(answer, fault)

    def _ask(self) -> Ask:
        parts = urlsplit(self.path)
        query = parse_qsl(parts.query, keep_blank_values=True)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Ask(self.command, parts.path, query, headers, body)

    def _send(self, answer: Answer, fault: Fault | None) -> None:
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        sent = body[: max(1, len(body) // 2)] if fault in (Fault.TRUNCATED, Fault.CUT) else body
        self.send_response(answer.status)
        for name, value in ({"Content-Type": "application/json"} | dict(answer.headers)).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body if fault is Fault.CUT else sent)))
        self.end_headers()
        self.wfile.write(sent)
        self.close_connection = self.close_connection or fault is Fault.CUT
