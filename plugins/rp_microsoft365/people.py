"""Who is who: e-mail addresses and the directory's ids, looked up once and remembered while we run, or
until Planner does not take them any more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from threading import RLock
from typing import Any
from urllib.parse import quote

from rp_connect.errors import AccessError, GoneError, RpConnectError, TryLaterError, UnclearError
from rp_microsoft365.graph import Graph
from rp_microsoft365.permissions import Permission
from rp_microsoft365.request import Answer, Request, Service

MOST = 5000
"""So many people are remembered at most; then it is begun anew."""
UNKNOWN_FOR_S = 900.0
"""After so long an address that nobody had is asked for again: somebody may have joined."""
_FIELDS = "$select=id,mail,userPrincipalName"


class People:
    """`holders` are the addresses in the school's settings: an id is given back as the one used there.

    `refused` says that the directory would not tell; then nobody is known.
    """

    def __init__(
        self, graph: Graph, holders: Iterable[str] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._graph = graph
        self._holders = tuple(dict.fromkeys(address.lower() for address in holders))
        self._clock = clock
        self._ids: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._unknown: dict[str, float] = {}
        self._left: set[str] = set()
        self._lock = RLock()
        self.refused = False

    def ids_of(self, addresses: Iterable[str]) -> dict[str, str]:
        """The ids of those who are known, by address in lower case. Raises TryLaterError."""
        asked = tuple(dict.fromkeys(address.lower() for address in addresses))
        with self._lock:
            self._look_up([a for a in asked if a not in self._ids and not self._is_unknown(a)])
            return {address: self._ids[address] for address in asked if address in self._ids}

    def addresses_of(self, ids: Iterable[str]) -> dict[str, str]:
        """The addresses of those who are known, by id. Raises TryLaterError."""
        asked = tuple(dict.fromkeys(i.lower() for i in ids))
        with self._lock:
            if any(i not in self._addresses for i in asked):
                self.ids_of(self._holders)
            self._look_up_ids([i for i in asked if i not in self._addresses and not self._is_unknown(i)])
            return {i: self._addresses[i] for i in asked if i in self._addresses}

    def left(self, ids: Iterable[str]) -> set[str]:
        """Those whom an address led to, and none does any more: asked anew, where Planner refused what names
        them. Nobody, where we never looked them up or may not: that is not to be sent again for ever."""
        asked = {i.lower() for i in ids}
        with self._lock:
            held = {address: who for address, who in self._ids.items() if who in asked}
            for address, who in held.items():
                del self._ids[address]
                self._addresses.pop(who, None)
            self._left = (self._left | set(held.values())) - set(self.ids_of(held).values())
            return set() if self.refused else asked & self._left

    def _look_up_ids(self, ids: Sequence[str]) -> None:
        for who, user in zip(ids, self._ask([_user(i) for i in ids]), strict=True):
            address = (user.get("mail") or user.get("userPrincipalName") or "") if user else ""
            if address:
                self._remember(address.lower(), who)
            else:
                self._unknown[who] = self._clock()

    def __reduce__(self) -> str:
        raise TypeError("People are not for keeping: addresses stay in this process.")

    def _look_up(self, addresses: Sequence[str]) -> None:
        """By the name they sign in with, and where that is another one by their mailbox."""
        users = self._ask([_user(address) for address in addresses])
        absent = [a for a, user in zip(addresses, users, strict=True) if user is None]
        by_mail = self._ask([_mailbox(address) for address in absent])
        found = dict(zip(addresses, users, strict=True))
        for address, answer in zip(absent, by_mail, strict=True):
            found[address] = next(iter((answer or {}).get("value") or []), None)
        for address, user in found.items():
            if user and user.get("id"):
                self._remember(address, str(user["id"]).lower())
            else:
                self._unknown[address] = self._clock()

    def _ask(self, requests: Sequence[Request]) -> list[dict[str, Any] | None]:
        return [self._known(answer) for answer in self._graph.ask_all(requests)] if requests else []

    def _known(self, answer: Answer | RpConnectError) -> dict[str, Any] | None:
        """What was found; None for nobody. A directory that is closed to us knows nobody."""
        if isinstance(answer, Answer):
            return answer.body if isinstance(answer.body, dict) else None
        if isinstance(answer, (TryLaterError, UnclearError)):
            raise answer
        self.refused = self.refused or isinstance(answer, AccessError)
        if isinstance(answer, (GoneError, AccessError)) or type(answer) is RpConnectError:
            return None
        raise answer

    def _remember(self, address: str, who: str) -> None:
        if len(self._ids) >= MOST:
            self._ids.clear()
            self._addresses.clear()
            self._unknown.clear()
        self._ids[address] = who
        self._addresses.setdefault(who, address)

    def _is_unknown(self, what: str) -> bool:
        since = self._unknown.get(what)
        return since is not None and self._clock() - since < UNKNOWN_FOR_S


def _user(who: str) -> Request:
    return Request(Service.DIRECTORY, "GET", f"/users/{quote(who, safe='')}?{_FIELDS}", Permission.PEOPLE)


def _mailbox(address: str) -> Request:
    where = quote(f"mail eq '{address.replace(chr(39), chr(39) * 2)}'", safe="")
    return Request(Service.DIRECTORY, "GET", f"/users?$filter={where}&{_FIELDS}", Permission.PEOPLE)
