"""When those who hold the meetings of a school are taken, as the diaries of its workspace have it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rp_connect.domain.effect import EffectKind
from rp_connect.domain.people import Role
from rp_connect.domain.slots import Stretch
from rp_connect.errors import RpConnectError, TryLaterError
from rp_connect.ports.workspace import Busy
from rp_connect.services.office import Office, School
from rp_connect.services.patience import not_while_shut, shut_as_told

UNREAD = "The diaries could not be read, so somebody may already be taken at these times."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Diaries:
    """`busy` is what stands in them; `note` is a sentence where they could not be read."""

    busy: tuple[Stretch, ...] = ()
    note: str = ""


def read_diaries(office: Office, school: School, days: Sequence[date]) -> Diaries:
    """The diaries of the leads on `days` (in order), and on those on which a lead is away of their cover.

    Never inside a transaction: this asks an outside system, unless that asked for patience. What goes wrong
    there is a note, never a fault: a person can still choose a time.
    """
    try:
        return Diaries(_asked(office, school, _by_holders(school, days)))
    except RpConnectError as error:
        log.warning("%s: diaries could not be read: %s", school.id, error)
    except Exception as error:  # noqa: BLE001 - an adapter is not ours: whatever it does wrong stays its own
        log.warning("%s: diaries could not be read (%s)", school.id, type(error).__name__)
    return Diaries(note=UNREAD)


def _by_holders(school: School, days: Sequence[date]) -> Mapping[tuple[str, ...], Sequence[date]]:
    found: dict[tuple[str, ...], list[date]] = {}
    for day in days:
        found.setdefault(school.settings.holders(Role.LEAD, day), []).append(day)
    return {people: theirs for people, theirs in found.items() if people}


def _asked(
    office: Office, school: School, wanted: Mapping[tuple[str, ...], Sequence[date]]
) -> tuple[Stretch, ...]:
    """A time that the service says to wait holds for whoever writes there, too."""
    if not wanted:
        return ()
    not_while_shut(office, school, EffectKind.MEETING)
    try:
        return tuple(_busy(school, wanted))
    except TryLaterError as fault:
        if fault.retry_after is not None:
            shut_as_told(office, school, EffectKind.MEETING, fault)
        raise


def _busy(school: School, wanted: Mapping[tuple[str, ...], Sequence[date]]) -> Iterator[Stretch]:
    """One call for each group of people, of which there are two where somebody covers in the time."""
    for people, days in wanted.items():
        begins = _midnight(days[0], school.timezone)
        ends = _midnight(days[-1] + timedelta(days=1), school.timezone)
        yield from _on(days, school.workspace().busy(people, begins, ends), school.timezone)


def _on(days: Sequence[date], busy: Sequence[Busy], timezone: ZoneInfo) -> Iterator[Stretch]:
    """Only what lies on `days`: a lead who is away all week does not keep their cover."""
    for day in days:
        begins, ends = _midnight(day, timezone), _midnight(day + timedelta(days=1), timezone)
        for span in busy:
            if span.begins < ends and begins < span.ends:
                yield max(span.begins, begins), min(span.ends, ends)


def _midnight(day: date, timezone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, timezone)
