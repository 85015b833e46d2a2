"""Which free times a case is offered: whose diary counts, and which days are left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest

from rp_connect.domain.case import Stage
from rp_connect.domain.slots import Excluded
from rp_connect.domain.task import TaskState
from rp_connect.errors import AccessError, ConfigError, NotFoundError, TryLaterError, UsageError
from rp_connect.ports.lanes import Opened, Shut
from rp_connect.services.move_case import move_case
from rp_connect.services.office import Office
from rp_connect.services.read_diaries import UNREAD
from rp_connect.services.set_meeting import cancel_meeting, set_meeting
from rp_connect.services.suggest_slots import suggest_slots
from tests.web.diaried import Diaried, with_workspace
from tests.web.small_school import (
    LEAD,
    LONDON,
    add_incident,
    add_reintegration,
    change_suspension,
    later,
    local,
    open_trust,
    pupil,
    three_days,
)

EVE = "Wed 11"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    found = open_trust(tmp_path)
    yield found
    found.store.close()


def offered(office: Office, ref: str = "RP-2026-0001", minutes: int = 45) -> list[str]:
    return [f"{slot.at.astimezone(LONDON):%a %d %H:%M}" for slot in suggest_slots(office, ref, minutes).slots]


def days(office: Office, ref: str = "RP-2026-0001") -> list[str]:
    return list(dict.fromkeys(text[:6] for text in offered(office, ref)))


def meet(office: Office, ref: str, at: str, minutes: int = 45) -> None:
    set_meeting(office, ref, local(at), minutes, "", False, [], "lead")


def test_the_eve_of_return_is_offered_before_today(office: Office):
    add_reintegration(office)

    assert offered(office) == [
        *("Wed 11 08:45", "Wed 11 10:15", "Wed 11 11:00", "Wed 11 14:00"),
        *("Tue 10 10:15", "Tue 10 11:00", "Tue 10 13:15", "Tue 10 14:00"),
    ]


def test_after_the_eve_the_next_school_days_are_offered(office: Office):
    add_reintegration(office)

    assert days(later(office, "2026-11-12T16:00")) == ["Fri 13", "Mon 16", "Tue 17", "Wed 18"]


def test_a_meeting_task_that_lapsed_names_no_day(office: Office):
    ref = add_reintegration(office)
    with office.store.begin() as work:
        meeting = work.tasks.get(f"{ref}.reintegration-meeting.1")
        work.tasks.put([replace(meeting, state=TaskState.CANCELLED)])
        work.commit()

    assert days(office)[:2] == ["Tue 10", "Wed 11"]


def test_the_day_of_the_incident_is_left_out(office: Office):
    add_reintegration(office)
    add_incident(office, date(2026, 11, 11))
    assert EVE in days(office)

    change_suspension(office, "S-1", incident_id="I-1")

    assert days(office) == ["Tue 10"]


def test_the_meetings_of_others_are_kept_clear_and_its_own_is_not_in_the_way(office: Office):
    first = add_reintegration(office)
    second = add_reintegration(office, pupil("P-2"), three_days("S-2", "P-2"))
    meet(office, second, "2026-11-11T08:45", 30)

    assert offered(office, first)[0] == "Wed 11 09:15"
    assert offered(office, second)[0] == "Wed 11 08:45"


def test_a_cancelled_meeting_frees_its_time(office: Office):
    add_reintegration(office)
    second = add_reintegration(office, pupil("P-2"), three_days("S-2", "P-2"))
    meet(office, second, "2026-11-11T08:45")
    cancel_meeting(office, second, "lead")

    assert offered(office)[0] == "Wed 11 08:45"


def test_a_lead_of_two_schools_is_in_one_place_at_a_time(office: Office):
    add_reintegration(office)
    elsewhere = add_reintegration(office, pupil("P-9"), three_days("S-9", "P-9"), school="eastmoor")
    meet(office, elsewhere, "2026-11-11T08:45", 210)

    assert [text for text in offered(office) if text.startswith(EVE)] == [
        *("Wed 11 13:15", "Wed 11 14:00"),
    ]


def test_another_lead_is_not_kept_by_the_meetings_of_that_school(tmp_path: Path):
    office = open_trust(tmp_path, people="", schools=("northwick", "eastmoor"))
    add_reintegration(office)
    elsewhere = add_reintegration(office, pupil("P-9"), three_days("S-9", "P-9"), school="eastmoor")
    meet(office, elsewhere, "2026-11-11T08:45", 210)

    assert offered(office)[0] == "Wed 11 08:45"
    office.store.close()


@pytest.mark.parametrize(
    ("people", "found"),
    [
        (f'{LEAD}\naway = [["2026-11-11", "2026-11-12"]]', ["Tue 10"]),
        (f'{LEAD}\naway = [["2026-11-11", "2026-11-12"]]\ncover = ["c@trust.example"]', [EVE, "Tue 10"]),
    ],
)
def test_days_on_which_the_lead_is_away_count_only_where_somebody_covers(
    tmp_path: Path, people: str, found: list[str]
):
    office = open_trust(tmp_path, people=people)
    add_reintegration(office)

    assert days(office) == found
    office.store.close()


def test_the_leads_own_days_and_hours_are_kept(tmp_path: Path):
    office = open_trust(tmp_path, working='days = ["tue"]\nhours = ["13:00", "14:30"]')
    add_reintegration(office)

    assert offered(office) == ["Tue 10 13:15"]
    office.store.close()


def test_a_longer_meeting_has_fewer_places(office: Office):
    add_reintegration(office)

    assert offered(office, minutes=210) == ["Wed 11 08:45"]
    assert offered(office, minutes=211) == []


def test_a_closed_case_an_unknown_one_and_an_odd_length_are_refused(office: Office):
    ref = add_reintegration(office)
    move_case(office, ref, Stage.CLOSED, "lead")

    with pytest.raises(UsageError, match="closed"):
        suggest_slots(office, ref)
    with pytest.raises(NotFoundError):
        suggest_slots(office, "RP-2026-0099")
    with pytest.raises(UsageError, match="minutes"):
        suggest_slots(office, ref, 3)


@pytest.fixture
def diaries(tmp_path: Path) -> Diaried:
    return Diaried(tmp_path / "elsewhere")


def test_times_that_stand_in_the_leads_diary_are_left_out(office: Office, diaries: Diaried):
    add_reintegration(office)
    diaries.taken = [
        ("lead@trust.example", "2026-11-11T08:00", "2026-11-11T12:00"),
        ("somebody@trust.example", "2026-11-11T13:00", "2026-11-11T15:15"),
    ]

    assert offered(with_workspace(office, diaries))[:2] == ["Wed 11 13:15", "Wed 11 14:00"]


def test_the_diaries_are_asked_once_for_the_whole_time(office: Office, diaries: Diaried):
    add_reintegration(office)

    offered(with_workspace(office, diaries))

    assert diaries.asked == [
        (("lead@trust.example",), local("2026-11-10T00:00"), local("2026-11-24T00:00")),
    ]


def test_the_meeting_that_is_to_be_moved_is_not_in_its_own_way(office: Office, diaries: Diaried):
    add_reintegration(office)
    meet(office, "RP-2026-0001", "2026-11-11T08:45", 210)
    diaries.taken = [("lead@trust.example", "2026-11-11T08:45", "2026-11-11T12:15")]

    assert offered(with_workspace(office, diaries))[0] == "Wed 11 08:45"


def test_diaries_that_cannot_be_read_leave_the_suggestions_and_a_sentence(
    office: Office, diaries: Diaried, caplog: pytest.LogCaptureFixture
):
    add_reintegration(office)
    plain = suggest_slots(office, "RP-2026-0001")

    for fault in (AccessError("No."), TryLaterError("Not now."), ValueError("lead@trust.example")):
        diaries.fault = fault
        found = suggest_slots(with_workspace(office, diaries), "RP-2026-0001")
        assert (found.slots, found.note) == (plain.slots, UNREAD)
    found = suggest_slots(with_workspace(office, ConfigError("No such tenant.")), "RP-2026-0001")
    assert (found.slots, found.note) == (plain.slots, UNREAD)

    assert plain.note == ""
    assert "lead@trust.example" not in caplog.text


def test_a_calendar_that_asked_for_patience_is_not_asked_for_diaries_either(office: Office, diaries: Diaried):
    add_reintegration(office)
    with office.store.begin() as work:
        work.lanes.told_to_wait(diaries.scope, "calendar", Opened(0), 90, "Too many requests.")
        work.commit()

    assert suggest_slots(with_workspace(office, diaries), "RP-2026-0001").note == UNREAD
    assert diaries.asked == []


def test_where_a_diary_says_how_long_to_wait_nobody_writes_to_the_calendar_before(
    office: Office, diaries: Diaried
):
    add_reintegration(office)
    asking = with_workspace(office, diaries)

    def shut() -> Shut | None:
        with office.store.read() as work:
            return work.lanes.shut_until(diaries.scope, "calendar")

    diaries.fault = TryLaterError("Not now.")
    suggest_slots(asking, "RP-2026-0001")
    assert shut() is None
    diaries.fault = TryLaterError("Not now.", retry_after=90)
    assert [suggest_slots(asking, "RP-2026-0001").note for _ in range(2)] == [UNREAD, UNREAD]
    assert len(diaries.asked) == 2
    told = shut()
    assert told is not None
    assert told.until > office.store.now() + timedelta(seconds=80)


def test_while_the_lead_is_away_the_diary_of_their_cover_counts(tmp_path: Path, diaries: Diaried):
    people = f'{LEAD}\naway = [["2026-11-11", "2026-11-12"]]\ncover = ["cover@trust.example"]'
    office = open_trust(tmp_path, people=people)
    add_reintegration(office)
    diaries.taken = [
        ("lead@trust.example", "2026-11-10T13:00", "2026-11-12T23:59"),
        ("cover@trust.example", "2026-11-10T08:00", "2026-11-11T12:00"),
    ]

    assert offered(with_workspace(office, diaries)) == [
        *("Wed 11 13:15", "Wed 11 14:00"),
        *("Tue 10 10:15", "Tue 10 11:00"),
    ]
    office.store.close()


def test_where_nobody_leads_no_diary_is_asked_for(tmp_path: Path, diaries: Diaried):
    office = open_trust(tmp_path, people="")
    add_reintegration(office)

    assert offered(with_workspace(office, diaries))[0] == "Wed 11 08:45"
    assert diaries.asked == []
    office.store.close()


def test_what_casework_rules_out_is_never_offered(office: Office):
    ref = add_reintegration(office)
    morning = Excluded(local("2026-11-11T08:00"), local("2026-11-11T13:30"))
    tuesday = Excluded.day(date(2026, 11, 10), LONDON)

    found = suggest_slots(office, ref, 45, [morning, tuesday])

    assert [f"{slot.at.astimezone(LONDON):%a %d %H:%M}" for slot in found.slots] == [
        *("Wed 11 13:30", "Wed 11 14:15"),
    ]


def test_a_day_that_is_ruled_out_is_whole_on_either_side_of_a_clock_change():
    sunday = Excluded.day(date(2026, 10, 25), LONDON)

    assert (sunday.ends.astimezone(UTC) - sunday.begins.astimezone(UTC)).total_seconds() == 25 * 3600
