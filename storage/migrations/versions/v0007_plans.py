"""Versions that are to go live later or with consent; publications have a note, and tell who consented."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TOLD = ("service_id", "sha256", "file", "origin", "title", "owner", "note", "based_on")


def upgrade() -> None:
    """What was published by older releases has no note, and nobody was asked to consent."""
    for name in ("note", "consent_by"):
        op.add_column("publications", sa.Column(name, sa.String, nullable=False, server_default=""))
    op.create_table(
        "plans",
        sa.Column("id", sa.String, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in _TOLD),
        sa.Column("at", sa.BigInteger),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("state", "consent_by", "changed_by")),
        sa.Column("changed_at", sa.BigInteger),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
    )
    op.create_index("ix_plans_service", "plans", ["service_id", "made_at"])
    op.create_index("ix_plans_state", "plans", ["state", "at"])
