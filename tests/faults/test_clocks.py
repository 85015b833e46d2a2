"""Clocks that jump, change to summer time, or meet a leap day: nothing is missed or happens twice."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz

from rp_connect.domain.effect import EffectKind, EffectState
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.remind_people import remind_people
from rp_connect.services.set_meeting import set_meeting
from rp_connect.storage.store import open_store
from tests.drop_school import DropSchool, suspension

LONDON = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)
TERMS_TO_2028 = (
    ("term", "2026-09-02", "2026-12-18"),
    ("term", "2027-01-04", "2027-03-25"),
    ("term", "2027-04-12", "2027-07-21"),
    ("term", "2027-09-01", "2027-12-17"),
    ("term", "2028-01-04", "2028-04-07"),
    ("term", "2028-04-24", "2028-07-20"),
)


def school_of(folder: Path, rows: Sequence[dict[str, object]]) -> DropSchool:
    made = DropSchool(folder, calendar=TERMS_TO_2028)
    made.suspensions = list(rows)
    return made


def dues(school: DropSchool) -> dict[str, str | None]:
    """By the record that each task follows: references bear the year of the clock that opened the case."""
    return {task["id"].replace(task["case"], task["source"]["id"]): task["due"] for task in school.tasks()}


@pytest.mark.parametrize(
    "clock",
    [
        ["2026-11-12T10:00", "2026-11-12T09:00", "2026-11-12T10:00"],
        ["2026-11-12T10:00", "2026-11-12T11:00", "2026-11-12T10:05"],
        ["2026-11-12T00:00", "2026-11-11T23:00", "2026-11-12T00:00"],
        ["2026-11-12T00:00:00", "2026-11-12T23:59:59.999999", "2026-11-13T00:00:00"],
        ["2026-11-12T10:00", "2036-01-01T00:00", "2026-11-12T10:15"],
    ],
)
def test_a_clock_that_jumps_between_syncs_misses_nothing_and_doubles_nothing(
    tmp_path: Path, clock: list[str]
) -> None:
    first, later = suspension("S1", "2026-11-12", 6), suspension("S2", "2026-11-13", 4, pupil_id="P2")
    steady = school_of(tmp_path / "steady", [first, later])
    steady.sync("2026-11-12T10:00")
    jumping = school_of(tmp_path / "jumping", [first])
    for number, now in enumerate(clock):
        if number == 1:
            jumping.suspensions.append(later)
        assert jumping.sync(now).fault is None
    assert dues(jumping) == dues(steady)
    assert len(jumping.tasks()) == len(steady.tasks())


CHANGES = {
    "autumn 2026": (
        "2026-10-23",
        [f"2026-10-25T{at}" for at in ("00:59:59+01:00", "01:30+01:00", "01:30+00:00", "02:00+00:00")],
    ),
    "spring 2027": (
        "2027-03-24",
        [f"2027-03-28T{at}" for at in ("00:59:59+00:00", "02:00+01:00", "02:30+01:00")],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_syncs_on_either_side_of_a_clock_change_agree(tmp_path: Path, change: str) -> None:
    start, clock = CHANGES[change]
    rows = [
        suspension("S1", start, 8, decided_at=f"{start}T10:00"),
        suspension("S2", start, 2, pupil_id="P2"),
    ]
    once = school_of(tmp_path / "once", rows)
    once.sync(clock[-1])
    often = school_of(tmp_path / "often", rows)
    for now in clock:
        assert often.sync(now).fault is None
    assert dues(often) == dues(once)
    moments = [due for due in dues(often).values() if due and "T" in due]
    assert len(moments) >= 3
    for due in moments:  # on the wall of that day, with that day's offset
        moment = datetime.fromisoformat(due)
        assert moment.utcoffset() == moment.astimezone(LONDON).utcoffset()
        assert f"{moment:%H:%M}" in {"08:45", "13:15", "15:15"}


@pytest.mark.parametrize(
    "now", ["2028-02-28T10:00", "2028-02-29T00:00", "2028-02-29T23:59", "2028-03-01T00:00"]
)
def test_the_twenty_ninth_of_february_is_a_school_day_like_any_other(tmp_path: Path, now: str) -> None:
    school = school_of(
        tmp_path, [suspension("S1", "2028-02-28", 6), suspension("S2", "2028-02-29", 2, pupil_id="P2")]
    )
    school.sync(now)
    found = school.due("RP-2028-0001")
    assert found["set-work"] == ["2028-02-28", "2028-02-29", "2028-03-01"]
    assert found["reintegration-meeting"] == ["2028-03-01"]
    assert found["check-in"][0] == "2028-03-02"
    assert school.due("RP-2028-0002")["tell-parent"] == ["2028-02-29"]
    assert school.due("RP-2028-0002")["reintegration-meeting"] == ["2028-02-29"]


def test_reminders_are_asked_for_once_a_day_though_the_clock_goes_back_over_midnight(tmp_path: Path) -> None:
    school = school_of(tmp_path, [suspension("S1", "2026-11-09", 4)])
    school.sync("2026-11-09T10:00")
    for now in (
        "2026-11-11T23:30",
        "2026-11-12T00:10",
        "2026-11-11T23:10",
        "2026-11-12T00:00",
        "2026-11-12T09:00",
    ):
        office = school.office(now)
        remind_people(office)
        office.store.close()
    office = school.office("2026-11-12T09:00")
    with office.store.read() as work:
        keys = Counter(effect.key for effect in work.effects.every() if effect.kind is EffectKind.NOTICE)
    office.store.close()
    assert {key.split(".")[1] for key in keys} == {"2026-11-11", "2026-11-12"}
    assert set(keys.values()) == {1}


@dataclass
class Clock:
    """A store's clock that a test moves."""

    at: datetime = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.mark.parametrize("jump", [HOUR, -HOUR, timedelta(days=3650)])
def test_a_clock_that_jumps_while_something_is_sent_neither_loses_nor_repeats_it(
    tmp_path: Path, jump: timedelta
) -> None:
    """Forward: another worker takes over, looks first, and the late answer writes nothing. Back: it waits."""
    clock = Clock()
    store = open_store(f"sqlite:///{tmp_path}/store.db", clock)
    with store.begin() as work:
        work.effects.want(EffectKind.NOTICE, "northwick.2026-10-25.lead", school="northwick", case=None)
        (mine,) = work.effects.lease("elsewhere:1:1", 5)
        work.commit()
    clock.at += jump
    with store.begin() as work:
        theirs = work.effects.lease("elsewhere:2:2", 5)
        work.commit()
    assert [(effect.id, effect.look_first) for effect in theirs] == (
        [(mine.id, True)] if jump > HOUR / 2 else []
    )
    with store.begin() as work:
        assert work.effects.done(mine) is not bool(theirs)
        assert all(work.effects.done(effect) for effect in theirs)
        work.commit()
    with store.read() as work:
        assert [effect.state for effect in work.effects.every()] == [EffectState.DONE]
    store.close()


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_what_was_to_wait_is_sent_however_the_clock_jumps(tmp_path: Path, jump: timedelta) -> None:
    """At the latest when the clock reaches the moment that was set, once."""
    clock = Clock()
    store = open_store(f"sqlite:///{tmp_path}/store.db", clock)
    with store.begin() as work:
        work.effects.want(EffectKind.NOTICE, "northwick.2026-10-25.lead", school="northwick", case=None)
        (effect,) = work.effects.lease("elsewhere:1:1", 5)
        work.effects.wait(effect, 300, "asked for patience")
        work.commit()
    clock.at += jump
    taken = 0
    for _ in range(75):
        with store.begin() as work:
            for again in work.effects.lease("elsewhere:1:1", 5):
                taken += work.effects.done(again)
            work.commit()
        clock.at += timedelta(minutes=1)
    assert taken == 1
    store.close()


@pytest.mark.parametrize(
    "day",
    [
        "2026-10-23",
        "2026-10-24",
        "2026-10-25",
        "2026-10-26",
        "2027-03-26",
        "2027-03-27",
        "2027-03-28",
        "2027-03-29",
    ],
)
def test_a_meeting_is_at_the_same_time_on_the_wall_on_either_side_of_a_clock_change(
    tmp_path: Path, day: str
) -> None:
    """Set for 14:20; its file is read back with dateutil, which knows nothing of ours."""
    school = school_of(tmp_path, [suspension("S1", "2026-10-20", 4)])
    school.sync("2026-10-20T10:00")
    office = school.office("2026-10-20T10:00")
    at = datetime.fromisoformat(f"{day}T14:20").replace(tzinfo=LONDON)
    set_meeting(office, "RP-2026-0001", at, 45, "Hall", False, ["lead@northwick.example"], "the lead")
    deliver_effects(office)
    office.store.close()
    (file,) = (tmp_path / "workspace" / "meetings").glob("*.ics")
    text = file.read_text(encoding="utf-8").replace("\r\n ", "")
    lines = {
        line.partition(":")[0]: line.partition(":")[2].strip()
        for line in text.split("BEGIN:VEVENT")[1].splitlines()
    }
    wall = f"{day.replace('-', '')}T142000"
    assert lines["DTSTART;TZID=Europe/London"] == wall
    zone = tz.tzical(io.StringIO(text)).get("Europe/London")
    assert zone is not None
    begins = datetime.strptime(wall, "%Y%m%dT%H%M%S").replace(tzinfo=zone)
    assert begins.astimezone(UTC) == at.astimezone(UTC)
    assert lines["DTEND;TZID=Europe/London"] == wall.replace("142000", "150500")
