"""Who is called what: names drawn from the pools, and e-mail addresses made of them."""

from __future__ import annotations

import unicodedata
from random import Random
from typing import NamedTuple

from rp_connect.testing.invented_trust.name_pools import HERITAGES

_WITHOUT_A_PLAIN_FORM = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "đ": "d"})


class Name(NamedTuple):
    """A given and a family name; either may have accents, hyphens and apostrophes."""

    given: str
    family: str


class NameMaker:
    """Draws names by the shares of the pools; one family in twelve joins two heritages."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._shares = [heritage.share for heritage in HERITAGES]

    def name(self) -> Name:
        at_home, other = self._chance.choices(HERITAGES, self._shares, k=2)
        family = self._chance.choice((other if self._chance.random() < 1 / 12 else at_home).family)
        return Name(self._chance.choice(at_home.given), family)

    def namesakes_kept_apart(self, count: int) -> list[Name]:
        """`count` names, all different; namesakes are put in where they are wanted."""
        found: dict[Name, None] = {}
        while len(found) < count:
            found[self.name()] = None
        return list(found)


def email(name: Name, school: str, taken: set[str]) -> str:
    """A free address under `.example`, which can never be delivered; it is then taken."""
    stem = f"{_plain(name.given)[:1]}.{_plain(name.family)}"
    address, number = f"{stem}@{school}.example", 1
    while address in taken:
        number += 1
        address = f"{stem}{number}@{school}.example"
    taken.add(address)
    return address


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_WITHOUT_A_PLAIN_FORM))
    return "".join(letter for letter in apart.lower() if letter.isascii() and letter.isalpha())
