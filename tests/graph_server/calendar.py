"""Outlook: events with their Teams meetings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from tests.graph_server.call import Call, Json, Refused, Reply, serves
from tests.graph_server.collection import collection, select
from tests.graph_server.directory import person
from tests.graph_server.event_table import PROPERTY
from tests.graph_server.filters import Filter
from tests.graph_server.online_meetings import room_of_event
from tests.graph_server.tenant import Tenant, hidden, now
from tests.graph_server.timezones import instant, preferred, stamp

NOT_FOUND = Refused(404, "ErrorItemNotFound", "The specified object was not found in the store.")
# Set once, at creation; a meeting that has no room may still be given one. [D:event.md, isOnlineMeeting]
FIXED = {"transactionId", "isOnlineMeeting", "onlineMeetingProvider"}


def event(tenant: Tenant, who: str, key: str) -> Json:
    row = tenant.get(tenant.events, key)
    if row is None or row["_owner"] != person(tenant, who)["id"]:
        raise NOT_FOUND
    return row


def view(call: Call, row: Json) -> Json:
    """Times in the zone that was asked for; extended properties only where they were asked for."""
    name = preferred(call)
    answer = {key: value for key, value in row.items() if key[0] != "_" and key != PROPERTY}
    answer["@odata.etag"] = f'W/"{row["changeKey"]}"'
    answer["start"] = stamp(datetime.fromisoformat(row["_start"]), name)
    answer["end"] = stamp(datetime.fromisoformat(row["_end"]), name)
    expand = call.query.get("$expand", "")
    if PROPERTY in expand:
        wanted = re.search(r"id eq '([^']*)'", expand)
        answer[PROPERTY] = [
            each for each in row.get(PROPERTY, ()) if not wanted or same_id(each["id"], wanted.group(1))
        ]
    return answer


def same_id(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def put_times(row: Json, body: Json) -> None:
    for edge in ("start", "end"):
        if edge in body:
            row[f"_{edge}"] = instant(body[edge]).isoformat()
            row[f"original{edge.title()}TimeZone"] = body[edge]["timeZone"]
    if row["_end"] < row["_start"]:
        raise Refused(400, "ErrorCalendarEndDateIsEarlierThanStartDate", "End date is before start date.")


def put_rest(row: Json, body: Json) -> None:
    for name, value in body.items():
        if name in ("start", "end") or name[0] == "@" or name == PROPERTY:
            continue
        row[name] = value
    if "attendees" in body:
        row["attendees"] = [{"status": {"response": "none"}, **each} for each in body["attendees"]]
    if PROPERTY in body:
        old = {each["id"].casefold(): each for each in row.get(PROPERTY, ())}
        old |= {each["id"].casefold(): each for each in body[PROPERTY]}
        row[PROPERTY] = list(old.values())


def touch(tenant: Tenant, row: Json) -> None:
    row["changeKey"] = f"CK{tenant.number():012d}"
    row["lastModifiedDateTime"] = now()


def add_room(tenant: Tenant, row: Json, body: Json) -> None:
    """A tenant without Teams meetings says nothing and makes one without."""
    online = bool(body.get("isOnlineMeeting")) and tenant.options.online_meetings
    row["isOnlineMeeting"] = online
    row["onlineMeetingProvider"] = "teamsForBusiness" if online else "unknown"
    row["onlineMeeting"] = {"joinUrl": room_of_event(tenant, row)["joinWebUrl"]} if online else None


@serves("calendar", "POST /users/{user-id}/events")
@serves("calendar", "POST /users/{user-id}/calendar/events")
def create_event(tenant: Tenant, call: Call, who: str) -> Reply:
    owner = person(tenant, who)
    transaction = f"{owner['id']}/{call.body.get('transactionId')}"
    known = tenant.events.get(tenant.transactions.get(transaction, ""))
    if known is not None and call.body.get("transactionId"):
        return Reply(201, view(call, known))
    number = tenant.number()
    row: Json = {
        "id": f"AAMkEvent{number:08d}=",
        "iCalUId": f"040000008200E{number:08d}",
        "createdDateTime": now(),
        "isCancelled": False,
        "isOrganizer": True,
        "type": "singleInstance",
        "attendees": [],
        "organizer": {"emailAddress": {"name": owner["displayName"], "address": owner["mail"]}},
        "webLink": f"https://outlook.office365.com/owa/?itemid={number}",
        "showAs": "busy",
        "_owner": owner["id"],
    }
    put_times(row, call.body)
    put_rest(row, call.body)
    add_room(tenant, row, call.body)
    touch(tenant, row)
    tenant.keep(tenant.events, row)
    if call.body.get("transactionId"):
        tenant.transactions[transaction] = row["id"]
    return Reply(201, view(call, row))


@serves("calendar", "GET /users/{user-id}/events")
@serves("calendar", "GET /users/{user-id}/calendar/events")
def list_events(tenant: Tenant, call: Call, who: str) -> Reply:
    owner = person(tenant, who)["id"]
    rows: Iterable[Json] = tenant.events.values()
    matches: Callable[[Json], bool] = bool
    if clause := call.query.get("$filter"):
        test = Filter(clause)
        matches, marked = test.matches, test.pinned.get(f"{PROPERTY}/value")
        rows = rows if marked is None else tenant.events.may_bear(marked)
    mine = [row for row in rows if row["_owner"] == owner and not hidden(row) and matches(searchable(row))]
    return collection(tenant, call, mine, lambda row: view(call, row))


def searchable(row: Json) -> Json:
    """Times compare as UTC text of one form, as `start/dateTime ge '2026-01-10T00:00'` asks."""
    edges: dict[str, Any] = {edge: {"dateTime": row[f"_{edge}"][:19]} for edge in ("start", "end")}
    return {**row, **edges}


@serves("calendar", "GET /users/{user-id}/calendarView")
def calendar_view(tenant: Tenant, call: Call, who: str) -> Reply:
    owner = person(tenant, who)["id"]
    try:
        begins, ends = (aware(call.query[name]) for name in ("startDateTime", "endDateTime"))
    except (KeyError, ValueError):
        raise Refused(400, "ErrorInvalidParameter", "startDateTime and endDateTime are needed.") from None
    rows = [
        row
        for row in tenant.events.values()
        if row["_owner"] == owner
        and not hidden(row)
        and datetime.fromisoformat(row["_start"]) < ends
        and datetime.fromisoformat(row["_end"]) > begins
    ]
    return collection(tenant, call, rows, lambda row: view(call, row))


def aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else datetime.fromisoformat(text + "+00:00")


@serves("calendar", "GET /users/{user-id}/events/{event-id}")
def get_event(tenant: Tenant, call: Call, who: str, key: str) -> Reply:
    return Reply(200, select(call, view(call, event(tenant, who, key))))


@serves("calendar", "PATCH /users/{user-id}/events/{event-id}")
def change_event(tenant: Tenant, call: Call, who: str, key: str) -> Reply:
    row = event(tenant, who, key)
    expected = call.headers.get("if-match", "*")
    if expected not in ("*", f'W/"{row["changeKey"]}"'):
        raise Refused(412, "ErrorIrresolvableConflict", "The change key does not match the current one.")
    put_times(row, call.body)
    put_rest(row, {name: value for name, value in call.body.items() if name not in FIXED})
    if call.body.get("isOnlineMeeting") and not row["isOnlineMeeting"]:
        add_room(tenant, row, call.body)
    touch(tenant, row)
    tenant.events[row["id"]] = row
    return Reply(200, view(call, row))


@serves("calendar", "DELETE /users/{user-id}/events/{event-id}")
def delete_event(tenant: Tenant, call: Call, who: str, key: str) -> Reply:
    row = event(tenant, who, key)
    tenant.deleted_events[key] = tenant.events.pop(row["id"])
    return Reply(204)


@serves("calendar", "POST /users/{user-id}/events/{event-id}/cancel")
def cancel_event(tenant: Tenant, call: Call, who: str, key: str) -> Reply:
    """People are told, and the event goes to the deleted items (or stays, see Options)."""
    row = event(tenant, who, key)
    row["isCancelled"] = True
    touch(tenant, row)
    tenant.cancelled_events[key] = row
    if not tenant.options.cancelled_events_stay:
        del tenant.events[key]
    return Reply(202)
