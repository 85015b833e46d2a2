"""Several schools may share one folder: each names its site, and pupils.csv has the column."""

from __future__ import annotations

import pytest

from rp_connect.domain.attendance import Mark
from rp_connect.ports.mis import Kind
from tests.plugins.rp_file_drop.folder import ATTENDANCE, INCIDENTS, PUPILS, SUSPENSIONS, DropFolder, ids

BOTH = (f"{PUPILS},site", "N1,Ada,X,north", "S1,Bea,Y,South", "N2,Cy,Z, North ")


@pytest.fixture
def shared(drop: DropFolder) -> DropFolder:
    """The school of the site north, in a folder shared with the school of the site south."""
    drop.site = "north"
    drop.lines("pupils", *BOTH)
    return drop


def test_only_the_pupils_of_the_site_are_the_schools(shared: DropFolder):
    taken = shared.take(Kind.PUPIL)

    assert ids(taken.records) == ["N1", "N2"]
    assert taken.refused == {}
    assert taken.reading.keys == 2


def test_the_other_school_reads_the_other_pupils(shared: DropFolder):
    shared.site = "SOUTH"

    assert ids(shared.take(Kind.PUPIL).records) == ["S1"]


def test_a_school_that_names_no_site_reads_everybody(shared: DropFolder):
    shared.site = ""

    assert ids(shared.take(Kind.PUPIL).records) == ["N1", "S1", "N2"]


def test_pupils_without_the_column_cannot_be_told_apart(drop: DropFolder):
    drop.site = "north"

    assert drop.pupils(PUPILS, "P1,Ada,X").refused == {"pupils.csv": "the column site is missing"}


def test_a_pupil_of_no_site_is_refused_rather_than_lost(shared: DropFolder):
    taken = shared.pupils(*BOTH, "P7,Dee,W,")

    assert ids(taken.records) == ["N1", "N2"]
    assert taken.refused == {"P7": "site is empty"}


def test_a_broken_row_may_be_anybodys_and_is_refused(shared: DropFolder):
    taken = shared.pupils(*BOTH, "S7,Dee,south")

    assert taken.refused == {"S7": "has 3 columns where the header has 4"}


def test_a_bad_row_of_another_site_is_not_this_schools_to_mend(shared: DropFolder):
    taken = shared.pupils(f"{BOTH[0]},ehcp", "N1,Ada,X,north,Y", "S1,Bea,Y,south,perhaps")

    assert ids(taken.records) == ["N1"]
    assert taken.refused == {}


def test_suspensions_of_another_sites_pupils_are_not_read(shared: DropFolder):
    shared.lines("suspensions", SUSPENSIONS, "1,N1,SUSP", "2,S1,SUSP", "3,S1,", "4,unknown,SUSP", "5,N2,")

    taken = shared.take(Kind.SUSPENSION)

    assert ids(taken.records) == ["1", "4"]
    assert taken.refused == {"5": "category is empty"}
    assert taken.reading.keys == 3


def test_an_incident_of_both_sites_keeps_this_schools_pupils(shared: DropFolder):
    shared.lines(
        "incidents",
        INCIDENTS,
        "I1,2026-11-02,Fight,S1",
        "I1,2026-11-02,Fight,N2",
        "I2,2026-11-02,Fight,S1",
        "I3,2026-11-02,Fight,N1",
    )

    taken = shared.take(Kind.INCIDENT)

    assert [(r.id, [i.pupil_id for i in r.involved]) for r in taken.records] == [
        ("I1", ["N2"]),
        ("I3", ["N1"]),
    ]
    assert taken.reading.keys == 2


def test_marks_of_another_sites_pupils_are_not_read(shared: DropFolder):
    shared.lines(
        "attendance",
        ATTENDANCE,
        "S1,2026-11-02,AM,/",
        "S1,2026-11-02,AM,N",
        "S1,2026-11-02,PM,PRESENT",
        "N1,2026-11-02,AM,/",
        "unknown,2026-11-02,AM,/",
    )

    taken = shared.take(Kind.ATTENDANCE)

    assert [mark.pupil_id for mark in taken.records] == ["N1", "unknown"]
    assert all(isinstance(mark, Mark) for mark in taken.records)
    assert taken.refused == {}
    assert taken.reading.keys == 2


def test_a_pupil_of_two_sites_is_in_both_schools(shared: DropFolder):
    shared.lines("pupils", *BOTH, "S1,Bea,Y,north")
    shared.lines("suspensions", SUSPENSIONS, "2,S1,SUSP")

    assert ids(shared.take(Kind.PUPIL).records) == ["N1", "N2", "S1"]
    assert ids(shared.take(Kind.SUSPENSION).records) == ["2"]


@pytest.mark.parametrize("pupils", [None, "", f"{PUPILS}\nS1,Bea,Y\n"])
def test_where_pupils_cannot_say_whose_a_row_is_the_core_decides(shared: DropFolder, pupils: str | None):
    shared.write("pupils", pupils or "")
    if pupils is None:
        (shared.path / "pupils.csv").unlink()
    shared.lines("suspensions", SUSPENSIONS, "1,N1,SUSP", "2,S1,SUSP")

    assert ids(shared.take(Kind.SUSPENSION).records) == ["1", "2"]


def test_sites_may_be_mapped_as_any_value(shared: DropFolder):
    shared.values = {"pupils": {"site": {"3022": "north"}}}
    shared.lines("suspensions", SUSPENSIONS, "1,N1,SUSP", "2,S1,SUSP")

    taken = shared.pupils(f"{PUPILS},site", "N1,Ada,X,3022", "S1,Bea,Y,3023")

    assert ids(taken.records) == ["N1"]
    assert ids(shared.take(Kind.SUSPENSION).records) == ["1"]


def test_staff_work_for_every_school_of_the_folder(shared: DropFolder):
    shared.lines("staff", "staff_id,email", "T1,t@northwick.example")

    assert ids(shared.take(Kind.STAFF).records) == ["T1"]
