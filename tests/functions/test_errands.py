"""What timers and messages do, without the host: one school at a time, fairly, and no sooner than may be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from rp_connect.domain.effect import EffectKind
from rp_connect.errors import StoreError
from rp_connect.ports.doorbell import Errand, Ring
from rp_connect.services.deliver_effects import deliver_effects
from rp_connect.services.office import Office
from rp_connect.wiring import errands, rounds
from rp_connect.wiring.office import build_office
from tests.drop_school import DropSchool
from tests.functions.azurite import KEY, Azurite
from tests.functions.conftest import NOW
from tests.functions.listener import client

THURSDAY = "2026-11-12"


@pytest.fixture
def trust(school: DropSchool, store_url: str, azurite: Azurite, monkeypatch) -> DropSchool:
    """Northwick has been read; Southgate, which is paused, and Eastgate have not."""
    monkeypatch.delenv("RP_CONNECT_QUEUE", raising=False)
    school.store_url = store_url
    school.sync(NOW)
    config = school.folder / "rp-connect.toml"
    text = config.read_text()
    one = text[text.index("[[school]]") :]
    for number, name in enumerate(("southgate", "eastgate")):
        more = one.replace('"northwick"', f'"{name}"').replace('"drop"', f'"{name}"').replace(
            'folder = "workspace"', f'folder = "{name}-workspace"')  # fmt: skip
        text += more if number else more.replace('policy = "england"', 'policy = "england"\npaused = true')
    config.write_text(text)
    monkeypatch.setenv("RP_CONNECT_QUEUE", azurite.connection)
    return school


@contextmanager
def office(trust: DropSchool, now: str = NOW) -> Iterator[Office]:
    opened = build_office(trust.folder / "rp-connect.toml", now=now)
    try:
        yield opened
    finally:
        opened.store.close()


def heard(azurite: Azurite) -> list[str]:
    """Every message, now or later."""
    queue = client(azurite, "rp-connect-work")
    found: list[str] = [message.content for message in queue.peek_messages(32)]
    return sorted(found)


def count(azurite: Azurite) -> int:
    return client(azurite, "rp-connect-work").get_queue_properties().approximate_message_count or 0


def due(office: Office, school: str = "northwick") -> int:
    with office.store.read() as work:
        return sum(work.effects.due([school]).values())


def want(office: Office, key: str, *, commit: bool = True) -> None:
    with office.store.begin() as work:
        work.effects.want(EffectKind.NOTICE, key, school="northwick", case=None)
        if commit:
            work.commit()


def want_a_mark_that_waits(office: Office) -> None:
    with office.store.begin() as work:
        work.effects.want(EffectKind.MARK, "northwick.mark", school="northwick", case=None)
        (mark,) = work.effects.lease(office.worker, 1, ["northwick"], [EffectKind.MARK])
        work.effects.wait(mark, 3600.0, "access was revoked")
        work.commit()


def test_whoever_wants_an_effect_rings_once_it_is_committed(trust, azurite):
    with office(trust) as open_office:
        want(open_office, "northwick.2026-11-12.lead", commit=False)
        assert count(azurite) == 0
        want(open_office, "northwick.2026-11-12.lead")
        assert heard(azurite) == ["deliver:northwick"]


def test_a_hundred_changes_at_once_ring_a_few_times_and_the_last_is_heard_after_them_all(trust, azurite):
    with office(trust) as open_office:
        for number in range(100):
            want(open_office, f"northwick.2026-11-12.{number}")
    assert 2 <= count(azurite) <= 10


def test_what_an_mis_allows_again_is_rung_for_at_once(trust, azurite):
    """It had refused, so that its marks would have waited for an hour."""
    with office(trust) as open_office:
        want_a_mark_that_waits(open_office)
        client(azurite, "rp-connect-work").clear_messages()
        with open_office.store.begin() as work:
            assert work.effects.hasten(EffectKind.MARK, "northwick", "another reason") == 0
            work.commit()
        assert count(azurite) == 0
        with open_office.store.begin() as work:
            assert work.effects.hasten(EffectKind.MARK, "northwick", "access was revoked") == 1
            work.commit()
        assert count(azurite) == 1


def test_what_fails_after_its_commit_has_rung_all_the_same(trust, azurite):
    def fail_after(work: Any) -> None:
        work.effects.want(EffectKind.NOTICE, "northwick.2026-11-12.lead", school="northwick", case=None)
        work.commit()
        raise StoreError("afterwards")

    with office(trust) as open_office, pytest.raises(StoreError), open_office.store.begin() as work:
        fail_after(work)
    assert heard(azurite) == ["deliver:northwick"]


def test_a_bell_that_fails_stops_no_change(trust, azurite, monkeypatch, caplog):
    monkeypatch.setenv(
        "RP_CONNECT_QUEUE", f"AccountName=x;AccountKey={KEY};QueueEndpoint=http://127.0.0.1:9/x;"
    )
    with office(trust) as open_office:
        before = due(open_office)
        want(open_office, "northwick.2026-11-12.lead")
        assert due(open_office) == before + 1
    assert "the doorbell did not ring for northwick" in caplog.text


def test_a_message_does_the_errand_of_its_school_alone(trust, azurite):
    with office(trust) as open_office:
        assert due(open_office) > 0
        for school in ("southgate", "nowhere"):
            errands.run_errand(open_office, Ring(Errand.DELIVER, school))
        assert due(open_office) > 0
        errands.run_errand(open_office, Ring(Errand.DELIVER, "northwick"))
        assert due(open_office) == 0
    assert count(azurite) == 0


def test_two_workers_are_never_at_one_school(trust, azurite):
    with office(trust) as one, office(trust) as other:
        with one.store.lock("deliver northwick"):
            before = due(other)
            errands.run_errand(other, Ring(Errand.DELIVER, "northwick"))
            assert due(other) == before
        errands.run_errand(other, Ring(Errand.DELIVER, "northwick"))
        assert due(other) == 0


def test_a_school_with_much_to_send_goes_to_the_back_of_the_queue_when_its_turn_is_over(
    trust, azurite, monkeypatch
):
    monkeypatch.setattr(errands, "TURN_S", 0.0)
    with office(trust) as open_office:
        with open_office.store.begin() as work:
            keys = [f"northwick.2026-11-12.{number}" for number in range(3000)]
            work.effects.want_each(EffectKind.NOTICE, keys, school="northwick", case=None)
            work.commit()
        client(azurite, "rp-connect-work").clear_messages()
        before = due(open_office)
        errands.run_errand(open_office, Ring(Errand.DELIVER, "northwick"))
        assert 0 < due(open_office) <= before
        assert count(azurite) == 1
        monkeypatch.setattr(errands, "TURN_S", 60.0)
        errands.run_errand(open_office, Ring(Errand.DELIVER, "northwick"))
        assert due(open_office) == 0
    assert count(azurite) == 1


def test_the_sweep_rings_for_those_with_something_due_unless_the_queue_is_full_of_messages(trust, azurite):
    with office(trust) as open_office:
        assert rounds.ring_for_missed(open_office) == 1
        assert heard(azurite) == ["deliver:northwick"]
        for _ in range(12):
            rounds.ring_for_missed(open_office)
        assert count(azurite) == 13  # more than four for each of three schools
        assert rounds.ring_for_missed(open_office) == 0


def test_rings_that_wait_for_their_schools_second_do_not_silence_the_sweep(trust, azurite):
    """All three timers rang just now, and nobody hears any of it for minutes."""
    with office(trust, f"{THURSDAY}T10:20") as open_office:
        for ring in (rounds.ring_for_syncs, rounds.ring_for_pulls, rounds.ring_for_reminders):
            ring(open_office)
        assert count(azurite) > len(open_office.schools)
        assert rounds.ring_for_missed(open_office) == 1


def test_a_delivery_counts_what_is_left_of_its_own_school_alone(trust):
    with office(trust) as open_office:
        assert due(open_office) > 0
        eastgate = replace(open_office, schools={"eastgate": open_office.school("eastgate")})
        assert deliver_effects(eastgate).waiting == 0
        assert due(open_office) > 0


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (f"{THURSDAY}T09:41", 1),  # Eastgate, which was never read; Northwick was, a minute ago
        (f"{THURSDAY}T09:56", 2),
        (f"{THURSDAY}T21:00", 2),
    ],
)
def test_each_school_is_read_when_its_time_has_come(trust, now, expected):
    with office(trust, now) as open_office:
        assert rounds.ring_for_syncs(open_office) == expected


def test_schools_are_spread_and_each_keeps_its_place():
    seconds = [rounds._second_of(f"school-{number}") for number in range(400)]

    assert seconds == [rounds._second_of(f"school-{number}") for number in range(400)]
    assert max(sum(low <= second < low + 60 for second in seconds) for low in (0, 60, 120, 180)) < 140


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (f"{THURSDAY}T06:20", 0),
        (f"{THURSDAY}T07:20", 1),
        (f"{THURSDAY}T15:20", 1),
        (f"{THURSDAY}T16:20", 0),
        ("2026-11-14T10:20", 0),  # Saturday
        ("2026-10-28T10:20", 0),  # half-term
    ],
)
def test_people_are_reminded_on_school_days_between_breakfast_and_the_last_lesson(trust, now, expected):
    with office(trust, now) as open_office:
        assert rounds.ring_for_reminders(open_office) == expected


@pytest.mark.parametrize(("now", "expected"), [(f"{THURSDAY}T10:20", 1), (f"{THURSDAY}T22:20", 0)])
def test_tasks_are_read_back_often_in_school_time(trust, now, expected):
    with office(trust, now) as open_office:
        assert rounds.ring_for_pulls(open_office) == expected


def test_at_the_full_hour_the_tasks_of_all_schools_are_read_back(trust):
    with office(trust, f"{THURSDAY}T22:05") as open_office:
        assert rounds.ring_for_pulls(open_office) == 2


@contextmanager
def impatient() -> Iterator[tuple[str, Callable[[], int]]]:
    """An MIS that asks everybody for two minutes."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(datetime.now().astimezone())
            self.send_response(429)
            self.send_header("Retry-After", "120")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", lambda: len(asked)
        server.shutdown()


def test_an_mis_that_asked_for_patience_is_left_alone_by_every_instance(trust, monkeypatch):
    monkeypatch.setenv("ROSARIO_TOKEN", "made-up")
    config = trust.folder / "rp-connect.toml"
    text = config.read_text()
    with impatient() as (url, asked):
        own = f'[school.rosariosis]\nbase_url = "{url}"\nusertoken = "env:ROSARIO_TOKEN"\n'
        config.write_text(
            text.replace('mis = "file_drop"', 'mis = "rosariosis"', 1).replace(
                '[school.file_drop]\nfolder = "drop"\n', own, 1
            )
        )
        seen = []
        for _ in range(3):
            with office(trust, f"{THURSDAY}T12:00") as instance:
                errands.run_errand(instance, Ring(Errand.SYNC, "northwick"))
                seen.append(asked())
                assert rounds.ring_for_syncs(instance) == 1  # Eastgate alone
        assert seen[0] > 0
        assert seen == [seen[0]] * 3
