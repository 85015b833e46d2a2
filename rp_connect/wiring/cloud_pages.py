"""The pages as a function of one instance: built when somebody first asks for one.

Importing this loads next to nothing, and runs nothing: a cold start waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rp_connect.wiring.once import Once

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from rp_connect.services.office import Office

# Written out, as the pages themselves may be what cannot be loaded.
_UNREADY = """\
<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Not just now – rp-connect</title>
<h1>Not just now</h1>
<p>rp-connect cannot be opened just now. Please try again in a few minutes. If it stays like this, tell
whoever looks after rp-connect: its log says why.</p>
</html>
"""


class Pages:
    """The pages as an ASGI app that is built at the first request; `ended` is called when the host ends."""

    def __init__(self, office: Callable[[], Office], ended: Callable[[], None]) -> None:
        self._office = office
        self._ended = ended
        self._app = Once(self._build)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        import asyncio

        from rp_connect.wiring.plain_faults import told_plainly

        if scope["type"] != "http":
            await _say_ready(receive, send, self._ended)
            return
        app = await asyncio.to_thread(self._app_or_excuse)
        with told_plainly():
            await app(scope, receive, send)

    def _app_or_excuse(self) -> ASGIApp:
        """An installation that cannot be opened is one sentence, and is tried again at the next request."""
        import logging

        from rp_connect.errors import RpConnectError
        from rp_connect.wiring.plain_faults import told_plainly

        try:
            with told_plainly():
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
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": _UNREADY.encode()})


async def _say_ready(receive: Receive, send: Send, ended: Callable[[], None]) -> None:
    """The host tells of its start, at which there is nothing to do, and of its end."""
    while True:
        message = await receive()
        over = message["type"] == "lifespan.shutdown"
        if over:
            ended()
        await send({"type": f"{message['type']}.complete"})
        if over:
            return
