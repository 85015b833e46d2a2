"""Saboteurs of deletions: they miss one, or believe in one that never was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from rp_connect.domain.when import When
from rp_connect.errors import RpConnectError
from rp_connect.ports.mis import Page, Tombstone
from rp_connect.testing.mis_kit import Fault, deletions
from rp_connect.testing.mis_kit.school import key_of
from tests.testing.mis_sabotage import by_page, by_pages, ending, later, reading, saboteur
from tests.testing.mis_saboteurs.cursors import TODAY, now

saboteur(
    deletions.what_was_deleted_has_a_tombstone,
    "does not look for deletions",
    **reading(by_page(lambda s, page: replace(page, tombstones=[]))),
)


def days_ago(stone):
    return Tombstone(stone.id, When(stone.deleted.day - timedelta(days=2)))


saboteur(
    deletions.what_was_deleted_has_a_tombstone,
    "does not look when",
    **reading(by_page(lambda s, page: replace(page, tombstones=[*map(days_ago, page.tombstones)]))),
)


def remembering(s, pages):
    held = s.memory.setdefault("held", {})
    for page in pages:
        held.update({key_of(record): record for record in page.records})
        yield replace(page, records=list(held.values()))


saboteur(
    deletions.what_was_deleted_is_no_longer_given, "gives what it remembers", **reading(by_pages(remembering))
)


def missed(s, pages):
    """What was there before and is not now."""
    given = set()
    for page in pages:
        given |= {key_of(record) for record in page.records}
        yield page
    held = s.memory.setdefault("held", set(given))
    yield Page(tombstones=[Tombstone(key, TODAY) for key in sorted(held - given)], cursor=now())


saboteur(
    deletions.what_is_only_missing_has_no_tombstone,
    "takes what is missing from the changes for deleted",
    changes=lambda s, kind, cursor: by_pages(missed)(s, s.inner.changes(kind, cursor)),
)
saboteur(
    deletions.what_is_only_missing_has_no_tombstone,
    "takes what is missing from the whole for deleted",
    everything=lambda s, kind: by_page(
        lambda s, page: replace(page, tombstones=[Tombstone(one.key, TODAY) for one in s.rig.mis.removed])
    )(s, s.inner.everything(kind)),
)


def confirming(confirm):
    def everything(s, kind):
        given = s.inner.everything(kind)
        return replace(given, confirm_gone=confirm(given.confirm_gone))

    return {"everything": everything}


def mistaking(mistaken):
    """Takes an error for the answer that it is gone, where `mistaken(s, error)`."""

    def confirmed(s, ask, key):
        try:
            return ask(key)
        except RpConnectError as error:
            if not mistaken(s, error):
                raise
            return True

    def everything(s, kind):
        given = s.inner.everything(kind)
        return replace(given, confirm_gone=lambda key: confirmed(s, given.confirm_gone, key))

    return {"everything": everything}


saboteur(deletions.what_is_missing_can_be_asked_for_alone, "cannot be asked", **confirming(lambda ask: None))
saboteur(
    deletions.what_is_missing_can_be_asked_for_alone,
    "says of nothing that it is gone",
    **confirming(lambda ask: lambda key: False),
)
saboteur(
    deletions.what_is_missing_can_be_asked_for_alone,
    "says of everything that it is gone",
    **confirming(lambda ask: lambda key: True),
)
saboteur(
    deletions.a_list_of_changes_offers_no_search_for_what_is_gone,
    "offers it all the same",
    **later(lambda s, given: replace(given, confirm_gone=lambda key: True)),
)
saboteur(
    deletions.a_failure_does_not_confirm_that_anything_is_gone,
    "takes a failure for an answer",
    **mistaking(lambda s, error: True),
)
saboteur(
    deletions.a_failure_does_not_confirm_that_anything_is_gone,
    "believes any 404",
    **mistaking(lambda s, error: "(404)" in str(error)),
)
for fault in Fault:
    if fault not in (Fault.SILENCE, Fault.LOST_ANSWER):
        saboteur(
            deletions.a_failure_does_not_confirm_that_anything_is_gone,
            f"takes “{fault}” for an answer",
            **mistaking(lambda s, error, fault=fault: s.memory["fault"] is fault),
        )
for fault in (Fault.NOT_FOUND_PAGE, Fault.NO_BODY, Fault.HOLLOW):
    saboteur(
        deletions.a_failure_tells_of_no_deletion,
        f"takes “{fault}” for a deletion",
        **ending(lambda error: [Page(tombstones=[Tombstone("1", TODAY)])], fault),
    )
saboteur(
    deletions.who_cannot_confirm_that_something_is_gone_does_not_offer_it,
    "offers a guess",
    **confirming(lambda ask: lambda key: True),
)
