"""Referrals as incidents and as suspensions: labels, dates that nobody knows, escaped text, what changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from rp_connect.domain.suspension import Dates
from rp_connect.errors import TryLaterError
from rp_connect.ports.mis import Kind, MisAdapter
from tests.plugins.rp_rosariosis.loopback import adapter, served
from tests.plugins.rp_rosariosis.tables import FIELDS, referral, usage
from tests.plugins.rp_rosariosis.taking import (
    changes,
    cursor_after,
    everything,
    given,
    incident,
    pages_of,
    refused,
    suspension,
)
from tests.plugins.rp_rosariosis.vendor import Reply, Vendor


def put(vendor: Vendor, *rows: dict[str, object]) -> None:
    vendor.tables["discipline_referrals"] = list(rows)


def test_a_referral_is_read_as_it_was_typed(vendor: Vendor, mis: MisAdapter):
    put(vendor, referral(
        1, 2, category_1="||Fighting||Harassment||", category_2="Discuss Suspension", category_3="Y",
        category_4="Phoned home 14:20", category_5="||2 Days||",
        category_6='Fight in corridor; ****O&#039;Brien**** & "co" &amp; <5',
    ))  # fmt: skip
    found = incident(mis)
    assert found.kind == "Fighting, Harassment"
    assert found.description == 'Fight in corridor; ****O\'Brien**** & "co" &amp; <5'
    assert (found.occurred.day, found.occurred.at) == (date(2026, 11, 18), None)
    assert found.recorded is not None
    assert found.recorded.day == date(2026, 11, 20)
    assert [(one.pupil_id, one.action) for one in found.involved] == [("2", "Discuss Suspension, 2 Days")]


def test_what_nobody_needs_of_a_referral_is_not_asked_for(vendor: Vendor, mis: MisAdapter):
    everything(mis, Kind.INCIDENT)
    (query,) = [dict(q) for _, path, q in vendor.read_log() if path.endswith("referrals") and len(q) < 5
                and dict(q)["page"] != "1,1"]  # fmt: skip
    assert query["include"] == (
        "id,syear,student_id,entry_date,referral_date,category_1,category_2,category_5,category_6"
    )


@pytest.mark.parametrize(
    ("labels", "category", "sessions"),
    [
        ("||2 Days||", "SUSP", 4),
        ("||Half Day||", "SUSP", 1),
        ("2 Days", "SUSP", 4),
        ("||2 Days||5 Days||", "SUSP", None),
        ("||In School Suspension||Half Day||", "SUSP", None),
        ("||Expulsion||", "PERM", None),
        ("||Expulsion||5 Days||", "PERM", None),
        ("||Ten Years, or so||", "Ten Years, or so", None),
        ("||2 Days||Ten Years||", "SUSP", None),
    ],
)
def test_a_label_says_how_long_and_never_when(
    vendor: Vendor, mis: MisAdapter, labels: str, category: str, sessions: int | None
):
    put(vendor, referral(1, 2, category_5=labels, category_1="||Fighting||"))
    found = suspension(mis)
    assert (found.category, found.dates) == (category, Dates(sessions=sessions))
    assert (found.decided, found.reasons, found.incident_id) == (None, ("Fighting",), "1")


def test_a_label_of_no_suspension_makes_none(vendor: Vendor, mis: MisAdapter):
    put(vendor, referral(1, 2, category_5="||In School Suspension||"), referral(2, 2, category_5=""))
    assert everything(mis, Kind.SUSPENSION) == []


def test_a_lunchtime_label_is_a_lunchtime_suspension(vendor: Vendor, url: str):
    vendor.tables["discipline_field_usage"] = usage("2026", options={5: "Lunch\n2 Days"})
    put(vendor, referral(1, 2, category_5="||Lunch||"))
    assert suspension(adapter(url, lunchtime_labels=["Lunch"])).category == "LNCH"


def test_labels_that_nobody_mapped_are_named_whether_in_the_list_or_only_in_a_referral(
    vendor: Vendor, url: str
):
    put(vendor, referral(1, 2, category_5="||An old label||"))
    reading = adapter(url, permanent_labels=[]).everything(Kind.SUSPENSION)
    pages_of(reading)
    assert reading.unmapped == ["Expulsion", "An old label"]


def test_a_school_that_renamed_all_its_labels_still_tells_of_suspensions(vendor: Vendor, mis: MisAdapter):
    vendor.tables["discipline_field_usage"] += usage("2027", options={1: "Fighting", 5: "Home\nHome twice"})
    put(vendor, referral(1, 2, syear="2027", category_5="||Home||"))
    reading = mis.everything(Kind.SUSPENSION)
    assert [one.category for one in given(reading)] == ["Home"]
    assert {"Home", "Home twice"} <= set(reading.unmapped)
    assert "No referral field has the label “1 Day”" in mis.probe().problems[0]


def test_without_any_known_label_suspensions_are_not_given_rather_than_none(vendor: Vendor, url: str):
    mis = adapter(url, suspension_labels={}, permanent_labels=[])
    put(vendor, referral(1, 2, category_5="||2 Days||"))
    assert not mis.everything(Kind.SUSPENSION).given
    assert "suspensions" not in mis.probe().capabilities
    assert mis.probe().problems == ("suspension_labels is empty: no referral is taken for a suspension.",)


def test_two_columns_of_suspensions_are_both_read(vendor: Vendor, url: str):
    vendor.tables["discipline_fields"] = [
        *map(dict, FIELDS),
        {"id": 7, "title": "Sent home", "data_type": "select", "column_name": "CATEGORY_7"},
    ]
    vendor.tables["discipline_field_usage"].append(
        {"id": 99, "discipline_field_id": 7, "syear": "2026", "school_id": 1, "title": "Sent home",
         "select_options": "Today\nNever", "sort_order": "7"}
    )  # fmt: skip
    mis = adapter(url, suspension_labels={"2 Days": 4, "Today": 2, "Never": 0})
    put(vendor, referral(1, 2, category_5="||2 Days||", category_7=None), referral(2, 2, category_7="Today"),
        referral(3, 2, category_7="Never"), referral(4, 2, category_7=None))  # fmt: skip
    assert [one.id for one in everything(mis, Kind.SUSPENSION)] == ["1", "2"]
    cursor = cursor_after(mis, Kind.SUSPENSION)
    vendor.edited(vendor.tables["discipline_referrals"][3], category_5="||2 Days||")
    assert [one.id for one in changes(mis, Kind.SUSPENSION, cursor)] == ["4"]


def test_a_referral_without_any_day_is_refused_by_its_key(vendor: Vendor, mis: MisAdapter):
    put(vendor, referral(1, 2), referral(8, 2, entry_date=None, referral_date=None),
        referral(9, 2, entry_date=None))  # fmt: skip
    assert refused(mis, Kind.INCIDENT) == [("8", "entry_date and referral_date are missing")]


def test_a_referral_of_a_year_without_fields_is_refused(vendor: Vendor, mis: MisAdapter):
    put(vendor, referral(1, 2, syear="1999"))
    assert refused(mis, Kind.INCIDENT) == [("1", "its school year has no referral fields")]


def test_a_new_referral_comes_although_nobody_edited_it(vendor: Vendor, mis: MisAdapter):
    cursor = cursor_after(mis, Kind.INCIDENT)
    vendor.typed("discipline_referrals", referral(5, 2))
    assert [one.id for one in changes(mis, Kind.INCIDENT, cursor)] == ["5"]
    assert mis.changes(Kind.INCIDENT, cursor).keys is None


@pytest.mark.parametrize("hours", [-12, -5, 0, 1, 8, 14])
def test_no_clock_of_a_school_or_its_database_hides_a_referral(vendor: Vendor, mis: MisAdapter, hours: int):
    vendor.web, vendor.api = timedelta(hours=hours), timedelta(hours=-hours)
    vendor.typed("discipline_referrals", referral(1, 2))
    cursor = cursor_after(mis, Kind.INCIDENT)
    vendor.typed("discipline_referrals", referral(5, 2))
    vendor.edited(vendor.tables["discipline_referrals"][0], category_6="edited")
    assert {one.id for one in changes(mis, Kind.INCIDENT, cursor)} == {"1", "5"}


def test_what_is_typed_while_it_is_read_is_not_stepped_over(vendor: Vendor, mis: MisAdapter):
    vendor.most_rows = 5
    put(vendor, *(referral(n, 2) for n in range(10, 30)))
    pages = mis.everything(Kind.INCIDENT).pages()
    taken = [next(pages)]
    vendor.typed("discipline_referrals", referral(1, 2))
    del vendor.tables["discipline_referrals"][0]
    taken += pages
    ids = {record.id for page in taken for record in page.records}  # type: ignore[union-attr]
    assert ids == {str(n) for n in range(10, 30)}
    cursor = taken[-1].cursor
    assert cursor is not None
    assert [one.id for one in changes(mis, Kind.INCIDENT, cursor)] == ["1"]


def test_more_than_a_hundred_lists_are_read(vendor: Vendor, mis: MisAdapter):
    vendor.most_rows = 3
    put(vendor, *(referral(n, 2) for n in range(1, 320)))
    reading = mis.everything(Kind.INCIDENT)
    assert reading.keys == 319
    assert [one.id for one in everything(mis, Kind.INCIDENT)] == [str(n) for n in range(1, 320)]


def test_only_the_mis_itself_says_that_a_suspension_is_gone(vendor: Vendor, mis: MisAdapter):
    put(vendor, referral(1, 2, category_5="||2 Days||"), referral(2, 2, category_5="||1 Day||"),
        referral(3, 2, category_5="||1 Day||"))  # fmt: skip
    reading = mis.everything(Kind.SUSPENSION)
    confirm = reading.confirm_gone
    assert confirm is not None
    del vendor.tables["discipline_referrals"][0]
    vendor.edited(vendor.tables["discipline_referrals"][1], category_5="||In School Suspension||")
    assert (confirm("1"), confirm("2"), confirm("3")) == (True, False, True)
    assert mis.changes(Kind.SUSPENSION, cursor_after(mis, Kind.SUSPENSION)).confirm_gone is None
    assert mis.everything(Kind.INCIDENT).confirm_gone is None


def test_a_referral_that_comes_twice_does_not_stand_for_another(vendor: Vendor):
    vendor.most_rows = 5
    put(vendor, *(referral(n, 2) for n in range(1, 7)))

    def twice(path: str, reply: Reply) -> Reply:
        body = reply.body
        if not path.endswith("referrals") or not isinstance(body, dict) or len(body["records"]) < 5:
            return reply
        return replace(reply, body={**body, "records": [body["records"][0], *body["records"]]})

    with served(vendor, twice) as url:
        assert [one.id for one in everything(adapter(url), Kind.INCIDENT)] == ["1", "2", "3", "4", "5", "6"]


def test_a_referral_that_comes_without_its_labels_is_refused_as_a_suspension(vendor: Vendor):
    put(vendor, referral(1, 2, category_5="||2 Days||"))

    def bare(path: str, reply: Reply) -> Reply:
        body = reply.body
        if not path.endswith("referrals") or not isinstance(body, dict):
            return reply
        rows = [{name: row[name] for name in row if name != "category_5"} for row in body["records"]]
        return replace(reply, body={**body, "records": rows})

    with served(vendor, bare) as url:
        assert refused(adapter(url), Kind.SUSPENSION) == [("1", "category_5 did not come")]


def test_an_answer_that_is_no_utf_8_is_asked_for_again_and_no_name_in_it_is_guessed_at(vendor: Vendor):
    put(vendor, referral(1, 2, category_6="Zo\u00eb"))

    def latin(path: str, reply: Reply) -> bytes | Reply:
        return json.dumps(reply.body, ensure_ascii=False).encode("latin-1") if "referrals" in path else reply

    with served(vendor, latin) as url, pytest.raises(TryLaterError, match="broke off"):
        everything(adapter(url), Kind.INCIDENT)
