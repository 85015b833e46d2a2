"""Outcomes as follow-ups: one a pupil, once, found by their tag, judged one by one."""

from __future__ import annotations

import json

import pytest

from rp_connect.errors import AccessError, TryLaterError, UnclearError, UnsupportedError
from rp_connect.ports.mis import MisAdapter
from tests.plugins.rp_arbor.rig import adapter_at, note
from tests.plugins.rp_arbor.vendor import ArborSite, Came, serving, to


def standing(site: ArborSite) -> list[tuple[str, str]]:
    rows = site.rows["BehaviourFollowUp"].values()
    return [(row["student"]["href"].rpartition("/")[2], row["userTags"]["rpConnectOutcome"]) for row in rows]


def test_an_outcome_is_a_follow_up_with_our_key_as_its_tag(site: ArborSite, adapter: MisAdapter) -> None:
    written = adapter.write_outcome(note())
    row = site.rows["BehaviourFollowUp"][written]
    assert row["userTags"] == {"rpConnectOutcome": "RP-2026-0007.outcome.1"}
    assert row["summary"] == note().outcome.text
    assert row["followUpDatetime"] == {"entityType": "date", "date": "2026-11-12 00:00:00"}
    assert "staff" not in row


def test_several_pupils_of_a_case_are_written_in_one_request(site: ArborSite, adapter: MisAdapter) -> None:
    written = adapter.write_outcome(note(pupils=("1", "2")))
    assert standing(site) == [("1", note().key), ("2", note().key)]
    assert len([came for came in site.came if came.method == "POST"]) == 1
    assert adapter.find_outcome(note(pupils=("1", "2"))) == written


def test_whoever_recorded_it_is_named_where_arbor_knows_the_address(
    site: ArborSite, adapter: MisAdapter
) -> None:
    written = adapter.write_outcome(note(by="ada@northwick.example"))
    assert site.rows["BehaviourFollowUp"][written]["staff"]["href"] == "/rest-v2/staffs/1"


def test_a_pupil_whose_follow_up_was_not_taken_is_told_and_the_others_stand(
    site: ArborSite, adapter: MisAdapter
) -> None:
    site.refuses = {"2"}
    with pytest.raises(AccessError, match=r"HTTP 422 \(Validation\).*Of 3 follow-ups 2 stand"):
        adapter.write_outcome(note(pupils=("1", "2", "3")))
    assert [pupil for pupil, _ in standing(site)] == ["1", "3"]


def test_only_what_is_missing_is_written_again(site: ArborSite, adapter: MisAdapter) -> None:
    site.refuses = {"2"}
    with pytest.raises(AccessError):
        adapter.write_outcome(note(pupils=("1", "2")))
    assert adapter.find_outcome(note(pupils=("1", "2"))) is None
    site.refuses = set()
    written = adapter.write_outcome(note(pupils=("1", "2")))
    assert standing(site) == [("1", note().key), ("2", note().key)]
    assert adapter.find_outcome(note(pupils=("1", "2"))) == written


def test_written_twice_it_stands_once(site: ArborSite, adapter: MisAdapter) -> None:
    assert adapter.write_outcome(note()) == adapter.write_outcome(note())
    assert len(standing(site)) == 1


def test_where_the_site_does_not_filter_by_tag_no_other_outcome_is_taken_for_it(
    site: ArborSite, adapter: MisAdapter
) -> None:
    site.tags_ignored = True
    adapter.write_outcome(note(11))
    assert adapter.find_outcome(note(1)) is None


def test_a_follow_up_of_a_person_is_never_taken_for_ours(site: ArborSite, adapter: MisAdapter) -> None:
    site.tags_ignored = True
    site.put("BehaviourFollowUp", 5, student=to("Student", 1), summary="Restorative conference held")
    assert adapter.find_outcome(note()) is None


def test_a_lost_answer_is_unclear_and_what_was_written_is_found(site: ArborSite) -> None:
    with (
        serving(site, lambda came, *sent: None if came.method == "POST" else (*sent, {})) as url,
        pytest.raises(UnclearError),
    ):
        adapter_at(url).write_outcome(note())
    with serving(site) as url:
        assert adapter_at(url).find_outcome(note()) == "90000"
    assert len(standing(site)) == 1


def answering(body: object, status: int = 200) -> object:
    def spoil(came: Came, *sent: object) -> object:
        return (status, json.dumps(body).encode(), {}) if came.method == "POST" else (*sent, {})

    return spoil


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"results": []},
        {"results": [{}]},
        {"results": ["?"]},
        {"results": [{"status": {"success": True}}]},
        {"results": [{"status": {"success": "yes"}, "behaviourFollowUp": to("BehaviourFollowUp", 5)}]},
    ],
)
def test_an_answer_that_does_not_say_what_became_of_it_is_unclear(site: ArborSite, body: object) -> None:
    with serving(site, answering(body)) as url, pytest.raises(UnclearError):
        adapter_at(url).write_outcome(note())


def test_a_422_without_rows_is_told(site: ArborSite) -> None:
    body = {"response": {"code": 422, "reason": "x", "errors": [{"exception": "A\\Invalid", "message": "y"}]}}
    with serving(site, answering(body)) as url, pytest.raises(AccessError, match=r"HTTP 422 \(Invalid\)"):
        adapter_at(url).write_outcome(note())


def test_a_row_that_must_wait_is_written_again_later(site: ArborSite) -> None:
    body = {"results": [{"status": {"success": False, "code": 503}}]}
    with serving(site, answering(body)) as url, pytest.raises(TryLaterError):
        adapter_at(url).write_outcome(note())


def test_a_school_that_has_not_granted_follow_ups_takes_no_outcomes(
    site: ArborSite, adapter: MisAdapter
) -> None:
    site.withheld = {"BehaviourFollowUp"}
    assert "outcomes" not in adapter.probe().capabilities
    with pytest.raises(UnsupportedError):
        adapter.find_outcome(note())
    with pytest.raises(UnsupportedError):
        adapter.write_outcome(note())


def test_an_outcome_of_no_pupil_goes_to_the_list_of_the_school(adapter: MisAdapter) -> None:
    with pytest.raises(UnsupportedError):
        adapter.write_outcome(note(pupils=()))
