"""Records that belong to others: an involvement to its incident, an enrolment to its pupil.

In a whole reading each list of them is read once and kept small; for a few changed records they are asked for
one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from rp_arbor.listing import Listing
from rp_arbor.names import href_of
from rp_arbor.values import BadRowError, Ref, Row, id_of, ref

T = TypeVar("T")


class Parts(Generic[T]):
    """`owner` is the property that names whose part it is; `small` makes of a row what is kept of it.

    A part that cannot be read makes its owner unreadable: half of what is known of a child is not shown as
    the whole. Where the kind cannot do without these parts they are `needed`: that they are no longer granted
    is an AccessError.
    """

    def __init__(
        self, listing: Listing, entity: str, owner: str, small: Callable[[Row], T], *, needed: bool = False
    ) -> None:
        self._listing = listing
        self._entity = entity
        self._owner = owner
        self._small = small
        self._held: Mapping[Ref, list[T | BadRowError]] | None = None
        self._needed = needed

    def read_all(self) -> None:
        """Once, for a whole reading."""
        held: dict[Ref, list[T | BadRowError]] = defaultdict(list)
        for owner, part in self._everyone():
            held[owner].append(part)
        self._held = held

    def of(self, owner: Ref) -> list[T]:
        """In the order in which Arbor gives them. Raises BadRowError."""
        found = self._asked(owner) if self._held is None else self._held.get(owner, [])
        for part in found:
            if isinstance(part, BadRowError):
                raise part
        return [part for part in found if not isinstance(part, BadRowError)]

    def _everyone(self) -> Iterator[tuple[Ref, T | BadRowError]]:
        """What comes twice counts once; but a row that does not say whose it is, or says it otherwise, does
        not stand for the other."""
        seen: set[tuple[str | None, Ref]] = set()
        for page in self._listing.pages(self._entity, needed=self._needed):
            for row in page:
                key = id_of(row)
                for owner, part in self._owned(row):
                    if key is None or (key, owner) not in seen:
                        seen.add((key, owner))
                        yield owner, part

    def _asked(self, owner: Ref) -> list[T | BadRowError]:
        whose_is = [(f"filters.{self._owner}.equals", href_of(owner.entity, owner.key))]
        rows = self._listing.matching(self._entity, whose_is, needed=self._needed)
        return [part for row in rows or [] for whose, part in self._owned(row) if whose == owner]

    def _owned(self, row: object) -> Iterator[tuple[Ref, T | BadRowError]]:
        """Nothing where it does not say whose it is: it can be nobody's then."""
        filled = self._listing.filled(self._entity, row) or {}
        try:
            owner = ref(filled, self._owner)
        except BadRowError:
            return
        if owner is None:
            return
        try:
            yield owner, self._small(filled)
        except BadRowError as error:
            yield owner, BadRowError(f"{self._entity}: {error}")
