"""The folder itself: what `check` can say about it, what the system refuses, and writing back."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rp_connect.domain.outcome import Outcome, OutcomeResult
from rp_connect.errors import AccessError, ConfigError, StoreError, UnsupportedError
from rp_connect.ports.mis import Kind, MisSpec, OutcomeNote, Probe
from rp_file_drop.adapter import FileDrop
from rp_file_drop.layout import LAYOUTS
from rp_file_drop.plugin import register_mis
from rp_file_drop.settings import FileDropSettings
from tests.plugins.rp_file_drop.folder import ATTENDANCE, PUPILS, SUSPENSIONS, DropFolder

NOBODY = 65534


@contextmanager
def refused_by_the_system(path: Path) -> Iterator[None]:
    """`path` may not be read by this process, even where the tests are run by root."""
    mode, is_root = path.stat().st_mode, os.geteuid() == 0
    path.chmod(0)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        path.chmod(mode)


def test_the_plugin_registers_the_file_drop():
    found: list[MisSpec] = []
    register_mis(found.append)

    (spec,) = found
    assert (spec.name, spec.settings, spec.build) == ("file_drop", FileDropSettings, FileDrop)
    assert spec.calendar_file is not None
    assert {f"{layout.stem}.{column}" for layout in LAYOUTS.values() for column in layout.columns} == {
        field.name for field in spec.fields
    }


def test_the_folder_is_created_where_it_is_not_there(drop: DropFolder):
    assert not drop.path.exists()

    assert drop.take(Kind.PUPIL).reading.given is False
    assert drop.path.is_dir()


def test_probe_says_which_files_there_are_and_which_are_missing(drop: DropFolder):
    drop.lines("pupils", PUPILS)
    drop.lines("attendance", ATTENDANCE)

    assert drop.adapter().probe() == Probe(
        capabilities=("pupils", "attendance"),
        not_granted=("staff.csv", "incidents.csv", "suspensions.csv"),
    )


def test_probe_of_a_new_folder_finds_every_file_missing(drop: DropFolder):
    probe = drop.adapter().probe()

    assert (probe.capabilities, len(probe.not_granted), probe.problems) == ((), 5, ())
    assert drop.path.is_dir()


def test_probe_names_columns_that_are_missing_or_mapped_to_nothing(drop: DropFolder):
    drop.columns = {"pupils": {"upn": "Unique Pupil No", "pupil_id": "Adno"}}
    drop.lines("pupils", "Adno,given_name,family_name")
    drop.lines("suspensions", "suspension_id,category")
    drop.write("attendance", "")

    assert drop.adapter().probe().problems == (
        "pupils.csv: the column Unique Pupil No, which the configuration maps to upn, is not there.",
        "suspensions.csv: the column pupil_id is missing.",
        "attendance.csv: is empty.",
    )


def test_probe_misses_the_site_where_schools_share_the_folder(drop: DropFolder):
    drop.site = "north"
    drop.lines("pupils", PUPILS)

    assert drop.adapter().probe().problems == ("pupils.csv: the column site is missing.",)


def test_probe_reads_the_header_of_a_long_file_only(drop: DropFolder):
    drop.columns = {"pupils": {"given_name": "Prénom"}}
    drop.lines("pupils", PUPILS.replace("given_name", "prénom"), *("P1,Zoë,Ö" for _ in range(10_000)))

    assert drop.adapter().probe().problems == ()


def test_a_file_where_the_folder_should_be_is_one_sentence(drop: DropFolder):
    drop.path.write_text("not a folder")

    said = f"The drop folder {drop.path}: a file stands where a folder should be, or the reverse."
    with pytest.raises(ConfigError) as caught:
        drop.adapter().everything(Kind.PUPIL)
    assert str(caught.value) == said
    assert drop.adapter().probe() == Probe(problems=(said,))


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_something_that_is_no_file_is_one_sentence(drop: DropFolder, make: object):
    drop.adapter().probe()
    assert callable(make)
    make(drop.path / "pupils.csv")

    with pytest.raises(ConfigError) as caught:
        drop.adapter().everything(Kind.PUPIL)
    assert str(caught.value) == "pupils.csv is not a file."
    assert drop.adapter().probe().problems == ("pupils.csv is not a file.",)


@pytest.mark.parametrize("kind", [Kind.SUSPENSION, Kind.ATTENDANCE])
def test_a_file_that_may_not_be_read_is_one_sentence(drop: DropFolder, kind: Kind):
    drop.lines("attendance", ATTENDANCE)
    drop.lines("suspensions", SUSPENSIONS)

    with refused_by_the_system(drop.root), pytest.raises(AccessError) as caught:
        drop.adapter().everything(kind)

    assert str(caught.value).endswith("permission denied.")
    assert "\n" not in str(caught.value)


def test_a_folder_that_may_not_be_read_is_a_problem_in_check(drop: DropFolder):
    with refused_by_the_system(drop.root):
        probe = drop.adapter().probe()

    (problem,) = probe.problems
    assert problem.endswith("permission denied.")
    assert probe.capabilities == ()


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size`, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_temporary_disk_is_one_sentence(drop: DropFolder):
    drop.lines("attendance", ATTENDANCE, *(f"P{n},2026-11-02,AM,/" for n in range(150_000)))

    with files_of_at_most(1 << 20), pytest.raises(StoreError, match="temporary folder; is its disk full"):
        drop.adapter().everything(Kind.ATTENDANCE)


def test_outcomes_do_not_go_back(drop: DropFolder):
    held = Outcome(
        case="RP-2026-0001",
        school="northwick",
        number=1,
        held_on=date(2026, 11, 2),
        result=OutcomeResult.AGREED,
        note="",
        recorded_by="the lead",
        recorded_at=datetime(2026, 11, 2, 15, tzinfo=UTC),
    )
    for ask in (drop.adapter().find_outcome, drop.adapter().write_outcome):
        with pytest.raises(UnsupportedError, match="cannot be written to"):
            ask(OutcomeNote(held))
