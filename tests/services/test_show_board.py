"""The board: on which shelf a task lies, whom it is for, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from rp_connect.domain.calendar import Period, PeriodKind
from rp_connect.domain.case import Stage
from rp_connect.domain.people import Role
from rp_connect.domain.suspension import Dates, LengthAnswer, LengthQuestion
from rp_connect.domain.task import Task, TaskState
from rp_connect.errors import NotFoundError
from rp_connect.ports.mis import Refusal
from rp_connect.ports.store import SchoolState, SourceState
from rp_connect.services.move_case import move_case
from rp_connect.services.office import Office
from rp_connect.services.set_meeting import cancel_meeting, set_meeting
from rp_connect.services.show_board import SchoolBoard, Shelf, show_board
from tests.web.small_school import (
    LEAD,
    MIS,
    add_many,
    add_reintegration,
    ask,
    change_suspension,
    later,
    local,
    open_trust,
    pupil,
    three_days,
)

REF = "RP-2026-0001"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = open_trust(tmp_path)
    yield found
    found.store.close()


def northwick(office: Office, role: Role | None = None) -> SchoolBoard:
    return show_board(office, "northwick", role).schools[0]


def shelves(board: SchoolBoard) -> dict[str, list[str]]:
    return {
        shelf.value: [row.task.id.removeprefix(f"{row.case.ref}.") for row in rows]
        for shelf, rows in board.shelves.items()
    }


def change(office: Office, rule: str, **changes) -> Task:
    with office.store.begin() as work:
        changed = replace(work.tasks.get(f"{REF}.{rule}.1"), **changes)
        work.tasks.put([changed])
        work.commit()
    return changed


def test_each_open_task_lies_on_one_shelf(office: Office):
    add_reintegration(office)

    assert shelves(northwick(office)) == {
        "late": ["tell-la.1", "written-notice.1"],
        "today": ["pupil-voice.1"],
        "week": ["reintegration-meeting.1", "check-in.1", "share-plan.1"],
        "coming": ["check-in.2"],
        "later": ["review.1"],
        "undated": ["review.2"],
    }


def test_a_task_is_late_when_its_hour_has_passed(office: Office):
    add_reintegration(office)
    before, after = (later(office, f"2026-11-12T08:{minute}") for minute in ("45", "46"))

    assert "share-plan.1" in shelves(northwick(before))["today"]
    assert "share-plan.1" in shelves(northwick(after))["late"]


def test_the_planned_day_decides_until_the_legal_due_is_past(office: Office):
    add_reintegration(office)
    change(office, "pupil-voice", planned=date(2026, 11, 12))
    change(office, "reintegration-meeting", planned=date(2026, 11, 9))
    assert "pupil-voice.1" in shelves(northwick(office))["week"]
    assert shelves(northwick(office))["today"] == ["reintegration-meeting.1"], (
        "planned for a day that is past"
    )

    tomorrow = later(office, "2026-11-11T09:00")

    assert "pupil-voice.1" in shelves(northwick(tomorrow))["late"]


def test_what_is_done_or_cancelled_is_not_on_the_board(office: Office):
    add_reintegration(office)
    change(office, "tell-la", state=TaskState.DONE)
    change(office, "written-notice", state=TaskState.CANCELLED)

    assert northwick(office).count(Shelf.LATE) == 0


def test_late_tasks_stand_together_by_case_with_the_oldest_first(office: Office):
    second, first = add_many(office, 2)
    with office.store.begin() as work:
        old = replace(work.tasks.get(f"{first}.tell-la.1"), due=date(2026, 11, 5))
        work.tasks.put([old])
        work.commit()

    groups = northwick(office).by_case(Shelf.LATE)

    assert [(group.case.ref, len(group.tasks)) for group in groups] == [(first, 2), (second, 2)]
    assert [p.record.display_name for p in groups[0].pupils] == ["Ada Testperson 1"]


def test_the_week_is_told_day_by_day(office: Office):
    add_reintegration(office)
    set_meeting(office, REF, local("2026-11-11T14:00"), 45, "", False, [], "lead")

    board = show_board(office)

    assert [(day.day.day, day.tasks, day.late, day.meetings) for day in board.week] == [
        *((9, 2, 2, 0), (10, 1, 0, 0), (11, 1, 0, 1), (12, 2, 0, 0)),
        *((13, 0, 0, 0), (14, 0, 0, 0), (15, 0, 0, 0)),
    ]
    assert [(day, len(rows)) for day, rows in board.schools[0].by_day(Shelf.WEEK)] == [
        (date(2026, 11, 11), 1),
        (date(2026, 11, 12), 2),
    ]


def test_meetings_of_today_and_of_the_next_school_day_are_shown(office: Office):
    refs = add_many(office, 3)
    friday = later(office, "2026-11-13T08:00")
    for ref, at in zip(refs, ("2026-11-16T09:00", "2026-11-13T13:15", "2026-11-17T09:00"), strict=True):
        set_meeting(friday, ref, local(at), 45, "", False, [], "lead")

    found = northwick(friday)

    assert [meeting.case.ref for meeting in found.meetings] == [refs[1], refs[0]]
    assert (found.today, found.tomorrow) == (date(2026, 11, 13), date(2026, 11, 16))
    cancel_meeting(friday, refs[1], "lead")
    assert [meeting.case.ref for meeting in northwick(friday).meetings] == [refs[0]]


def test_longer_dates_wait_for_an_answer_until_there_is_one(office: Office):
    add_reintegration(office)
    ask(office, 8)

    found = northwick(office)

    asked = [(q.case.ref, q.reported.sessions, q.in_force.sessions) for q in found.longer_dates]
    assert (asked, found.questions) == ([(REF, 8, 6)], 1)
    ask(office, 8, LengthAnswer.FURTHER)
    assert northwick(office).questions == 0


def test_longer_dates_that_are_no_longer_reported_ask_nothing(office: Office):
    add_reintegration(office)
    change_suspension(office, "S-1", questions=(LengthQuestion(Dates(sessions=8), date(2026, 11, 10)),))

    assert northwick(office).questions == 0


def test_a_closed_case_asks_nothing(office: Office):
    add_reintegration(office)
    ask(office, 8)
    assert northwick(office).questions == 1

    move_case(office, REF, Stage.CLOSED, "lead")

    assert northwick(office).questions == 0


def test_a_task_that_people_deleted_twice_waits_for_a_person(office: Office):
    add_reintegration(office)
    change(office, "pupil-voice", deletions=1)
    assert northwick(office).questions == 0

    change(office, "pupil-voice", deletions=2)

    assert [row.task.rule for row in northwick(office).deleted_twice] == ["pupil-voice"]


def test_a_role_sees_its_own_tasks_and_the_lead_those_that_nobody_holds(tmp_path: Path):
    office = open_trust(tmp_path, people=f'{LEAD}\nhead = ["head@trust.example"]')
    add_reintegration(office)
    change(office, "pupil-voice", role=Role.SENCO)

    assert shelves(northwick(office, Role.HEAD))["late"] == ["tell-la.1", "written-notice.1"]
    assert shelves(northwick(office, Role.LEAD))["late"] == []
    assert shelves(northwick(office, Role.SENCO))["today"] == ["pupil-voice.1"]
    assert shelves(northwick(office, Role.LEAD))["today"] == ["pupil-voice.1"], "nobody is the SENCO here"
    office.store.close()


def test_one_school_or_all_of_them(office: Office):
    add_reintegration(office)
    add_reintegration(office, pupil("P-9"), three_days("S-9", "P-9"), school="eastmoor")

    both = show_board(office)

    assert [(one.school.id, one.count(Shelf.LATE)) for one in both.schools] == [
        ("northwick", 2),
        ("eastmoor", 2),
    ]
    assert (both.count(Shelf.LATE), both.week[0].tasks) == (4, 4)
    assert [one.school.id for one in show_board(office, "eastmoor").schools] == ["eastmoor"]
    with pytest.raises(NotFoundError, match="nowhere"):
        show_board(office, "nowhere")


def test_what_the_data_manager_must_see_is_told(office: Office):
    ref = add_reintegration(office)
    set_meeting(office, ref, local("2026-11-11T14:00"), 45, "", False, [], "lead")
    with office.store.begin() as work:
        work.schools.put(SchoolState(school="northwick", calendar_until=date(2027, 1, 8)))
        work.schools.put_source(SourceState("northwick", MIS, "pupil", held="pupils.csv is held."))
        work.schools.put_source(SourceState("northwick", MIS, "staff"))
        refusals = [Refusal("line 4", "no id"), Refusal("line 9", "no id")]
        work.refusals.add("northwick", "pupils.csv", "pupil", refusals, local("2026-11-10T07:00"))
        leased = work.effects.lease("test", 1)[0]
        assert work.effects.park(leased, "A person must look.")
        work.commit()

    found = northwick(office)

    assert (found.held, found.refused, found.parked) == (["pupils.csv is held."], 2, 1)
    assert (found.calendar_until, found.calendar_short) == (date(2027, 1, 8), True)
    calm = show_board(office, "eastmoor").schools[0]
    assert (calm.held, calm.refused, calm.parked, calm.calendar_short) == ([], 0, 0, False)


def test_the_number_of_queries_does_not_grow_with_the_cases(office: Office):
    add_many(office, 1)
    few = queries(office)
    add_many(office, 8, first=1)

    assert queries(office) == few


def test_a_trust_is_read_with_as_few_questions_as_one_school(office: Office):
    add_many(office, 2)
    add_many(office, 2, "eastmoor")
    assert [board.count(Shelf.LATE) for board in show_board(office).schools] == [4, 4]

    assert queries(office) == queries(office, "northwick")


def test_each_school_has_the_meetings_of_its_own_week(office: Office):
    """One is closed on the Friday and on the Monday, so that its next school day is a Tuesday."""
    mine, theirs = add_many(office, 2), add_many(office, 2, "eastmoor")
    closed = [Period(date(2026, 11, 16), date(2026, 11, 16), PeriodKind.CLOSURE, "")]
    with office.store.begin() as work:
        work.schools.put_calendar("eastmoor", [*work.schools.calendar("eastmoor"), *closed])
        work.commit()
    friday = later(office, "2026-11-13T08:00")
    for refs in (mine, theirs):
        for ref, at in zip(refs, ("2026-11-16T09:00", "2026-11-17T09:00"), strict=True):
            set_meeting(friday, ref, local(at), 45, "", False, [], "lead")

    boards = {board.school.id: board for board in show_board(friday).schools}

    assert [meeting.case.ref for meeting in boards["northwick"].meetings] == [mine[0]]
    assert [meeting.case.ref for meeting in boards["eastmoor"].meetings] == theirs
    assert boards["eastmoor"].tomorrow == date(2026, 11, 17)


def queries(office: Office, school: str | None = None) -> int:
    asked: list[str] = []

    def note(connection, cursor, statement, *rest):
        asked.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        show_board(office, school)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert len(asked) > 10, "the store was asked at all"
    return len(asked)


def test_a_trust_without_cases_has_a_calm_board(office: Office):
    board = show_board(office)

    assert {shelf: board.count(shelf) for shelf in Shelf} == dict.fromkeys(Shelf, 0)
    assert [day.tasks for day in board.week] == [0] * 7
