"""Sync one school: calendar, pupils, staff, incidents, suspensions, then attendance."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from rp_connect.ports.mis import Kind
from rp_connect.ports.remembered import ACCESS
from rp_connect.ports.store import Begin, SourceState
from rp_connect.services.apply_duties import apply_duties
from rp_connect.services.moved_behind import hold_or_take_over
from rp_connect.services.office import Office, School
from rp_connect.services.read_source import Source, Storer, read_source
from rp_connect.services.store_calendar import store_calendar
from rp_connect.services.store_incidents import UNKNOWN_PUPIL, store_incidents
from rp_connect.services.store_marks import pupil_of, store_marks
from rp_connect.services.store_people import store_pupils, store_staff
from rp_connect.services.store_suspensions import store_suspensions
from rp_connect.services.sync_pass import SyncPass
from rp_connect.services.sync_report import Progress, SchoolSync

_STORERS: Mapping[Kind, Storer] = {
    Kind.CALENDAR: store_calendar,
    Kind.PUPIL: store_pupils,
    Kind.STAFF: store_staff,
    Kind.INCIDENT: store_incidents,
    Kind.SUSPENSION: store_suspensions,
    Kind.ATTENDANCE: store_marks,
}
PUPILS_AT_ONCE = 200
"""How many pupils' duties are asked afresh in one transaction."""


def sync_school(
    office: Office,
    school: School,
    report: SchoolSync,
    *,
    begin: Begin,
    full: bool,
    accept: Collection[str],
    progress: Progress,
) -> SyncPass:
    """Raises what the MIS raises; everything committed before that stays, and the next sync goes on there."""
    started = time.monotonic()
    try:
        hold_or_take_over(office, school, begin=begin, accept=accept)
        sync = _begin(office, school, report, begin=begin, full=full, accept=accept, progress=progress)
        for kind in Kind:
            read_source(sync, _source(sync, kind))
        _renew_if_needed(sync)
        _finish(sync)
        return sync
    finally:
        report.seconds = time.monotonic() - started


def _begin(
    office: Office,
    school: School,
    report: SchoolSync,
    *,
    begin: Begin,
    full: bool,
    accept: Collection[str],
    progress: Progress,
) -> SyncPass:
    now = office.clock.now()
    mis = school.settings.mis
    with begin() as work:
        state = work.schools.state(school.id)
        waiting = [r for r in work.refusals.every(school.id) if r.reason == UNKNOWN_PUPIL]
        return SyncPass(
            school=school,
            adapter=school.mis(),
            begin=begin,
            state=state,
            now=now,
            full=full or state.last_full != school.day_of(now),
            asked_full=full,
            accept=accept,
            progress=progress,
            report=report,
            sources={source.kind: source for source in work.schools.sources(school.id) if source.mis == mis},
            calendar=office.calendar(work, school),
            with_suspensions=work.suspensions.pupils_with(school.id),
            former_mis=any(s.mis != school.settings.mis for s in work.schools.sources(school.id)),
            waiting={r.kind for r in waiting if r.kind != Kind.ATTENDANCE},
            marks_waiting={pupil_of(r.key) for r in waiting if r.kind == Kind.ATTENDANCE},
        )


def _source(sync: SyncPass, kind: Kind) -> Source:
    return Source(
        kind=kind,
        remembered=sync.sources.get(kind, SourceState(sync.school.id, sync.mis, kind)),
        store=_STORERS[kind],
        waiting=_waiting(sync, kind),
        ordered=kind is Kind.SUSPENSION,
    )


def _waiting(sync: SyncPass, kind: Kind) -> bool:
    """A year of marks is read anew only once a pupil whose marks were refused is known."""
    if kind is not Kind.ATTENDANCE or not sync.marks_waiting:
        return kind in sync.waiting
    with sync.begin() as work:
        return bool(work.pupils.by_id(sync.school.id, sync.mis, sync.marks_waiting))


def _basis(sync: SyncPass) -> str:
    """A digest of what the duties of every case hang on, beside the records themselves."""
    settings = sync.school.settings
    told = [
        [[p.kind, str(p.first), str(p.last)] for p in sync.calendar.periods],
        [str(settings.day), str(settings.timezone), settings.kind, settings.cancelled_sessions_count],
        [sync.follow_up.review_days, sync.follow_up.check_in_school_days, str(sync.live_from)],
        [pack.id for pack in sync.school.packs],
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _renew_if_needed(sync: SyncPass) -> None:
    """Ask all duties afresh once a day, and when the calendar, the settings or the rules changed."""
    if not sync.full and sync.state.basis == _basis(sync):
        return
    for numbers in _chunks(sorted(sync.with_suspensions)):
        with sync.begin() as work:
            apply_duties(work, sync, numbers)
            work.commit()


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), PUPILS_AT_ONCE):
        yield numbers[start : start + PUPILS_AT_ONCE]


def _finish(sync: SyncPass) -> None:
    """The pass ended well: the next one has the next number."""
    unmapped = set(sync.unmapped) | (set(sync.state.unmapped) if sync.skipped_any else set())
    with sync.begin() as work:
        asked_meanwhile = work.schools.state(sync.school.id).last_full is None
        access = sync.sources.get(ACCESS)
        if access is not None and access.left:
            work.schools.put_source(replace(access, left=None))
        work.schools.put(
            replace(
                sync.state,
                live_from=sync.state.live_from or sync.live_from,
                passes=sync.number,
                last_full=sync.today if sync.full else None if asked_meanwhile else sync.state.last_full,
                last_success=sync.now,
                basis=_basis(sync),
                calendar_until=sync.calendar.last,
                unmapped=tuple(sorted(unmapped)),
            )
        )
        work.commit()
