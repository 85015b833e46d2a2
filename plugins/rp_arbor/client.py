"""Arbor's REST API v2 over HTTP: one session a school, Basic authentication, and faults sorted.

The token is read for each request and never kept, nor put into a header that a `repr` could show.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import requests
from requests.auth import HTTPBasicAuth

from rp_arbor.faults import NOT_FOUND, NothingThereError, broken_off, code_of, fault_of, missing, unreachable
from rp_arbor.names import path_of, root_of, roots_of
from rp_arbor.settings import ArborSettings
from rp_connect.errors import ConfigError, RpConnectError, TryLaterError

TRIES = 3
PATIENCE_S = 3.0
"""Longer waits are the core's."""
MOST_BYTES = 1_000_000
"""Of a list of changes; a longer one is asked for in parts."""

Row = Mapping[str, Any]
Query = Sequence[tuple[str, str]]
_log = logging.getLogger(__name__)


class TooMany:
    """The answer was longer than `MOST_BYTES`."""


TOO_MANY: Final = TooMany()


class Arbor:
    """One site. Lists are None where Arbor answers with an empty object: it is not granted. `pause` waits so
    many seconds between two tries of a read."""

    def __init__(
        self, own: ArborSettings, token: Callable[[], str], pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._base = f"{own.base_url}/rest-v2"
        self._user = own.username
        self._token = token
        self._pause = pause
        self._timeout = (min(own.timeout_s, 10.0), own.timeout_s)
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers.update({"Accept": "application/json", "User-Agent": "rp-connect"})
        if own.application_id:
            self._http.headers["x-mis-application-id"] = own.application_id

    def page(self, entity: str, number: int | None, size: int, filters: Query = ()) -> list[object] | None:
        """One page, as it came: rows may be anything."""
        numbered = [] if number is None else [("page-number", str(number))]
        answer = self._read(path_of(entity), [("page-size", str(size)), *numbered, *filters])
        rows = answer.get(roots_of(entity), answer.get(root_of(entity)))
        if rows is None:
            return None
        if not isinstance(rows, list):
            raise TryLaterError(f"Arbor gave no list of {entity}; it is asked again later.")
        return rows

    def one(self, entity: str, key: str) -> Row | None:
        """The record of that id: {} where nothing of it is granted, None where Arbor itself says that it has
        none."""
        try:
            answer = self._read(f"{path_of(entity)}/{key}", [])
        except NothingThereError:
            return None
        row = answer.get(root_of(entity), {})
        return row if isinstance(row, dict) else {}

    def changelog(self, entity: str, since: int, until: int | None = None) -> list[object] | TooMany:
        """What Arbor says changed in these revisions. An empty object is an empty list here."""
        query = [("from-revision", str(since))] if since > 0 else []
        query += [] if until is None else [("to-revision", str(until))]
        answer = self._read(f"{path_of(entity)}/changelog", query, most=MOST_BYTES)
        if answer is None:
            return TOO_MANY
        changes = answer.get("changes", [])
        if not isinstance(changes, list):
            raise TryLaterError(f"Arbor gave no list of changes of {entity}; it is asked again later.")
        return changes

    def create(self, entity: str, bodies: Sequence[Mapping[str, object]]) -> list[object]:
        """One answer a record, in their order; never repeated. Raises UnclearError where it is lost."""
        request = [{root_of(entity): dict(body)} for body in bodies]
        code, answer = self._once("POST", path_of(entity), [], body={"request": request}, most=None)
        results = answer.get("results")
        if isinstance(results, list) and len(results) == len(bodies):
            return results
        fault = fault_of(code, answer, {}, writes=True)
        raise fault or broken_off(writes=True)

    def _read(self, path: str, query: Query, *, most: int | None = None) -> Any:  # noqa: ANN401 - JSON
        """The parsed object; None where it is longer than `most` bytes. Repeated a few times."""
        fault: RpConnectError = TryLaterError("Arbor could not be asked.")
        for attempt in range(TRIES):
            if attempt:
                self._pause(min(getattr(fault, "retry_after", None) or 0.2 * attempt, PATIENCE_S))
            try:
                return self._once("GET", path, query, body=None, most=most)[1]
            except TryLaterError as wait:
                fault = wait
                if (wait.retry_after or 0) > PATIENCE_S:
                    raise
        raise fault

    def _once(
        self, method: str, path: str, query: Query, *, body: object, most: int | None
    ) -> tuple[int, Any]:
        writes = method != "GET"
        auth = HTTPBasicAuth(self._user.encode(), self._token().encode())
        try:
            with self._http.request(
                method, f"{self._base}/{path}", params=list(query), json=body, auth=auth,
                timeout=self._timeout, allow_redirects=False, stream=True,
            ) as answer:  # fmt: skip
                content = _content(answer, most)
        except requests.RequestException as error:
            _log.info("Arbor: %s", type(error).__name__)
            raise unreachable(error, writes=writes) from None
        if content is None:
            return 200, None
        return _judged(answer, content, path, writes=writes)


def _content(answer: requests.Response, most: int | None) -> bytes | None:
    """None where a good answer is longer than `most` bytes. Raises RequestException where it breaks off."""
    parts, held = [], 0
    for part in answer.iter_content(65536):
        parts.append(part)
        held += len(part)
        if most is not None and held > most and answer.ok:
            return None
    if held < int(answer.headers.get("Content-Length") or 0) and "Content-Encoding" not in answer.headers:
        raise requests.exceptions.ChunkedEncodingError("cut short")
    return b"".join(parts)


def _judged(answer: requests.Response, content: bytes, path: str, *, writes: bool) -> tuple[int, Any]:
    body, readable = _parsed(content)
    code = code_of(answer.status_code, body)
    if writes and isinstance(body, dict) and isinstance(body.get("results"), list):
        return code, body
    if code == NOT_FOUND and not writes:
        raise missing(body, path)
    fault = fault_of(code, body, answer.headers, writes=writes)
    if fault is not None:
        raise fault
    if not readable and content.lstrip()[:1] == b"<":
        raise ConfigError("Arbor answered with a web page where data was expected: look at base_url.")
    if not readable:
        raise broken_off(writes=writes)
    if body == []:
        return code, {}
    if not isinstance(body, dict):
        raise TryLaterError("Arbor answered with something that is no record; it is asked again later.")
    return code, body


def _parsed(content: bytes) -> tuple[object, bool]:
    try:
        return json.loads(content), True
    except (ValueError, RecursionError):
        return None, False
