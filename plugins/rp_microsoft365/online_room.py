"""The Teams room of a meeting: was it made, and who waits in its lobby."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from rp_connect.errors import GoneError, RpConnectError, TryLaterError, UnclearError
from rp_connect.ports.workspace import WorkspaceMeeting
from rp_microsoft365.event_body import Event, has_room, join_url, room_was_asked_for
from rp_microsoft365.graph import Graph, ask_each
from rp_microsoft365.permissions import Permission
from rp_microsoft365.request import Answer, Request, Service

NO_ROOM = (
    "The meeting was made without its Teams room: Microsoft 365 does not give the organiser’s mailbox one."
    " Ask your administrator to allow Teams meetings for it, or set the meeting with a place."
)
ROOM_STAYS = (
    "The invitation still has its Teams room, which Outlook cannot take out. Tell those invited where you"
    " meet, or cancel this meeting and set it again."
)
LOBBY = (
    "The Teams room’s lobby and recording are as your Teams policy has them, because they could not be set."
)
OPTIONS = {
    "lobbyBypassSettings": {"scope": "organization", "isDialInBypassEnabled": False},
    "allowedPresenters": "organization",
    "recordAutomatically": False,
    "allowRecording": False,
    "allowTranscription": False,
}
"""The school's own people go in and let the others in; who comes from outside waits. Nothing is recorded."""
NOWHERE = "https://teams.microsoft.com/l/meetup-join/rp-connect-check"
KNOWN_WITHIN = timedelta(minutes=15)
"""A room that Teams does not know so long after its event was made is one that it never will."""
Made = tuple[WorkspaceMeeting, Event]
Said = str | RpConnectError
"""What is otherwise than asked for, or an error that may pass: then it is to be tried again."""


class TeamsRooms:
    """`lobby`: set what `OPTIONS` says, which needs a permission and a policy of its own. A refusal is a
    sentence about a meeting that stands, never a meeting that failed."""

    def __init__(self, graph: Graph, organizer: str, *, lobby: bool) -> None:
        self._graph = graph
        self._organizer = organizer
        self.lobby = lobby
        self._owner = ""

    def warnings(self, made: Sequence[Made]) -> Sequence[Said]:
        """What is otherwise than asked for with each of these events, as Graph has just answered them."""
        wrong: list[Said] = [shortfall(meeting.online, event) for meeting, event in made]
        open_rooms = [
            place for place, (meeting, event) in enumerate(made) if meeting.online and not wrong[place]
        ]
        if not self.lobby or not open_rooms:
            return wrong
        faults = self._set_lobbies([made[place][1] for place in open_rooms])
        for place, fault in zip(open_rooms, faults, strict=True):
            wrong[place] = _said(fault, made[place][1])
        return wrong

    def look(self) -> list[str]:
        """For `check`: raises AccessError where rooms may not be looked up, which setting a lobby needs."""
        if self.lobby:
            with suppress(GoneError):  # there is no such room, as was to be expected
                self._graph.ask(_look_for(self._owner_id(), NOWHERE))
        return []

    def _set_lobbies(self, events: Sequence[Event]) -> list[Answer | RpConnectError]:
        try:
            owner = self._owner_id()
        except RpConnectError as error:
            return [error] * len(events)
        found = ask_each(self._graph, [_look_for(owner, join_url(event)) for event in events])
        rooms = [_room_id(*pair) for pair in zip(events, found, strict=True)]
        ends = iter(ask_each(self._graph, [_options(owner, room) for room in rooms if isinstance(room, str)]))
        return [next(ends) if isinstance(room, str) else room for room in rooms]

    def _owner_id(self) -> str:
        """Online meetings are found under their organiser's object id only. (reference 2.2)"""
        if not self._owner:
            path = f"/users/{quote(self._organizer, safe='@')}?$select=id"
            found = self._graph.ask(Request(Service.DIRECTORY, "GET", path, Permission.PEOPLE)).body
            if not found.get("id"):
                raise TryLaterError("The directory did not say who the organiser is, so it is asked again.")
            self._owner = str(found["id"])
        return self._owner


def shortfall(online: bool, event: Event) -> str:
    if online and not has_room(event):
        return NO_ROOM
    return ROOM_STAYS if has_room(event) and not online else ""


def shortfall_as_found(event: Event) -> str:
    """The same of an event that was found again, by what it says was asked for."""
    return shortfall(room_was_asked_for(event), event)


def _look_for(owner: str, url: str) -> Request:
    wanted = quote("JoinWebUrl eq '" + url.replace("'", "''") + "'", safe="")
    path = f"/users/{owner}/onlineMeetings?$filter={wanted}"
    return Request(Service.ONLINE_MEETINGS, "GET", path, Permission.ONLINE_MEETINGS)


def _options(owner: str, room: str) -> Request:
    path = f"/users/{owner}/onlineMeetings/{quote(room, safe='')}"
    return Request(Service.ONLINE_MEETINGS, "PATCH", path, Permission.ONLINE_MEETINGS, body=OPTIONS)


def _room_id(event: Event, answer: Answer | RpConnectError) -> str | RpConnectError:
    rooms = answer.body.get("value") if isinstance(answer, Answer) else None
    if isinstance(rooms, list) and rooms and isinstance(rooms[0], dict) and rooms[0].get("id"):
        return str(rooms[0]["id"])
    if isinstance(answer, RpConnectError) and not isinstance(answer, GoneError):
        return answer
    if _is_young(event):
        return TryLaterError("Teams does not know the room yet.")
    return RpConnectError("Teams does not know the room.")


def _is_young(event: Event) -> bool:
    """An event that does not say when it was made is not waited for."""
    try:
        made = datetime.fromisoformat(str(event.get("createdDateTime")))
    except ValueError:
        return False
    return made.tzinfo is not None and datetime.now(UTC) - made < KNOWN_WITHIN


def _said(end: Answer | RpConnectError, event: Event) -> Said:
    """What passes is left as it is; a refusal becomes a sentence, and so does a room that fails for good."""
    if isinstance(end, TryLaterError) or (isinstance(end, UnclearError) and _is_young(event)):
        return end
    return f"{LOBBY} {end}" if isinstance(end, RpConnectError) else ""
