"""Signing in, as plugins bring it: whom an identity provider vouches for, and by which way people come in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from rp_connect.ports.secrets import Secrets


@dataclass(frozen=True, slots=True, repr=False)
class SignInSettings:
    """`callback` is the address to which the provider sends people back; `own` the plugin's own table."""

    callback: str
    folder: Path
    own: BaseModel
    secrets: Secrets


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """What ties one attempt to one browser: three secrets of at least 256 bits each, base64url.

    The provider repeats `state` in the address and `nonce` in the identity token, and gives the token only to
    whoever knows `verifier` (RFC 7636).
    """

    state: str
    nonce: str
    verifier: str


class SignIn(Protocol):
    """One provider. Used by several threads at once."""

    def address(self, attempt: Attempt) -> str:
        """Where to send the browser. Raises TryLaterError where the provider cannot be reached."""
        ...

    def email(self, attempt: Attempt, answer: Mapping[str, str]) -> str:
        """Whom the provider vouches for, by the query that the browser came back with.

        An address counts only if the provider vouches for that too. Raises AccessError, whose sentence is
        for the person at the browser, for anything that is not proven; TryLaterError where nobody answers.
        """
        ...

    def farewell(self) -> str | None:
        """Where a person can sign out of the provider too; None where there is no such place."""
        ...


@dataclass(frozen=True, slots=True)
class SignInSpec:
    """A registered way of signing in: its name, its own table `[web.<name>]`, and how it is built.

    `build` does no I/O; it raises ConfigError where something that it needs is not there.
    """

    name: str
    settings: type[BaseModel]
    build: Callable[[SignInSettings], SignIn]


RegisterSignIn = Callable[[SignInSpec], None]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Entrance:
    """By which way the pages are reached from elsewhere. `origin` is https://host[:port]; `bind` the address
    to listen on; `proxies` how many of our own stand in front; `hours` how long a sign-in lasts. `sign_in`
    builds the way of signing in, or raises ConfigError; None where none is configured."""

    origin: str
    bind: str
    proxies: int
    hours: int
    sign_in: Callable[[], SignIn] | None
