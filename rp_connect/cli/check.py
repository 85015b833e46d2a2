"""`check`: what is set up, what is missing and what needs a person, in words that also read well aloud."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from rp_connect import __version__
from rp_connect.cli.options import command, json_option
from rp_connect.cli.output import answer_json, attention, count, good, heading, mark, quiet, say
from rp_connect.cli.progress import progress
from rp_connect.cli.session import Session, pass_session
from rp_connect.cli.survey import doubles_of, notes_of
from rp_connect.services.check_installation import Check, SchoolCheck, check_installation
from rp_connect.services.check_pages import Opening

WIDTH = 78


@command()
@json_option
@pass_session
def check(session: Session, as_json: bool) -> None:
    """What is set up, what is missing, what needs a person. Changes nothing."""
    with session.office() as office:
        found = check_installation(office, progress(as_json=as_json))
        trust = office.trust
    if as_json:
        answer_json(found.to_json())
        return
    say(heading(f"rp-connect {__version__} · {trust}"))
    _plugins(found)
    for school in found.schools:
        _school(school)
    _pages(found)
    _effects(found)
    say()
    say(good("Nothing needs a person.") if found.ok else attention("Each line marked ✗ needs a person."))


def _plugins(found: Check) -> None:
    say(heading("\nPlugins"))
    for plugin in found.plugins:
        _line(not plugin.fault, plugin.fault or f"{plugin.name} {plugin.version or ''} works.")


def _school(school: SchoolCheck) -> None:
    say(heading(f"\n{school.school}{' (paused)' if school.paused else ''}"))
    if school.calendar_until is not None:
        _line(True, f"School days are loaded until {school.calendar_until:%d %B %Y}.".replace(" 0", " "))
    if school.capabilities:
        _line(True, f"The MIS gives: {_listed(school.capabilities)}.")
    if school.not_granted:
        _note(f"Not granted by the MIS, or not there: {_listed(school.not_granted)}.")
    if school.people is not None and school.people.pupils:
        for sentence in (*notes_of(school.people), *doubles_of(school.people)):
            _note(sentence)
    for sentence in (*school.held, *school.permissions_missing, *school.problems):
        _line(False, sentence)
    if school.ok:
        _line(True, "Nothing needs a person here.")


def _pages(found: Check) -> None:
    say(heading("\nThe pages"))
    if found.pages.opening is not Opening.CLOSED:
        _line(True, found.pages.sentence)
    for sentence in found.pages.problems:
        _line(False, sentence)


def _effects(found: Check) -> None:
    say(heading("\nWrites to outside systems"))
    _line(not found.parked, f"{count(found.waiting, 'effect')} waiting, {found.parked:,} parked.")
    for sentence in filter(None, (found.store, found.queue)):
        _line(False, sentence)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _line(fine: bool, sentence: str) -> None:
    say(
        textwrap.fill(sentence, WIDTH, initial_indent="  X ", subsequent_indent="    ").replace(
            "X", mark(fine), 1
        )
    )


def _note(sentence: str) -> None:
    say(quiet(textwrap.fill(sentence, WIDTH, initial_indent="  – ", subsequent_indent="    ")))
