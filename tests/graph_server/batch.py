"""`$batch`: up to twenty requests in one, each judged on its own."""

from __future__ import annotations

from typing import Any

from tests.graph_server.call import Call, Json, Refused, Reply
from tests.graph_server.engine import Engine, Wait, ready

MOST = 20
OUTLOOK_AT_ONCE = 4


def run_batch(engine: Engine, calls: dict[str, Call], request: int, at: float, wait: Wait) -> Reply:
    """`calls` by their ids. Raises Cut where one of them is answered by silence."""
    replies: dict[str, Reply] = {}
    for wave in waves(calls):
        answers = engine.together([calls[key] for key in wave], request, at, wait)
        replies |= dict(zip(wave, answers, strict=True))
    return Reply(200, {"responses": [item(engine, key, calls[key], replies[key]) for key in calls]})


def read_batch(engine: Engine, whole: Call) -> dict[str, Call]:
    """The requests inside; raises Refused where Graph would refuse them all."""
    body: Any = whole.body
    questions = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(questions, list) or not 0 < len(questions) <= MOST:
        raise Refused(400, "BadRequest", f"A batch holds 1 to {MOST} requests.")
    calls = {}
    for question in questions:
        key = question.get("id")
        if not isinstance(key, str) or key in calls:
            engine.log.wrong([f"POST /$batch was asked wrongly: id {key!r} is missing or used twice"])
            raise Refused(400, "BadRequest", "Every request of a batch needs an id of its own.")
        calls[key] = inner(engine, question, whole)
    return calls


def inner(engine: Engine, question: Json, whole: Call) -> Call:
    headers = {name.lower(): value for name, value in (question.get("headers") or {}).items()}
    body = question.get("body")
    if body is not None and "json" not in headers.get("content-type", ""):
        engine.log.wrong(
            [f"POST /$batch was asked wrongly: request {question['id']} has a body and no JSON type"]
        )
    if question.get("dependsOn"):
        engine.log.wrong(
            ["POST /$batch has dependsOn, which this server does not know: the product has none"]
        )
    url = "/" + str(question.get("url", "")).lstrip("/")
    method = str(question.get("method"))
    return ready(Call(method, url, headers, body, b"", whole.base, products=whole.products))


def waves(calls: dict[str, Call]) -> list[list[str]]:
    """Everything at once, but four of Outlook's at a time."""
    outlook = [key for key, call in calls.items() if call.service == "calendar"]
    later = [
        outlook[first : first + OUTLOOK_AT_ONCE]
        for first in range(OUTLOOK_AT_ONCE, len(outlook), OUTLOOK_AT_ONCE)
    ]
    held_back = {key for wave in later for key in wave}
    return [[key for key in calls if key not in held_back], *later]


def item(engine: Engine, key: str, call: Call, reply: Reply) -> Json:
    answer: Json = {"id": key, "status": reply.status, "headers": reply.headers, "body": reply.body}
    if reply.body is not None:
        answer["headers"] = {"Content-Type": "application/json", **reply.headers}
    for fault in engine.faults.struck(["malform"], [call], whole=False):
        if fault.how == "absent":
            return {}
        answer.pop(fault.how.removeprefix("no_"), None)
    return answer
