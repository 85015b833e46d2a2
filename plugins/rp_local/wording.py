"""Text as files can hold it: no control characters, one kind of line end."""

from __future__ import annotations

import re

# What neither RFC 5545 nor XML 1.0 can carry.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """The same words, over as many lines as they had."""
    return UNPRINTABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def one_line(text: str) -> str:
    return " ".join(plain(text).split())
