"""SQLite finds words in an index, not in the rows with their long values."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """PostgreSQL keeps long values apart from the rows, and its indexes take no long texts."""
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("ix_cases_search", "cases", ["submitted_at", "id", "search"])
        op.create_index("ix_decisions_search", "decisions", ["at", "id", "search"])
