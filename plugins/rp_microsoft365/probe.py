"""What stands in the way, for `check`: each area on its own, a few reads each, nothing written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from rp_connect.errors import AccessError, GoneError, RpConnectError, TryLaterError
from rp_microsoft365.grant_commands import grant_command
from rp_microsoft365.graph import Graph
from rp_microsoft365.permissions import NotGrantedError, Permission
from rp_microsoft365.request import Request, Service
from rp_microsoft365.settings import Microsoft365Settings
from rp_microsoft365.site import Site, query
from rp_microsoft365.site_setup import Shelf, held_columns, shelves, wanting

UNSAID_S = 2.0
"""Until the next look, where Microsoft 365 asks for patience and does not say for how long."""
Area = Callable[[], Iterable[str]]
"""Looks, or sets up: its sentences."""


def look_around(areas: Sequence[Area], own: Microsoft365Settings) -> list[str]:
    """Every area is asked, whatever the others said; each thing stands once, in the areas' order.

    All at once: each may wait for an answer of its own, and a tenant that is away answers none.
    """
    with ThreadPoolExecutor(len(areas), thread_name_prefix="check") as pool:
        found = list(pool.map(_look, areas))
    return told([one for of_area in found for one in of_area], own)


def _look(look: Area) -> list[str | RpConnectError]:
    try:
        return list(look())
    except RpConnectError as fault:
        return [fault]


def told(found: Iterable[str | RpConnectError], own: Microsoft365Settings) -> list[str]:
    """In sentences. A permission that several areas lack is one thing to grant, so it is told once."""
    said: dict[str, str] = {}
    for one in found:
        lacking = one.permission if isinstance(one, NotGrantedError) else ""
        command = grant_command(lacking, own) if lacking else ""
        said.setdefault(lacking or str(one), f"{one} The command: {command}" if command else str(one))
    return list(said.values())


def look_at_site(site: Site, own: Microsoft365Settings) -> list[str]:
    """The site, its list and its library; where the site is refused, one refusal says it for all three."""
    try:
        site.exists()
    except GoneError:
        return ["site: there is no such site, or this application may not see it."]
    lists = site.lists()
    return [fault for shelf in shelves(own) for fault in look_at_shelf(site, shelf, lists)]


def look_at_shelf(site: Site, shelf: Shelf, lists: Sequence[Mapping[str, Any]]) -> list[str]:
    held = next((one for one in lists if shelf.name in (one.get("displayName"), one["id"])), None)
    if held is None:
        return [f"The site has no {shelf.noun} “{shelf.name}”: run “rp-connect setup microsoft365”."]
    return wanting(shelf, held_columns(site, held))


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The organiser's, which is asked `in_turn` with all who send meetings; our pauses are outside of it."""

    graph: Graph
    organizer: str
    in_turn: Callable[[], AbstractContextManager[None]]
    patience_s: float = 0.0

    def look(self) -> list[str]:
        ends = time.monotonic() + self.patience_s
        while True:
            try:
                return self._looked()
            except TryLaterError as fault:
                pause = max(UNSAID_S, fault.retry_after or 0.0)
                if time.monotonic() + pause > ends:
                    raise
            time.sleep(pause)

    def _looked(self) -> list[str]:
        path = f"/users/{quote(self.organizer, safe='@')}/events{query(select='id', top=1)}"
        try:
            with self.in_turn():
                self.graph.ask(Request(Service.CALENDAR, "GET", path, Permission.CALENDARS))
        except GoneError:
            return ["organizer: there is no such mailbox in this tenant."]
        return []


def look_at_group(graph: Graph, own: Microsoft365Settings) -> list[str]:
    """A public group's site and plan can be opened by everybody in the tenant."""
    path = f"/groups/{quote(own.group)}{query(select='id,visibility')}"
    try:
        group = graph.ask(Request(Service.DIRECTORY, "GET", path, Permission.GROUPS)).body
    except AccessError:
        return []  # Only this look needs it: what the group's plan needs is asked for there.
    except GoneError:
        return ["group: there is no such group in this tenant."]
    if group.get("visibility") == "Public":
        return [
            "The group is public, so everybody in the tenant can open its site and its plan: "
            "set its privacy to private in the Microsoft 365 admin centre, under Active teams and groups."
        ]
    return []
