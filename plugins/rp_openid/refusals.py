"""A sign-in that is refused: a sentence for the person at the browser, and its kind for the log."""

from __future__ import annotations

from rp_connect.errors import AccessError

REFUSED = "That sign-in could not be confirmed, so nobody was let in. Please sign in once more."


class RefusedError(AccessError):
    """`kind` says what was wrong with what came, in words of ours: none of the token, and nobody's name."""

    def __init__(self, kind: str, sentence: str = REFUSED) -> None:
        super().__init__(sentence)
        self.kind = kind
