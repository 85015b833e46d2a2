"""The installation as a person of some of its schools may see it: of the others there is nothing.

The line is drawn at the store, below every service, so that no page has to think of it. A record of another
school is answered exactly like one that does not exist, and what was asked for is kept in `refused`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from rp_connect.domain.case import Case, Stage
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.suspension import Suspension
from rp_connect.domain.task import Task, TaskState
from rp_connect.errors import NotFoundError, StoreError
from rp_connect.ports.store import Begin, Cases, Meetings, Store, Suspensions, Tasks, UnitOfWork
from rp_connect.services.office import Office, School

T = TypeVar("T", Case, Task, Meeting, Suspension)
K = TypeVar("K")

OPEN_TO_ALL = (
    *("schools", "pupils", "staff", "incidents", "marks", "outcomes", "mark_choices", "effects"),
    *("refusals", "audit"),
)
"""Repositories that are reached only by a case or a school that the person may see."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A person asked for something of another school; `case` is None where it was the school itself."""

    school: str
    case: str | None


def only_schools(office: Office, schools: Collection[str], refused: list[Refusal]) -> Office:
    """`office` with these schools alone, for one request. What is asked of others is added to `refused`."""
    return replace(
        office,
        schools=_OnlySchools(office.schools, schools, refused),
        store=_OnlyStore(office.store, frozenset(schools), refused),
    )


class _OnlySchools(Mapping[str, School]):
    def __init__(self, every: Mapping[str, School], schools: Collection[str], refused: list[Refusal]) -> None:
        self._every = every
        self._theirs = {name: school for name, school in every.items() if name in schools}
        self._refused = refused

    def __getitem__(self, name: str) -> School:
        if name in self._every and name not in self._theirs:
            self._refused.append(Refusal(name, None))
        return self._theirs[name]

    def __contains__(self, name: object) -> bool:
        try:
            self[str(name)]
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._theirs)

    def __len__(self) -> int:
        return len(self._theirs)


class _OnlyStore:
    """`ports.store.Store`, for the schools that a person may see."""

    def __init__(self, store: Store, schools: frozenset[str], refused: list[Refusal]) -> None:
        self._store = store
        self._schools = schools
        self._refused = refused

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        with self._store.begin() as work:
            yield _OnlyWork(work, self._schools, self._refused)

    @contextmanager
    def read(self) -> Iterator[UnitOfWork]:
        with self._store.read() as work:
            yield _OnlyWork(work, self._schools, self._refused)

    def rehearse(self) -> AbstractContextManager[Begin]:
        raise StoreError("A preview plays on every school, so the pages do not make one.")

    def lock(self, name: str) -> AbstractContextManager[None]:
        return self._store.lock(name)

    def now(self) -> datetime:
        return self._store.now()

    def read_only(self) -> bool:
        return self._store.read_only()

    def close(self) -> NoReturn:
        raise StoreError("The store is not a request's to close.")


class _OnlyWork:
    """What is not named here or in OPEN_TO_ALL is not there."""

    def __init__(self, work: UnitOfWork, schools: frozenset[str], refused: list[Refusal]) -> None:
        self._work = work
        sieve = _Sieve(schools, refused)
        self.cases: Cases = _OnlyCases(work.cases, sieve)
        self.tasks: Tasks = _OnlyTasks(work.tasks, sieve)
        self.meetings: Meetings = _OnlyMeetings(work.meetings, sieve)
        self.suspensions: Suspensions = _OnlySuspensions(work.suspensions, sieve)
        self.lanes = _OnlyLanes(work.lanes, sieve)

    def commit(self) -> None:
        self._work.commit()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the unit of work itself has it
        if name in OPEN_TO_ALL:
            return getattr(self._work, name)
        raise AttributeError(name)


@dataclass(frozen=True, slots=True)
class _Sieve:
    schools: frozenset[str]
    refused: list[Refusal]

    def keep(self, found: Mapping[K, T]) -> Mapping[K, T]:
        return {key: row for key, row in found.items() if row.school in self.schools}

    def one(self, row: T, case: str | None, absent: str) -> T:
        """`row`; for one of another school NotFoundError with the sentence for what is `absent`."""
        if row.school in self.schools:
            return row
        self.refused.append(Refusal(row.school, case))
        raise NotFoundError(absent)

    def theirs(self, schools: Collection[str]) -> list[str]:
        """Those of the others are not even asked for."""
        return [school for school in schools if school in self.schools]

    def every(self, school: str | None, read: Callable[[str], Sequence[T]]) -> list[T]:
        """Of one school, or of each in turn: those of the others are not even read."""
        wanted = self.schools if school is None else self.schools & {school}
        return [row for name in sorted(wanted) for row in read(name)]


class _Only:
    """Some of a repository's methods as they are, for records that were found here; of the others none."""

    given: tuple[str, ...] = ()

    def __init__(self, held: Any, sieve: _Sieve) -> None:  # noqa: ANN401 - one of the repositories
        self._held = held
        self._sieve = sieve

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the repository has it
        if name in self.given:
            return getattr(self._held, name)
        raise AttributeError(name)


class _OnlyCases(_Only):
    given = ("replace", "add", "next_ref")

    def get(self, ref: str) -> Case:
        case: Case = self._held.get(ref)
        return self._sieve.one(case, ref, f"There is no case {ref}.")

    def by_ref(self, refs: Collection[str]) -> Mapping[str, Case]:
        return self._sieve.keep(self._held.by_ref(refs))

    def of_suspensions(self, numbers: Collection[int]) -> Mapping[int, Case]:
        return self._sieve.keep(self._held.of_suspensions(numbers))

    def every(self, school: str | None = None, stage: Stage | None = None) -> Sequence[Case]:
        found = self._sieve.every(school, lambda name: self._held.every(name, stage))
        return sorted(found, key=lambda case: by_reference(case.ref))

    def open_of(self, schools: Collection[str]) -> Sequence[Case]:
        found: Sequence[Case] = self._held.open_of(self._sieve.theirs(schools))
        return found


class _OnlyTasks(_Only):
    given = ("put",)

    def get(self, task_id: str) -> Task:
        task: Task = self._held.get(task_id)
        return self._sieve.one(task, task.case, f"There is no task {task_id}.")

    def of_cases(self, refs: Collection[str]) -> Mapping[str, Sequence[Task]]:
        found = self._held.of_cases(refs)
        return {ref: kept for ref, tasks in found.items() if (kept := self._kept(tasks))}

    def every(
        self, school: str | None = None, case: str | None = None, state: TaskState | None = None
    ) -> Sequence[Task]:
        if case is not None:
            return self._kept(self._held.every(school, case, state))
        found = self._sieve.every(school, lambda name: self._held.every(name, None, state))
        return sorted(found, key=lambda task: by_reference(task.case))

    def open_of(self, schools: Collection[str]) -> Sequence[Task]:
        found: Sequence[Task] = self._held.open_of(self._sieve.theirs(schools))
        return found

    def _kept(self, tasks: Sequence[Task]) -> Sequence[Task]:
        return [task for task in tasks if task.school in self._sieve.schools]


class _OnlyMeetings(_Only):
    given = ("put",)

    def of_case(self, ref: str) -> Meeting | None:
        held: Meeting | None = self._held.of_case(ref)
        return held if held is not None and held.school in self._sieve.schools else None

    def of_cases(self, refs: Collection[str]) -> Mapping[str, Meeting]:
        return self._sieve.keep(self._held.of_cases(refs))

    def of_schools(
        self, schools: Collection[str], since: datetime | None = None, until: datetime | None = None
    ) -> Sequence[Meeting]:
        found: Sequence[Meeting] = self._held.of_schools(self._sieve.theirs(schools), since, until)
        return found


class _OnlySuspensions(_Only):
    given = ("put",)

    def get(self, number: int) -> Suspension:
        held: Suspension = self._held.get(number)
        return self._sieve.one(held, None, f"There is no suspension number {number}.")

    def by_no(self, numbers: Collection[int]) -> Mapping[int, Suspension]:
        return self._sieve.keep(self._held.by_no(numbers))

    def of_pupils(self, pupil_nos: Collection[int]) -> Mapping[int, Sequence[Suspension]]:
        held: Mapping[int, Sequence[Suspension]] = self._held.of_pupils(pupil_nos)
        theirs = self._sieve.schools
        return {no: [one for one in of_one if one.school in theirs] for no, of_one in held.items()}


class _OnlyLanes(_Only):
    """A lane is a service's, and says nothing of anybody: who reads diaries heeds what it asked for."""

    given = ("shut_until", "told_to_wait")


def by_reference(ref: str) -> tuple[str, int, str]:
    """As the store sorts them: RP-2026-9999 comes before RP-2026-10000."""
    return ref[: len("RP-2026-")], len(ref), ref
