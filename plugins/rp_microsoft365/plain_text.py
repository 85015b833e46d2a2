"""Text as Planner can take it: what cannot be sent or would deceive the eye is left out."""

from __future__ import annotations

import unicodedata

_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of writing: with them a text reads otherwise than it is."""


def plain(text: str) -> str:
    """Without control characters (line breaks and tabs stay), half surrogates and marks of direction."""
    if text.isprintable():  # nearly all text is, and then nothing of these is in it
        return text
    kept = (c for c in text.replace("\r\n", "\n").replace("\r", "\n") if _stays(c))
    return "".join(kept)


def one_line(text: str) -> str:
    return " ".join(plain(text).split())


def _stays(character: str) -> bool:
    if character in "\n\t":
        return True
    return character not in _BIDI and unicodedata.category(character) not in ("Cc", "Cs")
