"""The physical lines of a file, decoded one by one. A line that is too long or no text costs only itself."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

LIMIT = 1 << 20
_KEPT = 4096

Line = tuple[int, str, str]
"""Number, text without its line end, and fault: where there is one, the text is only good for finding a key.

A plain tuple, as attendance has hundreds of thousands of them.
"""


def lines_of(file: BinaryIO, encoding: str) -> Iterator[Line]:
    no, read = 0, file.readline
    while raw := read(LIMIT + 1):
        no += 1
        if no == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if len(raw) > LIMIT and not raw.endswith(b"\n"):
            _skip_rest(file)
            yield no, raw[:_KEPT].decode(encoding, "replace"), "is longer than 1 MiB"
            continue
        try:
            yield no, raw.decode(encoding).rstrip("\r\n"), ""
        except UnicodeDecodeError:
            yield no, raw.decode(encoding, "replace").rstrip("\r\n"), "holds bytes that are no text"


def _skip_rest(file: BinaryIO) -> None:
    while (raw := file.readline(LIMIT)) and not raw.endswith(b"\n"):
        pass
