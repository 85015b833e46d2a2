"""Every key of a TOML text is found on the line where a person would look for it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from rp_connect.settings.lines import Place, find_lines

AWKWARD = '''# [not.a.table]
"quoted key" = 'a # no comment'  # [nor.this]
'it''s' = 1
site . "deep.er" = { a = 1, b = { c = [1, 2,], "d" = "}" } }
text = """
[no] = "table"
\\"""" # ends here
raw = \'\'\'
key = 1\'\'\'\'
list = [ # first
  "[", ["]", 2],

  { x = 1 }, # three
]
date = 2026-09-01 08:00:00
after = +1.5e3
[ a . "b" ]
c = 1
[[ school ]]
id = "one"
[school.people]
lead = []
[[school.visits]]
day = 1
[[school.visits]]
day = 2
[[school]]
id = "two"
people.lead = []
[school.visits]
day = 3
[a]
d = 1
'''.replace("'it''s'", '"it\'s"')


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*at, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, (*at, number))


def test_exactly_what_the_parser_reads_has_a_line():
    assert set(find_lines(AWKWARD)) == set(places(tomllib.loads(AWKWARD)))


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((), 1),
        (("quoted key",), 2),
        (("site", "deep.er", "b", "c", 1), 4),
        (("text",), 5),
        (("raw",), 8),
        (("list", 1, 1), 11),
        (("list", 2, "x"), 13),
        (("date",), 15),
        (("after",), 16),
        (("a",), 32),
        (("a", "b"), 17),
        (("a", "b", "c"), 18),
        (("school",), 19),
        (("school", 0), 19),
        (("school", 0, "people", "lead"), 22),
        (("school", 0, "visits", 1, "day"), 26),
        (("school", 1), 27),
        (("school", 1, "people", "lead"), 29),
        (("school", 1, "visits", "day"), 31),
    ],
)
def test_a_key_is_on_the_line_where_it_stands(place, line):
    assert find_lines(AWKWARD)[place] == line


def test_dos_line_ends_count_once():
    assert find_lines(AWKWARD.replace("\n", "\r\n")) == find_lines(AWKWARD)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark"])
def test_an_empty_text_has_nothing_but_itself(text):
    assert find_lines(text) == {(): 1}
