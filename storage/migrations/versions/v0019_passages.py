"""Personal passes: who holds one, and when somebody came in or went out with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Older releases had none."""
    op.create_table(
        "pass_holders",
        *(sa.Column(name, sa.String, nullable=False) for name in ("id", "service_id", "name", "person", "secret")),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("period", sa.BigInteger, nullable=False),
        sa.Column("inside", sa.Integer, nullable=False),
        sa.Column("moved_at", sa.BigInteger),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pass_holders"),
    )
    op.create_index("ix_pass_holders_person", "pass_holders", ["person", "service_id", "name"], unique=True)
    op.create_index("ix_pass_holders_inside", "pass_holders", ["service_id", "name", "inside"])
    op.create_table(
        "passages",
        *(sa.Column(name, sa.String, nullable=False) for name in ("id", "service_id", "name", "person")),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("place", "direction", "reason")),
        sa.Column("allowed", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("gate", "checked_by", "digest")),
        sa.PrimaryKeyConstraint("id", name="pk_passages"),
    )
    op.create_index("ix_passages_at", "passages", ["service_id", "name", "at"])
    op.create_index("ix_passages_person", "passages", ["person", "at"])
