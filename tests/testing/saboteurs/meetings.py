"""Saboteurs of meetings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from rp_connect.domain.effect import EffectKind
from rp_connect.errors import ConflictError
from rp_connect.testing.workspace_kit import meeting_people, meeting_times
from tests.testing.sabotage import first, refuse, saboteur
from tests.testing.saboteurs.tasks import creating, updating

CONFLICT = ConflictError("Not now.")
IN_SUMMER_TIME = {date(2026, 10, 23), date(2027, 3, 29)}


def cancelled(s, item):
    there = s.there(item.key)
    return there is not None and there.cancelled


def room_is(s, item, online):
    s.rig.pin(EffectKind.MEETING, item.key).online = online


saboteur(
    meeting_times.a_meeting_is_at_the_right_moment_on_both_sides_of_a_clock_change,
    "is an hour late in summer time",
    on="meetings",
    create=creating(
        lambda s, item: (
            replace(item, at=item.at + timedelta(hours=1)) if item.at.date() in IN_SUMMER_TIME else item
        )
    ),
)
saboteur(
    meeting_times.a_meeting_is_at_the_right_moment_on_both_sides_of_a_clock_change,
    "rounds to half an hour",
    on="meetings",
    create=creating(lambda s, item: replace(item, minutes=30)),
)
saboteur(
    meeting_times.a_meeting_moved_twice_and_cancelled_is_one_meeting,
    "leaves the old one where it was when it moves again",
    on="meetings",
    update=lambda s, id, item: first(
        s.inner.create(replace(item, key=f"{item.key}x", at=s.there(item.key).at))
        if item.revision == 3 and item.at != s.there(item.key).at
        else None,
        s.inner.update(id, item),
    ),
)
saboteur(
    meeting_times.a_meeting_moved_twice_and_cancelled_is_one_meeting,
    "moves once",
    on="meetings",
    update=updating(lambda s, item: replace(item, at=s.there(item.key).at) if item.revision == 3 else item),
)
saboteur(
    meeting_times.a_meeting_moved_twice_and_cancelled_is_one_meeting,
    "does not cancel what was moved twice",
    on="meetings",
    update=updating(lambda s, item: replace(item, cancelled=item.cancelled and item.revision < 4)),
)
saboteur(
    meeting_times.a_meeting_may_be_cancelled_twice,
    "complains when it is cancelled already",
    on="meetings",
    update=lambda s, id, item: (
        refuse(CONFLICT) if item.cancelled and cancelled(s, item) else s.inner.update(id, item)
    ),
)
saboteur(
    meeting_times.a_meeting_may_be_cancelled_twice,
    "turns it round each time",
    on="meetings",
    update=updating(lambda s, item: replace(item, cancelled=item.cancelled and not cancelled(s, item))),
)
saboteur(
    meeting_times.a_meeting_can_be_set_again_after_it_was_cancelled,
    "complains of what was cancelled once",
    on="meetings",
    update=lambda s, id, item: (
        first(s.inner.update(id, item), refuse(CONFLICT))
        if not item.cancelled and cancelled(s, item)
        else s.inner.update(id, item)
    ),
)
saboteur(
    meeting_times.a_meeting_can_be_set_again_after_it_was_cancelled,
    "leaves it cancelled",
    on="meetings",
    update=updating(lambda s, item: replace(item, cancelled=item.cancelled or cancelled(s, item))),
)
saboteur(
    meeting_people.the_place_reaches_the_meeting,
    "leaves the place out where nobody can see it",
    on="meetings",
    create=creating(lambda s, item: replace(item, place=item.place.replace("Quillwort Room", "a room"))),
)
saboteur(
    meeting_people.those_invited_are_those_who_should_be,
    "invites the first only",
    on="meetings",
    create=creating(lambda s, item: replace(item, invited=item.invited[:1])),
)
saboteur(
    meeting_people.those_invited_are_those_who_should_be,
    "takes nobody off the list",
    on="meetings",
    update=updating(lambda s, item: replace(item, invited=(*item.invited, *s.there(item.key).invited)[:3])),
)
saboteur(
    meeting_people.those_invited_apart_do_not_see_each_other,
    "shows the list to all",
    on="meetings",
    create=creating(lambda s, item: replace(item, apart=False)),
)
saboteur(
    meeting_people.those_invited_apart_do_not_see_each_other,
    "shows the list to all after a change",
    on="meetings",
    update=updating(lambda s, item: replace(item, apart=False)),
)
saboteur(
    meeting_people.a_meeting_has_an_online_room_where_it_is_asked_for,
    "gives the room with the first change",
    on="meetings",
    pinboard=True,
    create=creating(lambda s, item: replace(item, online=False)),
    update=lambda s, id, item: first(w := s.inner.update(id, item), room_is(s, item, item.online), w),
)

saboteur(
    meeting_people.a_meeting_has_an_online_room_where_it_is_asked_for,
    "loses the room on a change",
    on="meetings",
    pinboard=True,
    update=lambda s, id, item: first(w := s.inner.update(id, item), room_is(s, item, False), w),
)
saboteur(
    meeting_people.a_meeting_has_an_online_room_where_it_is_asked_for,
    "opens a room for every meeting",
    on="meetings",
    create=creating(lambda s, item: replace(item, online=True)),
)
saboteur(
    meeting_people.an_online_room_that_cannot_be_had_is_not_pretended,
    "says that there is a room",
    on="meetings",
    pinboard=True,
    create=lambda s, item: first(w := s.inner.create(item), room_is(s, item, item.online), w),
)
