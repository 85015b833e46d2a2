"""Remove what nobody will ask for again: effects that were done long ago (`[retention] effects_days`).

Those go that a newer one of their object followed, and reminders, which are asked for on their own day alone.
The newest row of any other object stays as long as the object: by it a revision is told from an older one.
Cases, tasks and the audit are not touched here.
"""

from __future__ import annotations

from rp_connect.services.office import Office

AT_ONCE = 1000
"""Rows in one transaction, so that nobody who writes waits long."""


def retire_records(office: Office) -> int:
    """How many rows are gone. Raises StoreError; what was removed until then stays removed."""
    gone = 0
    while True:
        with office.store.begin() as work:
            removed = work.effects.retire(AT_ONCE, office.effects_kept)
            work.commit()
        gone += removed
        if removed < AT_ONCE:
            return gone
