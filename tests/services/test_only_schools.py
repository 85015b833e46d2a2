"""What a person of one school finds in the store, through the services' own port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rp_connect.domain.effect import EffectKind
from rp_connect.domain.suspension import LengthAnswer
from rp_connect.errors import NotFoundError, StoreError, TryLaterError
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.change_suspension import answer_length
from rp_connect.services.office import Office
from rp_connect.services.only_schools import OPEN_TO_ALL, Refusal, only_schools
from rp_connect.services.read_diaries import UNREAD, read_diaries
from rp_connect.services.set_meeting import set_meeting
from tests.web.diaried import Diaried, with_workspace
from tests.web.small_school import (
    add_reintegration,
    add_suspension,
    ask,
    local,
    open_trust,
    pupil,
    three_days,
)

MINE, THEIRS = "RP-2026-0001", "RP-2026-0002"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = open_trust(tmp_path)
    add_reintegration(found)
    add_reintegration(found, pupil("E-1"), three_days("E-S-1", "E-1"), school="eastmoor")
    for ref in (MINE, THEIRS):
        set_meeting(found, ref, local("2026-11-11T14:00"), 45, "", False, [], "lead")
    yield found
    found.store.close()


@pytest.fixture
def refused() -> list[Refusal]:
    return []


@pytest.fixture
def narrow(office: Office, refused: list[Refusal]) -> Office:
    return only_schools(office, ["northwick"], refused)


def test_every_part_of_the_store_is_either_sieved_or_named_as_open():
    parts = {name for name in vars(UnitOfWork) if not name.startswith("_")} - {"commit"}
    sieved, closed = {"cases", "tasks", "meetings", "suspensions", "lanes"}, {"visits"}

    assert parts == sieved | closed | set(OPEN_TO_ALL)


def test_one_record_of_the_other_school_is_not_there(narrow: Office, refused: list[Refusal]):
    with narrow.store.read() as work:
        asked: list[tuple[Callable[[Any], object], Any, Any]] = [
            (work.cases.get, THEIRS, "RP-2026-0099"),
            (work.tasks.get, f"{THEIRS}.pupil-voice.1", "RP-2026-0099.pupil-voice.1"),
            (work.suspensions.get, 2, 99),
        ]
        for read, theirs, missing in asked:
            with pytest.raises(NotFoundError) as hidden:
                read(theirs)
            with pytest.raises(NotFoundError) as absent:
                read(missing)
            assert str(hidden.value).replace(str(theirs), "") == str(absent.value).replace(str(missing), "")

    assert refused == [Refusal("eastmoor", THEIRS)] * 2 + [Refusal("eastmoor", None)]


def test_many_records_are_those_of_the_own_school(narrow: Office, refused: list[Refusal]):
    both = [MINE, THEIRS]
    with narrow.store.read() as work:
        assert [case.ref for case in work.cases.every()] == [MINE]
        assert work.cases.every("eastmoor") == []
        assert set(work.cases.by_ref(both)) == {MINE}
        assert set(work.tasks.of_cases(both)) == {MINE}
        assert {task.case for task in work.tasks.every()} == {MINE}
        assert work.tasks.every(case=THEIRS) == []
        assert [meeting.case for meeting in work.meetings.of_schools(["northwick", "eastmoor"])] == [MINE]
        assert [case.ref for case in work.cases.open_of(["northwick", "eastmoor"])] == [MINE]
        assert {task.case for task in work.tasks.open_of(["northwick", "eastmoor"])} == {MINE}
        assert work.suspensions.by_no([1, 2]).keys() == {1}
        assert [len(held) for held in work.suspensions.of_pupils([1, 2]).values()] == [1, 0]
    assert refused == []


def test_somebody_who_is_signed_in_finds_the_diaries_too(
    office: Office, refused: list[Refusal], tmp_path: Path
):
    workspace = Diaried(tmp_path, [("lead@trust.example", "2026-11-11T10:00", "2026-11-11T11:00")])
    narrow = only_schools(with_workspace(office, workspace), ["northwick"], refused)
    school, day = narrow.schools["northwick"], [date(2026, 11, 11)]

    assert len(read_diaries(narrow, school, day).busy) == 1
    workspace.fault = TryLaterError("Not now.", retry_after=60)
    assert read_diaries(narrow, school, day).note == UNREAD
    with office.store.read() as work:
        assert work.lanes.shut_until(workspace.scope, EffectKind.MEETING.lane), "whoever writes waits, too"


def test_an_answer_may_open_a_case_that_is_missing(office: Office, narrow: Office):
    """As from the next sync on, where live_from was set to an earlier day since the last one."""
    ask(office, 8)
    with office.store.begin() as work:
        ada = work.suspensions.get(1).pupil_no
        add_suspension(work, ada, three_days("S-0"))
        work.commit()

    answer_length(narrow, MINE, LengthAnswer.CORRECTION, "lead")

    with narrow.store.read() as work:
        assert [case.ref for case in work.cases.every()] == [MINE, "RP-2026-0003"]


def test_what_no_page_needs_is_not_there_at_all(narrow: Office):
    with narrow.store.read() as work:
        for part, name in (("visits", None), ("lanes", "enter"), ("cases", "stages"), ("tasks", "by_id")):
            with pytest.raises(AttributeError):
                getattr(getattr(work, part), name or "begin")
    with pytest.raises(StoreError):
        narrow.store.rehearse()
    with pytest.raises(StoreError):
        narrow.store.close()
