"""The Lead's board: what is late, what comes, who meets, and what waits for a person, school by school."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

from rp_connect.domain.case import Case, Stage
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.people import Pupil, Role
from rp_connect.domain.suspension import Dates
from rp_connect.domain.task import Task
from rp_connect.services.office import Office, School
from rp_connect.services.read_boards import StoredBoard, read_boards
from rp_connect.services.show_case import open_question

ASKS_AFTER_DELETIONS = 2
COMING_DAYS = 14
CALENDAR_NOTICE_DAYS = 60


class Shelf(StrEnum):
    """Where a task stands on the board."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"
    COMING = "coming"
    LATER = "later"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class BoardTask:
    """`day` is the one that the board shows; `pupils` those whom the task's case is about; `late` that its
    legal due is past, whatever anybody planned."""

    task: Task
    case: Case
    pupils: Sequence[Pupil]
    day: date | None
    late: bool


@dataclass(frozen=True, slots=True)
class CaseTasks:
    """Tasks of one case, in the order of their due."""

    case: Case
    pupils: Sequence[Pupil]
    tasks: Sequence[BoardTask]


@dataclass(frozen=True, slots=True)
class LongerDates:
    """The MIS reports a longer suspension than is in force: further, or a correction?"""

    case: Case
    pupils: Sequence[Pupil]
    in_force: Dates
    reported: Dates
    seen_on: date


@dataclass(frozen=True, slots=True)
class BoardMeeting:
    meeting: Meeting
    case: Case
    pupils: Sequence[Pupil]
    day: date


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One day of this week: open tasks shown on it, those of them that are late, and meetings."""

    day: date
    tasks: int
    late: int
    meetings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolBoard:
    """One school. `calendar_until` is the last loaded school day, `calendar_short` whether that comes soon;
    `deleted_twice` are open tasks that people deleted in the workspace again after we made them again."""

    school: School
    today: date
    tomorrow: date
    shelves: Mapping[Shelf, Sequence[BoardTask]]
    longer_dates: Sequence[LongerDates]
    deleted_twice: Sequence[BoardTask]
    meetings: Sequence[BoardMeeting]
    week: Sequence[WeekDay]
    parked: int
    held: Sequence[str]
    refused: int
    calendar_until: date | None
    calendar_short: bool

    def count(self, shelf: Shelf) -> int:
        return len(self.shelves[shelf])

    def by_case(self, shelf: Shelf) -> Sequence[CaseTasks]:
        """The case whose first task has waited longest comes first."""
        groups: defaultdict[str, list[BoardTask]] = defaultdict(list)
        for row in self.shelves[shelf]:
            groups[row.case.ref].append(row)
        return [CaseTasks(found[0].case, found[0].pupils, found) for found in groups.values()]

    def by_day(self, shelf: Shelf) -> Sequence[tuple[date | None, Sequence[BoardTask]]]:
        """By the day that the board shows, which only an undated task lacks."""
        return [(day, list(rows)) for day, rows in groupby(self.shelves[shelf], key=lambda row: row.day)]

    @property
    def questions(self) -> int:
        """How many answers a person owes."""
        return len(self.longer_dates) + len(self.deleted_twice)


@dataclass(frozen=True, slots=True)
class Board:
    """`schools` are those shown; `school` and `role` what was chosen, None for all."""

    now: datetime
    schools: Sequence[SchoolBoard]
    school: str | None
    role: Role | None

    def count(self, shelf: Shelf) -> int:
        return sum(board.count(shelf) for board in self.schools)

    @property
    def questions(self) -> int:
        return sum(board.questions for board in self.schools)

    @property
    def week(self) -> Sequence[WeekDay]:
        """The schools' weeks laid over each other."""
        columns = zip(*(board.week for board in self.schools), strict=True)
        return [
            WeekDay(days[0].day, *(sum(getattr(day, name) for day in days) for name in _COUNTED))
            for days in columns
        ]


_COUNTED = ("tasks", "late", "meetings")


def show_board(office: Office, school: str | None = None, role: Role | None = None) -> Board:
    """The board of one school or of all. Raises NotFoundError for a school that is not configured.

    A role's tasks include those that fall to it, because nobody holds the role they are meant for.
    """
    now = office.clock.now()
    schools = office.chosen(school)
    with office.store.read() as work:
        stored = read_boards(work, schools, now)
    boards = [_of_school(one, stored[one.id], role, now) for one in schools]
    return Board(now=now, schools=boards, school=school, role=role)


def _of_school(school: School, stored: StoredBoard, role: Role | None, now: datetime) -> SchoolBoard:
    cases, people = stored.cases, stored.people
    today, tomorrow, zone = stored.today, stored.tomorrow, school.timezone
    rows = [
        BoardTask(t, cases[t.case], people[t.case], t.shown_day(zone), t.overdue(now, zone))
        for t in stored.tasks
        if _falls_to(t, role, school)
    ]
    held = [BoardMeeting(m, cases[m.case], people[m.case], school.day_of(m.at)) for m in stored.meetings]
    until = stored.state.calendar_until
    return SchoolBoard(
        school=school,
        today=today,
        tomorrow=tomorrow,
        shelves=_shelved(rows, today, zone),
        longer_dates=_longer_dates(stored),
        deleted_twice=[row for row in rows if row.task.deletions >= ASKS_AFTER_DELETIONS],
        meetings=sorted((m for m in held if today <= m.day <= tomorrow), key=lambda m: m.meeting.at),
        week=_week(today, rows, held),
        parked=stored.parked,
        held=stored.held,
        refused=stored.refused,
        calendar_until=until,
        calendar_short=_ends_soon(until, today),
    )


def _falls_to(task: Task, role: Role | None, school: School) -> bool:
    if role in (None, task.role):
        return True
    # Who nobody is named for falls to the lead, so the lead's own list must have it.
    return role is Role.LEAD and not school.settings.people.of(task.role)


def _shelved(rows: Sequence[BoardTask], today: date, zone: ZoneInfo) -> Mapping[Shelf, Sequence[BoardTask]]:
    shelves: dict[Shelf, list[BoardTask]] = {shelf: [] for shelf in Shelf}
    for row in sorted(rows, key=lambda row: _reading_order(row, zone)):
        shelves[_shelf(row, today)].append(row)
    return shelves


def _shelf(row: BoardTask, today: date) -> Shelf:
    sunday = today + timedelta(days=6 - today.weekday())
    if row.late:
        return Shelf.LATE
    if row.day is None:
        return Shelf.UNDATED
    steps = [(today, Shelf.TODAY), (sunday, Shelf.WEEK), (sunday + timedelta(days=COMING_DAYS), Shelf.COMING)]
    return next((shelf for last, shelf in steps if row.day <= last), Shelf.LATER)


def _reading_order(row: BoardTask, zone: ZoneInfo) -> tuple[date, str, str, str]:
    """By day, what names an hour after what only names the day. What is late goes by its legal due."""
    due = row.task.due
    hour = due.isoformat() if isinstance(due, datetime) else ""
    day = row.task.due_day(zone) if row.late else row.day
    return day or date.max, hour, row.case.ref, row.task.id


def _longer_dates(stored: StoredBoard) -> Sequence[LongerDates]:
    asked = {c.suspension_no: c for c in stored.cases.values() if c.stage is not Stage.CLOSED}
    return [
        LongerDates(case, stored.people[case.ref], s.in_force, question.reported, question.seen_on)
        for s in sorted(stored.suspensions, key=lambda s: asked[s.no].ref)
        if (case := asked[s.no]) and (question := open_question(s)) is not None
    ]


def _week(today: date, rows: Sequence[BoardTask], meetings: Sequence[BoardMeeting]) -> Sequence[WeekDay]:
    monday = today - timedelta(days=today.weekday())
    return [
        WeekDay(
            day,
            tasks=sum(row.day == day for row in rows),
            late=sum(row.day == day and row.late for row in rows),
            meetings=sum(meeting.day == day for meeting in meetings),
        )
        for day in (monday + timedelta(days=n) for n in range(7))
    ]


def _ends_soon(until: date | None, today: date) -> bool:
    return until is None or until < today + timedelta(days=CALENDAR_NOTICE_DAYS)
