"""Microsoft Graph as the rooms of this plugin use it: ask once, or ask several at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from rp_connect.errors import RpConnectError
from rp_microsoft365.request import Answer, Request


class Graph(Protocol):
    """Every answer that is not good is raised as the error whose name says what happens next:

    AccessError (401, 403), GoneError (404), ConflictError (409, 412), TryLaterError (429, 503, 423, 424,
    refused connections, reads that failed; `retry_after` where it was given; `look_first` for a 503 without
    Retry-After to a create or to a write that bears a version), UnclearError (a write whose end is not known:
    other 5xx, 408, a cut or unreadable answer), PlanFullError and LimitError (403 with a limit code),
    ConfigError (404 to a create: the place is not there), and RpConnectError itself for a request that Graph
    will never take. Of Graph's own words only the error code is repeated.
    """

    def ask(self, request: Request) -> Answer:
        """One call."""
        ...

    def ask_all(self, requests: Sequence[Request]) -> Sequence[Answer | RpConnectError]:
        """In JSON batches of at most 20, each item judged on its own; answers stand in the order of the
        questions. What ends a whole batch is the answer of each of its items; AccessError of the sign-in is
        raised."""
        ...

    def pages(self, request: Request) -> Iterator[Any]:
        """Every element of a collection, following its pages."""
        ...


def ask_each(graph: Graph, requests: Sequence[Request]) -> list[Answer | RpConnectError]:
    """`ask_all` for a step after which others have landed: what ends the whole call is the answer of each, so
    that it hides nothing of them. Nobody is asked about nothing."""
    if not requests:
        return []
    try:
        return list(graph.ask_all(requests))
    except RpConnectError as fault:
        return [fault] * len(requests)
