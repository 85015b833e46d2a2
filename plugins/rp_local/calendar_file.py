"""One .ics file with a task or meeting of ours: read leniently, changed without losing what others put in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, vCalAddress

from rp_local.folder import OUR_REFERENCE, version_of
from rp_local.shelf import only_whole

PRODID = "-//rp-connect//rp_local//EN"
KEY, REVISION = "X-RP-KEY", "X-RP-REVISION"
HIGHEST = 2**31 - 1  # that RFC 5545 has
ADDRESS_CHARACTERS = "@!$&'*+-./=^_`{|}~"

BROKEN = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, OSError)
"""What icalendar raises for broken files; OSError where a time zone is named like a folder of tzdata."""


@dataclass(frozen=True, slots=True, repr=False)
class CalendarFile:
    """`main` is the one VTODO or VEVENT; overrides of single recurrences may stand beside it."""

    calendar: Calendar
    main: Component
    version: str

    @property
    def external_id(self) -> str:
        return uid_of(self.main)

    @property
    def revision(self) -> int | None:
        return whole_number(first(self.main, REVISION))


def read_calendar(data: bytes, key: str, kind: str) -> CalendarFile:
    """Tries all that is read later, so that a broken file is found out before it is changed."""
    with only_whole(BROKEN):
        return parsed(data, key, kind)


def parsed(data: bytes, key: str, kind: str) -> CalendarFile:
    text = data.decode("utf-8-sig").strip()
    if not text.upper().endswith("END:VCALENDAR"):
        raise ValueError("half a file")
    calendar = Calendar.from_ical(text)
    if not isinstance(calendar, Calendar):
        raise ValueError("not a calendar")
    found = [part for part in calendar.walk(kind) if "RECURRENCE-ID" not in part]
    if len(found) != 1:
        raise ValueError("not one task or meeting")
    main = found[0]
    if not is_ours(key, uid_of(main), first(main, KEY)):
        raise ValueError("not ours")
    check_times(main)
    return CalendarFile(calendar, main, version_of(data))


def check_times(main: Component) -> None:
    for value in (*every(main, "DTSTART"), *every(main, "DUE")):
        if not isinstance(value.dt, date):
            raise ValueError("not a day")
    for value in every(main, "DURATION"):
        if not isinstance(value.dt, timedelta):
            raise ValueError("not a length of time")


def uid_of(main: Component) -> str:
    """In small letters, as we gave it: some programs write UUIDs in capitals."""
    return str(first(main, "UID") or "").strip().lower()


def is_ours(key: str, uid: str, marked: object) -> bool:
    """Some calendar programs drop X- properties: then the file's name and the shape of its UID must do."""
    if marked is not None:
        return str(marked) == key and uid != ""
    try:
        return str(UUID(uid)) == uid and OUR_REFERENCE.fullmatch(key) is not None
    except ValueError:
        return False


def new_calendar(main: Component, key: str, uid: str) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID)
    main.add("UID", uid)
    main.add("CREATED", datetime.now(UTC))
    put(main, KEY, key)
    calendar.add_component(main)
    return calendar


def stamp(main: Component, revision: int, now: datetime) -> None:
    """SEQUENCE never falls, even where a calendar program has counted on by itself."""
    counted = whole_number(first(main, "SEQUENCE")) or 0
    if counted >= revision and whole_number(first(main, REVISION)) != revision:
        counted += 1
    put(main, "SEQUENCE", min(max(counted, revision), HIGHEST))
    put(main, REVISION, str(revision))
    put(main, "DTSTAMP", now)
    put(main, "LAST-MODIFIED", now)


def rendered(calendar: Calendar) -> bytes:
    data: bytes = calendar.to_ical(sorted=False)
    return data


def put(component: Component, name: str, value: object | None) -> None:
    """Sets the property, or takes it away with None."""
    component.pop(name, None)
    if value is not None:
        component.add(name, value)


def every(component: Component, name: str) -> list[Any]:
    value = component.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first(component: Component, name: str) -> Any:  # noqa: ANN401 - icalendar has a type for each property
    return next(iter(every(component, name)), None)


def whole_number(value: object) -> int | None:
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdecimal() else None


def local_day(value: date, zone: ZoneInfo) -> date:
    """The day on the school's wall. A time without a zone is one on that wall."""
    if not isinstance(value, datetime):
        return value
    try:
        return (value.astimezone(zone) if value.tzinfo else value).date()
    except OverflowError:  # the first or the last day there is
        return value.date()


def address_of(attendee: object) -> str | None:
    """The mail address behind ATTENDEE, in small letters."""
    scheme, _, rest = str(attendee).strip().partition(":")
    if scheme.lower() != "mailto":
        rest = str(getattr(attendee, "params", {}).get("EMAIL", ""))
    return unquote(rest).strip().lower() or None


def mailto(address: str) -> vCalAddress:
    return vCalAddress("mailto:" + quote(address.strip(), safe=ADDRESS_CHARACTERS, errors="replace"))


def put_people(
    main: Component, addresses: Iterable[str], organiser: str | None, *, keep_answers: bool
) -> None:
    """Those invited, each with the answer they gave where that still stands."""
    held = {address_of(attendee): attendee for attendee in every(main, "ATTENDEE")}
    wanted = list(dict.fromkeys(address.strip().lower() for address in addresses if address.strip()))
    put(main, "ATTENDEE", None)
    for address in wanted:
        attendee = held.get(address) if keep_answers else None
        if attendee is None:
            attendee = mailto(address)
            attendee.params["ROLE"] = "REQ-PARTICIPANT"
            attendee.params["PARTSTAT"] = "NEEDS-ACTION"
        main.add("ATTENDEE", attendee)
    put(main, "ORGANIZER", mailto(organiser or wanted[0]) if wanted else None)
