"""People and groups."""

from __future__ import annotations

from tests.graph_server.call import Call, Json, Refused, Reply, serves
from tests.graph_server.collection import collection, select
from tests.graph_server.filters import Filter
from tests.graph_server.tenant import Tenant, shown, visible


def person(tenant: Tenant, who: str) -> Json:
    """By object id, user principal name or address; the last two in any case."""
    row = tenant.get(tenant.users, who)
    if row:
        return row
    for each in visible(tenant.users.values()):
        if who.lower() in (each["userPrincipalName"].lower(), (each["mail"] or "").lower()):
            return each
    raise Refused(404, "Request_ResourceNotFound", f"Resource '{who}' does not exist.")


def group(tenant: Tenant, key: str) -> Json:
    row = tenant.get(tenant.groups, key)
    if row is None:
        raise Refused(404, "Request_ResourceNotFound", f"Resource '{key}' does not exist.")
    return row


def filtered(call: Call, rows: list[Json]) -> list[Json]:
    clause = call.query.get("$filter")
    return [row for row in rows if Filter(clause).matches(row)] if clause else rows


@serves("directory", "GET /users")
def list_users(tenant: Tenant, call: Call) -> Reply:
    return collection(tenant, call, filtered(call, visible(tenant.users.values())))


@serves("directory", "GET /users/{user-id}")
def get_user(tenant: Tenant, call: Call, who: str) -> Reply:
    return Reply(200, select(call, shown(person(tenant, who))))


@serves("directory", "GET /groups")
def list_groups(tenant: Tenant, call: Call) -> Reply:
    return collection(tenant, call, filtered(call, visible(tenant.groups.values())))


@serves("directory", "GET /groups/{group-id}")
def get_group(tenant: Tenant, call: Call, key: str) -> Reply:
    return Reply(200, select(call, shown(group(tenant, key))))


@serves("directory", "GET /groups/{group-id}/members")
def list_members(tenant: Tenant, call: Call, key: str) -> Reply:
    group(tenant, key)
    people = [
        {"@odata.type": "#microsoft.graph.user", **tenant.users[who]} for who in tenant.members.get(key, ())
    ]
    return collection(tenant, call, people)


@serves("directory", "POST /groups/{group-id}/members/$ref")
def add_member(tenant: Tenant, call: Call, key: str) -> Reply:
    group(tenant, key)
    who = person(tenant, call.body["@odata.id"].rsplit("/", 1)[1])["id"]
    members = tenant.members.setdefault(key, [])
    if who in members:
        raise Refused(400, "Request_BadRequest", "One or more added object references already exist.")
    members.append(who)
    return Reply(204)


@serves("directory", "POST /users/{user-id}/teamwork/sendActivityNotification")
def notify(tenant: Tenant, call: Call, who: str) -> Reply:
    tenant.notifications.append({"to": person(tenant, who)["id"], **call.body})
    return Reply(204)
