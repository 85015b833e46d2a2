"""Equal duplicate rows count once; differing ones are all refused. What counts is what the rows mean."""

from __future__ import annotations

import pytest

from rp_connect.ports.mis import Kind
from tests.plugins.rp_file_drop.folder import INCIDENTS, PUPILS, DropFolder, ids

DIFFERS = "is there more than once, and the rows differ"


def test_equal_rows_count_once(drop: DropFolder):
    taken = drop.pupils(PUPILS, "P1,Ada,X", "P2,Bea,Y", "P1,Ada,X", "P1,Ada,X")

    assert ids(taken.records) == ["P1", "P2"]
    assert taken.refused == {}
    assert taken.reading.keys == 2


def test_rows_that_mean_the_same_are_equal(drop: DropFolder):
    taken = drop.pupils(
        f"{PUPILS},date_of_birth,ehcp,notes", "P1,Ada,X,2013-05-04,Y,a", "P1, Ada,X,04/05/2013,yes,b"
    )

    assert ids(taken.records) == ["P1"]


def test_differing_rows_are_all_refused(drop: DropFolder):
    taken = drop.pupils(PUPILS, "P1,Ada,X", "P2,Bea,Y", "P1,Ada,Z", "P1,Ada,X")

    assert ids(taken.records) == ["P2"]
    assert taken.refused == {"P1": DIFFERS}
    assert taken.reading.keys == 2


@pytest.mark.parametrize(
    ("kind", "name", "header", "rows"),
    [
        (Kind.STAFF, "staff", "staff_id,email", ["1,a@n.example", "1,b@n.example"]),
        (Kind.SUSPENSION, "suspensions", "suspension_id,pupil_id,category", ["1,P1,SUSP", "1,P2,SUSP"]),
    ],
)
def test_staff_and_suspensions_are_no_different(
    drop: DropFolder, kind: Kind, name: str, header: str, rows: list[str]
):
    drop.lines(name, header, *rows, rows[0].replace("1", "2", 1))

    taken = drop.take(kind)

    assert ids(taken.records) == ["2"]
    assert taken.refused == {"1": DIFFERS}


def test_a_pupil_twice_in_an_incident_costs_the_incident_only_that_pupil(drop: DropFolder):
    drop.lines(
        "incidents",
        f"{INCIDENTS},role",
        "I1,2026-11-02,Fight,P1,harmed",
        "I1,2026-11-02,Fight,P2,harmed",
        "I1,2026-11-02,Fight,P2,responsible",
        "I1,2026-11-02,Fight,P3,witness",
        "I1,2026-11-02,Fight,P3,witness",
    )

    taken = drop.take(Kind.INCIDENT)

    assert [involved.pupil_id for involved in taken.records[0].involved] == ["P1", "P3"]
    assert taken.refused == {"I1/P2": DIFFERS}
    assert taken.reading.keys == 3


def test_an_incident_without_a_row_left_is_no_incident(drop: DropFolder):
    drop.lines("incidents", INCIDENTS, "I1,2026-11-02,Fight,P1", "I1,2026-11-03,Fight,P1")

    taken = drop.take(Kind.INCIDENT)

    assert taken.records == []
    assert taken.refused == {"I1/P1": DIFFERS}


def test_a_good_row_beside_a_bad_one_of_the_same_id_is_used(drop: DropFolder):
    taken = drop.pupils(f"{PUPILS},ehcp", "P1,Ada,X,Y", "P1,Ada,X,perhaps")

    assert ids(taken.records) == ["P1"]
    assert taken.refused == {"P1": "ehcp is not Y, N or empty"}
