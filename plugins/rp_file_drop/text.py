"""What counts as text: no control characters, and an id only where it can be nothing else."""

from __future__ import annotations

import re
import unicodedata

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
"""All but tab and line ends, and the two code points that no document format can hold."""

BREAK = re.compile(r"[\t\r\n]")
ID_LENGTH = 100
_SURELY_AN_ID = re.compile(r"(?=.*[0-9])(?![0-9]{4}-[0-9]{2}-[0-9]{2})[\w.:#-]{1,100}")


def tidy(text: str) -> str:
    """Trimmed and in composed form (NFC)."""
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_sane_id(text: str) -> bool:
    return 0 < len(text) <= ID_LENGTH and text.isprintable()


def surely_an_id(text: str) -> str:
    """`text` where it looks like an id and like no name, date or e-mail; else nothing.

    For rows that may be shifted: a name that stands in the place of the id must not become a key.
    """
    text = text.strip()
    return text if _SURELY_AN_ID.fullmatch(text) else ""
