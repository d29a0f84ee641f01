"""A sign-in keeps a mark by which the campus sign-in ends it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Earlier sign-ins have none, and end by themselves within hours."""
    op.add_column("sessions", sa.Column("mark", sa.String, nullable=False, server_default=""))
    op.create_index("ix_sessions_mark", "sessions", ["mark"])
