"""RosarioSIS's REST_API plugin over HTTP: its token, its session cookie, its pages, and its faults sorted.

The token exchange lives five seconds, the session it opens much longer; a request that bears both an old
token and the cookie is refused, so the token is sent once and never with the cookie.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import requests

from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError, UnclearError
from rp_rosariosis.faults import fault_of, retry_after

SIZE = 1000
"""Rows a page: RosarioSIS cuts larger ones silently."""
TRIES = 3
COOKIE = "RosarioSIS_REST_API"

Row = Mapping[str, Any]
Filters = Sequence[tuple[str, str]]
_log = logging.getLogger(__name__)


class Rosario:
    """One installation. `token` is asked whenever a session must be opened, and never kept."""

    def __init__(self, base_url: str, token: Callable[[], str], timeout_s: float) -> None:
        self._base = f"{base_url}/plugins/REST_API"
        self._token = token
        self._timeout = (min(timeout_s, 10.0), timeout_s)
        self._http = requests.Session()

    def rows(self, table: str, columns: Sequence[str], key: str, filters: Filters = ()) -> Iterator[Row]:
        """Every row, by ranges of the unique column `key`: numbered pages lose rows and end at a hundred."""
        last: object = None
        while True:
            after = [] if last is None else [("filter", f"{key},gt,{last}")]
            found = self.page(table, columns, [key], [*filters, *after])
            yield from found
            if len(found) < SIZE:
                return
            last = found[-1][key]

    def page(self, table: str, columns: Sequence[str], order: Sequence[str], filters: Filters) -> list[Row]:
        """Up to `SIZE` rows in the order of `order`."""
        asked = [("include", ",".join(columns)), ("size", str(SIZE)), *(("order", one) for one in order)]
        answer = self._ask("GET", f"records/{table}", params=[*asked, *filters])
        records = answer.get("records") if isinstance(answer, dict) else None
        if not isinstance(records, list) or not all(isinstance(row, dict) for row in records):
            raise TryLaterError(f"RosarioSIS gave no list of {table}; it is asked again later.")
        return records

    def count(self, table: str, column: str, filters: Filters = ()) -> int:
        """How many rows there are; RosarioSIS leaves the figure out where it is none."""
        asked = [("include", column), ("page", "1,1"), ("order", column), *filters]
        answer = self._ask("GET", f"records/{table}", params=asked)
        results = answer.get("results", 0) if isinstance(answer, dict) else None
        if not isinstance(results, int):
            raise TryLaterError(f"RosarioSIS did not count its {table}; it is asked again later.")
        return results

    def one(self, table: str, key: str, columns: Sequence[str]) -> Row | None:
        """The row of that key; None where it is gone."""
        asked = [("include", ",".join(columns))]
        answer = self._ask("GET", f"records/{table}/{key}", params=asked, missing=None)
        return answer if isinstance(answer, dict) else None

    def put(self, table: str, key: str, values: Mapping[str, str]) -> int:
        """How many rows it changed: 0 where there is none, which is no error there."""
        answer = self._ask("PUT", f"records/{table}/{key}", body=values)
        return answer if isinstance(answer, int) else 0

    _NEVER = object()

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Filters = (),
        body: Mapping[str, str] | None = None,
        missing: object = _NEVER,
    ) -> object:
        """The parsed answer; `missing` where there is no such record. Only reads are repeated."""
        fault: RpConnectError | None = None
        for attempt in range(TRIES if method == "GET" else 1):
            if attempt:
                time.sleep(min(getattr(fault, "retry_after", None) or 0.5 * attempt, 3.0))
            try:
                answer = self._once(method, path, params, body)
            except TryLaterError as wait:
                fault = wait
                if (wait.retry_after or 0) > 3:
                    raise
                continue
            if answer.status_code == 404 and missing is not self._NEVER and _code(answer) == 1003:
                return missing
            return _parsed(answer, path, writes=method != "GET")
        raise fault or TryLaterError("RosarioSIS could not be asked.")

    def _once(
        self, method: str, path: str, params: Filters, body: Mapping[str, str] | None
    ) -> requests.Response:
        answer = self._send(method, path, params, body)
        if answer.status_code in (401, 403) and _code(answer) in (1011, 1012):
            self._http.cookies.clear()  # the session ended there: begin another
            answer = self._send(method, path, params, body)
        fault = fault_of(answer, writes=method != "GET")
        if fault is not None and not (answer.status_code == 404 and _code(answer) == 1003):
            raise fault
        return answer

    def _send(
        self, method: str, path: str, params: Filters, body: Mapping[str, str] | None
    ) -> requests.Response:
        headers = {} if COOKIE in self._http.cookies else {"X-Authorization": f"Bearer {self._sign_in()}"}
        try:
            return self._http.request(
                method, f"{self._base}/api.php/{path}", params=list(params), json=body, headers=headers,
                timeout=self._timeout, allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            raise _unreachable(error, writes=method != "GET") from None

    def _sign_in(self) -> str:
        """A token for one request. A wrong user token is answered with 200 and an error."""
        try:
            answer = self._http.post(
                f"{self._base}/auth.php", data={"usertoken": self._token()},
                timeout=self._timeout, allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            raise _unreachable(error, writes=False) from None
        fault = fault_of(answer, writes=False)
        if fault is not None:
            raise fault
        given = _parsed(answer, "auth.php", writes=False)
        token = given.get("access_token") if isinstance(given, dict) else None
        if not isinstance(token, str) or not token:
            raise AccessError(
                "RosarioSIS refused the user token: make a new one on the configuration page of its REST API "
                "plugin. Only one token works at a time."
            )
        return token


def _parsed(answer: requests.Response, path: str, *, writes: bool) -> object:
    try:
        parsed: object = answer.json()
        return parsed
    except ValueError:
        if answer.text.lstrip()[:1] == "<":
            raise ConfigError(
                "RosarioSIS answered with a web page where data was expected: look at base_url, and whether "
                "its REST API plugin is active."
            ) from None
        if writes:
            raise UnclearError("RosarioSIS broke off its answer to a write: it is looked at again.") from None
        what = path.partition("?")[0].split("/")[1:2] or [path]
        raise TryLaterError(
            f"RosarioSIS broke off its answer ({what[0]}); it is asked again later."
        ) from None


def _code(answer: requests.Response) -> int | None:
    try:
        body = answer.json()
    except ValueError:
        return None
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, int) else None


def _unreachable(error: requests.RequestException, *, writes: bool) -> RpConnectError:
    _log.info("RosarioSIS: %s", type(error).__name__)
    if isinstance(error, requests.exceptions.SSLError):
        return AccessError("The certificate of RosarioSIS could not be verified.")
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.InvalidURL):
        return TryLaterError("RosarioSIS did not answer; it is asked again later.")
    refused = isinstance(error, requests.exceptions.ConnectionError) and "refused" in str(error).lower()
    if writes and not refused:
        return UnclearError("RosarioSIS did not say whether it took what was written: it is looked at again.")
    return TryLaterError("RosarioSIS did not answer; it is asked again later.")


__all__ = ["SIZE", "Rosario", "Row", "retry_after"]
