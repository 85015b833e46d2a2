"""What is removed from the outbox is what nobody asks for again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.services.office import Office
from rp_connect.services.retire_records import retire_records
from rp_connect.storage.store import open_store
from tests.drop_school import DropSchool


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    school = DropSchool(tmp_path)
    school.write()
    opened = school.office("2026-11-12T09:00")
    opened.store.close()
    store = open_store(url)
    yield replace(opened, store=store)
    store.close()


def want(office: Office, key: str, *, done: bool) -> None:
    with office.store.begin() as work:
        work.effects.want(EffectKind.NOTICE, key, school="northwick", case=None)
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
    retire_records(office)
    want(office, "northwick.changed", done=True)

    assert rows(office)[-1][1] == last + 1


def test_many_go_in_several_transactions(office, monkeypatch):
    monkeypatch.setattr("rp_connect.services.retire_records.AT_ONCE", 2)
    for _ in range(6):
        want(office, "northwick.changed", done=True)

    assert retire_records(office) == 5
