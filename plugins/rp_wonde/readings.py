"""Readings of Wonde, kind by kind. A watermark lies an hour before the reading began; what is read twice
changes nothing. Wonde has no term dates, so there is no calendar here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rp_connect.ports.mis import Cursor, Kind, Page, Reading, Refusal, Tombstone
from rp_wonde.batches import LARGEST, Held, Item, ToItems, items_of, pages_of
from rp_wonde.behaviours import Incidents
from rp_wonde.client import Row, Wonde
from rp_wonde.deletions import TYPES, deletions_of
from rp_wonde.exclusions import Suspensions
from rp_wonde.faults import NotGrantedError
from rp_wonde.people import staff_of
from rp_wonde.pupils import PupilReadings
from rp_wonde.register import RegisterReadings
from rp_wonde.roll import Roll
from rp_wonde.settings import WondeSettings
from rp_wonde.watermark import PAST, done_at, past_start, since_of


class _List(NamedTuple):
    """What is asked of Wonde for a kind, and what its rows become."""

    path: str
    params: Mapping[str, str]
    to_items: ToItems
    unmapped: list[str]


class Readings:
    """One reading each time it is asked; nothing is kept between two."""

    def __init__(self, wonde: Wonde, own: WondeSettings, zone: ZoneInfo) -> None:
        self._wonde = wonde
        self._own = own
        self._zone = zone

    def roll(self, *, checks: bool = False) -> Roll:
        return Roll(self._wonde, self._zone, past_start(self._wonde.now()), checks=checks)

    def changes(self, kind: Kind, cursor: Cursor | None) -> Reading:
        """Page by page as it is wanted; without a cursor everything."""
        since, done = since_of(cursor), done_at(self._wonde.now())
        try:
            if kind is Kind.CALENDAR:
                return _not_given("term dates")
            if kind is Kind.PUPIL:
                return self._pupils().changes(since, cursor, done)
            if kind is Kind.ATTENDANCE:
                return RegisterReadings(self._wonde, self._zone, self.roll(), self._own).read(since)
            return self._changes(kind, since, done)
        except NotGrantedError as refused:
            return _not_given(refused.what)

    def everything(self, kind: Kind) -> Reading:
        """With its number of keys, marks apart: nobody counts them for us, and a year of them is too many to
        be held."""
        done = done_at(self._wonde.now())
        try:
            if kind in (Kind.CALENDAR, Kind.ATTENDANCE):
                return self.changes(kind, None)
            if kind is Kind.PUPIL:
                return self._pupils().everything(done)
            return self._everything(kind, done)
        except NotGrantedError as refused:
            return _not_given(refused.what)

    def _changes(self, kind: Kind, since: str | None, done: Cursor) -> Reading:
        of = self._list(kind, self.roll())
        params = {**of.params, **({"updated_after": since} if since else {})}
        read = items_of(self._wonde.rows(of.path, params), of.to_items)
        items = chain(read, self._deletions(kind, since) if since else ())
        first = next(items, None)
        if first is None and since:
            return Reading(of.path, _nothing, unchanged=True)
        began = items if first is None else chain([first], items)
        return Reading(of.path, lambda: pages_of(began, self._own.per_page, done), unmapped=of.unmapped)

    def _everything(self, kind: Kind, done: Cursor) -> Reading:
        """What was deleted lately comes with it, with the moments that Wonde gives."""
        of = self._list(kind, self.roll(checks=True))
        held = Held(self._wonde.documents(of.path, of.params), of.path)
        told = list(self._deletions(kind, past_start(self._wonde.now())))
        gone = [item for item in told if not (isinstance(item, Tombstone) and item.id in held.keys)]
        return Reading(
            of.path,
            lambda: pages_of(chain(items_of(held.rows(), of.to_items), gone), LARGEST, done),
            keys=held.count,
            unmapped=of.unmapped,
            confirm_gone=self._confirm(of.path) if kind is Kind.SUSPENSION else None,
        )

    def _list(self, kind: Kind, roll: Roll) -> _List:
        now = self._wonde.now()
        oldest = now.astimezone(self._zone).date() - PAST
        if kind is Kind.INCIDENT:
            incidents = Incidents(self._own, self._zone, roll, oldest)
            asked = {"include": "students", "updated_after": past_start(now)}
            return _List("behaviours", asked, incidents.read, incidents.unmapped)
        if kind is Kind.SUSPENSION:
            suspensions = Suspensions(self._own, self._zone, roll, oldest)
            return _List("exclusions", {"include": "student"}, suspensions.read, suspensions.unmapped)
        return _List("employees", {"include": "contact_details"}, _staff, [])

    def _pupils(self) -> PupilReadings:
        return PupilReadings(self._wonde, self._zone, self.roll(), self._own.per_page)

    def _deletions(self, kind: Kind, since: str) -> Iterator[Tombstone | Refusal]:
        if kind in TYPES:
            yield from deletions_of(self._wonde, kind, since, self._zone)

    def _confirm(self, path: str) -> Callable[[str], bool]:
        """By asking for it alone. Whatever else Wonde says confirms nothing and is raised."""
        return lambda key: self._wonde.gone(f"{path}/{key}")


def _staff(row: Row) -> Iterator[Item]:
    record = staff_of(row)
    if record is not None:
        yield record


def _not_given(what: str) -> Reading:
    return Reading(what, _nothing, given=False)


def _nothing() -> Iterator[Page]:
    return iter(())
