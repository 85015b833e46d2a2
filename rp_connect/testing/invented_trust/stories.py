"""The suspensions that are there to show a rule, each told in sessions counted from this morning (0)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rp_connect.testing.invented_trust.timeline import Timeline

# Two terms' counters cannot be mixed: so many school days the longest of the counted stories reaches back.
COUNTED_DAYS = 23


@dataclass(frozen=True, slots=True)
class Story:
    """`who` is a pupil's part: stories of one part are one pupil's. Days are numbers of the timeline."""

    who: str
    first: int | None
    sessions: int | None
    shows: tuple[str, ...] = ()
    category: str = "SUSP"
    reasons: tuple[str, ...] = ("PP",)
    written: str = "both"
    decided_on: int | None = None
    exam: int | None = None
    notice_received: int | None = None
    representations: int | None = None
    cancelled: int | None = None
    linked: bool = True


def high_school_stories(timeline: Timeline) -> Iterator[Story]:
    yield from _of_today()
    yield from _of_lengths()
    yield from _of_runs(timeline)
    yield from _of_pupils()
    yield from _of_counters(timeline.counter_anchor(COUNTED_DAYS))
    yield from _of_categories()


def primary_stories() -> Iterator[Story]:
    yield Story("start and end", _day(-4), 3, ("start and end",), written="ends")
    yield Story(
        "primary tomorrow", _day(0) - 1, 3, ("primary school return",), reasons=("PA",), written="ends"
    )
    yield Story("primary lunch", _day(-2), 1, ("primary school lunchtime",), "LNCH", ("VP",), written="ends")


def _of_today() -> Iterator[Story]:
    yield Story("back today", _day(-2), 4, ("return today",), reasons=("VP", "PP"))
    yield Story("back tomorrow", _day(-1), 4, ("return tomorrow", "counted in sessions"), written="sessions")
    yield Story("decided today", _day(1), 4, ("decided today",), decided_on=0, reasons=("DB",))
    yield Story("no dates", None, None, ("no dates",), decided_on=-1, reasons=("VA",))


def _of_lengths() -> Iterator[Story]:
    yield Story("half day", _day(-6) + 1, 2, ("half day",), reasons=("VA",))
    yield Story("morning only", _day(-3), 1, ("morning only",), reasons=("DB",))
    yield Story("called off", _day(-8), 8, ("cancelled",), cancelled=-6, reasons=("DM",))
    yield Story("mark is wrong", _day(-6), 4, ("attendance mismatch",), reasons=("TH",))
    for number in range(-9, -4):
        yield Story("lunches", _day(number), 1, ("lunchtimes",), "LNCH", ("DB",), linked=number == -9)


def _of_runs(timeline: Timeline) -> Iterator[Story]:
    """A pair whose sixth day together is tomorrow, and one that a long holiday interrupts."""
    yield Story("twice", _day(-4), 6, ("back to back, first",), reasons=("PP",))
    yield Story("twice", _day(-1), 8, ("back to back",), decided_on=-2, reasons=("VA", "PA"))
    first, last = timeline.around_a_break()
    yield Story("holiday", _day(first), 2 * (last - first + 1), ("over a holiday",), reasons=("BU",))


def _of_pupils() -> Iterator[Story]:
    yield Story("looked after", _day(-2), 6, ("looked after", "social worker"), reasons=("DB",))
    yield Story("ehcp", _day(-5), 4, ("ehcp",), reasons=("PA",))
    yield Story("exam", _day(-1), 6, ("exam lost",), exam=1, reasons=("VA",))
    yield Story("biased words", _day(-7), 4, ("bias",), reasons=("RA", "VP"))


def _of_counters(end: int) -> Iterator[Story]:
    """Fourteen and a half days, five and a half, and six with representations, in one term each."""
    yield Story("near fifteen", _day(end - 21), 10, reasons=("DB",))
    yield Story("near fifteen", _day(end - 13), 10, reasons=("PP",))
    yield Story("near fifteen", _day(end - 5), 9, ("near fifteen days",), reasons=("PA", "DB"))
    yield Story("over five", _day(end - 18), 6, reasons=("VP",))
    yield Story("over five", _day(end - 7), 5, ("over five days",), reasons=("DB",))
    yield Story(
        "representations",
        _day(end - 12),
        12,
        ("representations", "notice received", "day six"),
        notice_received=end - 12,
        representations=end - 6,
        reasons=("PA",),
    )


def _of_categories() -> Iterator[Story]:
    yield Story(
        "permanent",
        _day(-10),
        None,
        ("permanent", "locking reason"),
        "PERM",
        ("OW",),
        notice_received=-9,
    )
    yield Story("internal", _day(-7), 2, ("unknown category",), "INT", ("DB",), linked=False)


def _day(number: int) -> int:
    """The morning session of a day."""
    return 2 * number
