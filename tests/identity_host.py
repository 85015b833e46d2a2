"""A host as Azure has it, over loopback: it vouches for an identity, and shows the secrets of a vault."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

HEADER = "canary-identity-header"


@dataclass
class IdentityHost:
    """`token` is what the identity is given; `secrets` what the vault shows, by name. `status` other than 200
    is what the vault says instead."""

    token: str = "canary-identity-token"
    lifetime_s: int = 86_400
    secrets: dict[str, str] = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    silent: bool = False
    url: str = ""

    def environ(self, client_id: str = "client-1") -> dict[str, str]:
        """The variables that Functions sets."""
        return {
            "IDENTITY_ENDPOINT": f"{self.url}/msi/token",
            "IDENTITY_HEADER": HEADER,
            "AZURE_CLIENT_ID": client_id,
        }

    def answer(self, path: str, headers: Any) -> tuple[int, Any]:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/msi/token":
            return self._identity(query, headers)
        return self._vault(parts.path, query, headers)

    def _identity(self, query: dict[str, str], headers: Any) -> tuple[int, Any]:
        self.asked.append(query)
        if headers["X-IDENTITY-HEADER"] != HEADER:
            return 401, {"statusCode": 401, "message": "no"}
        if self.silent:
            return 500, {"statusCode": 500, "message": "no"}
        expires = str(int(time.time()) + self.lifetime_s)
        return 200, {"access_token": self.token, "expires_on": expires, "resource": query["resource"]}

    def _vault(self, path: str, query: dict[str, str], headers: Any) -> tuple[int, Any]:
        name = path.removeprefix("/secrets/")
        self.read.append(name)
        if self.status != 200:
            return self.status, {"error": {"code": "x", "message": "canary-message"}}
        if headers["Authorization"] != f"Bearer {self.token}" or "api-version" not in query:
            return 401, {}
        if name not in self.secrets:
            return 404, {"error": {"code": "SecretNotFound"}}
        return 200, {"value": self.secrets[name], "id": f"https://vault/secrets/{name}/1"}


@contextmanager
def identity_host() -> Iterator[IdentityHost]:
    host = IdentityHost()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = host.answer(self.path, self.headers)
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in host.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
