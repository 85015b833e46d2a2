"""What is removed from the outbox is what nobody asks for again, a month after it was done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.services.office import Office
from rp_connect.services.retire_records import retire_records
from rp_connect.storage.store import open_store
from tests.drop_school import DropSchool, suspension

DAYS: list[datetime] = []
"""What the store's clock has shown; the last is now."""


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_store_url")
    school = DropSchool(tmp_path)
    school.write()
    opened = school.office("2026-11-12T09:00")
    opened.store.close()
    store = open_store(url, lambda: DAYS[-1])
    DAYS[:] = [datetime(2026, 11, 12, 9, tzinfo=UTC)]
    yield replace(opened, store=store)
    store.close()


def later(days: float) -> None:
    DAYS.append(DAYS[-1] + timedelta(days=days))


def want(office: Office, key: str, *, done: bool, kind: EffectKind = EffectKind.TASK) -> None:
    with office.store.begin() as work:
        work.effects.want(kind, key, school="northwick", case=None)
        if done:
            work.effects.done_all(work.effects.lease("me", 100))
        work.commit()


def rows(office: Office) -> list[tuple[str, int, EffectState]]:
    with office.store.read() as work:
        return [(one.key, one.revision, one.state) for one in work.effects.every()]


def test_only_what_is_done_and_was_followed_by_a_newer_one_goes(office):
    for _ in range(3):
        want(office, "northwick.changed", done=True)
    want(office, "northwick.once", done=True)
    want(office, "northwick.again", done=True)
    want(office, "northwick.again", done=False)
    newest = [row for row in rows(office) if row[0] == "northwick.changed"][-1]
    later(31)

    assert retire_records(office) == 3
    left = rows(office)
    assert [row for row in left if row[0] == "northwick.changed"] == [newest]
    assert [row[2] for row in left if row[0] == "northwick.again"] == [EffectState.WAITING]
    assert [row[2] for row in left if row[0] == "northwick.once"] == [EffectState.DONE]
    assert retire_records(office) == 0


def test_a_revision_goes_on_from_where_it_stood(office):
    for _ in range(3):
        want(office, "northwick.changed", done=True)
    last = rows(office)[-1][1]
    later(400)
    assert retire_records(office) == 2
    want(office, "northwick.changed", done=True)

    assert rows(office)[-1][1] == last + 1


def test_many_go_in_several_transactions(office, monkeypatch):
    monkeypatch.setattr("rp_connect.services.retire_records.AT_ONCE", 2)
    for _ in range(6):
        want(office, "northwick.changed", done=True)
    later(31)

    assert retire_records(office) == 5


def test_what_was_done_stays_for_a_month_or_as_long_as_the_configuration_says(office):
    for _ in range(2):
        want(office, "northwick.changed", done=True)
    later(29.9)
    assert retire_records(office) == 0
    later(0.2)
    assert retire_records(replace(office, effects_kept=timedelta(days=60))) == 0
    assert retire_records(office) == 1


def test_a_reminder_goes_after_its_month_and_one_that_still_waits_does_not(office):
    want(office, "northwick.2026-11-12.head", done=True, kind=EffectKind.NOTICE)
    want(office, "northwick.2026-11-12.lead", done=False, kind=EffectKind.NOTICE)
    later(31)
    want(office, "northwick.2026-12-13.head", done=False, kind=EffectKind.NOTICE)

    assert retire_records(office) == 1
    with office.store.read() as work:
        assert not work.effects.asked(EffectKind.NOTICE, "northwick.2026-11-12.head")
        assert work.effects.asked(EffectKind.NOTICE, "northwick.2026-11-12.lead")
        assert work.effects.asked(EffectKind.NOTICE, "northwick.2026-12-13.head")


def test_what_was_done_before_the_time_was_kept_has_its_month_from_the_first_night_on(office, monkeypatch):
    monkeypatch.setattr("rp_connect.services.retire_records.AT_ONCE", 2)
    for _ in range(5):
        want(office, "northwick.changed", done=True)
    with office.store.alone() as session:
        session.sql("UPDATE effects SET done_at = NULL")
        session.connection.commit()
    later(400)

    assert retire_records(office) == 0
    later(31)
    assert retire_records(office) == 4


def test_what_is_left_of_a_months_work_writes_nothing_twice(tmp_path):
    """A whole school: everything was sent, a month passes, the outbox is cleared, and all is wanted again."""
    school = DropSchool(tmp_path, suspensions=[suspension("S1", "2026-11-10", 6)])
    school.sync("2026-11-12T09:40")
    school.deliver("2026-11-12T09:45")
    tasks = tmp_path / "workspace" / "tasks"
    before = {path.name: path.read_bytes() for path in tasks.glob("*.ics")}
    office = school.office("2026-11-12T10:00")
    # Of this school's store every row is as if it had been done long ago.
    retire_records(replace(office, effects_kept=timedelta(days=-1)))
    with office.store.begin() as work:
        for task in work.tasks.every("northwick"):
            work.effects.want(EffectKind.TASK, task.id, school="northwick", case=task.case)
        work.commit()
    office.store.close()
    school.deliver("2026-11-12T10:05")

    after = {path.name: path.read_bytes() for path in tasks.glob("*.ics")}
    assert len(before) > 5
    assert after.keys() == before.keys()
