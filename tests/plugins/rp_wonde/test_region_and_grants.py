"""The right school in the right region, and what it has granted."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from rp_connect.errors import AccessError, ConfigError, TryLaterError
from rp_connect.ports.mis import Kind
from tests.plugins.rp_wonde.conftest import Open
from tests.plugins.rp_wonde.taking import Taken
from tests.plugins.rp_wonde.vendor import LoopbackWonde, Reply, Request, WondeSchool
from tests.plugins.rp_wonde.wonde_rows import student

OUTCOMES = {"outcome_type": "REST", "outcome_employee": "E1"}
KINDS = ("pupils", "staff", "incidents", "suspensions", "attendance")


def test_in_the_wrong_region_a_school_is_an_error_and_not_empty(school: WondeSchool, adapter):
    school.other_region = True

    with pytest.raises(ConfigError, match="region"):
        adapter.everything(Kind.PUPIL)
    with pytest.raises(ConfigError, match="region"):
        adapter.probe()


def test_a_school_that_is_not_there_is_an_error_that_says_region(adapter_of: Open):
    with pytest.raises(ConfigError, match="region"):
        adapter_of(school_id="A999").changes(Kind.SUSPENSION, None)


@pytest.mark.parametrize("body", [b"<!DOCTYPE html><title>Not Found</title>", b"", b"404", b"[]"])
def test_a_page_that_is_not_there_and_not_wondes_says_nothing_of_the_school(school, adapter, body: bytes):
    school.replies = [Reply(404, body)]

    with pytest.raises(TryLaterError, match="base_url"):
        adapter.everything(Kind.PUPIL)


@pytest.mark.parametrize("data", [{}, [], None])
def test_a_school_that_comes_without_its_contents_is_an_error_that_says_region(school, adapter, data):
    """So Wonde answers in another region than the school's."""
    school.replies = [Reply(200, {"data": data})]

    with pytest.raises(ConfigError, match="region"):
        adapter.everything(Kind.PUPIL)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("deletions", Kind.SUSPENSION),
        ("students-leaver", Kind.PUPIL),
        ("attendance-leavers/session", Kind.ATTENDANCE),
    ],
)
def test_a_list_that_a_gateway_has_lost_is_not_a_list_that_the_school_withholds(school, adapter, path, kind):
    """Taken for withheld, what it held of this window would never be asked for again."""
    since = {"since": "2026-09-01 00:00:00"}
    answered = school.reply

    def reply(request: Request) -> Reply:
        return Reply(404, b"<html>Not Found</html>") if request.list == path else answered(request)

    school.reply = reply

    with pytest.raises(TryLaterError):
        Taken(adapter.changes(kind, since))


def test_the_region_that_wonde_names_is_compared_and_never_followed(school: WondeSchool, adapter):
    with LoopbackWonde() as elsewhere:
        school.domain = urlsplit(elsewhere.url).netloc

        with pytest.raises(ConfigError, match="region"):
            adapter.everything(Kind.INCIDENT)

        assert elsewhere.school.requests == []


@pytest.mark.parametrize("domain", ["{}", "http://{}", "{}/v1.0", ""])
def test_the_region_may_be_written_in_each_way_or_not_at_all(wonde, school, adapter, domain: str):
    school.domain = domain.format(urlsplit(wonde.url).netloc)

    assert "pupils" in adapter.probe().capabilities


def test_each_sync_looks_whether_the_school_still_lets_us_in(school: WondeSchool, adapter):
    adapter.everything(Kind.PUPIL)
    school.other_region = True

    with pytest.raises(ConfigError):
        adapter.everything(Kind.PUPIL)


def test_a_token_that_is_refused_is_a_matter_for_a_person(school: WondeSchool, adapter_of: Open, monkeypatch):
    monkeypatch.setattr("tests.plugins.rp_wonde.vendor.TOKEN", "another")

    with pytest.raises(AccessError, match="token"):
        adapter_of().probe()


def test_a_school_that_grants_all_can_do_all(school: WondeSchool, adapter_of: Open):
    school.put("students", student("A1"))

    probe = adapter_of(**OUTCOMES).probe()

    assert set(probe.capabilities) == {*KINDS, "outcomes", "marks"}
    assert (probe.not_granted, probe.problems) == ((), ())


@pytest.mark.parametrize(
    ("path", "kind"),
    [("behaviours", Kind.INCIDENT), ("exclusions", Kind.SUSPENSION), ("employees", Kind.STAFF)],
)
def test_what_is_not_granted_is_told_in_wondes_words_and_never_as_empty(school, adapter, path, kind):
    school.withheld.add(path)

    assert path in adapter.probe().not_granted
    assert not adapter.everything(kind).given
    assert not adapter.changes(kind, {"since": "2026-11-01 00:00:00"}).given


def test_a_school_that_takes_no_write_backs_takes_no_outcomes(school: WondeSchool, adapter_of: Open):
    school.allows_writeback = False

    probe = adapter_of(**OUTCOMES).probe()

    assert ("outcomes" in probe.capabilities, probe.problems) == (False, ())


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ({}, "outcome_type"),
        ({"outcome_type": "REST"}, "outcome_employee"),
        ({**OUTCOMES, "outcome_type": "NONE"}, "BEHAVIOUR_TYPE"),
        ({**OUTCOMES, "outcome_action": "NONE"}, "BEHAVIOUR_OUTCOME"),
        ({**OUTCOMES, "outcome_role": "NONE"}, "BEHAVIOUR_ROLE"),
        ({**OUTCOMES, "outcome_status": "NONE"}, "EVENT_STATUS"),
    ],
)
def test_check_says_what_keeps_an_outcome_from_being_written(school, adapter_of: Open, table, named: str):
    probe = adapter_of(**table).probe()

    assert "outcomes" not in probe.capabilities
    assert any(named in problem for problem in probe.problems)


def test_attributes_by_the_name_of_their_list_are_understood_too(school: WondeSchool, adapter_of: Open):
    school.rows["behaviours/attributes"] = []
    school.put("students", student("A1"))
    known = {"BEHAVIOUR_TYPE": {"data": [{"code": "REST"}]}, "EVENT_STATUS": ["REV2"]}
    answered = school.reply

    def reply(request):
        found = answered(request)
        if request.list != "behaviours/attributes":
            return found
        return type(found)(200, {"data": known})

    school.reply = reply  # type: ignore[method-assign]

    assert "outcomes" in adapter_of(**OUTCOMES, outcome_status="REV2").probe().capabilities
