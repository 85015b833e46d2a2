"""What an answer of Wonde that is not a good one means, by what happens next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError, UnclearError

LONGEST_S = 24 * 3600.0
_FIELD = re.compile(r"[a-z][a-z0-9_.]{0,60}")


class NotGrantedError(AccessError):
    """Wonde does not give this school's `what` to us: that is never the same as there being none.

    `missing` where Wonde itself says that there is nothing at that address: for a single object, that it is
    gone.
    """

    def __init__(self, what: str, *, missing: bool = False) -> None:
        super().__init__(
            f"Wonde does not give us {what} of this school: somebody must grant it in the school's "
            "Wonde account."
        )
        self.what = what
        self.missing = missing


def fault_of(answer: requests.Response, what: str, *, writes: bool) -> RpConnectError | None:
    """None for a good answer. Messages name the status and `what`, never what the answer said."""
    status = answer.status_code
    if 200 <= status < 300:
        return None
    if status == 401:
        return AccessError(
            "Wonde refused the token (HTTP 401): look whether it is still valid, and whether this school "
            "still gives access to the application that it belongs to."
        )
    if status in (403, 404):
        return _not_given(answer, what, writes=writes)
    if status in (429, 503):
        return TryLaterError(f"Wonde asks for patience (HTTP {status}).", retry_after=retry_after(answer))
    if status >= 500:
        if writes:
            return UnclearError(
                f"Wonde failed (HTTP {status}) while it was written to: it is looked at again."
            )
        return TryLaterError(f"Wonde failed (HTTP {status}); it is asked again later.")
    if 300 <= status < 400:
        return ConfigError(
            f"Wonde sends us elsewhere (HTTP {status}): look at base_url; nothing is followed."
        )
    return ConfigError(f"Wonde did not take what was asked of {what} (HTTP {status}){_named(answer)}.")


def _wondes_own(answer: requests.Response) -> bool:
    """Wonde says in JSON that there is nothing; a gateway, or another server, in a page of its own."""
    try:
        return isinstance(answer.json(), dict)
    except (ValueError, RecursionError):
        return False


def _not_given(answer: requests.Response, what: str, *, writes: bool) -> RpConnectError:
    if answer.status_code == 403 or _wondes_own(answer):
        return NotGrantedError(what, missing=answer.status_code == 404)
    if writes:
        return UnclearError("What was written did not find Wonde (HTTP 404): it is looked at again.")
    return TryLaterError(
        "Something other than Wonde answered that there is nothing (HTTP 404): look at base_url, and at "
        "whatever stands between this machine and Wonde; it is asked again later."
    )


def _named(answer: requests.Response) -> str:
    """The names of the fields that a validation error (422) complains of; what it says may quote anything."""
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        return ""
    errors = body.get("errors", body.get("error")) if isinstance(body, Mapping) else None
    names = [str(name) for name in errors] if isinstance(errors, Mapping) else []
    fields = sorted(name for name in names if _FIELD.fullmatch(name))
    return f"; it complains of {', '.join(fields[:8])}" if fields else ""


def retry_after(answer: requests.Response) -> float | None:
    """Seconds, from seconds or an HTTP date (RFC 9110 section 10.2.3); None where it was not said."""
    given = answer.headers.get("Retry-After", "").strip()
    if given.isascii() and given.isdigit():
        return min(float(given[:12]), LONGEST_S)
    moment = http_date(given)
    if moment is None:
        return None
    return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_S)


def http_date(given: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(given)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def unreachable(error: Exception, *, writes: bool) -> RpConnectError:
    if isinstance(error, requests.exceptions.SSLError):
        return AccessError("The certificate of Wonde could not be verified.")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return ConfigError("Wonde cannot be asked: look at base_url and token.")
    never_sent = isinstance(error, requests.exceptions.ConnectTimeout) or "refused" in str(error).lower()
    if writes and not never_sent:
        return UnclearError("Wonde did not say whether it took what was written: it is looked at again.")
    return TryLaterError("Wonde did not answer; it is asked again later.")
