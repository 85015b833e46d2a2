"""The invented pupils and staff."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from rp_connect.testing.invented_trust.upn import check_letter
from tests.testing.written import day_of


@pytest.mark.parametrize(
    ("digits", "letter"), [("000000000001", "P"), ("100000000000", "C"), ("801200001001", "H")]
)
def test_the_check_letter_is_the_weighted_sum_modulo_twenty_three(digits, letter):
    total = sum(int(digit) * (place + 2) for place, digit in enumerate(digits))
    assert check_letter(digits) == "ABCDEFGHJKLMNPQRTUVWXYZ"[total % 23] == letter


def test_every_upn_is_right_but_the_one_that_is_shown(autumn_trust):
    wrong = []
    for school in autumn_trust.schools:
        for row in school.pupils.values():
            if row["upn"] and check_letter(row["upn"][1:]) != row["upn"][0]:
                wrong.append(row["pupil_id"])
    assert wrong == [autumn_trust.told.shows["wrong check letter"]]


def test_no_two_pupils_share_a_upn(trust):
    upns = [row["upn"] for school in trust.schools for row in school.pupils.values() if row["upn"]]
    assert len(upns) == len(set(upns))
    assert all(len(upn) == 13 and upn[1:4] == "998" for upn in upns)


def test_the_schools_have_about_nine_hundred_and_three_hundred_pupils(trust):
    counts = [sum(s.on_roll(pupil, trust.day) for pupil in s.pupils) for s in trust.schools]
    assert 870 <= counts[0] <= 900
    assert 285 <= counts[1] <= 300


def test_ages_fit_the_year_groups(trust):
    september = date(trust.day.year - (trust.day.month < 9), 9, 1)
    for school in trust.schools:
        for row in school.pupils.values():
            turned = september.year - day_of(row["date_of_birth"]).year
            after_august = day_of(row["date_of_birth"]).month >= 9
            year = 0 if row["year_group"] == "R" else int(row["year_group"])
            assert turned - after_august == year + 4


def test_pupil_ids_keep_their_leading_zeros(autumn_trust):
    for school, length in zip(autumn_trust.schools, (6, 5), strict=True):
        assert {len(pupil) for pupil in school.pupils} == {length}
        assert all(pupil.startswith("00") for pupil in school.pupils)


def test_flags_are_as_rare_as_they_are_in_schools(autumn_trust):
    pupils = autumn_trust.northwick.pupils.values()
    shares = {
        flag: Counter(row[flag] for row in pupils)["Y"] / len(pupils)
        for flag in ("social_worker", "looked_after", "ehcp", "sen_support")
    }
    assert 0.02 < shares["social_worker"] < 0.045
    assert 0.005 < shares["looked_after"] < 0.02
    assert 0.025 < shares["ehcp"] < 0.06
    assert 0.1 < shares["sen_support"] < 0.17
    assert any(row["ehcp"] == "" for row in pupils)
    assert all(row["social_worker"] == "Y" for row in pupils if row["looked_after"] == "Y")


def test_some_names_are_hard_on_careless_programs(autumn_trust):
    rows = autumn_trust.northwick.pupils.values()
    whole = Counter((row["given_name"], row["family_name"]) for row in rows)
    families = {row["family_name"] for row in rows}
    assert 2 in whole.values()
    assert "" in families
    assert any("-" in name for name in families)
    assert any("'" in name or "’" in name for name in families)
    assert any(not row["given_name"].isascii() for row in rows)


def test_some_pupils_joined_and_some_left(trust):
    for school in trust.schools:
        left = [day_of(row["on_roll_to"]) for row in school.pupils.values() if row["on_roll_to"]]
        came = [day_of(row["on_roll_from"]) for row in school.pupils.values()]
        assert left
        assert max(left) < trust.day
        assert len(left) < len(school.pupils) / 40
        assert sum((day.month, day.day) != (9, 1) for day in came) > 2


def test_nobodys_address_can_be_delivered(autumn_trust):
    for school in autumn_trust.schools:
        staff = school.rows("staff")
        addresses = [row["email"] for row in staff]
        assert len(addresses) == len(set(addresses))
        assert all(address.endswith(".example") and address.isascii() for address in addresses)
        keys = {row["key_adult_email"] for row in school.pupils.values()} - {""}
        assert keys <= set(addresses)


def test_what_is_personal_is_told_whole(autumn_trust):
    personal = autumn_trust.told.personal
    for school in autumn_trust.schools:
        for row in [*school.pupils.values(), *school.rows("staff")]:
            assert {row["given_name"], row["family_name"]} - {""} <= personal.names
        assert {row["date_of_birth"] for row in school.pupils.values()} <= personal.dates_of_birth
        assert {row["email"] for row in school.rows("staff")} <= personal.emails


def test_a_name_found_in_a_log_can_only_be_a_person(autumn_trust):
    words = autumn_trust.told.config.read_text()
    for school in autumn_trust.schools:
        words += (school.folder / "calendar.csv").read_text()
        for row in school.incidents:
            words += " ".join((row["type"], row["location"], row["description"], row["action"])) + "\n"
    assert {name for name in autumn_trust.told.personal.names if name in words} == set()
    assert min(map(len, autumn_trust.told.personal.names)) >= 4


def test_a_pupil_does_not_print_a_name(autumn_trust):
    from rp_connect.testing.invented_trust.names import Name
    from rp_connect.testing.invented_trust.people import Colleague

    name = Name("Zofia", "Nowacki")
    assert repr(Colleague("NW-T001", name.given, name.family, "z@x.example")) == "<Colleague NW-T001>"
