"""Sync the schools one after the other; one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Collection

from rp_connect.errors import BusyError, RpConnectError, StoreError, TryLaterError
from rp_connect.ports.store import Begin
from rp_connect.services.office import Office, School
from rp_connect.services.preview_school import preview_school
from rp_connect.services.sync_report import Progress, SchoolSync
from rp_connect.services.sync_school import sync_school


def sync_schools(
    office: Office,
    *,
    school: str | None = None,
    preview: bool = False,
    full: bool = False,
    accept: Collection[str] = (),
    progress: Progress | None = None,
) -> list[SchoolSync]:
    """One pass over each school in the configured order. A preview reads everything and writes nothing.

    Raises NotFoundError for a school that is not configured, StoreError where the store cannot be used.
    """
    chosen = office.chosen(school)
    shown = progress or Progress()
    if preview:
        with office.store.rehearse() as begin:
            return [
                _one(office, s, begin=begin, full=True, accept=accept, progress=shown, preview=True)
                for s in chosen
            ]
    return [_locked(office, s, full=full, accept=accept, progress=shown) for s in chosen]


def _locked(
    office: Office, school: School, *, full: bool, accept: Collection[str], progress: Progress
) -> SchoolSync:
    try:
        with office.store.lock(f"sync {school.id}"):
            return _one(office, school, begin=office.store.begin, full=full, accept=accept, progress=progress)
    except BusyError as busy:
        return SchoolSync(school=school.id, busy=True, fault=str(busy))


def _one(
    office: Office,
    school: School,
    *,
    begin: Begin,
    full: bool,
    accept: Collection[str],
    progress: Progress,
    preview: bool = False,
) -> SchoolSync:
    report = SchoolSync(school=school.id)
    if school.settings.paused:
        report.paused = True
        return report
    try:
        done = sync_school(office, school, report, begin=begin, full=full, accept=accept, progress=progress)
        report.preview = preview_school(done) if preview else None
    except StoreError:
        raise
    except RpConnectError as fault:
        report.fault = str(fault)
        report.wait_seconds = fault.retry_after if isinstance(fault, TryLaterError) else None
    return report
