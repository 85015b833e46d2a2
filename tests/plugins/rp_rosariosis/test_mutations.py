"""Mutated answers: nothing breaks, no cursor steps over a lost record, every refused one is named.

100,000 of them with RP_CONNECT_TRIALS=full, a sample otherwise.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from random import Random

import pytest

from rp_connect.ports.mis import Cursor, Kind, MisAdapter, Reading
from tests.plugins.in_process import mounted
from tests.plugins.promises import Tally, kept_of, quoted
from tests.plugins.rp_rosariosis.any_answer import CURSOR, NOW, PRIVATE, Judge, Post, school
from tests.plugins.rp_rosariosis.loopback import adapter
from tests.plugins.saboteurs import SABOTEURS, Sabotage, Sabotaged

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
ANSWERS = 100_000 if FULL else 2_000
SHARDS = 20 if FULL else 2
"""Each is a test of its own, so that none takes longer than a test may."""
SEED = 20261128


@pytest.fixture
def post() -> Post:
    return Post(school())


def opened(post: Post, **own: object) -> MisAdapter:
    mis = adapter("https://rosariosis.example", lambda _: None, **own)
    mounted(vars(mis)["_rosario"], post.answer)
    return mis


def trial(post: Post, make: Callable[[Post], MisAdapter], answers: int, seed: int) -> Tally:
    """One adapter for some ten readings, as a session lasts."""
    random, tally, mis = Random(seed), Tally(), make(post)
    while tally.answers < answers:
        kind, since = random.choice(list(Kind)), random.choice([None, CURSOR])
        mis = make(post) if random.random() < 0.1 else mis
        post.begin(random, random.choice([0.15, 0.4, 0.7]))
        judge = Judge(post, kind, None if since is None else str(since["since"]))
        kept_of(beginning(mis, kind, since), PRIVATE, judge, tally)
        tally.answers += post.changed
    return tally


def beginning(mis: MisAdapter, kind: Kind, since: Cursor | None) -> Callable[[], Reading]:
    return lambda: mis.everything(kind) if since is None else mis.changes(kind, since)


@pytest.mark.trial
@pytest.mark.parametrize("shard", range(SHARDS))
def test_mutated_answers_break_nothing_and_no_cursor_steps_over_what_they_hid(
    post: Post, caplog: pytest.LogCaptureFixture, shard: int
):
    caplog.set_level(logging.INFO, "rp_rosariosis")
    tally = trial(post, opened, ANSWERS // SHARDS, SEED + shard)
    assert tally.stood > tally.readings // 20, "hardly any reading came to a cursor, so nothing was tried"
    assert tally.refusals > tally.answers // 200
    assert list(quoted(caplog.text, PRIVATE)) == []
    assert post.vendor.offences == []


@pytest.mark.trial
def test_mutated_answers_break_as_little_where_a_session_has_two_periods(post: Post):
    """Then the days that changed are looked for first."""
    tally = trial(post, lambda post: opened(post, am_periods=["AM", "01"]), 1_000, SEED - 1)
    assert tally.stood > tally.readings // 20, "hardly any reading came to a cursor, so nothing was tried"
    assert post.vendor.offences == []


@pytest.mark.parametrize("how", SABOTEURS, ids=lambda how: how.__name__)
def test_an_adapter_that_breaks_a_promise_is_found(post: Post, how: Sabotage):
    def done(kind: Kind) -> Cursor:
        return {"since": f"{NOW:%Y-%m-%d %H:%M:%S}"}

    with pytest.raises((AssertionError, KeyError)):
        trial(post, lambda post: Sabotaged(opened(post), how, done), 3_000, SEED)
