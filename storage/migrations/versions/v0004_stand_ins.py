"""Times in which somebody acts for another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "stand_ins",
        *(sa.Column(name, sa.String, nullable=False) for name in ("id", "person", "stand_in")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("since", "until")),
        sa.Column("services", sa.Text, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("note", "made_by")),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_stand_ins"),
    )
    op.create_index("ix_stand_ins_person", "stand_ins", ["person", "until"])
    op.create_index("ix_stand_ins_stand_in", "stand_ins", ["stand_in", "until"])
