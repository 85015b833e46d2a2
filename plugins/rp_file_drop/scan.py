"""One pass over a file's bytes: its digest, its size and its encoding (UTF-8, else Windows-1252)."""

from __future__ import annotations

import codecs
import hashlib
import json
from dataclasses import dataclass
from typing import BinaryIO

RULES = 1
"""Counts up when the same bytes would read differently, so that every file is read anew."""

_CHUNK = 1 << 18
_BOM = codecs.BOM_UTF8


@dataclass(frozen=True, slots=True)
class Scan:
    digest: str
    size: int
    encoding: str


def scan(file: BinaryIO) -> Scan:
    """Read to the end and go back to the start. A BOM settles the encoding, whatever follows."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, is_utf8, has_bom = 0, True, False
    while chunk := file.read(_CHUNK):
        has_bom = has_bom or (size == 0 and chunk.startswith(_BOM))
        digest.update(chunk)
        size += len(chunk)
        is_utf8 = is_utf8 and _decodes(decoder, chunk)
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    file.seek(0)
    return Scan(digest.hexdigest(), size, "utf-8" if is_utf8 or has_bom else "cp1252")


def fingerprint(*parts: object) -> str:
    """A digest of everything that decides how a file reads: its bytes' digest, its settings, our rules."""
    text = json.dumps([RULES, *parts], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
