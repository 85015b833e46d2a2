"""The web pages without a server: one request at a time, straight into the ASGI app."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from rp_connect.web import make_app
from rp_connect.wiring.office import build_office

PORT = 8080


@contextmanager
def pages(config: Path, now: str | None = None) -> Iterator[ASGIApp]:
    office = build_office(config, now=now)
    try:
        yield make_app(office, port=PORT)
    finally:
        office.store.close()


def get(app: ASGIApp, path: str) -> bytes:
    """The body of the answer, which must be a 200."""
    sent: list[MutableMapping[str, Any]] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", f"127.0.0.1:{PORT}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", PORT),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    status = sent[0]["status"]
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return b"".join(message.get("body", b"") for message in sent)
