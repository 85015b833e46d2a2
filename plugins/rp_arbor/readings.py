"""Readings of Arbor: a whole one by lists, and what changed by the change log.

The cursor is a revision for each entity of the kind, taken before a whole reading begins: what is typed in
meanwhile comes again. Where the log does not say whose a lost part was, the kind is read whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rp_arbor.attendance import Attendance
from rp_arbor.changed import changed_since
from rp_arbor.client import Arbor, Query
from rp_arbor.exclusions import Exclusions, exclusion_of
from rp_arbor.feed import Feed
from rp_arbor.incidents import Incidents
from rp_arbor.listing import Listing
from rp_arbor.making import SIZE, Making, batches, stones_of
from rp_arbor.people import Pupils, Staff
from rp_arbor.settings import ArborSettings
from rp_arbor.shelf import Shelf
from rp_arbor.terms import read_calendar
from rp_arbor.values import Ref, id_of
from rp_connect.errors import TryLaterError
from rp_connect.ports.mis import Cursor, Kind, Page, Reading, Refusal

MANY = 100
"""More changed marks than this are looked for in the list of recent ones."""
ROUNDS = 3
"""How often a list is read again because records were deleted from it meanwhile."""


class Readings:
    def __init__(self, arbor: Arbor, own: ArborSettings, timezone: ZoneInfo) -> None:
        self._arbor = arbor
        self._own = own
        self._timezone = timezone
        self._listing = Listing(arbor, own.page_size)
        self._feed = Feed(arbor)

    def everything(self, kind: Kind) -> Reading:
        if kind is Kind.CALENDAR:
            return read_calendar(self._listing, self._own)
        shelf = self._shelf(kind)
        if not shelf.granted():
            return Reading(shelf.label, lambda: iter(()), given=False)
        keys = sum(self._listing.count(e, needed=e == shelf.mains[0]) or 0 for e in shelf.mains)
        return self._reading(kind, shelf, None, keys)

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        if kind is Kind.CALENDAR:
            return self.everything(kind)
        known = _revisions(cursor)
        shelf = self._shelf(kind)
        if not shelf.granted():
            return Reading(shelf.label, lambda: iter(()), given=False)
        return self._reading(kind, shelf, known, None)

    def _reading(
        self, kind: Kind, shelf: Shelf, known: Mapping[str, int] | None, keys: int | None
    ) -> Reading:
        """A shelf keeps its parts, so each time pages are asked for there is another."""

        def pages() -> Iterator[Page]:
            fresh = self._shelf(kind)
            fresh.unmapped = shelf.unmapped
            return self._whole(fresh) if known is None else self._since(fresh, known)

        asked = self._is_gone if kind is Kind.SUSPENSION and keys is not None else None
        return Reading(shelf.label, pages, keys=keys, unmapped=shelf.unmapped, confirm_gone=asked)

    def _is_gone(self, name: str) -> bool:
        """By asking for it alone. What is given without contents has not gone; a failure is raised."""
        whose = exclusion_of(name)
        return whose is not None and self._arbor.one(whose.entity, whose.key) is None

    def _shelf(self, kind: Kind) -> Shelf:
        listing, own = self._listing, self._own
        if kind is Kind.PUPIL:
            return Pupils(listing)
        if kind is Kind.STAFF:
            return Staff(listing)
        if kind is Kind.INCIDENT:
            return Incidents(listing, own, self._timezone)
        if kind is Kind.SUSPENSION:
            return Exclusions(listing, own, self._timezone)
        return Attendance(listing, own, self._today())

    def _today(self) -> date:
        return datetime.now(self._timezone).date()

    # ------------------------------------------------------------------ everything

    def _whole(self, shelf: Shelf, read: Mapping[str, int] | None = None) -> Iterator[Page]:
        """The cursor comes with the last page. `read` is how far the logs were read already: what is deleted
        from then on stands in the log only, and is not stepped over."""
        entities = [*shelf.mains, *shelf.parts]
        revisions = {entity: self._feed.latest(entity) for entity in entities} if read is None else read
        self._read_parts(shelf, revisions)
        for entity in shelf.mains:
            yield from self._listed(shelf, entity, revisions[entity])
        yield Page(cursor={"revisions": dict(revisions)})

    def _listed(self, shelf: Shelf, entity: str, revision: int) -> Iterator[Page]:
        """Deletions move rows over the borders of pages, so that a list from which records were deleted
        meanwhile is read again."""
        for _ in range(ROUNDS):
            for rows in self._listing.pages(entity, needed=entity == shelf.mains[0]):
                yield from self._pages(shelf, entity, rows)
            deleted, revision = self._deleted_since(entity, revision)
            if not deleted:
                return
        raise _too_many(entity)

    def _read_parts(self, shelf: Shelf, revisions: Mapping[str, int]) -> None:
        """For the same reason: what belongs to one that was passed over would be taken from it."""
        reached = {entity: revisions[entity] for entity in shelf.parts}
        for _ in range(ROUNDS):
            shelf.read_parts()
            told = {entity: self._deleted_since(entity, at) for entity, at in reached.items()}
            if not any(deleted for deleted, _ in told.values()):
                return
            reached = {entity: at for entity, (_, at) in told.items()}
        raise _too_many(" and ".join(shelf.parts))

    def _deleted_since(self, entity: str, revision: int) -> tuple[bool, int]:
        """Whether any was, and how far the log was read for it."""
        deleted = False
        for part in self._feed.since(entity, revision):
            deleted = deleted or any(change.deleted for change in part)
            revision = max([revision, *(change.revision or 0 for change in part)])
        return deleted, revision

    def _pages(self, shelf: Shelf, entity: str, rows: Sequence[object]) -> Iterator[Page]:
        for start in range(0, len(rows), SIZE):
            made = Making()
            for at, row in enumerate(rows[start : start + SIZE], start=start):
                key = id_of(row)
                if key is None:
                    made.refusals.append(Refusal(f"{entity} row {at + 1} of a page", "it has no id"))
                    continue
                made.add(shelf, Ref(entity, key), self._listing.filled(entity, row))
            yield made.page(self._today())

    # ------------------------------------------------------------------ what changed

    def _since(self, shelf: Shelf, known: Mapping[str, int]) -> Iterator[Page]:
        changed = changed_since(self._feed, shelf, known)
        names = map(shelf.name, changed.gone) if shelf.deletable else ()
        stones = stones_of(names, self._today())
        for start in range(0, len(stones), SIZE):
            yield Page(tombstones=stones[start : start + SIZE])
        if changed.lost:
            yield from self._whole(shelf, changed.revisions)
            return
        yield from self._fetched(shelf, changed.there)
        yield Page(cursor={"revisions": changed.revisions})

    def _fetched(self, shelf: Shelf, wanted: Sequence[Ref]) -> Iterator[Page]:
        left = dict.fromkeys(wanted)
        filters = shelf.recent(wanted[0].entity) if len(wanted) > MANY else None
        if filters is not None:
            yield from self._recent(shelf, wanted[0].entity, filters, left)
        for some in batches(left):
            made = Making()
            for whose in some:
                made.add(shelf, whose, self._arbor.one(whose.entity, whose.key))
            yield made.page(self._today())

    def _recent(self, shelf: Shelf, entity: str, filters: Query, left: dict[Ref, None]) -> Iterator[Page]:
        """What of it the list holds, and takes it from what is left to be asked for."""
        for rows in self._listing.pages_matching(entity, filters):
            found = {whose: row for row in rows if (whose := Ref(entity, id_of(row) or "")) in left}
            yield from self._pages(shelf, entity, list(found.values()))
            for whose in found:
                del left[whose]


def _too_many(what: str) -> TryLaterError:
    return TryLaterError(f"Too many {what} are being deleted in Arbor; they are read again later.")


def _revisions(cursor: Cursor | None) -> Mapping[str, int] | None:
    """None where there is nothing to go on from."""
    held = (cursor or {}).get("revisions")
    if not isinstance(held, dict):
        return None
    return {name: at for name, at in held.items() if isinstance(at, int) and at >= 0}
