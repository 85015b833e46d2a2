"""Wonde over HTTP: its token, its envelope, its pages, and at most a few polite repetitions of a reading.

The token goes to the host and port of `base_url` and nowhere else: no redirect is followed, and the next page
of a list only where it lies on the same host and port.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError, UnclearError
from rp_wonde.envelope import envelope_of, next_of, rows_of
from rp_wonde.faults import NotGrantedError, fault_of, http_date, unreachable
from rp_wonde.settings import WondeSettings

PATIENCE_S, LONGEST_PAUSE_S = 10.0, 4.0
MOST_BEHIND = timedelta(days=1)
"""A clock that is further behind than that is not believed."""

Row = Mapping[str, Any]
Params = Mapping[str, str]
_log = logging.getLogger(__name__)


class Document(NamedTuple):
    """One answer: its envelope, and the bytes that it came in."""

    envelope: Row
    content: bytes


class _Token(AuthBase):
    """Reads the token when it is first needed, and again after a refusal: it may have been renewed."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        self._held: str | None = None

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._held is None:
            token = self._read().strip()
            if not token.isascii() or not token.isprintable() or " " in token or not token:
                raise ConfigError("The token of [school.wonde] is empty or holds signs that no token has.")
            self._held = token
        request.headers["Authorization"] = f"Bearer {self._held}"
        return request

    def forget(self) -> None:
        self._held = None


class Wonde:
    """One school. `token` is asked when it is needed."""

    def __init__(self, own: WondeSettings, token: Callable[[], str]) -> None:
        self._root = f"{own.base_url}/v1.0"
        self.school_path = f"schools/{own.school_id}"
        self._paging = {
            "per_page": str(own.per_page),
            **({"cursor": "true"} if own.paging == "cursor" else {}),
        }
        self._tries = own.retries + 1
        self._timeout = (min(own.timeout_s, 10.0), own.timeout_s)
        self._token = _Token(token)
        self._behind = timedelta(0)
        self._http = requests.Session()
        self._http.auth = self._token
        self._http.headers["Accept"] = "application/json"

    def now(self) -> datetime:
        """The earlier of our clock and Wonde's, as its last answer told it: no record falls between them."""
        return datetime.now(UTC) - self._behind

    def one(self, path: str, *, of_school: bool = True) -> Row | None:
        """The object at `path`; None where there is none, or it came without its contents: that is no proof
        that it is `gone`. Raises NotGrantedError where it is refused."""
        try:
            return self._object(path, of_school=of_school)
        except NotGrantedError as refused:
            if refused.missing:
                return None
            raise

    def gone(self, path: str) -> bool:
        """Whether Wonde itself says that nothing is at `path`. Raises TryLaterError where it says neither
        that nor what is there, NotGrantedError where it is refused."""
        try:
            found = self._object(path)
        except NotGrantedError as refused:
            if refused.missing:
                return True
            raise
        if found is None:
            raise TryLaterError(f"Wonde answered without contents ({path}); it is asked again later.")
        return False

    def rows(self, path: str, params: Params | None = None) -> Iterator[object]:
        for document in self.documents(path, params):
            yield from rows_of(document.envelope, path)

    def documents(self, path: str, params: Params | None = None) -> Iterator[Document]:
        """Page after page, by following what Wonde calls the next one. No pagination object: that is all.

        Raises NotGrantedError where the list is refused or not there, TryLaterError where it breaks off.
        """
        url, asked = self._at(path), {**self._paging, **(params or {})}
        seen = {url}
        while True:
            try:
                answer = self._read(url, asked, path)
            except NotGrantedError as refused:
                if len(seen) == 1:
                    raise
                raise AccessError(str(refused)) from None  # half a list was given: that is no “not granted”
            envelope = envelope_of(answer.content, path)
            following = next_of(envelope, path)
            yield Document(envelope, answer.content)
            if following is None:
                return
            url, asked = self._on_our_host(following), {}
            if url in seen:
                raise TryLaterError(f"Wonde's pages of {path} go in circles; they are asked again later.")
            seen.add(url)

    def post(self, path: str, body: Row) -> Row:
        """The answer's envelope. Sent once: whether it landed must be looked at before it is sent again."""
        try:
            answer = self._http.post(self._at(path), json=body, timeout=self._timeout, allow_redirects=False)
        except requests.RequestException as error:
            _log.info("Wonde: %s", type(error).__name__)
            raise unreachable(error, writes=True) from None
        self._raise(answer, path, writes=True)
        try:
            return envelope_of(answer.content, path)
        except (TryLaterError, ConfigError):
            raise UnclearError("Wonde broke off its answer to a write: it is looked at again.") from None

    def _object(self, path: str, *, of_school: bool = True) -> Row | None:
        """None where it has no contents."""
        answer = self._read(self._at(path, of_school=of_school), {}, path)
        data = envelope_of(answer.content, path).get("data")
        return data if isinstance(data, dict) and data else None

    def _at(self, path: str, *, of_school: bool = True) -> str:
        within = f"{self.school_path}/{path}".rstrip("/") if of_school else path
        return f"{self._root}/{within}"

    def _on_our_host(self, url: str) -> str:
        """The same place at our own scheme, host and port. Raises ConfigError for any other host or port."""
        try:
            parts, ours = urlsplit(url), urlsplit(self._root)
            other = (parts.hostname or ours.hostname, parts.port or ours.port) != (ours.hostname, ours.port)
        except ValueError:
            raise TryLaterError(
                "Wonde names a next page that is no address; it is asked again later."
            ) from None
        if other or not parts.path.startswith("/v1.0/"):
            raise ConfigError(
                "Wonde's next page lies on another host than base_url, so it is not followed: look at the "
                "school's region."
            )
        return f"{ours.scheme}://{ours.netloc}{parts.path}?{parts.query}"

    def _read(self, url: str, params: Params, path: str) -> requests.Response:
        """Repeated within ten seconds while that may help."""
        give_up = time.monotonic() + PATIENCE_S
        for attempt in range(1, self._tries + 1):
            try:
                answer = self._get(url, params)
                self._raise(answer, path, writes=False)
                return answer
            except TryLaterError as fault:
                pause = float(attempt) / 2 if fault.retry_after is None else fault.retry_after
                late = time.monotonic() + pause > give_up
                if attempt == self._tries or pause > LONGEST_PAUSE_S or late:
                    raise
            time.sleep(pause)
        raise AssertionError("the last attempt answers or raises")

    def _get(self, url: str, params: Params) -> requests.Response:
        try:
            answer = self._http.get(url, params=params, timeout=self._timeout, allow_redirects=False)
        except (requests.RequestException, UnicodeError) as error:
            _log.info("Wonde: %s", type(error).__name__)
            raise unreachable(error, writes=False) from None
        told = http_date(answer.headers.get("Date", ""))
        if told is not None:
            self._behind = min(max(datetime.now(UTC) - told, timedelta(0)), MOST_BEHIND)
        return answer

    def _raise(self, answer: requests.Response, path: str, *, writes: bool) -> None:
        fault: RpConnectError | None = fault_of(answer, path, writes=writes)
        if fault is None:
            return
        if answer.status_code == 401:
            self._token.forget()
        raise fault
