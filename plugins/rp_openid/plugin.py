"""Registers OpenID Connect as a way of signing in."""

from __future__ import annotations

from functools import partial

from rp_connect.errors import ConfigError
from rp_connect.hooks.markers import hookimpl
from rp_connect.ports.sign_in import RegisterSignIn, SignIn, SignInSettings, SignInSpec
from rp_openid.settings import OpenIdSettings


def build(settings: SignInSettings) -> SignIn:
    try:
        from rp_openid.sign_in import OpenIdSignIn  # noqa: PLC0415 - authlib loads where people sign in
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"Signing in by OpenID needs the module {error.name}: install rp-connect with its extra “openid”."
        ) from None
    assert isinstance(settings.own, OpenIdSettings)  # noqa: S101 - validated with this model
    own = settings.own
    secret = partial(settings.secrets.read, own.secret)
    secret()  # nobody could sign in without it, and that is better said now
    return OpenIdSignIn(own, settings.callback, secret)


@hookimpl
def register_sign_in(register: RegisterSignIn) -> None:
    register(SignInSpec(name="openid", settings=OpenIdSettings, build=build))
