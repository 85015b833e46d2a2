"""Planner's concurrency: each resource has its own etags, and an old one is good while nothing conflicts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tests.graph_server.call import Call, Json, Refused
from tests.graph_server.tenant import Tenant

# A text that keeps its order: Planner's etags of one resource compare as text.
FORM = 'W/"JzEt{kind}ICBA{number:016d}Jw=="'
READ = re.compile(r'^(?:W/)?"JzEt([A-Za-z0-9]+)ICBA(\d{16})Jw=="$')
MISSING = "The If-Match header must be specified for this kind of request."
INVALID = "The If-Match header contains an invalid value."
STALE = "The attempted changes conflicted with already accepted changes."


def start(tenant: Tenant, row: Json, kind: str) -> Json:
    number = tenant.number()
    return row | {"_kind": kind, "_etags": [number], "_changed": {}}


def etag(row: Json) -> str:
    return FORM.format(kind=row["_kind"], number=row["_etags"][-1])


def changed(tenant: Tenant, row: Json, names: Iterable[str]) -> None:
    number = tenant.number()
    row["_etags"].append(number)
    row["_changed"] |= dict.fromkeys(names, number)


def forget_old_etags(row: Json) -> None:
    """From now on every etag given out before is no longer valid (412)."""
    row["_etags"] = row["_etags"][-1:]


def parts(body: Json) -> set[str]:
    """The properties that a change touches; those of an open type one by one."""
    found: set[str] = set()
    for name, value in body.items():
        inner = [key for key in value if key[0] != "@"] if isinstance(value, dict) else []
        found |= {f"{name}/{key}" for key in inner} or {name}
    return found


def judge(call: Call, row: Json, names: Iterable[str]) -> None:
    """Raises Refused: 412 where the etag is missing or not (any longer) one of this resource's, 409 where
    one of `names` was changed after it."""
    given = call.headers.get("if-match")
    if given is None:
        raise Refused(412, "", MISSING)
    if given == "*":
        raise Refused(400, "", "The given key was not present in the dictionary.")
    match = READ.match(given)
    number = int(match.group(2)) if match and match.group(1) == row["_kind"] else 0
    if number not in row["_etags"]:
        raise Refused(412, "", INVALID)
    if any(row["_changed"].get(name, 0) > number for name in names):
        raise Refused(409, "", STALE)


def judge_deletion(call: Call, row: Json) -> None:
    """Whatever was changed since conflicts with a deletion."""
    judge(call, row, row["_changed"])
