"""Exclusions are suspensions: their kinds, their dates, and what became of those that are no longer there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rp_connect.domain.calendar import Half
from rp_connect.domain.suspension import Dates
from rp_connect.errors import AccessError, TryLaterError
from rp_connect.ports.mis import Kind
from tests.plugins.rp_wonde.conftest import Open
from tests.plugins.rp_wonde.taking import Taken
from tests.plugins.rp_wonde.vendor import Reply, WondeSchool
from tests.plugins.rp_wonde.wonde_rows import exclusion, php, student


@pytest.fixture
def school(school: WondeSchool) -> WondeSchool:
    school.put("students", student("A1"), student("A2"))
    return school


LONG_AGO = datetime.now(UTC) - timedelta(days=2)


def read(adapter) -> Taken:
    return Taken(adapter.everything(Kind.SUSPENSION))


def test_a_suspension_has_its_dates_in_half_days_and_no_decision(school: WondeSchool, adapter):
    school.put("exclusions", exclusion("X1", "A1"))

    (held,) = read(adapter).records

    assert (held.id, held.pupil_id, held.category, held.reasons) == ("X1", "upi-A1", "SUSP", ("BU",))
    assert held.dates == Dates(
        start=date(2026, 11, 10), start_half=Half.AM, end=date(2026, 11, 11), end_half=Half.PM, sessions=4
    )
    assert held.decided is None


@pytest.mark.parametrize(
    ("row", "category", "unmapped"),
    [
        ({"type_code": "FIXD"}, "SUSP", []),
        ({"type_code": "perm"}, "PERM", []),
        ({"type_code": None, "type": "LNCH"}, "LNCH", []),
        ({"type_code": "17", "type": "Fixed Term"}, "SUSP", []),
        ({"type_code": 17, "type": "Internal"}, "17", ["17"]),
        ({"type_code": None, "type": "Internal reflection"}, "Internal reflection", ["Internal reflection"]),
    ],
)
def test_a_kind_is_known_by_its_code_or_its_name_and_else_kept_as_it_is(
    school, adapter_of, row, category, unmapped
):
    school.put("exclusions", exclusion("X1", "A1", **row))

    taken = read(adapter_of(suspension_types={"Fixed term": "SUSP"}))

    assert (taken.records[0].category, taken.reading.unmapped) == (category, unmapped)


def test_a_suspension_without_dates_is_there_and_asks_for_them(school: WondeSchool, adapter):
    bare = {"start_date": None, "end_date": None, "days": None, "sessions": None}
    school.put("exclusions", exclusion("X1", "A1", **bare, start_session=None, end_session=None))

    assert read(adapter).records[0].dates == Dates()


@pytest.mark.parametrize(
    ("row", "sessions"),
    [
        ({"sessions": "3"}, 3),
        ({"sessions": None, "days": 1.5, "end_date": None}, 3),
        ({"sessions": None, "days": 2}, None),
        ({"sessions": 0, "days": 0}, None),
    ],
)
def test_a_length_is_taken_as_it_was_recorded(school: WondeSchool, adapter, row, sessions):
    school.put("exclusions", exclusion("X1", "A1", **row))

    assert read(adapter).records[0].dates.sessions == sessions


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"type_code": None, "type": None}, "type_code and type are missing"),
        ({"end_date": php(date(2026, 11, 9))}, "the end is before the start"),
        ({"start_date": "31/31/31"}, "start_date is not a date"),
        ({"sessions": 2.5}, "sessions is not a number of half days"),
        ({"sessions": "1e999"}, "sessions is not a number that can be"),
        ({"sessions": True}, "sessions is not a number"),
        ({"start_session": "ALL"}, "start_session is neither AM nor PM"),
        ({"student": {"data": {"id": "A404"}}}, "names a pupil whom Wonde does not give"),
        ({"student": None}, "names a pupil whom Wonde does not give"),
    ],
)
def test_a_suspension_that_cannot_be_read_is_refused_with_its_reason(school, adapter, row, reason):
    school.put("exclusions", exclusion("X1", "A1", **row), exclusion("X2", "A1"))

    taken = read(adapter)

    assert [one.id for one in taken.records] == ["X2"]
    assert [(r.key, r.reason) for r in taken.refusals] == [("X1", reason)]


def test_a_pupil_is_found_by_the_wonde_id_where_no_upi_is_given(school: WondeSchool, adapter):
    school.put("students", student("A1", "upi-other"))
    school.put("exclusions", exclusion("X1", "A1", student={"data": {"id": "A1"}}))

    assert read(adapter).records[0].pupil_id == "upi-other"


def test_a_deleted_suspension_has_a_tombstone_with_its_moment(school: WondeSchool, adapter):
    school.put("exclusions", exclusion("X1", "A1"), exclusion("X2", "A1"), changed=LONG_AGO)
    cursor = Taken(adapter.changes(Kind.SUSPENSION, None)).cursor
    moment = datetime.now(UTC).replace(microsecond=0)
    school.delete("exclusions", "X1", "exclusion", moment)

    (stone,) = Taken(adapter.changes(Kind.SUSPENSION, cursor)).tombstones

    assert (stone.id, stone.deleted.at) == ("X1", moment)


def test_a_deletion_comes_with_the_whole_reading_of_the_next_day_too(school: WondeSchool, adapter):
    school.put("exclusions", exclusion("X1", "A1"))
    school.delete("exclusions", "X1", "exclusion")

    taken = read(adapter)

    assert [stone.id for stone in taken.tombstones] == ["X1"]


def test_what_was_deleted_and_is_there_again_has_no_tombstone(school: WondeSchool, adapter):
    school.delete("exclusions", "X1", "exclusion")
    school.put("exclusions", exclusion("X1", "A1"))

    assert read(adapter).tombstones == []


def test_what_went_without_an_entry_is_gone_when_it_is_asked_for_alone(school: WondeSchool, adapter):
    school.put("exclusions", exclusion("X1", "A1"), exclusion("X2", "A1"))
    school.vanish("exclusions", "X1")
    confirm = read(adapter).reading.confirm_gone

    assert confirm is not None
    assert confirm("X1")
    assert not confirm("X2")


def test_a_refusal_does_not_confirm_that_anything_is_gone(school: WondeSchool, adapter):
    school.put("exclusions", exclusion("X1", "A1"))
    confirm = read(adapter).reading.confirm_gone
    school.replies = []
    school.withheld.add("exclusions/X1")

    assert confirm is not None
    with pytest.raises(AccessError):
        confirm("X1")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, b"<!DOCTYPE html><title>Not Found</title>"),
        *(Reply(404, b""), Reply(404, []), Reply(404, "not found")),
        *(Reply(200, {"data": {}}), Reply(200, {"data": []}), Reply(200, {"data": None}), Reply(200, {})),
    ],
)
def test_an_answer_that_is_not_wondes_own_word_for_it_cancels_no_suspension(school, adapter, reply: Reply):
    """A gateway that loses a page, or an answer that came without its contents, is no deletion."""
    school.put("exclusions", exclusion("X1", "A1"))
    confirm = read(adapter).reading.confirm_gone
    school.vanish("exclusions", "X1")
    school.replies = [reply]

    assert confirm is not None
    with pytest.raises(TryLaterError):
        confirm("X1")
    assert confirm("X1")  # asked again, Wonde says so itself


def test_deletions_that_are_not_granted_hide_no_suspension(school: WondeSchool, adapter_of: Open):
    school.withheld.add("deletions")
    school.put("exclusions", exclusion("X1", "A1"))

    adapter = adapter_of()
    assert [one.id for one in read(adapter).records] == ["X1"]
    assert "deletions" in adapter.probe().not_granted


def test_a_suspension_of_long_ago_is_left_out_where_its_pupil_is_no_longer_known(school, adapter):
    """Such rows are years old and would be waited for at every sync; what is not old is refused by key."""
    old = {"start_date": php(date(2023, 5, 9)), "end_date": php(date(2023, 5, 10))}
    school.put("exclusions", exclusion("X1", "A404", **old), exclusion("X2", "A1", **old))
    school.put("exclusions", exclusion("X3", "A404"))

    taken = read(adapter)

    assert [one.id for one in taken.records] == ["X2"]
    assert [r.key for r in taken.refusals] == ["X3"]
