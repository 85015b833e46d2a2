"""Answers of Arbor with something wrong in them: nothing leaves the family of errors, nothing is lost.

100,000 mutated answers with RP_CONNECT_TRIALS=full, a sample otherwise.
"""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Callable

import pytest

from rp_connect.ports.mis import Cursor, Kind, MisAdapter, Reading
from tests.plugins.in_process import mounted
from tests.plugins.promises import Tally, kept_of, quoted
from tests.plugins.rp_arbor.any_answer import PRIVATE, Judge, Post
from tests.plugins.rp_arbor.rig import adapter_at, add_exclusion, add_mark, add_pupil, changes, school
from tests.plugins.rp_arbor.vendor import ArborSite, to
from tests.plugins.saboteurs import SABOTEURS, Sabotage, Sabotaged

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
ANSWERS = 100_000 if FULL else 2_000
SHARDS = 20 if FULL else 2
"""Each is a test of its own, so that none takes longer than a test may."""
SEED = 20261128
Cursors = dict[Kind, Cursor]


@pytest.fixture
def post() -> Post:
    return Post(school())


@pytest.fixture
def cursors(post: Post) -> Cursors:
    """Of an honest reading of each kind; a good deal happens at the school after it."""
    found = {kind: changes(opened(post), kind, None).cursor for kind in Kind}
    happened(post.site)
    return {kind: cursor for kind, cursor in found.items() if cursor is not None}


def happened(site: ArborSite) -> None:
    names = {"legalFirstName": "Test Person", "legalLastName": "Test Person"}
    add_pupil(site, 77, **names)
    add_pupil(site, 2, **names)
    site.put("Staff", 2, person=to("Person", 2002))
    site.put("Person", 2002, **names)
    site.put("EmailAddress", 9, emailAddressOwner=to("Staff", 2), emailAddress="bob@northwick.example")
    for number in (77, 78):
        add_exclusion(site, number)
    site.put(
        "ExclusionExclusionReason",
        7,
        exclusion=to("FixedPeriodExclusion", 1),
        exclusionReason=to("ExclusionReason", 1),
    )
    site.delete("PermanentExclusion", 1)
    for number in (2, 3):
        moment = f"2026-11-1{number} 10:45:00"
        site.put("BehaviouralIncident", number, narrative="Test Person", incidentDatetime=moment)
        involve(site, 10 + number, number, 2)
    involve(site, 9, 1, 3)
    for number in (7, 8, 9):
        add_mark(site, number, 1 + number % 2, 2, pupil=2, day=f"2026-11-1{number}")


def involve(site: ArborSite, key: int, incident: int, pupil: int) -> None:
    whose, student = to("BehaviouralIncident", incident), to("Student", pupil)
    site.put("BehaviouralIncidentStudentInvolvement", key, behaviouralIncident=whose, student=student)


def opened(post: Post) -> MisAdapter:
    """Another one each time, as after a restart."""
    adapter = adapter_at("https://arbor.example", lambda _: None)
    mounted(vars(adapter)["_arbor"], post.answer)
    return adapter


def trial(post: Post, cursors: Cursors, make: Callable[[Post], MisAdapter], answers: int, seed: int) -> Tally:
    dice, tally = random.Random(seed), Tally()
    while tally.answers < answers:
        kind = dice.choice(list(Kind))
        known = dice.choice([None, cursors[kind]])
        post.begin(dice, dice.choice([0.1, 0.25, 0.5]))
        kept_of(beginning(make(post), kind, known, dice), PRIVATE, Judge(post, kind, known), tally)
        tally.answers += post.changed
    return tally


def beginning(
    adapter: MisAdapter, kind: Kind, known: Cursor | None, dice: random.Random
) -> Callable[[], Reading]:
    if known is None and dice.random() < 0.7:
        return lambda: adapter.everything(kind)
    return lambda: adapter.changes(kind, known)


@pytest.mark.trial
@pytest.mark.parametrize("shard", range(SHARDS))
def test_mutated_answers_end_with_a_record_a_refusal_or_an_error_of_ours(
    post: Post, cursors: Cursors, caplog: pytest.LogCaptureFixture, shard: int
) -> None:
    caplog.set_level(logging.INFO, "rp_arbor")
    tally = trial(post, cursors, opened, ANSWERS // SHARDS, SEED + shard)
    assert tally.stood > tally.readings // 20, "hardly any reading came to a cursor, so nothing was tried"
    assert tally.refusals > tally.answers // 100
    assert list(quoted(caplog.text, PRIVATE)) == []


@pytest.mark.parametrize("how", SABOTEURS, ids=lambda how: how.__name__)
def test_an_adapter_that_breaks_a_promise_is_found(post: Post, cursors: Cursors, how: Sabotage) -> None:
    last = {kind: honest_cursor(post, kind) for kind in Kind}
    with pytest.raises((AssertionError, KeyError)):
        trial(post, cursors, lambda post: Sabotaged(opened(post), how, last.__getitem__), 3_000, SEED)


def honest_cursor(post: Post, kind: Kind) -> Cursor:
    post.begin(random.Random(0), 0.0)
    cursor = changes(opened(post), kind, None).cursor
    assert cursor is not None
    return cursor
