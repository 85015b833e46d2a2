"""What an answer of RosarioSIS that is not a good one means, by what happens next."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError, UnclearError

LONGEST_S = 24 * 3600.0


def fault_of(answer: requests.Response, *, writes: bool) -> RpConnectError | None:
    """None for a good answer. Messages name the status, never what the answer said."""
    status = answer.status_code
    if 200 <= status < 300:
        return _carried(answer)
    if status in (401, 403):
        return AccessError(
            f"RosarioSIS refused to answer (HTTP {status}): look whether the user token is still the one of "
            "its REST API plugin, and whether that plugin is active."
        )
    if status == 429 or status == 503:
        return TryLaterError(
            f"RosarioSIS asks for patience (HTTP {status}).", retry_after=retry_after(answer)
        )
    if status >= 500:
        if writes:
            return UnclearError(
                f"RosarioSIS failed (HTTP {status}) while it was written to: it is looked at again."
            )
        return TryLaterError(f"RosarioSIS failed (HTTP {status}); it is asked again later.")
    if 300 <= status < 400 or status == 404:
        return ConfigError(
            f"RosarioSIS has nothing at that address (HTTP {status}): look at base_url, and whether its "
            "REST API plugin is active."
        )
    return AccessError(f"RosarioSIS did not take the request (HTTP {status}).")


def _carried(answer: requests.Response) -> RpConnectError | None:
    """A good status with an error in it."""
    try:
        body = answer.json()
    except ValueError:
        return None
    if not isinstance(body, dict) or "records" in body or "access_token" in body:
        return None
    if isinstance(body.get("error"), str):
        return AccessError(
            "RosarioSIS refused the user token: make a new one on the configuration page of its REST API "
            "plugin. Only one token works at a time."
        )
    if isinstance(body.get("code"), int) and isinstance(body.get("message"), str):
        return TryLaterError(f"RosarioSIS answered with its error {body['code']}; it is asked again later.")
    return None


def retry_after(answer: requests.Response) -> float | None:
    """Seconds, from seconds or an HTTP date (RFC 9110 section 10.2.3); None where it was not said."""
    given = answer.headers.get("Retry-After", "").strip()
    if given.isdigit():
        return min(float(given), LONGEST_S)
    try:
        moment = parsedate_to_datetime(given)
    except (TypeError, ValueError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((aware - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_S)
