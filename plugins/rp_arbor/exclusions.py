"""Suspensions, which Arbor still calls exclusions: fixed-period and permanent ones.

An internal exclusion is no suspension (the pupil is in school): it is kept under its own word, makes no case,
and is named. Ids are unique within one entity of Arbor only, so those of the two others bear its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from rp_arbor.client import Query
from rp_arbor.listing import Listing
from rp_arbor.parts import Parts
from rp_arbor.people import STUDENT
from rp_arbor.settings import ArborSettings
from rp_arbor.shelf import note
from rp_arbor.values import (
    BadRowError,
    Ref,
    Row,
    clock,
    day,
    id_of,
    moment,
    needed_ref,
    number,
    ref,
    shown,
    when,
    words,
)
from rp_connect.domain.calendar import Half
from rp_connect.domain.suspension import Category, Dates, SuspensionRecord

FIXED, PERMANENT, INTERNAL = "FixedPeriodExclusion", "PermanentExclusion", "InternalExclusion"
REASONS, REASON, DFE_REASON = "ExclusionExclusionReason", "ExclusionReason", "UkDfe_ExclusionReason"
_CASES = frozenset(Category)


class Exclusions:
    label = "fixed-period-exclusions"
    mains: Sequence[str] = (FIXED, PERMANENT, INTERNAL)
    parts: Sequence[str] = (REASONS,)

    def __init__(self, listing: Listing, own: ArborSettings, timezone: ZoneInfo) -> None:
        self._listing = listing
        self._own = own
        self._timezone = timezone
        self._more = Parts(listing, REASONS, "exclusion", lambda row: needed_ref(row, "exclusionReason").key)
        self._words: Mapping[str, str] | None = None
        self.unmapped: list[str] = []

    def granted(self) -> bool:
        return self._listing.granted(FIXED)

    def read_parts(self) -> None:
        self._more.read_all()

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
        return SuspensionRecord(
            id=self.name(whose),
            pupil_id=student.key,
            category=self._category(whose.entity, row),
            reasons=self._reasons(whose, row),
            decided=when(row, _DECIDED[whose.entity], self._timezone),
            dates=self._dates(whose.entity, row),
            notice_received=self._notice(row),
        )

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

    def _reasons(self, whose: Ref, row: Row) -> tuple[str, ...]:
        """The main one first, each once, as a DfE code where Arbor gives one, else in Arbor's own word."""
        main = ref(row, "exclusionReason")
        keys = [*([main.key] if main else []), *self._more.of(whose)]
        shown_word = shown(row, "exclusionReason")
        if self._words is None and keys:
            self._words = _codes(self._listing)
        known = self._words or {}
        found = [known.get(key) or (shown_word if main and key == main.key else key) for key in keys]
        return tuple(dict.fromkeys(word for word in found if word))


_DECIDED = {FIXED: "decisionDatetime", PERMANENT: "decisionDatetime", INTERNAL: "issuedDatetime"}


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


def _codes(listing: Listing) -> Mapping[str, str]:
    """Reason id → code. The DfE's (code set D00024) goes before Arbor's export code, code and name."""
    found: dict[str, str] = {}
    for row in _rows(listing, REASON):
        key = id_of(row)
        if key is not None:
            found[key] = words(row, "exportCode") or words(row, "code") or words(row, "exclusionReasonName")
    for row in _rows(listing, DFE_REASON):
        key = id_of(row)
        if key is not None and words(row, "d00024"):
            found[key] = words(row, "d00024")
    return found


def _rows(listing: Listing, entity: str) -> Sequence[Row]:
    return [listing.filled(entity, row) or {} for page in listing.pages(entity) for row in page]
