"""The identity token: whether it is the provider's word, for us, for this attempt, now; and whom it names."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any, TypeGuard

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from rp_openid.provider import Provider
from rp_openid.refusals import RefusedError
from rp_openid.settings import OpenIdSettings

NO_ADDRESS = (
    "Your account is known, but its e-mail address is not confirmed there, so it cannot be used here. Please "
    "ask whoever looks after your school's accounts."
)
LONGEST = 16 * 1024
OLDEST_S = 10 * 60
"""A token is made for the sign-in at hand; an older one comes from another."""
# A token may hold anything at all: whatever the library trips over is no identity.
STUMBLES = (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def checked_claims(
    token: object, settings: OpenIdSettings, provider: Provider, nonce: str, now: float | None = None
) -> Mapping[str, Any]:
    """Raises RefusedError for a token that is not what it must be (OpenID Connect Core 1.0, 3.1.3.7)."""
    if not isinstance(token, str) or not token.isascii() or not 0 < len(token) <= LONGEST:
        raise RefusedError("identity token: none, or none that could be one")
    try:
        claims = _signed(token, settings, provider)
        _check(claims, settings, nonce, time.time() if now is None else now)
    except STUMBLES as wrong:
        raise RefusedError(f"identity token: {type(wrong).__name__}") from None
    return claims


def address_of(claims: Mapping[str, Any], settings: OpenIdSettings) -> str:
    """The address in the claim that the settings name, if the provider vouches for it.

    “email” needs `email_verified`, or Entra's `xms_edov` (the owner of the domain was verified), since in
    Entra an administrator of any tenant may write any address there.
    """
    found = claims.get(settings.claim)
    vouched = settings.claim != "email" or claims.get("email_verified") is True or _domain_verified(claims)
    if not vouched or not isinstance(found, str) or not _ADDRESS.fullmatch(found) or not found.isprintable():
        raise RefusedError("identity token: no address that counts", NO_ADDRESS)
    return found


def _domain_verified(claims: Mapping[str, Any]) -> bool:
    """Entra writes it as a number, a text or a truth, by the age of the application."""
    return str(claims.get("xms_edov")).lower() in ("1", "true")


def _signed(token: str, settings: OpenIdSettings, provider: Provider) -> dict[str, Any]:
    header = jws.extract_compact(token.encode()).headers()
    key_id = header.get("kid")
    if header.get("alg") not in settings.algorithms or not isinstance(key_id, str):
        raise RefusedError("identity token: another algorithm, or no key named")
    keys = provider.keys(key_id)
    named = KeySet([key for key in keys.keys if key.kid == key_id])
    if not named.keys:
        raise RefusedError("identity token: a key that the provider does not publish")
    registry = jws.JWSRegistry(algorithms=list(settings.algorithms), strict_check_header=False)
    return dict(jwt.decode(token, key=named, registry=registry).claims)


def _check(claims: dict[str, Any], settings: OpenIdSettings, nonce: str, now: float) -> None:
    """Issuer, audience, nonce, tenant and times. What authlib's claims let pass is checked after them."""
    options = {
        "iss": {"essential": True, "value": settings.issued_by},
        "aud": {"essential": True, "value": settings.client_id},
    }
    known = CodeIDToken(claims, {}, options, {"nonce": nonce, "client_id": settings.client_id})
    known.validate(now=int(now), leeway=settings.leeway_s)
    right = {
        "issuer": claims["iss"] == settings.issued_by,
        "audience": claims["aud"] in (settings.client_id, [settings.client_id]),
        "nonce": claims["nonce"] == nonce,
        "tenant": not settings.tenant or claims.get("tid") == settings.tenant,
        "time": _timely(claims["iat"], claims["exp"], now, settings.leeway_s),
    }
    for name, holds in right.items():
        if not holds:
            raise RefusedError(f"identity token: {name}")


def _timely(made: object, ends: object, now: float, leeway_s: int) -> bool:
    return (
        _is_time(made)
        and _is_time(ends)
        and now - OLDEST_S - leeway_s <= made <= now + leeway_s
        and ends > now - leeway_s
    )


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
