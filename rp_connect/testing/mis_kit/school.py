"""A school as an MIS holds it at one moment: the records that an adapter should give, kind by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Period
from rp_connect.domain.incident import IncidentRecord, IncidentRole
from rp_connect.domain.people import PupilRecord, StaffRecord
from rp_connect.domain.suspension import SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.ports.mis import Kind, Record

_PLACES = {
    Kind.CALENDAR: "periods",
    Kind.PUPIL: "pupils",
    Kind.STAFF: "staff",
    Kind.INCIDENT: "incidents",
    Kind.SUSPENSION: "suspensions",
    Kind.ATTENDANCE: "marks",
}
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class School:
    periods: tuple[Period, ...] = ()
    pupils: tuple[PupilRecord, ...] = ()
    staff: tuple[StaffRecord, ...] = ()
    incidents: tuple[IncidentRecord, ...] = ()
    suspensions: tuple[SuspensionRecord, ...] = ()
    marks: tuple[Mark, ...] = ()

    def of(self, kind: Kind) -> tuple[Record, ...]:
        records: tuple[Record, ...] = getattr(self, _PLACES[kind])
        return records

    def having(self, kind: Kind, records: Iterable[Record]) -> School:
        """The same school with other records of one kind."""
        changed: dict[str, Any] = {_PLACES[kind]: tuple(records)}
        return replace(self, **changed)

    def without(self, lacks: Iterable[str]) -> School:
        """As an MIS holds it that has no such fields: "suspension.dates.start", "incident.occurred.at"."""
        found = self
        for path in lacks:
            kind, *names = path.split(".")
            found = found.having(Kind(kind), [blank(one, names) for one in found.of(Kind(kind))])
        return found

    def on_the_clock_of(self, timezone: ZoneInfo) -> School:
        """As a school in `timezone` sees it: a moment may be on another day there, a bare date never is."""
        found = self
        for kind in (Kind.INCIDENT, Kind.SUSPENSION):
            found = found.having(kind, [_moved(record, timezone) for record in found.of(kind)])
        return found

    def __repr__(self) -> str:
        return f"<School of {len(self.pupils)} pupils>"


def key_of(record: Record) -> str:
    """What a record is called in a refusal: its id, and for a mark "pupil/day/half"."""
    if isinstance(record, Mark):
        return f"{record.pupil_id}/{record.day}/{record.half.name}"
    return f"{record.kind}/{record.first}" if isinstance(record, Period) else record.id


def blank(thing: Any, names: Sequence[str]) -> Any:  # noqa: ANN401 - a record, or whatever is in one
    """`thing` where the field at the end of the path says nothing."""
    if isinstance(thing, tuple) and not isinstance(thing, Mark):
        return tuple(blank(one, names) for one in thing)
    if thing is None:
        return None
    name, *rest = names
    value = blank(getattr(thing, name), rest) if rest else _nothing(thing, name)
    return (
        thing.model_copy(update={name: value})
        if isinstance(thing, BaseModel)
        else replace(thing, **{name: value})
    )


def _nothing(thing: Any, name: str) -> object:  # noqa: ANN401 - a record, or whatever is in one
    if name == "role":
        return IncidentRole.AFFECTED
    if isinstance(thing, BaseModel):
        return type(thing).model_fields[name].get_default()
    return next(field.default for field in fields(thing) if field.name == name)


def _moved(record: Any, timezone: ZoneInfo) -> Any:  # noqa: ANN401 - one of the records with moments
    moments = {
        name: When.of_moment(value.at, timezone)
        for name in type(record).model_fields
        if isinstance(value := getattr(record, name), When) and value.at is not None
    }
    return record.model_copy(update=moments)


def differences(given: Iterable[Record], expected: Iterable[Record]) -> list[str]:
    """What is amiss, record by record, by key and by the names of fields; empty where nothing is."""
    given, expected = list(given), list(expected)
    if Counter(given) == Counter(expected):
        return []
    return sorted(_told(given, expected))


def _told(given: list[Record], expected: list[Record]) -> Iterator[str]:
    held = {key_of(record): record for record in expected}
    times = Counter(map(key_of, given))
    yield from (f"{key} is missing" for key in held if key not in times)
    yield from (f"{key} is there {count} times" for key, count in times.items() if count > 1)
    for record in given:
        key = key_of(record)
        if key not in held:
            yield f"{key} is nobody's"
        elif record != held[key]:
            yield f"{key} is not as the school has it: {', '.join(_fields_apart(record, held[key]))}"


def _fields_apart(one: Record, other: Record) -> list[str]:
    return [name for name in _names(one) if getattr(one, name) != getattr(other, name, None)]


def _names(record: Record) -> list[str]:
    if isinstance(record, Mark):
        return list(record._fields)
    if is_dataclass(record):
        return [field.name for field in fields(record)]
    return list(type(record).model_fields)
