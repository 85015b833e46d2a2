"""What goes wrong, and when. See the package's own page for the list."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from email.utils import formatdate
from math import ceil
from threading import Lock
from time import time
from typing import Any, Literal, Self

from tests.graph_server.call import Call, Json, Reply, error

Kind = Literal["refuse", "slow", "lose", "malform"]


@dataclass
class Fault:
    """`service`, `method` and `path` (a regular expression) say whom it may strike; empty: everybody.

    It strikes with `chance`; or, with `nth`, exactly the n-th that it could strike; at most `times` times
    (0: without end). `whole`: judged once for an HTTP request, and strikes all of it, be it a batch or not;
    otherwise each request inside a batch is judged on its own.
    """

    kind: Kind
    service: str = ""
    method: str = ""
    path: str = ""
    chance: float = 1.0
    nth: int = 0
    times: int = 0
    whole: bool = False
    status: int = 0
    code: str = ""
    message: str = ""
    retry_after: float | None = None
    as_date: bool = False
    seconds: float = 0.0
    how: str = ""
    number: int = 0
    seen: int = 0
    struck: int = 0

    def concerns(self, call: Call) -> bool:
        return (
            (not self.service or self.service == call.service)
            and (not self.method or self.method == call.method)
            and (not self.path or re.search(self.path, call.url) is not None)
        )

    def strikes(self, calls: Sequence[Call], chance: random.Random) -> bool:
        if not any(self.concerns(call) for call in calls) or (self.times and self.struck >= self.times):
            return False
        self.seen += 1
        hit = self.seen == self.nth if self.nth else self.chance >= 1 or chance.random() < self.chance
        self.struck += hit
        return hit

    def reply(self) -> Reply:
        answer = error(self.status, self.code, self.message or f"{self.code} (asked for by the test).")
        if self.retry_after is not None:
            answer.headers["Retry-After"] = retry_after(self.retry_after, as_date=self.as_date)
        return answer


def retry_after(seconds: float, *, as_date: bool) -> str:
    """A date has whole seconds only: never less than what was asked for."""
    return formatdate(ceil(time() + seconds), usegmt=True) if as_date else str(ceil(seconds))


# What a service says to an application that lacks a permission, and where.
LACKING: dict[str, Json] = {
    "Tasks.ReadWrite.All": {
        "path": "/planner/",
        "message": "You do not have the required permissions to access this item, or the item may not exist.",
    },
    "Calendars.ReadWrite": {
        "path": r"/(events|calendar|calendarView)\b",
        "code": "ErrorAccessDenied",
        "message": "Access is denied. Check credentials and try again.",
    },
    "OnlineMeetings.ReadWrite.All": {
        "path": "/onlineMeetings",
        "code": "Forbidden",
        "message": "No application access policy found for this app.",
    },
    "Sites.Selected": {"path": "^/(sites|drives)/", "code": "accessDenied", "message": "Access denied"},
    "User.ReadBasic.All": {"path": r"^/users(/[^/?]+)?(\?|$)", "code": "Authorization_RequestDenied"},
    "GroupMember.Read.All": {
        "path": r"^/groups(/[^/?]+(/members)?)?(\?|$)",
        "code": "Authorization_RequestDenied",
    },
}


class FaultMenu:
    """The ways to ask for a fault; each takes what `Fault` takes to say whom and when."""

    def add(self, fault: Fault) -> Fault:
        raise NotImplementedError

    def remove(self, fault: Fault) -> None:
        raise NotImplementedError

    def clear(self) -> None:
        raise NotImplementedError

    def throttle(self, retry_after: float | None = 1.0, **when: Any) -> Fault:
        """429; `retry_after` in seconds (`as_date=True`: as an HTTP date), None: the header is absent."""
        words = {"status": 429, "code": "TooManyRequests", **when}
        return self.add(Fault("refuse", retry_after=retry_after, **words))

    def busy(self, retry_after: float | None = None, **when: Any) -> Fault:
        """503."""
        words = {"status": 503, "code": "serviceNotAvailable", **when}
        return self.add(Fault("refuse", retry_after=retry_after, **words))

    def refuse(self, status: int, code: str, **when: Any) -> Fault:
        """Any refusal; nothing is written."""
        return self.add(Fault("refuse", status=status, code=code, **when))

    def limit(self, code: str = "MaximumTasksInProject", **when: Any) -> Fault:
        """Planner's 403 that is a limit and not a permission."""
        return self.refuse(403, code, **{"service": "planner", "method": "POST", **when})

    def lack(self, permission: str, **when: Any) -> Fault:
        """403 wherever this permission (a key of LACKING) is needed."""
        return self.refuse(403, **{"code": "", **LACKING[permission], **when})

    def sign_out(self, **when: Any) -> Fault:
        """401 for the whole request."""
        return self.refuse(401, "InvalidAuthenticationToken", **{"whole": True, **when})

    def lose_answers(self, how: str = "cut", **when: Any) -> Fault:
        """What was asked is done, and then the connection is cut (with all of its batch), or the status `how`
        is said: "504", "503", "500", or the "403" that Planner gives for a plan which it has made."""
        return self.add(Fault("lose", how=how, **when))

    def slow(self, seconds: float, **when: Any) -> Fault:
        """So long before it is done; in a batch Outlook does four at a time, the others all at once."""
        return self.add(Fault("slow", seconds=seconds, **when))

    def hang(self, **when: Any) -> Fault:
        """No answer; not done, unless an hour passes."""
        return self.slow(3600.0, **when)

    def malform(self, how: str, **when: Any) -> Fault:
        """Done, but said badly. Whole: "html" (200 and a page), "truncated" (half of the JSON), "reordered"
        (a batch's answers in another order). Inside a batch: "no_body", "no_headers", "no_id", "absent"."""
        whole = how in ("html", "truncated", "reordered")
        return self.add(Fault("malform", how=how, **{"whole": whole, **when}))


class Faults(FaultMenu):
    """Asked by the server; the same seed and the same requests in order give the same faults."""

    def __init__(self, seed: int = 1) -> None:
        self._all: list[Fault] = []
        self._chance = random.Random(seed)
        self._lock = Lock()
        self._numbers = 0

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._numbers += 1
            fault.number = self._numbers
            self._all = [*self._all, fault]
        return fault

    def remove(self, fault: Fault) -> None:
        with self._lock:
            self._all = [each for each in self._all if each.number != fault.number]

    def clear(self) -> None:
        with self._lock:
            self._all = []

    def struck(self, kinds: Sequence[Kind], calls: Sequence[Call], *, whole: bool) -> list[Fault]:
        if not self._all:
            return []
        with self._lock:
            return [
                fault
                for fault in self._all
                if fault.whole is whole and fault.kind in kinds and fault.strikes(calls, self._chance)
            ]

    def snapshot(self) -> list[Json]:
        return [asdict(fault) for fault in self._all]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()
