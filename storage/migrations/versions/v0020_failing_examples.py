"""A version keeps which examples failed when data alone were replaced and somebody agreed to that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of earlier versions every example passed."""
    op.add_column("publications", sa.Column("failing", sa.String, nullable=False, server_default=""))
