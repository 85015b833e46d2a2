"""Arbor's change log: what changed in an entity since a revision, deletions too.

Revisions only grow. Where the log begins or ends is nowhere given, so its end is searched for; a long log
comes in parts, so that no more than one of them is ever held.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rp_arbor.client import TOO_MANY, Arbor, TooMany
from rp_arbor.values import id_of
from rp_connect.errors import TryLaterError

LAST = 1 << 60
FIRST_GUESS = 1 << 20


@dataclass(frozen=True, slots=True)
class Change:
    """`key` is None where the log does not say which record it was."""

    key: str | None
    deleted: bool
    revision: int | None


class Feed:
    def __init__(self, arbor: Arbor) -> None:
        self._arbor = arbor
        self._guess = FIRST_GUESS

    def since(self, entity: str, revision: int) -> Iterator[Sequence[Change]]:
        """Changes after `revision`, oldest parts first."""
        answer = self._arbor.changelog(entity, revision)
        if not isinstance(answer, TooMany):
            yield _after(answer, revision)
            return
        first = revision + 1
        yield from self._parts(entity, first, max(self.latest(entity, revision), first))

    def latest(self, entity: str, known: int = 0) -> int:
        """The newest revision of the entity, at least `known`."""
        low, high = known, max(self._guess, known + 1)
        while (answer := self._arbor.changelog(entity, high)) is TOO_MANY:
            low, high = high, 2 * high
            if high > LAST:
                raise TryLaterError(f"Arbor's log of {entity} has no end; it is asked again later.")
        while not (found := _newest(answer)) and high - low > 1:
            middle = (low + high) // 2
            here = self._arbor.changelog(entity, middle)
            if here is TOO_MANY:
                low = middle
                continue
            answer, high = here, middle
        self._guess = max(found or low, 1) + 1
        return max(found or low, known)

    def _parts(self, entity: str, first: int, last: int) -> Iterator[Sequence[Change]]:
        """Each change of these revisions once. They are asked for with one more at either end, since nothing
        says whether an end belongs to what is asked for."""
        answer = self._arbor.changelog(entity, first - 1, last + 1)
        if not isinstance(answer, TooMany):
            changes = _after(answer, first - 1)
            yield [change for change in changes if change.revision is None or change.revision <= last]
        elif first >= last:
            raise TryLaterError(f"One revision of {entity} in Arbor is too long; it is asked again later.")
        else:
            middle = (first + last) // 2
            yield from self._parts(entity, first, middle)
            yield from self._parts(entity, middle + 1, last)


def _newest(answer: object) -> int:
    rows = answer if isinstance(answer, list) else []
    return max((change.revision or 0 for change in map(_change, rows)), default=0)


def _after(rows: Sequence[object], revision: int) -> Sequence[Change]:
    changes = map(_change, rows)
    return [change for change in changes if change.revision is None or change.revision > revision]


def _change(row: object) -> Change:
    found = row if isinstance(row, dict) else {}
    word = found.get("changeType")
    at = found.get("toRevision")
    if isinstance(at, str) and at.isascii() and at.isdigit():
        at = int(at[:18])
    known = isinstance(at, int) and not isinstance(at, bool) and 0 < at < LAST
    deleted = isinstance(word, str) and word.lower().startswith("delet")
    return Change(id_of(found.get("changedObject")), deleted, at if known else None)
