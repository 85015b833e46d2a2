"""An answer as it comes on a bad day: a value of another kind, a row too few, a body cut, a page of HTML."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.plugins.rp_rosariosis.tables import Row
from tests.plugins.rp_rosariosis.vendor import Reply

ODD: tuple[Any, ...] = (
    None, "", " ", 0, -1, True, 10**30, 1.5, float("nan"), "31/31/31", "2026-02-30", "9999-99-99", [], {},
    ["||2 Days||"], {"id": 1}, "||", "||||", "||2 Days", "\u0000", "💥" * 300, "'; DROP TABLE students; --",
    "2026-11-18T09:00:00Z", "&#039;" * 50, "<b>",
)  # fmt: skip


def spoilt_value(random: Random, body: dict[str, Any]) -> dict[str, Any]:
    """One value of one row is another one."""
    changed: dict[str, Any] = json.loads(json.dumps(body))
    rows: list[Row] = changed.get("records") or [changed]
    row = random.choice(rows)
    if row:
        row[random.choice(sorted(row))] = random.choice(ODD)
    return changed


def spoilt_shape(random: Random, body: dict[str, Any]) -> Any:
    """What holds the rows is another thing."""
    changed: dict[str, Any] = json.loads(json.dumps(body))
    name = random.choice(["records", "results", "more"])
    if name == "more" or random.random() < 0.3:
        changed[name] = random.choice(ODD)
        return random.choice([changed, [changed], random.choice(ODD)])
    changed.pop(name, None)
    return changed


def spoilt_row(random: Random, body: dict[str, Any]) -> dict[str, Any]:
    """A row lacks a column, comes twice, or is none."""
    changed: dict[str, Any] = json.loads(json.dumps(body))
    rows = changed.get("records")
    if not rows:
        return spoilt_value(random, body)
    place = random.randrange(len(rows))
    if random.random() < 0.4 and rows[place]:
        del rows[place][random.choice(sorted(rows[place]))]
    elif random.random() < 0.5:
        rows.insert(place, rows[place])
    else:
        rows[place] = random.choice(ODD)
    return changed


def spoilt_bytes(random: Random, body: bytes) -> bytes:
    place = random.randrange(len(body) + 1)
    return random.choice(
        [body[:place], body[:place] + bytes([random.randrange(256)]) + body[place + 1 :], b"", b"null",
         b"<!DOCTYPE html><form>Sign in</form>", b"[" * 5_000, b"\xff\xfe" + body]
    )  # fmt: skip


def mutated(random: Random, reply: Reply) -> bytes | Reply:
    """The reply with one fault."""
    body = reply.body
    if not isinstance(body, dict) or random.random() < 0.15:
        return spoilt_bytes(random, json.dumps(body).encode())
    if random.random() < 0.08:
        return Reply(random.choice([201, 204, 301, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503]), body)
    how = random.choice([spoilt_value, spoilt_value, spoilt_shape, spoilt_row])
    return json.dumps(how(random, body)).encode()
