"""incidents.csv: one row a pupil, and rows with one incident_id are one incident."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rp_connect.domain.incident import IncidentRecord, IncidentRole, Involvement
from rp_connect.domain.when import When
from rp_connect.ports.mis import Kind
from tests.plugins.rp_file_drop.folder import INCIDENTS, DropFolder, ids

HEADER = f"{INCIDENTS},role,description"


def roles(record: IncidentRecord) -> dict[str, IncidentRole]:
    return {involved.pupil_id: involved.role for involved in record.involved}


def test_every_column_of_an_incident_arrives(drop: DropFolder):
    taken = drop.incident(
        incident_id="2026-17",
        occurred_at="2026-11-02T10:40",
        recorded_at="03/11/2026",
        type="Physical assault",
        location="Yard",
        description="A push; then a shove",
        pupil_id="P1",
        role="Responsible",
        action="Phone call home",
        status="Open",
    )

    assert taken.only() == IncidentRecord(
        id="2026-17",
        occurred=When(date(2026, 11, 2), datetime(2026, 11, 2, 10, 40, tzinfo=UTC)),
        recorded=When(date(2026, 11, 3)),
        kind="Physical assault",
        location="Yard",
        description="A push; then a shove",
        involved=(
            Involvement(
                pupil_id="P1",
                role=IncidentRole.RESPONSIBLE,
                role_word="Responsible",
                action="Phone call home",
                status="Open",
            ),
        ),
    )


def test_rows_with_one_incident_id_are_one_incident(drop: DropFolder):
    drop.lines(
        "incidents",
        HEADER,
        "I1,2026-11-02,Fight,P2,harmed,",
        "I2,2026-11-03,Theft,P1,affected,",
        "I1,2026-11-02,Fight,P1,responsible,",
    )

    taken = drop.take(Kind.INCIDENT)

    assert ids(taken.records) == ["I1", "I2"]
    assert roles(taken.records[0]) == {"P1": IncidentRole.RESPONSIBLE, "P2": IncidentRole.HARMED}
    assert taken.reading.keys == 3


def test_what_rows_tell_differently_of_one_incident_is_taken_from_the_smallest_pupil_id(drop: DropFolder):
    drop.lines(
        "incidents",
        HEADER,
        "I1,2026-11-03,Theft,P2,harmed,second",
        "I1,2026-11-02,Fight,P1,responsible,first",
        "I1,2026-11-04,Arson,P3,witness,third",
    )

    record = drop.take(Kind.INCIDENT).only()

    assert (record.occurred.day, record.kind, record.description) == (date(2026, 11, 2), "Fight", "first")
    assert list(roles(record)) == ["P1", "P2", "P3"]


@pytest.mark.parametrize("role", list(IncidentRole))
def test_the_six_roles_are_read_in_any_case(drop: DropFolder, role: IncidentRole):
    taken = drop.incident(role=f" {role.value.title()} ")

    assert taken.only().involved[0].role is role
    assert taken.reading.unmapped == []


def test_an_unmapped_role_counts_as_affected_and_is_kept_and_reported_once(drop: DropFolder):
    drop.lines("incidents", HEADER, *(f"I{n},2026-11-02,Fight,P1,Perpetrator (alleged)," for n in range(3)))

    taken = drop.take(Kind.INCIDENT)

    involved = [record.involved[0] for record in taken.records]
    assert [(i.role, i.role_word) for i in involved] == [(IncidentRole.AFFECTED, "Perpetrator (alleged)")] * 3
    assert taken.reading.unmapped == ["Perpetrator (alleged)"]


def test_no_role_counts_as_affected_and_is_nothing_to_map(drop: DropFolder):
    taken = drop.incident(role="")

    assert taken.only().involved[0] == Involvement(pupil_id="P1", role=IncidentRole.AFFECTED)
    assert taken.reading.unmapped == []


def test_a_role_as_long_as_a_story_is_refused(drop: DropFolder):
    assert drop.incident(role="x" * 101).refused == {"I1/P1": "role is longer than 100 characters"}


@pytest.mark.parametrize(
    ("column", "key"),
    [("incident_id", "line 2"), ("occurred_at", "I1/P1"), ("type", "I1/P1"), ("pupil_id", "line 2")],
)
def test_a_row_without_a_needed_value_is_refused(drop: DropFolder, column: str, key: str):
    taken = drop.incident(**{column: ""})

    assert taken.refused == {key: f"{column} is empty"}
    assert taken.records == []


def test_a_description_may_go_on_over_several_lines(drop: DropFolder):
    text = 'He said ""no"",\r\nshe left; then, much later,\r\n\r\n\tboth came back'
    drop.write("incidents", f'{HEADER}\r\nI1,2026-11-02,Fight,P1,harmed,"{text}"\r\nI2,2026-11-02,X,P1,,\r\n')

    taken = drop.take(Kind.INCIDENT)

    assert ids(taken.records) == ["I1", "I2"]
    assert taken.records[0].description == 'He said "no",\nshe left; then, much later,\n\n\tboth came back'


def test_a_line_of_a_description_may_have_as_many_commas_as_a_row(drop: DropFolder):
    drop.lines(
        "incidents",
        HEADER,
        'I1,2026-11-02,Fight,P1,harmed,"They ran.',
        "One, two, three, four, five, six",
        'and so on, and, so, on, and, on"',
        "I2,2026-11-02,Fight,P2,harmed,",
    )

    taken = drop.take(Kind.INCIDENT)

    assert ids(taken.records) == ["I1", "I2"]
    assert taken.records[0].description.splitlines()[1] == "One, two, three, four, five, six"


def test_the_last_line_of_a_description_may_look_just_like_a_row(drop: DropFolder):
    drop.lines(
        "incidents",
        "incident_id,description,occurred_at,type,pupil_id",
        'I1,"They ran',
        'so, far",2026-11-02,Fight,P1',
        'I2,"They ran, and',
        '""no"", she said",2026-11-03,Fight,P2',
        'I3,"They',
        'ran",2026-11-04,Fight,P3',
    )

    taken = drop.take(Kind.INCIDENT)

    assert taken.refused == {}
    assert {record.id: record.description for record in taken.records} == {
        "I1": "They ran\nso, far",
        "I2": 'They ran, and\n"no", she said',
        "I3": "They\nran",
    }


def test_a_row_of_several_lines_behind_a_broken_one_is_used(drop: DropFolder):
    drop.lines("incidents", HEADER, 'I1,2026-11-02,Fight,P1,"harmed,', 'I2,2026-11-03,Fight,P2,,"one', 'two"')

    taken = drop.take(Kind.INCIDENT)

    assert taken.only_refused() == "I1/P1"
    assert [(record.id, record.description) for record in taken.records] == [("I2", "one\ntwo")]


def test_the_rest_of_a_shifted_row_of_several_lines_is_no_row(drop: DropFolder):
    drop.lines(
        "incidents",
        "type,description,incident_id,occurred_at,pupil_id",
        'Fight,"They ran',
        'and, ran",shifted,I1,2026-11-02,P1',
        "Fight,,I2,2026-11-02,P1",
    )

    taken = drop.take(Kind.INCIDENT)

    assert ids(taken.records) == ["I2"]
    assert list(taken.refused) == ["line 2", "line 3"]


def test_the_rest_of_a_row_that_broke_on_its_first_line_is_no_row(drop: DropFolder):
    drop.lines(
        "incidents",
        "type,description,incident_id,occurred_at,pupil_id",
        'Fight,"They "ran',
        'far",I1,2026-11-02,P1',
        'and,far",I1,2026-11-02,P1',
        'Fight,"One',
        'two",I2,2026-11-02,P1',
        'Fight,5" long,I3,2026-11-02,P1',
    )

    taken = drop.take(Kind.INCIDENT)

    assert ids(taken.records) == ["I2", "I3"]
    assert list(taken.refused) == ["line 2", "line 3", "line 4"]


def test_a_bad_row_of_several_lines_is_one_refusal(drop: DropFolder):
    drop.lines(
        "incidents", HEADER, 'I1,2026-11-02,Fight,P1,,"one\0', 'two"', 'I2,tomorrow,Fight,P2,,"one', 'two"'
    )

    assert drop.take(Kind.INCIDENT).refused == {
        "I1/P1": "holds a control character",
        "I2/P2": "occurred_at is not a date or a moment",
    }


def test_one_bad_row_of_an_incident_costs_only_that_pupil(drop: DropFolder):
    drop.lines(
        "incidents",
        HEADER,
        "I1,2026-11-02,Fight,P1,responsible,",
        "I1,yesterday,Fight,P2,harmed,",
        "I1,2026-11-02,Fight,P3,witness,",
    )

    taken = drop.take(Kind.INCIDENT)

    assert list(roles(taken.records[0])) == ["P1", "P3"]
    assert taken.refused == {"I1/P2": "occurred_at is not a date or a moment"}
    assert taken.reading.keys == 3


def test_ids_that_only_look_alike_when_joined_are_not_one_row(drop: DropFolder):
    drop.lines("incidents", HEADER, "2026/1,2026-11-02,Fight,2,,", "2026,2026-11-02,Fight,1/2,,")

    assert [list(roles(record)) for record in drop.take(Kind.INCIDENT).records] == [["2"], ["1/2"]]
