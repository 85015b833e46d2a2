"""Answers as they come on a bad day: keys gone, other types, nothing, no numbers, cut, or a web page."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

DAY = f"{datetime.now(UTC) - timedelta(days=20):%Y-%m-%d}"
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 7, 2.5, 10**40, -(10**40), float("nan"), float("inf"), float("-inf")),
    *("", " ", "x" * 5000, "\x00", "\ud800", "Ā", "none", "0", "1e999", "NaN", "-0"),
    *("2026-02-30", "0000-00-00 00:00:00", "9999-12-31 23:59:59", "0001-01-01", f"{DAY}T00:00:00Z"),
    *([], {}, [[]], [None], {"data": None}, {"data": []}, {"data": {}}, {"data": 7}),
    *({"date": None}, {"date": DAY}, {"date": f"{DAY} 10:00:00", "timezone": "Nowhere/Else"}),
    *({"date": "0001-01-01 00:00:01", "timezone": "+14:00"}, {"date": f"{DAY} 1:0", "timezone": 7}),
)
STATUSES = (201, 204, 301, 400, 401, 403, 404, 410, 422, 429, 500, 502, 503)


def mutated(body: bytes, chance: Random) -> tuple[int, bytes]:
    """Another status, or one to three changes of the document, or one of its bytes."""
    dice = chance.random()
    if dice < 0.05:
        return chance.choice(STATUSES), body
    if dice < 0.2:
        return 200, chance.choice(BYTES)(body, chance)
    document = json.loads(body)
    for _ in range(chance.randint(1, 3)):
        document = _changed(document, chance)
    return 200, json.dumps(document).encode()


def _changed(document: Any, chance: Random) -> Any:
    places = list(_places(document))
    if not places:
        return copy.deepcopy(chance.choice(ODD))
    holder, key = chance.choice(places)
    what = chance.random()
    if what < 0.25:
        del holder[key]
    elif what < 0.85:
        holder[key] = copy.deepcopy(chance.choice(ODD))
    elif isinstance(holder, list):
        holder.insert(key, copy.deepcopy(chance.choice(holder)))
    else:
        holder[key], other = copy.deepcopy(chance.choice(list(holder.values()))), holder[key]
        holder[f"{key}_"] = other
    return document


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in list(keys):
        yield value, key
        yield from _places(value[key])


BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (
    lambda body, chance: body[: chance.randrange(len(body))],
    lambda body, chance: b"",
    lambda body, chance: b"<!DOCTYPE html><title>Sign in</title>",
    lambda body, chance: b"\xef\xbb\xbf" + body,
    lambda body, chance: b"[" * 200_000,
    lambda body, chance: body.replace(b"2026", b"9" * 5000, 1),
    lambda body, chance: body[: len(body) // 2] + b"\xff" + body[len(body) // 2 :],
    lambda body, chance: b"null",
    lambda body, chance: body + b"{}",
)
