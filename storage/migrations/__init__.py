"""Schema changes, one file a step, run by alembic."""
