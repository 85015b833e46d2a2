"""What the invented MIS holds, when it changed and what was deleted: an author serves it from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rp_connect.domain.attendance import Mark
from rp_connect.ports.mis import Kind, Record
from rp_connect.testing.mis_kit.school import School, key_of

LONG_AGO = timedelta(days=3)
"""The first school was typed in so long before: no overlap of two readings reaches there."""


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """A record and when it last changed (UTC). A `spoilt` one is to be served so that nobody can read it: a
    date that is none, where a date is needed."""

    record: Record
    changed: datetime
    spoilt: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """`key` is the record's id; `at` is in UTC."""

    kind: Kind
    key: str
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class ShownOutcome:
    """An outcome as people see it in the MIS: its id there, and its text."""

    external_id: str
    text: str


class InventedMis:
    """`outcomes` is where an author keeps what was written; `withheld` are the kinds not granted; `entered`
    are the marks that were written, each as often as it was."""

    def __init__(self) -> None:
        self.school = School()
        self.removed: list[Removed] = []
        self.withheld: set[Kind] = set()
        self.outcomes: list[ShownOutcome] = []
        self.entered: list[Mark] = []
        self._spoilt: set[tuple[Kind, str]] = set()
        self._changed: dict[tuple[Kind, Record], datetime] = {}
        self._begun = False

    def hold(self, school: School) -> None:
        """From now on it holds this: what is new or differs changed now, what is no longer there went now."""
        now = datetime.now(UTC)
        stamp = now if self._begun else now - LONG_AGO
        for kind in Kind:
            keys = {key_of(record) for record in school.of(kind)}
            gone = [key for key in map(key_of, self.school.of(kind)) if key not in keys]
            self.removed += [Removed(kind, key, now) for key in gone]
            for record in school.of(kind):
                self._changed.setdefault((kind, record), stamp)
        self.school, self._begun = school, True

    def of(self, kind: Kind) -> list[Held]:
        """In the order in which they were typed in."""
        return [
            Held(record, self._changed[kind, record], (kind, key_of(record)) in self._spoilt)
            for record in self.school.of(kind)
        ]

    def enter(self, mark: Mark) -> None:
        """A mark was written into the register: it stands in the place of what stood there."""
        self.entered.append(mark)
        others = [one for one in self.school.marks if one[:3] != mark[:3]]
        self._changed[Kind.ATTENDANCE, mark] = datetime.now(UTC)
        self.school = self.school.having(Kind.ATTENDANCE, [*others, mark])

    def spoil(self, kind: Kind, key: str) -> None:
        self._spoilt.add((kind, key))
