"""Who has one question for a calendar is let in between two batches, and holds nobody up for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rp_connect.domain.effect import EffectKind
from rp_connect.errors import AccessError, RpConnectError, TryLaterError, UnclearError
from rp_connect.ports.in_turn import NothingAskedError
from rp_connect.ports.lanes import Entry, Held, Opened, Shut
from rp_connect.services.ask_in_turn import AskInTurn
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office
from tests.services.receiver import Receiver, joined, synced
from tests.services.test_lanes_of_a_delivery import meet

ACCOUNT, LANE = "one account", "calendar"
NOBODY = "nobody"
"""Has a lane in the store while somebody's question may still be under way."""


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def office(tmp_path: Path, store_url: str, receiver: Receiver) -> Iterator[Office]:
    """Of a school with more meetings to be sent than go into two batches."""
    built = joined(synced(tmp_path, store_url, cases=45), receiver)
    yield built
    built.store.close()


def turn_of(office: Office, patience_s: float = 5.0, settles_after: float = 30.0) -> Any:
    return AskInTurn(office.store, "elsewhere:1:1")(ACCOUNT, LANE, settles_after, patience_s)


def entered_by(office: Office, holder: str = "elsewhere:2:1#1") -> Entry:
    with office.store.begin() as work:
        entry = work.lanes.enter(ACCOUNT, LANE, holder, 20, alone=True)
        work.commit()
    return entry


def left_by(office: Office, holder: str = "elsewhere:2:1#1") -> None:
    with office.store.begin() as work:
        work.lanes.leave(ACCOUNT, LANE, holder)
        work.commit()


def until(happened: Any) -> None:
    ends = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < ends
        time.sleep(0.01)


def asked_while_sent(office: Office, receiver: Receiver) -> int:
    """How many meetings had been sent when a page that came during the first batch had its turn; nothing was
    under way then, nor came while it asked."""
    until(lambda: receiver.inside["meetings"])
    with turn_of(office):
        sent = len(receiver.keys("meetings"))
        assert receiver.inside["meetings"] == 0
        time.sleep(0.5)
        assert len(receiver.keys("meetings")) == sent
    return sent


def test_a_page_is_let_in_between_two_batches_and_the_delivery_goes_on(office: Office, receiver: Receiver):
    meet(office)
    receiver.slow = 0.3
    with ThreadPoolExecutor(1) as threads:
        delivery = threads.submit(deliver_effects, office)
        sent = asked_while_sent(office, receiver)
        report = delivery.result(60)

    assert 0 < sent < 45
    assert report.waiting == 0
    assert not report.held_back
    assert len(receiver.keys("meetings")) == 45
    assert set(receiver.made.values()) == {1}
    assert receiver.most["meetings"] == 1


def test_what_a_page_came_before_is_sent_in_the_same_run_although_nothing_else_is_due(
    office: Office, receiver: Receiver
):
    """The last of several batches that were taken at once: only meetings are due."""
    deliver_effects(office)
    meet(office)
    receiver.slow = 0.5
    with ThreadPoolExecutor(1) as threads:
        delivery = threads.submit(deliver_effects, office)
        until(lambda: len(receiver.keys("meetings")) >= 20 and receiver.inside["meetings"])
        with turn_of(office):
            assert receiver.inside["meetings"] == 0
        report = delivery.result(60)

    assert (report.waiting, report.held_back, len(receiver.keys("meetings"))) == (0, False, 45)
    with office.store.read() as work:
        attempts = [e.attempt for e in work.effects.every() if e.kind is EffectKind.MEETING]
    assert set(attempts) == {1}, "being let in costs nobody an attempt"


def test_a_page_that_does_not_come_back_leaves_the_rest_for_the_next_run(office: Office, receiver: Receiver):
    deliver_effects(office)
    meet(office)
    receiver.slow = 0.3
    with ThreadPoolExecutor(1) as threads:
        delivery = threads.submit(deliver_effects, office)
        until(lambda: receiver.inside["meetings"])
        with pytest.raises(UnclearError), turn_of(office):
            raise UnclearError("No answer.")
        report = delivery.result(60)
    assert report.waiting > 0
    assert report.held_back

    left_by(office, NOBODY)  # what it asked for must have ended by now
    assert deliver_effects(office).waiting == 0
    assert len(receiver.keys("meetings")) == 45
    assert set(receiver.made.values()) == {1}


def test_nobody_is_let_in_while_a_request_without_an_answer_may_be_under_way(tmp_path: Path, store_url: str):
    """Outlook is still at what it was asked: with a page's question it would be more than it takes."""

    def fault(shelf: str, key: str) -> RpConnectError | None:
        if shelf == "meetings" and key == first:
            return TryLaterError("A reading was cut.", retry_after=1.0, under_way=True)
        return None

    receiver = Receiver(fault, slow=0.3)
    office = joined(synced(tmp_path, store_url, cases=45), receiver)
    meet(office)
    with office.store.read() as work:
        first = next(e.key for e in work.effects.every() if e.kind is EffectKind.MEETING)
    for school in office.schools.values():
        school.workspace().settles_after = 30.0
    with ThreadPoolExecutor(1) as threads:
        delivery = threads.submit(deliver_effects, office)
        until(lambda: receiver.inside["meetings"])
        with pytest.raises(TryLaterError, match="our turn"), turn_of(office, patience_s=4.0):
            pytest.fail("it may be under way")
        assert len(receiver.keys("meetings")) > 20, "the delivery itself goes on: it keeps to its places"
        delivery.result(60)
    office.store.close()


def test_pages_in_a_row_do_not_keep_a_delivery_from_its_end(office: Office, receiver: Receiver):
    meet(office)
    receiver.slow = 0.1
    over, answered = threading.Event(), []

    def ask(number: int) -> None:
        while not over.is_set():
            with turn_of(office, patience_s=20.0):
                assert receiver.inside["meetings"] == 0
                time.sleep(0.05)
            answered.append(number)

    with ThreadPoolExecutor(3) as threads:
        pages = [threads.submit(ask, number) for number in range(2)]
        try:
            until(lambda: len(answered) > 2)
            report = threads.submit(deliver_effects, office).result(60)
        finally:
            over.set()
        for page in pages:
            page.result(30)

    assert (report.waiting, len(receiver.keys("meetings"))) == (0, 45)


def test_a_delivery_that_begins_while_somebody_asks_waits_for_it(office: Office, receiver: Receiver):
    meet(office)
    with ThreadPoolExecutor(1) as threads:
        with turn_of(office):
            delivery = threads.submit(deliver_effects, office)
            until(lambda: receiver.keys("tasks"))
            time.sleep(0.5)
            assert receiver.keys("meetings") == set()
        report = delivery.result(60)

    assert (report.waiting, len(receiver.keys("meetings"))) == (0, 45)


def test_whoever_does_not_get_a_turn_in_time_is_told_so_and_is_waited_for_by_nobody(office: Office):
    assert isinstance(entered_by(office), Opened)

    with pytest.raises(TryLaterError, match="our turn did not come"), turn_of(office, patience_s=0.3):
        pytest.fail("somebody else had it")
    with office.store.read() as work:
        assert not work.lanes.wanted(ACCOUNT, LANE)
    left_by(office)
    with turn_of(office):
        found = entered_by(office)
        assert isinstance(found, Held)
        assert found.guest
    assert isinstance(entered_by(office), Opened)


def test_what_a_page_is_told_to_wait_holds_for_who_writes_too(office: Office):
    with pytest.raises(TryLaterError, match="Not now"), turn_of(office):
        raise TryLaterError("Not now.", retry_after=90.0)

    found = entered_by(office)
    assert isinstance(found, Shut)
    assert found.reason == "Not now."
    with pytest.raises(TryLaterError, match="Not now"), turn_of(office, patience_s=0.2):
        pytest.fail("it is shut")


def test_a_question_without_an_answer_keeps_others_out_while_it_may_be_under_way(office: Office):
    with pytest.raises(UnclearError), turn_of(office, settles_after=5.0):
        raise UnclearError("The connection ended before the answer.")
    began = time.monotonic()

    assert isinstance(entered_by(office), Held)
    with turn_of(office, patience_s=20.0):
        assert time.monotonic() - began > 3.0


def test_a_plugin_that_fails_in_its_turn_gives_nothing_away_while_it_may_be_under_way(office: Office):
    with pytest.raises(RuntimeError), turn_of(office):
        raise RuntimeError("a fault of the plugin's own")
    assert isinstance(entered_by(office), Held)


def shut_and_over(office: Office) -> None:
    """It was told to wait, and the wait is over."""
    with office.store.begin() as work:
        work.lanes.told_to_wait(ACCOUNT, LANE, Opened(20), None, "busy")
        work.commit()
    time.sleep(1.1)


def refuse_while_alone(office: Office) -> None:
    assert isinstance(entered_by(office), Shut), "one question alone goes out"
    raise AccessError("The diaries are refused.")  # an answer, too


def test_the_first_question_after_a_pause_opens_the_lane_where_it_is_answered(office: Office):
    shut_and_over(office)
    with pytest.raises(AccessError), turn_of(office):
        refuse_while_alone(office)

    assert entered_by(office) == Opened(20)


def test_a_turn_in_which_nothing_had_to_be_asked_says_nothing_of_the_service(office: Office):
    shut_and_over(office)
    with pytest.raises(NothingAskedError), turn_of(office):
        raise NothingAskedError

    found = entered_by(office)
    assert isinstance(found, Opened)
    assert found.probe is not None, "the pause still stands, until somebody is answered"


def test_the_first_question_after_a_pause_shuts_the_lane_again_where_it_must_wait(office: Office):
    shut_and_over(office)
    with pytest.raises(TryLaterError), turn_of(office):
        raise TryLaterError("Nobody answers.")

    assert isinstance(entered_by(office), Shut)
