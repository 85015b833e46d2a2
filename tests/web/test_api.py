"""The JSON of the API: the shapes of the command line, and errors as a sentence."""

from __future__ import annotations

import pytest

from rp_connect.services.complete_task import complete_task
from rp_connect.services.office import Office
from rp_connect.services.set_meeting import set_meeting
from rp_connect.services.show_case import show_case
from rp_connect.services.suggest_slots import suggest_slots
from tests.web.conftest import Browser
from tests.web.small_school import LONDON, add_many, add_reintegration, local, pupil, three_days

TASK_KEYS = {
    *("id", "case", "school", "duty", "title", "due", "planned", "due_note", "state", "role", "basis"),
    *("confidence", "external_id", "source"),
}
CASE_KEYS = {
    *(
        "ref",
        "school",
        "kind",
        "stage",
        "opened_at",
        "pupils",
        "tasks_open",
        "tasks_done",
        "source",
        "linked",
    ),
}


@pytest.fixture(autouse=True)
def _other(office: Office, ref: str) -> str:
    return add_reintegration(office, pupil("E-1"), three_days("E-S-1", "E-1"), school="eastmoor")


def test_tasks_have_the_shape_of_the_command_line(browser: Browser):
    found = {task["id"]: task for task in browser.get("/api/tasks").json()}

    assert all(set(task) >= TASK_KEYS for task in found.values())
    assert found["RP-2026-0001.written-notice.1"] == {
        "id": "RP-2026-0001.written-notice.1",
        "case": "RP-2026-0001",
        "school": "northwick",
        "duty": "written-notice",
        "title": "RP-2026-0001 · Written notice to the parents",
        "due": "2026-11-09T15:15:00+00:00",
        "planned": None,
        "due_note": None,
        "state": "open",
        "role": "head",
        "basis": "SI 2012/1033 reg 14",
        "confidence": "C",
        "external_id": None,
        "steps": [],
        "source": {"mis": "file_drop", "kind": "suspension", "id": "S-1"},
    }
    assert found["RP-2026-0001.review.2"]["due_note"] == "calendar missing"


def test_cases_have_the_shape_of_the_command_line(browser: Browser, office: Office):
    complete_task(office, "RP-2026-0001.tell-la.1", "head")

    found = browser.get("/api/cases").json()

    assert all(set(case) >= CASE_KEYS for case in found)
    assert found[0] == {
        "ref": "RP-2026-0001",
        "school": "northwick",
        "kind": "reintegration",
        "stage": "referred",
        "opened_at": "2026-11-09T09:00:00+00:00",
        "pupils": ["P-1"],
        "tasks_open": 8,
        "tasks_done": 1,
        "source": {"mis": "file_drop", "kind": "suspension", "id": "S-1"},
        "linked": [],
    }


def test_one_case_is_told_whole(browser: Browser, office: Office):
    set_meeting(office, "RP-2026-0001", local("2026-11-11T14:00"), 45, "", False, [], "lead")

    found = browser.get("/api/cases/RP-2026-0001").json()

    assert found == show_case(office, "RP-2026-0001").to_json()
    assert set(found) >= CASE_KEYS | {"suspension", "meeting", "tasks", "history"}


def test_free_times_are_those_of_the_command_line(browser: Browser, office: Office):
    found = browser.get("/api/cases/RP-2026-0001/free-times").json()

    assert found == suggest_slots(office, "RP-2026-0001").to_json(LONDON)
    assert found["slots"][0] == {"at": "2026-11-11T08:45:00+00:00", "minutes": 45}
    assert found["note"] == ""


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/api/tasks", 18),
        ("/api/tasks?school=northwick", 9),
        ("/api/tasks?case=RP-2026-0002", 9),
        ("/api/tasks?state=open", 18),
        ("/api/tasks?state=done", 0),
        ("/api/tasks?school=eastmoor&case=RP-2026-0001", 0),
        ("/api/cases", 2),
        ("/api/cases?school=eastmoor", 1),
        ("/api/cases?stage=referred", 2),
        ("/api/cases?stage=closed", 0),
    ],
)
def test_lists_can_be_narrowed(browser: Browser, path: str, count: int):
    assert len(browser.get(path).json()) == count


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/tasks?school=nowhere", 404),
        ("/api/tasks?case=RP-2026-0099", 404),
        ("/api/tasks?state=lost", 400),
        ("/api/cases?stage=lost", 400),
        ("/api/cases/RP-2026-0099", 404),
        ("/api/cases/nonsense", 404),
        ("/api/cases/RP-2026-0099/free-times", 404),
        ("/api/nothing", 404),
    ],
)
def test_what_is_not_there_is_a_sentence(browser: Browser, path: str, status: int):
    answer = browser.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"].endswith(".")


@pytest.mark.parametrize("path", ["/api/tasks", "/api/cases", "/api/cases/RP-2026-0001"])
def test_no_name_leaves_by_the_api(browser: Browser, office: Office, path: str):
    add_many(office, 3)

    assert "Testperson" in browser.page("/"), "there are names that could leave"
    assert "Testperson" not in browser.get(path).text


def test_health_is_told(browser: Browser):
    assert browser.get("/health").json() == {"status": "ok"}
