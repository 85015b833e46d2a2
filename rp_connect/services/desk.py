"""The desk that plugins are handed: it opens together with the installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rp_connect.domain.effect import EffectKind
from rp_connect.errors import TryLaterError
from rp_connect.ports.mis import MisSettings
from rp_connect.ports.remembered import ACCESS, MIGRATION, AuditRow

if TYPE_CHECKING:
    from rp_connect.ports.store import UnitOfWork
    from rp_connect.services.office import Office


class OfficeDesk:
    """`rp_connect.ports.desk.Desk`. Closed until `open`; where nothing is served it stays so."""

    def __init__(self) -> None:
        self._office: Office | None = None
        self._settings: Mapping[str, MisSettings] = {}

    def open(self, office: Office, settings: Mapping[str, MisSettings]) -> None:
        """`settings` are those of each school's MIS, by school."""
        self._office, self._settings = office, settings

    def schools(self, mis: str) -> Sequence[MisSettings]:
        schools = self._opened().schools.values()
        return [self._settings[one.id] for one in schools if one.settings.mis == mis]

    def note_access(self, school: str, sentence: str | None) -> None:
        with self._opened().store.begin() as work:
            kept = work.schools.source(school, self._mis(school), ACCESS)
            if kept.left == sentence:
                return
            work.schools.put_source(replace(kept, left=sentence))
            self._audit(work, school, "access to the MIS: " + ("noted" if sentence else "given again"))
            work.commit()

    def hold(self, school: str, sentence: str) -> None:
        with self._opened().store.begin() as work:
            kept = work.schools.source(school, self._mis(school), MIGRATION)
            if kept.held == sentence:
                return
            work.schools.put_source(replace(kept, held=sentence))
            self._audit(work, school, "held: the MIS was exchanged")
            work.commit()

    def request_sync(self, school: str) -> None:
        self._mis(school)
        with self._opened().store.begin() as work:
            state = work.schools.state(school)
            if state.last_full is not None:
                work.schools.put(replace(state, last_full=None))
                work.commit()

    def look_again(self, school: str, said: str) -> int:
        self._mis(school)
        with self._opened().store.begin() as work:
            kinds = [kind for kind in EffectKind if kind.to_mis]
            found = sum(work.effects.hasten(kind, school, said) for kind in kinds)
            work.commit()
        return found

    def _opened(self) -> Office:
        if self._office is None:
            raise TryLaterError("The installation is not open yet; it is tried again later.")
        return self._office

    def _mis(self, school: str) -> str:
        return self._opened().school(school).settings.mis

    def _audit(self, work: UnitOfWork, school: str, what: str) -> None:
        now = self._opened().clock.now()
        work.audit.write(
            AuditRow(case=None, school=school, who=f"MIS {self._mis(school)}", at=now, what=what)
        )
