"""What the functions of one instance share: the office and the pages, built when a function first needs them.

Importing this loads next to nothing, and runs nothing: a cold start waits for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from rp_connect.wiring.once import Once

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from rp_connect.services.office import Office
    from rp_connect.wiring.telemetry import Telemetry


class Cloud:
    """One instance of the app. Each method is a trigger's; what it raises, the host counts as a failure."""

    def __init__(self) -> None:
        self.office = Once(self._open)
        self._telemetry: Telemetry | None = None

    def work(self, message: str) -> None:
        """The bell rang. Raises RpConnectError where the message should come back."""
        from rp_connect.ports.doorbell import Ring

        ring = Ring.from_text(message)
        from rp_connect.wiring.errands import run_errand

        office = self.office()
        with self._telemetry.job(ring.errand.value) if self._telemetry else nullcontext():
            run_errand(office, ring)

    def start_syncs(self) -> None:
        from rp_connect.wiring.rounds import ring_for_syncs

        ring_for_syncs(self.office())

    def start_pulls(self) -> None:
        from rp_connect.wiring.rounds import ring_for_pulls

        ring_for_pulls(self.office())

    def start_reminders(self) -> None:
        from rp_connect.wiring.rounds import ring_for_reminders

        ring_for_reminders(self.office())

    def sweep(self) -> None:
        from rp_connect.wiring.rounds import ring_for_missed

        ring_for_missed(self.office())

    def look_aside(self) -> None:
        from rp_connect.wiring.rounds import look_aside

        look_aside(self.office())

    def retire(self) -> None:
        from rp_connect.wiring.rounds import retire

        retire(self.office())

    def _open(self) -> Office:
        office = _build_office()
        self._telemetry = _start_telemetry(office)
        return office


class Pages:
    """The pages as an ASGI app that is built at the first request."""

    def __init__(self, office: Callable[[], Office]) -> None:
        self._office = office
        self._app = Once(self._build)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        import asyncio

        if scope["type"] != "http":
            await _say_ready(receive, send)
            return
        app = await asyncio.to_thread(self._app_or_excuse)
        await app(scope, receive, send)

    def _app_or_excuse(self) -> ASGIApp:
        """An installation that cannot be opened is one sentence, and is tried again at the next request."""
        import logging

        from rp_connect.errors import RpConnectError

        try:
            return self._app()
        except RpConnectError as fault:
            logging.getLogger(__name__).error("the pages cannot be opened: %s", fault)
            return _unready

    def _build(self) -> ASGIApp:
        """Without a table `[web]` the pages are for one computer alone, so that here they stay closed."""
        from rp_connect.web import make_app, make_closed_app

        office = self._office()
        return make_closed_app(office) if office.entrance is None else make_app(office, port=443)


async def _unready(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send(
        {"type": "http.response.body", "body": b"rp-connect cannot be opened now. Its log says why.\n"}
    )


async def _say_ready(receive: Receive, send: Send) -> None:
    """The host tells of its start and its end; there is nothing to do at either."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _build_office() -> Office:
    from rp_connect.settings import find_config
    from rp_connect.wiring.office import build_office

    return build_office(find_config(None, os.environ, Path.cwd()))


def _start_telemetry(office: Office) -> Telemetry | None:
    """Loads nothing where the environment names no place for figures."""
    places = ("APPLICATIONINSIGHTS_CONNECTION_STRING", "OTEL_EXPORTER_OTLP_ENDPOINT")
    if not any(os.environ.get(place) for place in places):
        return None
    from rp_connect.wiring.telemetry import start_telemetry

    return start_telemetry(office, os.environ)
