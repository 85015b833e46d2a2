"""Meetings as one VEVENT a file, at the time on the school's wall on either side of a clock change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from icalendar import Calendar, Component, Event

from rp_connect.ports.workspace import WorkspaceMeeting, Written
from rp_local.calendar_file import (
    UNREADABLE,
    CalendarFile,
    first,
    new_calendar,
    put,
    put_people,
    read_calendar,
    rendered,
    stamp,
)
from rp_local.folder import Folder, version_of
from rp_local.timezones import vtimezone
from rp_local.wording import one_line


class LocalMeetings:
    def __init__(self, folder: Folder, organiser: str | None) -> None:
        self._folder = folder
        self._organiser = organiser

    def find(self, key: str) -> Written | None:
        data = self._folder.read(key)
        return None if data is None else self._understood(data, key).written()

    def create(self, meeting: WorkspaceMeeting) -> Written:
        now, uid = datetime.now(UTC), str(uuid4())
        event = Event()
        calendar = new_calendar(event, meeting.key, uid, now)
        self._fill(calendar, event, meeting, now)
        data = rendered(calendar)
        self._folder.create(meeting.key, data)
        return Written(uid, version_of(data), meeting.revision)

    def update(self, external_id: str, meeting: WorkspaceMeeting) -> Written:
        held = self._folder.read(meeting.key)
        if held is None:
            raise self._folder.gone(meeting.key)
        file = self._understood(held, meeting.key)
        if file.external_id != external_id:
            raise self._folder.gone(meeting.key)
        if (file.revision or 0) > meeting.revision:
            raise self._folder.newer(meeting.key, meeting.revision)
        self._fill(file.calendar, file.main, meeting, datetime.now(UTC))
        data = rendered(file.calendar)
        self._folder.replace(meeting.key, data, held)
        return Written(external_id, version_of(data), meeting.revision)

    def _understood(self, data: bytes, key: str) -> CalendarFile:
        try:
            return read_calendar(data, key, "VEVENT")
        except UNREADABLE:
            raise self._folder.unreadable(key) from None

    def _fill(self, calendar: Calendar, event: Component, meeting: WorkspaceMeeting, now: datetime) -> None:
        moved = put_time(calendar, event, meeting)
        put(event, "SUMMARY", one_line(meeting.title))
        put(event, "LOCATION", one_line(meeting.place) or None)
        put(event, "STATUS", "CANCELLED" if meeting.cancelled else "CONFIRMED")
        put_people(event, meeting.invited, self._organiser, keep_answers=not moved)
        stamp(event, meeting.revision, now)


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
