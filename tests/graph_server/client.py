"""A client of the plainest kind for the server's own tests: what it sends is what the test says."""

from __future__ import annotations

import time
from typing import Any

import requests

from tests.graph_server.call import Json
from tests.graph_server.tenant import GROUP, LEAD, SITE

TOKEN = {"Authorization": "Bearer made-up"}
ASSIGNED = {"@odata.type": "#microsoft.graph.plannerAssignment", "orderHint": " !"}
KEY = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name RpConnectKey"


class Client:
    def __init__(self, url: str, session: requests.Session) -> None:
        self.url = url
        self.batch_seconds = 0.0
        """How long the last batch took."""
        self._session = session

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """`headers` by Python's names: `if_match=...`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._session.request(
            method, self.url + path, json=body, headers={**TOKEN, **named}, timeout=60
        )

    def get(self, path: str, **headers: str) -> Any:
        return self._good(self.ask("GET", path, **headers))

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self._good(self.ask("POST", path, body, **headers))

    def _good(self, answer: requests.Response) -> Any:
        assert answer.status_code < 300, answer.text
        return answer.json()

    def put(self, path: str, data: bytes, **headers: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = {"Content-Type": "application/octet-stream"}
        return self._session.put(self.url + path, data=data, headers={**TOKEN, **kind, **named}, timeout=60)

    def batch(self, *questions: Json) -> dict[str, Json]:
        """Answers by id."""
        begun = time.perf_counter()
        body = self.post("/$batch", {"requests": list(questions)})
        self.batch_seconds = time.perf_counter() - begun
        return {each["id"]: each for each in body["responses"]}

    def new_plan(self, title: str = "Restorative practice") -> str:
        container = {"url": f"https://graph.microsoft.com/v1.0/groups/{GROUP}"}
        plan: str = self.post("/planner/plans", {"container": container, "title": title})["id"]
        return plan

    def new_task(self, plan: str, title: str = "RP-1", **more: Any) -> Any:
        return self.post("/planner/tasks", {"planId": plan, "title": title, **more})

    def new_event(self, **more: Any) -> Any:
        return self.post(f"/users/{LEAD}/events", event(**more))

    def new_list(self) -> str:
        """With a unique Reference, an indexed Stage and a Note that is neither."""
        columns = [
            {"name": "Reference", "text": {}, "indexed": True, "enforceUniqueValues": True},
            {"name": "Stage", "text": {}, "indexed": True},
            {"name": "Note", "text": {"allowMultipleLines": True}},
        ]
        body = {"displayName": "Cases", "list": {"template": "genericList"}, "columns": columns}
        made: str = self.post(f"/sites/{SITE}/lists", body)["id"]
        return made

    def new_item(self, where: str, reference: str, **fields: Any) -> Any:
        return self.post(f"/sites/{SITE}/lists/{where}/items", {"fields": {"Reference": reference, **fields}})


def event(subject: str = "RP-1", start: str = "2026-03-27T14:20:00", **more: Any) -> Json:
    zone = more.pop("zone", "GMT Standard Time")
    end = more.pop("end", start[:11] + "15:00:00")
    return {
        "subject": subject,
        "start": {"dateTime": start, "timeZone": zone},
        "end": {"dateTime": end, "timeZone": zone},
        **more,
    }


def question(number: int, method: str, url: str, body: Any = None, **more: Any) -> Json:
    """One request of a batch."""
    asked: Json = {"id": str(number), "method": method, "url": url, **more}
    if body is not None:
        asked |= {"headers": {"Content-Type": "application/json", **more.get("headers", {})}, "body": body}
    return asked
