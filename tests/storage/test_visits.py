"""Who is signed in, on both databases: found by a digest, ended for good, forgotten after its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from rp_connect.ports.visits import Visit
from rp_connect.storage.store import SqlStore
from tests.storage.conftest import SetClock


def visit(clock: SetClock, number: int) -> Visit:
    return Visit(f"digest-{number}", f"attempt-{number}", "lead@northwick.example", clock())


def begin(store: SqlStore, one: Visit) -> bool:
    with store.begin() as work:
        begun = work.visits.begin(one)
        work.commit()
    return begun


def test_a_visit_is_found_by_its_digest_and_by_nothing_else(store: SqlStore, clock: SetClock):
    assert begin(store, visit(clock, 1))

    with store.read() as work:
        assert work.visits.get("digest-1") == visit(clock, 1)
        assert work.visits.get("attempt-1") is None
        assert work.visits.get("") is None


def test_an_attempt_opens_one_visit_even_after_that_one_ended(store: SqlStore, clock: SetClock):
    begin(store, visit(clock, 1))
    again = replace(visit(clock, 2), attempt="attempt-1")

    assert not begin(store, again)
    with store.begin() as work:
        work.visits.end("digest-1")
        work.commit()
    assert not begin(store, again)
    with store.read() as work:
        assert work.visits.get("digest-1") is None
        assert work.visits.get("digest-2") is None


def test_what_ended_holds_no_address_and_what_is_old_is_forgotten(store: SqlStore, clock: SetClock):
    begin(store, visit(clock, 1))
    clock.move_on(3600)
    begin(store, visit(clock, 2))

    with store.begin() as work:
        work.visits.end("digest-2")
        work.visits.forget(clock() - timedelta(minutes=30))
        work.commit()

    with store.read() as work:
        assert work.visits.get("digest-1") is None
        ended = work.visits.get("ended digest-2")
        assert ended is not None
        assert ended.who == ""
    assert begin(store, visit(clock, 1)), "the old attempt was forgotten with its visit"
