"""Answers of Arbor with something wrong in them. The revisions of the log are left alone: an MIS that
miscounts its own log cannot be found out by whoever reads it."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

ODD: list[Any] = [
    *(None, True, False, 0, -1, 1e308, 10**30, "", " ", "0", "-3", "NaN", "2.7", [], {}, [[]], [None]),
    *({"a": 1}, "31/31/2031", "0000-00-00 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59"),
    *("2026-13-01", "\0", "\ud800", "x" * 5_000, "/rest-v2/students/../../x", "http://elsewhere.example/1"),
    *("Test Person", {"entityType": "Guardian", "href": "/rest-v2/guardians/7"}),
    *({"entityType": "date", "date": []}, {"entityType": "date", "date": "2026-10-25 01:30:00+24:00"}),
]
STATUSES = (201, 204, 301, 400, 401, 403, 404, 410, 429, 500, 503)


def mutated(dice: random.Random, body: Any) -> tuple[int, bytes]:
    """`body` with one to three changes, cut, or under another status."""
    act = dice.randrange(20)
    content = json.dumps(body).encode()
    if act == 0:
        return 200, dice.choice(
            [content[: dice.randrange(len(content))], b"", b"null", b"[" * 100_000, b"<html>Sign in</html>"]
        )
    if act == 1:
        return dice.choice(STATUSES), content
    changed = json.loads(content)
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        changed = _changed(dice, changed)
    return 200, json.dumps(changed).encode()


def _changed(dice: random.Random, body: Any) -> Any:
    """The same with one value changed, left out or doubled."""
    places = list(_places(body))
    if not places:
        return copy.deepcopy(dice.choice(ODD))
    inside, at = dice.choice(places)
    act = dice.randrange(4)
    if act == 0:
        del inside[at]
    elif act == 1 and isinstance(inside, list):
        inside.append(copy.deepcopy(inside[at]))
    else:
        inside[at] = copy.deepcopy(dice.choice(ODD))
    return body


def _places(body: Any) -> Iterator[tuple[Any, Any]]:
    pairs = list(
        body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    )
    for at, value in pairs:
        if at not in ("toRevision", "fromRevision"):
            yield body, at
        yield from _places(value)
