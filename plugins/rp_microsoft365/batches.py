"""JSON batches: what goes into one, and how each item of it ended.

The client library's own batch is not used: it loses If-Match, repeats the sign-in in every item, takes a
transport of its own and fails on answers without a body (reference 3.2 nos. 5, 6, 7, 13).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rp_connect.errors import RpConnectError
from rp_microsoft365.judging import body_of, broken, judge, unclear
from rp_microsoft365.reply import MalformedError, Reply
from rp_microsoft365.request import Answer, Request, Service

LARGEST = 20
"""Items of one batch. [D:json-batching.md]"""
LARGEST_BYTES = 3_000_000
"""Graph takes 4 MB in one request; the envelope needs some of it."""

Outcome = Answer | RpConnectError


def encode(place: int, request: Request) -> bytes:
    """One item; its id is its place among all, so that answers in any order find their questions."""
    headers = {key: value for key, value in request.headers.items() if key.lower() != "authorization"}
    item: dict[str, Any] = {"id": str(place), "method": request.method, "url": request.path}
    if request.body is not None:
        headers.setdefault("Content-Type", "application/json")
        item["body"] = request.body
    if headers:
        item["headers"] = headers
    return json.dumps(item).encode()


def chunks(requests: Sequence[Request], items: Sequence[bytes]) -> Iterator[tuple[Service, list[int]]]:
    """Which requests (by their places) go into one batch: of one service, few enough, small enough."""
    by_service: dict[Service, list[int]] = {}
    for place, request in enumerate(requests):
        by_service.setdefault(request.service, []).append(place)
    for service, places in by_service.items():
        yield from ((service, chunk) for chunk in _split(items, places))


def _split(items: Sequence[bytes], places: Sequence[int]) -> Iterator[list[int]]:
    chunk: list[int] = []
    size = 0
    for place in places:
        if chunk and (len(chunk) == LARGEST or size + len(items[place]) > LARGEST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(place)
        size += len(items[place])
    if chunk:
        yield chunk


def batch_body(items: Sequence[bytes]) -> bytes:
    """The body of POST /$batch."""
    return b'{"requests":[' + b",".join(items) + b"]}"


def item_replies(places: Sequence[int], reply: Reply) -> list[Reply | None]:
    """The answer of each item; None where there is none, or more than one, or it makes no sense.

    Raises MalformedError where the whole is not an answer to a batch.
    """
    answers = body_of(reply).get("responses")
    if not isinstance(answers, list):
        raise MalformedError
    found: dict[str, list[Mapping[str, Any]]] = {}
    for answer in answers:
        if isinstance(answer, Mapping) and isinstance(answer.get("id"), str):
            found.setdefault(answer["id"], []).append(answer)
    return [_item_reply(found.get(str(place), [])) for place in places]


def _item_reply(answers: Sequence[Mapping[str, Any]]) -> Reply | None:
    if len(answers) != 1:
        return None
    status, headers, body = (answers[0].get(key) for key in ("status", "headers", "body"))
    if isinstance(status, bool) or not isinstance(status, int):
        return None
    named = headers if isinstance(headers, Mapping) else {}
    names = {str(name).lower(): str(value) for name, value in named.items()}
    return Reply(status, names, parsed=body)


def outcomes(requests: Sequence[Request], replies: Sequence[Reply | None]) -> list[Outcome]:
    return [
        unclear(request, "the batch gave no answer to it") if reply is None else judge(request, reply)
        for request, reply in zip(requests, replies, strict=True)
    ]


def all_broken(requests: Sequence[Request], fault: Exception) -> list[Outcome]:
    return [broken(request, fault) for request in requests]
