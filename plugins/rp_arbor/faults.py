"""What an answer of Arbor that is not a good one means, by what happens next.

Arbor puts errors into the body, `{"response": {"code", "reason", "errors"}}`, sometimes under a good status.
Its messages may name people, so only the status is passed on, and the name of the exception.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError, UnclearError

LONGEST_S = 24 * 3600.0
NOT_FOUND = 404
_EXCEPTION = re.compile(r"[A-Za-z][A-Za-z0-9_\\]{2,80}")


class NothingThereError(ConfigError):
    """Arbor's own 404: for a list a wrong address, for a record a record that is gone."""


def code_of(status: int, body: object) -> int:
    """The body's own code where it has one: it is the truer of the two."""
    response = body.get("response") if isinstance(body, dict) else None
    code = response.get("code") if isinstance(response, dict) else None
    if isinstance(code, str) and code.isascii() and code.isdigit():
        code = int(code[:4])
    if isinstance(code, int) and not isinstance(code, bool) and code >= 100:
        return code
    errors = response.get("errors") if isinstance(response, dict) else None
    return 500 if errors and 200 <= status < 300 else status


def exception_of(body: object) -> str:
    """The short name of the exception that Arbor reports, in brackets; empty where there is none."""
    response = body.get("response") if isinstance(body, dict) else body
    errors = response.get("errors") if isinstance(response, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    name = first.get("exception") if isinstance(first, dict) else None
    if not isinstance(name, str) or not _EXCEPTION.fullmatch(name):
        return ""
    return f" ({name.rpartition(chr(92))[2]})"


def fault_of(code: int, body: object, headers: Mapping[str, str], *, writes: bool) -> RpConnectError | None:
    """None for a good answer. 404 is the caller's to judge."""
    why = exception_of(body)
    if 200 <= code < 300:
        return None
    if code in (401, 403):
        return AccessError(
            f"Arbor refused to answer (HTTP {code}{why}): look whether the application user and its token "
            "are still right, and whether the school has granted the application what it needs."
        )
    if code in (429, 503):
        return TryLaterError(f"Arbor asks for patience (HTTP {code}).", retry_after=retry_after(headers))
    if code >= 500 or code == 408:
        return _failed(code, why, writes=writes)
    if code == NOT_FOUND or 300 <= code < 400:
        return ConfigError(f"Arbor has nothing at that address (HTTP {code}): look at base_url.")
    return AccessError(
        f"Arbor did not take the request (HTTP {code}{why}): look at what the school has "
        "granted the application."
    )


def missing(body: object, path: str) -> RpConnectError:
    """What a 404 to a read means. Proxies and gateways say 404 too, and a suspension that has gone is
    cancelled: only Arbor's own code is believed."""
    entity, _, key = path.partition("/")
    if code_of(0, body) == NOT_FOUND:
        return NothingThereError(f"Arbor has no {entity} at base_url (HTTP 404).")
    if key:
        return TryLaterError(
            f"Something between here and Arbor answered for {entity} (HTTP 404, not in Arbor's own form); "
            "they are asked for again later. If that goes on, look at base_url."
        )
    return ConfigError(f"There is no {entity} of Arbor at base_url (HTTP 404): look at base_url.")


def _failed(code: int, why: str, *, writes: bool) -> RpConnectError:
    if writes:
        return UnclearError(f"Arbor failed (HTTP {code}{why}) during a write: it is looked at again.")
    return TryLaterError(f"Arbor failed (HTTP {code}{why}); it is asked again later.")


def broken_off(*, writes: bool) -> RpConnectError:
    if writes:
        return UnclearError("Arbor broke off its answer to a write: it is looked at again.")
    return TryLaterError("Arbor broke off its answer; it is asked again later.")


def unreachable(error: requests.RequestException, *, writes: bool) -> RpConnectError:
    if isinstance(error, requests.exceptions.SSLError):
        return AccessError("The certificate of Arbor could not be verified: look at base_url.")
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return TryLaterError("Arbor did not answer; it is asked again later.")
    refused = isinstance(error, requests.exceptions.ConnectionError) and "refused" in str(error).lower()
    if writes and not refused:
        return UnclearError("Arbor did not say whether it took what was written: it is looked at again.")
    return TryLaterError("Arbor did not answer; it is asked again later.")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from seconds or an HTTP date (RFC 9110 section 10.2.3); None where it was not said."""
    given = headers.get("Retry-After", "").strip()
    if given.isascii() and given.isdigit():
        return min(float(given[:9]), LONGEST_S)
    try:
        found = parsedate_to_datetime(given)
    except (TypeError, ValueError, IndexError):
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return min(max((aware - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_S)
