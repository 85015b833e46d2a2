"""What was done long ago is cleared away some rows at a time, so that nobody who writes waits long."""

from __future__ import annotations

from rp_connect.storage.store import SqlStore
from tests.storage.test_outbox import ME, want


def done_before_the_time_was_kept(store: SqlStore, count: int) -> None:
    for number in range(count):
        want(store, f"northwick.{number}")
    with store.begin() as work:
        work.effects.done_all(work.effects.lease(ME, count))
        work.commit()
    with store.alone() as session:
        session.sql("UPDATE effects SET done_at = NULL")
        session.connection.commit()


def undated(store: SqlStore) -> list[str]:
    with store.alone() as session:
        found = session.sql("SELECT key FROM effects WHERE done_at IS NULL ORDER BY id").all()
    return [row.key for row in found]


def date(store: SqlStore, limit: int) -> int:
    with store.begin() as work:
        dated = work.effects.date(limit)
        work.commit()
    return dated


def test_what_was_done_before_the_time_was_kept_is_dated_some_rows_at_a_time_and_the_oldest_first(store):
    done_before_the_time_was_kept(store, 5)

    assert date(store, 2) == 2
    assert undated(store) == ["northwick.2", "northwick.3", "northwick.4"]
    assert [date(store, 2), date(store, 2)] == [2, 1]
    assert undated(store) == []
