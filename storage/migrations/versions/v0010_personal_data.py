"""What is left of entries of the log whose values were deleted, and an index of looks at personal data and of deletions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Entries of older releases stay as they are, in format 1."""
    op.add_column("log_entries", sa.Column("parts", sa.Text))
    looks = sa.text("kind IN ('looked', 'erased')")
    op.create_index("ix_events_privacy", "events", ["at", "case_id", "seq"], sqlite_where=looks, postgresql_where=looks)
