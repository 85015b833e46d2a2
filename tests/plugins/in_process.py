"""Answers without a network: everything of `requests` is the real one but its sockets.

A trial of a hundred thousand answers would otherwise measure the sockets of this machine.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from email.message import Message
from types import SimpleNamespace
from typing import NamedTuple

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse


class Given(NamedTuple):
    """What is sent back."""

    status: int
    content: bytes
    headers: Mapping[str, str] = {}


Answer = Callable[[requests.PreparedRequest], Given]


class InProcess(HTTPAdapter):
    """Takes each request to `answer`."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        given = self._answer(request)
        raw = HTTPResponse(
            body=io.BytesIO(given.content),
            headers={**given.headers, "Content-Length": str(len(given.content))},
            status=given.status,
            preload_content=False,
            original_response=_with_cookies(given.headers),  # type: ignore[arg-type] # only its headers are read
        )
        return self.build_response(request, raw)


def _with_cookies(headers: Mapping[str, str]) -> SimpleNamespace | None:
    """What `requests` reads cookies from."""
    if "Set-Cookie" not in headers:
        return None
    message = Message()
    message["Set-Cookie"] = headers["Set-Cookie"]
    return SimpleNamespace(msg=message, isclosed=lambda: True, close=lambda: None)


def mounted(client: object, answer: Answer) -> None:
    """The client's own session asks `answer` from now on, and no proxy of this machine."""
    session = vars(client)["_http"]
    assert isinstance(session, requests.Session)
    session.trust_env = False
    session.mount("https://", InProcess(answer))
