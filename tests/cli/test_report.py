"""`report absence`: figures of a school, which name nobody."""

from __future__ import annotations

from tests.cli.installation import NAMES, Installation

HEAD = "pupil_id,date,session,code\n"


def marks(pupil: str, codes: str) -> str:
    """Two a day from 2 November on."""
    halves = ((2 + n // 2, ("AM", "PM")[n % 2], code) for n, code in enumerate(codes))
    return "".join(f"{pupil},2026-11-{day:02},{half},{code}\n" for day, half, code in halves)


def synced(installation: Installation) -> Installation:
    """P-1 missed one session of ten, P-2 five, P-3 none: of P-3's, one was impossible and one is a riddle."""
    rows = marks("P-1", "/////////E") + marks("P-2", "IIIII/////") + marks("P-3", "////////X?")
    installation.drop("attendance.csv", HEAD + rows)
    installation.run("sync")
    return installation


def test_who_missed_a_tenth_is_counted_and_who_missed_a_half(installation):
    (found,) = synced(installation).json("report", "absence", "--school", "northwick")

    assert found == {
        "school": "northwick",
        "school_year": "2026/27",
        "pupils": 3,
        "sessions": {"possible": 28, "missed": 6, "unknown": 1},
        "persistent": 2,
        "severe": 1,
    }


def test_a_person_reads_a_line_for_each_school_and_how_many_marks_mean_nothing(installation):
    shown = synced(installation).run("report", "absence").out

    (line,) = [line for line in shown.splitlines() if line.startswith("northwick")]
    assert "6 of 28 (21.4 %)" in line
    assert "2 (66.7 %)" in line
    assert "1 mark with a code that means nothing here" in shown
    assert not [name for name in NAMES if name in shown]


def test_a_school_that_no_mark_was_read_of_has_noughts(installation):
    installation.run("sync")

    (northwick, *_) = installation.json("report", "absence")
    assert (northwick["pupils"], northwick["persistent"], northwick["severe"]) == (0, 0, 0)
    assert "0 of 0" in installation.run("report", "absence").out


def test_a_school_that_is_not_there_is_said_so(installation):
    answer = installation.run("report", "absence", "--school", "nowhere")

    assert answer.code == 2
    assert "nowhere" in answer.err
