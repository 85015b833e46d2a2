"""The doorbell as a real queue: heard when it should be, and clear about what is wrong."""

from __future__ import annotations

import pytest

from rp_connect.errors import AccessError, ConfigError, RpConnectError, TryLaterError
from rp_connect.ports.doorbell import Errand, NoBell, Ring
from rp_connect.wiring.storage_queue import StorageQueueBell, build_bell
from tests.functions.azurite import KEY, Azurite
from tests.functions.listener import client


def bell(connection: str) -> StorageQueueBell:
    return StorageQueueBell({"RP_CONNECT_QUEUE": connection})


def test_without_a_queue_a_process_looks_by_itself():
    assert isinstance(build_bell({}), NoBell)
    assert isinstance(build_bell({"RP_CONNECT_QUEUE__queueServiceUri": "https://x"}), StorageQueueBell)


@pytest.mark.parametrize("errand", Errand)
def test_a_message_says_what_and_for_whom_and_is_read_as_it_was_written(errand):
    ring = Ring(errand, "northwick")

    assert Ring.from_text(ring.to_text()) == ring


@pytest.mark.parametrize("text", ["", "sync", "sync:", ":northwick", "dance:northwick", "Sync:northwick"])
def test_what_is_no_message_of_ours_is_refused_without_being_quoted(text):
    with pytest.raises(ConfigError) as refused:
        Ring.from_text(text)
    assert str(refused.value) == "A message in the queue is not one of ours; it is put aside."


def test_a_ring_is_heard_at_once_or_later_as_was_asked(azurite: Azurite):
    rung = bell(azurite.connection)
    rung.ring(Ring(Errand.SYNC, "northwick"))
    rung.ring(Ring(Errand.PULL, "northwick"), after_s=600.0)
    queue = client(azurite, "rp-connect-work")

    assert [message.content for message in queue.receive_messages()] == ["sync:northwick"]
    assert (rung.waiting(), rung.put_aside()) == (2, 0)


def test_a_key_that_is_refused_is_a_sentence_for_the_person_who_must_act(azurite: Azurite):
    with pytest.raises(AccessError, match="Storage Queue Data Contributor") as refused:
        bell(azurite.connection.replace(KEY, KEY[::-1].replace("=", "") + "==")).waiting()
    assert KEY[:8] not in str(refused.value)


def test_a_queue_that_cannot_be_reached_is_tried_later():
    nowhere = (
        f"AccountName=devstoreaccount1;AccountKey={KEY};QueueEndpoint=http://127.0.0.1:9/devstoreaccount1;"
    )
    with pytest.raises(TryLaterError, match="could not be reached"):
        bell(nowhere).ring(Ring(Errand.SYNC, "northwick"))


@pytest.mark.parametrize("connection", ["nonsense", "AccountKey=secret;"])
def test_a_setting_that_is_no_address_is_said_so_without_being_quoted(connection):
    with pytest.raises(RpConnectError) as refused:
        bell(connection).waiting()
    assert isinstance(refused.value, ConfigError)
    assert "secret" not in str(refused.value)
