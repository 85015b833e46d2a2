"""What an answer of Graph means: a good answer, or the error whose name says what happens next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rp_connect.errors import (
    AccessError,
    ConfigError,
    ConflictError,
    GoneError,
    RpConnectError,
    TryLaterError,
    UnclearError,
)
from rp_microsoft365.limits import limit_error
from rp_microsoft365.permissions import NotGrantedError
from rp_microsoft365.reply import CutError, MalformedError, NotSentError, Reply
from rp_microsoft365.request import Answer, Request, Service
from rp_microsoft365.retry_after import retry_after

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_TOKEN_CODES = {"InvalidAuthenticationToken", "CompactToken", "AuthenticationError", "TokenExpired"}
_THROTTLED = (429, 503, 509)
SOON_S = 5.0
_SAID: dict[int, tuple[type[RpConnectError], str]] = {
    409: (ConflictError, "somebody changed it meanwhile, or it is there already"),
    412: (ConflictError, "somebody changed it meanwhile"),
    423: (TryLaterError, "it is open and locked by somebody"),
    424: (TryLaterError, "what this waits for did not happen"),
}
_NAMES = {
    Service.CALENDAR: "the calendar",
    Service.ONLINE_MEETINGS: "the online room",
    Service.LISTS: "the list",
    Service.FILES: "the document library",
    Service.PLANNER: "Planner",
    Service.DIRECTORY: "the directory",
}


def judge(request: Request, reply: Reply) -> Answer | RpConnectError:
    """Only Graph's error code is ever repeated, never its message, which may quote contents."""
    if 200 <= reply.status < 300:
        return _good(request, reply)
    return _bad(request, reply.status, reply.headers, error_code(reply))


def broken(request: Request, fault: Exception) -> RpConnectError:
    """What is to be done where no answer came, or not a whole one."""
    what = _NAMES[request.service]
    if isinstance(fault, NotSentError):
        return TryLaterError(f"Microsoft 365 ({what}) cannot be reached: {fault}.")
    if isinstance(fault, CutError):
        return unclear(request, "the connection ended before the answer", fault.keeps_place_s or None)
    return unclear(request, "the answer could not be read; is a proxy in between?")


def unclear(request: Request, why: str, retry_after: float | None = None) -> RpConnectError:
    """A reading is asked again, after `retry_after` seconds where that is known."""
    what = _NAMES[request.service]
    if request.reads:
        words, cut = f"Microsoft 365 ({what}) gave no answer: {why}.", retry_after is not None
        return TryLaterError(words, retry_after=retry_after, under_way=cut)
    return UnclearError(f"Microsoft 365 ({what}): it is not known whether a change landed: {why}.")


def may_have_landed(fault: RpConnectError) -> bool:
    """Whether a write that ended so has to be looked for."""
    return isinstance(fault, UnclearError) or (isinstance(fault, TryLaterError) and fault.look_first)


def half_done(fault: RpConnectError, says: str) -> RpConnectError:
    """Of a write whose first part landed: it is looked for, and the rest is not sent before the time that was
    said."""
    words = f"{says}: {fault}"
    if isinstance(fault, TryLaterError):
        later = fault.retry_after
        return TryLaterError(words, retry_after=later, look_first=True, under_way=fault.under_way)
    return UnclearError(words)


def unconfirmed(fault: RpConnectError) -> RpConnectError:
    """Of a write to what was read a moment ago: where it is unknown all at once, the next look says whether
    it is gone, since copies agree within seconds."""
    return TryLaterError(str(fault), retry_after=SOON_S) if isinstance(fault, GoneError) else fault


def error_code(reply: Reply) -> str:
    """Graph's own word for what went wrong; empty where there is none that looks like one."""
    try:
        body = reply.json()
    except MalformedError:
        return ""
    error = body.get("error") if isinstance(body, Mapping) else None
    code = error.get("code") if isinstance(error, Mapping) else None
    return as_code(code)


def as_code(word: object) -> str:
    """Empty where it does not look like a code of Graph's: then it may be a sentence that quotes contents."""
    return word if isinstance(word, str) and _CODE.fullmatch(word) else ""


def _good(request: Request, reply: Reply) -> Answer | RpConnectError:
    try:
        body = reply.json()
    except MalformedError as fault:
        return broken(request, fault)
    if body is None and not (request.creates or request.reads):
        return Answer(reply.status, reply.headers)
    if body is None and reply.status in (202, 204) and not request.reads:
        return Answer(reply.status, reply.headers)
    if not isinstance(body, dict):
        return broken(request, MalformedError())
    return Answer(reply.status, reply.headers, body)


def _bad(request: Request, status: int, headers: Mapping[str, str], code: str) -> RpConnectError:
    what, says = _NAMES[request.service], f"{status} {code}".strip()
    if status in (401, 403):
        return _refused(request, status, code)
    if status in (404, 410):
        return _missing(request, says)
    if status in _THROTTLED:
        return _throttled(request, status, headers)
    if status in _SAID:
        error, words = _SAID[status]
        return error(f"Microsoft 365 ({what}): {words} ({says}).")
    if status == 408 or (status >= 500 and status not in (501, 505, 507)):
        return unclear(request, f"it answered {says}")
    if 300 <= status < 400:
        return RpConnectError(f"Microsoft 365 ({what}) sent us elsewhere ({says}); is a proxy in between?")
    return RpConnectError(f"Microsoft 365 ({what}) does not take this request ({says}). Please report this.")


def _refused(request: Request, status: int, code: str) -> RpConnectError:
    if status == 403 and (full := limit_error(code)) is not None:
        return full
    what, says = _NAMES[request.service], f"{status} {code}".strip()
    if status == 401 and code in _TOKEN_CODES | {""}:
        return AccessError(
            f"Microsoft 365 does not accept our sign-in ({says}): a token that was handed in has run out, or"
            " cloud in [school.microsoft365] is not your tenant’s."
        )
    return NotGrantedError(f"Microsoft 365 refused {what} ({says})", request.permission)


def _missing(request: Request, says: str) -> RpConnectError:
    """Where a new thing should go is a matter of settings; a thing that is gone is not."""
    what = _NAMES[request.service]
    if request.creates:
        return ConfigError(
            f"Microsoft 365 ({what}): the place where this should go is not there ({says}). Check group,"
            " plan, site, list and organizer in [school.microsoft365], and run “rp-connect setup"
            " microsoft365”."
        )
    return GoneError(f"Microsoft 365 ({what}): it is no longer there ({says}).")


def _throttled(request: Request, status: int, headers: Mapping[str, str]) -> RpConnectError:
    """A 503 that does not say when is no throttle but a fault on the way: what lies behind it may have been
    done, which matters to what would be made twice, or would be met as somebody else's change."""
    wait = retry_after(headers, datetime.now(UTC))
    in_doubt = status == 503 and wait is None and (request.creates or request.conditional)
    what = _NAMES[request.service]
    words = f"Microsoft 365 ({what}) asks us to wait ({status})."
    return TryLaterError(words, retry_after=wait, look_first=in_doubt)


def is_throttled(status: object) -> bool:
    return status in _THROTTLED


def is_stale_sign_in(reply: Reply) -> bool:
    """The token itself was not accepted, so that the next one should be a new one; where a permission is
    missing, a new one would be no better."""
    return reply.status == 401 and error_code(reply) in _TOKEN_CODES | {""}


def body_of(reply: Reply) -> dict[str, Any]:
    """The parsed body; raises MalformedError where it is not a JSON object."""
    body = reply.json()
    if not isinstance(body, dict):
        raise MalformedError
    return body
