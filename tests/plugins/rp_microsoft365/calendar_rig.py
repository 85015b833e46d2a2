"""The calendar of the tenant as the contract kit wants it: read and upset past the adapter.

Of the tenant's other places nothing is shown: a rig of the whole workspace inherits this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.domain.effect import EffectKind
from rp_connect.ports.in_turn import InTurn, at_once
from rp_connect.ports.workspace import Workspace
from rp_connect.testing.workspace_kit import Can, Shown, ShownMeeting, ShownTask, WorkspaceUnderTest
from rp_microsoft365.plugin import build
from tests.graph_server.fixtures import judge
from tests.graph_server.people import delete_event
from tests.graph_server.server import GraphServer
from tests.plugins.rp_microsoft365.tenant_school import settings

OUR_KEY = "Name rp-connect-key"
WRITES = ("POST", "PATCH", "DELETE")


class CalendarRig(WorkspaceUnderTest):
    """`servers` closes the tenants of other schools, which are held to the contract as well."""

    can = frozenset(
        {
            *(
                Can.ONLINE_MEETINGS,
                Can.APART,
                *(Can.BUSY, Can.IN_TURN),
                Can.MEETINGS_AT_ONCE,
                Can.MEETING_WORDS,
                Can.MEETING_REVISIONS,
            ),
            *(Can.LOSE_ANSWERS, Can.CUT_WRITES, Can.REFUSE, Can.VANISH, Can.ASK_FOR_PATIENCE),
            Can.SAY_HOW_LONG,
        }
    )
    people = ("head@northwick.example", "lead@northwick.example", "tutor@northwick.example")

    def __init__(self, server: GraphServer, servers: ExitStack, timezone: ZoneInfo | None = None) -> None:
        self.server = server
        self._servers = servers
        self._timezone = timezone

    def open(self) -> Workspace:
        return self.open_in_turn(at_once)

    def open_in_turn(self, in_turn: InTurn) -> Workspace:
        found = settings(self.server.url, timeout_s=0.5)
        return build(replace(found, timezone=self._timezone or found.timezone, in_turn=in_turn))

    def elsewhere(self, timezone: ZoneInfo) -> CalendarRig:
        server = self._servers.enter_context(GraphServer())
        self._servers.callback(lambda: judge(server.log.violations))
        return CalendarRig(server, self._servers, timezone)

    def standing(self) -> object:
        return repr(self.server.state.events)

    def meetings(self) -> Sequence[ShownMeeting]:
        return [shown_meeting(event) for event in self.server.state.events.values()]

    def delete(self, kind: EffectKind, key: str) -> None:
        delete_event(self.server.state, self._event(key)["id"])

    def write_into(self, kind: EffectKind, key: str, words: str) -> None:
        self._event(key)["body"]["content"] += f"<p>{words}</p>"

    def take(self, person: str, begins: datetime, ends: datetime) -> None:
        spans = self.server.state.busy.setdefault(person, [])
        spans.append([begins.isoformat(), ends.isoformat(), "busy"])

    def _event(self, key: str) -> dict[str, Any]:
        return next(event for event in self.server.state.events.values() if key_of(event) == key)

    @contextmanager
    def losing_answers(self) -> Iterator[None]:
        for method in WRITES:
            self.server.faults.lose_answers("cut", path="/events", method=method)
        yield
        self.server.faults.clear()

    @contextmanager
    def cutting_writes(self) -> Iterator[None]:
        for method in WRITES:
            self.server.faults.hang(path="/events", method=method)
        yield
        self.server.faults.clear()

    @contextmanager
    def refusing(self) -> Iterator[None]:
        self.server.faults.lack("Calendars.ReadWrite")
        yield
        self.server.faults.clear()

    @contextmanager
    def asking_for_patience(self, seconds: float | None) -> Iterator[None]:
        self.server.faults.throttle(seconds, service="calendar")
        yield
        self.server.faults.clear()

    @contextmanager
    def vanished(self) -> Iterator[None]:
        self.server.go_away()
        yield
        self.server.come_back()

    # ------------------------------------------------------------------ nothing of this is the calendar's

    def tasks(self) -> Sequence[ShownTask]:
        return []

    def sheets(self, kind: EffectKind) -> Sequence[Shown]:
        return []

    def complete(self, key: str) -> None:
        raise NotImplementedError

    def reopen(self, key: str) -> None:
        raise NotImplementedError

    def redate(self, key: str, day: date | None) -> None:
        raise NotImplementedError

    def add_own_task(self, title: str) -> None:
        raise NotImplementedError

    def own_tasks(self) -> Sequence[str]:
        raise NotImplementedError


def key_of(event: dict[str, Any]) -> str:
    marks = event["singleValueExtendedProperties"]
    return next(str(mark["value"]) for mark in marks if mark["id"].endswith(OUR_KEY))


def shown_meeting(event: dict[str, Any]) -> ShownMeeting:
    begins, ends = (datetime.fromisoformat(event[edge]) for edge in ("_start", "_end"))
    place = str((event.get("location") or {}).get("displayName") or "")
    return ShownMeeting(
        key=key_of(event),
        external_id=event["id"],
        title=event["subject"],
        text="\n".join((event["subject"], event["body"]["content"], place)),
        at=begins,
        minutes=int((ends - begins).total_seconds() // 60),
        place=place,
        invited=tuple(each["emailAddress"]["address"].lower() for each in event["attendees"]),
        cancelled=event["isCancelled"],
        online=event["isOnlineMeeting"],
        apart=bool(event["hideAttendees"]),
    )
