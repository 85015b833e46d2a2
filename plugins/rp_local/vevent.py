"""A meeting as a file of one VEVENT, at the time on the school's wall on either side of a clock change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Component, Event

from rp_connect.ports.workspace import WorkspaceMeeting
from rp_local.calendar_file import (
    CalendarFile,
    first,
    new_calendar,
    put,
    put_people,
    read_calendar,
    rendered,
    stamp,
)
from rp_local.timezones import vtimezone
from rp_local.wording import one_line


@dataclass(frozen=True)
class VEvent:
    organiser: str | None

    def marks(self, data: bytes, key: str) -> CalendarFile:
        return read_calendar(data, key, "VEVENT")

    def new(self, item: WorkspaceMeeting, external_id: str) -> bytes:
        event = Event()
        calendar = new_calendar(event, item.key, external_id)
        self._fill(calendar, event, item)
        return rendered(calendar)

    def changed(self, held: bytes, item: WorkspaceMeeting) -> bytes:
        file = self.marks(held, item.key)
        self._fill(file.calendar, file.main, item)
        return rendered(file.calendar)

    def _fill(self, calendar: Calendar, event: Component, meeting: WorkspaceMeeting) -> None:
        moved = put_time(calendar, event, meeting)
        put(event, "SUMMARY", one_line(meeting.title))
        put(event, "LOCATION", one_line(meeting.place) or None)
        put(event, "STATUS", "CANCELLED" if meeting.cancelled else "CONFIRMED")
        put_people(event, meeting.invited, self.organiser, keep_answers=not moved)
        stamp(event, meeting.revision, datetime.now(UTC))


def put_time(calendar: Calendar, event: Component, meeting: WorkspaceMeeting) -> bool:
    """Whether it moved: then nobody has answered yet."""
    start = meeting.at.astimezone(meeting.timezone)
    end = (meeting.at + timedelta(minutes=meeting.minutes)).astimezone(meeting.timezone)
    held = first(event, "DTSTART")
    put(event, "DURATION", None)
    put(event, "DTSTART", start)
    put(event, "DTEND", end)
    others = [part for part in calendar.subcomponents if not is_zone(part, meeting.timezone.key)]
    if meeting.timezone.key in calendar.get_used_tzids():
        others.insert(0, vtimezone(meeting.timezone, start.year))
    calendar.subcomponents = others
    return held is None or held.dt != start


def is_zone(part: Component, tzid: str) -> bool:
    return part.name == "VTIMEZONE" and str(first(part, "TZID")) == tzid
