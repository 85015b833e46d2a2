"""SharePoint: the list item that stands behind every file of a library, with the library's columns."""

from __future__ import annotations

from tests.graph_server.call import Json
from tests.graph_server.tenant import Tenant, now

APPLICATION = {"id": "a9900000-0000-4000-8000-000000000006", "displayName": "rp-connect"}
"""Who a file was changed by when this server's only application did it."""


def enter_item(tenant: Tenant, drive: str, name: str) -> Json:
    """The ids of the new item; nothing in a library that was not made through a list."""
    owner = tenant.lists.get(drive.removeprefix("b!"))
    if owner is None:
        return {}
    number = tenant.number()
    tenant.items[f"{owner['id']}/{number}"] = {
        "id": f"{owner['id']}/{number}",
        "createdDateTime": now(),
        "fields": {"FileLeafRef": name},
        "_number": str(number),
        "_guid": f"17e30000-0000-4000-8000-{number:012x}",
        "_list": owner["id"],
        "_version": 1,
    }
    return {"siteId": owner["_site"], "listId": owner["id"], "listItemId": str(number)}


def forget_item(tenant: Tenant, file: Json) -> None:
    ids = file.get("sharepointIds") or {}
    tenant.items.pop(f"{ids.get('listId')}/{ids.get('listItemId')}", None)
