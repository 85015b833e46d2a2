"""Where a sync spends its time, seen from its seams: the MIS that it reads and the store that it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from rp_connect.ports.mis import Cursor, Kind, MisAdapter, OutcomeNote, Page, Probe, Reading
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.office import Office, School
from tests.benchmarks.measure import Shares


def watched(office: Office, shares: Shares) -> Office:
    """The same office, with what happens at its seams timed."""
    _watch_store(office, shares)
    schools = {name: _watch_school(school, shares) for name, school in office.schools.items()}
    return replace(office, schools=schools)


def _watch_school(school: School, shares: Shares) -> School:
    return replace(school, mis=lambda: WatchedMis(school.mis(), shares))


def _watch_store(office: Office, shares: Shares) -> None:
    begin = office.store.begin

    @contextmanager
    def timed_begin() -> Iterator[UnitOfWork]:
        with shares.part("store"), begin() as work:
            work.commit = shares.timed("commit", work.commit)  # type: ignore[method-assign]
            yield work

    office.store.begin = timed_begin  # type: ignore[method-assign]


class WatchedMis:
    """An adapter whose readings and pages are timed."""

    def __init__(self, inner: MisAdapter, shares: Shares) -> None:
        self._inner, self._shares = inner, shares

    def probe(self) -> Probe:
        return self._inner.probe()

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        return self._timed(lambda: self._inner.changes(kind, cursor))

    def everything(self, kind: Kind) -> Reading:
        return self._timed(lambda: self._inner.everything(kind))

    def find_outcome(self, note: OutcomeNote) -> str | None:
        return self._inner.find_outcome(note)

    def write_outcome(self, note: OutcomeNote) -> str:
        return self._inner.write_outcome(note)

    def _timed(self, ask: Callable[[], Reading]) -> Reading:
        with self._shares.part("read and check"):
            reading = ask()
        return replace(reading, pages=lambda: self._pages(reading))

    def _pages(self, reading: Reading) -> Iterator[Page]:
        pages = reading.pages()
        while True:
            with self._shares.part("pages of it"):
                page = next(pages, None)
            if page is None:
                return
            yield page
