"""Text as RosarioSIS stores it: what its web forms escaped is read right, and what is written survives.

Its forms store an apostrophe as &#039; and leave every other sign alone; what came through the API is as it
was written. So only that one entity is undone. Whatever is written loses everything from a "<" on that might
begin a tag (PHP's strip_tags), unless a blank follows it.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"<(?![ \t\n\r\v\f])")
"""What PHP's isspace knows, and no other blank: after a no-break space the text would be lost too."""


def read_text(stored: object) -> str:
    """What a person typed. Anything but text is no text."""
    return stored.replace("&#039;", "'") if isinstance(stored, str) else ""


def safe_to_write(text: str) -> str:
    """`text` with a blank after each "<" that could be taken for a tag; twice gives the same."""
    return _TAG.sub("< ", text)


def labels_of(stored: object) -> tuple[str, ...]:
    """The labels of a choice: "||2 Days||Half Day||" is two, plain text is one. They may hold commas."""
    text = read_text(stored).strip()
    return tuple(label for label in (part.strip() for part in text.split("||")) if label)
