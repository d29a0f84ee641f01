"""What alembic runs to migrate: it is handed an open connection by `sql.py`, inside one transaction."""

from alembic import context

from banshi.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
