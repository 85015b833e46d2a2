"""The vendor behind a real port, and an adapter that asks it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from rp_connect.ports.mis import MisAdapter, MisSettings
from rp_rosariosis.adapter import RosarioAdapter
from rp_rosariosis.settings import RosarioSettings
from tests.plugins.rp_rosariosis.vendor import TOKEN, Reply, Vendor

LONDON = ZoneInfo("Europe/London")
SETTINGS: dict[str, object] = {
    "usertoken": "env:ROSARIO",
    "suspension_labels": {
        "Half Day": 1,
        "In School Suspension": 0,
        "1 Day": 2,
        "2 Days": 4,
        "5 Days": 10,
    },
    "permanent_labels": ["Expulsion"],
    "attendance_marks": {"P": "/", "A": "O", "T": "L", "X": "E"},
}


class Secrets:
    def read(self, reference: str) -> str:
        return TOKEN


def adapter(url: str, pause: Callable[[float], None] = time.sleep, **own: object) -> MisAdapter:
    """One object over the vendor at `url`."""
    settings = RosarioSettings.model_validate({"base_url": url, **SETTINGS, **own})
    folder = Path("nowhere")
    place = MisSettings("northwick", "", LONDON, folder / "calendar.csv", folder, settings, Secrets())
    return RosarioAdapter(place, pause)


@contextmanager
def served(vendor: Vendor, change: Callable[[str, Reply], bytes | Reply] | None = None) -> Iterator[str]:
    """Its address. `change` may change each reply on its way: to another one, or to the bytes of its body."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qsl(parts.query, keep_blank_values=True)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                reply = vendor.answer(self.command, parts.path, query, headers, body)
                sent: bytes | Reply = change(parts.path, reply) if change else reply
            if isinstance(sent, Reply):
                reply, sent = sent, sent.body if isinstance(sent.body, bytes) else _json(sent.body)
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = _answer

        def log_message(self, format: str, *args: object) -> None:
            """The vendor's own log is nobody's business."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
