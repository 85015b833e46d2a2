"""SharePoint: the items of a list and their fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from tests.graph_server.call import Call, Json, Refused, Reply, serves
from tests.graph_server.collection import collection, select
from tests.graph_server.filters import Filter
from tests.graph_server.sites import columns_of, list_of, missing
from tests.graph_server.tenant import Tenant, hidden, now

RISKY = "HonorNonIndexedQueriesWarningMayFailRandomly"


def item(tenant: Tenant, where: str, key: str, number: str) -> Json:
    row = tenant.get(tenant.items, f"{list_of(tenant, where, key)['id']}/{number}")
    if row is None:
        raise missing()
    return row


def view(call: Call, row: Json) -> Json:
    answer = {name: value for name, value in row.items() if name[0] != "_" and name != "fields"}
    answer["id"] = row["_number"]
    answer["@odata.etag"] = answer["eTag"] = etag(row)
    expand = call.query.get("$expand", "")
    if expand.startswith("fields"):
        answer["fields"] = chosen(row, expand)
    return answer


def etag(row: Json) -> str:
    return f'"{row["_guid"]},{row["_version"]}"'


def chosen(row: Json, expand: str) -> Json:
    fields = {**row["fields"], "@odata.etag": etag(row), "id": row["_number"]}
    names = re.search(r"\$select=([^)]*)", expand)
    if names is None:
        return fields
    return {
        name: value for name, value in fields.items() if name in names.group(1).split(",") or name[0] == "@"
    }


def put_fields(tenant: Tenant, row: Json, fields: Json) -> None:
    """All or nothing: raises Refused for a name that is no column, or a value that must be unique."""
    columns = columns_of(tenant, row["_list"])
    values = {name: value for name, value in fields.items() if "@" not in name}
    for name, value in values.items():
        if name not in columns:
            raise Refused(400, "invalidRequest", f"Field '{name}' is not recognized")
        if columns[name]["enforceUniqueValues"] and value is not None:
            holder = tenant.unique.setdefault(f"{row['_list']}/{name}", {}).get(str(value))
            if holder not in (None, row["id"]):
                options = tenant.options
                raise Refused(options.duplicate_status, options.duplicate_code, "Duplicate values found.")
    for name, value in values.items():
        if columns[name]["enforceUniqueValues"]:
            known = tenant.unique.setdefault(f"{row['_list']}/{name}", {})
            known.pop(str(row["fields"].get(name)), None)
            known[str(value)] = row["id"]
    row["fields"] |= values
    row["_version"] += 1
    row["lastModifiedDateTime"] = now()


def judge(call: Call, row: Json) -> None:
    if call.headers.get("if-match", "*") not in ("*", etag(row)):
        raise Refused(412, "resourceModified", "The resource has changed since the caller last read it.")


@serves("lists", "POST /sites/{site-id}/lists/{list-id}/items")
def create_item(tenant: Tenant, call: Call, where: str, key: str) -> Reply:
    owner = list_of(tenant, where, key)
    number = tenant.number()
    row: Json = {
        "id": f"{owner['id']}/{number}",
        "createdDateTime": now(),
        "webUrl": f"{owner['webUrl']}/{number}_.000",
        "fields": {},
        "_number": str(number),
        "_guid": f"17e30000-0000-4000-8000-{number:012x}",
        "_list": owner["id"],
        "_version": 0,
    }
    put_fields(tenant, row, call.body["fields"])
    tenant.keep(tenant.items, row)
    answer = view(call, row)
    answer["fields"] = chosen(row, "")
    return Reply(201, answer)


@serves("lists", "GET /sites/{site-id}/lists/{list-id}/items")
def list_items(tenant: Tenant, call: Call, where: str, key: str) -> Reply:
    owner = list_of(tenant, where, key)["id"]
    rows: Iterable[Json] = tenant.items.values()
    matches: Callable[[Json], bool] = bool
    if clause := call.query.get("$filter"):
        test = Filter(clause)
        check_indexed(tenant, call, owner, test)
        rows, matches = may_match(tenant, owner, test), test.matches
    found = [row for row in rows if row["_list"] == owner and not hidden(row) and matches(row)]
    return collection(tenant, call, found, lambda row: view(call, row))


def may_match(tenant: Tenant, owner: str, test: Filter) -> Iterable[Json]:
    """One at most where a column that is unique is asked for: thousands of cases lie in one list."""
    for path, wanted in test.pinned.items():
        holders = tenant.unique.get(f"{owner}/{path.removeprefix('fields/')}")
        if holders is not None and wanted is not None:
            row = tenant.items.get(holders.get(str(wanted), ""))
            return [] if row is None else [row]
    return tenant.items.values()


def check_indexed(tenant: Tenant, call: Call, owner: str, test: Filter) -> None:
    columns = columns_of(tenant, owner)
    for path in test.paths:
        name = path.removeprefix("fields/")
        if name not in columns:
            raise Refused(400, "invalidRequest", f"Field '{name}' is not recognized")
        if not columns[name]["indexed"] and not call.prefers(RISKY):
            raise Refused(
                400, "invalidRequest", f"Field '{name}' cannot be referenced in filter as it is not indexed."
            )


@serves("lists", "GET /sites/{site-id}/lists/{list-id}/items/{listItem-id}")
def get_item(tenant: Tenant, call: Call, where: str, key: str, number: str) -> Reply:
    return Reply(200, select(call, view(call, item(tenant, where, key, number))))


@serves("lists", "DELETE /sites/{site-id}/lists/{list-id}/items/{listItem-id}")
def delete_item(tenant: Tenant, call: Call, where: str, key: str, number: str) -> Reply:
    row = item(tenant, where, key, number)
    judge(call, row)
    del tenant.items[row["id"]]
    for values in tenant.unique.values():
        for value in [value for value, holder in values.items() if holder == row["id"]]:
            del values[value]
    return Reply(204)


@serves("lists", "PATCH /sites/{site-id}/lists/{list-id}/items/{listItem-id}")
def change_item(tenant: Tenant, call: Call, where: str, key: str, number: str) -> Reply:
    row = item(tenant, where, key, number)
    judge(call, row)
    put_fields(tenant, row, call.body.get("fields") or {})
    return Reply(200, view(call, row))


@serves("lists", "GET /sites/{site-id}/lists/{list-id}/items/{listItem-id}/fields")
def get_fields(tenant: Tenant, call: Call, where: str, key: str, number: str) -> Reply:
    return Reply(200, select(call, chosen(item(tenant, where, key, number), "")))


@serves("lists", "PATCH /sites/{site-id}/lists/{list-id}/items/{listItem-id}/fields")
def change_fields(tenant: Tenant, call: Call, where: str, key: str, number: str) -> Reply:
    row = item(tenant, where, key, number)
    judge(call, row)
    put_fields(tenant, row, call.body)
    return Reply(200, chosen(row, ""))
