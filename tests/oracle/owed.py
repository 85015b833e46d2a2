"""The oracle's answer: what one suspension owes, (rule, occurrence, due, note), read off duties.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from tests.oracle.almanac import Point, day_of, following, in_school, this_or_last, this_or_next
from tests.oracle.walk import Run, Spell, Walk, forty_eight_hours_before

Owed = tuple[str, int, Point | None, str | None]

DATES = "dates missing"
CALENDAR = "calendar missing"
NOTICE = "notice date missing"
LOCKING = {"SM", "SB", "OW", "BW"}
RIGHT_FROM_DAY_SIX = {"B", "D", "K"}
SCHOOL_CASES = ("SUSP", "PERM", "LNCH")


def owed(walk: Walk, spell: Spell) -> set[Owed]:
    """Everything that this spell requires as things stand."""
    if spell.category not in SCHOOL_CASES:
        return set()
    if spell.cancelled is not None:
        return cancelled(walk, spell)
    if walk.over_45(spell):
        return {("over-45-days", 1, walk.decision_day(spell), None)}
    found = notices(walk, spell) | screens(walk, spell) | board(walk, spell) | asked_of_the_mis(walk, spell)
    if spell.category != "LNCH":
        found |= work(walk, spell) | day_six(walk, spell)
    if spell.category == "SUSP":
        found |= coming_back(walk, spell)
    return found


def cancelled(walk: Walk, spell: Spell) -> set[Owed]:
    assert spell.cancelled is not None
    day = day_of(spell.cancelled)
    rules = ["cancelled-tell-parent", "cancelled-tell-board", "cancelled-tell-la", "reinstate"]
    rules += ["cancelled-tell-social-worker"] if walk.world.social_worker else []
    rules += ["cancelled-tell-virtual-school"] if walk.world.looked_after else []
    return {(rule, 1, day, None) for rule in rules}


def on_the_day(walk: Walk, spell: Spell) -> tuple[date | None, str | None]:
    """The day of decision, which never rolls."""
    day = walk.decision_day(spell)
    return (None, DATES) if day is None else (day, None)


def after_the_day(walk: Walk, spell: Spell, count: int = 1) -> tuple[date | None, str | None]:
    """The count-th school day after the decision."""
    day = walk.decision_day(spell)
    if day is None:
        return None, DATES
    return or_missing(following(walk.book, day, count))


def or_missing(due: date | None) -> tuple[date | None, str | None]:
    return (None, CALENDAR) if due is None else (due, None)


def notices(walk: Walk, spell: Spell) -> set[Owed]:
    world, day = walk.world, on_the_day(walk, spell)
    found: set[Owed] = {("tell-parent", 1, *day), ("tell-la", 1, *day), written_notice(walk, spell)}
    if world.social_worker:
        found.add(("tell-social-worker", 1, *day))
    if world.looked_after:
        found.add(("tell-virtual-school", 1, *day))
    if spell.category == "PERM" or walk.worst_term(spell) > 10 or spell.exam:
        found.add(("tell-board", 1, *day))
    return found


def written_notice(walk: Walk, spell: Spell) -> Owed:
    """The end of the first day's afternoon session, or the decision where that is later."""
    if spell.start is None:
        return "written-notice", 1, None, DATES
    first = first_day(walk, spell)
    if first is None:
        return "written-notice", 1, None, CALENDAR
    return "written-notice", 1, not_before_the_decision(walk, spell, walk.end_of((first, 1))), None


def first_day(walk: Walk, spell: Spell) -> date | None:
    """Reading taken: the first school day from the start on; of a lunchtime, whatever day it bears."""
    assert spell.start is not None
    if spell.category == "LNCH":
        return spell.start if spell.start in walk.book else None
    return this_or_next(walk.book, spell.start)


def not_before_the_decision(walk: Walk, spell: Spell, limit: datetime) -> datetime:
    """The limit, or the decision where that is later; a later bare date means the end of its afternoon.

    Reading taken for day-six-details: so even where 48 hours before is in school time, and even if that is
    then after the sixth day has begun.
    """
    decision = walk.decision(spell)
    assert decision is not None
    if isinstance(decision, datetime):
        return max(limit, decision)
    return walk.end_of((decision, 1)) if decision > day_of(limit) else limit


def screens(walk: Walk, spell: Spell) -> set[Owed]:
    world, next_day, day = walk.world, after_the_day(walk, spell), on_the_day(walk, spell)
    found: set[Owed] = {("suitability-screen", 1, *next_day)}
    if spell.category in ("SUSP", "PERM"):
        found.add(("equality-screen", 1, *next_day))
    if spell.category == "SUSP":
        found |= {("pupil-voice", 1, *next_day), ("invite-reintegration", 1, *next_day)}
    if world.harmed:
        found.add(("contact-harmed", 1, *next_day))
    if world.social_worker or world.looked_after or LOCKING & set(spell.reasons):
        found.add(("dsl-screen", 1, *day))
    if spell.category != "LNCH" and world.looked_after:
        found.add(("consider-pep-review", 1, *after_the_day(walk, spell, 5)))
    if spell.category != "LNCH" and world.ehcp:
        found.add(("consider-ehc-review", 1, *after_the_day(walk, spell, 5)))
    return found


def board(walk: Walk, spell: Spell) -> set[Owed]:
    """Reading taken: one meeting, by whichever of the limits comes first; its note is that limit's."""
    most = walk.worst_term(spell)
    limits: list[tuple[date | None, str | None]] = []
    if spell.category == "PERM" or most > 30:
        limits.append(after_notice(walk, spell, 15))
    elif most > 10 and spell.representations:
        limits.append(after_notice(walk, spell, 50))
    if spell.exam:
        limits.append(eve_of_the_exam(walk, spell, spell.exam))
    if not limits:
        return set()
    due, note = min(limits, key=lambda limit: limit[0] or date.max)
    return {("board-meeting", 1, due, note)}


def after_notice(walk: Walk, spell: Spell, count: int) -> tuple[date | None, str | None]:
    if spell.notice is not None:
        return or_missing(following(walk.book, spell.notice, count))
    due, note = after_the_day(walk, spell, count)
    return due, note or NOTICE


def eve_of_the_exam(walk: Walk, spell: Spell, exam: date) -> tuple[date | None, str | None]:
    eve = this_or_last(walk.book, exam - timedelta(days=1))
    decided = walk.decision_day(spell)
    if eve is None or decided is None:
        return or_missing(eve)
    return max(eve, decided), None


def asked_of_the_mis(walk: Walk, spell: Spell) -> set[Owed]:
    """What is asked about the record itself: its dates, its lengthening, its marks."""
    found: set[Owed] = set()
    if spell.category in ("SUSP", "LNCH") and not walk.known(spell):
        day = walk.decision_day(spell) or spell.first_seen
        found.add(("supply-dates", 1, *or_missing(following(walk.book, day, 1))))
    if spell.says is not None:
        _, seen, answered = spell.longer[spell.says - 1]
        if not answered:
            found.add(("dates-changed", spell.says, *or_missing(following(walk.book, seen, 1))))
    if spell.category != "LNCH" and wrong_marks(walk, spell):
        found.add(("attendance-mismatch", 1, *or_missing(following(walk.book, walk.world.today, 1))))
    return found


def wrong_marks(walk: Walk, spell: Spell) -> bool:
    """Reading taken: a permanent exclusion has its marks looked at too; only the lunchtime has none."""
    marks = dict(walk.world.marks)
    days = walk.run_of(spell).days
    for session in walk.sat(spell):
        code = marks.get(session, "E")
        right = {"E"} | (RIGHT_FROM_DAY_SIX if session[0] in days[5:] else set())
        if code not in right and code != "#" and not code.startswith("Y"):
            return True
    return False


def owner(walk: Walk, run: Run, day: date) -> Spell | None:
    """The spell that contains a day of the run: the first of them that is neither cancelled nor unlawful."""
    return first_lawful(walk, [s for s in run.spells if any(d == day for d, _ in walk.sat(s))])


def first_lawful(walk: Walk, holding: list[Spell]) -> Spell | None:
    lawful = [s for s in holding if s.cancelled is None and not walk.over_45(s)]
    return min(lawful, key=walk.place, default=None)


def days_of_run(walk: Walk, spell: Spell) -> list[tuple[date | None, Spell | None]]:
    """Each of the first six days of its run with the spell that it belongs to; None past the book."""
    run = walk.run_of(spell)
    days: list[tuple[date | None, Spell | None]] = [(day, owner(walk, run, day)) for day in run.days]
    for n in range(1, 7):
        going_on = [s for s in run.spells if walk.beyond(s) >= n]
        days += [(None, first_lawful(walk, going_on))] if going_on else []
    return days[:6]


def work(walk: Walk, spell: Spell) -> set[Owed]:
    if not walk.known(spell):
        return set()
    mine = [day for day, whose in days_of_run(walk, spell)[:5] if whose == spell]
    return {("set-work", n, *or_missing(day)) for n, day in enumerate(mine, start=1)}


def titles_of_work(walk: Walk, spell: Spell) -> list[str]:
    """ "day 4 of 5", counted within the run (the occurrence, within the suspension); a lone day has none."""
    days = days_of_run(walk, spell)[:5]
    if len(days) == 1:
        return []
    return [f"day {n} of {len(days)}" for n, (_, whose) in enumerate(days, start=1) if whose == spell]


def day_six(walk: Walk, spell: Spell) -> set[Owed]:
    sixth = days_of_run(walk, spell)[5:]
    if not walk.known(spell) or not sixth or sixth[0][1] != spell:
        return set()
    day = sixth[0][0]
    if day is None:
        return {("day-six-education", 1, None, CALENDAR), ("day-six-details", 1, None, CALENDAR)}
    start = walk.start_of((day, 0))
    return {("day-six-education", 1, start, None), ("day-six-details", 1, *details(walk, spell, start))}


def details(walk: Walk, spell: Spell, start: datetime) -> tuple[datetime | None, str | None]:
    before = forty_eight_hours_before(start)
    if not in_school(walk.book, walk.world.hours, before):
        last = this_or_last(walk.book, day_of(before))
        if last is None:
            return None, CALENDAR
        before = walk.end_of((last, 1))
    return not_before_the_decision(walk, spell, before), None


def coming_back(walk: Walk, spell: Spell) -> set[Owed]:
    """What the return asks, once for a run, under its last spell.

    Reading taken: where the last is unlawful, nobody has these tasks, for it has no other task than its own.
    """
    if not walk.known(spell):
        return set()
    run = walk.run_of(spell)
    last = None if walk.runs_out(spell) else walk.sat(spell)[-1][0]
    found: set[Owed] = {("attendance-check", 1, *or_missing(last))}
    if any(s.category == "PERM" and s.cancelled is None for s in run.spells):
        return found
    if spell != max((s for s in run.spells if s.cancelled is None), key=walk.place):
        return found
    return found | return_tasks(walk, run)


def return_tasks(walk: Walk, run: Run) -> set[Owed]:
    reviews, check_ins = walk.world.reviews, walk.world.check_ins
    back = walk.back(run)
    if back is None:
        many = {
            "check-in": len(check_ins),
            "review": len(reviews),
            "reintegration-meeting": 1,
            "share-plan": 1,
        }
        return {(rule, n, None, CALENDAR) for rule, last in many.items() for n in range(1, last + 1)}
    day, half = back
    eve = day if half else this_or_last(walk.book, day - timedelta(days=1))
    found: set[Owed] = {("share-plan", 1, walk.start_of(back), None)}
    found.add(("reintegration-meeting", 1, *or_missing(eve)))
    ahead: list[tuple[str, tuple[int, ...], Callable[[int], date | None]]] = [
        ("check-in", check_ins, lambda n: day if n == 1 else following(walk.book, day, n - 1)),
        ("review", reviews, lambda n: this_or_next(walk.book, day + timedelta(days=n))),
    ]
    for rule, steps, when in ahead:
        found |= {(rule, n, *or_missing(when(step))) for n, step in enumerate(steps, start=1)}
    return found
