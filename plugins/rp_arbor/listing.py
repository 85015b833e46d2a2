"""Whole lists of Arbor, page by page, and how many records there are.

Neither the schema nor the client library says whether pages are counted from 0 or from 1, nor is there a
total: both are found out by asking for single rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rp_arbor.client import Arbor, Query, Row
from rp_arbor.values import id_of
from rp_connect.errors import AccessError, TryLaterError

MOST_ROWS = 1 << 28
FEW = 20
"""A filtered list that is shorter is whole: no server cuts its pages so short."""
_BARE = {"entityType", "href", "displayName", "userTags", "revisionId"}


class Listing:
    """The lists of one site. What number its first page has is found out once."""

    def __init__(self, arbor: Arbor, size: int) -> None:
        self.arbor = arbor
        self._size = size
        self._base: int | None = None

    def granted(self, entity: str) -> bool:
        return self.arbor.page(entity, None, 1) is not None

    def all_granted(self, entities: Iterable[str]) -> bool:
        return all(map(self.granted, entities))

    def count(self, entity: str, *, needed: bool = False) -> int | None:
        """How many records there are; None where the entity is not granted. A few dozen small requests.

        Raises AccessError for what is `needed`, as `pages` does.
        """
        first = self._first(entity, needed=needed)
        if not first:
            return None if first is None else 0
        self._find_base(entity, first)
        low, high = 0, 1
        while self._there(entity, high):
            low, high = high, 2 * high
            if high > MOST_ROWS:
                raise TryLaterError(f"Arbor gives the same {entity} on every page; it is asked again later.")
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._there(entity, middle) else (low, middle)
        return high

    def pages(self, entity: str, *, needed: bool = False) -> Iterator[Sequence[object]]:
        """Every row, as it came, until an empty page; what is typed in meanwhile may come twice.

        Raises TryLaterError where the list ends otherwise, AccessError where it stops being granted: for what
        is `needed`, and was granted when the reading began, even before its first row.
        """
        first = self._first(entity, needed=needed)
        if not first:
            return
        self._find_base(entity, first)
        number, before = self._base or 0, None
        while True:
            rows = self._going_on(entity, number, self._size)
            if not rows:
                return
            if rows == before:
                raise TryLaterError(f"Arbor gives the same {entity} on every page; it is asked again later.")
            yield rows
            number, before = number + 1, rows

    def matching(self, entity: str, filters: Query, *, needed: bool = False) -> list[object] | None:
        """All rows that fit the filters; None where the entity is not granted.

        Raises AccessError for what is `needed`, as `pages` does.
        """
        rows = self.arbor.page(entity, None, self._size, filters)
        if rows is None and not needed:
            return None
        return [row for page in self._following(entity, rows, filters) for row in page]

    def pages_matching(self, entity: str, filters: Query) -> Iterator[Sequence[object]]:
        """The same of what is needed, a page at a time: it may be long."""
        return self._following(entity, self.arbor.page(entity, None, self._size, filters), filters)

    def _following(
        self, entity: str, rows: list[object] | None, filters: Query
    ) -> Iterator[Sequence[object]]:
        """What fits the filters, from its first page on; of the others only the ids are kept."""
        if rows is None:
            raise stopped(entity)
        whole = len(rows) < min(FEW, self._size)
        held: set[str | None] = set()
        number = 0
        while rows:
            found = [row for row in rows if id_of(row) not in held]
            if not found and number > 1:
                raise TryLaterError(f"Arbor gives the same {entity} on every page; it is asked again later.")
            held.update(map(id_of, found))
            yield rows if whole else found
            if whole:
                return
            number += 1  # as the second page or as the first: nothing is taken twice
            rows = self._going_on(entity, number, self._size, filters)

    def filled(self, entity: str, row: object) -> Row | None:
        """The row with its properties: lists may give references only. {} where nothing of it is granted,
        None where it has gone since."""
        found: dict[str, Any] = row if isinstance(row, dict) else {}
        key = id_of(found)
        if key is None or set(found) - _BARE:
            return found
        return self.arbor.one(entity, key)

    def _first(self, entity: str, *, needed: bool) -> list[object] | None:
        rows = self.arbor.page(entity, None, 1)
        if rows is None and needed:
            raise stopped(entity)
        return rows

    def _find_base(self, entity: str, first: Sequence[object]) -> None:
        if self._base is None:
            second = self._going_on(entity, 1, 1) or [None]
            self._base = 1 if id_of(second[0]) == id_of(first[0]) else 0

    def _there(self, entity: str, index: int) -> bool:
        return bool(self._going_on(entity, (self._base or 0) + index, 1))

    def _going_on(self, entity: str, number: int, size: int, filters: Query = ()) -> list[object]:
        """A page of what was granted a moment ago."""
        rows = self.arbor.page(entity, number, size, filters)
        if rows is None:
            raise stopped(entity)
        return rows


def stopped(entity: str) -> AccessError:
    return AccessError(
        f"Arbor stopped giving {entity} in the middle of a reading: look at what the school has granted the "
        "application."
    )
