"""The sheet of one case: its facts in time, its groups of tasks, and what it says as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rp_connect.domain.calendar import Half, Session
from rp_connect.domain.case import Stage
from rp_connect.domain.suspension import Dates, LengthQuestion
from rp_connect.domain.task import TaskState
from rp_connect.domain.when import When
from rp_connect.errors import AccessError, NotFoundError
from rp_connect.services.complete_task import complete_task
from rp_connect.services.move_case import move_case
from rp_connect.services.office import Office
from rp_connect.services.set_meeting import set_meeting
from rp_connect.services.show_case import CaseSheet, show_case
from tests.web.diaried import Diaried, with_workspace
from tests.web.small_school import (
    add_incident,
    add_reintegration,
    change_suspension,
    local,
    open_trust,
    pupil,
    three_days,
)

REF = "RP-2026-0001"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = open_trust(tmp_path)
    add_reintegration(found)
    yield found
    found.store.close()


def told(sheet: CaseSheet) -> list[str]:
    """The timeline in short; what is still to come has a plus."""
    return [
        f"{'+' if entry.ahead else ''}{getattr(entry.what, 'what', entry.what)}" for entry in sheet.timeline
    ]


def test_the_way_of_a_case_is_told_in_order(office: Office):
    add_incident(office, date(2026, 11, 6))
    change_suspension(office, "S-1", incident_id="I-1")
    set_meeting(office, REF, local("2026-11-11T14:00"), 45, "", False, [], "lead")

    sheet = show_case(office, REF)

    assert told(sheet) == [
        *("incident", "first day", "decided", "opened", "meeting set"),
        *("+last day", "+meeting", "+return"),
    ]
    assert [entry.exact for entry in sheet.timeline] == [False, False, True, True, True, False, True, True]


def test_a_suspension_shows_its_last_day_and_the_way_back(office: Office):
    sheet = show_case(office, REF)

    assert sheet.last_day == date(2026, 11, 11)
    assert sheet.back == Session(date(2026, 11, 12), Half.AM)
    assert [task.rule for task in sheet.returning] == [
        *("reintegration-meeting", "share-plan", "check-in", "check-in", "review", "review"),
    ]


def test_the_return_is_that_of_the_whole_run(office: Office):
    next_one = three_days("S-2", "P-1", date(2026, 11, 12))
    add_reintegration(office, pupil("P-1"), next_one)

    assert show_case(office, REF).back == Session(date(2026, 11, 17), Half.AM)


def test_a_permanent_exclusion_has_no_last_day_and_no_return(office: Office):
    record = three_days("S-3", "P-3").model_copy(
        update={"category": "PERM", "dates": Dates(start=date(2026, 11, 9))}
    )
    ref = add_reintegration(office, pupil("P-3"), record)

    sheet = show_case(office, ref)

    assert (sheet.last_day, sheet.back) == (None, None)
    assert told(sheet) == ["first day", "decided", "opened"]


def test_a_suspension_without_dates_has_a_sheet(office: Office):
    bare = three_days("S-4", "P-4").model_copy(update={"dates": Dates(), "decided": None})
    ref = add_reintegration(office, pupil("P-4"), bare)

    sheet = show_case(office, ref)

    assert (sheet.last_day, sheet.back, told(sheet)) == (None, None, ["opened"])


def test_tasks_are_grouped_by_what_became_of_them(office: Office):
    complete_task(office, f"{REF}.tell-la.1", "head")
    with office.store.begin() as work:
        lapsed = work.tasks.get(f"{REF}.written-notice.1")
        work.tasks.put([replace(lapsed, state=TaskState.CANCELLED)])
        work.commit()

    groups = show_case(office, REF).tasks

    assert [task.rule for task in groups.done] == ["tell-la"]
    assert [task.rule for task in groups.cancelled] == ["written-notice"]
    assert len(groups.to_do) == 7


def test_only_stages_that_can_be_reached_are_offered(office: Office):
    assert show_case(office, REF).stages == [Stage.TRIAGE, Stage.CLOSED]

    move_case(office, REF, Stage.TRIAGE, "lead")
    assert show_case(office, REF).stages == [Stage.PREPARING, Stage.CLOSED]

    move_case(office, REF, Stage.CLOSED, "lead")
    assert show_case(office, REF).stages == []


def test_a_workspace_that_cannot_be_built_only_loses_the_choice_of_meeting_online(office: Office):
    def refuse() -> None:
        raise AccessError("The consent has lapsed.")

    school = replace(office.schools["northwick"], workspace=refuse)  # type: ignore[arg-type]
    broken = replace(office, schools={**office.schools, "northwick": school})

    assert show_case(broken, REF).online is False


def test_the_json_is_that_of_the_command_line_and_names_nobody(office: Office):
    set_meeting(office, REF, local("2026-11-11T14:00"), 45, "", False, ["family@home.example"], "lead")
    longer = LengthQuestion(Dates(start=date(2026, 11, 9), sessions=8), date(2026, 11, 10))
    change_suspension(office, "S-1", questions=(longer,), cancelled=When(date(2026, 11, 10)))

    sheet = show_case(office, REF)

    assert sheet.to_json()["suspension"]["questions"] == [
        {
            "reported": {
                "start": "2026-11-09",
                "start_session": None,
                "end": None,
                "end_session": None,
                "sessions": 8,
            },
            "answer": None,
        }
    ]
    assert sheet.to_json()["meeting"]["at"] == "2026-11-11T14:00:00+00:00"
    assert not any(word in str(sheet.to_json()) for word in ("Ada", "Testperson", "home.example"))


def test_there_is_no_sheet_of_a_case_that_is_not(office: Office):
    with pytest.raises(NotFoundError, match="RP-2026-0099"):
        show_case(office, "RP-2026-0099")


def test_the_sheet_says_whether_a_meeting_is_online_and_what_is_wrong_with_it(office: Office, tmp_path: Path):
    able = with_workspace(office, Diaried(tmp_path / "elsewhere"))
    meeting = set_meeting(able, REF, local("2026-11-11T14:00"), 45, "", True, [], "lead")
    assert show_case(able, REF).to_json()["meeting"] == {
        "at": "2026-11-11T14:00:00+00:00",
        "minutes": 45,
        "cancelled": False,
        "online": True,
        "warning": None,
        "external_id": None,
    }

    with able.store.begin() as work:
        work.meetings.put(replace(meeting, warning="It has no room."))
        work.commit()

    assert show_case(able, REF).to_json()["meeting"]["warning"] == "It has no room."
