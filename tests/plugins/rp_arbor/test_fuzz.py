"""Answers of Arbor with something wrong in them: nothing leaves the family of errors, nothing is lost.

100,000 mutated answers with RP_CONNECT_TRIALS=full, a sample otherwise. The revisions of the log are left
alone: an MIS that miscounts its own log cannot be found out by whoever reads it.
"""

from __future__ import annotations

import copy
import io
import json
import os
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Cursor, Kind, MisAdapter, Page
from tests.plugins.rp_arbor.rig import adapter_at, add_exclusion, add_pupil, school
from tests.plugins.rp_arbor.vendor import ArborSite, Came

ANSWERS = 100_000 if os.environ.get("RP_CONNECT_TRIALS") == "full" else 1_000
SEED = 20261128
KINDS = [kind for kind in Kind if kind is not Kind.CALENDAR]
ODD: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1e308,
        10**30,
        "",
        " ",
        "0",
        "-3",
        "NaN",
        "2.7",
        [],
        {},
        [[]],
        [None],
        {"a": 1},
    ),
    *("31/31/2031", "0000-00-00 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-13-01"),
    *("\0", "\ud800", "x" * 5_000, "/rest-v2/students/../../x", "http://elsewhere.example/1", "Secretname"),
    *({"entityType": "Guardian", "href": "/rest-v2/guardians/7"}, {"entityType": "date", "date": []}),
    {"entityType": "date", "date": "2026-10-25 01:30:00+24:00"},
]


def mutated(dice: random.Random, body: Any) -> Any:
    """The same with one value changed, left out or doubled."""
    places = list(_places(body))
    if not places:
        return dice.choice(ODD)
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


class Mutating:
    """Spoils one answer in three; some by cutting, or by another status."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.on = False
        self.count = 0

    def __call__(self, came: Came, status: int, body: bytes) -> Any:
        if not self.on or self.dice.randrange(3):
            return status, body, {}
        self.count += 1
        act = self.dice.randrange(20)
        if act == 0:
            return status, body[: self.dice.randrange(len(body))], {}
        if act == 1:
            return self.dice.choice([204, 301, 400, 404, 410, 500, 503]), body, {"Retry-After": "60"}
        return status, json.dumps(mutated(self.dice, json.loads(body))).encode(), {}


class InProcess(BaseAdapter):
    """Carries requests to the site without a network: the rest of the HTTP library is the real one."""

    def __init__(self, site: ArborSite, spoil: Mutating) -> None:
        super().__init__()
        self.site = site
        self.spoil = spoil

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        headers = {name.lower(): value for name, value in request.headers.items()}
        came = Came(str(request.method), parts.path, parse_qsl(parts.query), headers)
        status, body = self.site.answer(came)
        self.site.came.clear()
        sent = self.spoil(came, status, json.dumps(body).encode())
        answer = requests.Response()
        answer.status_code, answer.headers = sent[0], CaseInsensitiveDict(sent[2])
        answer.raw, answer.request, answer.url = io.BytesIO(sent[1]), request, str(request.url)
        return answer

    def close(self) -> None:
        """There is nothing to close."""


def adapter_over(site: ArborSite, spoil: Mutating) -> MisAdapter:
    adapter = adapter_at("https://arbor.example")
    vars(vars(adapter)["_arbor"])["_http"].mount("https://", InProcess(site, spoil))
    return adapter


def read(adapter: MisAdapter, kind: Kind, cursor: Cursor | None, *, whole: bool) -> list[Page]:
    """What was read before an error; any error but ours passes."""
    pages: list[Page] = []
    try:
        reading = adapter.everything(kind) if whole else adapter.changes(kind, cursor)
        pages.extend(reading.pages())
    except RpConnectError as problem:
        told = str(problem)
        assert "Secretname" not in told
    return pages


def ids(pages: list[Page]) -> set[str]:
    found = {str(getattr(record, "id", record)) for page in pages for record in page.records}
    return found | {stone.id for page in pages for stone in page.tombstones}


@pytest.mark.trial
@pytest.mark.timeout(3600)
def test_mutated_answers_end_with_a_record_a_refusal_or_an_error_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rp_arbor.client.time.sleep", lambda _: None)
    spoil = Mutating(random.Random(SEED))
    refusals = 0
    while spoil.count < ANSWERS:
        refusals += sum(_round(spoil, kind) for kind in KINDS)
    assert refusals > ANSWERS // 500


def _round(spoil: Mutating, kind: Kind) -> int:
    """One honest reading, then a few of the same school with a suspension and a pupil more."""
    site = school()
    spoil.on = False
    cursor = read(adapter_over(site, spoil), kind, None, whole=False)[-1].cursor
    add_exclusion(site, 77)
    add_pupil(site, 77)
    spoil.on = True
    pages = [
        page
        for turn in range(20)
        for page in read(adapter_over(site, spoil), kind, cursor, whole=bool(turn % 2))
    ]
    refusals = [refusal for page in pages for refusal in page.refusals]
    assert all(one.key and one.reason and "Secretname" not in repr(one) for one in refusals)
    assert all(len(page.records) <= 1000 for page in pages)
    return len(refusals)


@pytest.mark.trial
@pytest.mark.timeout(3600)
def test_no_cursor_goes_past_a_record_that_was_neither_given_nor_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two suspensions are added, answers are mutated, and an honest reading follows from the cursor."""
    monkeypatch.setattr("rp_arbor.client.time.sleep", lambda _: None)
    spoil = Mutating(random.Random(SEED + 1))
    kind = Kind.SUSPENSION
    for turn in range(max(ANSWERS // 20, 60)):
        site = school()
        spoil.on = False
        cursor = read(adapter_over(site, spoil), kind, None, whole=False)[-1].cursor
        for number in (77, 78):
            add_exclusion(site, number)
        spoil.on = True
        pages = read(adapter_over(site, spoil), kind, cursor, whole=False)
        spoil.on = False
        refused = {refusal.key for page in pages for refusal in page.refusals}
        reached = next((page.cursor for page in reversed(pages) if page.cursor), cursor)
        later = ids(read(adapter_over(site, spoil), kind, reached, whole=False))
        assert {"77", "78"} <= ids(pages) | refused | later, f"seed {SEED + 1}, turn {turn}"
    assert spoil.count > 20
