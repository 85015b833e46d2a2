"""A PostgreSQL server that takes no passwords, only tokens that change: as Azure's with Entra sign-in alone.

The server here is a real one whose role's password is changed as a token would.
"""

from __future__ import annotations

import time
from contextlib import closing

import psycopg
import pytest
import sqlalchemy as sa

from rp_connect.errors import ConfigError, StoreError, TryLaterError
from rp_connect.storage.door import Door
from rp_connect.storage.store import open_store
from tests.identity_host import identity_host
from tests.postgres_server import PostgresServer


class Server:
    """A database whose one role signs in with whatever the host says is its token."""

    def __init__(self, postgres_url, host):
        self.admin = postgres_url.replace("+psycopg", "")
        self.host = host
        address = sa.make_url(postgres_url)
        self.role = f"id-app-{address.database}"
        self.url = (
            f"postgresql+psycopg://{self.role}@127.0.0.1:{address.port}/{address.database}"
            "?auth=managed_identity&connections=2"
        )
        self.do(f"CREATE ROLE \"{self.role}\" LOGIN PASSWORD '{host.token}'")
        self.do(f'ALTER DATABASE "{address.database}" OWNER TO "{self.role}"')
        self.do(f'ALTER SCHEMA public OWNER TO "{self.role}"')

    def do(self, statement):
        with psycopg.connect(self.admin, autocommit=True) as connection:
            return connection.execute(statement)

    def new_token(self, token):
        self.host.token = token
        self.do(f"ALTER ROLE \"{self.role}\" PASSWORD '{token}'")

    def cut_everybody_off(self):
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (self.role,)
            )

    def connected(self):
        with psycopg.connect(self.admin) as connection:
            found = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = %s", (self.role,)
            ).fetchone()
        return found[0] if found else 0


@pytest.fixture
def server(postgres_url, monkeypatch):
    with identity_host() as host:
        for name, value in host.environ().items():
            monkeypatch.setenv(name, value)
        host.lifetime_s = 60  # msal keeps none that is about to end
        found = Server(postgres_url, host)
        yield found
        found.cut_everybody_off()
        found.do(f'REASSIGN OWNED BY "{found.role}" TO postgres')
        found.do(f'DROP OWNED BY "{found.role}"')
        found.do(f'DROP ROLE "{found.role}"')


def next_ref(store):
    with store.begin() as work:
        ref = work.cases.next_ref(2026)
        work.commit()
    return ref


def test_each_new_connection_signs_in_with_the_token_of_that_moment(server):
    with closing(open_store(server.url)) as store:
        assert next_ref(store) == "RP-2026-0001"
        server.new_token("canary-second-token")
        assert next_ref(store) == "RP-2026-0002"  # a connection that stands needs no new one
        server.cut_everybody_off()
        assert next_ref(store) == "RP-2026-0003"
        with store.lock("sync northwick"):
            assert next_ref(store) == "RP-2026-0004"
    assert {asked["resource"] for asked in server.host.asked} == {"https://ossrdbms-aad.database.windows.net"}


def test_a_token_that_the_server_refuses_is_a_sentence_without_it(server):
    with closing(open_store(server.url)) as store:
        server.do(f"ALTER ROLE \"{server.role}\" PASSWORD 'another'")
        server.cut_everybody_off()
        with pytest.raises(StoreError, match="refuses us") as raised:
            next_ref(store)
    assert server.host.token not in repr(raised.value)


def test_a_host_that_gives_no_token_is_said_and_tried_again(server):
    with closing(open_store(server.url)) as store:
        server.cut_everybody_off()
        server.host.silent = True
        with pytest.raises(TryLaterError):
            next_ref(store)
        server.host.silent = False
        time.sleep(6)  # so long msal leaves a host alone that answered with 500
        assert next_ref(store) == "RP-2026-0001"


def test_a_process_keeps_no_more_connections_than_it_was_told(server):
    with closing(open_store(server.url)) as store, store.read(), store.read():
        assert server.connected() == 2


def test_a_server_that_fails_over_is_found_again_by_the_next_unit_of_work():
    with PostgresServer() as own:
        own.create_database("x")
        with closing(open_store(own.url("x"))) as store:
            assert next_ref(store) == "RP-2026-0001"
            own.restart()
            assert next_ref(store) == "RP-2026-0002"
            own.kill()
            with pytest.raises(StoreError, match="connection to the database server was lost"):
                next_ref(store)
            own.start()
            assert next_ref(store) == "RP-2026-0003"


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ("id@db/x?auth=password", "auth must be managed_identity"),
        ("id:canary@db/x?auth=managed_identity", "one of them must go"),
        ("db/x?auth=managed_identity", "needs the name of the managed identity"),
        ("id@db/x?connections=1", "connections must be a number from 2 to 100"),
        ("id@db/x?connections=many", "connections must be a number from 2 to 100"),
    ],
)
def test_an_address_that_does_not_fit_together_is_refused(rest, says):
    with pytest.raises(ConfigError, match=says) as raised:
        open_store(f"postgresql+psycopg://{rest}")
    assert "canary" not in str(raised.value)


def test_no_token_goes_to_a_server_that_has_not_proved_its_name():
    def query(url):
        return dict(Door(sa.make_url(url)).url.query)

    proven = query("postgresql+psycopg://id@db.postgres.database.azure.com/x?auth=managed_identity")
    assert proven["sslmode"] == "verify-full"
    assert str(proven["sslrootcert"]).endswith(".pem")
    assert query("postgresql+psycopg://id@db/x?auth=managed_identity&sslmode=require") == {
        "sslmode": "require"
    }
    assert query("postgresql+psycopg://u@db/x?application_name=y") == {"application_name": "y"}
