"""The store on SQLite and PostgreSQL: tables, unit of work, outbox, leases, migrations."""

from rp_connect.storage.store import SqlStore, open_store

__all__ = ["SqlStore", "open_store"]
