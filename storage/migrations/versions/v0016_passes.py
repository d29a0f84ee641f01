"""Passes: what cases give that is shown at gates and doors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TEXTS = ("code", "case_id", "service_id", "version", "person", "name")


def upgrade() -> None:
    """Older releases gave no passes."""
    op.create_table(
        "passes",
        sa.Column("id", sa.String, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in _TEXTS),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.Column("since", sa.BigInteger),
        sa.Column("until", sa.BigInteger),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("uses", "used", "inside")),
        sa.Column("entered_at", sa.BigInteger),
        sa.Column("left_at", sa.BigInteger),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("changed_at", sa.BigInteger),
        sa.Column("changed_by", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_passes"),
    )
    op.create_index("ix_passes_case", "passes", ["case_id", "given_at"])
    op.create_index("ix_passes_person", "passes", ["person", "given_at"])
