"""SharePoint: files that come in pieces, to an address of their own that needs no sign-in."""

from __future__ import annotations

import base64
import re

from tests.graph_server.call import Call, Json, Refused, Reply, error, serves
from tests.graph_server.files import drive_item, put_at_path, put_content, view
from tests.graph_server.tenant import Tenant

PIECE = 320 * 1024
RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


def new_session(tenant: Tenant, call: Call, target: Json) -> Reply:
    key = f"upload{tenant.number()}"
    tenant.uploads[key] = {"id": key, "received": 0, "_pieces": "", **target}
    root = call.base.rsplit("/", 1)[0]
    return Reply(
        200,
        {
            "uploadUrl": f"{root}/upload/{key}",
            "expirationDateTime": "2099-01-01T00:00:00Z",
            "nextExpectedRanges": ["0-"],
        },
    )


@serves("files", "POST /drives/{drive-id}/root:/{path}:/createUploadSession")
def session_for_path(tenant: Tenant, call: Call, key: str, path: str) -> Reply:
    return new_session(tenant, call, {"drive": key, "path": path})


@serves("files", "POST /drives/{drive-id}/items/{driveItem-id}/createUploadSession")
def session_for_item(tenant: Tenant, call: Call, key: str, number: str) -> Reply:
    return new_session(tenant, call, {"drive": key, "item": drive_item(tenant, key, number)["id"]})


def put_piece(tenant: Tenant, call: Call, key: str) -> Reply:
    """202 with what is still expected, or the finished file. A piece out of order is 416."""
    session = tenant.uploads.get(key)
    match = RANGE.match(call.headers.get("content-range", ""))
    if session is None or match is None:
        return error(404, "itemNotFound", "The upload session was not found.")
    first, last, size = map(int, match.groups())
    final = last + 1 == size
    if first != session["received"] or last - first + 1 != len(call.data):
        return error(416, "invalidRange", "The range is not the one expected.")
    if not final and len(call.data) % PIECE:
        return error(400, "invalidRequest", "A piece has to be a multiple of 320 KiB.")
    whole = base64.b64decode(session["_pieces"]) + call.data
    session["_pieces"] = base64.b64encode(whole).decode()
    session["received"] = last + 1
    if not final:
        return Reply(202, {"nextExpectedRanges": [f"{last + 1}-{size - 1}"]})
    del tenant.uploads[key]
    return finish(tenant, call, session, whole)


def finish(tenant: Tenant, call: Call, session: Json, whole: bytes) -> Reply:
    try:
        if "item" not in session:
            return put_at_path(tenant, call, session["drive"], session["path"], whole)
        row = drive_item(tenant, session["drive"], session["item"])
        put_content(tenant, call, row, whole)
    except Refused as refused:
        return refused.reply()
    return Reply(200, view(row))
