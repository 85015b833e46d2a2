"""Readings of Arbor: a whole one by lists, and what changed by the change log.

The cursor is a revision for each entity of the kind, taken before a whole reading begins: what is typed in
meanwhile comes again. Where the log does not say whose a lost part was, the kind is read whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rp_arbor.attendance import Attendance
from rp_arbor.client import Arbor
from rp_arbor.exclusions import Exclusions
from rp_arbor.feed import Feed
from rp_arbor.incidents import Incidents
from rp_arbor.listing import Listing
from rp_arbor.people import Pupils, Staff
from rp_arbor.settings import ArborSettings
from rp_arbor.shelf import Shelf
from rp_arbor.terms import read_calendar
from rp_arbor.values import BadRowError, Ref, Row, id_of
from rp_connect.domain.when import When
from rp_connect.errors import TryLaterError
from rp_connect.ports.mis import Cursor, Kind, Page, Reading, Record, Refusal, Tombstone

SIZE = 1000
MANY = 100
"""More changed marks than this are looked for in the list of recent ones."""
ROUNDS = 3
"""How often a list is read again because records were deleted from it meanwhile."""


@dataclass(slots=True)
class Changed:
    """What the change log says of a kind; `lost` where it does not say enough."""

    mains: dict[Ref, bool] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    lost: bool = False

    @property
    def gone(self) -> list[Ref]:
        return [whose for whose, there in self.mains.items() if not there]

    @property
    def there(self) -> list[Ref]:
        return [whose for whose, there in self.mains.items() if there]


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

        return Reading(shelf.label, pages, keys=keys, unmapped=shelf.unmapped)

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

    def _whole(self, shelf: Shelf, known: Mapping[str, int] | None = None) -> Iterator[Page]:
        """The cursor comes with the last page. Deletions move rows over the borders of pages, so that a list
        from which records were deleted meanwhile is read again."""
        entities = [*shelf.mains, *shelf.parts]
        revisions = {entity: self._feed.latest(entity, (known or {}).get(entity, 0)) for entity in entities}
        shelf.read_parts()
        for entity in shelf.mains:
            yield from self._listed(shelf, entity, revisions[entity])
        yield Page(cursor={"revisions": revisions})

    def _listed(self, shelf: Shelf, entity: str, revision: int) -> Iterator[Page]:
        for _ in range(ROUNDS):
            for rows in self._listing.pages(entity, needed=entity == shelf.mains[0]):
                yield from self._pages(shelf, entity, rows)
            deleted = False
            for part in self._feed.since(entity, revision):
                deleted = deleted or any(change.deleted for change in part)
                revision = max([revision, *(change.revision or 0 for change in part)])
            if not deleted:
                return
        raise TryLaterError(f"Too many {entity} are being deleted in Arbor; they are read again later.")

    def _pages(self, shelf: Shelf, entity: str, rows: Sequence[object]) -> Iterator[Page]:
        for start in range(0, len(rows), SIZE):
            made = _Made()
            for at, row in enumerate(rows[start : start + SIZE], start=start):
                key = id_of(row)
                if key is None:
                    made.refusals.append(Refusal(f"{entity} row {at + 1} of a page", "it has no id"))
                    continue
                made.add(shelf, Ref(entity, key), self._listing.filled(entity, row))
            yield made.page(self._today())

    # ------------------------------------------------------------------ what changed

    def _since(self, shelf: Shelf, known: Mapping[str, int]) -> Iterator[Page]:
        changed = self._changed(shelf, known)
        stones = [Tombstone(shelf.name(whose), When(self._today())) for whose in changed.gone]
        if shelf.label.startswith("attendance"):
            stones = []  # a mark has no name by which it could be taken away
        if changed.lost:
            if stones:
                yield Page(tombstones=stones)
            yield from self._whole(shelf, known)
            return
        for start in range(0, len(stones), SIZE):
            yield Page(tombstones=stones[start : start + SIZE])
        yield from self._fetched(shelf, changed.there)
        yield Page(cursor={"revisions": changed.revisions})

    def _changed(self, shelf: Shelf, known: Mapping[str, int]) -> Changed:
        found = Changed()
        for entity in (*shelf.mains, *shelf.parts):
            revision = known.get(entity, 0)
            touched: dict[str, bool] = {}
            for part in self._feed.since(entity, revision):
                for change in part:
                    if change.key is None or change.revision is None:
                        found.lost = True
                        continue
                    touched.pop(change.key, None)
                    touched[change.key] = not change.deleted
                    revision = max(revision, change.revision)
            found.revisions[entity] = revision
            self._note(shelf, entity, touched, found)
        return found

    def _note(self, shelf: Shelf, entity: str, touched: Mapping[str, bool], found: Changed) -> None:
        for key, there in touched.items():
            if entity in shelf.mains:
                found.mains[Ref(entity, key)] = there
                continue
            owners = shelf.owners(entity, key) if there and not found.lost else None
            found.lost = found.lost or owners is None
            for whose in owners or ():
                if whose.entity in shelf.mains:
                    found.mains.setdefault(whose, True)

    def _fetched(self, shelf: Shelf, wanted: Sequence[Ref]) -> Iterator[Page]:
        left = dict.fromkeys(wanted)
        filters = shelf.recent(wanted[0].entity) if len(wanted) > MANY else None
        if filters is not None:
            rows = self._listing.matching(wanted[0].entity, filters) or []
            found = [row for row in rows if Ref(wanted[0].entity, id_of(row) or "") in left]
            yield from self._pages(shelf, wanted[0].entity, found)
            for row in found:
                left.pop(Ref(wanted[0].entity, id_of(row) or ""), None)
        for some in _batches(left):
            made = _Made()
            for whose in some:
                made.add(shelf, whose, self._arbor.one(whose.entity, whose.key))
            yield made.page(self._today())


@dataclass(slots=True)
class _Made:
    """A page in the making."""

    records: list[Record] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def add(self, shelf: Shelf, whose: Ref, row: Row | None) -> None:
        """None is a record that has gone since it was named."""
        if row is None:
            self.gone += [] if shelf.label.startswith("attendance") else [shelf.name(whose)]
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
        stones = [Tombstone(name, When(today)) for name in self.gone]
        return Page(records=self.records, refusals=self.refusals, tombstones=stones)


def _batches(wanted: Iterable[Ref]) -> Iterator[list[Ref]]:
    found = list(wanted)
    yield from (found[start : start + SIZE] for start in range(0, len(found), SIZE))


def _revisions(cursor: Cursor | None) -> Mapping[str, int] | None:
    """None where there is nothing to go on from."""
    held = (cursor or {}).get("revisions")
    if not isinstance(held, dict):
        return None
    return {name: at for name, at in held.items() if isinstance(at, int) and at >= 0}
