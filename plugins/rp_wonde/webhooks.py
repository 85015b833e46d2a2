"""Wonde's webhooks. They bear no signature: what is said in one is never believed, only looked into.

Of a body we read which school and what kind of news, and drop the rest at once; an approval bears a live
token, which is none of our business. Then Wonde is asked with our own token. Whoever knew the secret could
make us ask Wonde, or hold a school until a person lets it go on, and nothing else.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from typing import NamedTuple

from rp_connect.errors import AccessError, ConfigError
from rp_connect.ports.desk import Desk
from rp_connect.ports.mis import MisSettings
from rp_connect.ports.routes import PluginAnswer, PluginRequest
from rp_wonde.client import Wonde
from rp_wonde.school import school_of
from rp_wonde.settings import WondeSettings
from rp_wonde.values import key_or_none
from rp_wonde.webhook_secret import is_secret_of
from rp_wonde.writebacks import said_of

PATIENCE_S = 8.0
"""Wonde waits for our answer meanwhile, and sends the webhook again where there is none."""
MOVED = (
    "Wonde says that this school moves, or has moved, to another MIS: then every pupil has a new id, and "
    "nothing is read until you say what is so. Once the move is done and Wonde shows the new MIS: "
    "“rp-connect sync --accept migration” knows people again by UPN. If the school keeps its MIS: "
    "“rp-connect sync --accept same-mis”."
)
NOT_LET_IN = (
    "Wonde says that this school approved us, and it does not let our token in: put the token that Wonde "
    "shows for this school where the setting token says."
)
_ID = re.compile(r"[A-Za-z0-9_-]{1,60}")
_log = logging.getLogger(__name__)


class News(NamedTuple):
    """All that is kept of a body."""

    kind: str
    school: str | None
    writeback: str | None


@dataclass(frozen=True, slots=True)
class Webhooks:
    desk: Desk

    def answer(self, request: PluginRequest) -> PluginAnswer:
        """404 for a secret that is nobody's. Raises TryLaterError where Wonde could not be asked."""
        addressed = self._addressed(request.path.get("secret", ""))
        if not addressed:
            return PluginAnswer(404)
        news = news_of(request.body)
        if news is None:
            return PluginAnswer(400)
        if news.kind == "writeback":
            self._look_again(addressed, news)
            return PluginAnswer(200)
        concerned = [one for one in addressed if news.school and _own(one).school_id == news.school]
        if not concerned:
            _log.info("a webhook of Wonde is about no school of ours")
        for one in concerned:
            self._look_into(one, news.kind)
        return PluginAnswer(200)

    def _addressed(self, secret: str) -> list[MisSettings]:
        """Those of this secret; one application of Wonde may serve several schools. All are compared."""
        return [one for one in self.desk.schools("wonde") if is_secret_of(_own(one), one.secrets, secret)]

    def _look_again(self, addressed: list[MisSettings], news: News) -> None:
        """What became of the write is asked by whoever looks, as ever."""
        for one in addressed:
            if news.writeback:
                self.desk.look_again(one.school, said_of(news.writeback).strip())

    def _look_into(self, one: MisSettings, kind: str) -> None:
        if kind not in ("schoolApproved", "accessRevoked", "accessDeclined", "schoolMigration"):
            _log.info("a webhook of Wonde brings a kind of news that means nothing to us")
            return
        refused = _refusal(one)
        if kind == "schoolMigration":
            self._moved(one, refused)
        elif refused is None:
            self.desk.note_access(one.school, None)
            if kind == "schoolApproved":
                self.desk.request_sync(one.school)
        else:
            self.desk.note_access(one.school, NOT_LET_IN if kind == "schoolApproved" else refused)

    def _moved(self, one: MisSettings, refused: str | None) -> None:
        """Wonde publishes no way to ask whether a school moved: a person knows."""
        if refused is not None:
            self.desk.note_access(one.school, refused)
        self.desk.hold(one.school, MOVED)
        self.desk.request_sync(one.school)


def news_of(body: bytes) -> News | None:
    """None for what is no webhook."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return None
    kind = given.get("payload_type") if isinstance(given, dict) else None
    if not isinstance(kind, str):
        return None
    return News(kind, _key(given.get("school_id")), _key(given.get("writeback_id")))


def _key(value: object) -> str | None:
    found = key_or_none(value)
    return found if found and _ID.fullmatch(found) else None


def _refusal(one: MisSettings) -> str | None:
    """Why Wonde does not let us in, in a sentence; None where it does. Asked once. Raises TryLaterError."""
    own = _own(one)
    hasty = own.model_copy(update={"retries": 0, "timeout_s": min(own.timeout_s, PATIENCE_S)})
    try:
        school_of(Wonde(hasty, lambda: one.secrets.read(own.token)), own)
    except (AccessError, ConfigError) as error:
        return str(error)
    return None


def _own(one: MisSettings) -> WondeSettings:
    if not isinstance(one.own, WondeSettings):
        raise TypeError("Wonde is read with its own settings")
    return one.own
