"""What came back over the wire, and the two ways in which nothing did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class NotSentError(Exception):
    """The request never left: no address, no connection, no trusted certificate."""


class CutError(Exception):
    """The request left; then time was up or the connection broke. It may have been carried out, and where a
    service takes few at a time it has a place there for another `keeps_place_s`."""

    keeps_place_s = 0.0


class MalformedError(Exception):
    """There is an answer, but it is not what Graph writes."""


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """Any status. `headers` have lower-case names; `content` is as it came.

    `parsed` stands in the place of `content` for an item of a batch, which was read with the whole.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes = b""
    parsed: Any = None

    def __repr__(self) -> str:
        return f"<Reply {self.status}>"

    def json(self) -> Any:  # noqa: ANN401 - JSON is what it is
        """None where there is no content; raises MalformedError where it is not JSON."""
        if not self.content.strip():
            return self.parsed
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            raise MalformedError from None
