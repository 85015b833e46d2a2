"""Suspensions, which Arbor still calls exclusions: fixed-period and permanent ones.

An internal exclusion is no suspension (the pupil is in school): it is kept under its own word, makes no case,
and is named. Ids are unique within one entity of Arbor only, so those of the two others bear its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from rp_arbor.client import Query
from rp_arbor.listing import Listing
from rp_arbor.people import STUDENT
from rp_arbor.reasons import DFE_REASON, FURTHER, REASON, Reasons
from rp_arbor.settings import ArborSettings
from rp_arbor.shelf import note
from rp_arbor.values import (
    BadRowError,
    Ref,
    Row,
    clock,
    day,
    is_id,
    moment,
    needed_ref,
    number,
    ref,
    shown,
    when,
)
from rp_connect.domain.calendar import Half
from rp_connect.domain.suspension import Category, Dates, SuspensionRecord

FIXED, PERMANENT, INTERNAL = "FixedPeriodExclusion", "PermanentExclusion", "InternalExclusion"
_CASES = frozenset(Category)
_WANTED = (PERMANENT, FURTHER, REASON, DFE_REASON)


class Exclusions:
    label = "fixed-period-exclusions"
    mains: Sequence[str] = (FIXED, PERMANENT, INTERNAL)
    parts: Sequence[str] = (FURTHER,)
    needs: Sequence[str] = (FIXED,)
    deletable = True

    def __init__(self, listing: Listing, own: ArborSettings, timezone: ZoneInfo) -> None:
        self._listing = listing
        self._own = own
        self._timezone = timezone
        self._reasons = Reasons(listing)
        self._looked = False
        self.unmapped: list[str] = []

    def granted(self) -> bool:
        return self._listing.all_granted(self.needs)

    def read_parts(self) -> None:
        self._reasons.read_parts()

    def owners(self, part: str, key: str) -> Sequence[Ref] | None:
        row = self._listing.arbor.one(part, key)
        try:
            found = ref(row or {}, "exclusion")
        except BadRowError:
            return None
        return None if found is None else [found]

    def name(self, whose: Ref) -> str:
        return whose.key if whose.entity == FIXED else f"{whose.entity}-{whose.key}"

    def refused(self, whose: Ref, row: Row) -> str:
        return self.name(whose)

    def recent(self, entity: str) -> Query | None:
        return None

    def record(self, whose: Ref, row: Row) -> SuspensionRecord:
        student = needed_ref(row, "student")
        if student.entity != STUDENT:
            raise BadRowError("student is no Student")
        self._name_what_is_withheld()
        return SuspensionRecord(
            id=self.name(whose),
            pupil_id=student.key,
            category=self._category(whose.entity, row),
            reasons=self._reasons.of(whose, row),
            decided=when(row, _DECIDED[whose.entity], self._timezone),
            dates=self._dates(whose.entity, row),
            notice_received=self._notice(row),
        )

    def _name_what_is_withheld(self) -> None:
        """Once a reading. A reason may call for the safeguarding lead: that none comes is not that there is
        none."""
        withheld = [] if self._looked else [one for one in _WANTED if not self._listing.granted(one)]
        self._looked = True
        for entity in withheld:
            note(f"{entity} (not granted)", self.unmapped)

    def _notice(self, row: Row) -> date | None:
        told = when(row, "notifiedGuardiansDatetime", self._timezone)
        return told.day if told else None

    def _category(self, entity: str, row: Row) -> str:
        if entity == PERMANENT:
            return Category.PERMANENT
        if entity == INTERNAL:
            word = shown(row, "internalExclusionType") or INTERNAL
            word = f"{INTERNAL} ({word})" if word in _CASES else word
            note(word, self.unmapped)
            return word
        begins, ends = clock(row, "dailyStartTime"), clock(row, "dailyEndTime")
        if begins is None or ends is None or begins == ends:
            return Category.SUSPENSION
        lunch = self._own.lunchtime
        if lunch is None:
            note("dailyStartTime, dailyEndTime (lunchtime is not configured)", self.unmapped)
            return Category.SUSPENSION
        return Category.LUNCHTIME if lunch[0] <= begins < ends <= lunch[1] else Category.SUSPENSION

    def _dates(self, entity: str, row: Row) -> Dates:
        if entity == PERMANENT:
            return Dates(start=day(row, "fromDate"))
        if entity == INTERNAL:
            return Dates(start=day(row, "issuedDatetime"))
        begins, ends = self._local(row, "fromDatetime"), self._local(row, "untilDatetime")
        if begins and ends and ends < begins and ends.date() < begins.date():
            raise BadRowError("untilDatetime is before fromDatetime")
        midday = self._own.midday
        return Dates(
            start=begins.date() if begins else None,
            start_half=_half(begins, late=bool(begins and begins.time() >= midday)),
            end=ends.date() if ends else None,
            end_half=_half(ends, late=bool(ends and ends.time() > midday)),
            sessions=_sessions(row),
        )

    def _local(self, row: Row, name: str) -> datetime | None:
        """On the school's clock."""
        found = moment(row, name)
        return found.astimezone(self._timezone).replace(tzinfo=None) if found and found.tzinfo else found


_DECIDED = {FIXED: "decisionDatetime", PERMANENT: "decisionDatetime", INTERNAL: "issuedDatetime"}


def exclusion_of(name: str) -> Ref | None:
    """What `Exclusions.name` calls so; None for what is no id of Arbor's."""
    entity = next((one for one in (PERMANENT, INTERNAL) if name.startswith(f"{one}-")), FIXED)
    key = name if entity == FIXED else name.removeprefix(f"{entity}-")
    return Ref(entity, key) if is_id(key) else None


def _half(at: datetime | None, *, late: bool) -> Half | None:
    """Midnight says nothing of the half."""
    if at is None or at.time() == time.min:
        return None
    return Half.PM if late else Half.AM


def _sessions(row: Row) -> int | None:
    """Half days: the school's own count, else twice the statistical days. None or nought: unknown."""
    own = number(row, "schoolDefinedSessionsExcluded")
    days = number(row, "statisticalDaysExcluded")
    found = own if own else 2 * days if days else 0.0
    if found != int(found):
        raise BadRowError("it does not count whole sessions")
    return int(found) or None
