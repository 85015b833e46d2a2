"""Teams meetings: the room that an event brings along, and those that stand alone."""

from __future__ import annotations

from urllib.parse import quote

from tests.graph_server.call import Call, Json, Refused, Reply, serves
from tests.graph_server.collection import collection, select
from tests.graph_server.filters import Filter
from tests.graph_server.tenant import Tenant, hidden, now, shown

ONLY_WHEN_ASKED = {"invited", "organizationExcludingGuests"}


def owner(tenant: Tenant, who: str) -> str:
    """This path takes object ids only."""
    if who not in tenant.users:
        raise Refused(404, "NotFound", "The user was not found: the path needs an object id.")
    return who


def new_room(tenant: Tenant, who: str, subject: str) -> Json:
    number = tenant.number()
    thread = quote(f"19:meeting_{number:08d}@thread.v2", safe="")
    return tenant.keep(
        tenant.meetings,
        {
            "id": f"MSoxMeeting{number:08d}",
            "subject": subject,
            "creationDateTime": now(),
            "joinWebUrl": f"https://teams.microsoft.com/l/meetup-join/{thread}/0",
            "allowRecording": True,
            "allowTranscription": True,
            "allowedPresenters": "everyone",
            "recordAutomatically": False,
            "lobbyBypassSettings": {"scope": "organization", "isDialInBypassEnabled": False},
            "_owner": who,
        },
    )


def room_of_event(tenant: Tenant, event: Json) -> Json:
    return new_room(tenant, event["_owner"], event["subject"])


def view(call: Call, row: Json) -> Json:
    answer = shown(row)
    scope = row["lobbyBypassSettings"].get("scope")
    if scope in ONLY_WHEN_ASKED and not call.prefers("include-unknown-enum-members"):
        answer["lobbyBypassSettings"] = {**row["lobbyBypassSettings"], "scope": "unknownFutureValue"}
    return answer


def meeting(tenant: Tenant, who: str, key: str) -> Json:
    row = tenant.get(tenant.meetings, key)
    if row is None or row["_owner"] != owner(tenant, who):
        raise Refused(404, "NotFound", "The meeting was not found.")
    return row


@serves("online_meetings", "GET /users/{user-id}/onlineMeetings")
def list_meetings(tenant: Tenant, call: Call, who: str) -> Reply:
    """Only by its address or id: there is no list of all."""
    mine = owner(tenant, who)
    clause = Filter(call.query.get("$filter", ""))
    if not clause.paths <= {"JoinWebUrl", "joinWebUrl", "videoTeleconferenceId", "joinMeetingIdSettings"}:
        raise Refused(
            400, "InvalidArgument", "Filter expression expected - /onlineMeetings?$filter=JoinWebUrl"
        )
    rows = [row for row in tenant.meetings.values() if row["_owner"] == mine and not hidden(row)]
    found = [row for row in rows if clause.matches({**row, "JoinWebUrl": row["joinWebUrl"]})]
    return collection(tenant, call, [view(call, row) for row in found])


@serves("online_meetings", "POST /users/{user-id}/onlineMeetings")
def create_meeting(tenant: Tenant, call: Call, who: str) -> Reply:
    row = new_room(tenant, owner(tenant, who), call.body.get("subject") or "")
    row |= {name: value for name, value in call.body.items() if name[0] != "@"}
    return Reply(201, view(call, row))


@serves("online_meetings", "GET /users/{user-id}/onlineMeetings/{onlineMeeting-id}")
def get_meeting(tenant: Tenant, call: Call, who: str, key: str) -> Reply:
    return Reply(200, select(call, view(call, meeting(tenant, who, key))))


@serves("online_meetings", "PATCH /users/{user-id}/onlineMeetings/{onlineMeeting-id}")
def change_meeting(tenant: Tenant, call: Call, who: str, key: str) -> Reply:
    row = meeting(tenant, who, key)
    lobby = {**row["lobbyBypassSettings"], **(call.body.get("lobbyBypassSettings") or {})}
    row |= {name: value for name, value in call.body.items() if name[0] != "@"}
    row["lobbyBypassSettings"] = {name: value for name, value in lobby.items() if name[0] != "@"}
    return Reply(200, view(call, row))


@serves("online_meetings", "DELETE /users/{user-id}/onlineMeetings/{onlineMeeting-id}")
def delete_meeting(tenant: Tenant, call: Call, who: str, key: str) -> Reply:
    del tenant.meetings[meeting(tenant, who, key)["id"]]
    return Reply(204)
