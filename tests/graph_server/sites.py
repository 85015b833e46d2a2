"""SharePoint: sites, who may use them, and their lists with columns."""

from __future__ import annotations

from uuid import UUID

from tests.graph_server.call import Call, Json, Refused, Reply, serves
from tests.graph_server.collection import collection, select
from tests.graph_server.tenant import Tenant, add_drive, hidden, now, shown

COLUMN_KINDS = {
    "text",
    "number",
    "boolean",
    "dateTime",
    "choice",
    "currency",
    "hyperlinkOrPicture",
    "personOrGroup",
}
UNINDEXED = "A column whose values must be unique has to be indexed."


def missing() -> Refused:
    return Refused(404, "itemNotFound", "The resource could not be found.")


def site(tenant: Tenant, key: str) -> Json:
    """By its three-part id, the middle part of it, or the host name."""
    for row in tenant.sites.values():
        if key in (row["id"], *row["id"].split(",")[:2]) and not hidden(row):
            return row
    raise missing()


def list_of(tenant: Tenant, where: str, key: str) -> Json:
    """By id, name or title."""
    owner = site(tenant, where)["id"]
    for row in tenant.lists.values():
        if row["_site"] == owner and key in (row["id"], row["name"], row["displayName"]) and not hidden(row):
            return row
    raise missing()


def columns_of(tenant: Tenant, key: str) -> dict[str, Json]:
    return {row["name"]: row for row in tenant.columns.values() if row["_list"] == key}


def sharepoint_id(kind: int, number: int) -> str:
    return str(UUID(int=(kind << 96) | (4 << 76) | (8 << 60) | number))


@serves("lists", "GET /sites/{site-id}")
def get_site(tenant: Tenant, call: Call, key: str) -> Reply:
    return Reply(200, select(call, shown(site(tenant, key))))


@serves("lists", "GET /sites/{site-id}/permissions")
def list_permissions(tenant: Tenant, call: Call, key: str) -> Reply:
    owner = site(tenant, key)["id"]
    return collection(
        tenant, call, [shown(row) for row in tenant.permissions.values() if row["_site"] == owner]
    )


@serves("lists", "POST /sites/{site-id}/permissions")
def grant(tenant: Tenant, call: Call, key: str) -> Reply:
    row = {**call.body, "id": f"permission{tenant.number()}", "_site": site(tenant, key)["id"]}
    return Reply(201, shown(tenant.keep(tenant.permissions, row)))


@serves("lists", "GET /sites/{site-id}/lists")
def get_lists(tenant: Tenant, call: Call, key: str) -> Reply:
    owner = site(tenant, key)["id"]
    rows = [shown(row) for row in tenant.lists.values() if row["_site"] == owner and not hidden(row)]
    return collection(tenant, call, rows)


@serves("lists", "POST /sites/{site-id}/lists")
def create_list(tenant: Tenant, call: Call, where: str) -> Reply:
    owner = site(tenant, where)
    title = call.body["displayName"]
    taken = {row["displayName"] for row in tenant.lists.values() if row["_site"] == owner["id"]}
    if title in taken:
        raise Refused(409, "nameAlreadyExists", "The specified name is already in use.")
    row = {
        "id": sharepoint_id(0x115715, tenant.number()),
        "name": call.body.get("name") or title,
        "displayName": title,
        "description": call.body.get("description") or "",
        "createdDateTime": now(),
        "webUrl": f"{owner['webUrl']}/Lists/{title}",
        "list": {"template": "genericList", "hidden": False, **call.body["list"]},
        "_site": owner["id"],
    }
    tenant.keep(tenant.lists, row)
    add_column(tenant, row["id"], {"name": "Title", "displayName": "Title", "text": {}})
    for column in call.body.get("columns") or ():
        add_column(tenant, row["id"], column)
    if row["list"]["template"] == "documentLibrary":
        add_drive(tenant, owner["id"], f"b!{row['id']}", title)
    return Reply(201, shown(row))


@serves("lists", "GET /sites/{site-id}/lists/{list-id}")
def get_list(tenant: Tenant, call: Call, where: str, key: str) -> Reply:
    return Reply(200, select(call, shown(list_of(tenant, where, key))))


@serves("lists", "GET /sites/{site-id}/lists/{list-id}/columns")
def list_columns(tenant: Tenant, call: Call, where: str, key: str) -> Reply:
    rows = columns_of(tenant, list_of(tenant, where, key)["id"]).values()
    return collection(tenant, call, [shown(row) for row in rows])


@serves("lists", "POST /sites/{site-id}/lists/{list-id}/columns")
def create_column(tenant: Tenant, call: Call, where: str, key: str) -> Reply:
    return Reply(201, shown(add_column(tenant, list_of(tenant, where, key)["id"], call.body)))


def add_column(tenant: Tenant, key: str, body: Json) -> Json:
    if body["name"] in columns_of(tenant, key):
        raise Refused(409, "nameAlreadyExists", "The specified name is already in use.")
    # SharePoint wants an index under a unique column; whether Graph refuses or makes one is not known.
    if body.get("enforceUniqueValues") and not body.get("indexed"):
        raise Refused(400, "invalidRequest", UNINDEXED)
    if len(COLUMN_KINDS & body.keys()) > 1:
        raise Refused(400, "invalidRequest", "A column has one type.")
    row = {
        "enforceUniqueValues": False,
        "indexed": False,
        "hidden": False,
        "displayName": body["name"],
        **{name: value for name, value in body.items() if name[0] != "@"},
        "id": sharepoint_id(0xC01, tenant.number()),
        "_list": key,
    }
    return tenant.keep(tenant.columns, row)
