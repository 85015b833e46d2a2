"""A person moves a case to another stage; the gate holds back what casework must decide."""

from __future__ import annotations

from dataclasses import replace

from rp_connect.domain.case import Case, Stage, next_stage
from rp_connect.services.change_task import audit, show_record, show_tasks
from rp_connect.services.office import Office


def move_case(office: Office, ref: str, wanted: Stage, who: str) -> Case:
    """Raises NotFoundError, GateError for a gated stage, UsageError where the stages do not follow."""
    with office.store.begin() as work:
        case = work.cases.get(ref)
        moved = replace(case, stage=next_stage(case, wanted))
        work.cases.replace(moved)
        show_record(work, moved)
        show_tasks(work, moved)
        audit(work, moved, who, office.clock.now(), f"stage: {wanted}")
        work.commit()
        return moved
