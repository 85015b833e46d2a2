"""`case meet`: setting, moving and cancelling the meeting of a case, and asking for free times."""

from __future__ import annotations

import pytest

from tests.cli.installation import Installation

REF = "RP-2026-0001"


def meeting(installation: Installation) -> dict[str, object]:
    found: dict[str, object] = installation.json("case", "show", REF)["meeting"]
    return found


def test_a_meeting_is_set_on_the_schools_clock(synced: Installation):
    answer = synced.run(
        "case", "meet", REF, "--at", "2026-11-13T09:00", "--place", "Library", "--invite", "a@b.example"
    )
    assert answer.code == 0
    assert answer.out == f"{REF} meets on 13 Nov 2026 09:00 for 45 minutes, Library.\n"
    assert meeting(synced)["at"] == "2026-11-13T09:00:00+00:00"


def test_setting_it_again_moves_it(synced: Installation):
    synced.run("case", "meet", REF, "--at", "2026-11-13T09:00")
    synced.run("case", "meet", REF, "--at", "2026-11-16T10:30", "--minutes", "30")
    assert (meeting(synced)["at"], meeting(synced)["minutes"]) == ("2026-11-16T10:30:00+00:00", 30)


def test_it_can_be_cancelled(synced: Installation):
    synced.run("case", "meet", REF, "--at", "2026-11-13T09:00")
    assert synced.run("case", "meet", REF, "--cancel").code == 0
    assert meeting(synced)["cancelled"] is True


def test_a_meeting_reaches_the_workspace_with_the_next_delivery(synced: Installation):
    synced.run("case", "meet", REF, "--at", "2026-11-13T09:00")
    synced.run("deliver")
    assert meeting(synced)["external_id"]


def test_free_times_come_with_the_words_that_take_them(synced: Installation):
    answer = synced.run("case", "meet", REF, "--suggest", now="2026-11-12T10:05")
    assert answer.code == 0
    taken = answer.out.splitlines()[0].split("--at ")[1]
    assert synced.run("case", "meet", REF, "--at", taken, now="2026-11-12T10:05").code == 0


def test_free_times_can_be_had_as_json(synced: Installation):
    found = synced.json("case", "meet", REF, "--suggest", now="2026-11-12T10:05")
    assert set(found) == {"slots", "note"}
    assert set(found["slots"][0]) == {"at", "minutes"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "exactly one of --at, --cancel and --suggest"),
        (("--cancel", "--suggest"), "exactly one of --at, --cancel and --suggest"),
        (("--at", "2026-11-13T09:00", "--json"), "--json goes with --suggest"),
        (("--at", "tomorrow"), "--at needs a date and a time"),
        (("--at", "2026-11-01T09:00"), "That time has passed"),
        (("--at", "2026-11-13T09:00", "--online"), "This workspace has no online meetings"),
        (("--at", "2026-11-13T09:00", "--invite", "nobody"), "does not look like an e-mail address"),
        (("--at", "2026-11-13T09:00", "--minutes", "1"), "minutes"),
        (("--cancel",), "has no meeting"),
    ],
)
def test_what_cannot_be_is_one_sentence(synced: Installation, words, sentence):
    answer = synced.run("case", "meet", REF, *words)
    assert (answer.code, answer.out) == (2, "")
    assert sentence in answer.err
    assert answer.err.count("\n") == 1
