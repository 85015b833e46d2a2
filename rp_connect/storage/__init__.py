"""The store on SQLite and PostgreSQL: tables, unit of work, outbox, leases, migrations. Opened by `store`."""
