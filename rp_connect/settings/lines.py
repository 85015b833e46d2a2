"""On which line each key of a TOML text stands. It judges nothing: the text has already been parsed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

Place = tuple[str | int, ...]
"""The way to a value: keys, and the number of an element in a list, for instance ("school", 0, "people")."""

_WORD = re.compile(
    r"""
      (?P<skipped> [ \t\r]+ | \#[^\n]* )
    | \"{3} (?: \\. | [^\\] )*? \"{3,5}
    | '{3} .*? '{3,5}
    | " (?: \\. | [^"\\] )* "
    | ' [^']* '
    | [\[\]{},=.\n]
    | [^\s\[\]{},=.\#"']+
    """,
    re.VERBOSE | re.DOTALL,
)


def find_lines(text: str) -> dict[Place, int]:
    """The line of each table's header, each key and each element of a list; the text itself is at line 1."""
    return _Reader(text).document()


def _words(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for match in _WORD.finditer(text):
        if match["skipped"] is None:
            yield match[0], line
        line += match[0].count("\n")
    yield "\n", line


def _key(word: str) -> str:
    return str(tomllib.loads(f"key = {word}")["key"]) if word[0] in "\"'" else word


class _Reader:
    def __init__(self, text: str) -> None:
        self._words = list(_words(text))
        self._at = 0
        self._lines: dict[Place, int] = {(): 1}
        self._lengths: dict[Place, int] = {}  # of the lists of tables, while they grow

    def document(self) -> dict[Place, int]:
        table: Place = ()
        while self._at < len(self._words):
            if self._next == "[":
                table = self._header()
            elif self._next == "\n":
                self._take()
            else:
                self._pair(table)
        return self._lines

    @property
    def _next(self) -> str:
        return self._words[self._at][0]

    def _take(self) -> str:
        self._at += 1
        return self._words[self._at - 1][0]

    def _note(self, place: Place) -> None:
        self._lines.setdefault(place, self._words[self._at][1])

    def _header(self) -> Place:
        brackets = 0
        while self._next == "[":
            brackets += len(self._take())
        place: Place = ()
        for key in self._keys():
            # A table that is only named on the way to this one begins here, if nowhere else.
            self._note(place)
            # A key that names a list of tables means the last table of that list.
            last = self._lengths.get(place)
            place = (*place, key) if last is None else (*place, last - 1, key)
        if brackets == 2:
            self._lengths[place] = self._lengths.get(place, 0) + 1
            self._note(place)
            place = (*place, self._lengths[place] - 1)
        self._lines[place] = self._words[self._at][1]
        while self._next == "]":
            self._take()
        return place

    def _keys(self) -> list[str]:
        keys = [_key(self._take())]
        while self._next == ".":
            self._take()
            keys.append(_key(self._take()))
        return keys

    def _pair(self, table: Place) -> None:
        start = self._at
        place = table
        for key in self._keys():
            place = (*place, key)
            self._lines.setdefault(place, self._words[start][1])
        self._take()  # the equals sign
        self._value(place)

    def _value(self, place: Place) -> None:
        if self._next == "[":
            self._list(place)
        elif self._next == "{":
            self._inline_table(place)
        else:
            while self._next not in ("\n", ",", "]", "}"):
                self._take()

    def _list(self, place: Place) -> None:
        self._take()
        length = 0
        while self._next != "]":
            if self._next in ("\n", ","):
                self._take()
                continue
            element = (*place, length)
            self._note(element)
            self._value(element)
            length += 1
        self._take()

    def _inline_table(self, place: Place) -> None:
        self._take()
        while self._next != "}":
            if self._next in ("\n", ","):
                self._take()
            else:
                self._pair(place)
        self._take()
