"""An outcome stands in the referral after what stood there, whole, once, and is found again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rp_connect.domain.outcome import Outcome, OutcomeResult
from rp_connect.errors import GoneError, UnclearError, UnsupportedError
from rp_connect.ports.mis import MisAdapter, OutcomeNote
from rp_rosariosis.text import safe_to_write
from tests.plugins.rp_rosariosis.loopback import adapter, served
from tests.plugins.rp_rosariosis.tables import referral, usage
from tests.plugins.rp_rosariosis.vendor import Reply, Vendor, strip_tags

STOOD = 'Fight in corridor; ****O&#039;Brien**** & "co"'


def note(typed: str = "", number: int = 1, referral: str | None = "1") -> OutcomeNote:
    outcome = Outcome(
        case="RP-2026-0007", school="northwick", number=number, held_on=date(2026, 11, 20),
        result=OutcomeResult.AGREED, note=typed, recorded_by="lead@northwick.example",
        recorded_at=datetime(2026, 11, 20, 15, tzinfo=UTC),
    )  # fmt: skip
    return OutcomeNote(outcome, pupil_ids=("2",), suspension_id=referral)


@pytest.fixture
def stored(vendor: Vendor) -> dict[str, object]:
    vendor.tables["discipline_referrals"] = [referral(1, 2, category_6=STOOD)]
    return vendor.tables["discipline_referrals"][0]


def test_it_follows_what_stands_there_and_changes_no_word_of_it(stored: dict[str, object], mis: MisAdapter):
    assert mis.find_outcome(note()) is None
    assert mis.write_outcome(note("Both sit apart for a while.")) == "1"
    assert stored["category_6"] == (
        f"{STOOD}\n[RP-2026-0007.outcome.1] Restorative conference held; agreement reached on "
        "20 November 2026. Both sit apart for a while."
    )
    assert mis.find_outcome(note()) == "1"
    assert mis.find_outcome(note(number=11)) is None


def test_nothing_after_a_less_than_sign_is_lost(stored: dict[str, object], mis: MisAdapter):
    stored["category_6"] = "Older <words"
    mis.write_outcome(note("Scored <5 on effort & attendance <90%; <b>bold</b> and <"))
    said = str(stored["category_6"])
    assert said.startswith("Older < words\n")
    assert said.endswith("Scored < 5 on effort & attendance < 90%; < b>bold< /b> and < ")


@pytest.mark.parametrize(
    "typed", ["<", "<<", "a<\u00a0b", "<!--", "<?php", "a < b", "<\n", "x<y>z", "<\x0b<"]
)
def test_what_is_made_safe_survives_and_is_safe_for_ever(typed: str):
    safe = safe_to_write(typed)
    assert strip_tags(safe) == safe
    assert safe_to_write(safe) == safe
    assert "".join(safe.split()) == "".join(typed.split())


def test_a_first_outcome_of_an_empty_referral_stands_alone(stored: dict[str, object], mis: MisAdapter):
    stored["category_6"] = None
    mis.write_outcome(note())
    assert str(stored["category_6"]).startswith("[RP-2026-0007.outcome.1] ")


def test_a_referral_that_went_is_told_as_gone(vendor: Vendor, mis: MisAdapter):
    with pytest.raises(GoneError):
        mis.find_outcome(note())
    with pytest.raises(GoneError):
        mis.write_outcome(note())


def test_a_referral_that_goes_while_it_is_written_is_told_as_gone(vendor: Vendor, stored: dict[str, object]):
    def change(path: str, reply: Reply) -> Reply:
        return Reply(200, 0) if reply.writes else reply

    with served(vendor, change) as url, pytest.raises(GoneError):
        adapter(url).write_outcome(note())


def test_a_write_that_was_swallowed_is_unclear(vendor: Vendor, stored: dict[str, object]):
    def change(path: str, reply: Reply) -> Reply:
        if reply.writes:
            stored["category_6"] = "something else"
        return reply

    with served(vendor, change) as url, pytest.raises(UnclearError):
        adapter(url).write_outcome(note())


@pytest.mark.parametrize("sent", [b"", b'{"a"', b"true", b'"1"', b'{"code":1,"message":""}'])
def test_an_answer_to_a_write_that_says_nothing_is_unclear(
    vendor: Vendor, stored: dict[str, object], sent: bytes
):
    def change(path: str, reply: Reply) -> bytes | Reply:
        return sent if reply.writes else reply

    with served(vendor, change) as url, pytest.raises(UnclearError):
        adapter(url).write_outcome(note())


def test_a_write_is_sent_once(vendor: Vendor, stored: dict[str, object]):
    def change(path: str, reply: Reply) -> Reply:
        return Reply(500, {"code": 9999, "message": ""}) if reply.writes else reply

    with served(vendor, change) as url, pytest.raises(UnclearError):
        adapter(url).write_outcome(note())
    assert sum(method == "PUT" for method, _, _ in vendor.log) == 1


def test_a_case_that_follows_from_no_referral_goes_to_the_list_by_hand(mis: MisAdapter):
    with pytest.raises(UnsupportedError):
        mis.find_outcome(note(referral=None))


def test_a_school_without_a_long_text_takes_no_outcomes(vendor: Vendor, stored: dict[str, object], url: str):
    vendor.tables["discipline_field_usage"] = [
        row for row in usage("2026") if row["discipline_field_id"] != 6
    ]
    mis = adapter(url)
    assert "outcomes" not in mis.probe().capabilities
    with pytest.raises(UnsupportedError):
        mis.write_outcome(note())


def test_a_title_that_no_field_bears_is_named_by_check(vendor: Vendor, url: str):
    problems = (
        adapter(url, outcome_field="Remarks", incident_field="Deed", upn_field="custom_99").probe().problems
    )
    assert [word for word in ("Remarks", "Deed", "custom_99") if word not in " ".join(problems)] == []
