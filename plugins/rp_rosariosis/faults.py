"""What an answer of RosarioSIS that is not a good one means, by what happens next."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError, UnclearError

LONGEST_S = 24 * 3600.0
SIGN_IN_REFUSED = (
    "RosarioSIS refused the user token: look whether its REST API plugin is active, and whether the token "
    "was saved on the configuration page of that plugin, by somebody who still has access and is staff of "
    "the school year that config.inc.php names as DefaultSyear. Only one token works at a time."
)
_NOT_LET_IN = {
    1011: "RosarioSIS did not see who asks (HTTP 401): does something on the way, such as a proxy, "
    "take the header X-Authorization off?",
    1012: "RosarioSIS refused the token that it had just given (HTTP 403): look whether its "
    "config.inc.php defines ROSARIO_REST_API_SECRET.",
}
"""What its own numbers say of a token that was asked for a moment ago."""


def fault_of(answer: requests.Response, *, writes: bool) -> RpConnectError | None:
    """None for a good answer. Messages name the status, never what the answer said."""
    status = answer.status_code
    if 200 <= status < 300:
        return _carried(answer, writes=writes)
    if status in (401, 403):
        return AccessError(
            _NOT_LET_IN.get(code_of(answer) or 0)
            or f"RosarioSIS refused to answer (HTTP {status}): look whether the user token is still the one "
            "of its REST API plugin, and whether that plugin is active."
        )
    if status == 429 or status == 503:
        return TryLaterError(
            f"RosarioSIS asks for patience (HTTP {status}).", retry_after=retry_after(answer)
        )
    if status >= 500:
        return _failed(f"failed (HTTP {status})", writes=writes)
    if 300 <= status < 400 or status == 404:
        return ConfigError(
            f"RosarioSIS has nothing at that address (HTTP {status}): look at base_url, and whether its "
            "REST API plugin is active."
        )
    return AccessError(f"RosarioSIS did not take the request (HTTP {status}).")


def parsed(answer: requests.Response, *, writes: bool) -> object:
    """What an answer holds; it is never looked at beyond that in a message."""
    try:
        found: object = body_of(answer)
    except (ValueError, RecursionError):
        if answer.content.lstrip()[:1] == b"<":
            raise ConfigError(
                "RosarioSIS answered with a web page where data was expected: look at base_url, and whether "
                "its REST API plugin is active."
            ) from None
        raise _failed("broke off its answer", writes=writes) from None
    return found


def body_of(answer: requests.Response) -> Any:  # noqa: ANN401 - JSON
    """JSON is UTF-8 (RFC 8259): in any other encoding names would only be guessed at. Raises ValueError or
    RecursionError."""
    return json.loads(answer.content)


def is_signed_out(answer: requests.Response) -> bool:
    """Whether it asks for another token."""
    return answer.status_code in (401, 403) and code_of(answer) in _NOT_LET_IN


def code_of(answer: requests.Response) -> int | None:
    """RosarioSIS's own number of what went wrong."""
    try:
        body = body_of(answer)
    except (ValueError, RecursionError):
        return None
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, int) else None


def unreachable(error: requests.RequestException, *, writes: bool) -> RpConnectError:
    """No answer at all. A write may have arrived all the same, unless no connection was ever made."""
    if isinstance(error, requests.exceptions.SSLError):
        return AccessError("The certificate of RosarioSIS could not be verified.")
    never = isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.InvalidURL)
    refused = isinstance(error, requests.exceptions.ConnectionError) and "refused" in str(error).lower()
    return _failed("did not answer", writes=writes and not never and not refused)


def retry_after(answer: requests.Response) -> float | None:
    """Seconds, from seconds or an HTTP date (RFC 9110 section 10.2.3); None where it was not said."""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said), LONGEST_S)
    try:
        moment = parsedate_to_datetime(said)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return min(max((aware - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_S)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def _failed(what: str, *, writes: bool) -> RpConnectError:
    if writes:
        return UnclearError(f"RosarioSIS {what} when it was written to: it is looked at again.")
    return TryLaterError(f"RosarioSIS {what}; it is asked again later.")


def _carried(answer: requests.Response, *, writes: bool) -> RpConnectError | None:
    """A good status with an error in it."""
    try:
        body = body_of(answer)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or "records" in body or "access_token" in body:
        return None
    if isinstance(body.get("error"), str):
        return AccessError(SIGN_IN_REFUSED)
    if isinstance(body.get("code"), int) and isinstance(body.get("message"), str):
        return _failed(f"answered with its error {body['code']}", writes=writes)
    return None
