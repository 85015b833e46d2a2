"""Lists of Wonde: whole, whatever their length, and never from anywhere else than the school's own host."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError
from rp_connect.ports.mis import Kind
from tests.plugins.rp_wonde.conftest import Open
from tests.plugins.rp_wonde.taking import Taken
from tests.plugins.rp_wonde.vendor import LoopbackWonde, Reply, Request, WondeSchool
from tests.plugins.rp_wonde.wonde_rows import student


def held(school: WondeSchool, count: int) -> list[str]:
    school.put("students", *(student(f"A{n:04}") for n in range(count)))
    return [f"upi-A{n:04}" for n in range(count)]


def lists(school: WondeSchool, name: str) -> Sequence[Request]:
    return [request for request in school.requests if request.list == name]


@pytest.mark.parametrize("paging", ["cursor", "offset"])
@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100, 101])
def test_every_pupil_is_read_whatever_the_number_of_pages(school, adapter_of: Open, paging: str, count: int):
    expected = held(school, count)

    taken = Taken(adapter_of(paging=paging).everything(Kind.PUPIL))

    assert sorted(one.id for one in taken.records) == expected
    assert taken.reading.keys == count
    assert len(lists(school, "students")) == max(1, -(-count // 50))


def test_the_next_page_is_fetched_at_the_address_that_wonde_gives(school: WondeSchool, adapter):
    held(school, 60)

    Taken(adapter.everything(Kind.PUPIL))

    first, second = lists(school, "students")
    assert (first.query["cursor"], second.query["cursor"]) == ("true", "A0049")
    assert second.query["include"] == first.query["include"]


def test_the_token_is_never_sent_to_another_host(school: WondeSchool, adapter):
    with LoopbackWonde() as elsewhere:
        envelope = {
            "data": [],
            "meta": {"pagination": {"next": f"{elsewhere.url}/v1.0/schools/A100/students"}},
        }
        school.replies = [Reply(200, {"data": school._school()}), Reply(200, envelope)]

        with pytest.raises(ConfigError, match="another host"):
            adapter.everything(Kind.PUPIL)

        assert elsewhere.school.requests == []


def test_a_redirect_is_not_followed(school: WondeSchool, adapter):
    with LoopbackWonde() as elsewhere:
        school.replies = [Reply(302, b"", {"Location": f"{elsewhere.url}/v1.0/schools/A100"})]

        with pytest.raises(ConfigError, match="base_url"):
            adapter.probe()

        assert elsewhere.school.requests == []


def test_pages_that_go_in_circles_end(wonde: LoopbackWonde, school: WondeSchool, adapter):
    held(school, 60)
    body = {"data": [], "meta": {"pagination": {"next": f"{wonde.url}/v1.0/schools/A100/students?page=2"}}}
    school.replies = [Reply(200, {"data": school._school()}), Reply(200, body), Reply(200, body)]

    with pytest.raises(TryLaterError, match="circles"):
        adapter.everything(Kind.PUPIL)


@pytest.mark.parametrize(
    "meta",
    [{"pagination": {"next": 7}}, {"pagination": "none"}, {"pagination": {"next": None, "more": True}}, 7],
)
def test_a_list_that_does_not_say_where_it_goes_on_is_not_taken_for_whole(school, adapter, meta: object):
    school.replies = [Reply(200, {"data": school._school()}), Reply(200, {"data": [], "meta": meta})]

    with pytest.raises(TryLaterError):
        adapter.everything(Kind.PUPIL)


@pytest.mark.parametrize("meta", [None, {}, {"pagination": None}, {"pagination": []}, []])
def test_no_pagination_object_means_that_this_is_all(school: WondeSchool, adapter, meta: object):
    school.replies = [
        Reply(200, {"data": school._school()}),
        Reply(200, {"data": [student("A1")], "meta": meta}),
    ]

    assert [one.id for one in Taken(adapter.everything(Kind.PUPIL)).records] == ["upi-A1"]


@pytest.mark.parametrize("body", [{"data": None}, {"data": {}}, {}, [], 7, None, {"error": "database"}])
def test_an_answer_that_is_no_list_is_never_an_empty_school(school: WondeSchool, adapter, body: object):
    school.replies = [Reply(200, {"data": school._school()}), Reply(200, body)]

    with pytest.raises(TryLaterError):
        adapter.everything(Kind.PUPIL)


def test_a_list_that_is_refused_half_way_is_a_refusal_and_not_a_short_list(school: WondeSchool, adapter):
    held(school, 120)
    reading = adapter.changes(Kind.PUPIL, None)
    pages = reading.pages()
    next(pages)
    school.withheld.add("students")

    with pytest.raises(AccessError):
        list(pages)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(401, {}), AccessError),
        (Reply(429, {}, {"Retry-After": "120"}), TryLaterError),
        (Reply(500, {}), TryLaterError),
        (Reply(503, b"<html>"), TryLaterError),
        (Reply(200, b"<!DOCTYPE html><title>Sign in</title>"), ConfigError),
        (Reply(200, b'{"data": [{"id"'), TryLaterError),
        (Reply(422, {"errors": {"include": ["x"]}}), ConfigError),
    ],
)
def test_each_fault_is_sorted_by_what_happens_next(
    school, adapter, reply: Reply, error: type[RpConnectError]
):
    school.replies = [Reply(200, {"data": school._school()}), reply]

    with pytest.raises(error):
        adapter.everything(Kind.STAFF)


def test_a_validation_error_names_the_fields_and_nothing_that_it_says(school: WondeSchool, adapter):
    body = {
        "message": "Adaline",
        "errors": {"updated_after": ["Adaline Testperson"], "Adaline Testperson": []},
    }
    school.replies = [Reply(200, {"data": school._school()}), Reply(422, body)]

    with pytest.raises(ConfigError, match="updated_after") as refused:
        adapter.everything(Kind.STAFF)
    assert "Adaline" not in str(refused.value)


def test_patience_is_asked_for_in_the_seconds_that_wonde_gives(school: WondeSchool, adapter):
    school.replies = [Reply(429, {}, {"Retry-After": "120"})]

    with pytest.raises(TryLaterError) as wait:
        adapter.probe()
    assert wait.value.retry_after == 120


def test_a_reading_that_fails_once_is_repeated(school: WondeSchool, adapter_of: Open):
    held(school, 3)
    school.replies = [Reply(500, {}), Reply(429, {}, {"Retry-After": "0"})]

    assert len(Taken(adapter_of(retries=2).everything(Kind.PUPIL)).records) == 3


def test_a_token_that_was_renewed_is_read_again_after_a_refusal(wonde: LoopbackWonde, school, adapter):
    school.replies = [Reply(401, {})]
    with pytest.raises(AccessError):
        adapter.probe()

    assert "pupils" in adapter.probe().capabilities
