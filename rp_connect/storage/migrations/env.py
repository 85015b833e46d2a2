"""Alembic comes in here: it works on the connection, and in the transaction, that `schema.py` hands to it."""

from __future__ import annotations

from alembic import context

from rp_connect.storage import case_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=case_tables.cases.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
