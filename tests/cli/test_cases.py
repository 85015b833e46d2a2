"""`case`: the list, one case, and what a person can do with it from a terminal."""

from __future__ import annotations

import pytest

from tests.cli.installation import SUSPENSIONS, Installation

CASE_KEYS = [
    "ref", "school", "kind", "stage", "opened_at", "pupils", "tasks_open", "tasks_done", "source", "linked",
]  # fmt: skip
REF = "RP-2026-0001"


def test_a_case_has_exactly_the_promised_keys_in_their_order(synced: Installation):
    cases = synced.json("case", "list")
    tasks = synced.json("task", "list", "--case", REF)
    assert [list(case) for case in cases] == [CASE_KEYS, CASE_KEYS]
    assert cases[0] == {
        "ref": REF,
        "school": "northwick",
        "kind": "reintegration",
        "stage": "referred",
        "opened_at": "2026-11-12T10:00:00+00:00",
        "pupils": ["P-1"],
        "tasks_open": len(tasks),
        "tasks_done": 0,
        "source": {"mis": "file_drop", "kind": "suspension", "id": "S-1"},
        "linked": [],
    }


def test_done_tasks_are_counted_apart(synced: Installation):
    synced.run("task", "done", f"{REF}.written-notice.1")
    case, *_ = synced.json("case", "list")
    assert case["tasks_done"] == 1


def test_the_list_can_be_narrowed_by_stage_and_school(synced: Installation):
    synced.run("case", "stage", REF, "triage")
    assert [case["ref"] for case in synced.json("case", "list", "--stage", "triage")] == [REF]
    assert len(synced.json("case", "list", "--school", "northwick")) == 2
    assert synced.json("case", "list", "--stage", "agreement-active") == []


def test_the_list_fits_eighty_columns(synced: Installation):
    lines = synced.run("case", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == ["Case", "RP-2026-0001", "RP-2026-0002"]
    assert max(map(len, lines)) <= 80


def test_one_case_is_shown_by_its_dates_and_tasks(synced: Installation):
    answer = synced.run("case", "show", REF)
    assert answer.code == 0
    assert "Suspended  11 Nov 2026 AM, 4 half days" in answer.out
    assert "Returns    13 Nov 2026 AM" in answer.out
    assert "written-notice.1" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80


def test_one_case_as_json_has_its_suspension_and_every_task(synced: Installation):
    case = synced.json("case", "show", REF)
    assert list(case)[: len(CASE_KEYS)] == CASE_KEYS
    assert case["suspension"]["dates"] == {
        "start": "2026-11-11", "start_session": "AM", "end": None, "end_session": None, "sessions": 4,
    }  # fmt: skip
    assert case["suspension"]["returns"] == "2026-11-13"
    assert {task["id"] for task in case["tasks"]} == {
        task["id"] for task in synced.json("task", "list", "--case", REF)
    }


def test_a_case_moves_to_the_next_stage(synced: Installation):
    assert synced.run("case", "stage", REF, "triage").out == f"{REF} is at “triage”.\n"
    assert synced.json("case", "show", REF)["stage"] == "triage"


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        ("ready", "needs the gate, which arrives with casework"),
        ("safeguarding-hold", "needs the gate, which arrives with casework"),
        ("preparing", "it cannot go to “preparing” from there"),
        ("tea", "There is no stage “tea”; the stages are referred, triage,"),
    ],
)
def test_a_stage_that_cannot_follow_is_one_sentence(synced: Installation, stage, sentence):
    answer = synced.run("case", "stage", REF, stage)
    assert (answer.code, answer.out) == (2, "")
    assert sentence in answer.err


def test_a_case_that_does_not_exist_is_one_sentence(synced: Installation):
    for words in (("show", "RP-2026-0404"), ("stage", "RP-2026-0404", "triage"), ("cancel", "RP-2026-0404")):
        answer = synced.run("case", *words)
        assert (answer.code, answer.out) == (2, "")
        assert "RP-2026-0404" in answer.err


def test_a_cancelled_suspension_keeps_its_case_and_asks_for_what_follows(synced: Installation):
    assert synced.run("case", "cancel", REF).code == 0
    open_now = {task["duty"] for task in synced.json("task", "list", "--case", REF, "--state", "open")}
    assert {"cancelled-tell-parent", "reinstate"} <= open_now
    assert "reintegration-meeting" not in open_now
    assert synced.run("case", "cancel", REF).code == 2


def test_longer_dates_are_asked_about_once_and_answered_here(synced: Installation):
    synced.drop("suspensions.csv", SUSPENSIONS.replace("2026-11-11,AM,4", "2026-11-11,AM,8"))
    synced.run("sync")
    assert f"rp-connect case answer {REF} further" in synced.run("case", "show", REF).out
    answer = synced.run("case", "answer", REF, "correction")
    assert answer.code == 0
    case = synced.json("case", "show", REF)
    assert case["suspension"]["dates"]["sessions"] == 8
    assert [question["answer"] for question in case["suspension"]["questions"]] == ["correction"]
    assert synced.run("case", "answer", REF, "further").code == 2


def test_missing_dates_can_be_given_here(installation: Installation):
    installation.drop("suspensions.csv", SUSPENSIONS + "S-3,P-3,SUSP,PP,2026-11-11,,,\n")
    installation.run("sync")
    shown = {case["source"]["id"]: case["ref"] for case in installation.json("case", "list")}
    ref = shown["S-3"]
    assert "the dates are missing" in installation.run("case", "show", ref).out
    answer = installation.run(
        "case", "dates", ref, "--start", "2026-11-13", "--session", "PM", "--sessions", "2"
    )
    assert answer.code == 0, answer.err
    dates = installation.json("case", "show", ref)["suspension"]["dates"]
    assert (dates["start"], dates["start_session"], dates["sessions"]) == ("2026-11-13", "PM", 2)
    assert installation.run("case", "dates", ref, "--start", "2026-11-13").code == 2


def test_what_casework_brings_later_says_so(synced: Installation):
    opened = synced.run("case", "open", "--kind", "conference", "--school", "northwick", "--pupil", "P-1")
    assert opened.code == 2
    assert opened.err.startswith("Cases of kind “conference” come with casework")


def test_an_outcome_is_recorded_once_its_meeting_was_held(synced: Installation):
    words = ("--result", "agreed", "--note", "Both were heard.")
    ahead = synced.run("case", "outcome", REF, "--held", "2026-12-01", *words)
    assert ahead.code == 2
    assert ahead.err.startswith("--held is a day to come")
    assert synced.run("case", "outcome", REF, "--held", "2026-11-09", *words).code == 0
    assert synced.run("case", "outcome", REF, "--held", "2026-11-09", *words).code == 0
    outcomes = synced.json("case", "show", REF)["outcomes"]
    assert outcomes == [
        {"key": f"{REF}.outcome.1", "held": "2026-11-09", "result": "agreed", "external_id": None}
    ]
    again = synced.run("case", "outcome", REF, "--held", "2026-11-10", "--result", "not-agreed")
    assert again.out.startswith(f"{REF}.outcome.2 is recorded")
