"""The identity token: whether it is the provider's word, for us, for this attempt, now; and whom it names."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from rp_connect.errors import AccessError
from rp_openid.provider import Provider
from rp_openid.settings import OpenIdSettings

REFUSED = "That sign-in could not be confirmed, so nobody was let in. Please go back and sign in once more."
NO_ADDRESS = (
    "Your account is known, but its e-mail address is not confirmed there, so it cannot be used here. Please "
    "ask whoever looks after your school's accounts."
)
LONGEST = 16 * 1024
OLDEST_S = 10 * 60
"""A token is made for the sign-in at hand; an older one comes from another."""
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def checked_claims(
    token: object, settings: OpenIdSettings, provider: Provider, nonce: str, now: float | None = None
) -> Mapping[str, Any]:
    """Raises AccessError for a token that is not what it must be (OpenID Connect Core 1.0, 3.1.3.7)."""
    if not isinstance(token, str) or not token.isascii() or len(token) > LONGEST:
        raise AccessError(REFUSED)
    try:
        claims = _signed(token, settings, provider)
        _check(claims, settings, nonce, time.time() if now is None else now)
    # A token may hold anything at all: whatever the library trips over is no identity.
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        raise AccessError(REFUSED) from None
    return claims


def address_of(claims: Mapping[str, Any], settings: OpenIdSettings) -> str:
    """The address in the claim that the settings name, if the provider vouches for it.

    “email” needs `email_verified`, or Entra's `xms_edov` (the owner of the domain was verified), since in
    Entra an administrator of any tenant may write any address there.
    """
    found = claims.get(settings.claim)
    vouched = settings.claim != "email" or claims.get("email_verified") is True or _domain_verified(claims)
    if not vouched or not isinstance(found, str) or not _ADDRESS.fullmatch(found) or not found.isprintable():
        raise AccessError(NO_ADDRESS)
    return found


def _domain_verified(claims: Mapping[str, Any]) -> bool:
    """Entra writes it as a number, a text or a truth, by the age of the application."""
    return str(claims.get("xms_edov")).lower() in ("1", "true")


def _signed(token: str, settings: OpenIdSettings, provider: Provider) -> dict[str, Any]:
    header = jws.extract_compact(token.encode()).headers()
    key_id = header.get("kid")
    if header.get("alg") not in settings.algorithms or not isinstance(key_id, str):
        raise AccessError(REFUSED)
    keys = provider.keys(key_id)
    named = KeySet([key for key in keys.keys if key.kid == key_id])
    if not named.keys:
        raise AccessError(REFUSED)
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
    audience = claims["aud"]
    right = (
        claims["iss"] == settings.issued_by
        and audience in (settings.client_id, [settings.client_id])
        and claims["nonce"] == nonce
        and (not settings.tenant or claims.get("tid") == settings.tenant)
        and _is_time(claims["exp"])
        and _is_time(claims["iat"])
        and now - OLDEST_S - settings.leeway_s <= claims["iat"] <= now + settings.leeway_s
        and claims["exp"] > now - settings.leeway_s
    )
    if not right:
        raise AccessError(REFUSED)


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
