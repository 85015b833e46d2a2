"""The physical lines of a file, decoded one by one. A line that is too long or no text costs only itself."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

LIMIT = 1 << 20
_KEPT = 4096


class Line(NamedTuple):
    """`text` without its line end. Where there is a `fault`, `text` is only good for looking for a key."""

    no: int
    text: str
    fault: str = ""


def lines_of(file: BinaryIO, encoding: str) -> Iterator[Line]:
    no = 0
    while raw := file.readline(LIMIT + 1):
        no += 1
        if no == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if len(raw) > LIMIT and not raw.endswith(b"\n"):
            _skip_rest(file)
            yield Line(no, raw[:_KEPT].decode(encoding, "replace"), "is longer than 1 MiB")
            continue
        try:
            yield Line(no, raw.decode(encoding).rstrip("\r\n"))
        except UnicodeDecodeError:
            yield Line(no, raw.decode(encoding, "replace").rstrip("\r\n"), "holds bytes that are no text")


def _skip_rest(file: BinaryIO) -> None:
    while (raw := file.readline(LIMIT)) and not raw.endswith(b"\n"):
        pass
