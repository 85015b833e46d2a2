"""An outcome is a new behaviour, written once, followed to its end and found again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from rp_connect.domain.outcome import Outcome, OutcomeResult
from rp_connect.errors import ConfigError, GoneError, TryLaterError, UnclearError, UnsupportedError
from rp_connect.ports.mis import MisAdapter, OutcomeNote
from tests.plugins.rp_wonde.conftest import Open
from tests.plugins.rp_wonde.vendor import Reply, Request, WondeSchool
from tests.plugins.rp_wonde.wonde_rows import behaviour, student

OURS = {
    "outcome_type": "REST",
    "outcome_status": "REV2",
    "outcome_action": "COOL",
    "outcome_role": "AG",
    "outcome_employee": "E1",
}


def note(number: int = 1, *pupils: str) -> OutcomeNote:
    outcome = Outcome(
        case="RP-2026-0007",
        school="northwick",
        number=number,
        held_on=date(2026, 11, 12),
        result=OutcomeResult.AGREED,
        note="Both want to sit apart.",
        recorded_by="lead@northwick.example",
        recorded_at=datetime(2026, 11, 12, 15, tzinfo=UTC),
    )
    return OutcomeNote(outcome, pupil_ids=pupils or ("upi-A1",))


@pytest.fixture
def school(school: WondeSchool) -> WondeSchool:
    school.put("students", student("A1"), student("A2"))
    return school


def posts(school: WondeSchool) -> list[dict[str, object]]:
    return [json.loads(request.body) for request in school.requests if request.method == "POST"]


def test_an_outcome_is_a_new_behaviour_in_the_schools_own_words(school: WondeSchool, adapter_of: Open):
    written = adapter_of(**OURS).write_outcome(note(1, "upi-A1", "upi-A2"))

    (sent,) = posts(school)
    row = school.rows["behaviours"][0]
    assert written == row["id"]
    assert row["comment"] == note().outcome.text
    assert [one["student_id"] for one in sent["students"]] == ["A1", "A2"]  # type: ignore[attr-defined]
    assert (sent["type"], sent["status"], sent["employee_id"], sent["date"]) == (
        "REST",
        "REV2",
        "E1",
        "2026-11-12",
    )


def test_what_was_written_is_found_by_its_key_after_a_restart(school: WondeSchool, adapter_of: Open):
    written = adapter_of(**OURS).write_outcome(note(1))

    assert adapter_of(**OURS).find_outcome(note(1)) == written
    assert adapter_of(**OURS).find_outcome(note(11)) is None


def test_a_behaviour_that_only_resembles_it_is_not_taken_for_it(school: WondeSchool, adapter_of: Open):
    school.put("behaviours", behaviour("B1", ("A1", "AG"), comment="RP-2026-0007.outcome.1 was discussed"))

    assert adapter_of(**OURS).find_outcome(note(1)) is None


@pytest.mark.parametrize("words", [["pending", "queued", "Completed"], ["PROCESSED"], ["done"]])
def test_a_write_is_followed_to_its_end(school: WondeSchool, adapter_of: Open, words: list[str]):
    school.course = words

    assert adapter_of(**OURS).write_outcome(note()) == "writeback:W1"


@pytest.mark.parametrize("word", ["failed", "Rejected by MIS", "unsuccessful", "not written"])
def test_a_write_that_the_mis_refused_is_a_matter_for_a_person(school, adapter_of: Open, word: str):
    school.course = [word]

    with pytest.raises(ConfigError, match="did not take"):
        adapter_of(**OURS).write_outcome(note())


def test_a_write_that_is_on_its_way_is_not_written_again(school: WondeSchool, adapter_of: Open):
    school.course = ["who knows"]
    adapter = adapter_of(**OURS)
    with pytest.raises(UnclearError):
        adapter.write_outcome(note())
    with pytest.raises(TryLaterError) as wait:
        adapter.find_outcome(note())

    school.carry_out("W1")

    assert wait.value.retry_after
    assert adapter.find_outcome(note()) == school.rows["behaviours"][0]["id"]
    assert len(posts(school)) == 1


def test_a_write_that_ended_badly_after_all_may_be_written_again(school, adapter_of: Open):
    school.course = ["who knows"]
    adapter = adapter_of(**OURS)
    with pytest.raises(UnclearError):
        adapter.write_outcome(note())
    school.writebacks["W1"] = ["failed"]

    assert adapter.find_outcome(note()) is None


def test_a_failing_server_leaves_it_unclear(school: WondeSchool, adapter_of: Open):
    answered = school.reply

    def reply(request):
        return Reply(502, b"<html>") if request.method == "POST" else answered(request)

    school.reply = reply  # type: ignore[method-assign]

    with pytest.raises(UnclearError):
        adapter_of(**OURS).write_outcome(note())


def test_a_word_that_the_school_does_not_take_names_the_field(school: WondeSchool, adapter_of: Open):
    with pytest.raises(ConfigError, match="type"):
        adapter_of(**{**OURS, "outcome_type": "NONE"}).write_outcome(note())


def test_a_pupil_who_is_no_longer_there_is_gone(school: WondeSchool, adapter_of: Open):
    with pytest.raises(GoneError):
        adapter_of(**OURS).write_outcome(note(1, "upi-A404"))
    assert posts(school) == []


def assert_not_taken(school: WondeSchool, adapter: MisAdapter, one: OutcomeNote) -> None:
    """Neither looked for nor written: whoever asks goes to the list that staff enter by hand both times."""
    with pytest.raises(UnsupportedError):
        adapter.find_outcome(one)
    with pytest.raises(UnsupportedError):
        adapter.write_outcome(one)
    assert posts(school) == []


@pytest.mark.parametrize("table", [{}, {"outcome_type": "REST"}, {"outcome_employee": "E1"}])
def test_where_nobody_chose_the_words_an_outcome_is_for_the_list(school, adapter_of: Open, table):
    assert_not_taken(school, adapter_of(**table), note())


def test_where_the_school_takes_no_write_backs_an_outcome_is_for_the_list(school, adapter_of: Open):
    school.allows_writeback = False

    assert_not_taken(school, adapter_of(**OURS), note())


def test_an_outcome_that_names_no_pupil_is_for_the_list(school: WondeSchool, adapter_of: Open):
    assert_not_taken(school, adapter_of(**OURS), replace(note(), pupil_ids=()))


@pytest.mark.parametrize(
    "said", [Reply(403, {"error": "forbidden"}), Reply(404, {"error": "not_found"}), Reply(404, b"<html>")]
)
def test_where_nobody_may_ask_what_became_of_a_write_it_is_unclear_and_found_later(
    school: WondeSchool, adapter_of: Open, said: Reply
):
    """It was taken: a refusal of the question is no refusal of the write."""
    answered = school.reply

    def reply(request: Request) -> Reply:
        return said if "/writebacks/" in request.path else answered(request)

    school.reply = reply  # type: ignore[method-assign]
    adapter = adapter_of(**OURS)
    with pytest.raises(UnclearError):
        adapter.write_outcome(note())

    school.carry_out("W1")

    assert adapter.find_outcome(note()) == school.rows["behaviours"][0]["id"]
