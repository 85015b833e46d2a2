"""What a reading needs to know of a kind: its entities, whose their parts are, and how a record is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rp_arbor.client import Query
from rp_arbor.values import Ref, Row
from rp_connect.ports.mis import Record

MOST_WORDS = 100


class Shelf(Protocol):
    """One kind, for one reading.

    `mains` are the entities that make records, the needed one first; `parts` those that belong to them;
    `needs` what the kind cannot do without. `deletable` says whether what went has a name by which it is
    taken away. `unmapped` grows while records are made.
    """

    label: str
    mains: Sequence[str]
    parts: Sequence[str]
    needs: Sequence[str]
    deletable: bool
    unmapped: list[str]

    def granted(self) -> bool:
        """Whether what this kind `needs` is granted."""
        ...

    def read_parts(self) -> None:
        """Before a whole reading: the lists of parts, once each."""
        ...

    def owners(self, part: str, key: str) -> Sequence[Ref] | None:
        """The records that a changed part belongs to; None where nobody can tell."""
        ...

    def name(self, whose: Ref) -> str:
        """What the record is called by: its key, also in a refusal or a tombstone."""
        ...

    def refused(self, whose: Ref, row: Row) -> str:
        """What a refusal of the row names."""
        ...

    def record(self, whose: Ref, row: Row) -> Record | None:
        """None for a row that is no record of ours. Raises BadRowError."""
        ...

    def recent(self, entity: str) -> Query | None:
        """Filters of a list in which most changed records are, where single ones may be many."""
        ...


def note(word: str, unmapped: list[str]) -> None:
    if word and word not in unmapped and len(unmapped) < MOST_WORDS:
        unmapped.append(word)
