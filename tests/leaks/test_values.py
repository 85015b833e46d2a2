"""Every value that code passes round shows keys in its `repr`, so that nothing personal is in a traceback."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from rp_connect.domain.effect import EffectKind
from rp_connect.ports.mis import Kind
from rp_connect.ports.store import UnitOfWork
from rp_connect.services.list_cases import list_cases, list_tasks
from rp_connect.services.office import Office
from rp_connect.services.render_effect import due_notice, workspace_meeting, workspace_task
from rp_connect.services.render_record import case_record
from rp_connect.services.show_board import show_board
from rp_connect.services.show_case import show_case
from rp_connect.settings import load_settings
from rp_connect.wiring.office import build_office
from tests.leaks.canaries import CANARIES, NOW, leaks
from tests.leaks.conftest import Trail

LEAD = "lead@northwick.example"


@pytest.fixture
def office(trail: Trail) -> Iterator[Office]:
    made = build_office(trail.folder / "rp-connect.toml", now=NOW)
    yield made
    made.store.close()


def records(office: Office) -> Iterator[tuple[str, object]]:
    """What the MIS gives: every page of every kind, and each record by itself."""
    adapter = office.school("northwick").mis()
    yield "adapter", adapter
    for kind in Kind:
        reading = adapter.everything(kind)
        yield f"reading of {kind}", reading
        for page in reading.pages():
            yield f"page of {kind}", page
            for record in page.records:
                yield f"record of {kind}", (record, str(record))


def held(office: Office, work: UnitOfWork) -> Iterator[tuple[str, object]]:
    """What the store gives."""
    pupils = work.pupils.every("northwick")
    yield "pupils", pupils
    yield "pupil records", [(str(pupil.record), repr(pupil.record), str(pupil)) for pupil in pupils]
    yield "staff", work.staff.every("northwick")
    yield "incidents", work.incidents.by_id("northwick", "file_drop", ["I1", "I2"])
    yield "suspensions", work.suspensions.of_pupils([pupil.no for pupil in pupils])
    yield "cases", work.cases.every()
    yield "tasks", work.tasks.every()
    yield "meetings", [work.meetings.of_case(case.ref) for case in work.cases.every()]
    yield "effects", work.effects.every()
    yield "refusals", work.refusals.every()
    yield "sources", work.schools.sources("northwick")
    yield "school", work.schools.state("northwick")
    yield "audit", [work.audit.of_case(case.ref) for case in work.cases.every()]
    yield "unit of work", work


def shown(office: Office) -> Iterator[tuple[str, object]]:
    """What pages and command line are made of."""
    yield "board", show_board(office)
    yield "case rows", list_cases(office)
    yield "task rows", list_tasks(office)
    yield "case sheets", [show_case(office, row.case.ref) for row in list_cases(office)]
    yield "office", office
    yield "schools", office.schools
    yield "store", office.store
    yield "workspace", office.school("northwick").workspace()


def sent(office: Office, work: UnitOfWork) -> Iterator[tuple[str, object]]:
    """What goes to a workspace."""
    school = office.school("northwick")
    yield "tasks to send", [workspace_task(office, school, task, 1) for task in work.tasks.every()]
    for case in work.cases.every():
        yield "record to send", case_record(office, work, school, case.ref, 1)
        meeting = work.meetings.of_case(case.ref)
        if meeting is not None:
            yield "meeting to send", workspace_meeting(office, school, meeting, 1, frozenset())
    yield "notice to send", due_notice(office, work, school, "northwick.2026-11-12.lead", 1)
    yield "tasks as they stand", list(school.workspace().tasks.everything())


def every_value(office: Office, config: Path) -> Iterator[tuple[str, object]]:
    yield "settings", load_settings(config)
    yield from records(office)
    yield from shown(office)
    with office.store.read() as work:
        yield from held(office, work)
        yield from sent(office, work)


def test_no_value_shows_a_name_an_address_or_a_date_of_birth_of_a_pupil(trail: Trail, office: Office) -> None:
    values = list(every_value(office, trail.folder / "rp-connect.toml"))
    assert len(values) > 40
    assert [(name, leaks(repr(value))) for name, value in values if leaks(repr(value))] == []


def test_the_values_did_hold_what_they_do_not_show(office: Office) -> None:
    with office.store.read() as work:
        inside = [pickle.dumps(value) for _, value in sent(office, work)]
        inside += [str(pupil.record.model_dump()).encode() for pupil in work.pupils.every("northwick")]
    text = b"".join(inside).decode("latin-1")
    assert {"Quagmirefeather", "Grizzlewick", "canary.parent", "key.adult.canary"} <= set(leaks(text))


def test_no_value_shows_the_address_of_a_member_of_staff(trail: Trail, office: Office) -> None:
    values = list(every_value(office, trail.folder / "rp-connect.toml"))
    assert sorted({name for name, value in values if leaks(repr(value), [LEAD])}) == []


def test_what_is_queued_is_keys_only(office: Office) -> None:
    with office.store.read() as work:
        effects, cases = work.effects.every(), {case.ref for case in work.cases.every()}
        tasks = {task.id: task.title for task in work.tasks.every()}
    assert {effect.kind for effect in effects} >= {EffectKind.TASK, EffectKind.MEETING, EffectKind.RECORD}
    for effect in effects:
        assert effect.key in {
            *cases,
            *tasks,
            *(f"{ref}{of}" for ref in cases for of in (".meeting", ".outcome.1")),
        }
    assert leaks(" ".join(tasks.values()), CANARIES) == []
