"""Where Application Insights takes figures in, over loopback."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

QUIET = {
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "true",
}
"""Without them Microsoft's exporter tells Microsoft about itself."""


def place(url: str) -> dict[str, str]:
    """What an app's settings say of it."""
    return {
        "APPLICATIONINSIGHTS_CONNECTION_STRING": "InstrumentationKey=00000000-0000-4000-8000-000000000000;"
        f"IngestionEndpoint={url}/"
    }


def rows(came: list[str]) -> list[Any]:
    """Each body is a list of rows, or has one on each line."""
    bodies = [
        json.loads(body) if body.startswith("[") else map(json.loads, body.splitlines()) for body in came
    ]
    return [row for body in bodies for row in body]


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """Its address, and what came, as text."""
    came: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            came.append(body.decode(errors="replace"))
            rows = came[-1].count('"name"')
            content = json.dumps({"itemsReceived": rows, "itemsAccepted": rows, "errors": []}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", came
    server.shutdown()
    server.server_close()
    thread.join()
