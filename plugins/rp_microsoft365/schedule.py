"""When people are taken, by Outlook's free/busy. What they do, and who of them it is, is never read."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import quote

from rp_connect.errors import RpConnectError, TryLaterError
from rp_connect.ports.in_turn import NothingAskedError
from rp_connect.ports.workspace import Busy
from rp_microsoft365.graph import Graph
from rp_microsoft365.judging import as_code
from rp_microsoft365.permissions import Permission
from rp_microsoft365.request import Answer, Request, Service
from rp_microsoft365.time_zones import read_stamp, utc_stamp

PERMISSION = Permission.CALENDARS
MAILBOXES = 20
"""Asked for at once. [D:calendar-getschedule.md]"""
LONGEST = timedelta(days=62)
STEP = timedelta(minutes=15)
KEPT_S = 60.0
"""For so long an answer stands, and so does a fault: a page that offers times never waits twice for the same
silence, and leaves Outlook's few turns to the meetings themselves."""
TAKEN = {"busy", "oof", "tentative", "unknown"}
TAKEN_DIGITS = {"1", "2", "3"}
"""Of an availability view: tentative, busy, out of office."""
Answered = tuple[Busy, ...] | RpConnectError
Asked = tuple[tuple[str, ...], datetime, datetime]

log = logging.getLogger(__name__)


class BusyTimes:
    """Asked through the organiser's mailbox, whose own diary counts only where it is among `people`: several
    schools may share it. What is known already is told at once; what must be asked is asked `in_turn`."""

    def __init__(
        self, graph: Graph, organizer: str, in_turn: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        self._graph = graph
        self.in_turn = in_turn
        self._path = f"/users/{quote(organizer, safe='@')}/calendar/getSchedule"
        self._kept: dict[Asked, tuple[float, Answered]] = {}
        self._lock = Lock()

    def busy(self, people: Sequence[str], begins: datetime, ends: datetime) -> Sequence[Busy]:
        """Raises what Graph raises; a single diary that cannot be read is left out."""
        if not people or ends <= begins:
            return ()
        asked = (tuple(people), begins, ends)
        answered = self._remembered(asked)
        if answered is None:
            answered = self._asked_in_turn(asked)
        if isinstance(answered, TryLaterError):
            raise TryLaterError(str(answered))  # how long that was to wait is told once, when it is news
        if isinstance(answered, RpConnectError):
            raise answered
        return answered

    def _asked_in_turn(self, asked: Asked) -> Answered:
        """Another page may have had the same question, and its turn before ours."""
        known: Answered | None = None
        try:
            with self.in_turn():
                known = self._remembered(asked)
                if known is None:
                    return self._ask(asked)
                raise NothingAskedError
        except NothingAskedError:
            if known is None:
                raise
            return known

    def _remembered(self, asked: Asked) -> Answered | None:
        now = time.monotonic()
        with self._lock:
            self._kept = {key: kept for key, kept in self._kept.items() if now - kept[0] < KEPT_S}
            return self._kept[asked][1] if asked in self._kept else None

    def _remember(self, asked: Asked, answered: Answered) -> None:
        with self._lock:
            self._kept[asked] = (time.monotonic(), answered)

    def _ask(self, asked: Asked) -> tuple[Busy, ...]:
        try:
            spans = tuple(self._read(asked))
        except RpConnectError as fault:
            self._remember(asked, fault)
            raise
        self._remember(asked, spans)
        return spans

    def _read(self, asked: Asked) -> Iterator[Busy]:
        pieces = list(_pieces(asked))
        answers = self._graph.ask_all([self._request(*piece) for piece in pieces])
        for (_, first, last), answer in zip(pieces, answers, strict=True):
            yield from _spans(answer, first, last)

    def _request(self, people: Sequence[str], begins: datetime, ends: datetime) -> Request:
        body = {
            "Schedules": list(people),
            "StartTime": utc_stamp(begins),
            "EndTime": utc_stamp(ends),
            "AvailabilityViewInterval": int(STEP.total_seconds() // 60),
        }
        return Request(Service.CALENDAR, "POST", self._path, PERMISSION, body=body)


def _pieces(asked: Asked) -> Iterator[Asked]:
    people, begins, ends = asked
    while begins < ends:
        last = min(begins + LONGEST, ends)
        for first in range(0, len(people), MAILBOXES):
            yield people[first : first + MAILBOXES], begins, last
        begins = last


def _spans(answer: Answer | RpConnectError, begins: datetime, ends: datetime) -> Iterator[Busy]:
    if isinstance(answer, RpConnectError):
        raise answer
    diaries: list[Any] = answer.body["value"]
    unread = [as_code(diary["error"].get("responseCode")) for diary in diaries if diary.get("error")]
    if unread:
        codes = ", ".join(sorted(set(unread) - {""})) or "no code was given"
        log.warning("%d of %d diaries could not be read: %s", len(unread), len(diaries), codes)
    for diary in diaries:
        yield from _of_items(diary) if diary.get("scheduleItems") else _of_view(diary, begins, ends)


def _of_items(diary: Any) -> Iterator[Busy]:  # noqa: ANN401 - JSON
    for item in diary["scheduleItems"]:
        if item.get("status") in TAKEN:
            yield Busy(read_stamp(item["start"]), read_stamp(item["end"]))


def _of_view(diary: Any, begins: datetime, ends: datetime) -> Iterator[Busy]:  # noqa: ANN401 - JSON
    """A digit for each step, where the items of a diary are not for us to see."""
    for number, digit in enumerate(diary.get("availabilityView") or ""):
        first = begins + number * STEP
        if digit in TAKEN_DIGITS and first < ends:
            yield Busy(first, min(first + STEP, ends))
