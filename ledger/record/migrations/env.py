"""Environment of Alembic: runs on the connection it is handed, in its transaction."""

from alembic import context

from ledger.record.schema import load_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=load_tables(),
    transactional_ddl=True,
)
context.run_migrations()
