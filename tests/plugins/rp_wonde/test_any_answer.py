"""Whatever Wonde answers: an error of our family or a reading, and then no row that it sent is lost."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from rp_connect.ports.mis import Cursor, Kind, MisAdapter, MisSettings, Reading
from rp_wonde.adapter import WondeAdapter
from rp_wonde.settings import WondeSettings
from tests.plugins.in_process import mounted
from tests.plugins.promises import Tally, kept_of, quoted
from tests.plugins.rp_wonde.any_answer import CURSOR, LISTS, NOW, PRIVATE, SINCE, Judge, Post, filled
from tests.plugins.rp_wonde.conftest import LONDON, Open, Secrets
from tests.plugins.rp_wonde.vendor import LoopbackWonde, Request, WondeSchool
from tests.plugins.saboteurs import SABOTEURS, Sabotage, Sabotaged

FULL = os.environ.get("RP_CONNECT_TRIALS") == "full"
ANSWERS = 100_000 if FULL else 2_000
SHARDS = 20 if FULL else 2
"""Each is a test of its own, so that none takes longer than a test may."""
SEED = 20261128
ROOT = "https://wonde.example"
Make = Callable[[Random], MisAdapter]


def opening(post: Post) -> Make:
    """Adapters over the school of `post`, three rows a page; each is another one, as after a restart."""

    def opened(chance: Random) -> MisAdapter:
        paging = chance.choice(["cursor", "offset"])
        table = {"school_id": "A100", "token": "env:TOKEN", "base_url": ROOT, "retries": 0, "per_page": 3}
        own = WondeSettings.model_validate({**table, "paging": paging})
        adapter = WondeAdapter(MisSettings("northwick", "", LONDON, Path(), Path(), own, Secrets()))
        mounted(vars(adapter)["_wonde"], post.answer)
        return adapter

    return opened


def trial(post: Post, make: Make, answers: int, seed: int) -> Tally:
    chance, tally = Random(seed), Tally()
    while tally.answers < answers:
        kind = chance.choice(list(LISTS))
        post.begin(chance, chance.choice([0.15, 0.4, 0.7]))
        since = chance.choice([None, SINCE])
        judge, adapter = Judge(post, kind, since), make(chance)
        kept = kept_of(beginning(adapter, kind, since, chance), PRIVATE, judge, tally)
        if kept.ended:
            judge.whole(kept)
        tally.answers += post.changed
    return tally


def beginning(adapter: MisAdapter, kind: Kind, since: str | None, chance: Random) -> Callable[[], Reading]:
    if since is None and chance.random() < 0.7:
        return lambda: adapter.everything(kind)
    return lambda: adapter.changes(kind, CURSOR if since else None)


@pytest.fixture
def post() -> Post:
    school = WondeSchool()
    school.root = ROOT
    return Post(filled(school))


@pytest.mark.trial
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_answer_of_wonde_brings_it_down_and_no_row_is_lost(
    post: Post, caplog: pytest.LogCaptureFixture, shard: int
):
    caplog.set_level(logging.INFO, "rp_wonde")
    tally = trial(post, opening(post), ANSWERS // SHARDS, SEED + shard)
    assert tally.whole > tally.readings // 20, "hardly any reading came to its end, so nothing was tried"
    assert tally.stood > tally.whole, "no cursor stood within a reading"
    assert tally.refusals > tally.answers // 50
    assert list(quoted(caplog.text, PRIVATE)) == []


@pytest.mark.trial
def test_the_same_answers_over_a_real_connection_bring_it_down_as_little(
    wonde: LoopbackWonde, adapter_of: Open
):
    """Few, since each costs a connection: what differs is the wire, not the answers."""
    post = Post(filled(wonde.school))
    wonde.mutate = lambda request, body: post.carried(request, 200, json.loads(body))
    tally = trial(post, lambda chance: adapter_of(per_page=3), 200, SEED - 1)
    assert tally.whole


@pytest.mark.parametrize("how", SABOTEURS, ids=lambda how: how.__name__)
def test_an_adapter_that_breaks_a_promise_is_found(post: Post, how: Sabotage):
    def done(kind: Kind) -> Cursor:
        return {"since": f"{NOW:%Y-%m-%d %H:%M:%S}"}

    honest = opening(post)
    with pytest.raises((AssertionError, KeyError)):
        trial(post, lambda chance: Sabotaged(honest(chance), how, done), 3_000, SEED)


def test_an_adapter_that_takes_the_first_page_for_the_whole_list_is_found(post: Post):
    """By answers whose next page is taken away before it sees them, behind the back of the judge."""

    class Shortened(Post):
        def carried(self, request: Request, status: int, document: object) -> tuple[int, bytes]:
            status, body = super().carried(request, status, document)
            return status, body.replace(b'"pagination"', b'"paging"')

    shortened = Shortened(post.school)
    with pytest.raises(AssertionError, match="never asked for"):
        trial(shortened, opening(shortened), 3_000, SEED)
