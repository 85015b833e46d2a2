"""A page in the making: rows become records, refusals or tombstones, and nothing is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from rp_arbor.shelf import Shelf
from rp_arbor.values import BadRowError, Ref, Row
from rp_connect.domain.when import When
from rp_connect.ports.mis import Page, Record, Refusal, Tombstone

SIZE = 1000


@dataclass(slots=True)
class Making:
    """One page."""

    records: list[Record] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def add(self, shelf: Shelf, whose: Ref, row: Row | None) -> None:
        """None is a record that has gone since it was named."""
        if row is None:
            self.gone += [shelf.name(whose)] if shelf.deletable else []
            return
        if not row:
            self.refusals.append(Refusal(shelf.refused(whose, row), "Arbor gives it without contents"))
            return
        try:
            record = shelf.record(whose, row)
        except BadRowError as error:
            self.refusals.append(Refusal(shelf.refused(whose, row), str(error)))
        except ValueError:
            self.refusals.append(Refusal(shelf.refused(whose, row), "it cannot be read"))
        else:
            self.records += [] if record is None else [record]

    def page(self, today: date) -> Page:
        return Page(records=self.records, refusals=self.refusals, tombstones=stones_of(self.gone, today))


def stones_of(names: Iterable[str], today: date) -> list[Tombstone]:
    return [Tombstone(name, When(today)) for name in names]


def batches(wanted: Iterable[Ref]) -> Iterator[list[Ref]]:
    """As many as a page may hold."""
    found = list(wanted)
    yield from (found[start : start + SIZE] for start in range(0, len(found), SIZE))
