"""Connecting a school: what a preview shows before anything is written, and a school that changes its MIS."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.cli.installation import NOW, PUPILS, SUSPENSIONS, Installation
from tests.plugins.rp_rosariosis.loopback import served
from tests.plugins.rp_rosariosis.tables import day, enrolment, member, small_school, student
from tests.plugins.rp_rosariosis.vendor import TOKEN, Vendor

DOUBLES = """\
pupil_id,upn,given_name,family_name,date_of_birth,on_roll_to
P-1,H801200001001,Zebedee,Canarybird,2012-03-04,
P-2,H801200001001,Zebedee,Canarybird,2012-03-04,
P-3,,Oswald,Larkspur,2012-03-04,
P-4,,Oswald,Larkspur,,
P-5,H801200001001,Zebedee,Canarybird,2012-03-04,2025-07-20
"""
STAFF = """\
staff_id,email,given_name,family_name
T-1,LEAD@northwick.example,Wilhelmina,Quillfeather
T-2,shared@northwick.example,Wilhelmina,Quillfeather
T-3,Shared@northwick.example,Oswald,Larkspur
"""
PEOPLE = 'lead = ["lead@northwick.example"]\ndsl = ["dsl@northwick.example", "shared@northwick.example"]'


@pytest.fixture
def awkward(installation: Installation) -> Installation:
    """Pupils and staff who are there twice, roles of strangers, words that nobody knows; not live yet."""
    text = installation.config.read_text().replace("live_from = 2026-09-01\n", "")
    installation.config.write_text(text.replace('lead = ["lead@northwick.example"]', PEOPLE))
    installation.drop("pupils.csv", DOUBLES)
    installation.drop("staff.csv", STAFF)
    rows = "S-3,P-3,INTX,Sulking,2026-11-11,2026-11-12,AM,6\nS-4,P-4,SUSP,PP,2026-09-09,2026-09-10,AM,2\n"
    installation.drop("suspensions.csv", SUSPENSIONS + rows)
    return installation


def preview(installation: Installation) -> dict[str, object]:
    (school,) = installation.json("sync", "--preview")["schools"]
    found: dict[str, object] = school
    return found


def test_a_preview_says_who_would_be_matched_and_who_is_there_twice(awkward: Installation):
    found = preview(awkward)
    assert found["pupils"] == {"known": 0, "by_upn": 0, "new": 5}
    assert found["people"] == {
        "pupils": {"held": 5, "of_former_mis": 0, "without_upn": 2},
        "staff": {
            "held": 3,
            "roles": {"lead": {"addresses": 1, "in_mis": 1}, "dsl": {"addresses": 2, "in_mis": 1}},
        },
        "duplicates": {
            "upn": [["P-1", "P-2"]], "namesakes": [["P-1", "P-2"]], "staff_email": [["T-2", "T-3"]],
        },
        "unmapped_categories": ["INTX"],
        "unmapped_reasons": ["SULKING"],
    }  # fmt: skip
    assert found["unmapped"] == ["INTX"]
    assert found["not_granted"] == ["incidents.csv", "attendance.csv"]


def test_a_preview_counts_the_tasks_of_the_last_thirty_days_by_duty_and_case(awkward: Installation):
    found = preview(awkward)["last_30_days"]
    assert isinstance(found, dict)
    assert (found["since"], found["cases"]) == ("2026-10-13", 2)
    assert found["by_duty"]["reintegration-meeting"] == 2
    assert sum(found["by_duty"].values()) == sum(found["by_case"].values()) == found["tasks"]
    assert found["first_due"] < "2026-11-12" < found["last_due"]


def test_what_the_preview_forecasts_is_what_a_school_that_was_live_would_have(
    awkward: Installation, installation: Installation
):
    found = preview(awkward)["last_30_days"]
    assert isinstance(found, dict)
    text = awkward.config.read_text()
    awkward.config.write_text(text.replace('mis = "file_drop"', 'mis = "file_drop"\nlive_from = 2026-10-13'))
    tasks = awkward.json("task", "list") if awkward.run("sync").code == 0 else []
    assert len(tasks) == found["tasks"] > 0
    assert {task["case"] for task in tasks} == set(found["by_case"])


def test_a_preview_writes_nothing_at_all(awkward: Installation):
    awkward.json("task", "list")
    before = awkward.folder.joinpath("rp-connect.db").read_bytes()
    preview(awkward)
    assert awkward.folder.joinpath("rp-connect.db").read_bytes() == before
    assert awkward.json("check")["schools"][0]["people"]["pupils"]["held"] == 0


def test_a_person_reads_the_preview_in_short_sentences_without_a_name_or_an_address(awkward: Installation):
    answer = awkward.run("sync", "--preview")
    said = " ".join(answer.out.split())
    for sentence in (
        "5 pupils new, 0 known, 0 known by UPN from the former MIS.",
        "2 pupils without a UPN: after a change of MIS nobody could know them again.",
        "Not all who hold these roles are staff in the MIS: dsl.",
        "Kinds of suspension that make no case: INTX.",
        "Reasons that are not the school census's: SULKING.",
        "The same UPN more than once: P-1 and P-2.",
        "The same name and date of birth more than once: P-1 and P-2.",
        "The same e-mail address of staff more than once: T-2 and T-3.",
        "Live since 13 October 2026 it would have 2 cases with ",
    ):
        assert sentence in said
    assert "@" not in answer.out


def test_check_says_it_again_after_the_first_sync(awkward: Installation):
    awkward.run("sync")
    people = awkward.json("check")["schools"][0]["people"]
    assert people == preview(awkward)["people"]
    assert "The same UPN more than once: P-1 and P-2." in " ".join(awkward.run("check").out.split())


def test_a_second_preview_knows_the_pupils(synced: Installation):
    assert preview(synced)["pupils"] == {"known": 3, "by_upn": 0, "new": 0}


def test_one_school_can_be_paused_while_the_others_go_on(installation: Installation):
    installation.add_school("southwick", "Southwick School")
    installation.drop("pupils.csv", PUPILS, "southwick")
    installation.drop("suspensions.csv", SUSPENSIONS, "southwick")
    text = installation.config.read_text()
    installation.config.write_text(text.replace('mis = "file_drop"', 'mis = "file_drop"\npaused = true', 1))
    for how in (["--preview"], []):
        first, second = installation.run("sync", *how, "--json").json["schools"]
        assert (first["paused"], first["cases_opened"]) == (True, 0)
        assert (second["paused"], second["cases_opened"]) == (False, 2)
    assert [school["paused"] for school in installation.json("check")["schools"]] == [True, False]
    assert {task["school"] for task in installation.json("task", "list")} == {"southwick"}


# ---------------------------------------------------------------------- a school changes its MIS

ROSARIO = """\
[school.rosariosis]
base_url = "{url}"
usertoken = "env:ROSARIO"
upn_field = "custom_7"
suspension_labels = {{ "1 Day" = 2, "2 Days" = 4 }}
"""


@pytest.fixture
def url() -> Iterator[str]:
    """The new MIS: one of the three pupils has a UPN there too, the others came without."""
    tables = small_school()
    upns = {21: "H801200001001", 22: "", 23: "A823200000001"}
    tables["students"] = [student(n, "Given", "Newname", custom_7=upn) for n, upn in upns.items()]
    tables["student_enrollment"] = [enrolment(n, n) for n in upns]
    tables["staff"] = [member(5, "lead@northwick.example")]
    tables["attendance_calendar"] = [
        day(f"2026-{month:02}-{number:02}")
        for month, last in ((9, 30), (10, 31), (11, 30), (12, 18))
        for number in range(1 if month > 9 else 2, last + 1)
    ]
    vendor = Vendor(tables)
    with served(vendor) as address:
        yield address
    assert vendor.offences == []


def move(installation: Installation, url: str) -> None:
    """What the school changes in its configuration, and nothing else."""
    text = installation.config.read_text().replace('mis = "file_drop"', 'mis = "rosariosis"')
    moved = re.sub(r"\[school\.file_drop\]\nfolder = .*\n", ROSARIO.format(url=url), text)
    installation.config.write_text(moved)


def test_a_school_that_changes_its_mis_keeps_its_cases_and_tasks(synced: Installation, url: str):
    cases = {case["ref"]: case["pupils"] for case in synced.json("case", "list")}
    assert cases == {"RP-2026-0001": ["P-1"], "RP-2026-0002": ["P-2"]}
    tasks = {task["id"] for task in synced.json("task", "list")}
    move(synced, url)

    shown = synced.run("sync", "--preview", "--json", ROSARIO=TOKEN)
    assert shown.code == 0, shown.err
    (school,) = shown.json["schools"]
    assert school["pupils"] == {"known": 0, "by_upn": 1, "new": 2}
    assert school["people"]["pupils"] == {"held": 3, "of_former_mis": 2, "without_upn": 1}
    assert school["people"]["staff"]["roles"] == {"lead": {"addresses": 1, "in_mis": 1}}
    assert {case["ref"]: case["pupils"] for case in synced.json("case", "list")} == cases

    answer = synced.run("sync", "--json", ROSARIO=TOKEN)
    assert answer.code == 0, answer.err
    assert answer.json["schools"][0]["cases_opened"] == 0
    assert {case["ref"]: case["pupils"] for case in synced.json("case", "list")} == {
        "RP-2026-0001": ["21"], "RP-2026-0002": ["P-2"],
    }  # fmt: skip
    assert {task["id"] for task in synced.json("task", "list")} == tasks
    again = synced.run("sync", "--json", now=NOW, ROSARIO=TOKEN).json["schools"][0]
    assert (again["cases_opened"], again["tasks_created"]) == (0, 0)


def test_a_token_that_the_new_mis_refuses_changes_nothing(synced: Installation, url: str):
    before = synced.json("task", "list")
    move(synced, url)
    answer = synced.run("sync", ROSARIO="f" * 32)
    assert answer.code == 1
    assert "refused the user token" in " ".join(answer.out.split())
    assert "ffff" not in answer.out + answer.err
    assert synced.json("task", "list") == before
