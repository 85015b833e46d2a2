"""OData $filter, as much of it as this product may ask: comparisons, startswith, any, and, or, brackets."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.graph_server.call import Json, Refused
from tests.graph_server.tenant import inward

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<sign>[(),:])|(?P<word>[A-Za-z_][\w./]*)|(?P<other>-?\d[\w.:+-]*))"
)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "ne": lambda left, right: bool(left != right),
    "ge": lambda left, right: left is not None and left >= right,
    "gt": lambda left, right: left is not None and left > right,
    "le": lambda left, right: left is not None and left <= right,
    "lt": lambda left, right: left is not None and left < right,
}
CONSTANTS = {"true": True, "false": False, "null": None}
Test = Callable[[Json], bool]


class Filter:
    """Compiled from its text; `paths` are the properties that it looks at, and `pinned` what stands in every
    row that matches, by path: who has an index need not look at the others. Raises Refused (400)."""

    def __init__(self, text: str) -> None:
        self.paths: set[str] = set()
        self.pinned: dict[str, Any] = {}
        self._tokens = tokens(text)
        self._at = 0
        self.matches = self._either()
        if self._at != len(self._tokens):
            raise unreadable(text)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, expected: str = "") -> str:
        token = self._peek()
        if not token or (expected and token != expected):
            raise unreadable(" ".join(self._tokens))
        self._at += 1
        return token

    def _either(self) -> Test:
        before = dict(self.pinned)
        tests = [self._both()]
        while self._peek() == "or":
            self._take()
            tests.append(self._both())
            self.pinned = dict(before)
        return lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._peek() == "and":
            self._take()
            tests.append(self._one())
        return lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self._peek() == "(":
            self._take()
            inner = self._either()
            self._take(")")
            return inner
        word = self._take()
        if word.lower() == "startswith":
            return self._startswith()
        if word.lower().endswith("/any"):
            return self._any(word[:-4])
        return self._comparison(word)

    def _startswith(self) -> Test:
        self._take("(")
        path = self._path(self._take())
        self._take(",")
        beginning = value(self._take())
        self._take(")")
        return lambda row: str(inward(row, path) or "").startswith(beginning)

    def _any(self, name: str) -> Test:
        self.paths.add(name)
        self._take("(")
        variable = self._take()
        self._take(":")
        known, self.pinned, before = set(self.paths), {}, self.pinned
        inner = self._either()
        self.paths = known
        self.pinned = before | {
            name + path.removeprefix(variable): held for path, held in self.pinned.items()
        }
        self._take(")")
        return lambda row: any(inner({variable: each}) for each in inward(row, name.split("/")) or ())

    def _comparison(self, word: str) -> Test:
        path, sign = self._path(word), self._take()
        compare = COMPARE.get(sign)
        if compare is None:
            raise unreadable(word)
        right = value(self._take())
        if sign == "eq":
            self.pinned[word] = right
        return lambda row: compare(inward(row, path), right)

    def _path(self, word: str) -> list[str]:
        self.paths.add(word)
        return word.split("/")


def tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = TOKEN.match(text, at)
        if not match:
            raise unreadable(text)
        found.append(match.group().strip())
        at = match.end()
    return found


def value(token: str) -> Any:
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    if token in CONSTANTS:
        return CONSTANTS[token]
    return int(token) if token.lstrip("-").isdigit() else token


def unreadable(text: str) -> Refused:
    return Refused(400, "BadRequest", f"Invalid filter clause: {text}")
