"""Puts a world to the real packs, and reads their answer back as the oracle writes its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from rp_connect.domain.calendar import DayHours, Half, Period, PeriodKind, SchoolCalendar, Session
from rp_connect.domain.duty import Duty
from rp_connect.domain.people import PupilRecord
from rp_connect.domain.suspension import Dates, LengthAnswer, LengthQuestion, Suspension, SuspensionRecord
from rp_connect.domain.when import When
from rp_connect.ports.policy import Context, FollowUp, PolicyPack, PolicySpec, SuspensionStands, pack_on
from rp_england.plugin import register_policies
from tests.oracle.almanac import LONDON, Point
from tests.oracle.owed import Owed
from tests.oracle.walk import Spell, World


def real_packs() -> Sequence[PolicyPack]:
    found: list[PolicySpec] = []
    register_policies(found.append)
    return next(spec.packs for spec in found if spec.name == "england")


def told(packs: Sequence[PolicyPack], world: World, spell: Spell, context: Context) -> list[Duty]:
    """What the pack in force on the day of decision says of this spell, without what is already met."""
    suspension = next(s for s in context.suspensions if s.record.id == spell.id)
    pack = pack_on(packs, suspension.decided.day if suspension.decided else world.today)
    assert pack is not None, "the worlds lie after the oldest pack"
    return [duty for duty in pack.duties(SuspensionStands(suspension), context) if not duty.met]


def answered(packs: Sequence[PolicyPack], world: World, spell: Spell, context: Context) -> set[Owed]:
    duties = [as_owed(duty) for duty in told(packs, world, spell, context)]
    assert len({(rule, n) for rule, n, _, _ in duties}) == len(duties), "a duty is told twice"
    return set(duties)


def work_titles(packs: Sequence[PolicyPack], world: World, spell: Spell) -> list[str]:
    """ "day 4 of 5" of each day for which work is set, in the order of their occurrence."""
    duties = [duty for duty in told(packs, world, spell, context_of(world)) if duty.rule == "set-work"]
    duties.sort(key=lambda duty: duty.occurrence)
    numbers = [re.findall(r"day \d+ of \d+", duty.title) for duty in duties]
    return [number for found in numbers for number in found]


def as_owed(duty: Duty) -> Owed:
    due = duty.due.astimezone(UTC) if isinstance(duty.due, datetime) else duty.due
    return duty.rule, duty.occurrence, due, duty.note.value if duty.note else None


def context_of(world: World) -> Context:
    periods = [Period(first, last, PeriodKind(kind)) for kind, first, last in world.rows]
    return Context(
        calendar=SchoolCalendar(periods, DayHours(*world.hours), LONDON),
        school_kind="academy",
        today=world.today,
        pupil=pupil_of(world),
        suspensions=[suspension_of(n, spell) for n, spell in enumerate(world.spells, start=1)],
        someone_harmed=world.harmed,
        marks={Session(day, Half(half)): code for (day, half), code in world.marks},
        follow_up=FollowUp(world.reviews, world.check_ins),
        cancelled_sessions_count=world.cancelled_count,
    )


def pupil_of(world: World) -> PupilRecord:
    return PupilRecord(
        id="P1",
        given_name="Ada",
        family_name="Testperson",
        social_worker=world.social_worker,
        looked_after=world.looked_after,
        ehcp=world.ehcp,
    )


def suspension_of(no: int, spell: Spell) -> Suspension:
    in_force = dates_of(spell, spell.length)
    reported = in_force if spell.says is None else dates_of(spell, spell.longer[spell.says - 1][0])
    cancelled = when_of(spell.cancelled)
    return Suspension(
        no=no,
        school="northwick",
        mis="file_drop",
        pupil_no=1,
        record=SuspensionRecord(
            id=spell.id,
            pupil_id="P1",
            category=spell.category,
            reasons=spell.reasons,
            decided=when_of(spell.decided_at),
            dates=reported,
            exam=spell.exam,
            notice_received=spell.notice,
            representations=spell.representations,
            cancelled=cancelled,
        ),
        in_force=in_force,
        first_seen=spell.first_seen,
        first_pass=1,
        cancelled=cancelled,
        questions=tuple(question_of(spell, *asked) for asked in spell.longer),
    )


def dates_of(spell: Spell, count: int | None) -> Dates:
    return Dates(
        start=spell.start,
        start_half=None if spell.half is None else Half(spell.half),
        end=spell.end,
        end_half=None if spell.end_half is None else Half(spell.end_half),
        sessions=count,
    )


def question_of(spell: Spell, count: int, seen_on: date, settled: bool) -> LengthQuestion:
    return LengthQuestion(dates_of(spell, count), seen_on, LengthAnswer.FURTHER if settled else None)


def when_of(point: Point | None) -> When | None:
    if point is None:
        return None
    return When.of_moment(point, LONDON) if isinstance(point, datetime) else When(point)
