"""Remove what nobody will ask for again: effects that were done long ago (`[retention] effects_days`).

Those go that a newer one of their object followed, and reminders, which are asked for on their own day alone.
The newest row of any other object stays as long as the object: by it a revision is told from an older one.
Cases, tasks and the audit are not touched here.
"""

from __future__ import annotations

from collections.abc import Callable

from rp_connect.ports.outbox import Outbox
from rp_connect.services.office import Office

AT_ONCE = 1000
"""Rows in one transaction, so that nobody who writes waits long."""


def retire_records(office: Office) -> int:
    """How many rows are gone. Raises StoreError; what was removed until then stays removed."""
    _in_lots(office, lambda outbox: outbox.date(AT_ONCE))
    return _in_lots(office, lambda outbox: outbox.retire(AT_ONCE, office.effects_kept))


def _in_lots(office: Office, one: Callable[[Outbox], int]) -> int:
    """Transaction after transaction until one has less than it might; how many rows in all."""
    rows = 0
    while True:
        with office.store.begin() as work:
            some = one(work.effects)
            work.commit()
        rows += some
        if some < AT_ONCE:
            return rows
