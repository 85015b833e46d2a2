"""The JSON shapes of the command line and the API. Keys may be added, never renamed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rp_connect.domain.case import Case
from rp_connect.domain.effect import Effect
from rp_connect.domain.outcome import Outcome
from rp_connect.domain.people import Pupil
from rp_connect.domain.suspension import Dates, Suspension
from rp_connect.domain.task import Task, TaskState
from rp_connect.ports.plugins import PluginInfo
from rp_connect.ports.store import Refused

Json = dict[str, Any]


def day_json(day: date | datetime | None, timezone: ZoneInfo) -> str | None:
    """A local date, or a moment with the offset that the school's clock has on that day."""
    if isinstance(day, datetime):
        return day.astimezone(timezone).isoformat(timespec="seconds")
    return None if day is None else day.isoformat()


def source_json(suspension: Suspension | None) -> Json | None:
    """The record that something follows from, by the vendor's own id."""
    if suspension is None:
        return None
    return {"mis": suspension.mis, "kind": "suspension", "id": suspension.record.id}


def task_json(task: Task, suspension: Suspension | None, timezone: ZoneInfo) -> Json:
    return {
        "id": task.id,
        "case": task.case,
        "school": task.school,
        "duty": task.rule,
        "title": task.title,
        "due": day_json(task.due, timezone),
        "planned": day_json(task.planned, timezone),
        "due_note": _text(task.due_note),
        "state": task.state.value,
        "role": task.role.value,
        "basis": task.basis,
        "confidence": _text(task.confidence),
        "external_id": task.external_id,
        "source": source_json(suspension),
        "steps": list(task.steps),
    }


def case_json(
    case: Case,
    pupils: Sequence[Pupil],
    tasks: Sequence[Task],
    suspension: Suspension | None,
    timezone: ZoneInfo,
) -> Json:
    """Pupils appear by their MIS id, never by name."""
    return {
        "ref": case.ref,
        "school": case.school,
        "kind": case.kind,
        "stage": case.stage.value,
        "opened_at": day_json(case.opened_at, timezone),
        "pupils": [pupil.record.id for pupil in pupils],
        "tasks_open": sum(task.state is TaskState.OPEN for task in tasks),
        "tasks_done": sum(task.state is TaskState.DONE for task in tasks),
        "source": source_json(suspension),
        "linked": list(case.linked),
    }


def dates_json(dates: Dates) -> Json:
    """The dates of a suspension as they count or as they were reported."""
    return {
        "start": day_json(dates.start, _UTC),
        "start_session": None if dates.start_half is None else dates.start_half.name,
        "end": day_json(dates.end, _UTC),
        "end_session": None if dates.end_half is None else dates.end_half.name,
        "sessions": dates.sessions,
    }


def outcome_json(outcome: Outcome) -> Json:
    """The note is left out: it may say anything. The MIS and the page have it."""
    return {
        "key": outcome.key,
        "held": outcome.held_on.isoformat(),
        "result": outcome.result.value,
        "external_id": outcome.external_id,
    }


def effect_json(effect: Effect, timezone: ZoneInfo) -> Json:
    return {
        "id": effect.id,
        "state": effect.state.value,
        "kind": effect.kind.value,
        "case": effect.case,
        "attempts": effect.attempt,
        "not_before": day_json(effect.not_before, timezone),
        "reason": effect.reason,
    }


def refused_json(refused: Refused, timezone: ZoneInfo) -> Json:
    return {
        "school": refused.school,
        "source": refused.source,
        "kind": refused.kind,
        "key": refused.key,
        "reason": refused.reason,
        "first_seen": day_json(refused.first_seen, timezone),
    }


def plugin_json(plugin: PluginInfo) -> Json:
    return {
        "name": plugin.name,
        "version": plugin.version,
        "hooks": list(plugin.hooks),
        "fault": plugin.fault,
    }


def plugin_fields_json(plugin: PluginInfo) -> Json:
    """A plugin with every field that its MIS adapters ask for, and why (data minimisation)."""
    fields = [
        {"mis": mis, "kind": f.kind, "name": f.name, "reason": f.reason, "special": f.special}
        for mis, f in plugin.fields
    ]
    return {**plugin_json(plugin), "fields": fields}


def _text(word: str | None) -> str | None:
    return None if word is None else str(word)


_UTC = ZoneInfo("UTC")
