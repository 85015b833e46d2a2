"""RosarioSIS's REST_API plugin over HTTP: its token, its session cookie and its lists.

The token exchange lives five seconds, the session it opens much longer; a request that bears both an old
token and the cookie is refused, so the token is sent once and never with the cookie.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from rp_connect.errors import AccessError, RpConnectError, TryLaterError, UnclearError
from rp_rosariosis.faults import SIGN_IN_REFUSED, code_of, fault_of, is_signed_out, parsed, unreachable
from rp_rosariosis.values import Row, given

SIZE = 1000
"""Rows that are asked for at once; RosarioSIS cuts a list that is longer than its own limit silently."""
LONGEST_PAUSE_S = 3.0
COOKIE = "RosarioSIS_REST_API"
NO_RECORD = 1003

Filters = Sequence[tuple[str, str]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """The first rows of a list, and of how many."""

    rows: list[Row]
    total: int

    @property
    def whole(self) -> bool:
        return len(self.rows) >= self.total

    def once(self, key: Sequence[str]) -> Part:
        """Each row once: one that came twice would be counted for another that is still to come.

        Raises TryLaterError for a row without its key.
        """
        rows = {tuple(given(row, column) for column in key): row for row in self.rows}
        return Part(list(rows.values()), self.total)


class Rosario:
    """One installation. `token` is asked whenever a session must be opened, and never kept; `tries` is how
    often a read is sent before somebody is told, and `pause` waits so many seconds between two of them."""

    def __init__(
        self,
        base_url: str,
        token: Callable[[], str],
        timeout_s: float,
        tries: int = 3,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base = f"{base_url}/plugins/REST_API"
        self._token = token
        self._timeout = (min(timeout_s, 10.0), timeout_s)
        self._tries = tries
        self._pause = pause
        self._http = requests.Session()
        self._let_in = False

    def rows(self, table: str, columns: Sequence[str], key: str, filters: Filters = ()) -> Iterator[Row]:
        """Every row, as `pages` gives them."""
        for found in self.pages(table, columns, key, filters):
            yield from found

    def pages(
        self, table: str, columns: Sequence[str], key: str, filters: Filters = ()
    ) -> Iterator[list[Row]]:
        """Every row, by ranges of the unique column `key`, which each of them bears: numbered pages lose
        rows where others are deleted meanwhile, and end at a hundred."""
        last = ""
        while True:
            after = [("filter", f"{key},gt,{last}")] if last else []
            found = self.part(table, columns, [key], [*filters, *after]).once((key,))
            keys = [given(row, key) for row in found.rows]
            if keys:
                yield found.rows
            if found.whole:
                return
            if not keys or _place(keys[-1]) <= _place(last):
                raise TryLaterError(f"RosarioSIS did not go on with its {table}; it is asked again later.")
            last = keys[-1]

    def part(
        self,
        table: str,
        columns: Sequence[str],
        order: Sequence[str],
        filters: Filters = (),
        size: int = SIZE,
    ) -> Part:
        """Up to `size` rows in the order of `order`. The total is left out by RosarioSIS where it is none."""
        asked = [("include", ",".join(columns)), ("page", f"1,{size}"), *(("order", one) for one in order)]
        answer = self._ask("GET", f"records/{table}", params=[*asked, *filters])
        records = answer.get("records") if isinstance(answer, dict) else None
        total = answer.get("results", 0) if isinstance(answer, dict) else None
        good = isinstance(records, list) and all(isinstance(row, dict) for row in records)
        if not good or records is None or type(total) is not int or (records and total < 1):
            raise TryLaterError(f"RosarioSIS gave no list of its {table}; it is asked again later.")
        return Part(records, total)

    def count(self, table: str, column: str, filters: Filters = ()) -> int:
        return self.part(table, [column], [column], filters, size=1).total

    def one(self, table: str, key: str, columns: Sequence[str]) -> Row | None:
        """The row of that id; None only where RosarioSIS says that there is none."""
        asked = [("include", ",".join(columns))]
        answer = self._ask("GET", f"records/{table}/{key}", params=asked)
        if answer is None:
            return None
        if not isinstance(answer, dict) or str(answer.get("id")) != key:
            raise TryLaterError(f"RosarioSIS gave another answer than a row of {table}; it is asked again.")
        return answer

    def put(self, table: str, key: str, values: Mapping[str, str]) -> int:
        """How many rows it changed: 0 where there is none, which is no error there."""
        answer = self._ask("PUT", f"records/{table}/{key}", body=values)
        if answer is None:
            return 0
        if type(answer) is not int:
            raise UnclearError("RosarioSIS did not say what it wrote: it is looked at again.")
        return answer

    def _ask(
        self, method: str, path: str, *, params: Filters = (), body: Mapping[str, str] | None = None
    ) -> object:
        """The parsed answer; None where there is no such record. Only reads are repeated, and soon."""
        writes = method != "GET"
        fault = TryLaterError("RosarioSIS could not be asked.")
        for attempt in range(1 if writes else self._tries):
            if attempt:
                self._pause(fault.retry_after or 0.3 * attempt)
            try:
                answer = self._once(method, path, params, body)
                return None if answer is None else parsed(answer, writes=writes)
            except TryLaterError as wait:
                fault = wait
                if (wait.retry_after or 0) > LONGEST_PAUSE_S:
                    break
        raise fault

    def _once(
        self, method: str, path: str, params: Filters, body: Mapping[str, str] | None
    ) -> requests.Response | None:
        answer = self._send(method, path, params, body)
        if is_signed_out(answer):  # the session ended there: begin another
            self._http.cookies.clear()
            answer = self._send(method, path, params, body)
        if answer.status_code == 404 and code_of(answer) == NO_RECORD:
            return None
        _raise(fault_of(answer, writes=method != "GET"))
        return answer

    def _send(
        self, method: str, path: str, params: Filters, body: Mapping[str, str] | None
    ) -> requests.Response:
        """Signing in brings a cookie of that name too, which is good for nothing until api.php let it in."""
        known = self._let_in and COOKIE in self._http.cookies
        headers = {} if known else {"X-Authorization": f"Bearer {self._sign_in()}"}
        try:
            answer = self._http.request(
                method, f"{self._base}/api.php/{path}", params=list(params), json=body, headers=headers,
                timeout=self._timeout, allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            _log.info("RosarioSIS: %s", type(error).__name__)
            raise unreachable(error, writes=method != "GET") from None
        self._let_in = 200 <= answer.status_code < 300 or (known and not is_signed_out(answer))
        return answer

    def _sign_in(self) -> str:
        """A token for one request. A wrong user token is answered with 200 and an error."""
        try:
            answer = self._http.post(
                f"{self._base}/auth.php", data={"usertoken": self._token()},
                timeout=self._timeout, allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            _log.info("RosarioSIS: %s", type(error).__name__)
            raise unreachable(error, writes=False) from None
        _raise(fault_of(answer, writes=False))
        found = parsed(answer, writes=False)
        token: Any = found.get("access_token") if isinstance(found, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise AccessError(SIGN_IN_REFUSED)
        return token


def _raise(fault: RpConnectError | None) -> None:
    if fault is not None:
        raise fault


def _place(key: str) -> tuple[int, str]:
    """Numbers in their order, and days in theirs."""
    return len(key), key
