"""SharePoint: libraries, files and folders."""

from __future__ import annotations

import hashlib

from tests.graph_server.call import Call, Json, Refused, Reply, serves
from tests.graph_server.collection import collection, select
from tests.graph_server.library_items import APPLICATION, enter_item, forget_item
from tests.graph_server.sites import missing, site
from tests.graph_server.tenant import Tenant, hidden, now, shown

NAME_TAKEN = Refused(409, "nameAlreadyExists", "An item with the same name already exists.")
BAD = set('"*:<>?\\|')


def drive(tenant: Tenant, key: str) -> Json:
    row = tenant.get(tenant.drives, key)
    if row is None:
        raise missing()
    return row


def first_drive(tenant: Tenant, where: str) -> Json:
    owner = site(tenant, where)["id"]
    return next(row for row in tenant.drives.values() if row["_site"] == owner)


def drive_item(tenant: Tenant, key: str, number: str) -> Json:
    row = tenant.get(tenant.files, f"root-{key}" if number == "root" else number)
    if row is None or row["_drive"] != drive(tenant, key)["id"]:
        raise missing()
    return row


def child(tenant: Tenant, parent: Json, name: str) -> Json | None:
    """Names differ by more than case."""
    for row in tenant.files.values():
        if row["_parent"] == parent["id"] and row["name"].lower() == name.lower() and not hidden(row):
            return row
    return None


def at_path(tenant: Tenant, key: str, path: str) -> Json:
    row = drive_item(tenant, key, "root")
    for name in path.strip("/").split("/"):
        below = child(tenant, row, name)
        if below is None:
            raise missing()
        row = below
    return row


def folder_for(tenant: Tenant, key: str, path: str) -> tuple[Json, str]:
    """The folder that a path lies in (made where it is not there) and the name at its end."""
    *folders, name = path.strip("/").split("/")
    row = drive_item(tenant, key, "root")
    for each in folders:
        row = child(tenant, row, each) or add(tenant, row, each, {"folder": {}})
    return row, name


def add(tenant: Tenant, parent: Json, name: str, facet: Json) -> Json:
    if BAD & set(name) or not name.strip():
        raise Refused(400, "invalidRequest", "The provided name cannot contain certain characters.")
    number = tenant.number()
    ids = enter_item(tenant, parent["_drive"], name) if "file" in facet else {}
    return tenant.keep(
        tenant.files,
        {
            "sharepointIds": ids,
            "id": f"01FILE{number:026d}",
            "name": name,
            "createdDateTime": now(),
            "webUrl": f"{tenant.drives[parent['_drive']]['webUrl']}/{number}",
            "parentReference": {"driveId": parent["_drive"], "id": parent["id"]},
            **facet,
            "_drive": parent["_drive"],
            "_parent": parent["id"],
            "_version": 0,
        },
    )


def view(row: Json) -> Json:
    return shown(row)


def put_content(tenant: Tenant, call: Call, row: Json, data: bytes) -> None:
    if call.headers.get("if-match", "*") not in ("*", row.get("eTag")):
        raise Refused(412, "resourceModified", "The resource has changed since the caller last read it.")
    tenant.contents[row["id"]] = data
    row["_version"] += 1
    row["size"] = len(data)
    row["lastModifiedDateTime"] = now()
    row["lastModifiedBy"] = {"application": APPLICATION}
    row["eTag"] = row["cTag"] = f'"{{{row["id"]}}},{row["_version"]}"'
    row["file"] = {
        "mimeType": call.headers.get("content-type", "application/octet-stream"),
        "hashes": {"sha256Hash": hashlib.sha256(data).hexdigest().upper()},
    }


def put_at_path(tenant: Tenant, call: Call, key: str, path: str, data: bytes) -> Reply:
    """Replaces what is there, unless `@microsoft.graph.conflictBehavior=fail`."""
    parent, name = folder_for(tenant, key, path)
    row = child(tenant, parent, name)
    if row is not None and call.query.get("@microsoft.graph.conflictBehavior") == "fail":
        raise NAME_TAKEN
    status = 201 if row is None else 200
    row = row or add(tenant, parent, name, {"file": {}})
    put_content(tenant, call, row, data)
    return Reply(status, view(row))


@serves("files", "GET /sites/{site-id}/drive")
def get_site_drive(tenant: Tenant, call: Call, where: str) -> Reply:
    return Reply(200, select(call, shown(first_drive(tenant, where))))


@serves("files", "GET /sites/{site-id}/drives")
def list_drives(tenant: Tenant, call: Call, where: str) -> Reply:
    owner = site(tenant, where)["id"]
    rows = [shown(row) for row in tenant.drives.values() if row["_site"] == owner and not hidden(row)]
    return collection(tenant, call, rows)


@serves("files", "GET /drives/{drive-id}/root")
def get_root(tenant: Tenant, call: Call, key: str) -> Reply:
    return Reply(200, select(call, view(drive_item(tenant, key, "root"))))


@serves("files", "GET /drives/{drive-id}/items/{driveItem-id}")
def get_item(tenant: Tenant, call: Call, key: str, number: str) -> Reply:
    return Reply(200, select(call, view(drive_item(tenant, key, number))))


@serves("files", "DELETE /drives/{drive-id}/items/{driveItem-id}")
def delete_item(tenant: Tenant, call: Call, key: str, number: str) -> Reply:
    row = drive_item(tenant, key, number)
    if call.headers.get("if-match", "*") not in ("*", row.get("eTag")):
        raise Refused(412, "resourceModified", "The resource has changed since the caller last read it.")
    del tenant.files[row["id"]]
    forget_item(tenant, row)
    tenant.contents.pop(row["id"], None)
    return Reply(204)


@serves("files", "GET /drives/{drive-id}/items/{driveItem-id}/children")
def list_children(tenant: Tenant, call: Call, key: str, number: str) -> Reply:
    parent = drive_item(tenant, key, number)["id"]
    rows = [view(row) for row in tenant.files.values() if row["_parent"] == parent and not hidden(row)]
    return collection(tenant, call, rows)


@serves("files", "POST /drives/{drive-id}/items/{driveItem-id}/children")
def create_child(tenant: Tenant, call: Call, key: str, number: str) -> Reply:
    parent = drive_item(tenant, key, number)
    if child(tenant, parent, call.body["name"]):
        raise NAME_TAKEN
    facet: Json = {"folder": {}} if call.body.get("folder") is not None else {"file": {}}
    return Reply(201, view(add(tenant, parent, call.body["name"], facet)))


@serves("files", "PUT /drives/{drive-id}/items/{driveItem-id}/content")
def put_item(tenant: Tenant, call: Call, key: str, number: str) -> Reply:
    row = drive_item(tenant, key, number)
    put_content(tenant, call, row, call.data)
    return Reply(200, view(row))


@serves("files", "GET /drives/{drive-id}/root:/{path}")
def get_path(tenant: Tenant, call: Call, key: str, path: str) -> Reply:
    return Reply(200, select(call, view(at_path(tenant, key, path))))


@serves("files", "PUT /drives/{drive-id}/root:/{path}:/content")
def put_path(tenant: Tenant, call: Call, key: str, path: str) -> Reply:
    return put_at_path(tenant, call, key, path, call.data)


@serves("files", "GET /sites/{site-id}/drive/root:/{path}")
def get_site_path(tenant: Tenant, call: Call, where: str, path: str) -> Reply:
    return Reply(200, select(call, view(at_path(tenant, first_drive(tenant, where)["id"], path))))


@serves("files", "PUT /sites/{site-id}/drive/root:/{path}:/content")
def put_site_path(tenant: Tenant, call: Call, where: str, path: str) -> Reply:
    return put_at_path(tenant, call, first_drive(tenant, where)["id"], path, call.data)
