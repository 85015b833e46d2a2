"""What is stored comes back as it was, on both databases."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rp_connect.domain.case import Case, Stage
from rp_connect.domain.effect import Effect
from rp_connect.domain.incident import IncidentRecord, Involvement
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.people import Pupil, PupilRecord, StaffRecord
from rp_connect.domain.suspension import Suspension
from rp_connect.domain.task import Task, TaskState
from rp_connect.errors import NotFoundError
from rp_connect.ports.mis import Refusal
from rp_connect.ports.store import AuditRow, Refused, SchoolState, SourceState
from rp_connect.storage import case_tables, tables
from tests.storage.samples import (
    BARE_INCIDENT,
    BARE_PUPIL,
    CALENDAR,
    FULL_INCIDENT,
    FULL_PUPIL,
    MEETING,
    MIS,
    NOON,
    SCHOOL,
    SOURCE,
    STAFF,
    STATE,
    TERM,
    add_pupils,
    bare_case,
    bare_suspension,
    bare_task,
    full_case,
    full_suspension,
    full_task,
)


def test_a_school_that_nobody_has_read_yet_has_a_state_of_nothing(store):
    with store.read() as work:
        assert work.schools.state(SCHOOL) == SchoolState(SCHOOL)
        assert work.schools.source(SCHOOL, MIS, "pupil") == SourceState(SCHOOL, MIS, "pupil")
        assert (list(work.schools.sources(SCHOOL)), list(work.schools.calendar(SCHOOL))) == ([], [])
        assert work.schools.states([SCHOOL]) == {SCHOOL: SchoolState(SCHOOL)}
        assert work.schools.calendars([SCHOOL]) == {SCHOOL: []}
        assert not work.schools.held([SCHOOL]).get(SCHOOL)


def test_several_schools_are_read_at_once_and_each_has_its_own(store):
    with store.begin() as work:
        work.schools.put(STATE)
        for school, kinds in (
            (SCHOOL, ("staff", "pupil")),
            ("eastmoor", ("pupil",)),
            ("westbury", ("staff",)),
        ):
            for kind in kinds:
                work.schools.put_source(SourceState(school, MIS, kind, held=f"{school} {kind} is held."))
        work.schools.put_source(SourceState("eastmoor", MIS, "incident"))
        work.schools.put_calendar(SCHOOL, CALENDAR)
        work.schools.put_calendar("westbury", [TERM])
        work.commit()

    both = [SCHOOL, "eastmoor"]
    with store.read() as work:
        assert work.schools.states(both) == {SCHOOL: STATE, "eastmoor": SchoolState("eastmoor")}
        assert work.schools.held(both) == {
            SCHOOL: [f"{SCHOOL} pupil is held.", f"{SCHOOL} staff is held."],
            "eastmoor": ["eastmoor pupil is held."],
        }
        assert work.schools.calendars(both) == {SCHOOL: CALENDAR, "eastmoor": []}


def test_the_state_of_a_school_and_its_sources_comes_back(store):
    with store.begin() as work:
        work.schools.put(STATE)
        work.schools.put_source(SOURCE)
        work.schools.put_source(SourceState(SCHOOL, MIS, "pupil"))
        work.schools.put(replace(STATE, passes=13, unmapped=()))
        work.schools.put_source(replace(SOURCE, held=None, keys=30))
        work.commit()

    with store.read() as work:
        assert work.schools.state(SCHOOL) == replace(STATE, passes=13, unmapped=())
        assert work.schools.source(SCHOOL, MIS, "suspension") == replace(SOURCE, held=None, keys=30)
        assert [source.kind for source in work.schools.sources(SCHOOL)] == ["pupil", "suspension"]


def test_what_was_known_of_an_mis_becomes_that_of_a_former_one(store):
    with store.begin() as work:
        work.schools.put(STATE)
        work.schools.put_source(SOURCE)
        (number,) = add_pupils(work, "P9")
        (other,) = add_pupils(work, "P9", school="eastmoor")
        work.suspensions.put([bare_suspension(number)])
        work.commit()
    with store.begin() as work:
        work.schools.retire_mis(SCHOOL, MIS, "before")
        add_pupils(work, "P9")
        work.commit()

    with store.read() as work:
        assert [p.no for p in work.pupils.by_id(SCHOOL, "before", ["P9"]).values()] == [number]
        assert [p.no for p in work.pupils.by_id("eastmoor", MIS, ["P9"]).values()] == [other]
        assert number not in [p.no for p in work.pupils.by_id(SCHOOL, MIS, ["P9"]).values()]
        (suspension,) = work.suspensions.of_pupils([number])[number]
        assert suspension.mis == "before"
        assert list(work.schools.sources(SCHOOL)) == [replace(SOURCE, mis="before", held=None, left=None)]


def test_a_calendar_is_replaced_as_a_whole_and_keeps_its_order(store):
    with store.begin() as work:
        work.schools.put_calendar(SCHOOL, [*CALENDAR, TERM])
        work.schools.put_calendar(SCHOOL, CALENDAR[::-1])
        work.schools.put_calendar("eastmoor", [TERM])
        work.commit()

    with store.read() as work:
        assert list(work.schools.calendar(SCHOOL)) == CALENDAR[::-1]
        assert work.schools.state(SCHOOL) == SchoolState(SCHOOL)


def test_pupils_come_back_and_keep_their_numbers(store):
    with store.begin() as work:
        work.pupils.put(SCHOOL, MIS, [FULL_PUPIL, BARE_PUPIL])
        numbers = work.pupils.numbers(SCHOOL, MIS)
        work.commit()
    renamed = FULL_PUPIL.model_copy(update={"family_name": "Other", "sen_support": None, "upn": ""})
    with store.begin() as work:
        work.pupils.put(SCHOOL, MIS, [renamed, BARE_PUPIL])
        work.commit()

    with store.read() as work:
        pupil = Pupil(numbers["P-17"], SCHOOL, MIS, renamed)
        assert work.pupils.by_id(SCHOOL, MIS, ["P-17", "nobody"]) == {"P-17": pupil}
        assert work.pupils.get([numbers["P-17"], 10**6]) == {numbers["P-17"]: pupil}
        assert work.pupils.numbers(SCHOOL, MIS) == numbers
        assert [one.record for one in work.pupils.every(SCHOOL)] == [renamed, BARE_PUPIL]


def test_the_same_key_is_another_pupil_at_another_school_or_in_another_mis(store):
    with store.begin() as work:
        for school, mis in ((SCHOOL, MIS), ("eastmoor", MIS), (SCHOOL, "wonde")):
            work.pupils.put(school, mis, [BARE_PUPIL])
        work.commit()

    with store.read() as work:
        keys = [(SCHOOL, MIS), ("eastmoor", MIS), (SCHOOL, "wonde")]
        assert len({work.pupils.numbers(*key)["004"] for key in keys}) == 3
        assert [(pupil.school, pupil.mis) for pupil in work.pupils.every(SCHOOL)] == [keys[0], keys[2]]


def test_on_roll_counts_first_and_last_day_and_those_whose_days_nobody_gave(store):
    days = {"began": (date(2026, 9, 1), None), "ended": (None, date(2026, 9, 1)), "always": (None, None)}
    records = [
        BARE_PUPIL.model_copy(update={"id": id, "on_roll_from": first, "on_roll_to": last})
        for id, (first, last) in days.items()
    ]
    with store.begin() as work:
        work.pupils.put(SCHOOL, MIS, records)
        counts = [
            work.pupils.on_roll(SCHOOL, date(2026, month, day)) for month, day in ((8, 31), (9, 1), (9, 2))
        ]

    assert counts == [2, 3, 2]


def test_more_keys_than_fit_into_one_question_are_all_found(store):
    ids = [str(n) for n in range(2500)]
    with store.begin() as work:
        numbers = add_pupils(work, *ids)
        assert sorted(work.pupils.by_id(SCHOOL, MIS, ids)) == sorted(ids)
        assert sorted(work.pupils.get(numbers)) == numbers


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
PUPILS = st.builds(
    PupilRecord,
    id=st.just("one"),
    **dict.fromkeys(("given_name", "family_name", "preferred_name", "upn", "year_group", "reg_group"), WORDS),
    key_adult_email=WORDS,
    date_of_birth=st.none() | st.dates(),
    ehcp=st.none() | st.booleans(),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(PUPILS)
def test_whatever_a_pupil_is_called_comes_back_letter_by_letter(store, record):
    with store.begin() as work:
        work.pupils.put(SCHOOL, MIS, [record])
        assert work.pupils.by_id(SCHOOL, MIS, ["one"])["one"].record == record


def test_staff_come_back_and_are_replaced(store):
    with store.begin() as work:
        work.staff.put(SCHOOL, MIS, STAFF)
        work.staff.put(SCHOOL, MIS, [StaffRecord(id="T2", email="new.head@northwick.example")])
        work.commit()

    with store.read() as work:
        assert list(work.staff.every(SCHOOL)) == [
            STAFF[0],
            StaffRecord(id="T2", email="new.head@northwick.example"),
        ]


def test_incidents_come_back_with_everybody_in_them(store):
    with store.begin() as work:
        work.incidents.put(SCHOOL, MIS, [BARE_INCIDENT, FULL_INCIDENT])
        work.commit()

    with store.read() as work:
        found = work.incidents.by_id(SCHOOL, MIS, ["I-1", "I-2", "I-3"])
        assert found == {"I-1": BARE_INCIDENT, "I-2": FULL_INCIDENT}


def test_who_is_no_longer_in_an_incident_is_gone_from_it(store):
    smaller = FULL_INCIDENT.model_copy(update={"involved": FULL_INCIDENT.involved[1:], "kind": "Quarrel"})
    with store.begin() as work:
        work.incidents.put(SCHOOL, MIS, [FULL_INCIDENT])
        work.incidents.put(SCHOOL, MIS, [smaller])
        assert work.incidents.by_id(SCHOOL, MIS, ["I-2"]) == {"I-2": smaller}


def test_suspensions_come_back_under_the_number_they_are_given(store):
    with store.begin() as work:
        one, two = add_pupils(work, "004", "P-17")
        work.suspensions.put([bare_suspension(one), full_suspension(two)])
        work.commit()

    with store.read() as work:
        found = work.suspensions.by_id(SCHOOL, MIS, ["S-1", "S-2", "S-3"])
        assert found["S-1"] == replace(bare_suspension(one), no=found["S-1"].no)
        assert found["S-2"] == replace(full_suspension(two), no=found["S-2"].no)
        assert work.suspensions.get(found["S-2"].no) == found["S-2"]
        assert work.suspensions.of_pupils([one, two, 10**6]) == {one: [found["S-1"]], two: [found["S-2"]]}
        assert work.suspensions.pupils_with(SCHOOL) == {one, two}
        assert work.suspensions.pupils_with("eastmoor") == set()
        assert work.suspensions.pupils_of_incidents(SCHOOL, MIS, ["I-2", "I-9"]) == {two}


def test_an_amended_suspension_keeps_its_number(store):
    with store.begin() as work:
        [pupil] = add_pupils(work, "P-17")
        work.suspensions.put([full_suspension(pupil)])
        held = work.suspensions.by_id(SCHOOL, MIS, ["S-2"])["S-2"]
        amended = replace(
            held, cancelled=None, questions=(), record=held.record.model_copy(update={"exam": None})
        )
        work.suspensions.put([amended])
        assert work.suspensions.of_pupils([pupil]) == {pupil: [amended]}


def test_cases_come_back_with_their_parties_in_order(store):
    with store.begin() as work:
        pupils = add_pupils(work, "a", "b", "c")
        work.suspensions.put([full_suspension(pupils[0])])
        suspension = work.suspensions.by_id(SCHOOL, MIS, ["S-2"])["S-2"].no
        full = full_case(pupils, suspension)
        work.cases.add(bare_case())
        work.cases.add(full)
        work.commit()

    with store.read() as work:
        assert work.cases.get("RP-2026-0001") == bare_case()
        assert work.cases.get("RP-2026-0002") == full
        assert work.cases.of_suspensions([suspension, 10**6]) == {suspension: full}
        assert list(work.cases.every()) == [bare_case(), full]
        assert list(work.cases.every(stage=Stage.SAFEGUARDING_HOLD)) == [full]
        assert list(work.cases.open_of([SCHOOL])) == [bare_case(), full]
        assert list(work.cases.open_of(["eastmoor"])) == []
        assert list(work.cases.every(school="eastmoor")) == []


def test_a_replaced_case_is_the_new_one_and_nothing_of_the_old(store):
    with store.begin() as work:
        pupils = add_pupils(work, "a", "b")
        work.cases.add(full_case(pupils, None))
        smaller = replace(full_case(pupils[1:], None), stage=Stage.CLOSED, linked=())
        work.cases.replace(smaller)
        assert work.cases.get(smaller.ref) == smaller


def test_tasks_come_back_and_are_replaced_by_their_key(store):
    with store.begin() as work:
        work.cases.add(bare_case())
        work.tasks.put([bare_task(), full_task()])
        work.tasks.put([replace(full_task(), due=date(2026, 11, 13), planned=None)])
        work.commit()

    with store.read() as work:
        dated = replace(full_task(), due=date(2026, 11, 13), planned=None)
        assert work.tasks.get(bare_task().id) == bare_task()
        assert work.tasks.get(dated.id) == dated
        assert work.tasks.of_cases(["RP-2026-0001", "RP-2026-0009"]) == {"RP-2026-0001": [dated, bare_task()]}
        still_open = [task for task in (dated, bare_task()) if task.state is TaskState.OPEN]
        assert list(work.tasks.open_of([SCHOOL, "eastmoor"])) == still_open != [dated, bare_task()]
        assert list(work.tasks.open_of(["eastmoor"])) == []


def test_a_closed_case_is_not_among_the_open_ones(store):
    with store.begin() as work:
        work.cases.add(bare_case())
        work.cases.add(replace(bare_case(), ref="RP-2026-0002", stage=Stage.CLOSED))
        work.commit()

    with store.read() as work:
        assert [case.ref for case in work.cases.open_of([SCHOOL])] == ["RP-2026-0001"]


def test_meetings_come_back_and_a_cancelled_one_makes_room(store):
    cancelled = replace(MEETING, id="RP-2026-0001.earlier", cancelled=True, at=NOON + timedelta(days=99))
    with store.begin() as work:
        work.cases.add(bare_case())
        for meeting in (cancelled, replace(MEETING, minutes=30), MEETING):
            work.meetings.put(meeting)
        work.commit()

    with store.read() as work:
        assert work.meetings.of_case("RP-2026-0001") == MEETING
        assert work.meetings.of_case("RP-2026-0002") is None
        assert list(work.meetings.of_schools([SCHOOL])) == [MEETING]
        assert list(work.meetings.of_schools([SCHOOL], MEETING.at, MEETING.at + timedelta(minutes=1))) == [
            MEETING
        ]
        assert list(work.meetings.of_schools([SCHOOL], MEETING.at + timedelta(minutes=1))) == []
        assert list(work.meetings.of_schools([SCHOOL], until=MEETING.at)) == []
        assert work.meetings.get(cancelled.id) == cancelled


def test_a_refusal_keeps_the_hour_of_its_first_appearance(store):
    later = NOON + timedelta(days=1)
    with store.begin() as work:
        work.refusals.add(SCHOOL, MIS, "pupil", [Refusal("a", "no name"), Refusal("b", "no name")], NOON)
        work.refusals.add(SCHOOL, MIS, "staff", [Refusal("a", "no e-mail")], NOON)
        work.refusals.replace(SCHOOL, MIS, "pupil", [Refusal("b", "no date"), Refusal("c", "no name")], later)
        work.commit()

    with store.read() as work:
        assert list(work.refusals.every()) == [
            Refused(SCHOOL, MIS, "pupil", "b", "no date", NOON),
            Refused(SCHOOL, MIS, "pupil", "c", "no name", later),
            Refused(SCHOOL, MIS, "staff", "a", "no e-mail", NOON),
        ]
        assert list(work.refusals.every("eastmoor")) == []
        assert work.refusals.counts([SCHOOL, "eastmoor"]) == {SCHOOL: 3}


def test_a_reading_without_faults_leaves_no_refusal_of_its_kind(store):
    with store.begin() as work:
        work.refusals.add(SCHOOL, MIS, "pupil", [Refusal("a", "no name")], NOON)
        work.refusals.replace(SCHOOL, MIS, "pupil", [], NOON)
        assert list(work.refusals.every()) == []


def test_what_was_done_to_a_case_is_told_in_order(store):
    rows = [
        AuditRow("RP-2026-0001", SCHOOL, "lead@northwick.example", NOON, "stage triage"),
        AuditRow("RP-2026-0001", SCHOOL, "rp-connect", NOON - timedelta(days=1), "dates amended"),
    ]
    with store.begin() as work:
        for row in [*rows, AuditRow(None, SCHOOL, "lead@northwick.example", NOON, "accepted pupils.csv")]:
            work.audit.write(row)
        assert list(work.audit.of_case("RP-2026-0001")) == rows


def test_a_moment_means_the_same_wherever_its_clock_hangs(store):
    auckland = timezone(timedelta(hours=13))
    there = replace(full_task(), closed_at=datetime(2026, 11, 6, 1, 0, tzinfo=auckland))
    with store.begin() as work:
        work.cases.add(bare_case())
        work.tasks.put([there])
        closed = work.tasks.get(there.id).closed_at

    assert closed is not None
    assert (closed, closed.utcoffset()) == (datetime(2026, 11, 5, 12, 0, tzinfo=UTC), timedelta(0))


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda work: work.cases.get("RP-2026-0404"), "There is no case RP-2026-0404."),
        (lambda work: work.cases.replace(bare_case("RP-2026-0404")), "There is no case RP-2026-0404."),
        (lambda work: work.tasks.get("RP-2026-0404.x.1"), "There is no task RP-2026-0404.x.1."),
        (lambda work: work.meetings.get("m"), "There is no meeting m."),
        (lambda work: work.suspensions.get(404), "There is no suspension number 404."),
        (lambda work: work.effects.retry(404), "There is no effect 404."),
    ],
)
def test_what_does_not_exist_is_named_in_a_sentence(store, ask, sentence):
    with store.begin() as work, pytest.raises(NotFoundError) as caught:
        ask(work)

    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("kept", "value", "elsewhere"),
    [
        (tables.schools, SchoolState, {"no"}),
        (tables.sources, SourceState, set()),
        (tables.pupils, PupilRecord, {"no", "school", "mis"}),
        (tables.staff, StaffRecord, {"school", "mis"}),
        (tables.incidents, IncidentRecord, {"no", "school", "mis", "involved"}),
        (tables.involvements, Involvement, {"incident_no", "position"}),
        (tables.suspensions, Suspension, {"id", "incident_id"}),
        (tables.refusals, Refused, set()),
        (case_tables.cases, Case, {"parties"}),
        (case_tables.tasks, Task, set()),
        (case_tables.meetings, Meeting, set()),
        (case_tables.effects, Effect, {"owner", "leased_until", "done_at"}),
        (case_tables.audit, AuditRow, {"id"}),
    ],
)
def test_a_table_has_a_column_for_each_thing_we_know_and_no_other(kept, value, elsewhere):
    known = (
        set(value.model_fields) if hasattr(value, "model_fields") else {field.name for field in fields(value)}
    )
    columns = {column.name.removesuffix("_day").removesuffix("_at") for column in kept.c}
    whole = {name.removesuffix("_at") for name in known}

    assert columns ^ whole == {name.removesuffix("_at") for name in elsewhere}
