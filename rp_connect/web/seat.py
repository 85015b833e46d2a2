"""Whether a form comes from a page of ours: a cookie that other sites cannot send, and a token with it.

Both are made anew by every process. There is no signing in here: whoever sits at this computer may use the
pages, and all that is asked is that it was they, and not another site in their browser, who sent the form.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Protocol

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

OPEN_FOR = 12 * 60 * 60
"""For how many seconds a page can lie open before its forms are refused."""


class Forms(Protocol):
    """Whose forms an app takes."""

    def token(self, request: Request) -> str:
        """For the forms of the page that answers `request`."""
        ...

    def sent_by_us(self, request: Request, token: str) -> bool: ...
    def take(self, request: Request, response: Response) -> None:
        """Give the browser what goes with the token, where it does not have it."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Seat:
    """One for each process and port. Browsers share a cookie among the ports of a host, so it names the port.

    The cookie is the same for every visit to this process: a link from Planner arrives without a SameSite
    cookie, and a new one would then take the place of the one that pages lying open rely on.
    """

    port: int
    _cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    @property
    def cookie_name(self) -> str:
        return f"rp_connect_{self.port}"

    def token(self, request: Request) -> str:
        """A new token for a page's forms."""
        return str(self._signer().dumps(self._digest()))

    def sent_by_us(self, request: Request, token: str) -> bool:
        """Whether the request bears our cookie and a token of ours that goes with it and is not too old."""
        cookie = request.cookies.get(self.cookie_name, "")
        if not hmac.compare_digest(cookie.encode(), self._cookie.encode()):
            return False
        try:
            digest = self._signer().loads(token, max_age=OPEN_FOR)
        except BadSignature:
            return False
        return isinstance(digest, str) and hmac.compare_digest(digest, self._digest())

    def take(self, request: Request, response: Response) -> None:
        """Give the browser the cookie, where it does not have it."""
        if request.cookies.get(self.cookie_name) != self._cookie:
            response.set_cookie(self.cookie_name, self._cookie, httponly=True, samesite="strict", path="/")

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._secret, salt="rp-connect form")

    def _digest(self) -> str:
        return hashlib.sha256(self._cookie.encode()).hexdigest()
