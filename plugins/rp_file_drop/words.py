"""The school's words and ours: the translation that the configuration gives, and words that nobody mapped."""

from __future__ import annotations

from collections.abc import Mapping

from rp_file_drop.header import fold
from rp_file_drop.text import tidy

_NOTED = 200


class Words:
    """One column's translation. An exact spelling wins; else case does not count; else the word stays."""

    def __init__(self, theirs_to_ours: Mapping[str, str]) -> None:
        self._exact = {tidy(theirs): tidy(ours) for theirs, ours in theirs_to_ours.items()}
        self._folded = {fold(theirs): tidy(ours) for theirs, ours in theirs_to_ours.items()}

    def ours(self, word: str) -> str:
        found = self._exact.get(word)
        return self._folded.get(fold(word), word) if found is None else found


def note(word: str, unmapped: list[str]) -> None:
    """Remember a word that means nothing to us: once, and not without end."""
    if word and len(unmapped) < _NOTED and word not in unmapped:
        unmapped.append(word)
