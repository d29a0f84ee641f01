"""Which values of a form the platform has given to whoever fills it in, so that they stay and nobody invents them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forms that older releases had open are given their values anew."""
    op.create_table(
        "issued",
        sa.Column("person", sa.String, nullable=False),
        sa.Column("scope", sa.String, nullable=False),
        sa.Column("mark", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("person", "scope", "mark", name="pk_issued"),
    )
