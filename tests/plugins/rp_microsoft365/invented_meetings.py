"""Meetings to send, and what stands in Outlook of them, read past the adapter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.ports.workspace import WorkspaceMeeting
from rp_microsoft365.meetings import CalendarMeetings
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.loopback import graph_at

ORGANIZER = "lead@northwick.example"
HEAD = "head@northwick.example"
FAMILY = "canary.parent@home.example"
LONDON = ZoneInfo("Europe/London")
LINK = "https://rp.example/cases/RP-2026-0001"
MEETING = WorkspaceMeeting(
    key="RP-2026-0001.meeting",
    revision=1,
    title="RP-2026-0001 · Reintegration meeting",
    at=datetime(2026, 11, 16, 14, 20, tzinfo=UTC),
    minutes=45,
    timezone=LONDON,
    place="Library",
    invited=(HEAD,),
    cancelled=False,
    link=LINK,
)
ONLINE = replace(MEETING, online=True, place="")


def shelf(server: GraphServer, *, lobby: bool = False) -> CalendarMeetings:
    """A new one each time, as after a restart."""
    return CalendarMeetings(graph_at(server.url), ORGANIZER, lobby=lobby)


def meeting(n: int, **changes: Any) -> WorkspaceMeeting:
    """The n-th of several."""
    ref = f"RP-2026-{n:04}"
    made = replace(MEETING, key=f"{ref}.meeting", title=f"{ref} · Reintegration meeting")
    return replace(made, **changes)


def only(server: GraphServer) -> dict[str, Any]:
    """The one event that stands there."""
    (event,) = server.state.events.values()
    return dict(event)


def invited(event: dict[str, Any]) -> list[str]:
    return [each["emailAddress"]["address"] for each in event["attendees"]]


def begins(event: dict[str, Any]) -> str:
    """On the wall of a school in London."""
    return f"{datetime.fromisoformat(event['_start']).astimezone(LONDON):%Y-%m-%d %H:%M}"
