"""What a live RosarioSIS 12 answered, read by the adapter; and whether our own plays it truly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half, PeriodKind
from rp_connect.domain.suspension import Dates
from rp_connect.ports.mis import Kind, MisAdapter
from tests.plugins.rp_rosariosis.loopback import adapter, served
from tests.plugins.rp_rosariosis.recorded import answer, recorded_tables
from tests.plugins.rp_rosariosis.taking import everything, pages_of
from tests.plugins.rp_rosariosis.vendor import ROOT, Reply, Vendor

pytestmark = pytest.mark.facts


@pytest.fixture
def live(facts: Path) -> Iterator[Vendor]:
    made = Vendor(recorded_tables(facts))
    yield made
    assert made.offences == []


@pytest.fixture
def mis(live: Vendor) -> Iterator[MisAdapter]:
    with served(live) as url:
        yield adapter(url)


def test_every_recorded_pupil_is_read(mis: MisAdapter):
    pupils = {pupil.id: pupil for pupil in everything(mis, Kind.PUPIL)}
    assert len(pupils) == 12
    assert [pupils[n].display_name for n in ("3", "4", "5", "6")] == [
        "Liam O'Brien", "Zoë Çelik-Núñez", "Noah Smith", "Noah Smith",
    ]  # fmt: skip
    assert (pupils["2"].year_group, pupils["2"].on_roll_from) == ("08", date(2026, 9, 1))


def test_the_recorded_referrals_are_incidents_in_their_own_words(mis: MisAdapter):
    incidents = {one.id: one for one in everything(mis, Kind.INCIDENT)}
    assert "7" not in incidents
    assert incidents["1"].description == 'Fight in corridor; ****O\'Brien**** & "co"'
    assert incidents["3"].description == "Zoë talked over the register – twice"
    assert incidents["4"].kind == "Insubordination (Refusal to Comply, Disrespectful Behavior)"
    assert incidents["4"].description == "Line one\nLine two"


def test_the_recorded_labels_are_suspensions_that_ask_for_their_dates(live: Vendor, mis: MisAdapter):
    for row in live.tables["discipline_referrals"]:
        row.setdefault("category_5", None)
    found = {one.id: (one.pupil_id, one.category, one.dates) for one in everything(mis, Kind.SUSPENSION)}
    assert found["1"] == ("2", "SUSP", Dates())  # edited: 2 Days and 5 Days stand together
    assert found["4"] == ("5", "SUSP", Dates())  # In School Suspension with Half Day
    assert found["5"] == ("6", "PERM", Dates())
    assert not set(found) - {"1", "4", "5"} & {"2", "3", "6", "8"}


def test_the_offices_mark_of_a_suspension_counts_and_not_the_teachers_register(mis: MisAdapter):
    marks = everything(mis, Kind.ATTENDANCE)
    for half in Half:
        assert Mark("2", date(2026, 11, 19), half, "E") in marks
    assert Mark("3", date(2026, 11, 19), Half.AM, "L") in marks


def test_the_recorded_calendar_begins_and_ends_with_its_days(mis: MisAdapter):
    term = everything(mis, Kind.CALENDAR)[0]
    assert (term.first, term.last, term.kind) == (date(2026, 6, 15), date(2026, 6, 26), PeriodKind.TERM)


def test_nobody_of_the_recorded_staff_has_an_address(mis: MisAdapter):
    assert everything(mis, Kind.STAFF) == []


def test_what_the_installation_brings_along_has_labels_that_a_school_must_map(live: Vendor):
    with served(live) as url:
        reading = adapter(url).everything(Kind.SUSPENSION)
        pages_of(reading)
    assert reading.unmapped == ["3 Days", "7 Days"]


SIGNED_IN = {"cookie": "RosarioSIS_REST_API=here"}


def asked(live: Vendor, path: str, query: list[tuple[str, str]], headers: dict[str, str]) -> Reply:
    live._sessions.add("here")
    reply = live.answer("GET", f"{ROOT}api.php/{path}", query, headers)
    live.offences.clear()
    return reply


def test_our_own_vendor_answers_as_the_live_one_did(live: Vendor, facts: Path):
    wrong = live.answer("POST", f"{ROOT}auth.php", [], {}, b"usertoken=wrong")
    assert (wrong.status, wrong.body) == (200, answer(facts, "auth_invalid_token.http200"))
    nobody = asked(live, "records/staff", [], {})
    assert (nobody.status, nobody.body) == (401, answer(facts, "no_header.http401"))
    old = asked(live, "records/staff", [], {**SIGNED_IN, "x-authorization": "Bearer old"})
    assert (old.status, old.body) == (403, answer(facts, "bad_jwt.http403"))
    none = asked(live, "records/nosuch", [], SIGNED_IN)
    assert (none.status, none.body) == (404, answer(facts, "no_table.http404"))
    empty = asked(live, "records/staff", [("page", "1,10"), ("filter", "staff_id,gt,99")], SIGNED_IN)
    assert (empty.status, empty.body) == (200, answer(facts, "empty_page"))


def test_our_own_vendor_has_the_recorded_oddities(live: Vendor):
    def rows(*query: tuple[str, str]) -> int:
        return asked(live, "records/students", [("include", "student_id"), *query], SIGNED_IN).rows

    assert rows(("filter", "student_id,sounds,3")) == 12
    assert rows(("order", "nosuch")) == 12
    assert rows(("page", "0,2")) == 12
    assert rows(("filter", "student_id,gt,2"), ("filter", "student_id,lt,5")) == 2
    assert rows(("filter1", "student_id,eq,2"), ("filter2", "student_id,eq,5")) == 2
    assert asked(live, "records/students", [("filter", "nosuch,eq,1")], SIGNED_IN).status == 500
    assert asked(live, "records/students", [("page", "101,5")], SIGNED_IN).status == 403
    shown = asked(live, "records/students", [], SIGNED_IN).body
    assert isinstance(shown, dict)
    assert "password" in shown["records"][0]


def test_a_write_to_a_mark_would_have_hit_every_mark_of_that_pupil(live: Vendor):
    live._sessions.add("here")
    path = f"{ROOT}api.php/records/attendance_period/2"
    assert live.answer("PUT", path, [], SIGNED_IN, b'{"comment":"x"}').body == 4
    assert live.answer("DELETE", path, [], SIGNED_IN).body == 4
    assert live.offences == ["PUT attendance_period", "DELETE attendance_period"]
    live.offences.clear()


def test_a_write_to_what_is_not_there_is_200_with_nought(live: Vendor):
    live._sessions.add("here")
    reply = live.answer("PUT", f"{ROOT}api.php/records/discipline_referrals/7", [], SIGNED_IN, b"{}")
    assert (reply.status, reply.body) == (200, 0)
