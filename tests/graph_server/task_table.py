"""Planner tasks by id and by plan: a trust of a hundred schools has a hundred plans, and nobody waits for all
of them when one is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from tests.graph_server.call import Json


class TaskTable(dict[str, Json]):
    """A dict of rows by id. A row whose plan changes is to be set again."""

    def __init__(self, rows: Mapping[str, Json] | None = None) -> None:
        super().__init__()
        self._plans: defaultdict[str, dict[str, Json]] = defaultdict(dict)
        self._plan_of: dict[str, str] = {}
        for key, row in (rows or {}).items():
            self[key] = row

    def __setitem__(self, key: str, row: Json) -> None:
        if (before := self._plan_of.get(key)) not in (None, row["planId"]):
            del self._plans[str(before)][key]
        super().__setitem__(key, row)
        self._plan_of[key] = row["planId"]
        self._plans[row["planId"]][key] = row

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        del self._plans[self._plan_of.pop(key)][key]

    def of_plan(self, plan: str) -> dict[str, Json]:
        """In the order in which they were made there. Not to be changed."""
        return self._plans.get(plan, {})
