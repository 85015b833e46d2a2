"""`sync`: what it reports, what a preview leaves alone, and what it ends with."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from rp_connect.cli.sync import exit_code
from rp_connect.services.sync_report import SchoolSync
from tests.cli.installation import PUPILS, SUSPENSIONS, Installation, environment

SYNC_KEYS = ["school", "read", "cases_opened", "cases_amended", "tasks_created", "tasks_cancelled", "refused"]


def test_a_sync_opens_the_cases_and_counts_what_it_read(installation: Installation):
    (school,) = installation.json("sync")["schools"]
    assert list(school)[:9] == [*SYNC_KEYS, "held", "seconds"]
    assert school["school"] == "northwick"
    assert school["read"] == {"pupils": 3, "incidents": 0, "suspensions": 2, "attendance": 0}
    assert (school["cases_opened"], school["refused"], school["held"]) == (2, 0, 0)
    assert school["tasks_created"] == len(installation.json("task", "list"))


def test_a_second_sync_finds_nothing_new(synced: Installation):
    (school,) = synced.json("sync")["schools"]
    assert (school["cases_opened"], school["cases_amended"], school["tasks_created"]) == (0, 0, 0)


def test_a_person_reads_one_line_of_what_happened_and_one_of_what_was_read(installation: Installation):
    answer = installation.run("sync")
    assert answer.code == 0
    first, second = answer.out.splitlines()
    assert first.startswith("northwick  2 cases opened, 0 amended; ")
    assert second.startswith("  read 3 pupils, 0 incidents, 2 suspensions, 0 marks in ")
    assert answer.err == ""


def test_a_preview_says_what_would_be_created_and_writes_nothing(installation: Installation):
    answer = installation.run("sync", "--preview")
    assert answer.code == 0
    assert "nothing was written" in answer.out
    assert "RP-2026-0001 · " in answer.out
    assert installation.json("case", "list") == []
    assert installation.json("effect", "list") == []


def test_a_preview_lists_its_tasks_as_json_too(installation: Installation):
    (school,) = installation.json("sync", "--preview")["schools"]
    assert len(school["tasks"]) == school["tasks_created"] > 0


def test_a_record_that_cannot_be_read_ends_with_three_and_the_rest_is_used(installation: Installation):
    installation.drop("suspensions.csv", SUSPENSIONS + "S-9,P-404,SUSP,PP,2026-11-10,2026-11-11,AM,4\n")
    answer = installation.run("sync", "--json")
    assert answer.code == 3
    (school,) = answer.json["schools"]
    assert (school["cases_opened"], school["refused"]) == (2, 1)


def test_a_file_that_shrank_is_held_until_a_person_accepts_it(installation: Installation):
    many = "".join(f"Q-{n},,Given,Family,8,N\n" for n in range(100))
    installation.drop("pupils.csv", PUPILS + many)
    assert installation.run("sync").code == 0
    installation.drop("pupils.csv", PUPILS)
    held = installation.run("sync", "--full")
    assert held.code == 3
    assert "sync --accept pupils.csv" in held.out
    assert "pupils.csv" in str(installation.json("check")["schools"][0]["held"])
    assert installation.run("sync", "--full", "--accept", "northwick/drop/pupils.csv").code == 0
    assert installation.json("check")["schools"][0]["held"] == []


def test_a_school_that_fails_does_not_stop_the_others(installation: Installation):
    installation.add_school("eastmoor", "Eastmoor Primary School")
    pupils = installation.folder / "northwick/drop/pupils.csv"
    pupils.unlink()
    pupils.symlink_to(pupils)  # it can be seen and not be read
    installation.drop("pupils.csv", PUPILS, "eastmoor")
    installation.drop("suspensions.csv", SUSPENSIONS, "eastmoor")
    answer = installation.spawn("sync", "--json")
    northwick, eastmoor = answer.json["schools"]
    assert answer.code == 1
    assert northwick["fault"]
    assert (eastmoor["fault"], eastmoor["cases_opened"]) == (None, 2)


def test_one_school_can_be_synced_alone(installation: Installation):
    installation.add_school("eastmoor", "Eastmoor Primary School")
    assert [s["school"] for s in installation.json("sync", "--school", "eastmoor")["schools"]] == ["eastmoor"]


def test_a_school_that_is_not_configured_is_wrong_usage(installation: Installation):
    answer = installation.run("sync", "--school", "westmoor")
    assert (answer.code, answer.out) == (2, "")
    assert "westmoor" in answer.err


def test_a_paused_school_is_not_read(installation: Installation):
    text = installation.config.read_text()
    installation.config.write_text(text.replace('workspace = "local"', 'workspace = "local"\npaused = true'))
    answer = installation.run("sync")
    assert (answer.code, answer.out) == (0, "northwick  paused: nothing was read.\n")
    assert installation.json("case", "list") == []


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_a_second_sync_at_the_same_time_ends_with_three(installation: Installation, how):
    installation.run("sync")
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(installation.config)],
        env=environment(), stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == "held\n"
    answer = installation.run("sync", *how)
    holder.communicate("\n")
    assert answer.code == 3
    assert installation.run("sync").code == 0


@pytest.mark.parametrize(
    ("reports", "code"),
    [
        ([{}], 0),
        ([{"paused": True}], 0),
        ([{"refused": 1}], 3),
        ([{"held": ["pupils.csv is held."]}], 3),
        ([{"busy": True, "fault": "A sync is running."}], 3),
        ([{"left": ["pupils.csv is being written."]}], 1),
        ([{"fault": "The MIS refused the token."}], 1),
        ([{"refused": 1}, {"fault": "The MIS refused the token."}], 1),
        ([{"busy": True, "fault": "A sync is running."}, {"left": ["It is being written."]}], 1),
        ([{"wait_seconds": 61.0}], 1),
        ([{"wait_seconds": 60.0}], 0),
    ],
)
def test_a_fault_weighs_more_than_what_needs_a_person(reports, code):
    assert exit_code([SchoolSync(school="northwick", **report) for report in reports]) == code


_HOLD = """
import sys
from pathlib import Path
from rp_connect.wiring.office import build_office
office = build_office(Path(sys.argv[1]))
with office.store.lock("sync northwick"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_sync_that_is_interrupted_says_so_and_ends_with_130(installation: Installation):
    program = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS, "sync"], cwd=installation.folder,
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert program.stdout is not None
    assert program.stdout.readline() == "reading\n"
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=30)
    assert program.returncode == 130
    assert said.strip() == "Interrupted: what was finished before stays as it is."


_ENDLESS = """
import sys, time
import rp_connect.cli.sync
from rp_connect.__main__ import main

def endless(*_, **__):
    print("reading", flush=True)
    time.sleep(60)

rp_connect.cli.sync.sync_schools = endless
sys.exit(main())
"""
