"""The meetings shelf: one event in the organiser's calendar for each meeting, found by a mark of ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from rp_connect.errors import (
    AccessError,
    ConflictError,
    GoneError,
    RpConnectError,
    TryLaterError,
    UnclearError,
)
from rp_connect.ports.workspace import Outcome, WorkspaceMeeting, Written
from rp_microsoft365.event_body import (
    KEY,
    PROPERTIES,
    READ,
    STATE,
    Event,
    changes,
    has_attendees,
    has_room,
    is_gone,
    new_event,
    revision_of,
)
from rp_microsoft365.graph import Graph, ask_each
from rp_microsoft365.judging import unconfirmed
from rp_microsoft365.online_room import Said, TeamsRooms, shortfall_as_found
from rp_microsoft365.permissions import Permission
from rp_microsoft365.request import Answer, Request, Service

PERMISSION = Permission.CALENDARS
CANCELLED = "This meeting is cancelled."
UNTOLD = "Microsoft 365 (the calendar) did not say what it was asked for, so it is asked again."


class CalendarMeetings:
    """`organizer` is the mailbox whose calendar holds them."""

    def __init__(self, graph: Graph, organizer: str, *, lobby: bool = False) -> None:
        self._graph = graph
        self._events = f"/users/{quote(organizer, safe='@')}/events"
        self._rooms = TeamsRooms(graph, organizer, lobby=lobby)

    def find(self, key: str) -> Written | None:
        found = self.find_all([key])[0]
        if isinstance(found, RpConnectError):
            raise found
        return found

    def create(self, meeting: WorkspaceMeeting) -> Written:
        """Raises GoneError for one that is cancelled: what is not there needs no event to say so."""
        return _written_or_raised(self.create_all([meeting])[0])

    def update(self, external_id: str, meeting: WorkspaceMeeting) -> Written:
        return _written_or_raised(self.update_all([(external_id, meeting)])[0])

    def find_all(self, keys: Sequence[str]) -> Sequence[Written | RpConnectError | None]:
        """Where the lobby is to be set and may not be, the revision is left open: an update makes it sure."""
        return [_as_found(event, sure=not self._rooms.lobby) for event in self._look_for(keys)]

    def create_all(self, items: Sequence[WorkspaceMeeting]) -> Sequence[Outcome]:
        answers = self._answers([_request_or_error(self._new, meeting) for meeting in items])
        return self._settled(items, [_shown(answer) for answer in answers])

    def update_all(self, changes: Sequence[tuple[str, WorkspaceMeeting]]) -> Sequence[Outcome]:
        """Each is read first: those invited hear of whatever is sent, so only what differs is."""
        meetings = [meeting for _, meeting in changes]
        held = self._as_they_stand(changes)
        requests = [
            one if isinstance(one, RpConnectError) else _request_or_error(self._change, one, meeting)
            for one, meeting in zip(held, meetings, strict=True)
        ]
        answers = self._answers(requests)
        return self._settled(meetings, [_shown(*pair) for pair in zip(answers, held, strict=True)])

    def _new(self, meeting: WorkspaceMeeting) -> Request:
        if meeting.cancelled:
            raise GoneError(f"{meeting.key} is cancelled and is not in the calendar.")
        body = new_event(meeting)
        return Request(Service.CALENDAR, "POST", self._events, PERMISSION, body=body, creates=True)

    def _change(self, held: Event, meeting: WorkspaceMeeting) -> Request:
        """Cancelled, those who are invited are told so; where there is nobody, the event just goes."""
        path = self._path(str(held["id"]))
        if not meeting.cancelled:
            return Request(Service.CALENDAR, "PATCH", path, PERMISSION, body=changes(held, meeting))
        if not has_attendees(held):
            return Request(Service.CALENDAR, "DELETE", path, PERMISSION)
        body = {"Comment": CANCELLED}
        return Request(Service.CALENDAR, "POST", f"{path}/cancel", PERMISSION, body=body)

    def _as_they_stand(self, changes: Sequence[tuple[str, WorkspaceMeeting]]) -> list[Event | RpConnectError]:
        """By id; one that is not there may have another id since a person moved it to another calendar, or
        was made moments ago and is not known yet."""
        answers = self._graph.ask_all([self._read(external_id) for external_id, _ in changes])
        held = [_there(answer) for answer in answers]
        lost = [place for place, one in enumerate(held) if isinstance(one, GoneError)]
        found = self._look_for([changes[place][1].key for place in lost])
        for place, event in zip(lost, found, strict=True):
            held[place] = held[place] if event is None else event
        absent = [n for n in lost if isinstance(held[n], GoneError) and isinstance(answers[n], GoneError)]
        again = ask_each(self._graph, [self._read(changes[n][0], maybe_fresh=True) for n in absent])
        for place, answer in zip(absent, again, strict=True):
            held[place] = _there(answer)
        return [_not_newer(one, meeting) for one, (_, meeting) in zip(held, changes, strict=True)]

    def _read(self, external_id: str, *, maybe_fresh: bool = False) -> Request:
        path = f"{self._path(external_id)}?{_SHOWN}"
        return Request(Service.CALENDAR, "GET", path, PERMISSION, maybe_fresh=maybe_fresh)

    def _look_for(self, keys: Sequence[str]) -> Sequence[Event | RpConnectError | None]:
        if not keys:
            return []
        answers = self._graph.ask_all(
            [
                Request(
                    Service.CALENDAR, "GET", f"{self._events}?$filter={_marked(key)}&{_SHOWN}", PERMISSION
                )
                for key in keys
            ]
        )
        return [_found(answer) for answer in answers]

    def _answers(self, requests: Sequence[Request | RpConnectError]) -> list[Answer | RpConnectError]:
        """What could not be asked for keeps its place."""
        asked = [request for request in requests if isinstance(request, Request)]
        answers = iter(self._graph.ask_all(asked) if asked else [])
        return [next(answers) if isinstance(request, Request) else request for request in requests]

    def _settled(
        self, meetings: Sequence[WorkspaceMeeting], events: Sequence[Event | RpConnectError]
    ) -> Sequence[Outcome]:
        """The rooms are looked at once all is written: what is wrong with one is told, and undoes nothing;
        what may pass leaves its meeting unclear, so that it is found again and its room is set."""
        made = {
            place: (meeting, event)
            for place, (meeting, event) in enumerate(zip(meetings, events, strict=True))
            if not isinstance(event, RpConnectError)
        }
        standing = [place for place, (meeting, _) in made.items() if not meeting.cancelled]
        said = dict(zip(standing, self._rooms.warnings([made[n] for n in standing]), strict=True))
        return [
            event if isinstance(event, RpConnectError) else _written(event, meeting, said.get(place, ""))
            for place, (meeting, event) in enumerate(zip(meetings, events, strict=True))
        ]

    def _path(self, external_id: str) -> str:
        return f"{self._events}/{quote(external_id, safe='=')}"


_SHOWN = f"$select={READ}&$expand=" + quote(f"{PROPERTIES}($filter=id eq '{STATE}')", safe="()'$=")


def _marked(key: str) -> str:
    value = key.replace("'", "''")
    return quote(f"{PROPERTIES}/Any(ep: ep/id eq '{KEY}' and ep/value eq '{value}')", safe="()'/:")


def _request_or_error(build: Callable[..., Request], *what: object) -> Request | RpConnectError:
    try:
        return build(*what)
    except RpConnectError as error:
        return error


def _shown(
    answer: Answer | RpConnectError, held: Event | RpConnectError | None = None
) -> Event | RpConnectError:
    """The event as the write left it; after a cancellation, which answers nothing, as it stood there."""
    if isinstance(held, RpConnectError):
        return held
    if isinstance(answer, RpConnectError):
        return answer if held is None else unconfirmed(answer)
    event: Event = answer.body or held or {}
    return event if event.get("id") else UnclearError("Outlook did not say under which id a meeting stands.")


def _there(answer: Answer | RpConnectError) -> Event | RpConnectError:
    if isinstance(answer, RpConnectError):
        return answer
    event = _sound(answer.body)
    if isinstance(event, RpConnectError) or not is_gone(event):
        return event
    return GoneError("The meeting was cancelled in the calendar.")


def _found(answer: Answer | RpConnectError) -> Event | RpConnectError | None:
    """Where the calendar itself is gone, nothing can be said of what stood in it."""
    if isinstance(answer, GoneError):
        return AccessError("The organiser's calendar is not there: look at organizer in the settings.")
    return answer if isinstance(answer, RpConnectError) else _standing(answer.body.get("value"))


def _standing(events: Any) -> Event | RpConnectError | None:  # noqa: ANN401 - JSON
    """The one that bears our key; of several (somebody copied it) the oldest."""
    read = [_sound(event) for event in events] if isinstance(events, list) else [_sound(None)]
    if (odd := next((one for one in read if isinstance(one, RpConnectError)), None)) is not None:
        return odd
    found = [event for event in read if not isinstance(event, RpConnectError) and not is_gone(event)]
    return min(found, key=lambda event: str(event.get("createdDateTime") or ""), default=None)


def _sound(event: Any) -> Event | RpConnectError:  # noqa: ANN401 - JSON
    """An answer that makes no sense is of this meeting alone."""
    told = isinstance(event, dict) and all(event.get(name) for name in ("id", "start", "end"))
    return event if told else TryLaterError(UNTOLD)


def _not_newer(held: Event | RpConnectError, meeting: WorkspaceMeeting) -> Event | RpConnectError:
    """A worker that comes late never writes over what came after it."""
    if isinstance(held, RpConnectError):
        return held
    revision = revision_of(held)
    if revision is not None and revision > meeting.revision:
        return ConflictError(f"{meeting.key} in the calendar is newer than revision {meeting.revision}.")
    return held


def _as_found(event: Event | RpConnectError | None, *, sure: bool) -> Written | RpConnectError | None:
    if event is None or isinstance(event, RpConnectError):
        return event
    revision = revision_of(event) if sure or not has_room(event) else None
    return Written(str(event["id"]), str(event.get("changeKey") or ""), revision, shortfall_as_found(event))


def _written(event: Event, meeting: WorkspaceMeeting, said: Said) -> Outcome:
    if isinstance(said, RpConnectError):
        says = f"{meeting.key} is in the calendar, its Teams room is not set up yet"
        # The calendar has done its part, and does not rest for what another service asks for.
        later = getattr(said, "retry_after", None)
        return UnclearError(f"{says}: {said}", retry_after=later, under_way=False)
    return Written(str(event["id"]), str(event.get("changeKey") or ""), meeting.revision, said)


def _written_or_raised(outcome: Outcome) -> Written:
    if isinstance(outcome, RpConnectError):
        raise outcome
    return outcome
