"""Saboteurs of what is granted, of data minimisation and of privacy."""

from __future__ import annotations

import logging
from dataclasses import replace

from rp_connect.domain.attendance import Mark
from rp_connect.domain.calendar import Half
from rp_connect.errors import AccessError
from rp_connect.ports.mis import AskedField, Page
from rp_connect.testing.mis_kit import ShownOutcome, granting, minimum, privacy
from rp_connect.testing.mis_kit.checks import LARGE
from rp_connect.testing.mis_kit.invented import SAID, SPRING
from rp_connect.testing.mis_kit.rig import SECRET
from tests.testing.mis_sabotage import by_page, erring, first, reading, saboteur

LOG = logging.getLogger("tests.saboteur")
MARK = Mark("1", SPRING, Half.AM, "/")


def probing(change):
    return {"probe": lambda s: change(s, s.inner.probe())}


def adding(name, word):
    return probing(lambda s, probe: replace(probe, **{name: (*getattr(probe, name), word)}))


saboteur(granting.probe_tells_exactly_what_can_be_had, "promises more", **adding("capabilities", "parcels"))
saboteur(
    granting.probe_tells_exactly_what_can_be_had, "always misses something", **adding("not_granted", "more")
)
saboteur(
    granting.probe_tells_exactly_what_can_be_had,
    "always has something to say",
    **adding("problems", "All is well."),
)
saboteur(
    granting.probe_is_cheap,
    "asks again and again",
    probe=lambda s: [s.inner.probe() for _ in range(30)][-1],
)


def reading_it_all(s):
    for kind in LARGE:
        list(s.inner.everything(kind).pages())
    return s.inner.probe()


saboteur(granting.probe_is_cheap, "reads the whole school", probe=reading_it_all)


def given_all_the_same(s, given):
    return given if given.given else replace(given, given=True)


saboteur(
    granting.what_is_not_granted_is_not_empty,
    "takes it for empty in a whole reading",
    everything=lambda s, kind: given_all_the_same(s, s.inner.everything(kind)),
)
saboteur(
    granting.what_is_not_granted_is_not_empty,
    "takes it for empty among changes",
    changes=lambda s, kind, cursor: given_all_the_same(s, s.inner.changes(kind, cursor)),
)


def an_example(s, given):
    return given if given.given else replace(given, pages=lambda: iter([Page([MARK])]))


saboteur(granting.what_is_not_granted_is_not_empty, "shows an example", **reading(an_example))
saboteur(
    granting.probe_tells_what_is_not_granted,
    "promises what it could have",
    **probing(lambda s, probe: replace(probe, capabilities=tuple(s.rig.capabilities))),
)
saboteur(
    granting.probe_tells_what_is_not_granted,
    "says nothing of what is missing",
    **probing(lambda s, probe: replace(probe, not_granted=())),
)
saboteur(granting.what_this_mis_never_has_is_not_given, "takes it for empty", **reading(given_all_the_same))
saboteur(granting.what_this_mis_never_has_is_not_given, "shows an example", **reading(an_example))


# ------------------------------------------------------------------ data minimisation

saboteur(
    minimum.only_declared_fields_are_asked_for,
    "does not show what it asks for",
    rig={"asked": lambda rig: lambda: [replace(one, fields=()) for one in rig.asked()]},
)
saboteur(
    minimum.only_declared_fields_are_asked_for,
    "wants it all",
    paperbark=True,
    probe=lambda s: first(
        s.inner.ask("GET", "pupils", params={"fields": "id,medical_notes"}), s.inner.probe()
    ),
)


def declaring(field):
    return {"spec": lambda rig: replace(rig.spec, fields=[*rig.spec.fields, field])}


saboteur(
    minimum.every_declared_field_has_a_reason,
    "gives no reason",
    rig=declaring(AskedField("pupil", "pupils.religion", "needed")),
)
saboteur(
    minimum.every_declared_field_has_a_reason,
    "does not say for which records",
    rig=declaring(AskedField("child", "pupils.religion", "what the casework needs")),
)
saboteur(
    minimum.reading_writes_nothing,
    "leaves a trace when it looks",
    paperbark=True,
    probe=lambda s: first(s.rig.mis.outcomes.append(ShownOutcome("N0", "seen")), s.inner.probe()),
)
saboteur(
    minimum.reading_writes_nothing,
    "writes, and takes it back",
    paperbark=True,
    probe=lambda s: first(
        s.inner.ask("POST", "notes", json={"text": "seen"}), s.rig.mis.outcomes.pop(), s.inner.probe()
    ),
)


# ------------------------------------------------------------------ privacy


def logged(s, page):
    LOG.debug("read %s", [vars(record) for record in page.records if hasattr(record, "__dict__")])
    return page


def telling(s):
    LOG.debug("Authorization: Bearer %s", SECRET)
    return s.inner.probe()


saboteur(privacy.no_log_tells_of_a_person, "logs what it reads", **reading(by_page(logged)))
saboteur(
    privacy.no_log_tells_of_a_person,
    "logs its token",
    probe=telling,
)
saboteur(
    privacy.no_error_tells_of_a_person,
    "quotes what was answered",
    **erring(lambda error: type(error)(f"Could not read: {SAID}")),
)
saboteur(privacy.no_error_tells_of_a_person, "says a code", **erring(lambda error: AccessError("E403")))
saboteur(
    privacy.no_refusal_tells_of_a_person,
    "quotes the row",
    **reading(
        by_page(
            lambda s, page: replace(
                page, refusals=[replace(one, reason="Adaline Testperson: no date") for one in page.refusals]
            )
        )
    ),
)
saboteur(privacy.no_repr_tells_of_a_person, "shows its token", __repr__=lambda s: f"<Adapter {SECRET}>")
