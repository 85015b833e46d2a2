"""Answers that are collections: $select, $top, $skip, pages with a next link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from tests.graph_server.call import Call, Json, Refused, Reply
from tests.graph_server.tenant import Tenant

ALWAYS = {"id"}


def select(call: Call, row: Json) -> Json:
    """The row with only what $select names; ids, annotations and what was expanded stay."""
    asked = call.query.get("$select")
    if not asked:
        return row
    names = {name.strip() for name in asked.split(",")} | ALWAYS
    names |= {name.partition("(")[0].strip() for name in call.query.get("$expand", "").split(",")}
    return {name: value for name, value in row.items() if name in names or name.startswith("@")}


def as_it_is(row: Json) -> Json:
    return row


def number(call: Call, option: str, otherwise: int) -> int:
    try:
        return int(call.query.get(option, otherwise))
    except ValueError:
        raise Refused(400, "BadRequest", f"Invalid value for {option}.") from None


def collection(
    tenant: Tenant, call: Call, rows: Sequence[Json], view: Callable[[Json], Json] = as_it_is
) -> Reply:
    """One page, each row as `view` shows it; the next link keeps the question's own options."""
    first = number(call, "$skiptoken", number(call, "$skip", 0))
    size = min(number(call, "$top", tenant.options.page_size), tenant.options.page_size)
    page = rows[first : first + size]
    body: dict[str, Any] = {"value": [select(call, view(row)) for row in page]}
    if first + size < len(rows):
        path = call.url.partition("?")[0]
        query = {name: value for name, value in call.query.items() if name != "$skip"}
        body["@odata.nextLink"] = (
            f"{call.base}{path}?{urlencode({**query, '$skiptoken': first + size}, safe='$')}"
        )
    return Reply(200, body)
