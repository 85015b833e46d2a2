"""A service that asked a writer for patience is not read either, and the other way round."""

from __future__ import annotations

from rp_connect.domain.effect import EffectKind
from rp_connect.errors import RpConnectError, TryLaterError
from rp_connect.ports.lanes import Opened
from rp_connect.services.office import Office, School

_READ = {EffectKind.TASK: "its tasks", EffectKind.MEETING: "its diaries"}


def not_while_shut(office: Office, school: School, kind: EffectKind) -> None:
    """Raises TryLaterError while the lane of that kind is shut. Never inside a transaction."""
    with office.store.read() as work:
        shut = work.lanes.shut_until(school.workspace().scope, kind.lane)
    if shut is not None:
        until = f"{shut.until.astimezone(school.timezone):%H:%M:%S}"
        raise TryLaterError(f"{school.id}: {_READ[kind]} are read after {until}. {shut.reason}".strip())


def shut_as_told(office: Office, school: School, kind: EffectKind, fault: RpConnectError) -> None:
    """Where the answer to a reading asks for patience, writing waits as well."""
    if not isinstance(fault, TryLaterError):
        return
    with office.store.begin() as work:
        scope = school.workspace().scope
        if work.lanes.shut_until(scope, kind.lane) is None:
            work.lanes.told_to_wait(scope, kind.lane, Opened(0), fault.retry_after, str(fault))
            work.commit()
