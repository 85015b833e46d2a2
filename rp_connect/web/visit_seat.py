"""The cookies of those who are signed in, and the token of their forms.

The cookie is 256 random bits, kept in the browser and, as a digest, in the store. The token of a form follows
from the cookie, so every instance knows it and no key of ours has to be kept or changed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from rp_connect.ports.sign_in import Attempt

# Browsers take a cookie of this prefix only from this very host, over https, for all of its paths.
COOKIE = "__Host-rp_connect"
ATTEMPT = "__Host-rp_connect_attempt"
ATTEMPT_SECONDS = 10 * 60
LONGEST_BACK = 1000
"""A browser drops a cookie of more than 4 KiB, and with it the attempt."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


class VisitSeat:
    """`seat.Forms`, for those who are signed in."""

    def token(self, request: Request) -> str:
        return derived(cookie_of(request), "form")

    def sent_by_us(self, request: Request, token: str) -> bool:
        cookie = cookie_of(request)
        return bool(cookie) and hmac.compare_digest(derived(cookie, "form").encode(), token.encode())

    def take(self, request: Request, response: Response) -> None:
        """Only signing in gives a cookie."""


def cookie_of(request: Request) -> str:
    """The cookie of a visit; empty for anything that cannot be one."""
    held = request.cookies.get(COOKIE, "")
    return held if _SECRET.fullmatch(held) else ""


def give_cookie(response: Response) -> str:
    """A new one for each visit, so that nobody can plant one beforehand. Answers its value."""
    made = secrets.token_urlsafe(32)
    response.set_cookie(COOKIE, made, httponly=True, secure=True, samesite="lax", path="/")
    return made


def take_cookie(response: Response, name: str = COOKIE) -> None:
    response.delete_cookie(name, httponly=True, secure=True, samesite="lax", path="/")


def begin_attempt(response: Response, back: str) -> Attempt:
    """Gives the browser the secret from which the three of the attempt follow, and where to go afterwards."""
    made = secrets.token_urlsafe(32)
    response.set_cookie(
        ATTEMPT,
        f"{made}.{_packed(back)}",
        max_age=ATTEMPT_SECONDS,
        httponly=True,
        secure=True,
        samesite="lax",
        path="/",
    )
    return _attempt(made)


def attempt_of(request: Request) -> tuple[Attempt, str] | None:
    """The attempt that this browser began, and where it wants to go; None where it began none."""
    secret, _, back = request.cookies.get(ATTEMPT, "").partition(".")
    return (_attempt(secret), _unpacked(back)) if _SECRET.fullmatch(secret) else None


def derived(secret: str, purpose: str) -> str:
    """256 bits that follow from `secret` and do not give it away (HMAC-SHA-256, base64url)."""
    made = hmac.digest(secret.encode(), f"rp-connect {purpose}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _packed(back: str) -> str:
    """In letters that nothing on the way encodes: the Functions host percent-encodes whatever else it finds
    in a cookie, a percent sign too."""
    kept = back if len(back) <= LONGEST_BACK else "/"
    return base64.urlsafe_b64encode(kept.encode()).rstrip(b"=").decode()


def _unpacked(packed: str) -> str:
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        return "/"


def _attempt(secret: str) -> Attempt:
    return Attempt(*(derived(secret, purpose) for purpose in ("state", "nonce", "verifier")))
