"""A server over loopback: it gives one scripted answer after another, and notes what came."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.errors import ConfigError
from rp_connect.ports.workspace import WorkspaceSettings
from rp_microsoft365.asking import AskingGraph
from rp_microsoft365.opening import open_graph
from rp_microsoft365.request import Request, Service
from rp_microsoft365.settings import Microsoft365Settings
from tests.fresh_port import at_a_fresh_port
from tests.graph_server.operations import BY_HAND

TOKEN = "canary-token-" + "x9Qk" * 20
BASE = {
    "tenant": "school.example",
    "credential": "token:env:GRAPH_TOKEN",
    "group": "staff",
    "site": "records",
    "organizer": "office@school.example",
}


@dataclass(frozen=True, slots=True)
class Came:
    """A request as it reached the server."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Says:
    """A scripted answer. `body` is JSON, or bytes as they are; `cut` closes the connection instead of an
    answer; `pause` seconds pass before it."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    pause: float = 0.0


Script = Says | Callable[[Came], Says]


class Loopback:
    """Answers in the order of `script`; when that is used up, the last one again."""

    def __init__(self, script: Sequence[Script]) -> None:
        self.script = list(script)
        self.came: list[Came] = []
        self.at_once = 0
        self.most_at_once = 0
        self.lock = Lock()
        self.url = ""

    def answer(self, came: Came) -> Says:
        with self.lock:
            self.came.append(came)
            scripted = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return scripted(came) if callable(scripted) else scripted

    def items(self) -> list[dict[str, Any]]:
        """Every item of every batch that came."""
        return [
            item for came in self.came if came.path.endswith("/$batch") for item in came.json()["requests"]
        ]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    loopback: Loopback

    def _handle(self) -> None:
        lines = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(lines.get("content-length", "0")))
        here = self.loopback
        with here.lock:
            here.at_once += 1
            here.most_at_once = max(here.most_at_once, here.at_once)
        try:
            says = here.answer(Came(self.command, self.path, lines, body))
            _pause(says.pause)
        finally:
            with here.lock:
                here.at_once -= 1
        self._say(says)

    def _say(self, says: Says) -> None:
        if says.cut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        content = says.body if isinstance(says.body, bytes) else b""
        if says.body is not None and not content:
            content = json.dumps(says.body).encode()
        try:
            self.send_response_only(says.status)
            for name, value in {"Content-Type": "application/json", **says.headers}.items():
                self.send_header(name, value)
            if not any(name.lower() == "content-length" for name in says.headers):
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:  # whoever asked has gone
            self.close_connection = True

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle

    def log_message(self, format: str, *args: Any) -> None:
        """Tests are quiet."""


def _pause(seconds: float) -> None:
    import time

    time.sleep(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what many of these tests are about."""


@contextmanager
def loopback(*script: Script, tls: Path | None = None) -> Iterator[Loopback]:
    """Over TLS where `tls` is a PEM file with a key and its certificate."""
    found = Loopback(script)
    handler = type("Handler", (_Handler,), {"loopback": found})
    server = at_a_fresh_port(lambda port: _Server(("127.0.0.1", port), handler))
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    found.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Environment:
    """`ports.secrets.Secrets` over a dict."""

    def __init__(self, **values: str) -> None:
        self.values = values

    def read(self, reference: str) -> str:
        value = self.values.get(reference.removeprefix("env:"), "")
        if not value:
            raise ConfigError(f"{reference} is not set.")
        return value


def settings(
    url: str, folder: Path = Path(), secrets: Environment | None = None, **own: Any
) -> WorkspaceSettings:
    return WorkspaceSettings(
        school="northwick",
        school_name="Northwick High School",
        timezone=ZoneInfo("Europe/London"),
        folder=folder,
        own=Microsoft365Settings.model_validate({**BASE, "graph_url": url, **own}),
        people={},
        secrets=secrets or Environment(GRAPH_TOKEN=TOKEN),
    )


def graph_at(url: str, *, patience_s: float = 0.0, **own: Any) -> AskingGraph:
    return open_graph(settings(url, **own), patience_s=patience_s)


def graph_by_hand(url: str, **own: Any) -> AskingGraph:
    """For requests that a test writes itself: they do not show that the product exercises an operation."""
    return open_graph(settings(url, secrets=Environment(GRAPH_TOKEN=f"{TOKEN}-{BY_HAND}"), **own))


def read(path: str = "/planner/plans/P1/tasks", **more: Any) -> Request:
    more.setdefault("service", Service.PLANNER)
    return Request(method="GET", path=path, permission="Tasks.ReadWrite.All", **more)


def create(path: str = "/planner/tasks", **more: Any) -> Request:
    more.setdefault("service", Service.PLANNER)
    more.setdefault("body", {"planId": "P1", "title": "NW-1 · triage"})
    return Request(method="POST", path=path, permission="Tasks.ReadWrite.All", creates=True, **more)


def change(path: str = "/planner/tasks/T1", **more: Any) -> Request:
    more.setdefault("service", Service.PLANNER)
    more.setdefault("headers", {"If-Match": 'W/"1"', "Prefer": "return=representation"})
    return Request(
        method="PATCH", path=path, permission="Tasks.ReadWrite.All", body={"percentComplete": 100}, **more
    )
