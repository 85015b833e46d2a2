"""A meeting as an Outlook event: what a new one has, and what of one that stands there must change.

Two extended properties of ours mark it: our key, by which it is found, and its state (revision, a mark of the
list of those invited, and whether an online room was asked for). No name stands anywhere in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from html import escape
from typing import Any
from uuid import UUID, uuid5

from rp_connect.errors import RpConnectError
from rp_connect.ports.workspace import WorkspaceMeeting
from rp_microsoft365.plain_text import one_line
from rp_microsoft365.time_zones import local_stamp, read_stamp

NAMESPACE = UUID("5f1f6f0a-3c0e-4d6b-9a3e-6d0b7c2f4e81")
"""Ours alone: of the extended properties and of what a transaction's id is made from."""
KEY = f"String {{{NAMESPACE}}} Name rp-connect-key"
STATE = f"String {{{NAMESPACE}}} Name rp-connect-state"
PROPERTIES = "singleValueExtendedProperties"
READ = (
    "id,changeKey,createdDateTime,subject,body,start,end,location,attendees,hideAttendees,isCancelled,"
    "isOnlineMeeting,onlineMeetingProvider,onlineMeeting"
)
"""What `changes`, `revision_of` and the online room look at."""
REMIND_BEFORE_MIN = 15
TEAMS = "teamsForBusiness"
LONGEST_KEY = 200
LONGEST_LINE = 255
_ONLINE = "online"
_FOR_STAFF = "Its page, for staff: "
Event = Mapping[str, Any]


def new_event(meeting: WorkspaceMeeting) -> dict[str, Any]:
    """The body of the POST. Raises ConfigError for a timezone that Outlook has no name for.

    `transactionId` is that of this key at this revision: the same write again makes no second event, and a
    meeting that is set again after it was cancelled is a new one.
    """
    _check_key(meeting.key)
    return {
        "subject": _line(meeting.title),
        "body": {"contentType": "html", "content": _words(meeting)},
        **_times(meeting),
        **({"location": {"displayName": _line(meeting.place)}} if meeting.place else {}),
        "attendees": _attendees(meeting),
        "hideAttendees": meeting.apart,
        "responseRequested": True,
        "sensitivity": "private",
        "showAs": "busy",
        "isReminderOn": True,
        "reminderMinutesBeforeStart": REMIND_BEFORE_MIN,
        **(_room() if meeting.online else {}),
        "transactionId": str(uuid5(NAMESPACE, f"{meeting.key} {meeting.revision}")),
        PROPERTIES: [{"id": KEY, "value": meeting.key}, _state(meeting)],
    }


def changes(held: Event, meeting: WorkspaceMeeting) -> dict[str, Any]:
    """The body of the PATCH: only what differs, since Outlook writes to everybody about what is sent.

    Whom a person added in Outlook stays until our own list changes. The body is touched only to take the
    link out: Outlook keeps the way into the online room there, and rewriting it would lose the room.
    """
    return {
        **({"subject": _line(meeting.title)} if held.get("subject") != _line(meeting.title) else {}),
        **({} if _same_times(held, meeting) else _times(meeting)),
        **({} if _same_place(held, meeting) else {"location": {"displayName": _line(meeting.place)}}),
        **({} if _same_people(held, meeting) else {"attendees": _attendees(meeting)}),
        **({} if bool(held.get("hideAttendees")) == meeting.apart else {"hideAttendees": meeting.apart}),
        **(_room() if meeting.online and not has_room(held) else {}),
        **_without_link(held, meeting),
        PROPERTIES: [_state(meeting)],
    }


def has_room(event: Event) -> bool:
    """Graph may answer that all is well and have made a meeting without its room."""
    return bool(event.get("isOnlineMeeting")) and event.get("onlineMeetingProvider") == TEAMS


def join_url(event: Event) -> str:
    return str((event.get("onlineMeeting") or {}).get("joinUrl") or "")


def has_attendees(event: Event) -> bool:
    return bool(event.get("attendees"))


def is_gone(event: Event) -> bool:
    """Some mailboxes keep a cancelled event: for us it is no longer there."""
    return bool(event.get("isCancelled"))


def revision_of(event: Event) -> int | None:
    revision = _state_of(event)[0]
    return int(revision) if revision.isdigit() else None


def room_was_asked_for(event: Event) -> bool:
    return _ONLINE in _state_of(event)[1:]


def _check_key(key: str) -> None:
    """A key that is cut or cleaned to fit would be another's."""
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        raise RpConnectError(f"A meeting has a key that a calendar cannot bear: {key[:40]!r}.")


def _line(text: str) -> str:
    """As long as Outlook shows it."""
    return one_line(text)[:LONGEST_LINE]


def _state_of(event: Event) -> list[str]:
    values = {str(each["id"]).casefold(): str(each["value"]) for each in event.get(PROPERTIES) or ()}
    return values.get(STATE.casefold(), "").split() or [""]


def _state(meeting: WorkspaceMeeting) -> dict[str, str]:
    marks = [str(meeting.revision), _list_mark(meeting), *([_ONLINE] if meeting.online else [])]
    return {"id": STATE, "value": " ".join(marks)}


def _list_mark(meeting: WorkspaceMeeting) -> str:
    """The same for the same addresses."""
    listed = "\n".join(sorted(address.casefold() for address in meeting.invited))
    return uuid5(NAMESPACE, listed).hex[:12]


def _times(meeting: WorkspaceMeeting) -> dict[str, Any]:
    ends = meeting.at + timedelta(minutes=meeting.minutes)
    return {"start": local_stamp(meeting.at, meeting.timezone), "end": local_stamp(ends, meeting.timezone)}


def _same_times(held: Event, meeting: WorkspaceMeeting) -> bool:
    ends = meeting.at + timedelta(minutes=meeting.minutes)
    return (read_stamp(held["start"]), read_stamp(held["end"])) == (meeting.at, ends)


def _same_place(held: Event, meeting: WorkspaceMeeting) -> bool:
    """Outlook writes the online room behind a place, and in the place of one that is not given."""
    shown = str((held.get("location") or {}).get("displayName") or "")
    place = _line(meeting.place)
    if has_room(held) and not place:
        return True
    return shown == place or (bool(place) and shown.startswith(f"{place};"))


def _attendees(meeting: WorkspaceMeeting) -> list[dict[str, Any]]:
    return [{"emailAddress": {"address": address}, "type": "required"} for address in meeting.invited]


def _same_people(held: Event, meeting: WorkspaceMeeting) -> bool:
    """Our list is the one that we wrote last: whom a person added or took off in Outlook is theirs to say."""
    return _list_mark(meeting) in _state_of(held)[1:]


def _room() -> dict[str, Any]:
    return {"isOnlineMeeting": True, "onlineMeetingProvider": TEAMS}


def _words(meeting: WorkspaceMeeting) -> str:
    """The case's reference; the link goes to staff only, so never where a family reads it."""
    link = "" if meeting.apart or not meeting.link else f"<p>{_FOR_STAFF}{escape(meeting.link)}</p>"
    return f"<p>Case {escape(meeting.key.partition('.')[0])}</p>{link}"


def _without_link(held: Event, meeting: WorkspaceMeeting) -> dict[str, Any]:
    body = held.get("body") or {}
    content = str(body.get("content") or "")
    link = escape(meeting.link)
    if not (meeting.apart and link and link in content):
        return {}
    kept = re.sub(rf"({re.escape(_FOR_STAFF)})?{re.escape(link)}", "", content)
    return {"body": {"contentType": body.get("contentType") or "html", "content": kept}}
