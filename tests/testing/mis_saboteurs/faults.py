"""Saboteurs of bad days: they mistake a fault, or hide it."""

from __future__ import annotations

import time

from rp_connect.errors import AccessError, BadRecordError, ConfigError, TryLaterError
from rp_connect.ports.mis import Probe, Reading
from rp_connect.testing.mis_kit import failures, faults
from tests.testing.mis_sabotage import IMPATIENT_S, erring, saboteur

SOMEBODY = AccessError("A person must look.")
LATER = TryLaterError("Later.")
EMPTY = Reading("nothing", lambda: iter(()))


def only(kind, other):
    """Errors of that class become `other`."""
    return erring(lambda error: other(error) if isinstance(error, kind) else error)


def hiding(kind):
    """Errors of that class become an empty school."""
    methods = only(kind, lambda error: EMPTY)
    return methods | {"probe": only(kind, lambda error: Probe())["probe"]}


saboteur(faults.a_refusal_is_told_as_a_refusal, "tries a refusal again", **only(AccessError, lambda e: LATER))
saboteur(faults.a_refusal_is_told_as_a_refusal, "takes a refusal for nothing", **hiding(AccessError))
for check in (
    faults.a_request_for_patience_is_passed_on_with_its_seconds,
    faults.a_request_for_patience_until_a_date_is_understood,
    faults.a_request_for_patience_without_a_time_invents_none,
):
    saboteur(check, "calls for a person", **only(TryLaterError, lambda e: Later(e.retry_after)))
for check in (
    faults.a_request_for_patience_is_passed_on_with_its_seconds,
    faults.a_request_for_patience_until_a_date_is_understood,
):
    saboteur(check, "does not say how long", **only(TryLaterError, lambda e: LATER))
saboteur(
    faults.a_request_for_patience_without_a_time_invents_none,
    "says a minute where nobody said anything",
    **only(TryLaterError, lambda e: TryLaterError("Later.", retry_after=e.retry_after or 60.0)),
)


class Later(AccessError):
    """Of another class, and with its time all the same."""

    def __init__(self, retry_after):
        super().__init__("A person must look.")
        self.retry_after = retry_after


saboteur(faults.a_login_page_is_not_an_empty_school, "tries again", **only(ConfigError, lambda e: LATER))
saboteur(faults.a_login_page_is_not_an_empty_school, "sees no pupils on the page", **hiding(ConfigError))
saboteur(faults.an_error_that_comes_with_200_is_an_error, "sees no pupils in it", **hiding(TryLaterError))
saboteur(
    faults.an_error_that_comes_with_200_is_an_error,
    "takes it for a bad record",
    **only(TryLaterError, lambda e: BadRecordError("1", "cannot be read")),
)
for check in (
    failures.a_server_that_fails_is_asked_again_later,
    failures.half_an_answer_is_asked_for_again_later,
    failures.who_cannot_be_reached_is_asked_again_later,
):
    saboteur(check, "calls for a person", **only(TryLaterError, lambda e: SOMEBODY))
    saboteur(check, "sees an empty school", **hiding(TryLaterError))
saboteur(failures.silence_has_an_end, "calls for a person", **only(TryLaterError, lambda e: SOMEBODY))


def patiently(error):
    time.sleep(IMPATIENT_S)
    return error


saboteur(failures.silence_has_an_end, "listens on", **only(TryLaterError, patiently))
