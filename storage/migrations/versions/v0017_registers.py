"""Registers: rows that cases put there, read by the forms of others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Both tables begin empty; the rows are made from the cases when a register is read."""
    op.create_table(
        "register_rows",
        *(sa.Column(name, sa.String, nullable=False) for name in ("register", "case_id")),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("register", "case_id", "n", name="pk_register_rows"),
    )
    op.create_index("ix_register_rows_key", "register_rows", ["register", "key"])
    op.create_table(
        "registers",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_of", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_registers"),
    )
