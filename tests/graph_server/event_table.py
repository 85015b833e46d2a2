"""Outlook's events by id and by what their extended properties say: an event is found by our key among all
that a trust's organiser has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from tests.graph_server.call import Json

PROPERTY = "singleValueExtendedProperties"


class EventTable(dict[str, Json]):
    """A dict of rows by id. A row whose properties change is to be set again."""

    def __init__(self, rows: Mapping[str, Json] | None = None) -> None:
        super().__init__()
        self._bearing: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for key, row in (rows or {}).items():
            self[key] = row

    def __setitem__(self, key: str, row: Json) -> None:
        super().__setitem__(key, row)
        for each in row.get(PROPERTY, ()):
            self._bearing[each["value"]][key] = None

    def may_bear(self, value: str) -> Iterable[Json]:
        """All that bear it, and perhaps some that did, in the order in which they came to."""
        return [self[key] for key in self._bearing.get(value, ()) if key in self]
