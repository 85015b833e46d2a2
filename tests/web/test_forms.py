"""What the forms do: one service each, back to a page that says so; what does not fit comes back."""

from __future__ import annotations

import pytest

from rp_connect.domain.case import Stage
from rp_connect.domain.meeting import Meeting
from rp_connect.domain.suspension import LengthAnswer
from rp_connect.domain.task import TaskState
from rp_connect.services.move_case import move_case
from rp_connect.services.office import Office
from tests.web.conftest import Browser
from tests.web.small_school import ask, local

REF = "RP-2026-0001"
DONE = f"/tasks/{REF}.pupil-voice.1/done"
MEETING = f"/cases/{REF}/meeting"
FIELDS = {
    "slot": "other",
    "day": "2026-11-11",
    "clock": "14:00",
    "minutes": "45",
    "place": "Room 2",
    "invited": "a@b.example\r\nc@d.example; e@f.example",
}


@pytest.fixture(autouse=True)
def _case(ref: str) -> str:
    return ref


def meeting(office: Office) -> Meeting | None:
    with office.store.read() as work:
        return work.meetings.of_case(REF)


def whos(office: Office) -> set[tuple[str, str]]:
    with office.store.read() as work:
        return {(row.who, row.what) for row in work.audit.of_case(REF)}


def test_a_task_is_completed_by_the_person_at_this_computer(browser: Browser, office: Office):
    answer = browser.submit(DONE)

    with office.store.read() as work:
        done = work.tasks.get(f"{REF}.pupil-voice.1")
    assert (done.state, done.closed_by) == (TaskState.DONE, "person at this computer")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?said=task-done")
    assert ("person at this computer", "task done: pupil-voice") in whos(office)


def test_completing_it_again_says_the_same(browser: Browser):
    browser.submit(DONE)

    assert browser.submit(DONE).headers["location"] == "/?said=task-done"


@pytest.mark.parametrize(
    ("back", "location"),
    [
        ("/", "/?said=task-done"),
        (f"/cases/{REF}", f"/cases/{REF}?said=task-done"),
        (f"/cases/{REF}#to-do", f"/cases/{REF}?said=task-done#to-do"),
        (
            "/?school=northwick&role=lead#late-RP-2026-0001",
            "/?school=northwick&role=lead&said=task-done#late-RP-2026-0001",
        ),
        ("/?said=case-closed&x=1", "/?said=task-done"),
        ("//evil.example/", "/?said=task-done"),
        ("/\\evil.example", "/?said=task-done"),
        ("http://evil.example/", "/?said=task-done"),
        ("javascript:alert(1)", "/?said=task-done"),
        ("/api/tasks", "/?said=task-done"),
        ("/\r\nSet-Cookie: a=b", "/?said=task-done"),
        ("/#<script>", "/?said=task-done"),
        ("//[", "/?said=task-done"),
        ("", "/?said=task-done"),
    ],
)
def test_afterwards_one_is_back_on_a_page_of_ours(browser: Browser, back: str, location: str):
    answer = browser.submit(DONE, back=back)

    assert (answer.status_code, answer.headers["location"]) == (303, location)
    assert "set-cookie" not in answer.headers


def test_the_page_says_what_came_of_it(browser: Browser):
    page = browser.page(browser.submit(DONE).headers["location"])

    assert '<p class="said" role="status">' in page
    assert "<title>That task is done. Thank you. – Board – rp-connect</title>" in page


def test_a_cancelled_task_and_one_that_is_not_there(browser: Browser, office: Office):
    from dataclasses import replace

    with office.store.begin() as work:
        held = work.tasks.get(f"{REF}.tell-la.1")
        work.tasks.put([replace(held, state=TaskState.CANCELLED)])
        work.commit()

    assert browser.submit(f"/tasks/{REF}.tell-la.1/done").status_code == 400
    assert browser.submit(f"/tasks/{REF}.nothing.1/done").status_code == 404
    assert browser.submit("/tasks/a%00b/done").status_code == 404


def test_a_meeting_is_set_and_moved(browser: Browser, office: Office):
    first = browser.submit(MEETING, **FIELDS)
    assert (first.status_code, first.headers["location"]) == (303, f"/cases/{REF}?said=meeting-set")
    held = meeting(office)
    assert held is not None
    assert (held.at, held.minutes, held.place) == (local("2026-11-11T14:00"), 45, "Room 2")
    assert held.invited == ("a@b.example", "c@d.example", "e@f.example")

    second = browser.submit(MEETING, **{**FIELDS, "slot": "2026-11-12T09:15"})

    assert second.headers["location"] == f"/cases/{REF}?said=meeting-moved"
    moved = meeting(office)
    assert moved is not None
    assert moved.at == local("2026-11-12T09:15")
    assert whos(office) >= {
        ("person at this computer", "meeting set"),
        ("person at this computer", "meeting moved"),
    }


def test_a_meeting_is_cancelled_and_set_again(browser: Browser, office: Office):
    assert browser.submit(f"{MEETING}/cancel").status_code == 404

    browser.submit(MEETING, **FIELDS)
    gone = browser.submit(f"{MEETING}/cancel")

    assert gone.headers["location"] == f"/cases/{REF}?said=meeting-cancelled"
    held = meeting(office)
    assert held is not None
    assert held.cancelled
    assert browser.submit(MEETING, **FIELDS).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"day": ""}, "Choose one of the free times, or give both a day and a time."),
        ({"clock": "25:00"}, "Choose one of the free times, or give both a day and a time."),
        ({"slot": "soon"}, "Choose one of the free times, or give both a day and a time."),
        ({"slot": "2026-11-12T09:15+09:00"}, "Choose one of the free times, or give both a day and a time."),
        ({"day": "2026-11-09"}, "That time has passed. Choose a later one for the meeting."),
        ({"minutes": "long"}, "Give the length of the meeting in minutes, as a whole number."),
        ({"minutes": "٤٥"}, "Give the length of the meeting in minutes, as a whole number."),
        ({"minutes": "9" * 5000}, "Give the length of the meeting in minutes, as a whole number."),
        ({"minutes": "481"}, "A meeting lasts from 5 to 480 minutes."),
        ({"invited": "a@b.example\nfoo<b>bar"}, "Address 2 of 2 does not look like an e-mail address."),
        ({"online": "yes"}, "This workspace has no online meetings; give a place instead, such as a room."),
    ],
)
def test_what_does_not_fit_comes_back_to_be_mended(
    browser: Browser, office: Office, wrong: dict[str, str], sentence: str
):
    answer = browser.submit(MEETING, **{**FIELDS, **wrong})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert answer.text.count(sentence) == 2, "at the top and at the form"
    assert "<title>The meeting is not set – RP-2026-0001 – rp-connect</title>" in answer.text
    assert '<details class="fold" open><summary>Set a meeting</summary>' in answer.text
    assert 'value="Room 2"' in answer.text, "what was sent is still there"
    assert "<b>bar" not in answer.text
    assert meeting(office) is None


def test_a_closed_case_gets_no_meeting(browser: Browser, office: Office):
    token = browser.token("/")
    move_case(office, REF, Stage.CLOSED, "lead")

    answer = browser.post(MEETING, data={**FIELDS, "token": token}, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 400
    assert f"{REF} is closed" in answer.text


@pytest.mark.parametrize(
    ("stage", "status", "sentence"),
    [
        ("preparing", 400, "it cannot go to “preparing” from there"),
        ("held", 409, "needs the gate"),
        ("nonsense", 400, "Choose the stage"),
        ("", 400, "Choose the stage"),
    ],
)
def test_a_stage_that_cannot_be_reached_is_refused(browser: Browser, stage: str, status: int, sentence: str):
    answer = browser.submit(f"/cases/{REF}/stage", stage=stage)

    assert (answer.status_code, sentence in answer.text) == (status, True)


def test_a_case_moves_and_is_closed(browser: Browser, office: Office):
    assert (
        browser.submit(f"/cases/{REF}/stage", stage="triage").headers["location"].endswith("said=stage-moved")
    )
    assert (
        browser.submit(f"/cases/{REF}/stage", stage="closed").headers["location"].endswith("said=case-closed")
    )
    with office.store.read() as work:
        assert work.cases.get(REF).stage is Stage.CLOSED
    assert ("person at this computer", "stage: triage") in whos(office)


@pytest.mark.parametrize(("said", "half_days"), [("further", 6), ("correction", 8)])
def test_a_question_about_longer_dates_is_answered(
    browser: Browser, office: Office, said: str, half_days: int
):
    ask(office, 8)

    answer = browser.submit(f"/cases/{REF}/answer", answer=said)

    assert answer.headers["location"] == f"/cases/{REF}?said=answered"
    with office.store.read() as work:
        held = work.suspensions.by_id("northwick", "file_drop", ["S-1"])["S-1"]
    assert (held.questions[0].answer, held.in_force.sessions) == (LengthAnswer(said), half_days)


def test_an_answer_that_nobody_asked_for_is_refused(browser: Browser):
    assert browser.submit(f"/cases/{REF}/answer", answer="further").status_code == 400
    assert browser.submit(f"/cases/{REF}/answer", answer="perhaps").status_code == 400


@pytest.mark.parametrize("path", ["meeting", "meeting/cancel", "stage", "answer"])
def test_a_case_that_is_not_there_is_told(browser: Browser, path: str):
    fields = {**FIELDS, "stage": "triage", "answer": "further"}

    assert browser.submit(f"/cases/RP-2026-0099/{path}", **fields).status_code == 404
    assert browser.submit(f"/cases/rp-1/{path}", **fields).status_code == 404
