"""A store moves from a laptop to a server, and back, whole and unchanged; the old one stays as it was."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from rp_connect.domain.effect import EffectKind
from rp_connect.errors import BusyError, StoreError
from rp_connect.services.sync_report import Progress
from rp_connect.storage.case_tables import effects
from rp_connect.storage.moving import METADATA, move_store
from rp_connect.storage.owners import this_process
from rp_connect.storage.store import SqlStore, open_store
from tests.cli.installation import install
from tests.storage.elsewhere import elsewhere
from tests.storage.samples import SCHOOL, STATE


class Counted(Progress):
    def __init__(self) -> None:
        self.tables: list[str] = []
        self.total = self.advanced = 0

    def begin(self, label: str, total: int) -> None:
        self.tables.append(label.partition(":")[0])
        self.total += total

    def advance(self, count: int) -> None:
        self.advanced += count


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A laptop's store after its first syncs and deliveries, and a case that was opened by hand."""
    made = install(tmp_path_factory.mktemp("laptop"))
    for words in (["sync"], ["deliver"], ["case", "open", "--kind", "debrief", "P-3"], ["sync", "--full"]):
        made.run(*words)
    return made.folder / "rp-connect.db"


@pytest.fixture
def laptop(lived_in: Path, tmp_path: Path):
    copy = tmp_path / "laptop.db"
    with closing(open_store(f"sqlite:///{lived_in}")) as first:  # its log is folded into the file on closing
        first.now()
    copy.write_bytes(lived_in.read_bytes())
    with closing(open_store(f"sqlite:///{copy}")) as store:
        yield store


@pytest.fixture
def server(postgres_url: str):
    with closing(open_store(postgres_url)) as store:
        yield store


def rows(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    """Every value of every table as the domain reads it, by our own select and not by what moved it."""
    with store.alone() as session:
        return {
            table.name: sorted(map(tuple, session.rows(sa.select(table))), key=repr)
            for table in METADATA.sorted_tables
        }


def test_everything_arrives_on_the_server_and_comes_back_to_a_laptop(laptop, server, tmp_path):
    before = rows(laptop)
    assert before["pupils"]
    assert before["tasks"]
    assert before["effects"]
    progress = Counted()

    there = move_store(laptop, server, progress)
    with closing(open_store(f"sqlite:///{tmp_path / 'again.db'}")) as again:
        back = move_store(server, again, Counted())
        assert rows(again) == before

    assert rows(server) == before
    assert rows(laptop) == before
    assert there == back
    assert {one.table: one.rows for one in there} == {name: len(found) for name, found in before.items()}
    assert progress.advanced == progress.total == 2 * sum(len(found) for found in before.values())


def test_a_number_that_was_given_is_not_given_again_after_the_move(laptop, server):
    """The row with the highest number is gone: its number stays used, and the audit may still speak of it."""
    with laptop.alone() as session:
        highest = session.rows(sa.select(sa.func.max(effects.c.id)))[0][0]
        session.run(effects.delete().where(effects.c.id == highest))
        session.connection.commit()

    move_store(laptop, server, Progress())

    with server.begin() as work:
        school = next(iter(work.effects.every())).school
        work.effects.want(EffectKind.TASK, "new", school=school, case=None)
        work.commit()
    with server.read() as work:
        assert max(effect.id for effect in work.effects.every()) == highest + 1


def test_both_stores_then_give_the_same_next_case_reference(laptop, server):
    move_store(laptop, server, Progress())

    def next_ref(store: SqlStore) -> str:
        with store.begin() as work:
            return work.cases.next_ref(2026)

    assert next_ref(server) == next_ref(laptop)


def test_a_store_that_holds_anything_is_not_written_over(laptop, server):
    with server.begin() as work:
        work.schools.put(STATE)
        work.commit()
    before = rows(server)

    with pytest.raises(StoreError, match=r"is not empty \(schools has rows\): nothing was written there"):
        move_store(laptop, server, Progress())
    assert rows(server) == before


def test_nothing_is_copied_while_a_worker_sends(laptop, server):
    with laptop.begin() as work:
        work.schools.put(STATE)
        work.effects.want(EffectKind.TASK, "held", school=SCHOOL, case=None)
        work.effects.lease(this_process(), 100)
        work.commit()

    with pytest.raises(BusyError, match="A worker is sending from this store just now"):
        move_store(laptop, server, Progress())
    assert not any(rows(server).values())


def test_what_a_dead_worker_held_moves_and_is_looked_for_before_it_is_sent_again(laptop, server):
    with laptop.begin() as work:
        work.schools.put(STATE)
        work.effects.want(EffectKind.TASK, "held", school=SCHOOL, case=None)
        work.effects.lease("nobody 1 1", 100)
        work.commit()
    with laptop.alone() as session:
        session.run(effects.update().where(effects.c.owner.is_not(None)).values(
            leased_until=session.now() - timedelta(seconds=1)))  # fmt: skip
        session.connection.commit()

    move_store(laptop, server, Progress())

    with server.begin() as work:
        taken = [effect for effect in work.effects.lease(this_process(), 100) if effect.key == "held"]
    assert [effect.look_first for effect in taken] == [True]


def test_nothing_is_copied_while_a_school_is_being_read(laptop, lived_in, server):
    with laptop.read() as work:
        school = next(iter(work.effects.every())).school

    with laptop.lock(f"sync {school}"), pytest.raises(BusyError, match=f"sync {school}"):
        move_store(laptop, server, Progress())
    assert not any(rows(server).values())


def test_a_move_that_is_cut_off_leaves_an_empty_store(laptop, server):
    class Cut(Progress):
        def begin(self, label: str, total: int) -> None:
            if label.startswith("effects"):
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move_store(laptop, server, Cut())

    assert not any(rows(server).values())
    move_store(laptop, server, Progress())
    assert rows(server) == rows(laptop)


def test_nobody_writes_into_a_server_that_is_being_copied(laptop, server, tmp_path):
    """A writer that comes while the copy is made waits, and finds its place afterwards."""
    move_store(laptop, server, Progress())
    wrote = threading.Event()

    def write() -> None:
        with server.begin() as work:
            work.cases.next_ref(2026)
            work.commit()
        wrote.set()

    class Watching(Progress):
        def begin(self, label: str, total: int) -> None:
            if label.startswith("audit"):
                thread.start()
                assert not wrote.wait(0.5)

    thread = threading.Thread(target=write)
    with closing(open_store(f"sqlite:///{tmp_path / 'again.db'}")) as again:
        move_store(server, again, Watching())
    thread.join(30)
    assert wrote.is_set()


def test_a_writer_on_the_laptop_holds_the_move_back_until_it_is_done(laptop, server):
    url = f"sqlite:///{laptop._database._path}"  # the file, for another process
    with elsewhere("hold_writing", url) as other:
        assert other.says() == "writing"
        timer = threading.Timer(0.5, other.process.kill)
        timer.start()
        move_store(laptop, server, Progress())
        timer.join()
    assert rows(server) == rows(laptop)
