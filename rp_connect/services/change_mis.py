"""A school changed its MIS: its pupils are known again by UPN, and their suspensions by pupil, category and
first day. Cases, tasks and marks hang on our own numbers and stay. Across schools nothing is ever matched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rp_connect.domain.people import Pupil, PupilRecord
from rp_connect.domain.suspension import Suspension, SuspensionRecord
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.change_task import audit
from rp_connect.services.sync_pass import SyncPass


def take_over_pupils(work: UnitOfWork, sync: SyncPass, unknown: Sequence[PupilRecord]) -> int:
    """Give pupils of the former MIS the ids that the new one has for them; answers how many.

    Only a UPN that exactly one pupil of the former MIS bears, and exactly one of these records.
    """
    bearers: dict[str, list[Pupil]] = defaultdict(list)
    for pupil in work.pupils.every(sync.school.id):
        if pupil.mis != sync.mis and _same_upn(pupil.record):
            bearers[_same_upn(pupil.record)].append(pupil)
    claims: dict[str, list[PupilRecord]] = defaultdict(list)
    for record in unknown:
        if len(bearers.get(_same_upn(record), ())) == 1:
            claims[_same_upn(record)].append(record)
    matched = [(bearers[upn][0], claimed[0]) for upn, claimed in claims.items() if len(claimed) == 1]
    for pupil, record in matched:
        work.pupils.rename(pupil.no, sync.mis, record.id)
    return len(matched)


def _same_upn(record: PupilRecord) -> str:
    """A UPN is in capitals (DfE); an MIS that holds it as somebody typed it means the same child."""
    return record.upn.strip().upper()


def take_over_suspensions(
    work: UnitOfWork, sync: SyncPass, unknown: Sequence[tuple[SuspensionRecord, int]]
) -> None:
    """Suspensions of the former MIS that the new one gives under another id stay the same ones.

    `unknown` are records with our number of their pupil. What does not match exactly once is a new one.
    """
    held = work.suspensions.of_pupils({pupil_no for _, pupil_no in unknown})
    for record, pupil_no in unknown:
        same = [s for s in held.get(pupil_no, ()) if s.mis != sync.mis and _is_same(s, record)]
        if len(same) != 1:
            continue
        work.suspensions.rename(same[0].no, sync.mis, record.id)
        for case in work.cases.of_suspensions([same[0].no]).values():
            audit(work, case, f"MIS {sync.mis}", sync.now, "suspension taken over from the former MIS")


def _is_same(held: Suspension, record: SuspensionRecord) -> bool:
    start = record.dates.start
    return record.category == held.record.category and start is not None and start == held.record.dates.start
