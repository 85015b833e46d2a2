"""How many connections one process takes of a server that many share, however much it does at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rp_connect.ports.doorbell import Errand, Ring
from rp_connect.services.office import Office
from rp_connect.wiring.errands import run_errand
from rp_connect.wiring.office import build_office
from tests.cli.installation import NOW, install

KEPT = 2
SCHOOLS = ("northwick", "eastmoor", "westhaven")
COUNTED = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'rp-connect'"""


@pytest.fixture
def office(tmp_path: Path, postgres_store_url: str) -> Iterator[Office]:
    """Three schools, each with suspensions to read, at a store that may keep two connections."""
    trust = install(tmp_path)
    for school in SCHOOLS[1:]:
        trust.add_school(school, school.capitalize())
        for name in ("pupils.csv", "suspensions.csv"):
            trust.drop(name, (tmp_path / "northwick" / "drop" / name).read_text(), school)
    text = trust.config.read_text().replace(
        "sqlite:///rp-connect.db", f"{postgres_store_url}?connections={KEPT}"
    )
    trust.config.write_text(text)
    opened = build_office(trust.config, now=NOW)
    with closing(opened.store):
        yield opened


@pytest.fixture
def looking(postgres_store_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(postgres_store_url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


def taken(looking: psycopg.Connection[Any]) -> int:
    (count,) = looking.execute(COUNTED).fetchone() or (0,)
    return int(count)


def most_taken(looking: psycopg.Connection[Any], jobs: list[Future[None]]) -> int:
    most = 0
    while wait(jobs, 0.001).not_done:
        most = max(most, taken(looking))
    for job in jobs:
        job.result()
    return most


def test_three_errands_at_once_share_two_connections_and_add_one_each_for_a_lock(office, looking):
    began = time.monotonic()
    with ThreadPoolExecutor(len(SCHOOLS)) as threads:
        for errand in (Errand.SYNC, Errand.DELIVER):
            jobs = [threads.submit(run_errand, office, Ring(errand, school)) for school in SCHOOLS]
            assert KEPT < most_taken(looking, jobs) <= KEPT + len(SCHOOLS)
            while taken(looking) > KEPT:  # whoever held a lock takes a moment to leave
                time.sleep(0.01)
    assert time.monotonic() - began < 30  # nobody waited for the pool in vain

    with office.store.read() as work:
        counts = {state.value: count for state, count in work.effects.counts().items() if count}
        assert {case.school for case in work.cases.every()} == set(SCHOOLS)
    assert counts.keys() == {"done"}
