"""The store as services see it: a unit of work that rolls back unless committed. No SQL name passes here.

Every method may raise StoreError (one sentence: disk full, read-only, locked, server gone).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from rp_connect.domain.calendar import Half, Period, Session
from rp_connect.domain.case import Case, Stage
from rp_connect.domain.incident import IncidentRecord
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.people import Pupil, PupilRecord, StaffRecord
from rp_connect.domain.suspension import Suspension
from rp_connect.domain.task import Task, TaskState
from rp_connect.ports.lanes import Lanes as Lanes
from rp_connect.ports.outbox import Outbox as Outbox
from rp_connect.ports.outcomes import Outcomes as Outcomes
from rp_connect.ports.register import MarkChoices as MarkChoices
from rp_connect.ports.remembered import Audit as Audit
from rp_connect.ports.remembered import AuditRow as AuditRow
from rp_connect.ports.remembered import Refusals as Refusals
from rp_connect.ports.remembered import Refused as Refused
from rp_connect.ports.remembered import SchoolState as SchoolState
from rp_connect.ports.remembered import SourceState as SourceState
from rp_connect.ports.visits import Visit as Visit
from rp_connect.ports.visits import Visits as Visits


class Schools(Protocol):
    def state(self, school: str) -> SchoolState: ...
    def states(self, schools: Collection[str]) -> Mapping[str, SchoolState]:
        """Of each of these schools, by its name; an empty one of a school that nothing was stored of."""
        ...

    def put(self, state: SchoolState) -> None: ...
    def source(self, school: str, mis: str, kind: str) -> SourceState: ...
    def sources(self, school: str) -> Sequence[SourceState]: ...
    def held(self, schools: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Why sources of these schools are held, by school; a school without any may be absent."""
        ...

    def put_source(self, source: SourceState) -> None: ...
    def retire_mis(self, school: str, mis: str, former: str) -> None:
        """Whatever is known of that MIS at the school is from now on of a former one, called `former`."""
        ...

    def calendar(self, school: str) -> Sequence[Period]:
        """The rows of the school's calendar as last read; none before the first sync."""
        ...

    def calendars(self, schools: Collection[str]) -> Mapping[str, Sequence[Period]]:
        """The same of each of these schools."""
        ...

    def put_calendar(self, school: str, periods: Sequence[Period]) -> None:
        """Replace the school's calendar by these rows."""
        ...


class Pupils(Protocol):
    def by_id(self, school: str, mis: str, ids: Collection[str]) -> Mapping[str, Pupil]:
        """The pupils known under these MIS ids."""
        ...

    def numbers(self, school: str, mis: str) -> Mapping[str, int]:
        """Our number of every pupil of the school, by MIS id."""
        ...

    def get(self, numbers: Collection[int]) -> Mapping[int, Pupil]: ...
    def put(self, school: str, mis: str, records: Sequence[PupilRecord]) -> None:
        """Insert or replace, one row per record; numbers are given once and kept."""
        ...

    def rename(self, number: int, mis: str, new_id: str) -> None:
        """The pupil of that number of ours is known to the MIS `mis` under `new_id` from now on."""
        ...

    def on_roll(self, school: str, day: date) -> int: ...
    def every(self, school: str) -> Sequence[Pupil]: ...


class Staff(Protocol):
    def put(self, school: str, mis: str, records: Sequence[StaffRecord]) -> None: ...
    def every(self, school: str, mis: str | None = None) -> Sequence[StaffRecord]:
        """All of a school, or only those whom that MIS gave."""
        ...


class Incidents(Protocol):
    def by_id(self, school: str, mis: str, ids: Collection[str]) -> Mapping[str, IncidentRecord]: ...
    def put(self, school: str, mis: str, records: Sequence[IncidentRecord]) -> None:
        """Insert or replace each incident with everybody in it."""
        ...


class Suspensions(Protocol):
    def by_id(self, school: str, mis: str, ids: Collection[str]) -> Mapping[str, Suspension]: ...
    def get(self, number: int) -> Suspension: ...
    def by_no(self, numbers: Collection[int]) -> Mapping[int, Suspension]: ...
    def of_pupils(self, pupil_nos: Collection[int]) -> Mapping[int, Sequence[Suspension]]:
        """All suspensions of each of these pupils, unordered."""
        ...

    def pupils_with(self, school: str) -> set[int]:
        """Our numbers of the pupils of this school who have any suspension."""
        ...

    def pupils_of_incidents(self, school: str, mis: str, incidents: Collection[str]) -> set[int]:
        """Our numbers of the pupils with a suspension that names one of these incidents."""
        ...

    def put(self, suspensions: Sequence[Suspension]) -> None:
        """Insert or replace by (school, mis, record.id). `no` 0 means new: a number is given."""
        ...

    def rename(self, number: int, mis: str, new_id: str) -> None:
        """The suspension of that number of ours is known to the MIS `mis` under `new_id` from now on."""
        ...


class Marks(Protocol):
    def put(self, school: str, rows: Iterable[tuple[int, date, Half, str]]) -> set[int]:
        """Insert or replace marks (pupil number, day, half, code) and keep the counters of each pupil and
        school year in step, in this transaction. Answers the pupils with a mark that is new or changed."""
        ...

    def of(self, school: str, pupil_no: int, sessions: Sequence[Session]) -> Mapping[Session, str]: ...
    def counts(self, school: str, pupil_no: int, school_year: int) -> Mapping[str, int]:
        """How many marks of each code, kept as a running counter; the year is that of its 1 August."""
        ...

    def sums(
        self, school: str, school_year: int, groups: Sequence[Collection[str]]
    ) -> Iterable[tuple[int, tuple[int, ...]]]:
        """Of the same counters, for each pupil of the school with a mark in that year: their number, and how
        many marks are of the codes of each group and, last, of any code."""
        ...


class Cases(Protocol):
    def next_ref(self, year: int) -> str:
        """The next reference of the trust in that calendar year: RP-2026-0001. No gaps after a rollback."""
        ...

    def add(self, case: Case) -> None: ...
    def replace(self, case: Case) -> None: ...
    def get(self, ref: str) -> Case:
        """Raises NotFoundError."""
        ...

    def of_suspensions(self, numbers: Collection[int]) -> Mapping[int, Case]: ...
    def by_ref(self, refs: Collection[str]) -> Mapping[str, Case]: ...
    def stages(self, refs: Collection[str]) -> Mapping[str, Stage]: ...
    def every(self, school: str | None = None, stage: Stage | None = None) -> Sequence[Case]:
        """By reference."""
        ...

    def open_of(self, schools: Collection[str]) -> Sequence[Case]:
        """Those of these schools that are not closed, by reference."""
        ...


class Tasks(Protocol):
    def of_cases(self, refs: Collection[str]) -> Mapping[str, Sequence[Task]]:
        """All tasks of each of these cases; a case without tasks may be absent."""
        ...

    def put(self, tasks: Sequence[Task]) -> None:
        """Insert or replace by id."""
        ...

    def get(self, task_id: str) -> Task:
        """Raises NotFoundError."""
        ...

    def by_id(self, task_ids: Collection[str]) -> Mapping[str, Task]: ...
    def landed(self, written: Sequence[tuple[str, str, str]]) -> None:
        """What stands in the workspace now, as (task id, external id, seen); nothing else changes."""
        ...

    def every(
        self, school: str | None = None, case: str | None = None, state: TaskState | None = None
    ) -> Sequence[Task]:
        """By case, due (null last; a date before the moments of its day), duty, occurrence."""
        ...

    def open_of(self, schools: Collection[str]) -> Sequence[Task]:
        """The open ones of these schools, in the same order."""
        ...


class Meetings(Protocol):
    def of_case(self, ref: str) -> Meeting | None: ...
    def of_cases(self, refs: Collection[str]) -> Mapping[str, Meeting]:
        """The one of each case that is not cancelled; of several the last."""
        ...

    def of_schools(
        self, schools: Collection[str], since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Meeting]:
        """Those of these schools that are not cancelled, by time; of those the ones that begin from
        `since` on and before `until`."""
        ...

    def put(self, meeting: Meeting) -> None: ...
    def get(self, meeting_id: str) -> Meeting: ...
    def by_id(self, meeting_ids: Collection[str]) -> Mapping[str, Meeting]: ...
    def landed(self, written: Sequence[tuple[str, str | None, str]]) -> None:
        """What stands in the workspace now, as (meeting id, external id or None, warning)."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Leaving the block without `commit()` undoes everything."""

    @property
    def schools(self) -> Schools: ...
    @property
    def pupils(self) -> Pupils: ...
    @property
    def staff(self) -> Staff: ...
    @property
    def incidents(self) -> Incidents: ...
    @property
    def suspensions(self) -> Suspensions: ...
    @property
    def marks(self) -> Marks: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def meetings(self) -> Meetings: ...
    @property
    def outcomes(self) -> Outcomes: ...
    @property
    def mark_choices(self) -> MarkChoices: ...
    @property
    def effects(self) -> Outbox: ...
    @property
    def lanes(self) -> Lanes: ...
    @property
    def refusals(self) -> Refusals: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def visits(self) -> Visits: ...

    def commit(self) -> None: ...


Begin = Callable[[], AbstractContextManager[UnitOfWork]]


class Store(Protocol):
    """Opened by wiring, which brings the schema up to date first (a newer schema is a StoreError)."""

    def begin(self) -> AbstractContextManager[UnitOfWork]:
        """A writing transaction (on SQLite it takes the write lock at once)."""
        ...

    def read(self) -> AbstractContextManager[UnitOfWork]:
        """A reading transaction: a consistent view; `commit()` raises."""
        ...

    def rehearse(self) -> AbstractContextManager[Begin]:
        """For previews: a `begin` whose units of work share one transaction that is always rolled back. On
        SQLite other writers wait for it; on PostgreSQL it plays on copies, and nobody does."""
        ...

    def lock(self, name: str) -> AbstractContextManager[None]:
        """One holder at a time over all processes, freed when its process dies; raises BusyError at once."""
        ...

    def now(self) -> datetime:
        """The store's clock, UTC-aware."""
        ...

    def read_only(self) -> bool:
        """Whether it refuses every write at present; it says so without waiting for who is writing."""
        ...

    def close(self) -> None: ...
