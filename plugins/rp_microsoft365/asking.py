"""`Graph` over one way to Graph: asks, judges, and asks again where that is safe and patience allows it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from rp_connect.errors import AccessError, ConfigError, GoneError, RpConnectError, TryLaterError
from rp_microsoft365.batches import (
    Outcome,
    all_broken,
    batch_body,
    chunks,
    encode,
    item_replies,
    outcomes,
)
from rp_microsoft365.judging import broken, judge
from rp_microsoft365.reply import CutError, MalformedError, NotSentError, Reply
from rp_microsoft365.request import Answer, Request, Service
from rp_microsoft365.retry_after import backoff
from rp_microsoft365.sending import Outgoing, Sender

FRESH_S = 6.0
"""For so long a thing that was just made may still be unknown to Graph's readers (reference 2.4)."""
PAGES_WAIT_S = 4.0
"""For so long a collection that is being read waits by itself: what was read of it would be lost."""
JSON = "application/json"

Round = Callable[[Sequence[Request]], list[Outcome]]


class AskingGraph:
    """`graph.Graph`; safe to use from several threads. `patience_s` is for how long one call of these methods
    may wait before it asks again: 0 where the wait is kept in the store instead. `while_it_answers`: only
    where the service answered just now, so that one which is down is asked once and no more (figure R4)."""

    def __init__(self, sender: Sender, *, patience_s: float = 0.0, while_it_answers: bool = False) -> None:
        self.sender = sender
        self._patience_s = patience_s
        self._while_it_answers = while_it_answers

    def patient(self, patience_s: float, *, while_it_answers: bool = False) -> AskingGraph:
        """The same way to Graph, with its connections, turns and counts, for somebody who can wait."""
        return AskingGraph(self.sender, patience_s=patience_s, while_it_answers=while_it_answers)

    def ask(self, request: Request) -> Answer:
        answer = self._patiently([request], lambda requests: [self._one(each) for each in requests])[0]
        if isinstance(answer, RpConnectError):
            raise answer
        return answer

    def ask_all(self, requests: Sequence[Request]) -> Sequence[Outcome]:
        return self._patiently(requests, self._in_batches)

    def pages(self, request: Request) -> Iterator[Any]:
        seen: set[str] = set()
        waits = self._patience_s >= PAGES_WAIT_S
        waiting = self if waits else self.patient(PAGES_WAIT_S, while_it_answers=True)
        while request.path not in seen:
            seen.add(request.path)
            body = waiting.ask(request).body
            if not isinstance(body, dict) or not isinstance(body.get("value"), list):
                raise broken(request, MalformedError())
            yield from body["value"]
            link = body.get("@odata.nextLink")
            if link is None:
                return
            request = replace(request, path=self._path_behind(link))
        raise RpConnectError("Microsoft 365 gave the same page twice, so the rest of a list cannot be read.")

    def _path_behind(self, link: object) -> str:
        """Our token goes nowhere else than to the Graph of the settings."""
        if isinstance(link, str) and link.startswith(f"{self.sender.base}/"):
            return link.removeprefix(self.sender.base)
        raise RpConnectError("Microsoft 365 named a next page that is not its own; it was not followed.")

    def _patiently(self, requests: Sequence[Request], ask: Round) -> list[Outcome]:
        """Again and again for what may be asked again, while patience lasts."""
        began, attempt = time.monotonic(), 0
        self._await_turn(requests)
        answers = ask(requests)
        while again := [place for place, answer in enumerate(answers) if _again(requests[place], answer)]:
            spent, pauses = time.monotonic() - began, {p: _pause(answers[p], attempt) for p in again}
            again = [
                p for p in again if spent + pauses[p] <= self._patience_for(requests[p].service, answers[p])
            ]
            if not again:
                break
            self._wait(requests[again[0]].service, max(pauses[place] for place in again))
            try:
                found = ask([requests[place] for place in again])
            except (AccessError, ConfigError) as fault:
                # What was written before stays known; those that are left say that they wait, and nothing is
                # gone that could not be waited for.
                answers = [
                    fault if requests[p].maybe_fresh and isinstance(one, GoneError) else one
                    for p, one in enumerate(answers)
                ]
                break
            for place, answer in zip(again, found, strict=True):
                answers[place] = answer
            attempt += 1
        return [_not_yet(request, answer) for request, answer in zip(requests, answers, strict=True)]

    def _patience_for(self, service: Service, answer: Outcome | None = None) -> float:
        if isinstance(answer, GoneError):
            return max(FRESH_S, self._patience_s)
        return 0.0 if self._while_it_answers and not self.sender.pauses.answers(service) else self._patience_s

    def _await_turn(self, requests: Sequence[Request]) -> None:
        for service in {request.service for request in requests}:
            left = self.sender.pauses.closed_for(service)
            if 0 < left <= self._patience_for(service):
                self._wait(service, left)

    def _wait(self, service: Service, seconds: float) -> None:
        self.sender.traffic.add(service, waits=1, waited_s=seconds)
        time.sleep(seconds)

    def _one(self, request: Request) -> Outcome:
        try:
            return judge(request, self.sender.send(_outgoing(request)))
        except (NotSentError, CutError) as fault:
            return broken(request, fault)
        except RpConnectError as fault:  # the sign-in, or it is not our turn: nothing was sent
            return fault

    def _in_batches(self, requests: Sequence[Request]) -> list[Outcome]:
        """What goes alone goes first: a sign-in that fails there has not yet left anything half done."""
        answers: dict[int, Outcome] = {}
        together = [place for place, request in enumerate(requests) if request.data is None]
        for place in sorted(set(range(len(requests))) - set(together)):
            answers[place] = self._one(requests[place])
        batched = [requests[place] for place in together]
        items = [encode(place, request) for place, request in enumerate(batched)]
        for service, places in chunks(batched, items):
            for place, answer in self._batch(service, places, batched, items, first=not answers).items():
                answers[together[place]] = answer
        return [answers[place] for place in range(len(requests))]

    def _batch(
        self, service: Service, places: Sequence[int], requests: Sequence[Request], items: Sequence[bytes], *,
        first: bool,
    ) -> dict[int, Outcome]:  # fmt: skip
        asked = [requests[place] for place in places]
        body = batch_body([items[place] for place in places])
        outgoing = Outgoing(
            service, "POST", "/$batch", {"Content-Type": JSON, "Accept": JSON}, body, len(places)
        )
        try:
            reply = self.sender.send(outgoing)
        except (NotSentError, CutError) as fault:
            return dict(zip(places, all_broken(asked, fault), strict=True))
        except (AccessError, ConfigError) as fault:
            if first:
                raise
            return dict.fromkeys(places, fault)
        except RpConnectError as fault:
            return dict.fromkeys(places, fault)
        if reply.status in (400, 413) and len(places) > 1:
            # Nothing of it was done: one that Graph cannot read must not keep the others from it.
            middle = len(places) // 2
            found = self._batch(service, places[:middle], requests, items, first=first)
            return found | self._batch(service, places[middle:], requests, items, first=False)
        if reply.status == 401 and first:
            raise _refusal(asked[0], reply)
        return dict(zip(places, self._judged(service, places, asked, reply), strict=True))

    def _judged(
        self, service: Service, places: Sequence[int], asked: Sequence[Request], reply: Reply
    ) -> list[Outcome]:
        if not 200 <= reply.status < 300:
            return [_refusal(request, reply) for request in asked]
        try:
            replies = item_replies(places, reply)
        except MalformedError as fault:
            return all_broken(asked, fault)
        self.sender.note_items(service, [each for each in replies if each is not None])
        return outcomes(asked, replies)


def _refusal(request: Request, reply: Reply) -> RpConnectError:
    """Of a whole batch, as it is for this item of it."""
    judged = judge(request, reply)
    return judged if isinstance(judged, RpConnectError) else broken(request, MalformedError())


def _outgoing(request: Request) -> Outgoing:
    headers = {"Accept": JSON, **request.headers}
    body = request.data
    if request.body is not None:
        headers.setdefault("Content-Type", JSON)
        body = json.dumps(request.body).encode()
    return Outgoing(request.service, request.method, request.path, headers, body)


def _again(request: Request, answer: Outcome) -> bool:
    """A create never is, nor a write whose end is unclear: whoever asked looks first."""
    if isinstance(answer, TryLaterError):
        once = request.conditional and not request.creates and not answer.look_first
        return request.reads or once
    return isinstance(answer, GoneError) and (request.fresh or request.maybe_fresh)


def _pause(answer: Outcome, attempt: int) -> float:
    """Never sooner than it was said, and where that is at once not without a pause."""
    asked = answer.retry_after if isinstance(answer, TryLaterError) else None
    return max(asked or 0.0, backoff(attempt))


def _not_yet(request: Request, answer: Outcome) -> Outcome:
    if isinstance(answer, GoneError) and request.fresh:
        return TryLaterError(
            "Microsoft 365 does not show yet what was made a moment ago.", retry_after=FRESH_S
        )
    return answer
