"""`check_installation`: what it finds, and that one thing that is broken does not hide the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rp_connect.domain.calendar import DayHours, Period, PeriodKind, SchoolCalendar
from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.errors import AccessError, StoreError, TryLaterError
from rp_connect.ports.plugins import PluginInfo
from rp_connect.ports.workspace import Workspace
from rp_connect.services.check_installation import (
    SchoolCheck,
    calendar_gaps,
    check_installation,
    upn_is_right,
    waiting,
)
from rp_connect.services.office import Office, School
from rp_connect.services.set_meeting import set_meeting
from tests.drop_school import DropSchool, pupil
from tests.web.small_school import later

NOW = "2026-11-12T10:00"
SUSPENSION = {
    "suspension_id": "S1",
    "pupil_id": "P1",
    "category": "SUSP",
    "reason_1": "PP",
    "decided_at": "2026-11-12",
    "start_date": "2026-11-12",
    "sessions": "4",
}


@pytest.fixture
def school(tmp_path: Path) -> DropSchool:
    return DropSchool(tmp_path, suspensions=[dict(SUSPENSION)])


@contextmanager
def office_of(school: DropSchool, now: str = NOW) -> Iterator[Office]:
    school.write()
    office = school.office(now)
    try:
        yield office
    finally:
        office.store.close()


def check(school: DropSchool, now: str = NOW) -> SchoolCheck:
    with office_of(school, now) as office:
        (found,) = check_installation(office).schools
        return found


def changed(office: Office, **what: object) -> Office:
    """The same office, whose one school has another MIS or workspace."""
    (one,) = office.schools.values()
    return replace(office, schools={one.id: replace(one, **what)})  # type: ignore[arg-type]


def test_after_a_clean_sync_nothing_needs_a_person(school):
    school.sync(NOW)
    with office_of(school) as office:
        found = check_installation(office)
    assert found.ok
    assert found.to_json() | {"plugins": []} == {
        "ok": True,
        "plugins": [],
        "effects": {"waiting": found.waiting, "parked": 0},
        "pages": {"opening": "this computer", "problems": []},
        "schools": [
            {
                "school": "northwick",
                "calendar_until": "2027-07-21",
                "capabilities": ["pupils", "suspensions"],
                "not_granted": ["staff.csv", "incidents.csv", "attendance.csv"],
                "unmapped": [],
                "held": [],
                "permissions_missing": [],
                "problems": [],
                "paused": False,
                "people": found.schools[0].to_json()["people"],
            }
        ],
    }
    assert found.waiting > 0


def test_the_calendar_is_looked_at_before_the_first_sync_too(school):
    assert check(school).calendar_until == date(2027, 7, 21)


def test_a_calendar_row_that_cannot_be_read_is_a_problem_at_once(school):
    school.calendar = [*school.calendar, ("term", "2027-13-01", "2027-13-02")]
    (problem,) = check(school).problems
    assert problem.startswith("calendar.csv: ")


def test_words_of_the_mis_that_mean_nothing_are_named_in_its_own_words(school):
    school.suspensions.append({**SUSPENSION, "suspension_id": "S2", "category": "INTX"})
    school.sync(NOW)
    found = check(school)
    assert found.unmapped == ["INTX"]
    assert not found.ok


def test_a_wrong_upn_is_told_by_count_and_pupil_id(school):
    school.pupils = [
        pupil("P1", upn="H801200001001"),
        pupil("P2", upn="A801200001001"),
        pupil("P3", upn="H80"),
    ]
    school.sync(NOW)
    assert check(school).problems == ["2 pupils with a wrong UPN in the MIS: P2, P3."]


def test_many_keys_are_not_all_listed(school):
    school.pupils = [pupil(f"P{n}", upn="wrong") for n in range(1, 9)]
    school.sync(NOW)
    assert check(school).problems == ["8 pupils with a wrong UPN in the MIS: P1, P2, P3, P4, P5 and 3 more."]


def test_refused_records_are_counted(school):
    school.suspensions.append({**SUSPENSION, "suspension_id": "S2", "pupil_id": "P404"})
    school.sync(NOW)
    assert check(school).problems == ["1 record could not be read: “rp-connect refused” lists them."]


def test_a_case_that_was_decided_before_the_oldest_rules_is_named(school):
    school.live_from = "2009-09-01"
    school.calendar = [("term", "2009-09-01", "2009-12-18"), *school.calendar]
    school.suspensions = [{**SUSPENSION, "decided_at": "2009-09-08", "start_date": "2009-09-08"}]
    school.sync(NOW)
    problems = check(school).problems
    assert any("1 case without duties, because before " in problem for problem in problems)
    assert any("RP-2026-0001" in problem for problem in problems)


def test_a_mis_that_refuses_us_is_a_sentence_and_the_rest_is_still_checked(school):
    school.sync(NOW)

    def refuse() -> object:
        raise AccessError("The MIS refused the token; a new one is needed.")

    with office_of(school) as office:
        (found,) = check_installation(changed(office, mis=refuse)).schools
    assert found.problems == ["The MIS refused the token; a new one is needed."]
    assert found.calendar_until == date(2027, 7, 21)


def test_an_adapter_that_breaks_is_named_without_what_it_said(school):
    def broken() -> object:
        raise KeyError("Canarybird")

    with office_of(school) as office:
        (found,) = check_installation(changed(office, mis=broken)).schools
    assert "The adapter of the MIS failed when it was asked (KeyError)." in found.problems
    assert "Canarybird" not in str(found)


def test_a_workspace_that_lacks_a_permission_says_which(school):
    class Poor:
        def probe(self) -> Sequence[str]:
            return ["The permission Tasks.ReadWrite.All is missing."]

    with office_of(school) as office:
        (found,) = check_installation(changed(office, workspace=Poor)).schools
    assert found.permissions_missing == ["The permission Tasks.ReadWrite.All is missing."]
    assert not found.ok


def test_a_workspace_that_is_away_is_a_problem(school):
    def away() -> Workspace:
        raise TryLaterError("The workspace does not answer.")

    with office_of(school) as office:
        (found,) = check_installation(changed(office, workspace=away)).schools
    assert found.problems == ["The workspace does not answer."]


def test_parked_effects_with_one_reason_are_one_sentence(school):
    school.sync(NOW)
    with office_of(school) as office:
        with office.store.begin() as work:
            for effect in work.effects.lease("test", 2):
                work.effects.park(effect, "The folder is full.")
            work.commit()
        found = check_installation(office)
    assert (found.parked, found.ok) == (2, False)
    (problem,) = found.schools[0].problems
    assert problem.startswith("2 effects parked (effect ")
    assert problem.endswith("): The folder is full.")


def test_a_plugin_with_a_fault_needs_a_person(school):
    school.sync(NOW)
    with office_of(school) as office:
        parked = PluginInfo("rp_broken", "1.0", (), "rp_broken is parked: it cannot be imported.")
        assert check_installation(office).ok
        assert not check_installation(replace(office, plugins=(*office.plugins, parked))).ok


def test_a_task_that_was_deleted_twice_is_named(school):
    school.sync(NOW)
    with office_of(school) as office:
        with office.store.begin() as work:
            task = work.tasks.get("RP-2026-0001.set-work.1")
            work.tasks.put([replace(task, deletions=2)])
            work.commit()
        (found,) = check_installation(office).schools
    (problem,) = found.problems
    assert "RP-2026-0001.set-work.1" in problem


def test_a_meeting_that_was_made_otherwise_than_asked_for_is_named_until_it_is_over(school):
    school.sync(NOW)
    with office_of(school) as office:
        at = datetime(2026, 11, 13, 9, tzinfo=UTC)
        meeting = set_meeting(office, "RP-2026-0001", at, 45, "", False, [], "lead")
        with office.store.begin() as work:
            work.meetings.put(replace(meeting, warning="the meeting was made without its room."))
            work.commit()
        (found,) = check_installation(office).schools
        (past,) = check_installation(later(office, "2026-11-13T09:45")).schools
    assert found.problems == ["RP-2026-0001: the meeting was made without its room."]
    assert past.problems == []


def test_checking_changes_nothing(school):
    school.sync(NOW)
    with office_of(school) as office:
        with office.store.read() as work:
            before = work.effects.counts()
        check_installation(office)
        with office.store.read() as work:
            assert work.effects.counts() == before
            assert work.effects.every(EffectState.PARKED) == []


def test_everything_that_is_neither_done_nor_parked_is_waiting():
    counts = {EffectState.WAITING: 1, EffectState.LEASED: 2, EffectState.UNCLEAR: 4, EffectState.DONE: 8,
              EffectState.PARKED: 16}  # fmt: skip
    assert waiting(counts) == 7
    assert EffectKind.TASK.lane == "planner"


@pytest.mark.parametrize(
    ("upn", "right"),
    [
        ("", True),
        ("H801200001001", True),
        ("G801200001001", False),
        ("h801200001001", False),
        ("H80120000100", False),
        ("H8012000010011", False),
        ("H8012O0001001", False),
        ("U80120000100A", True),  # temporary: the last place counts its letter, A as 0
        ("H80120000100B", True),
        ("H80120000100I", False),
        ("H80120000100²", False),
    ],
)
def test_the_check_letter_of_a_upn(upn, right):
    assert upn_is_right(upn) is right


def calendar(*terms: tuple[str, str]) -> SchoolCalendar:
    periods = [Period(date.fromisoformat(a), date.fromisoformat(b), PeriodKind.TERM) for a, b in terms]
    hours = DayHours((time(9), time(12)), (time(13), time(15)))
    return SchoolCalendar(periods, hours, ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    ("terms", "gaps"),
    [
        ([], ["The calendar has no term yet: until it has, dates say “calendar missing”."]),
        (
            [("2026-11-14", "2026-11-15")],
            ["The calendar has no school day in its terms: until it has, dates say “calendar missing”."],
        ),
        ([("2026-09-02", "2027-01-11")], []),
        (
            [("2026-09-02", "2026-12-18")],
            ["The calendar ends on 18 December 2026: later dates say “calendar missing”."],
        ),
        (
            [("2026-09-02", "2026-10-30")],
            ["The calendar ended on 30 October 2026: later dates say “calendar missing”."],
        ),
        (
            [("2026-09-02", "2026-12-18"), ("2027-04-12", "2027-07-21")],
            ["No school day is loaded between 18 December 2026 and 12 April 2027: is a term missing?"],
        ),
        ([("2026-01-05", "2026-03-27"), ("2026-09-02", "2027-07-21")], []),
    ],
)
def test_gaps_of_the_calendar_from_today_on(terms, gaps):
    assert list(calendar_gaps(calendar(*terms), date(2026, 11, 12))) == gaps


def test_each_school_is_asked_on_its_own(school):
    school.sync(NOW)
    with office_of(school) as office:
        (one,) = office.schools.values()

        def refuse() -> object:
            raise AccessError("No.")

        other: School = replace(one, mis=refuse)  # type: ignore[arg-type]
        found = check_installation(replace(office, schools={"first": other, "second": one}))
    assert [len(found.problems) for found in found.schools] == [1, 0]


def test_a_store_that_is_away_is_told_before_anybody_outside_is_asked(school):
    asked = []

    class Away:
        @contextmanager
        def read(self) -> Iterator[None]:
            raise StoreError("The connection to the database server was lost.")
            yield

    with office_of(school) as office:
        told = changed(office, workspace=lambda: asked.append("the workspace"))
        with pytest.raises(StoreError, match="database server was lost"):
            check_installation(replace(told, store=Away()))  # type: ignore[arg-type]
    assert asked == []
