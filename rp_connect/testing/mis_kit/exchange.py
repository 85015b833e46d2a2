"""What goes to and fro between an adapter and the vendor, and what a vendor in trouble answers instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from rp_connect.ports.mis import Kind
from rp_connect.testing.mis_kit.words import PATIENCE_S, Fault


@dataclass(frozen=True, slots=True, repr=False)
class Ask:
    """A request. `path` is without the query; `query` in order; header names in small letters."""

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes

    def one(self, name: str, otherwise: str = "") -> str:
        """The first value of a parameter of the query."""
        return next((value for key, value in self.query if key == name), otherwise)

    def json(self) -> Any:  # noqa: ANN401 - whatever was sent
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """`body` is sent as JSON unless it is bytes. The rest is for the kit's book: see `Asked`."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: Kind | None = None
    rows: int = 0
    fields: tuple[str, ...] = ()
    writes: bool = False


def _patience(value: str) -> Answer:
    return Answer({"message": "slow down"}, 429, {"Retry-After": value} if value else {})


_HTML = {"Content-Type": "text/html; charset=utf-8"}
_LOGIN = b"<!DOCTYPE html><html><title>Sign in</title><form action='/login'>Please sign in</form></html>"
_NOT_FOUND = b"<!DOCTYPE html><html><title>404 Not Found</title><h1>Not Found</h1><hr>proxy</html>"
PLAYED: Mapping[Fault, Callable[[], Answer]] = {
    Fault.UNAUTHORISED: lambda: Answer({"message": "no"}, 401),
    Fault.FORBIDDEN: lambda: Answer({"message": "no"}, 403),
    Fault.PATIENCE_IN_SECONDS: lambda: _patience(f"{PATIENCE_S:.0f}"),
    Fault.PATIENCE_UNTIL: lambda: _patience(
        format_datetime(datetime.now(UTC) + timedelta(seconds=PATIENCE_S), usegmt=True)
    ),
    Fault.PATIENCE: lambda: _patience(""),
    Fault.ERROR_500: lambda: Answer({"message": "oh"}, 500),
    Fault.ERROR_502: lambda: Answer(b"<html>Bad gateway</html>", 502, _HTML),
    Fault.ERROR_503: lambda: Answer(b"<html>Back soon</html>", 503, _HTML),
    Fault.LOGIN_PAGE: lambda: Answer(_LOGIN, 200, _HTML),
    Fault.NOT_FOUND_PAGE: lambda: Answer(_NOT_FOUND, 404, _HTML),
    Fault.NO_BODY: lambda: Answer(b""),
}
"""Whatever is asked."""
