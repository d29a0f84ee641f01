"""Papers: what was issued of cases, with the data that each prints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TEXTS = ("case_id", "service_id", "version", "person", "document", "language", "number", "title")


def upgrade() -> None:
    """Older releases issued no papers."""
    op.create_table(
        "papers",
        sa.Column("code", sa.String, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in _TEXTS),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("pickup", sa.String, nullable=False),
        sa.Column("copies", sa.Integer, nullable=False),
        sa.Column("printed", sa.Integer, nullable=False),
        sa.Column("valid_until", sa.BigInteger),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("changed_at", sa.BigInteger),
        sa.Column("changed_by", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_papers"),
    )
    op.create_index("ix_papers_case", "papers", ["case_id", "issued_at"])
    op.create_index("ix_papers_person", "papers", ["person", "issued_at"])
    op.create_index("ix_papers_number", "papers", ["number"])
