"""The inside of a plan: a bucket for each stage of a case, and names for the labels that tasks bear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from rp_connect.domain.case import Stage
from rp_connect.errors import AccessError, ConflictError, RpConnectError
from rp_microsoft365.graph import Graph
from rp_microsoft365.judging import may_have_landed
from rp_microsoft365.limits import LimitError
from rp_microsoft365.permissions import Permission
from rp_microsoft365.request import Answer, Request, Service

LABELS = ("Legal duty", "Late information", "Dates missing", "Calendar missing", "Notice date missing")
CATEGORIES = tuple(f"category{n}" for n in range(1, 26))
"""Planner has 25 labels a plan, by number; a plan's own details name them."""


@dataclass(frozen=True, slots=True)
class OpenPlan:
    """A plan with the ids of its buckets and the numbers of its labels, each by name in lower case."""

    id: str
    buckets: Mapping[str, str]
    labels: Mapping[str, str]

    def bucket(self, stage: str) -> str | None:
        """None where the plan has no bucket of that name: Planner then takes its own."""
        return self.buckets.get(stage.lower())

    def categories(self, labels: Iterable[str]) -> set[str]:
        return {self.labels[label.lower()] for label in labels if label.lower() in self.labels}


def open_plan(graph: Graph, plan_id: str) -> OpenPlan:
    buckets: dict[str, str] = {}
    for bucket in graph.pages(_list_buckets(plan_id)):
        buckets.setdefault(_text(bucket, "name").lower(), str(bucket["id"]))
    named = _descriptions(_details(graph, plan_id))
    ours = {label.lower() for label in LABELS}
    labels = {text.lower(): number for number, text in named.items() if text.lower() in ours}
    return OpenPlan(plan_id, buckets, labels)


def reopen_plan(graph: Graph, plan_id: str, named: Iterable[str], *, ours: bool) -> OpenPlan:
    """Read anew. Where one of the buckets `named` is gone from a plan of ours, what is missing is made, as by
    `setup`; where that is refused, Planner takes its own for new tasks."""
    plan = open_plan(graph, plan_id)
    if not ours or set(named) <= set(plan.buckets.values()):
        return plan
    with suppress(AccessError, LimitError):
        made = {name.lower(): bucket for name, bucket in ensure_buckets(graph, plan_id).items() if bucket}
        return replace(plan, buckets={**made, **plan.buckets})
    return plan


def ensure_buckets(graph: Graph, plan_id: str) -> dict[str, str]:
    """Create what is missing, from left to right in the order of the stages; the names that were made, with
    their ids."""
    held = list(graph.pages(_list_buckets(plan_id)))
    hints = {_text(bucket, "name").lower(): _text(bucket, "orderHint") for bucket in held}
    last, made = max(hints.values(), default=""), dict[str, str]()
    for stage in Stage:
        if stage.value not in hints:
            body = _made_bucket(graph, plan_id, stage.value.capitalize(), last)
            last = _text(body, "orderHint") or last
            made[stage.value.capitalize()] = _text(body, "id")
    return made


def _made_bucket(graph: Graph, plan_id: str, name: str, after: str) -> Mapping[str, Any]:
    """Where it is not known whether it was made, looking again tells."""
    try:
        return _create_bucket(graph, plan_id, name, after).body or {}
    except RpConnectError as fault:
        if not may_have_landed(fault):
            raise
        for bucket in graph.pages(_list_buckets(plan_id)):
            if _text(bucket, "name").lower() == name.lower():
                return dict(bucket)
        raise


def _create_bucket(graph: Graph, plan_id: str, name: str, after: str) -> Answer:
    body = {"name": name, "planId": plan_id, "orderHint": f"{after} !"}
    return graph.ask(
        Request(Service.PLANNER, "POST", "/planner/buckets", Permission.TASKS, body=body, creates=True)
    )


def ensure_labels(graph: Graph, plan_id: str) -> list[str]:
    """Name our labels in a plan, each under a number that is still free; the names that were set."""
    try:
        return _name_labels(graph, plan_id)
    except RpConnectError as fault:
        # Somebody named some as we did, or it is not known whether ours stand there: they are read anew.
        if not (isinstance(fault, ConflictError) or may_have_landed(fault)):
            raise
        return _name_labels(graph, plan_id)


def _name_labels(graph: Graph, plan_id: str) -> list[str]:
    details = _details(graph, plan_id)
    named = _descriptions(details)
    have = {text.lower() for text in named.values()}
    missing = [label for label in LABELS if label.lower() not in have]
    free = [number for number in CATEGORIES if number not in named]
    body = dict(zip(free, missing, strict=False))
    if body:
        graph.ask(
            Request(
                Service.PLANNER,
                "PATCH",
                f"/planner/plans/{plan_id}/details",
                Permission.TASKS,
                headers={"If-Match": str(details["@odata.etag"])},
                body={"categoryDescriptions": body},
            )
        )
    return list(body.values())


def _details(graph: Graph, plan_id: str) -> Mapping[str, Any]:
    path = f"/planner/plans/{plan_id}/details"
    body = graph.ask(Request(Service.PLANNER, "GET", path, Permission.TASKS, fresh=True)).body
    if not isinstance(body, dict):
        raise RpConnectError("Planner gave no details of a plan: run `rp-connect setup microsoft365` again.")
    return body


def _descriptions(details: Mapping[str, Any]) -> dict[str, str]:
    named = details.get("categoryDescriptions") or {}
    return {number: str(named[number]) for number in CATEGORIES if named.get(number)}


def _list_buckets(plan_id: str) -> Request:
    return Request(Service.PLANNER, "GET", f"/planner/plans/{plan_id}/buckets", Permission.TASKS, fresh=True)


def _text(body: Mapping[str, Any], name: str) -> str:
    return str(body.get(name) or "")
