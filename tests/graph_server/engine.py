"""One logical request after another: the contract, the faults, the service, the log."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from threading import Lock, RLock

from tests.graph_server.call import Call, Refused, Reply, error, find_route
from tests.graph_server.contract import Contract
from tests.graph_server.faults import Fault, Faults
from tests.graph_server.log import Log
from tests.graph_server.tenant import Tenant

Wait = Callable[[float], None]


class Cut(Exception):
    """The connection ends here, without an answer."""


class Outlook:
    """How many of an application's requests Outlook is at; more than the limit are refused."""

    def __init__(self, log: Log, tenant: Tenant) -> None:
        self._log, self._tenant = log, tenant
        self._lock = Lock()
        self._inside = 0

    def enter(self, wanted: int) -> int:
        """How many of these may come in."""
        with self._lock:
            self._log.outlook_peak = max(self._log.outlook_peak, self._inside + wanted)
            granted = max(0, min(wanted, self._tenant.options.outlook_limit - self._inside))
            self._inside += granted
            self._log.outlook_refused += wanted - granted
            return granted

    def leave(self, granted: int, at: float) -> None:
        with self._lock:
            self._inside -= granted
            self._log.outlook_longest_s = max(self._log.outlook_longest_s, clock() - at)


class Engine:
    def __init__(self, tenant: Tenant, faults: Faults, log: Log, contract: Contract) -> None:
        self.tenant, self.faults, self.log, self.contract = tenant, faults, log, contract
        self.lock = RLock()
        self._outlook = Outlook(log, tenant)

    def together(self, calls: Sequence[Call], request: int, at: float, wait: Wait) -> list[Reply]:
        """Requests that run side by side (four of Outlook's at most). Raises Cut when we go away."""
        outlook = [call for call in calls if call.service == "calendar"]
        granted = self._outlook.enter(len(outlook)) if outlook else 0
        turned_away = {id(call) for call in outlook[granted:]}
        try:
            inside = [call for call in calls if id(call) not in turned_away]
            slow = [self.faults.struck(["slow"], [call], whole=False) for call in inside]
            if delay := max((fault.seconds for faults in slow for fault in faults), default=0.0):
                wait(delay)
            return [self._one(call, request, at, away=id(call) in turned_away) for call in calls]
        finally:
            if granted:
                self._outlook.leave(granted, at)

    def heard(self, call: Call, *, due: bool) -> None:
        """Lays it beside the contract before anything befalls it: what is refused, or waits while we go away,
        was asked all the same."""
        call.checked = due
        if due:
            self.log.wrong(self.contract.request(call.method, call.url, call.headers, call.body))

    def said(self, call: Call, reply: Reply) -> Reply:
        """Lays the answer beside the contract."""
        if call.checked:
            self.log.wrong(self.contract.answer(call.method, call.url, reply.status, reply.body))
        return reply

    def _one(self, call: Call, request: int, at: float, *, away: bool) -> Reply:
        self.log.arrived(call, at)
        reply = self.said(call, self._done(call, away=away))
        lost = self.faults.struck(["lose"], [call], whole=False) if reply.status < 400 else []
        self.log.answered(call, reply, request, at)
        return self.lost(lost, call, reply)

    def lost(self, faults: Sequence[Fault], call: Call, reply: Reply) -> Reply:
        """What is heard of it, if anything. A gateway's page in HTML would be outside the contract; ours says
        an error as Graph words it, which the contract describes for every status from 400 on."""
        call.cut = call.cut or any(fault.how == "cut" for fault in faults)
        for fault in faults:
            if fault.how != "cut":
                unknown = error(int(fault.how), "UnknownError", "What became of the request is not known.")
                return self.said(call, unknown)
        return reply

    def _done(self, call: Call, *, away: bool) -> Reply:
        if away:
            full = error(429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.")
            full.headers["Retry-After"] = "1"
            return full
        if refusing := self.faults.struck(["refuse"], [call], whole=False):
            return refusing[0].reply()
        if call.route is None:
            return error(501, "notServed", f"{call.method} {call.url} is not served here.")
        with self.lock:
            return self._apply(call)

    def _apply(self, call: Call) -> Reply:
        assert call.route is not None
        try:
            return call.route.answer(self.tenant, call)
        except Refused as refused:
            return refused.reply()
        except Exception:  # noqa: BLE001 - a request of any shape may come; the test is told, not the client
            self.log.wrong([f"{call.method} {call.url}: the test server fell over\n{traceback.format_exc()}"])
            return error(400, "BadRequest", "The request could not be understood.")


def ready(call: Call) -> Call:
    find_route(call)
    return call


def clock() -> float:
    return time.time()
