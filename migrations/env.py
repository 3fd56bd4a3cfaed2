"""Runs the revisions on the connection that `sync/store/migration.py` hands over; it opens none itself."""

from alembic import context

from sync.store.tables import METADATA, REVISION_TABLE

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("run 'opsync migrate': Alembic's own command line has no locked connection to work on")

# The caller holds one transaction around everything, so a failed revision leaves nothing behind.
context.configure(
    connection=connection,
    target_metadata=METADATA,
    version_table=REVISION_TABLE,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
