"""Names, free text and addresses stay out of logs, of what is printed of a reading, and of cursors."""

from __future__ import annotations

import json
import logging

import pytest

from rp_connect.ports.mis import Kind
from tests.plugins.rp_file_drop.folder import ATTENDANCE, INCIDENTS, PUPILS, DropFolder

CANARY = "Canaryson"


@pytest.fixture
def full(drop: DropFolder) -> DropFolder:
    """A drop in which everything that is no key, code or date is the canary; some rows are good, some bad."""
    drop.lines(
        "pupils", f"{PUPILS},ehcp", f"P1,{CANARY},{CANARY},", f"P2,{CANARY},{CANARY},{CANARY}", f"{CANARY},x"
    )
    drop.lines("staff", "staff_id,email,family_name", f"T1,{CANARY}@n.example,{CANARY}", f"T2,,{CANARY}")
    drop.lines(
        "incidents",
        f"{INCIDENTS},description",
        f'I1,2026-11-02,Fight,P1,"{CANARY}\n{CANARY}"',
        f'I2,2026-11-02,Fight,P1,"{CANARY}',
        f"I3,{CANARY},Fight,P1,{CANARY}",
    )
    drop.lines(
        "attendance", ATTENDANCE, "P1,2026-11-02,AM,/", f"P1,{CANARY},AM,/", f"P2,2026-11-02,AM,{CANARY}"
    )
    return drop


@pytest.mark.parametrize("kind", [Kind.PUPIL, Kind.STAFF, Kind.INCIDENT, Kind.ATTENDANCE])
def test_only_counts_and_file_names_are_logged(
    full: DropFolder, kind: Kind, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)

    taken = full.take(kind)

    assert taken.records
    assert taken.refused
    assert CANARY not in caplog.text
    assert taken.reading.label in caplog.text


@pytest.mark.parametrize("kind", [Kind.PUPIL, Kind.STAFF, Kind.INCIDENT, Kind.ATTENDANCE])
def test_nothing_that_is_kept_or_printed_holds_contents(full: DropFolder, kind: Kind):
    taken = full.take(kind)

    assert CANARY not in json.dumps(taken.cursor)
    assert CANARY not in repr(taken.refused)
    assert CANARY not in repr(taken.reading)
    assert CANARY not in repr(taken.records)


def test_a_word_that_a_shifted_row_puts_in_the_place_of_a_role_is_not_reported_if_the_row_is_refused(
    drop: DropFolder,
):
    drop.lines("incidents", f"{INCIDENTS},role", f"I1,tomorrow,Fight,P1,{CANARY}")

    taken = drop.take(Kind.INCIDENT)

    assert taken.reading.unmapped == []
    assert list(taken.refused) == ["I1/P1"]
