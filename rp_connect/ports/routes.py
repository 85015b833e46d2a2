"""Addresses that a plugin answers under /plugins/<name>/, without a word of the web server's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class PluginRequest:
    """What was asked. `path` holds the parts in braces of the route's path; `headers` have lower-case names,
    and neither Cookie nor Authorization is among them; `body` is at most 64 KiB."""

    method: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class PluginAnswer:
    """A status, and plain text if there is any. 404 is answered as for a page that does not exist."""

    status: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class PluginRoute:
    """`method` is GET or POST; `path` begins with / and may have parts in braces ("/webhook/{secret}").

    With `own_proof` neither a session nor an Origin is asked for: `answer` checks the sender's proof before
    anything else, and only POST is possible. Without, it is for those who may open the pages. `answer` runs
    in a thread of its own; a TryLaterError that it raises is answered with 503.
    """

    method: str
    path: str
    answer: Callable[[PluginRequest], PluginAnswer]
    own_proof: bool = False


@dataclass(frozen=True, slots=True)
class RouteSpec:
    """What one plugin answers, under /plugins/<name>/."""

    name: str
    routes: Sequence[PluginRoute]


RegisterRoutes = Callable[[RouteSpec], None]
