"""The one way to Graph: our turn, the sign-in, one exchange, and what is remembered of it.

Nothing goes out before the time that an earlier answer gave for its service (figure R12).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Protocol
from uuid import uuid4

from rp_connect.errors import TryLaterError
from rp_microsoft365.judging import is_stale_sign_in, is_throttled
from rp_microsoft365.pauses import Pauses
from rp_microsoft365.reply import CutError, NotSentError, Reply
from rp_microsoft365.request import Service
from rp_microsoft365.retry_after import retry_after
from rp_microsoft365.traffic import Traffic
from rp_microsoft365.turns import Stay, Turns

log = logging.getLogger(__name__)


class Tokens(Protocol):
    """Who we are, for Graph."""

    def token(self) -> str:
        """An access token that is good now. Raises AccessError, ConfigError and TryLaterError."""
        ...

    def forget(self) -> None:
        """The last token was not accepted: ask for a new one next time."""
        ...


class Exchanges(Protocol):
    """`wire.Wire`, which is loaded only when the first call goes out."""

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One HTTP request of `service`; `path` as in Request, or "/$batch". `items` are what a batch bears."""

    service: Service
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None
    items: int = 0


class Sender:
    """One school's way to Graph; safe to use from several threads. Nothing opens before the first call.

    A request without an answer keeps its places at Outlook for another `lands_within_s`."""

    def __init__(
        self,
        base: str,
        tokens: Tokens,
        open_wire: Callable[[], Exchanges],
        outlook: Turns,
        traffic: Traffic,
        pauses: Pauses | None = None,
        lands_within_s: float = 0.0,
    ) -> None:
        self.base = base
        self.traffic = traffic
        self._tokens = tokens
        self._open_wire = open_wire
        self._wire: Exchanges | None = None
        self._outlook = outlook
        self._lands_within_s = lands_within_s
        self.pauses = pauses or Pauses()
        self._lock = Lock()
        self._renewing = Lock()

    def send(self, outgoing: Outgoing) -> Reply:
        """Raises NotSentError and CutError, TryLaterError where it is not our turn yet, and what the sign-in
        raises; then nothing was sent. What Graph refused for its token was not done: it is sent once more
        where another token can be had."""
        self._refuse_early(outgoing.service)
        token = self._tokens.token()
        reply = self._in_turn(outgoing, token)
        if is_stale_sign_in(reply) and (renewed := self._renewed(token)) != token:
            reply = self._in_turn(outgoing, renewed)
            if is_stale_sign_in(reply):
                self._tokens.forget()
        return reply

    def _in_turn(self, outgoing: Outgoing, token: str) -> Reply:
        with self._turn(outgoing) as stay:
            # It may have been long before our turn came.
            self._refuse_early(outgoing.service)
            try:
                return self._exchange(outgoing, token)
            except CutError as fault:
                if outgoing.service is Service.CALENDAR:
                    stay.seconds = fault.keeps_place_s = self._lands_within_s
                raise

    def _renewed(self, token: str) -> str:
        """The token after this one; another thread may have asked for it already."""
        with self._renewing:
            if (held := self._tokens.token()) != token:
                return held
            self._tokens.forget()
            return self._tokens.token()

    def close(self) -> None:
        """Lets go of connections; the next call opens new ones."""
        with self._lock:
            wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()

    def _refuse_early(self, service: Service) -> None:
        if (left := self.pauses.closed_for(service)) > 0:
            raise TryLaterError("Microsoft 365 asked us to wait, and the wait is not over.", retry_after=left)

    def _turn(self, outgoing: Outgoing) -> AbstractContextManager[Stay]:
        if outgoing.service is Service.CALENDAR:
            return self._outlook.take(max(1, outgoing.items))
        return nullcontext(Stay())

    def _exchange(self, outgoing: Outgoing, token: str) -> Reply:
        call_id, began, outcome = str(uuid4()), time.monotonic(), "nothing"
        headers = {**outgoing.headers, "Authorization": f"Bearer {token}", "client-request-id": call_id}
        try:
            url = self.base + outgoing.path
            reply = self._connected().exchange(outgoing.method, url, headers, outgoing.body)
            outcome = str(reply.status)
        except (NotSentError, CutError) as fault:
            self.traffic.add(
                outgoing.service, **{"unreachable" if isinstance(fault, NotSentError) else "unclear": 1}
            )
            raise
        finally:
            took = time.monotonic() - began
            self._count(outgoing, took)
            log.debug(
                "%s %s (%d items) answered %s after %.0f ms, client-request-id %s",
                outgoing.method, outgoing.service, outgoing.items, outcome, took * 1000, call_id,
            )  # fmt: skip
        if not outgoing.items or is_throttled(reply.status):
            self._note_patience(outgoing.service, reply)
        return reply

    def note_items(self, service: Service, replies: Sequence[Reply]) -> None:
        """What the items of a batch were told, each by itself: where all were told to wait the service asks
        for patience, and for the longest that it said; where some were, they alone wait."""
        told = [each for each in replies if is_throttled(each.status)]
        self.traffic.add(service, throttled=len(told))
        if len(told) < len(replies):
            self.pauses.answered(service)
            return
        for each in told:
            self._pause(service, each)

    def _count(self, outgoing: Outgoing, seconds: float) -> None:
        batches = 1 if outgoing.items else 0
        self.traffic.add(outgoing.service, calls=1, batches=batches, items=outgoing.items, seconds=seconds)

    def _note_patience(self, service: Service, reply: Reply) -> None:
        if not is_throttled(reply.status):
            self.pauses.answered(service)
            return
        self.traffic.add(service, throttled=1)
        self._pause(service, reply)

    def _pause(self, service: Service, reply: Reply) -> None:
        wait = retry_after(reply.headers, datetime.now(UTC))
        if wait is not None:
            self.pauses.told(service, wait)

    def _connected(self) -> Exchanges:
        with self._lock:
            if self._wire is None:
                self._wire = self._open_wire()
            return self._wire
