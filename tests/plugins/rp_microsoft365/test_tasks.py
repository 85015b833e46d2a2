"""Tasks in Planner: what people see there, what is found again, and what is never there twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rp_connect.domain.task import TaskState
from rp_connect.errors import BadRecordError, RpConnectError
from rp_connect.ports.workspace import Bulk, Written
from rp_microsoft365.task_state import due_at
from rp_microsoft365.task_title import key_of, title_of
from tests.graph_server.tenant import HEAD, LEAD
from tests.plugins.rp_microsoft365.planner_school import (
    BARE,
    HEAD_AT,
    LEAD_AT,
    TITLE,
    WHOLE,
    PlannerSchool,
    numbered,
)

pytestmark = pytest.mark.facts


def test_a_task_says_in_its_title_which_case_and_duty_it_is(school: PlannerSchool):
    school.open().create(WHOLE)

    assert school.titles == ["RP-2026-0001 · Written notice to the parents [written-notice.1]"]


def test_a_task_stands_in_the_bucket_of_its_stage_with_day_labels_and_whoever_holds_the_role(
    school: PlannerSchool,
):
    written = school.open().create(WHOLE)

    row = school.row
    plan_details = school.server.state.plan_details[row["planId"]]["categoryDescriptions"]
    assert written.external_id == row["id"]
    assert school.bucket_of(row) == "Referred"
    assert row["dueDateTime"] == "2026-11-12T12:00:00Z"
    assert list(row["assignments"]) == [HEAD]
    assert {plan_details[name] for name in row["appliedCategories"]} == {"Legal duty", "Late information"}
    assert written.assignees == (HEAD_AT,)
    assert written.warning == ""


def test_a_task_has_its_notes_its_steps_and_the_way_to_the_case(school: PlannerSchool):
    school.open().create(WHOLE)

    details = school.details
    assert details["description"].splitlines() == [
        "Kept up to date by rp-connect:",
        "Basis: SI 2007/1870 reg 6",
        "Due 12 November 2026, 15:15",
        "[RP-2026-0001.written-notice.1]",
    ]
    assert [step["title"] for step in details["checklist"].values()] == list(WHOLE.steps)
    assert [step["isChecked"] for step in details["checklist"].values()] == [False, False]
    assert list(details["references"]) == ["https%3A//rp%2Eexample%3A8443/cases/RP-2026-0001"]


def test_a_task_that_has_nothing_to_add_takes_one_request(school: PlannerSchool):
    shelf = school.open()
    shelf.create(numbered(1))
    before = sum(school.server.log.logical.values())
    shelf.create(numbered(2))

    assert sum(school.server.log.logical.values()) - before == 1


def test_an_undated_task_is_there_without_a_date(school: PlannerSchool):
    school.open().create(replace(BARE, day=None))

    assert school.row["dueDateTime"] is None
    assert [seen.day for seen in school.open().everything()] == [None]


def test_twenty_bare_tasks_are_one_batch(school: PlannerSchool):
    shelf = school.open()
    shelf.create(numbered(99))
    before = school.server.log.batches
    shelf.create_all([numbered(n) for n in range(1, 21)])

    assert school.server.log.batches - before == 1
    assert len(school.rows) == 21


def test_several_at_once_stand_there_like_one_by_one(school: PlannerSchool):
    items = [replace(WHOLE, key=f"RP-2026-{n:04}.check-in.1") for n in range(1, 24)]
    items = [replace(item, title=f"{item.key[:12]} · Check in") for item in items]
    together = school.open().create_all(items)
    rows = {row["title"]: row for row in school.rows}
    alone = school.open().create(
        replace(WHOLE, key="RP-2026-0900.check-in.1", title="RP-2026-0900 · Check in")
    )
    one = school.server.state.tasks[alone.external_id]
    detail = school.server.state.task_details

    assert isinstance(school.open(), Bulk)
    assert len(rows) == len(items)
    own = {"id", "title", "createdDateTime", "orderHint", "assignments"}
    for item, written in zip(items, together, strict=True):
        assert isinstance(written, Written)
        row = rows[title_of(item)]
        assert row["id"] == written.external_id
        assert _shown(row, own) == _shown(one, own)
        assert list(row["assignments"]) == list(one["assignments"])
        said, alike = detail[row["id"]], detail[one["id"]]
        assert said["description"].replace(item.key, "") == alike["description"].replace(
            "RP-2026-0900.check-in.1", ""
        )
        assert len(said["checklist"]) == len(alike["checklist"])


def _shown(row: dict[str, object], without: set[str]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name[0] != "_" and name not in without}


def test_tasks_are_found_by_their_keys_after_a_restart(school: PlannerSchool):
    first, _, third = (school.open().create(numbered(n)) for n in (1, 2, 3))
    found = school.open().find_all([numbered(3).key, "RP-2026-0999.set-work.1", numbered(1).key])

    assert [
        one and (one.external_id, one.version) for one in found if not isinstance(one, RpConnectError)
    ] == [
        (third.external_id, third.version),
        None,
        (first.external_id, first.version),
    ]


def test_a_similar_key_is_another_task(school: PlannerSchool):
    school.open().create(replace(BARE, key=f"{BARE.key}1"))

    assert school.open().find(BARE.key) is None


def test_many_tasks_are_found_over_many_pages(school: PlannerSchool):
    school.server.configure(page_size=3)
    school.open().create_all([numbered(n) for n in range(1, 21)])

    assert None not in school.open().find_all([numbered(n).key for n in range(1, 21)])
    assert len(list(school.open().everything())) == 20


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("RP-2026-0001 · Written notice [written-notice.1]", "RP-2026-0001.written-notice.1"),
        ("RP-2026-0001 · Written notice [written-notice.1] – rang at noon", "RP-2026-0001.written-notice.1"),
        ("RP-2026-0001 · Written notice [written-notice.1] [urgent]", "RP-2026-0001.written-notice.1"),
        ("urgent! RP-2026-12345 · Review, 2 of 3 [review.2]", "RP-2026-12345.review.2"),
        ("Anything [=an other.key]", "an other.key"),
        ("RP-2026-0001 · Written notice", ""),
        ("Written notice [written-notice.1]", ""),
        ("Order chairs [hall]", ""),
    ],
)
def test_the_key_is_read_from_what_people_left_of_a_title(title: str, key: str):
    assert key_of(title) == key


@pytest.mark.parametrize("length", [1, 150, 216, 217, 218, 250, 400, 4000])
def test_a_title_of_any_length_keeps_reference_and_marker(length: int):
    task = replace(BARE, title=f"RP-2026-0001 · {'x' * length}")

    assert len(title_of(task)) <= 255
    assert key_of(title_of(task)) == task.key
    assert title_of(task).startswith("RP-2026-0001 · x")


@pytest.mark.parametrize("key", ["", "RP-2026-0001\n.b", "a b", "x[1].1", "RP-" + "9" * 5000])
def test_a_key_that_no_title_can_bear_is_refused_by_itself(school: PlannerSchool, key: str):
    refused, written = school.open().create_all([replace(BARE, key=key), numbered(2)])

    assert isinstance(refused, BadRecordError)
    assert len(str(refused)) < 150
    assert isinstance(written, Written)
    assert len(school.rows) == 1


DAYS = [date(2026, 10, 24) + timedelta(n) for n in range(4)] + [
    date(2027, 3, 26) + timedelta(n) for n in range(4)
]
DAYS += [date(2026, 12, 31), date(2028, 2, 29)]


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Auckland", "Pacific/Kiritimati", "America/Adak"])
def test_the_day_is_the_same_on_both_sides_of_every_clock_change(school: PlannerSchool, zone: str):
    school.zone = ZoneInfo(zone)
    items = [replace(numbered(n), day=day) for n, day in enumerate(DAYS, 1)]
    school.open().create_all(items)

    assert [seen.day for seen in school.open().everything()] == DAYS


@pytest.mark.parametrize("day", DAYS)
def test_whoever_reads_a_london_day_from_another_zone_sees_the_same_day(day: date):
    moment = datetime.fromisoformat(due_at(day, ZoneInfo("Europe/London")))

    assert moment.utcoffset() == timedelta(0)
    for zone in (
        "Pacific/Pago_Pago",
        "America/Los_Angeles",
        "UTC",
        "Europe/Athens",
        "Asia/Tokyo",
        "Etc/GMT-11",
    ):
        assert moment.astimezone(ZoneInfo(zone)).date() == day


def test_a_day_that_planner_itself_wrote_is_the_schools_day(school: PlannerSchool):
    """Planner's pages write ten o'clock UTC; another program may write the last second of the day."""
    school.open().create(BARE)
    for due, day in (
        ("2027-03-28T10:00:00Z", date(2027, 3, 28)),
        ("2027-06-30T22:59:59.9999999Z", date(2027, 6, 30)),
        ("2027-06-30T23:00:00Z", date(2027, 7, 1)),
        ("2026-12-01T23:59:59+00:00", date(2026, 12, 1)),
    ):
        school.edit(dueDateTime=due)
        assert [seen.day for seen in school.open().everything()] == [day], due


def test_a_role_that_several_hold_is_given_to_all_of_them(school: PlannerSchool):
    school.open().create(replace(BARE, assignees=(LEAD_AT.upper(), HEAD_AT)))

    assert set(school.row["assignments"]) == {LEAD, HEAD}


def test_somebody_whom_the_directory_does_not_know_leaves_the_task_to_nobody_and_says_so(
    school: PlannerSchool,
):
    written = school.open().create(replace(BARE, assignees=("nobody@elsewhere.example",)))

    assert school.row["assignments"] == {}
    assert written.assignees == ()
    assert "no address of the role “head” is known" in written.warning
    assert "nobody@" not in written.warning


def test_somebody_is_known_by_their_mailbox_when_they_sign_in_by_another_name(school: PlannerSchool):
    school.server.state.users[HEAD]["userPrincipalName"] = "hd1@northwick.onmicrosoft.example"
    school.open().create(replace(BARE, assignees=(HEAD_AT,)))

    assert list(school.row["assignments"]) == [HEAD]
    assert [seen.assignees for seen in school.open().everything()] == [(HEAD_AT,)]


def test_a_directory_that_is_closed_to_us_does_not_keep_a_duty_from_being_shown(school: PlannerSchool):
    school.server.faults.lack("User.ReadBasic.All")
    written = school.open().create(WHOLE)

    assert school.row["assignments"] == {}
    assert "User.ReadBasic.All" in written.warning


def test_a_person_with_too_many_tasks_leaves_this_one_to_nobody(school: PlannerSchool):
    school.server.configure(max_assigned=2)
    outcomes = school.open().create_all([replace(numbered(n), assignees=(HEAD_AT,)) for n in range(1, 5)])

    assert [isinstance(one, Written) and one.assignees for one in outcomes] == [
        (HEAD_AT,),
        (HEAD_AT,),
        (),
        (),
    ]
    assert [bool(one.warning) for one in outcomes if isinstance(one, Written)] == [False, False, True, True]
    assert len(school.rows) == 4


def test_more_than_twenty_people_are_cut_to_what_planner_takes(school: PlannerSchool):
    for n in range(25):
        who = f"0000{n:04}-0000-4000-8000-000000000000"
        mail = f"t{n}@northwick.example"
        school.server.state.users[who] = {
            "id": who,
            "displayName": f"T {n}",
            "mail": mail,
            "userPrincipalName": mail,
        }
    written = school.open().create(
        replace(BARE, assignees=tuple(f"t{n}@northwick.example" for n in range(25)))
    )

    assert len(school.row["assignments"]) == 20
    assert "Only 20" in written.warning


def test_no_name_and_no_address_stands_in_a_title_or_in_a_repr(school: PlannerSchool):
    shelf = school.open()
    written = shelf.create(WHOLE)
    said = " ".join([*school.titles, repr(shelf), repr(list(shelf.everything())), written.version])

    assert "@" not in said
    assert TITLE in said


def test_a_task_may_be_done_when_it_is_first_written(school: PlannerSchool):
    school.open().create(replace(BARE, state=TaskState.DONE))

    assert school.row["percentComplete"] == 100


def test_nothing_asked_is_nothing_answered(school: PlannerSchool):
    shelf = school.open()
    before = school.server.log.requests

    assert [*shelf.create_all([]), *shelf.update_all([]), *shelf.find_all([])] == []
    assert school.server.log.requests == before


def test_odd_characters_do_not_keep_a_duty_from_being_shown(school: PlannerSchool):
    odd = "before \x00\x07 \ud800 \u202ezyx\u202c after"
    school.open().create(replace(WHOLE, title=f"RP-2026-0001 · {odd}", details=odd, steps=(odd, "y" * 300)))

    assert school.titles == ["RP-2026-0001 · before zyx after [written-notice.1]"]
    assert "before" in school.details["description"]
    assert [len(step["title"]) <= 100 for step in school.details["checklist"].values()] == [True, True]


def test_more_steps_than_planner_holds_are_cut(school: PlannerSchool):
    school.open().create(replace(WHOLE, steps=tuple(f"Step {n}" for n in range(30))))

    assert len(school.details["checklist"]) == 20


def test_a_vanished_plan_is_not_an_empty_one(school: PlannerSchool):
    shelf = school.open()
    shelf.create(BARE)
    school.server.state.plans.clear()
    for ask in (
        lambda: list(shelf.everything()),
        lambda: shelf.find(BARE.key),
        lambda: school.open().create(BARE),
    ):
        with pytest.raises(RpConnectError, match="setup microsoft365"):
            ask()
