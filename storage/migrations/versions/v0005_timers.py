"""Timers of steps that have a deadline; tasks tell when they are due, and when somebody was reminded of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Open steps of older releases have no deadline: none was told to anybody."""
    op.add_column("tasks", sa.Column("due", sa.BigInteger))
    op.add_column("tasks", sa.Column("reminded_at", sa.BigInteger))
    op.create_table(
        "timers",
        *(sa.Column(name, sa.String, nullable=False) for name in ("id", "case_id", "step_id")),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("round", "k")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("at", "free_at")),
        sa.Column("taken_at", sa.BigInteger),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_timers"),
    )
    op.create_index("ix_timers_at", "timers", ["at"])
    op.create_index("ix_timers_case", "timers", ["case_id"])
