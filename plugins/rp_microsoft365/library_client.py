"""The client library's typed reads, columns and uploads, over our own way to Graph. Loads office365.

For setup and the like; `deliver` does not come here. GraphClient takes five times the import of requests
alone, and of the library's pipeline little would be left: its sign-in is a listener whose failure it logs
with a traceback, its errors quote Graph's messages, its retries repeat a create and lose If-Match, and its
batch takes a transport of its own (reference 3.2 nos. 3 to 9, 25).
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, NoReturn

import requests
from office365.graph_client import GraphClient
from office365.graph_request import GraphRequest
from office365.runtime.http.request_options import RequestOptions
from office365.runtime.transport.base import BaseTransport

from rp_connect.errors import RpConnectError, UnsupportedError
from rp_microsoft365.asking import AskingGraph
from rp_microsoft365.request import Answer, Request, Service

_OURS = ("authorization", "client-request-id", "user-agent")


def open_client(graph: AskingGraph, service: Service, permission: str) -> GraphClient:
    """A fresh client for one operation: what one leaves in its queue must not be sent by the next.

    It raises the errors of `Graph.ask`, whose patience it has, and never signs in by itself.
    """
    request = _Request(graph.sender.base)
    request.transport = _Transport(graph, service, permission)
    return _Client(request)


class _Request(GraphRequest):
    """Knows another address than those in the library's table, and leaves signing in to the transport."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    @property
    def service_root_url(self) -> str:
        return self._base

    def authenticate_request(self, request: RequestOptions) -> None:
        """Done by `sending.Sender`."""


class _Client(GraphClient):
    def __init__(self, request: GraphRequest) -> None:
        super().__init__()
        self._pending_request = request

    def execute_batch(self, *_args: object, **_named: object) -> NoReturn:
        raise UnsupportedError("The client library's batch is not safe here: Graph.ask_all is.")


class _Transport(BaseTransport):
    def __init__(self, graph: AskingGraph, service: Service, permission: str) -> None:
        self._graph, self._service, self._permission = graph, service, permission

    def execute(self, request: RequestOptions) -> requests.Response:
        return _response(request.url, self._graph.ask(self._asked(request)))

    def _asked(self, request: RequestOptions) -> Request:
        """Raises RpConnectError for an address that is not of the Graph of the settings: the library has some
        written out for the global cloud, and our token goes to nobody else."""
        base = self._graph.sender.base
        if not request.url.startswith(f"{base}/"):
            raise RpConnectError(
                "The client library wanted to ask another address than Graph's; it was kept back."
            )
        body, data = _contents(request.data)
        headers = {name: str(value) for name, value in request.headers.items() if name.lower() not in _OURS}
        if body is None:
            headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        if data is not None:
            headers["Content-Type"] = "application/octet-stream"
        method = request.method.value
        return Request(
            self._service, method, request.url.removeprefix(base), self._permission,
            headers=headers, body=body, data=data, creates=method == "POST",
        )  # fmt: skip


def _contents(data: object) -> tuple[Mapping[str, Any] | None, bytes | None]:
    """What is sent as JSON, and what as it is."""
    if data is None or isinstance(data, dict):
        return data, None
    if isinstance(data, bytes | bytearray | memoryview):
        return None, bytes(data)
    if callable(read := getattr(data, "read", None)):
        return None, bytes(read())
    raise UnsupportedError("The client library wanted to send something that is neither JSON nor a file.")


def _response(url: str, answer: Answer) -> requests.Response:
    response = requests.Response()
    response.status_code, response.url = answer.status, url
    response.headers.update(answer.headers)
    response.raw = io.BytesIO(b"" if answer.body is None else json.dumps(answer.body).encode())
    return response
